use std::sync::Arc;

use tls_tokio::signer::{Metrics, Retries, Signer, SignerExt};
use tls_tokio::tls_core::SignFailureKind;
use tokio::time::Instant;

use crate::signers::{MS, Step, local, p256, public_keys, request, scripted};

#[tokio::test(start_paused = true)]
async fn what_may_do_better_is_tried_again() {
    let (pem, metrics) = (p256(), Metrics::new());
    let signer = scripted(&pem, |call| match call {
        0 | 1 => Step::Fail(MS, SignFailureKind::Unavailable),
        _ => Step::Sign(MS),
    });
    let retrying = Arc::clone(&signer).with_retries(Retries::default(), &metrics);
    retrying.sign(&request(&pem, 0)).await.unwrap();
    assert_eq!((signer.calls(), metrics.snapshot().retries), (3, 2));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_do_better_is_not() {
    let pem = p256();
    for kind in [SignFailureKind::UnknownKey, SignFailureKind::Denied, SignFailureKind::Unsupported] {
        let signer = scripted(&pem, move |_| Step::Fail(MS, kind));
        let retrying = Arc::clone(&signer).with_retries(Retries::default(), &Metrics::new());
        assert_eq!(retrying.sign(&request(&pem, 0)).await.unwrap_err().kind(), kind);
        assert_eq!(signer.calls(), 1);
    }
}

/// Where everything fails, a tenth more is asked, and no more.
#[tokio::test(start_paused = true)]
async fn retries_keep_to_their_budget() {
    let (pem, metrics) = (p256(), Metrics::new());
    let signer = scripted(&pem, |_| Step::Fail(MS, SignFailureKind::Unavailable));
    let retries = Retries::default();
    let burst = u64::from(retries.burst);
    let retrying = Arc::clone(&signer).with_retries(retries, &metrics);
    let request = request(&pem, 0);
    for _ in 0..1000 {
        retrying.sign(&request).await.unwrap_err();
    }
    let retries = metrics.snapshot().retries;
    assert!((100..=100 + burst).contains(&retries), "{retries}");
    assert_eq!(u64::try_from(signer.calls()).unwrap(), 1000 + retries);
}

/// A retry that could not be done in time is not begun, and its failure is the one there was.
#[tokio::test(start_paused = true)]
async fn retries_keep_to_the_deadline() {
    let pem = p256();
    let signer = scripted(&pem, |_| Step::Fail(30 * MS, SignFailureKind::Unavailable));
    let mut retries = Retries::default();
    (retries.attempts, retries.first_pause, retries.longest_pause) = (1000, MS, MS);
    (retries.percent, retries.burst) = (100, 1000);
    let retrying = Arc::clone(&signer).with_retries(retries, &Metrics::new()).with_deadline(200 * MS);
    let begun = Instant::now();
    let failure = retrying.sign(&request(&pem, 0)).await.unwrap_err();
    assert!(begun.elapsed() <= 200 * MS, "{:?}", begun.elapsed());
    assert!(matches!(failure.kind(), SignFailureKind::Unavailable | SignFailureKind::TimedOut), "{failure}");
    assert!((5..=7).contains(&signer.calls()), "{}", signer.calls());
    assert_eq!(signer.running(), 0);
}

#[tokio::test(start_paused = true)]
async fn only_what_verifies_gets_through() {
    let (pem, other) = (p256(), p256());
    let sound = local(&pem).with_verification(&public_keys(&pem));
    sound.sign(&request(&pem, 0)).await.unwrap();
    let unknown = local(&pem).with_verification(&public_keys(&other));
    let failure = unknown.sign(&request(&pem, 0)).await.unwrap_err();
    assert_eq!(failure.kind(), SignFailureKind::UnknownKey);
}

#[tokio::test(start_paused = true)]
async fn the_earlier_deadline_holds() {
    let pem = p256();
    for (inner, outer) in [(50, 100), (100, 50)] {
        let signer = scripted(&pem, |_| Step::Never);
        let limited = Arc::clone(&signer).with_deadline(inner * MS).with_deadline(outer * MS);
        let begun = Instant::now();
        let failure = limited.sign(&request(&pem, 0)).await.unwrap_err();
        assert_eq!(failure.kind(), SignFailureKind::TimedOut);
        assert_eq!(begun.elapsed(), 50 * MS);
        assert_eq!(signer.running(), 0, "it is not worked on any more");
    }
}
