use std::sync::Arc;

use tls_tokio::signer::{Ejection, Failover, Hedged, Hedging, Metrics, Signer, SignerExt};
use tls_tokio::tls_core::SignFailureKind;
use tokio::time::Instant;

use tests::authority::Pem;

use crate::signers::faulty::{Fault, Faulty};
use crate::signers::{MS, Step, p256, public_keys, request, scripted};

fn hedged(pem: &Pem, one: impl Signer + 'static, other: impl Signer + 'static, metrics: &Metrics) -> Hedged {
    Failover::new(&public_keys(pem), Ejection::default(), metrics)
        .endpoint("one", one)
        .endpoint("other", other)
        .with_hedging(Hedging::default(), metrics)
}

/// One request of fifty takes a second at either; with a second endpoint to ask nobody waits for it.
#[tokio::test(start_paused = true)]
async fn the_slow_tail_is_cut_off() {
    let (pem, metrics) = (p256(), Metrics::new());
    let slow_tail = || {
        scripted(&pem, |call| {
            Step::Sign(if call % 50 == 49 { 1000 * MS } else { (2 + call as u32 % 3) * MS })
        })
    };
    let (one, other) = (slow_tail(), slow_tail());
    let signer = hedged(&pem, Arc::clone(&one), Arc::clone(&other), &metrics);
    let mut late = 0_u32;
    for number in 0..1000 {
        let begun = Instant::now();
        signer.sign(&request(&pem, number)).await.unwrap();
        late += u32::from(begun.elapsed() > 20 * MS);
    }
    let snapshot = metrics.snapshot();
    println!(
        "{late} of 1,000 took longer than 20 ms; {} hedges, {} won",
        snapshot.hedges, snapshot.hedge_wins
    );
    // Those before it is known what is usual.
    assert!(late <= 1, "{late}");
    assert!((10..=60).contains(&snapshot.hedges) && snapshot.hedge_wins >= 10, "{snapshot:?}");
    assert_eq!(
        one.calls() + other.calls(),
        1000 + snapshot.hedges as usize,
        "five per cent more, and the burst"
    );
    assert_eq!((one.running(), other.running()), (0, 0), "the losers were dropped");
}

/// What does not verify does not win, however soon it comes.
#[tokio::test(start_paused = true)]
async fn the_first_that_verifies_wins() {
    let (pem, metrics) = (p256(), Metrics::new());
    let wrong = Faulty::new(&pem, |_| Fault::WrongKey);
    let sound = scripted(&pem, |call| Step::Sign(if call < 40 { MS } else { 20 * MS }));
    let signer = hedged(&pem, wrong, Arc::clone(&sound), &metrics);
    for number in 0..200 {
        let request = request(&pem, number);
        let signature = signer.sign(&request).await.unwrap();
        public_keys(&pem).verify(&request, &signature.bytes).unwrap();
    }
}

/// Where everything is slow, and where much is in flight, hedges are few or none.
#[tokio::test(start_paused = true)]
async fn hedges_do_not_add_to_saturation() {
    let (pem, metrics) = (p256(), Metrics::new());
    let usual = |call| Step::Sign(if call < 100 { MS } else { 50 * MS });
    let (one, other) = (scripted(&pem, usual), scripted(&pem, usual));
    let signer = Arc::new(hedged(&pem, Arc::clone(&one), Arc::clone(&other), &metrics));
    for number in 0..200 {
        signer.sign(&request(&pem, number)).await.unwrap();
    }
    let mut asked = tokio::task::JoinSet::new();
    let before = metrics.snapshot().hedges;
    for number in 0..400 {
        let (signer, request) = (Arc::clone(&signer), request(&pem, number));
        asked.spawn(async move { signer.sign(&request).await.map(drop) });
    }
    assert!(asked.join_all().await.iter().all(Result::is_ok));
    assert_eq!(metrics.snapshot().hedges, before, "400 in flight");
    for number in 0..400 {
        signer.sign(&request(&pem, number)).await.unwrap();
    }
    let hedges = metrics.snapshot().hedges;
    assert!(hedges <= 1000 / 20 + 10, "{hedges} of 1,000");
}

#[tokio::test(start_paused = true)]
async fn both_failing_is_a_failure() {
    let (pem, metrics) = (p256(), Metrics::new());
    let signs_then = |kind| move |call| if call < 100 { Step::Sign(MS) } else { Step::Fail(30 * MS, kind) };
    let one = scripted(&pem, signs_then(SignFailureKind::Unavailable));
    let other = scripted(&pem, signs_then(SignFailureKind::Unavailable));
    let signer = hedged(&pem, one, other, &metrics).with_deadline(500 * MS);
    let mut failures = 0;
    for number in 0..210 {
        match signer.sign(&request(&pem, number)).await {
            Ok(_) => assert_eq!(failures, 0, "{number}"),
            Err(failure) => {
                assert_eq!(failure.kind(), SignFailureKind::Unavailable);
                failures += 1;
            }
        }
    }
    assert!(failures > 0);
}
