//! The layers around signers, by tokio's paused clock: times are those of the test, exact and soon over.

mod batching;
mod dropping;
mod endpoints;
pub(crate) mod ends;
mod faults;
mod faulty;
mod hedging;
mod limiting;
mod outage;
mod racing;
mod retrying;
mod self_testing;
mod stuck;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tests::authority::{Authority, Pem};
use tls_tokio::signer::{LocalSigner, PublicKeys, SignFuture, Signer};
use tls_tokio::tls_core::ciphersuites::{Hash, PrivateKey, SignatureScheme};
use tls_tokio::tls_core::{Identity, Role, SignFailure, SignFailureKind, SignPurpose, SignRequest};

const MS: Duration = Duration::from_millis(1);

/// An identity whose key is elsewhere.
fn public(pem: &Pem) -> Identity {
    Identity::from_public_pem(pem.chain.as_bytes()).unwrap()
}

/// Where it is.
fn local(pem: &Pem) -> LocalSigner {
    LocalSigner::new(PrivateKey::from_pem(pem.key.as_bytes()).unwrap())
}

fn public_keys(pem: &Pem) -> PublicKeys {
    PublicKeys::of([&public(pem)])
}

fn p256() -> Pem {
    Authority::new().localhost()
}

/// One of many requests for this identity's key, by its best scheme.
fn request(pem: &Pem, number: u64) -> SignRequest {
    let identity = public(pem);
    let scheme: SignatureScheme = identity.schemes()[0];
    let transcript_hash = Hash::Sha256.digest(&number.to_be_bytes());
    let purpose = SignPurpose::Tls13CertificateVerify { signer: Role::Server, transcript_hash };
    SignRequest::new(identity.key_id(), identity.key_type(), scheme, purpose)
}

fn failure(kind: SignFailureKind) -> SignFailure {
    SignFailure::new(kind, "for the test")
}

/// How many requests are being worked on. Clones count together.
#[derive(Clone, Debug, Default)]
struct Gauge(Arc<AtomicUsize>);

impl Gauge {
    fn enter(&self) -> Inside {
        self.0.fetch_add(1, Ordering::SeqCst);
        Inside(self.clone())
    }

    fn now(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// Counts as long as it lives.
struct Inside(Gauge);

impl Drop for Inside {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Does with the n-th request what the test says, from 0.
struct Scripted<F> {
    key: LocalSigner,
    calls: AtomicUsize,
    gauge: Gauge,
    script: F,
}

/// What to do with a request.
enum Step {
    Sign(Duration),
    Fail(Duration, SignFailureKind),
    Never,
}

/// A signer by script, that signs with this key.
fn scripted<F>(pem: &Pem, script: F) -> Arc<Scripted<F>>
where
    F: Fn(usize) -> Step + Send + Sync,
{
    let (calls, gauge) = (AtomicUsize::new(0), Gauge::default());
    Arc::new(Scripted { key: local(pem), calls, gauge, script })
}

impl<F> Scripted<F> {
    /// How many requests there were.
    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// How many of them it is at.
    fn running(&self) -> usize {
        self.gauge.now()
    }
}

impl<F> fmt::Debug for Scripted<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scripted")
    }
}

impl<F: Fn(usize) -> Step + Send + Sync> Signer for Scripted<F> {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        Box::pin(async move {
            let step = (self.script)(self.calls.fetch_add(1, Ordering::SeqCst));
            let _inside = self.gauge.enter();
            match step {
                Step::Sign(after) => {
                    tokio::time::sleep(after).await;
                    self.key.sign(request).await
                }
                Step::Fail(after, kind) => {
                    tokio::time::sleep(after).await;
                    Err(failure(kind))
                }
                Step::Never => std::future::pending().await,
            }
        })
    }
}
