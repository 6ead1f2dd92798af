//! Clients that shake hands again and again.

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tests::pair::localhost;
use tls_core::ciphersuites::{CipherSuite, NamedGroup, SecurityPolicy};
use tls_core::{CertificateError, ClientConfig, ServerVerification, VerifyCertificate};
use tls_tokio::{BoxFuture, CertificateVerifier, Connector};
use tokio::io::{AsyncReadExt, duplex};
use tokio::task::JoinSet;

use crate::Serve;

/// Ours, and whom they meet. They do not verify the chain, so that they hold the server up as little as possible; the
/// server's signature they do.
#[derive(Clone)]
pub(crate) struct Clients {
    connector: Connector,
    serve: Serve,
    served: Arc<AtomicU64>,
    latencies: Arc<Mutex<Vec<Duration>>>,
}

/// What became of a number of handshakes.
pub(crate) struct Outcome {
    /// Until all were done.
    pub(crate) took: Duration,
    /// For how long the server has worked.
    pub(crate) served: Duration,
    /// What each handshake took, sorted.
    pub(crate) latencies: Vec<Duration>,
}

#[derive(Debug)]
struct Anyone;

impl CertificateVerifier for Anyone {
    fn verify<'a>(&'a self, _: &'a VerifyCertificate) -> BoxFuture<'a, Result<(), CertificateError>> {
        Box::pin(async { Ok(()) })
    }
}

/// Work that says how long it has worked, in nanoseconds, and not how long it has waited.
struct Timed {
    work: BoxFuture<'static, ()>,
    worked: Arc<AtomicU64>,
}

impl Future for Timed {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let begun = Instant::now();
        let poll = self.work.as_mut().poll(cx);
        self.worked.fetch_add(begun.elapsed().as_nanos() as u64, Ordering::Relaxed);
        poll
    }
}

impl Clients {
    pub(crate) fn new(serve: Serve) -> Self {
        let policy = SecurityPolicy {
            cipher_suites: vec![CipherSuite::TLS_AES_128_GCM_SHA256].into(),
            groups: vec![NamedGroup::X25519].into(),
            key_shares: vec![NamedGroup::X25519].into(),
            ..SecurityPolicy::DEFAULT
        };
        let config = ClientConfig::builder().policy(policy).server_verification(ServerVerification::Asked);
        let connector = Connector::new(config.build().unwrap()).verifier(Anyone);
        Self { connector, serve, served: Arc::default(), latencies: Arc::default() }
    }

    /// Keeps so many handshakes in flight for so long.
    pub(crate) async fn shake_hands(self, in_flight: usize, time: Duration) -> Outcome {
        let (begun, mut clients) = (Instant::now(), JoinSet::new());
        for _ in 0..in_flight {
            let client = self.clone();
            clients.spawn(async move {
                while begun.elapsed() < time {
                    client.shake_hand().await;
                }
            });
        }
        clients.join_all().await;
        let mut latencies = std::mem::take(&mut *self.latencies.lock().unwrap());
        latencies.sort();
        let served = Duration::from_nanos(self.served.load(Ordering::Relaxed));
        Outcome { took: begun.elapsed(), served, latencies }
    }

    async fn shake_hand(&self) {
        let (client, server) = duplex(1 << 14);
        tokio::spawn(Timed { work: (self.serve)(server), worked: Arc::clone(&self.served) });
        let started = Instant::now();
        let mut stream = self.connector.connect(localhost(), client).await.unwrap();
        // The server has nothing to say but that it has seen the end, too.
        assert!(matches!(stream.read(&mut [0]).await, Ok(0)));
        self.latencies.lock().unwrap().push(started.elapsed());
    }
}
