//! Private keys that are not in this process's memory: who signs with them, and what goes between.
//!
//! An [`Identity`](tls_core::Identity) made by [`Identity::from_public_pem`](tls_core::Identity::from_public_pem) has no
//! private key. Where a handshake needs a signature by it, the [`Signer`] of the [`Acceptor`](crate::Acceptor) or
//! [`Connector`](crate::Connector) is asked; the handshake waits, and no thread does. What is sent before the signature
//! is on its way meanwhile.
//!
//! A handshake that is dropped, or that takes too long, drops the future of its signature with it.

mod key_ring;
mod local;
#[cfg(feature = "pkcs11")]
pub mod pkcs11;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tls_core::{SignFailure, SignRequest};
use tokio::time::Instant;

use crate::operations::BoxFuture;

pub use self::key_ring::KeyRing;
pub use self::local::LocalSigner;

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
    /// The time that the request spent in queues of this process before anyone worked on it.
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
