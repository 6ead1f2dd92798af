use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tests::authority::Pem;
use tls_tokio::signer::{Limit, Limits, LocalSigner, Metrics, SignFuture, Signature, Signer, SignerExt};
use tls_tokio::tls_core::{SignFailure, SignFailureKind, SignRequest};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep};

use crate::signers::{Gauge, MS, Step, failure, local, p256, request, scripted};

type Asked = JoinHandle<(Result<Signature, SignFailure>, Duration)>;

/// Asks in a task of its own, and waits until that has got as far as it gets.
async fn ask<S: Signer + 'static>(signer: &Arc<S>, pem: &Pem, deadline: Option<Duration>) -> Asked {
    let (signer, request) = (Arc::clone(signer), request(pem, 0));
    let asked = tokio::spawn(async move {
        let begun = Instant::now();
        let result = match deadline {
            Some(limit) => signer.with_deadline(limit).sign(&request).await,
            None => signer.sign(&request).await,
        };
        (result, begun.elapsed())
    });
    tokio::task::yield_now().await;
    asked
}

fn limited(
    pem: &Pem,
    in_flight: usize,
    queued: usize,
    takes: Duration,
) -> (Arc<Limit<impl Signer + use<>>>, Metrics) {
    let metrics = Metrics::new();
    let signer = scripted(pem, move |_| Step::Sign(takes));
    (Arc::new(signer.with_limit(Limits::new(in_flight, queued), &metrics)), metrics)
}

#[tokio::test(start_paused = true)]
async fn requests_wait_for_their_turn_and_know_how_long() {
    let pem = p256();
    let (signer, metrics) = limited(&pem, 2, 10, 10 * MS);
    let mut asked = Vec::new();
    for _ in 0..6 {
        asked.push(ask(&signer, &pem, None).await);
    }
    assert_eq!(signer.load(), Limits::new(2, 4));
    for (index, asked) in (0_u32..).zip(asked) {
        let (result, took) = asked.await.unwrap();
        let queued = index / 2 * 10 * MS;
        assert_eq!((result.unwrap().queued, took), (queued, queued + 10 * MS));
    }
    assert_eq!((signer.load(), metrics.snapshot().shed), (Limits::new(0, 0), 0));
}

#[tokio::test(start_paused = true)]
async fn who_finds_it_full_makes_the_oldest_go() {
    let pem = p256();
    let (signer, metrics) = limited(&pem, 1, 2, 10 * MS);
    let mut asked = Vec::new();
    for _ in 0..4 {
        asked.push(ask(&signer, &pem, None).await);
    }
    let mut results = Vec::new();
    for asked in asked {
        results.push(asked.await.unwrap());
    }
    let (shed, at) = &results[1];
    assert_eq!((shed.as_ref().unwrap_err().kind(), *at), (SignFailureKind::Overloaded, Duration::ZERO));
    assert!([0, 2, 3].iter().all(|index| results[*index].0.is_ok()), "{results:?}");
    assert_eq!(metrics.snapshot().shed, 1);
    // Without a queue nobody waits.
    let (signer, _) = limited(&pem, 1, 0, 10 * MS);
    let first = ask(&signer, &pem, None).await;
    let (second, at) = ask(&signer, &pem, None).await.await.unwrap();
    assert_eq!((second.unwrap_err().kind(), at), (SignFailureKind::Overloaded, Duration::ZERO));
    first.await.unwrap().0.unwrap();
}

/// What cannot be served in time goes before what has only waited longest.
#[tokio::test(start_paused = true)]
async fn the_hopeless_go_first() {
    let pem = p256();
    let (signer, _) = limited(&pem, 1, 2, 40 * MS);
    // It learns what a request takes: 40 ms.
    for _ in 0..40 {
        ask(&signer, &pem, None).await.await.unwrap().0.unwrap();
    }
    let _running = ask(&signer, &pem, None).await;
    let patient = ask(&signer, &pem, Some(Duration::from_secs(5))).await;
    let hasty = ask(&signer, &pem, Some(60 * MS)).await;
    sleep(25 * MS).await;
    let third = ask(&signer, &pem, Some(Duration::from_secs(5))).await;
    let (result, at) = hasty.await.unwrap();
    assert_eq!((result.unwrap_err().kind(), at), (SignFailureKind::Overloaded, 25 * MS));
    // Who has no chance from the beginning does not wait at all.
    let (result, at) = ask(&signer, &pem, Some(30 * MS)).await.await.unwrap();
    assert_eq!((result.unwrap_err().kind(), at), (SignFailureKind::Overloaded, Duration::ZERO));
    patient.await.unwrap().0.unwrap();
    third.await.unwrap().0.unwrap();
    assert_eq!(signer.load(), Limits::new(0, 0));
}

/// Twice the load that it can take, for ten seconds, and half a second for each request.
#[tokio::test(start_paused = true)]
async fn under_overload_as_many_are_served_in_time_as_can_be() {
    let pem = p256();
    let (signer, metrics) = limited(&pem, 4, 1000, 20 * MS);
    let mut asked = Vec::new();
    for _ in 0..4000_u32 {
        asked.push(ask(&signer, &pem, Some(500 * MS)).await);
        sleep(Duration::from_micros(2500)).await;
    }
    let (mut served, mut latest) = (0_u32, Duration::ZERO);
    for asked in asked {
        let (result, took) = asked.await.unwrap();
        assert!(took <= 501 * MS, "{took:?}");
        match result {
            Ok(_) => (served, latest) = (served + 1, latest.max(took)),
            Err(failure) => assert!(
                matches!(failure.kind(), SignFailureKind::Overloaded | SignFailureKind::TimedOut),
                "{failure}"
            ),
        }
    }
    // Ten seconds of four at a time, 20 ms each: 2,000 could be.
    assert!(served >= 1900, "{served} of 4,000 served");
    assert!(metrics.snapshot().shed > 0);
    assert_eq!(signer.load(), Limits::new(0, 0));
}

/// More callers than can be served at once, for a long time, but each in time: then it is everyone's turn some time.
#[tokio::test(start_paused = true)]
async fn a_queue_that_keeps_up_starves_nobody() {
    let pem = p256();
    let (signer, metrics) = limited(&pem, 8, 1000, 10 * MS);
    let patient = Arc::new(Arc::clone(&signer).with_deadline(150 * MS));
    let (signed, failed) = press(&patient, &pem, 40).await;
    assert_eq!((failed, metrics.snapshot().shed), (0, 0));
    assert!(signed >= 3900, "{signed} of 4,000");
    // Some that cannot wait for so long change nothing for the others.
    let hasty = Arc::new(signer.with_deadline(30 * MS));
    let ((signed, failed), (_, hopeless)) = tokio::join!(press(&patient, &pem, 40), press(&hasty, &pem, 3));
    assert!(
        hopeless > 0 && failed <= signed / 100,
        "{signed} signed, {failed} failed; {hopeless} were hasty"
    );
}

/// What becomes of requests that are too many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Excess {
    Declined,
    /// All take longer.
    Slows,
}

/// Does so many requests at once, in ten milliseconds.
#[derive(Debug)]
struct Narrow {
    key: LocalSigner,
    at_once: AtomicUsize,
    excess: Excess,
    gauge: Gauge,
}

impl Signer for Narrow {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        Box::pin(async move {
            let _inside = self.gauge.enter();
            let at_once = self.at_once.load(Ordering::SeqCst);
            let rounds = u32::try_from(self.gauge.now().div_ceil(at_once)).unwrap();
            if rounds > 1 && self.excess == Excess::Declined {
                return Err(failure(SignFailureKind::Overloaded));
            }
            sleep(10 * MS * rounds).await;
            self.key.sign(request).await
        })
    }
}

/// Signatures and failures of so many callers, who each begin anew when they have an answer, in five seconds.
async fn press<S: Signer + 'static>(signer: &Arc<S>, pem: &Pem, callers: u64) -> (u32, u32) {
    let mut asked = JoinSet::new();
    let end = Instant::now() + Duration::from_secs(5);
    for number in 0..callers {
        let (signer, request) = (Arc::clone(signer), request(pem, number));
        asked.spawn(async move {
            let (mut signed, mut failed) = (0, 0);
            while Instant::now() < end {
                match signer.sign(&request).await {
                    Ok(_) => signed += 1,
                    Err(_) => {
                        failed += 1;
                        sleep(5 * MS).await;
                    }
                }
            }
            (signed, failed)
        });
    }
    let each = asked.join_all().await;
    each.into_iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
}

/// Forty callers of a signer that does eight at once, which nobody has told the limit; and then it does thirty.
#[tokio::test(start_paused = true)]
async fn a_limit_finds_out_what_the_signer_can_do() {
    let pem = p256();
    for excess in [Excess::Declined, Excess::Slows] {
        let limited = |limits| {
            let narrow = Narrow { key: local(&pem), at_once: 8.into(), excess, gauge: Gauge::default() };
            let (narrow, metrics) = (Arc::new(narrow), Metrics::new());
            let limit = Arc::new(Arc::clone(&narrow).with_limit(limits, &metrics));
            (narrow, Arc::clone(&limit), Arc::new(limit.with_deadline(100 * MS)))
        };
        let (narrow, limit, signer) = limited(Limits::new(1000, 1000).adapting_from(2));
        // It begins with all that may be.
        press(&signer, &pem, 400).await;
        let (signed, failed) = press(&signer, &pem, 40).await;
        println!("eight at once, {excess:?}: {signed} signed, {failed} failed; {} places", limit.places());
        assert!(signed >= 2400 && failed <= signed / 10, "{excess:?}: {signed} of 4,000, {failed} failed");
        assert!(limit.places() <= 80, "{}", limit.places());
        narrow.at_once.store(30, Ordering::SeqCst);
        press(&signer, &pem, 40).await;
        let (signed, failed) = press(&signer, &pem, 40).await;
        println!("thirty at once, {excess:?}: {signed} signed, {failed} failed; {} places", limit.places());
        assert!(signed >= 9000 && failed <= signed / 10, "{excess:?}: {signed} of 15,000, {failed} failed");
        assert_eq!((limit.load(), narrow.gauge.now()), (Limits::new(0, 0), 0));
    }
}
