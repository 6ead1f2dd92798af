//! The layers on several threads: answers, deadlines and callers who go, all at the same time, thousands of times. Whatever
//! comes first, no place is lost and none is given twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tests::authority::Pem;
use tls_tokio::BoxFuture;
use tls_tokio::signer::{
    BatchSigner, Batches, Batching, Ejection, Failover, Hedging, Limit, Limits, Metrics, Retries, SignFuture,
    Signature, Signer, SignerExt,
};
use tls_tokio::tls_core::{SignFailure, SignRequest};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::signers::faulty::{Fault, Faulty};
use crate::signers::{Gauge, p256, public_keys, request};
use crate::support::{Random, in_time};

/// How many requests a signer here may have at once.
const PLACES: usize = 4;

/// Remembers how many requests it had at once.
#[derive(Debug)]
struct Watched<S> {
    signer: S,
    gauge: Gauge,
    most: Arc<AtomicUsize>,
}

impl<S: Signer> Signer for Watched<S> {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        Box::pin(async move {
            let _inside = self.gauge.enter();
            self.most.fetch_max(self.gauge.now(), Ordering::SeqCst);
            self.signer.sign(request).await
        })
    }
}

#[derive(Debug)]
struct OneByOne<S>(S);

impl<S: Signer> BatchSigner for OneByOne<S> {
    fn sign_batch<'a>(
        &'a self,
        requests: &'a [SignRequest],
    ) -> BoxFuture<'a, Vec<Result<Signature, SignFailure>>> {
        Box::pin(async move {
            let mut answers = Vec::new();
            for request in requests {
                answers.push(self.0.sign(request).await);
            }
            answers
        })
    }
}

/// Endpoints of which one in ten requests meets a fault, and what counts in them.
struct Site {
    pem: Pem,
    gauge: Gauge,
    /// How many requests any of them had at once.
    most: Arc<AtomicUsize>,
    metrics: Metrics,
}

impl Site {
    fn new() -> Self {
        Self { pem: p256(), gauge: Gauge::default(), most: Arc::default(), metrics: Metrics::new() }
    }

    fn faulty(&self, seed: u64) -> Watched<Faulty> {
        let faulty = Faulty::new(&self.pem, move |number| match Fault::drawn(seed, number, 10) {
            Fault::Panicking => Fault::FlippedBit,
            fault => fault,
        });
        let (signer, most) = (faulty.counting_in(&self.gauge), Arc::clone(&self.most));
        Watched { signer, gauge: Gauge::default(), most }
    }

    fn limited(&self, seed: u64, limits: Limits) -> Arc<Limit<Watched<Faulty>>> {
        Arc::new(self.faulty(seed).with_limit(limits, &self.metrics))
    }
}

/// Asks thousands of times from many tasks, which lose patience at any moment; how many were answered.
async fn rush(signer: Arc<dyn Signer>, pem: &Pem) -> u64 {
    let mut callers = JoinSet::new();
    for caller in 0..100 {
        let (signer, request) = (Arc::clone(&signer), request(pem, caller));
        callers.spawn(async move {
            let (mut random, mut answered) = (Random(caller + 1), 0);
            for _ in 0..50 {
                let patience = Duration::from_micros(random.below(40_000) as u64);
                answered += u64::from(timeout(patience, signer.sign(&request)).await.is_ok());
            }
            answered
        });
    }
    in_time(callers.join_all()).await.into_iter().sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn limits_lose_no_place() {
    for limits in [Limits::new(PLACES, 30), Limits::new(PLACES, 30).adapting_from(1)] {
        let site = Site::new();
        let limited = site.limited(3, limits);
        let answered = rush(Arc::clone(&limited) as Arc<dyn Signer>, &site.pem).await;
        assert!(answered > 100, "{answered}");
        assert_eq!((limited.load(), site.gauge.now()), (Limits::new(0, 0), 0));
        assert_eq!(site.most.load(Ordering::SeqCst), PLACES);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn batches_lose_no_place() {
    let site = Site::new();
    let mut batches = Batches::default();
    (batches.in_flight, batches.queued) = (PLACES, 60);
    let batching = Arc::new(Batching::new(OneByOne(site.faulty(4)), batches, &site.metrics));
    let answered = rush(Arc::clone(&batching) as Arc<dyn Signer>, &site.pem).await;
    assert!(answered > 100, "{answered}");
    in_time(async {
        while (batching.load(), site.gauge.now()) != ((0, 0), 0) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(site.most.load(Ordering::SeqCst), PLACES);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn all_layers_together_lose_nothing() {
    let site = Site::new();
    let limits = Limits::new(PLACES, 30).adapting_from(2);
    let ends = [site.limited(5, limits), site.limited(6, limits)];
    let mut ejection = Ejection::default();
    ejection.first = Duration::from_millis(5);
    let [one, other] = ends.each_ref().map(|end| Arc::clone(end).with_deadline(Duration::from_millis(30)));
    let endpoints = Failover::new(&public_keys(&site.pem), ejection, &site.metrics)
        .endpoint("one", one)
        .endpoint("other", other)
        .with_hedging(Hedging::default(), &site.metrics);
    let endpoints = Arc::new(endpoints);
    let signer = Arc::clone(&endpoints)
        .with_retries(Retries::default(), &site.metrics)
        .with_deadline(Duration::from_millis(100))
        .with_metrics(&site.metrics);
    let answered = rush(Arc::new(signer), &site.pem).await;
    assert!(answered > 100, "{answered}");
    for end in ends {
        assert_eq!(end.load(), Limits::new(0, 0));
    }
    assert_eq!((endpoints.endpoints().in_flight(), site.gauge.now()), (vec![0, 0], 0));
    assert_eq!(site.most.load(Ordering::SeqCst), PLACES);
    let snapshot = site.metrics.snapshot();
    assert_eq!((snapshot.in_flight, snapshot.keys.len()), (0, 1));
    let row = &snapshot.keys[0];
    let answers = row.signed.count() + row.failed.count();
    assert_eq!((answers, answers + row.cancelled.count()), (answered, 5000));
}
