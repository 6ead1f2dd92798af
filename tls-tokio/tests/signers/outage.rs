//! One of two endpoints cut off under load: what fails, and how soon that is over.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tests::authority::Pem;
use tls_tokio::signer::{
    Ejection, Failover, Hedging, Limits, LocalSigner, Metrics, Retries, SignFuture, Signer, SignerExt,
};
use tls_tokio::tls_core::SignRequest;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::signers::{MS, local, p256, public_keys, request};

/// An endpoint two milliseconds away, whose cable can be pulled: what is asked of it then is never answered, nor is what
/// was asked just before.
#[derive(Debug)]
struct Distant {
    key: LocalSigner,
    is_cut: Arc<AtomicBool>,
}

impl Signer for Distant {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        Box::pin(async move {
            sleep(2 * MS).await;
            if self.is_cut.load(Ordering::SeqCst) {
                std::future::pending::<()>().await;
            }
            self.key.sign(request).await
        })
    }
}

#[derive(Debug)]
struct Figures {
    failed: usize,
    /// Requests that were answered, but took longer than 20 ms.
    slow: usize,
    /// When the last of those that failed or were slow was over, from the cut.
    until: Duration,
    longest: Duration,
}

/// Four requests a millisecond for three seconds. After the first second one endpoint is cut off, after the second it
/// is back.
async fn outage(pem: &Pem, signer: Arc<dyn Signer>, is_cut: &AtomicBool) -> Figures {
    let (begun, mut asked) = (Instant::now(), JoinSet::new());
    for number in 0..REQUESTS {
        is_cut.store((REQUESTS / 3..REQUESTS / 3 * 2).contains(&number), Ordering::SeqCst);
        let (signer, request) = (Arc::clone(&signer), request(pem, number));
        asked.spawn(async move {
            let asked = Instant::now();
            let result = signer.sign(&request).await;
            (begun.elapsed(), asked.elapsed(), result.is_ok())
        });
        if number % 4 == 3 {
            sleep(MS).await;
        }
    }
    let results = asked.join_all().await;
    let failed = results.iter().filter(|(.., is_ok)| !is_ok).count();
    let bad = results.iter().filter(|(_, took, is_ok)| !is_ok || *took > 20 * MS);
    Figures {
        failed,
        slow: bad.clone().count() - failed,
        until: bad.map(|(over, ..)| *over).max().unwrap_or_default().saturating_sub(1000 * MS),
        longest: results.iter().map(|(_, took, _)| *took).max().unwrap_or_default(),
    }
}

const REQUESTS: u64 = 12_000;

fn failover(pem: &Pem, is_cut: &Arc<AtomicBool>, metrics: &Metrics) -> Failover {
    let endpoint = |is_cut: &Arc<AtomicBool>| {
        Distant { key: local(pem), is_cut: Arc::clone(is_cut) }
            .with_limit(Limits::new(64, 64), metrics)
            .with_deadline(100 * MS)
    };
    Failover::new(&public_keys(pem), Ejection::default(), metrics)
        .endpoint("cut off", endpoint(is_cut))
        .endpoint("there", endpoint(&Arc::default()))
}

#[tokio::test(start_paused = true)]
async fn one_of_two_endpoints_is_cut_off_under_load() {
    let (pem, metrics, is_cut) = (p256(), Metrics::new(), Arc::default());
    let signer = failover(&pem, &is_cut, &metrics)
        .with_retries(Retries::default(), &metrics)
        .with_deadline(500 * MS)
        .with_metrics(&metrics);
    let figures = outage(&pem, Arc::new(signer), &is_cut).await;
    let snapshot = metrics.snapshot();
    println!("12,000 requests, failover: {figures:?}; ejected {}", snapshot.ejected);
    assert_eq!((figures.failed, snapshot.in_flight), (0, 0));
    // Those that were under way, and those that followed until their in-flight requests told against the endpoint.
    assert!(figures.slow <= 120, "{figures:?}");
    assert!(figures.until <= 250 * MS && figures.longest <= 210 * MS, "{figures:?}");
}

#[tokio::test(start_paused = true)]
async fn with_hedging_an_outage_is_hardly_seen() {
    let (pem, metrics, is_cut) = (p256(), Metrics::new(), Arc::default());
    let signer = failover(&pem, &is_cut, &metrics)
        .with_hedging(Hedging::default(), &metrics)
        .with_deadline(500 * MS)
        .with_metrics(&metrics);
    let figures = outage(&pem, Arc::new(signer), &is_cut).await;
    let snapshot = metrics.snapshot();
    println!("12,000 requests, failover and hedging: {figures:?}; {} hedges", snapshot.hedges);
    assert_eq!((figures.failed, snapshot.in_flight), (0, 0));
    assert!(figures.slow <= 60, "{figures:?}");
}

/// What the layers are worth: the same without them.
#[tokio::test(start_paused = true)]
async fn a_single_endpoint_fails_as_long_as_it_is_cut_off() {
    let (pem, is_cut) = (p256(), Arc::default());
    let signer = Distant { key: local(&pem), is_cut: Arc::clone(&is_cut) }.with_deadline(500 * MS);
    let figures = outage(&pem, Arc::new(signer), &is_cut).await;
    assert!((4000..=4012).contains(&figures.failed), "{figures:?}");
}
