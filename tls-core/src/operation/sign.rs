//! Signatures by keys that live elsewhere.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use ciphersuites::{Digest, KeyType, PublicKey, SignatureHash, SignatureScheme};

use crate::operation::{Answer, KeyId, OperationId, Reply};
use crate::role::Role;
use crate::wire::{certificate_verify, key_exchange12};

/// A connection's wish for a signature.
#[derive(Debug)]
pub struct Sign {
    id: OperationId,
    request: Arc<SignRequest>,
}

impl Sign {
    pub(crate) fn new(request: Arc<SignRequest>) -> Self {
        Self { id: OperationId::next(), request }
    }

    /// What tells this operation from every other of the process.
    pub fn id(&self) -> OperationId {
        self.id
    }

    /// What to sign, with which key, and how.
    pub fn request(&self) -> &Arc<SignRequest> {
        &self.request
    }

    /// Answers with a signature, encoded as TLS has it (ECDSA: DER), or with the reason why there is none.
    pub fn answer(self, result: Result<Vec<u8>, SignFailure>) -> Answer {
        Answer { id: self.id, reply: Reply::Sign(result) }
    }
}

/// What is to be signed, with which key, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignRequest {
    key: KeyId,
    key_type: KeyType,
    scheme: SignatureScheme,
    purpose: SignPurpose,
    message: Vec<u8>,
}

impl SignRequest {
    /// A request for a signature by `key`, which is of type `key_type`.
    pub fn new(key: KeyId, key_type: KeyType, scheme: SignatureScheme, purpose: SignPurpose) -> Self {
        let message = purpose.to_be_signed();
        Self { key, key_type, scheme, purpose, message }
    }

    /// Which key signs.
    pub fn key(&self) -> KeyId {
        self.key
    }

    /// The kind of key it is.
    pub fn key_type(&self) -> KeyType {
        self.key_type
    }

    /// How it signs.
    pub fn scheme(&self) -> SignatureScheme {
        self.scheme
    }

    /// What the signature is for.
    pub fn purpose(&self) -> &SignPurpose {
        &self.purpose
    }

    /// The exact bytes to be signed, before any hash.
    pub fn message(&self) -> &[u8] {
        &self.message
    }

    /// The hash of the message, for a signer that signs hashes. `None` for Ed25519 and ML-DSA, which do not.
    pub fn digest(&self) -> Option<(SignatureHash, Vec<u8>)> {
        self.scheme.hash().map(|hash| (hash, hash.digest(&self.message)))
    }

    /// Whether this is a signature of the message by this key, by the scheme that was asked for.
    ///
    /// # Errors
    /// It is not: [`SignFailureKind::Invalid`].
    pub fn verify(&self, key: &PublicKey, signature: &[u8]) -> Result<(), SignFailure> {
        match self.purpose.is_tls13() {
            true => key.verify_tls13(self.scheme, &self.message, signature),
            false => key.verify_tls12(self.scheme, &self.message, signature),
        }
        .map_err(|_| SignFailure::new(SignFailureKind::Invalid, ""))
    }
}

/// What a signature is for: the fields from which the signed bytes are made. A signer that sees these need not sign
/// what it does not understand.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignPurpose {
    /// CertificateVerify of TLS 1.3 (RFC 9846 §4.5.2).
    Tls13CertificateVerify {
        /// Who signs.
        signer: Role,
        /// The hash of all messages so far.
        transcript_hash: Digest,
    },
    /// ServerKeyExchange of TLS 1.2 (RFC 8422 §5.4).
    Tls12ServerKeyExchange {
        /// The client's random.
        client_random: [u8; 32],
        /// The server's random.
        server_random: [u8; 32],
        /// ServerECDHParams, encoded.
        params: Vec<u8>,
    },
    /// CertificateVerify of TLS 1.2 (RFC 5246 §7.4.8): a client's.
    Tls12CertificateVerify {
        /// All handshake messages so far, from ClientHello to ClientKeyExchange.
        messages: Vec<u8>,
    },
}

impl SignPurpose {
    /// The exact bytes to be signed.
    pub fn to_be_signed(&self) -> Vec<u8> {
        match self {
            Self::Tls13CertificateVerify { signer, transcript_hash } => {
                certificate_verify::to_be_signed(*signer, transcript_hash)
            }
            Self::Tls12ServerKeyExchange { client_random, server_random, params } => {
                key_exchange12::to_be_signed(client_random, server_random, params)
            }
            Self::Tls12CertificateVerify { messages } => messages.clone(),
        }
    }

    fn is_tls13(&self) -> bool {
        matches!(self, Self::Tls13CertificateVerify { .. })
    }
}

/// Why there is no signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignFailure {
    kind: SignFailureKind,
    detail: Cow<'static, str>,
}

impl SignFailure {
    /// A failure of this kind; `detail` is for people, and says more than the kind does.
    pub fn new(kind: SignFailureKind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, detail: detail.into() }
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> SignFailureKind {
        self.kind
    }

    /// What it is in particular.
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

impl fmt::Display for SignFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.detail.is_empty() {
            true => write!(f, "{}", self.kind),
            false => write!(f, "{}: {}", self.kind, self.detail),
        }
    }
}

impl std::error::Error for SignFailure {}

/// The kinds of failure to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignFailureKind {
    /// No answer in the time that there was.
    TimedOut,
    /// The signer cannot be reached, or has gone away.
    Unavailable,
    /// The signer, or the way to it, has too much to do.
    Overloaded,
    /// The signer does not have the key.
    UnknownKey,
    /// The signer may not use the key for this.
    Denied,
    /// The key, or the signer, cannot sign by this scheme or for this purpose.
    Unsupported,
    /// The signer tried, and failed.
    Failed,
    /// What came back is not a signature of the message by the key.
    Invalid,
}

impl SignFailureKind {
    /// Whether another attempt, or another signer, may do better. Never where the key or the request is at fault.
    pub fn is_retryable(self) -> bool {
        matches!(self, Self::TimedOut | Self::Unavailable | Self::Overloaded | Self::Failed | Self::Invalid)
    }

    /// A stable name in snake case.
    pub fn code(self) -> &'static str {
        match self {
            Self::TimedOut => "timed_out",
            Self::Unavailable => "unavailable",
            Self::Overloaded => "overloaded",
            Self::UnknownKey => "unknown_key",
            Self::Denied => "denied",
            Self::Unsupported => "unsupported",
            Self::Failed => "failed",
            Self::Invalid => "invalid",
        }
    }
}

impl fmt::Display for SignFailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TimedOut => "the signer did not answer in time",
            Self::Unavailable => "the signer cannot be reached",
            Self::Overloaded => "the signer has too much to do",
            Self::UnknownKey => "the signer does not have the key",
            Self::Denied => "the signer may not use the key for this",
            Self::Unsupported => "the signer cannot sign this way",
            Self::Failed => "the signer failed",
            Self::Invalid => "the signer's signature does not verify under the certificate's key",
        })
    }
}
