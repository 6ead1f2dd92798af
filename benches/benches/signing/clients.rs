//! Clients that shake hands again and again.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tests::pair::localhost;
use tls_core::ciphersuites::{CipherSuite, NamedGroup, SecurityPolicy};
use tls_core::{CertificateError, ClientConfig, ServerVerification, VerifyCertificate};
use tls_tokio::{BoxFuture, CertificateVerifier, Connector};
use tokio::io::{AsyncReadExt, DuplexStream, duplex};
use tokio::runtime::Runtime;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;

/// Ours, and the way to the server. They do not verify the chain, so that they hold the server up as little as possible;
/// the server's signature they do.
pub(crate) struct Clients {
    connector: Connector,
    connections: UnboundedSender<DuplexStream>,
}

#[derive(Debug)]
struct Anyone;

impl CertificateVerifier for Anyone {
    fn verify<'a>(&'a self, _: &'a VerifyCertificate) -> BoxFuture<'a, Result<(), CertificateError>> {
        Box::pin(async { Ok(()) })
    }
}

impl Clients {
    pub(crate) fn new(connections: UnboundedSender<DuplexStream>) -> Self {
        let policy = SecurityPolicy {
            cipher_suites: vec![CipherSuite::TLS_AES_128_GCM_SHA256].into(),
            groups: vec![NamedGroup::X25519].into(),
            key_shares: vec![NamedGroup::X25519].into(),
            ..SecurityPolicy::DEFAULT
        };
        let config = ClientConfig::builder().policy(policy).server_verification(ServerVerification::Asked);
        Self { connector: Connector::new(config.build().unwrap()).verifier(Anyone), connections }
    }

    /// Keeps so many handshakes in flight for so long: the time it took until all were done, and what each took, sorted.
    pub(crate) fn shake_hands(
        self,
        runtime: &Runtime,
        in_flight: usize,
        time: Duration,
    ) -> (Duration, Vec<Duration>) {
        let (begun, latencies) = (Instant::now(), Arc::<Mutex<Vec<Duration>>>::default());
        runtime.block_on(async {
            let mut clients = JoinSet::new();
            for _ in 0..in_flight {
                let (connector, connections) = (self.connector.clone(), self.connections.clone());
                let latencies = Arc::clone(&latencies);
                clients.spawn(async move {
                    while begun.elapsed() < time {
                        let (client, server) = duplex(1 << 14);
                        connections.send(server).unwrap();
                        let started = Instant::now();
                        let mut stream = connector.connect(localhost(), client).await.unwrap();
                        // The server has nothing to say but that it has seen the end, too.
                        assert!(matches!(stream.read(&mut [0]).await, Ok(0)));
                        latencies.lock().unwrap().push(started.elapsed());
                    }
                });
            }
            while let Some(client) = clients.join_next().await {
                client.unwrap();
            }
        });
        let mut latencies = std::mem::take(&mut *latencies.lock().unwrap());
        latencies.sort();
        (begun.elapsed(), latencies)
    }
}
