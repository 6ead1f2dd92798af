//! Private keys that are not in this process's memory: who signs with them, and what goes between.
//!
//! An [`Identity`](tls_core::Identity) made by [`Identity::from_public_pem`](tls_core::Identity::from_public_pem) has no
//! private key. Where a handshake needs a signature by it, the [`Signer`] of the [`Acceptor`](crate::Acceptor) or
//! [`Connector`](crate::Connector) is asked; the handshake waits, and no thread does. What is sent before the signature
//! is on its way meanwhile.
//!
//! A handshake that is dropped, or that takes too long, drops the future of its signature with it.

#[cfg(any(feature = "pkcs11", feature = "remote-signer"))]
mod backoff;
mod batch;
mod budget;
mod deadline;
mod dice;
mod extend;
mod failover;
mod hedge;
mod key_ring;
#[cfg(feature = "aws-kms")]
pub mod kms;
mod limit;
mod local;
mod metrics;
#[cfg(feature = "pkcs11")]
pub mod pkcs11;
#[cfg(feature = "remote-signer")]
pub mod remote;
mod retry;
mod self_test;
mod verify;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tls_core::{SignFailure, SignRequest};
use tokio::time::Instant;

use crate::operations::BoxFuture;

pub use self::batch::{BatchSigner, Batches, Batching};
pub use self::deadline::Deadline;
pub use self::extend::SignerExt;
pub use self::failover::{Ejection, Failover};
pub use self::hedge::{Hedged, Hedging};
pub use self::key_ring::KeyRing;
pub use self::limit::{Limit, Limits};
pub use self::local::LocalSigner;
pub use self::metrics::{KeyMetrics, Latencies, Metered, Metrics, MetricsSnapshot};
pub use self::retry::{Retries, Retry};
pub use self::self_test::{SelfTestError, SelfTestFailure, self_test};
pub use self::verify::{PublicKeys, Verified};

/// Someone who signs handshakes.
///
/// Implementations must not block: what takes a thread belongs on a thread of its own. A future that is dropped is no
/// longer wanted; what it occupies should be given back.
pub trait Signer: fmt::Debug + Send + Sync {
    /// Signs what the request says, with the key and by the scheme that it says.
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a>;

    /// The same, where the signature is worth nothing after `deadline`. Whoever calls this drops the future then; a
    /// signer that has a queue, or asks others, may make better use of knowing it.
    fn sign_before<'a>(&'a self, request: &'a SignRequest, deadline: Instant) -> SignFuture<'a> {
        let _ = deadline;
        self.sign(request)
    }
}

/// A signature that is being made.
pub type SignFuture<'a> = BoxFuture<'a, Result<Signature, SignFailure>>;

/// A signature, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signature {
    /// As TLS has it; ECDSA's in DER.
    pub bytes: Vec<u8>,
    /// Who made it, for people and logs.
    pub made_by: Arc<str>,
    /// The time that the request spent in queues before anyone worked on it: in those of this process, and in those of a
    /// remote signer's server, if it has told the truth of them.
    pub queued: Duration,
}

impl Signature {
    /// A signature that was made without waiting in a queue.
    pub fn new(bytes: Vec<u8>, made_by: Arc<str>) -> Self {
        Self { bytes, made_by, queued: Duration::ZERO }
    }
}

impl<S: Signer + ?Sized> Signer for Arc<S> {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        (**self).sign(request)
    }

    fn sign_before<'a>(&'a self, request: &'a SignRequest, deadline: Instant) -> SignFuture<'a> {
        (**self).sign_before(request, deadline)
    }
}

/// The system's words for an error, without the number that Rust puts behind them.
#[cfg(any(feature = "pkcs11", feature = "remote-signer"))]
fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split_once(" (os error").map_or(text.as_str(), |(words, _)| words).to_lowercase()
}

pub(crate) fn call<'a, S>(
    signer: &'a S,
    request: &'a SignRequest,
    deadline: Option<Instant>,
) -> SignFuture<'a>
where
    S: Signer + ?Sized,
{
    match deadline {
        Some(deadline) => signer.sign_before(request, deadline),
        None => signer.sign(request),
    }
}
