//! A connection that is dropped drops its signature, and gives back every place that it had.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tests::authority::Authority;
use tests::pair::{client_builder, localhost};
use tls_tokio::signer::{Ejection, Failover, Hedging, Limits, Metrics, Retries, Signer, SignerExt};
use tls_tokio::tls_core::ServerConfig;
use tls_tokio::{Acceptor, Connector};
use tokio::io::duplex;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::signers::{MS, Step, public, public_keys, request, scripted};

/// A hundred connections at two endpoints that never answer, four places each: wherever each of them is, in a queue, at
/// work, or at both, it leaves.
#[tokio::test(start_paused = true)]
async fn a_dropped_connection_gives_back_all_its_places() {
    let authority = Authority::new();
    let (pem, metrics) = (authority.localhost(), Metrics::new());
    let is_stuck = Arc::<AtomicBool>::default();
    let endpoint = || {
        let is_stuck = Arc::clone(&is_stuck);
        scripted(&pem, move |_| if is_stuck.load(Ordering::SeqCst) { Step::Never } else { Step::Sign(MS) })
    };
    let (one, other) = (endpoint(), endpoint());
    let limits = Limits::new(4, 1000);
    let one_limit = Arc::new(Arc::clone(&one).with_limit(limits, &metrics));
    let other_limit = Arc::new(Arc::clone(&other).with_limit(limits, &metrics));
    let mut hedging = Hedging::default();
    hedging.most_in_flight = 1000;
    let endpoints = Failover::new(&public_keys(&pem), Ejection::default(), &metrics)
        .endpoint("one", Arc::clone(&one_limit))
        .endpoint("other", Arc::clone(&other_limit))
        .with_hedging(hedging, &metrics);
    let endpoints = Arc::new(endpoints);
    let signer = Arc::clone(&endpoints).with_retries(Retries::default(), &metrics).with_metrics(&metrics);
    for number in 0..50 {
        signer.sign(&request(&pem, number)).await.unwrap();
    }
    is_stuck.store(true, Ordering::SeqCst);
    let config = ServerConfig::builder().permit_unapproved().identity(public(&pem)).build().unwrap();
    let acceptor = Acceptor::new(config).signer(signer).handshake_timeout(None);
    let connector = Connector::new(client_builder(&authority).build().unwrap()).handshake_timeout(None);
    let (mut servers, mut clients) = (JoinSet::new(), JoinSet::new());
    for _ in 0..100 {
        let (client, server) = duplex(1 << 16);
        clients.spawn(connector.connect(localhost(), client));
        servers.spawn(acceptor.accept(server));
    }
    sleep(Duration::from_secs(1)).await;
    assert_eq!(metrics.snapshot().in_flight, 100);
    let hedges = usize::try_from(metrics.snapshot().hedges).unwrap();
    assert!(hedges > 0);
    assert_eq!((one.running(), other.running()), (4, 4));
    assert_eq!(one_limit.load().queued + other_limit.load().queued, 100 + hedges - 8);
    assert_eq!(endpoints.endpoints().in_flight().iter().sum::<usize>(), 100 + hedges);

    servers.shutdown().await;
    assert_eq!((one.running(), other.running()), (0, 0));
    assert_eq!((one_limit.load(), other_limit.load()), (Limits::new(0, 0), Limits::new(0, 0)));
    assert_eq!(endpoints.endpoints().in_flight(), [0, 0]);
    let snapshot = metrics.snapshot();
    assert_eq!(snapshot.in_flight, 0);
    assert_eq!(snapshot.keys[0].cancelled.count(), 100);
}

/// One that goes while it has a place makes room for the next; one that goes from the queue leaves the others theirs.
#[tokio::test(start_paused = true)]
async fn places_go_to_who_is_still_there() {
    let pem = Authority::new().localhost();
    let signer = scripted(&pem, |call| if call == 0 { Step::Never } else { Step::Sign(MS) });
    let limited = Arc::new(Arc::clone(&signer).with_limit(Limits::new(1, 10), &Metrics::new()));
    let mut asked = Vec::new();
    for number in 0..4 {
        let (limited, request) = (Arc::clone(&limited), request(&pem, number));
        asked.push(tokio::spawn(async move { limited.sign(&request).await.map(drop) }));
        tokio::task::yield_now().await;
    }
    assert_eq!(limited.load(), Limits::new(1, 3));
    asked[1].abort();
    asked[0].abort();
    sleep(10 * MS).await;
    assert_eq!(limited.load(), Limits::new(0, 0));
    assert_eq!(signer.calls(), 3);
    for asked in asked.drain(2..) {
        asked.await.unwrap().unwrap();
    }
}
