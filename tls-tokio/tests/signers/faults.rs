//! Thousands of handshakes whose signers have every fault: each ends as it must, in the time that it has.

use std::sync::Arc;
use std::time::Duration;

use tests::authority::{Authority, Pem};
use tests::pair::{client_builder, localhost, only};
use tls_tokio::signer::{Ejection, Failover, Hedging, Limits, Metrics, Retries, Signer, SignerExt};
use tls_tokio::tls_core::ciphersuites::{ProtocolVersion, SecurityPolicy};
use tls_tokio::tls_core::{AlertDescription, ClientConfig, Identity, ServerConfig, SignFailureKind};
use tls_tokio::{Acceptor, Connector, HandshakeError};
use tokio::io::{DuplexStream, duplex};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::signers::faulty::{Fault, Faulty};
use crate::signers::{Gauge, MS, public, public_keys};

const BOTH: [ProtocolVersion; 2] = [ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2];

/// The signer's time for a request.
const LIMIT: Duration = Duration::from_millis(500);

struct Configs {
    connector: Connector,
    policy: SecurityPolicy,
}

impl Configs {
    fn new(authority: &Authority, version: ProtocolVersion) -> Self {
        let policy = only(version, &SecurityPolicy::P20251014);
        let client: Arc<ClientConfig> = client_builder(authority).policy(policy.clone()).build().unwrap();
        Self { connector: Connector::new(client), policy }
    }

    fn server(&self, identity: Identity) -> Arc<ServerConfig> {
        ServerConfig::builder()
            .permit_unapproved()
            .policy(self.policy.clone())
            .identity(identity)
            .build()
            .unwrap()
    }
}

type Ended = (Result<(), HandshakeError<DuplexStream>>, Duration);

/// One handshake: how it ends for the server, and when. The client must see it end alike.
async fn handshake(connector: Connector, acceptor: Acceptor) -> Ended {
    let (client, server) = duplex(1 << 16);
    let begun = Instant::now();
    let (client, server) = tokio::join!(connector.connect(localhost(), client), acceptor.accept(server));
    let took = begun.elapsed();
    let alert = client.as_ref().err().and_then(|error| error.tls()?.alert_received());
    assert_eq!(alert, server.as_ref().err().map(|_| AlertDescription::INTERNAL_ERROR));
    (server.map(drop), took)
}

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

#[tokio::test(start_paused = true)]
async fn every_handshake_ends_as_its_signer_has_it() {
    let authority = Authority::new();
    let pem = authority.localhost();
    let gauge = Gauge::default();
    for version in BOTH {
        let configs = Configs::new(&authority, version);
        let (elsewhere, here) = (configs.server(public(&pem)), configs.server(pem.identity()));
        let mut handshakes = JoinSet::new();
        for number in 0..1000 {
            let fault = Fault::drawn(1, number, 90);
            let faulty = Faulty::new(&pem, move |_| fault).counting_in(&gauge).with_deadline(LIMIT);
            let acceptor = Acceptor::new(Arc::clone(&elsewhere)).signer(faulty);
            let connector = configs.connector.clone();
            handshakes.spawn(async move {
                let (ended, took) = handshake(connector, acceptor).await;
                let (words, limit) = expected(fault);
                assert!(took <= limit, "{fault:?}: {took:?}");
                assert_eq!(ended.as_ref().err().map(HandshakeError::code), words.map(|_| "signing_failed"));
                let said = ended.err().map(|error| error.to_string()).unwrap_or_default();
                assert!(said.contains(words.unwrap_or_default()), "{fault:?}: {said}");
            });
            if number % 4 == 0 {
                let sound = handshake(configs.connector.clone(), Acceptor::new(Arc::clone(&here)));
                handshakes.spawn(async move {
                    let (ended, took) = sound.await;
                    ended.unwrap();
                    assert_eq!(took, Duration::ZERO, "it waits for nobody");
                });
            }
        }
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
    for version in BOTH {
        let (gauge, metrics) = (Gauge::default(), Metrics::new());
        let configs = Configs::new(&authority, version);
        let signer: Arc<dyn Signer> = Arc::new(layered(&pem, 7, 10, &gauge, &metrics));
        let acceptor = Acceptor::new(configs.server(public(&pem))).signer(Arc::clone(&signer));
        let mut handshakes = JoinSet::new();
        for _ in 0..1000 {
            tokio::time::sleep(MS / 2).await;
            handshakes.spawn(handshake(configs.connector.clone(), acceptor.clone()));
        }
        let mut failed = 0;
        for (ended, took) in handshakes.join_all().await {
            assert!(took <= LIMIT + MS, "{took:?}");
            if let Err(error) = ended {
                assert_eq!(error.code(), "signing_failed");
                failed += 1;
            }
        }
        let snapshot = metrics.snapshot();
        println!(
            "{version}: a tenth of the signatures meet a fault, {failed} of 1,000 handshakes fail; {} hedges, {} retries",
            snapshot.hedges, snapshot.retries
        );
        // One of ten faults is a refusal that no other signer would overrule.
        assert!(failed <= 30, "{failed} of 1,000");
        assert_eq!((snapshot.in_flight, gauge.now()), (0, 0));
        let [row] = snapshot.keys.as_slice() else { panic!("one key, one scheme: {snapshot:?}") };
        assert_eq!(row.signed.count() + row.failed.count() + row.cancelled.count(), 1000);
        assert_eq!(row.failed.count(), failed);
    }
}
