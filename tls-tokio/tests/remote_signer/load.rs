//! Many requests at once, and a server that comes and goes meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tls_tokio::signer::remote::{Outcome, RemoteSigner, ServedKey};
use tls_tokio::signer::{LocalSigner, SignFuture, Signature, Signer};
use tls_tokio::tls_core::{SignFailure, SignFailureKind, SignRequest};
use tokio::task::JoinSet;

use super::{Panicking, Running, Site, Slow, assert_fails, local, public};
use crate::support::in_time;

#[tokio::test]
async fn thousands_of_requests_share_a_connection() {
    const REQUESTS: usize = 4000;
    let site = Site::new();
    let slow = Slow(local(&site.key), Duration::from_millis(50));
    let server =
        site.bare_server().key(ServedKey::of_identity(&public(&site.key), slow)).client(site.allowed());
    let running = Running::start(server.max_pending(REQUESTS, REQUESTS).max_working(REQUESTS)).await;
    let signer =
        site.signer(&running.endpoint).connections(1).timeout(Duration::from_secs(50)).start().unwrap();
    let (signer, request) = (Arc::new(signer), Arc::new(site.request()));
    let mut tasks = JoinSet::new();
    for _ in 0..REQUESTS {
        let (signer, request) = (Arc::clone(&signer), Arc::clone(&request));
        tasks.spawn(async move { signer.sign(&request).await.is_ok() });
    }
    let results = in_time(tasks.join_all()).await;
    assert_eq!(results.into_iter().filter(|signed| *signed).count(), REQUESTS);
    let counts = signer.counts();
    assert_eq!((counts.connections, counts.pending, counts.stale), (1, 0, 0));
}

/// Whoever waits for its turn at the server knows how long that was.
#[tokio::test]
async fn time_in_the_servers_queue_is_told_apart() {
    let site = Site::new();
    let each = Duration::from_millis(100);
    let slow = ServedKey::of_identity(&public(&site.key), Slow(local(&site.key), each));
    let running = Running::start(site.bare_server().key(slow).client(site.allowed()).max_working(1)).await;
    let signer = site.signer(&running.endpoint).start().unwrap();
    signer.connected(Duration::from_secs(20)).await.unwrap();
    let mut queued = Vec::new();
    for result in in_time(join_all(&signer, &site.request(), 3)).await {
        queued.push(result.unwrap().queued);
    }
    queued.sort();
    assert!(queued[1] >= each * 9 / 10 && queued[2] >= each * 19 / 10, "{queued:?}");
}

#[tokio::test]
async fn more_than_may_be_under_way_is_declined_at_either_end() {
    let site = Site::new();
    let slow =
        || ServedKey::of_identity(&public(&site.key), Slow(local(&site.key), Duration::from_millis(200)));
    let server = || site.bare_server().client(site.allowed()).key(slow());
    let request = site.request();
    for (overall, per_connection, why) in
        [(3, 100, "too many requests are under way"), (100, 3, "under way on this connection")]
    {
        let running = Running::start(server().max_pending(overall, per_connection)).await;
        let signer = site.signer(&running.endpoint).connections(1).start().unwrap();
        let mut overloaded = 0;
        for result in in_time(join_all(&signer, &request, 10)).await {
            if result.is_err() {
                assert_fails(result, SignFailureKind::Overloaded, why);
                overloaded += 1;
            }
        }
        assert_eq!(overloaded, 7);
    }
    let running = Running::start(server()).await;
    let signer = site.signer(&running.endpoint).max_pending(3).start().unwrap();
    let results = in_time(join_all(&signer, &request, 10)).await;
    let (signed, declined): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert_eq!((signed.len(), declined.len()), (3, 7));
    assert_fails(
        declined.into_iter().next().unwrap(),
        SignFailureKind::Overloaded,
        "3 requests are under way already",
    );
}

async fn join_all(
    signer: &RemoteSigner,
    request: &SignRequest,
    count: usize,
) -> Vec<Result<Signature, SignFailure>> {
    let mut running: Vec<_> = (0..count).map(|_| signer.sign(request)).collect();
    let mut results: Vec<Option<_>> = (0..count).map(|_| None).collect();
    std::future::poll_fn(|cx| {
        for (running, result) in running.iter_mut().zip(&mut results) {
            if result.is_none()
                && let std::task::Poll::Ready(done) = running.as_mut().poll(cx)
            {
                *result = Some(done);
            }
        }
        if results.iter().all(Option::is_some) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    results.into_iter().flatten().collect()
}

#[tokio::test]
async fn a_signer_that_panics_takes_nobody_with_it() {
    let site = Site::new();
    let other = site.authority.localhost();
    let server = site.server().key(ServedKey::of_identity(&public(&other), Panicking));
    let running = Running::start(server).await;
    let signer = site.signer(&running.endpoint).connections(1).start().unwrap();
    for _ in 0..3 {
        let result = signer.sign(&super::request(&other, super::tls12_server())).await;
        assert_fails(result, SignFailureKind::Failed, "the signer panicked");
    }
    assert!(signer.sign(&site.request()).await.is_ok());
    assert_eq!(signer.counts().connections, 1);
}

/// Signs by another key.
#[derive(Debug)]
struct Wrong(LocalSigner);

impl Signer for Wrong {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        Box::pin(async {
            let purpose = request.purpose().clone();
            let wrong = SignRequest::new(self.0.key_id(), request.key_type(), request.scheme(), purpose);
            self.0.sign(&wrong).await
        })
    }
}

/// What a signer gets wrong does not leave its server, whoever asks.
#[tokio::test]
async fn a_wrong_signature_is_not_handed_out() {
    let site = Site::new();
    let wrong = Wrong(local(&site.authority.localhost()));
    let server =
        site.bare_server().key(ServedKey::of_identity(&public(&site.key), wrong)).client(site.allowed());
    let running = Running::start(server).await;
    let signer = site.signer(&running.endpoint).start().unwrap();
    let result = in_time(signer.sign(&site.request())).await;
    assert_fails(result, SignFailureKind::Invalid, "trace");
    let record = running.record(|_| true).await;
    let Outcome::Failed(failure) = &record.outcome else { panic!("{record:?}") };
    assert_eq!(failure.kind(), SignFailureKind::Invalid);
}

/// Callers that ask again and again, and what becomes of it.
#[derive(Debug, Default)]
struct Load {
    signed: AtomicUsize,
    failed: AtomicUsize,
    ends: AtomicBool,
}

impl Load {
    fn begin(signer: &Arc<RemoteSigner>, site: &Site) -> (Arc<Self>, JoinSet<()>) {
        let (load, mut callers) = (Arc::<Self>::default(), JoinSet::new());
        for _ in 0..32 {
            let (load, signer, request) = (Arc::clone(&load), Arc::clone(signer), site.request());
            callers.spawn(async move {
                while !load.ends.load(Ordering::Relaxed) {
                    match signer.sign(&request).await {
                        Ok(_) => load.signed.fetch_add(1, Ordering::Relaxed),
                        Err(failure) => {
                            assert_eq!(failure.kind(), SignFailureKind::Unavailable, "{failure}");
                            load.failed.fetch_add(1, Ordering::Relaxed)
                        }
                    };
                }
            });
        }
        (load, callers)
    }

    fn signed(&self) -> usize {
        self.signed.load(Ordering::Relaxed)
    }

    /// Waits until so many more have been signed.
    async fn go_on(&self, more: usize) {
        let goal = self.signed() + more;
        in_time(async {
            while self.signed() < goal {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        })
        .await;
    }

    async fn end(&self, callers: JoinSet<()>) -> usize {
        self.ends.store(true, Ordering::Relaxed);
        in_time(callers.join_all()).await;
        self.failed.load(Ordering::Relaxed)
    }
}

/// A server that is killed fails what was under way. Callers that can wait a little notice no more of it.
#[tokio::test]
async fn a_server_that_is_killed_and_comes_back_is_found_again() {
    let site = Site::new();
    let running = Running::start(site.server()).await;
    let endpoint = running.endpoint.clone();
    let signer = Arc::new(site.signer(&endpoint).start().unwrap());
    let (load, callers) = Load::begin(&signer, &site);
    load.go_on(500).await;
    running.kill().await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let running = Running::start_at(site.server(), &endpoint).await;
    let back = Instant::now();
    load.go_on(1).await;
    let recovered = back.elapsed();
    load.go_on(500).await;
    let failed = load.end(callers).await;
    println!(
        "killed under load of 32 callers: {failed} failed, signing {recovered:?} after the server was back"
    );
    assert!(failed <= 32, "{failed}: only what was under way fails");
    assert!(recovered < Duration::from_secs(5), "{recovered:?}");
    running.drain().await;
}

#[tokio::test]
async fn a_server_that_ends_in_order_fails_nothing() {
    let site = Site::new();
    let (old, new) = (Running::start(site.server()).await, Running::start(site.server()).await);
    let endpoint = old.endpoint.clone();
    new.drain().await;
    let signer = Arc::new(site.signer(&endpoint).start().unwrap());
    let (load, callers) = Load::begin(&signer, &site);
    load.go_on(300).await;
    old.drain().await;
    let running = Running::start_at(site.server(), &endpoint).await;
    load.go_on(300).await;
    let failed = load.end(callers).await;
    // A request that crosses the goodbye on its way is declined.
    assert!(failed <= 32, "{failed}");
    running.drain().await;
}

#[tokio::test]
async fn what_is_under_way_is_finished_before_the_server_ends() {
    let site = Site::new();
    let slow = Slow(local(&site.key), Duration::from_millis(300));
    let server =
        site.bare_server().key(ServedKey::of_identity(&public(&site.key), slow)).client(site.allowed());
    let mut running = Running::start(server).await;
    let signer =
        site.signer(&running.endpoint).connections(1).patience(Duration::from_millis(50)).start().unwrap();
    signer.connected(Duration::from_secs(20)).await.unwrap();
    let request = site.request();
    let under_way = signer.sign(&request);
    let ends = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        running.begin_to_drain();
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_fails(signer.sign(&request).await, SignFailureKind::Unavailable, "");
    };
    let (result, ()) = in_time(async { tokio::join!(under_way, ends) }).await;
    assert!(result.is_ok(), "{result:?}");
    assert_eq!(running.disconnected().await, "the server is to end");
}

#[tokio::test]
async fn without_a_server_requests_fail_fast_and_say_why() {
    let site = Site::new();
    let running = Running::start(site.server()).await;
    let endpoint = running.endpoint.clone();
    running.kill().await;
    let signer = site.signer(&endpoint).patience(Duration::from_millis(100)).start().unwrap();
    let started = Instant::now();
    let result = signer.sign(&site.request()).await;
    assert_fails(result, SignFailureKind::Unavailable, "refused");
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
}
