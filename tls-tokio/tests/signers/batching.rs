use std::sync::{Arc, Mutex};
use std::time::Duration;

use tests::authority::{Authority, Pem};
use tls_tokio::BoxFuture;
use tls_tokio::signer::{BatchSigner, Batches, Batching, KeyRing, LocalSigner, Metrics, Signature, Signer};
use tls_tokio::tls_core::ciphersuites::KeyType;
use tls_tokio::tls_core::{SignFailure, SignFailureKind, SignRequest};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::signers::{Gauge, MS, local, p256, request};

/// Takes as long for a batch as for one: 10 ms for P-256, 100 ms for RSA.
#[derive(Debug)]
struct Batcher {
    keys: KeyRing,
    sizes: Sizes,
    gauge: Gauge,
    behaviour: Behaviour,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Behaviour {
    Sound,
    AnswersOnlyTheFirst,
    Panics,
}

impl BatchSigner for Batcher {
    fn sign_batch<'a>(
        &'a self,
        requests: &'a [SignRequest],
    ) -> BoxFuture<'a, Vec<Result<Signature, SignFailure>>> {
        Box::pin(async move {
            let _inside = self.gauge.enter();
            self.sizes.lock().unwrap().push(requests.len());
            assert!(requests.iter().all(|it| it.key_type() == requests[0].key_type()), "one lane, one type");
            sleep(if requests[0].key_type() == KeyType::Rsa { 100 * MS } else { 10 * MS }).await;
            let mut answers = Vec::new();
            for request in requests {
                answers.push(self.keys.sign(request).await);
            }
            match self.behaviour {
                Behaviour::Sound => answers,
                Behaviour::AnswersOnlyTheFirst => answers.into_iter().take(1).collect(),
                Behaviour::Panics => panic!("a bug in a signer"),
            }
        })
    }
}

/// How large the batches were that were begun.
type Sizes = Arc<Mutex<Vec<usize>>>;

fn batching(keys: &[&Pem], behaviour: Behaviour) -> (Arc<Batching<Batcher>>, Sizes, Gauge) {
    let (sizes, gauge) = (Sizes::default(), Gauge::default());
    let keys = keys.iter().fold(KeyRing::new(), |ring, pem| {
        let local: LocalSigner = local(pem);
        ring.with(local.key_id(), local)
    });
    let batcher = Batcher { keys, sizes: Arc::clone(&sizes), gauge: gauge.clone(), behaviour };
    let mut batches = Batches::default();
    batches.queued = 40;
    (Arc::new(Batching::new(batcher, batches, &Metrics::new())), sizes, gauge)
}

type Answered = (Result<Signature, SignFailure>, Duration);

fn ask(asked: &mut JoinSet<Answered>, signer: &Arc<Batching<Batcher>>, request: SignRequest) {
    let signer = Arc::clone(signer);
    asked.spawn(async move {
        let begun = Instant::now();
        (signer.sign(&request).await, begun.elapsed())
    });
}

#[tokio::test(start_paused = true)]
async fn batches_grow_with_the_load() {
    let pem = p256();
    let (signer, sizes, gauge) = batching(&[&pem], Behaviour::Sound);
    // One after the other: each on its own, at once.
    for number in 0..3 {
        let begun = Instant::now();
        let signature = signer.sign(&request(&pem, number)).await.unwrap();
        assert_eq!((begun.elapsed(), signature.queued), (10 * MS, Duration::ZERO));
    }
    assert_eq!(std::mem::take(&mut *sizes.lock().unwrap()), [1, 1, 1]);
    // All at once: the first alone, then as many as a batch may have.
    let mut asked = JoinSet::new();
    for number in 0..20 {
        ask(&mut asked, &signer, request(&pem, number));
    }
    for (result, took) in asked.join_all().await {
        assert!(took <= 32 * MS, "{took:?}");
        assert!(result.unwrap().queued <= 22 * MS);
    }
    assert_eq!(*sizes.lock().unwrap(), [1, 8, 8, 3]);
    assert_eq!((signer.load(), gauge.now()), ((0, 0), 0));
}

/// While a batch is at work, two that come are the next one after a millisecond: they wait for nothing more.
#[tokio::test(start_paused = true)]
async fn a_small_batch_waits_a_little_for_more() {
    let pem = p256();
    let (signer, sizes, _) = batching(&[&pem], Behaviour::Sound);
    let mut asked = JoinSet::new();
    for number in 0..3 {
        ask(&mut asked, &signer, request(&pem, number));
    }
    let mut took: Vec<Duration> = asked.join_all().await.into_iter().map(|(_, took)| took).collect();
    took.sort();
    assert_eq!(*sizes.lock().unwrap(), [1, 2]);
    assert_eq!(took[0], 10 * MS);
    assert!(took[2] <= 12 * MS, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn slow_keys_hold_up_no_others() {
    let authority = Authority::new();
    let key = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap();
    let (rsa, ecdsa) = (authority.issue_with(&["localhost"], key, |_| {}), p256());
    let (signer, ..) = batching(&[&rsa, &ecdsa], Behaviour::Sound);
    let mut slow = JoinSet::new();
    (0..30).for_each(|number| ask(&mut slow, &signer, request(&rsa, number)));
    for number in 0..10 {
        let begun = Instant::now();
        signer.sign(&request(&ecdsa, number)).await.unwrap();
        assert_eq!(begun.elapsed(), 10 * MS);
    }
    assert!(slow.join_all().await.into_iter().all(|(result, _)| result.is_ok()));
}

#[tokio::test(start_paused = true)]
async fn what_a_batch_does_not_answer_fails() {
    let pem = p256();
    for (behaviour, words) in
        [(Behaviour::AnswersOnlyTheFirst, "gave no answer"), (Behaviour::Panics, "gave no answer")]
    {
        let (signer, _, gauge) = batching(&[&pem], behaviour);
        let mut asked = JoinSet::new();
        (0..9).for_each(|number| ask(&mut asked, &signer, request(&pem, number)));
        let results = asked.join_all().await;
        let failures: Vec<_> = results.into_iter().filter_map(|(result, _)| result.err()).collect();
        assert_eq!(failures.len(), if behaviour == Behaviour::Panics { 9 } else { 7 });
        for failure in failures {
            assert_eq!(failure.kind(), SignFailureKind::Failed);
            assert!(failure.detail().contains(words), "{failure}");
        }
        assert_eq!((signer.load(), gauge.now()), ((0, 0), 0));
    }
}

#[tokio::test(start_paused = true)]
async fn lanes_are_bounded() {
    let pem = p256();
    let (signer, ..) = batching(&[&pem], Behaviour::Sound);
    let mut asked = JoinSet::new();
    (0..100).for_each(|number| ask(&mut asked, &signer, request(&pem, number)));
    let results = asked.join_all().await;
    let overloaded = |(result, took): &&Answered| {
        result.as_ref().is_err_and(|it| it.kind() == SignFailureKind::Overloaded) && took.is_zero()
    };
    // One and eight are at work, forty wait.
    assert_eq!(results.iter().filter(overloaded).count(), 51);
    assert_eq!(results.iter().filter(|(result, _)| result.is_ok()).count(), 49);
}

#[tokio::test(start_paused = true)]
async fn whoever_goes_leaves_its_lane_and_the_last_ends_the_batch() {
    let pem = p256();
    let (signer, sizes, gauge) = batching(&[&pem], Behaviour::Sound);
    let mut asked = JoinSet::new();
    (0..20).for_each(|number| ask(&mut asked, &signer, request(&pem, number)));
    sleep(MS / 2).await;
    assert_eq!((signer.load(), gauge.now()), ((11, 2), 2));
    asked.shutdown().await;
    tokio::task::yield_now().await;
    sleep(MS).await;
    assert_eq!((signer.load(), gauge.now()), ((0, 0), 0));
    assert_eq!(*sizes.lock().unwrap(), [1, 8], "no batch was begun for those who had gone");
    signer.sign(&request(&pem, 0)).await.unwrap();
}
