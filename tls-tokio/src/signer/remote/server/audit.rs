//! What is told of everything that happens.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tls_core::ciphersuites::SignatureScheme;
use tls_core::{KeyId, SignFailure};

use crate::signer::remote::purpose::Use;

/// Something that a server of signatures wants known.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum AuditEvent {
    /// Someone connected and was turned away.
    Refused {
        /// Where from.
        peer: String,
        /// Why.
        reason: String,
    },
    /// A client that is known has connected.
    Connected {
        /// Which connection: a number that is not used again.
        connection: u64,
        /// Where from.
        peer: String,
        /// The client's name.
        client: Arc<str>,
    },
    /// A request has come to its end.
    Request(RequestRecord),
    /// A connection has ended.
    Disconnected {
        /// Which connection.
        connection: u64,
        /// The client's name.
        client: Arc<str>,
        /// Why.
        reason: String,
    },
}

/// A request, and what came of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RequestRecord {
    /// When it arrived.
    pub time: SystemTime,
    /// Which connection it came by.
    pub connection: u64,
    /// The client's name.
    pub client: Arc<str>,
    /// The client's number for it.
    pub request: u64,
    /// The client's trace id; may be empty.
    pub trace: Vec<u8>,
    /// The key that was to sign.
    pub key: KeyId,
    /// The scheme that it was to sign by.
    pub scheme: SignatureScheme,
    /// What the signature was for.
    pub used_as: Use,
    /// The SHA-256 of the bytes that were, or would have been, signed; of a request above its client's rate, nothing.
    pub message_sha256: Option<[u8; 32]>,
    /// What came of it.
    pub outcome: Outcome,
    /// The time that it spent in the queue.
    pub queued: Duration,
    /// The time that the signer worked on it.
    pub worked: Duration,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It was signed.
    Signed,
    /// It was not, for this reason.
    Failed(SignFailure),
    /// The client took it back, or went away.
    Cancelled,
}
