//! Thousands of handshakes whose signers have every fault: each ends as it must, in the time that it has.

use std::sync::Arc;
use std::time::Duration;

use tests::authority::{Authority, Pem};
use tls_tokio::HandshakeError;
use tls_tokio::signer::{Ejection, Failover, Hedging, Limits, Metrics, Retries, Signer, SignerExt};
use tls_tokio::tls_core::SignFailureKind;
use tokio::task::JoinSet;

use crate::signers::ends::{EVERY, Ended, Ends};
use crate::signers::faulty::{Fault, Faulty};
use crate::signers::{Gauge, MS, local, public, public_keys};

/// The signer's time for a request.
const LIMIT: Duration = Duration::from_millis(500);

/// What a handshake must end with, in words, and the longest time it may take; `None`: it succeeds.
fn expected(fault: Fault) -> (Option<&'static str>, Duration) {
    match fault {
        Fault::Delayed(delay) if delay + MS < LIMIT => (None, delay + 3 * MS),
        Fault::Delayed(_) | Fault::Lost => (Some("did not answer in time"), LIMIT + MS),
        Fault::Replayed | Fault::WrongKey | Fault::Truncated | Fault::FlippedBit => {
            (Some("does not verify"), 2 * MS)
        }
        Fault::Failing(SignFailureKind::Denied) => (Some("may not use the key"), 2 * MS),
        Fault::Failing(_) => (Some("cannot be reached"), 2 * MS),
        Fault::Panicking => (Some("the signer panicked"), 2 * MS),
    }
}

/// Connections without a signature from elsewhere: resumed ones, and those whose keys are here. They wait for nobody.
async fn others_go_on(ends: &Ends, here: &Ends, pem: &Pem) {
    let first = ends.shake(&ends.resuming, local(pem)).await;
    first.result.unwrap();
    for _ in 0..100 {
        let stuck = || Faulty::new(pem, |_| Fault::Lost);
        let resumed = ends.shake(&ends.resuming, stuck()).await;
        resumed.result.unwrap();
        assert_eq!((resumed.is_resumed, resumed.took), (true, Duration::ZERO));
        let sound = here.shake(&here.client, stuck()).await;
        sound.result.unwrap();
        assert_eq!((sound.is_resumed, sound.took), (false, Duration::ZERO));
    }
}

#[tokio::test(start_paused = true)]
async fn every_handshake_ends_as_its_signer_has_it() {
    let authority = Authority::new();
    let pem = authority.localhost();
    let gauge = Gauge::default();
    for every in EVERY {
        let ends = Ends::new(&authority, || public(&pem), every);
        let here = Ends::new(&authority, || pem.identity(), every);
        let mut handshakes = JoinSet::new();
        for number in 0..1000 {
            let fault = Fault::drawn(1, number, 90);
            let faulty = Faulty::new(&pem, move |_| fault).counting_in(&gauge).with_deadline(LIMIT);
            let shaking = ends.shake(&ends.client, faulty);
            handshakes.spawn(async move {
                let (words, limit) = expected(fault);
                let Ended { result, took, .. } = shaking.await;
                assert!(took <= limit, "{fault:?}: {took:?}");
                assert_eq!(result.as_ref().err().map(HandshakeError::code), words.map(|_| "signing_failed"));
                let said = result.err().map(|error| error.to_string()).unwrap_or_default();
                assert!(said.contains(words.unwrap_or_default()), "{every:?}, {fault:?}: {said}");
            });
        }
        others_go_on(&ends, &here, &pem).await;
        handshakes.join_all().await;
        assert_eq!(gauge.now(), 0, "nobody works for nobody");
    }
}

fn layered(pem: &Pem, seed: u64, percent: u64, gauge: &Gauge, metrics: &Metrics) -> impl Signer + use<> {
    let endpoint = |seed| {
        Faulty::new(pem, move |number| Fault::drawn(seed, number, percent))
            .counting_in(gauge)
            .with_limit(Limits::new(64, 64), metrics)
            .with_deadline(200 * MS)
    };
    Failover::new(&public_keys(pem), Ejection::default(), metrics)
        .endpoint("one", endpoint(seed))
        .endpoint("other", endpoint(seed + 1))
        .with_hedging(Hedging::default(), metrics)
        .with_retries(Retries::default(), metrics)
        .with_deadline(LIMIT)
        .with_metrics(metrics)
}

/// The same behind all layers: most faults are not seen any more.
#[tokio::test(start_paused = true)]
async fn layers_hide_what_can_be_hidden() {
    let authority = Authority::new();
    let pem = authority.localhost();
    for every in EVERY {
        let (gauge, metrics) = (Gauge::default(), Metrics::new());
        let ends = Ends::new(&authority, || public(&pem), every);
        let signer: Arc<dyn Signer> = Arc::new(layered(&pem, 7, 10, &gauge, &metrics));
        let mut handshakes = JoinSet::new();
        for _ in 0..1000 {
            tokio::time::sleep(MS / 2).await;
            handshakes.spawn(ends.shake(&ends.client, Arc::clone(&signer)));
        }
        let mut failed = 0;
        for Ended { result, took, .. } in handshakes.join_all().await {
            assert!(took <= LIMIT + MS, "{took:?}");
            if let Err(error) = result {
                assert_eq!(error.code(), "signing_failed");
                failed += 1;
            }
        }
        let snapshot = metrics.snapshot();
        let (hedges, retries) = (snapshot.hedges, snapshot.retries);
        println!(
            "{every:?}: a tenth of the signatures meet a fault, {failed} of 1,000 handshakes fail; {hedges} hedges, \
             {retries} retries"
        );
        // One of ten faults is a refusal that no other signer would overrule.
        assert!(failed <= 30, "{failed} of 1,000");
        assert_eq!((snapshot.in_flight, gauge.now()), (0, 0));
        let [row] = snapshot.keys.as_slice() else { panic!("one key, one scheme: {snapshot:?}") };
        assert_eq!(row.signed.count() + row.failed.count() + row.cancelled.count(), 1000);
        assert_eq!(row.failed.count(), failed);
    }
}
