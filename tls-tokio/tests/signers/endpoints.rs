use std::sync::Arc;

use tls_tokio::signer::{Ejection, Failover, Hedging, KeyRing, Metrics, PublicKeys, Signer, SignerExt};
use tls_tokio::tls_core::SignFailureKind;
use tokio::time::{Instant, sleep};

use crate::signers::faulty::{Fault, Faulty};
use crate::signers::{MS, Step, local, p256, public, public_keys, request, scripted};

#[tokio::test(start_paused = true)]
async fn another_endpoint_takes_over_whatever_one_does() {
    let pem = p256();
    for fault in [
        Fault::Lost,
        Fault::Replayed,
        Fault::WrongKey,
        Fault::Truncated,
        Fault::FlippedBit,
        Fault::Failing(SignFailureKind::Unavailable),
        Fault::Panicking,
    ] {
        let metrics = Metrics::new();
        let signer = Failover::new(&public_keys(&pem), Ejection::default(), &metrics)
            .endpoint("bad", Faulty::new(&pem, move |_| fault).with_deadline(100 * MS))
            .endpoint("good", scripted(&pem, |_| Step::Sign(5 * MS)));
        // Draws go to the bad one until its latency is known, and then to the good one.
        let begun = Instant::now();
        for number in 0..200 {
            let request = request(&pem, number);
            let signature = signer.sign(&request).await.unwrap();
            request.verify(pem.identity().public_key(), &signature.bytes).unwrap();
        }
        let lost = begun.elapsed() - 200 * 5 * MS;
        assert!(lost <= 10 * 101 * MS, "{fault:?}: {lost:?} lost");
        let is_wrong =
            [Fault::Replayed, Fault::WrongKey, Fault::Truncated, Fault::FlippedBit].contains(&fault);
        assert_eq!(metrics.snapshot().invalid > 0, is_wrong, "{fault:?}");
    }
}

/// A refusal is not the endpoint's fault, and no other would do otherwise.
#[tokio::test(start_paused = true)]
async fn refusals_are_final() {
    let pem = p256();
    let metrics = Metrics::new();
    let refusing = || scripted(&pem, |_| Step::Fail(MS, SignFailureKind::Denied));
    let (one, other) = (refusing(), refusing());
    let signer = Failover::new(&public_keys(&pem), Ejection::default(), &metrics)
        .endpoint("one", Arc::clone(&one))
        .endpoint("other", Arc::clone(&other));
    for number in 0..20 {
        let failure = signer.sign(&request(&pem, number)).await.unwrap_err();
        assert_eq!(failure.kind(), SignFailureKind::Denied);
    }
    assert_eq!(one.calls() + other.calls(), 20);
    assert!(signer.ejected().is_empty());
}

/// A key that is on one of two endpoints only, as while keys are being changed.
#[tokio::test(start_paused = true)]
async fn an_endpoint_without_the_key_is_passed_over() {
    let (old, new) = (p256(), p256());
    let keys = PublicKeys::of([&public(&old), &public(&new)]);
    for hedges in [false, true] {
        let metrics = Metrics::new();
        let changed = KeyRing::new().with(local(&new).key_id(), scripted(&new, |_| Step::Sign(5 * MS)));
        let unchanged = scripted(&old, |_| Step::Sign(MS));
        let endpoints = Failover::new(&keys, Ejection::default(), &metrics)
            .endpoint("changed", changed)
            .endpoint("not yet", Arc::clone(&unchanged));
        let signer: Box<dyn Signer> = match hedges {
            false => Box::new(endpoints),
            true => Box::new(endpoints.with_hedging(Hedging::default(), &metrics)),
        };
        for number in 0..300 {
            signer.sign(&request(&new, number)).await.unwrap();
        }
        assert!(unchanged.calls() <= 2, "{}: it is known not to have it", unchanged.calls());
        for number in 0..10 {
            signer.sign(&request(&old, number)).await.unwrap();
        }
        // Nobody has this one, nor could anybody tell whether its signatures are any good.
        let (before, stranger) = (unchanged.calls(), p256());
        let failure = signer.sign(&request(&stranger, 0)).await.unwrap_err();
        assert_eq!((failure.kind(), unchanged.calls()), (SignFailureKind::UnknownKey, before));
    }
}

#[tokio::test(start_paused = true)]
async fn failures_say_whose_they_are() {
    let pem = p256();
    let signer = Failover::new(&public_keys(&pem), Ejection::default(), &Metrics::new())
        .endpoint("the only one", scripted(&pem, |_| Step::Fail(MS, SignFailureKind::Unavailable)));
    let failure = signer.sign(&request(&pem, 0)).await.unwrap_err();
    assert_eq!(failure.to_string(), "the signer cannot be reached: the only one: for the test");
    let nobody = Failover::new(&public_keys(&pem), Ejection::default(), &Metrics::new());
    let failure = nobody.sign(&request(&pem, 0)).await.unwrap_err();
    assert_eq!(failure.kind(), SignFailureKind::Unavailable);
}

#[tokio::test(start_paused = true)]
async fn an_ejected_endpoint_comes_back_by_a_probe() {
    let (pem, metrics) = (p256(), Metrics::new());
    let ill = scripted(&pem, |call| match call {
        0..=6 => Step::Fail(MS, SignFailureKind::Unavailable),
        _ => Step::Sign(MS),
    });
    let mut ejection = Ejection::default();
    ejection.failures = 3;
    let signer = Failover::new(&public_keys(&pem), ejection, &metrics)
        .endpoint("ill", Arc::clone(&ill))
        .endpoint("well", scripted(&pem, |_| Step::Sign(2000 * MS)));
    let mut asked = 0;
    while ill.calls() < 3 {
        asked += 1;
        signer.sign(&request(&pem, asked)).await.unwrap();
        assert!(asked < 100, "nobody asks it");
    }
    assert_eq!(signer.ejected(), ["ill".into()]);
    // Probes fail four times: 1, 2, 4 and 8 seconds, and a tenth at most.
    let begun = Instant::now();
    while !signer.ejected().is_empty() {
        signer.sign(&request(&pem, 0)).await.unwrap();
        sleep(10 * MS).await;
    }
    let took = begun.elapsed().as_secs_f64();
    assert_eq!(ill.calls(), 8);
    assert!((29.0..45.0).contains(&took), "{took}");
    assert_eq!((metrics.snapshot().ejected, metrics.snapshot().taken_back), (1, 1));
}
