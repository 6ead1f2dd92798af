//! External pre-shared keys: RFC 9846 §2.2, and RFC 9258 for those that are imported.

mod early_data;
mod external;
mod imported_identity;

use std::fmt;
use std::sync::Arc;

use ciphersuites::{CipherSuite, Hash, PskOrigin, PskSecret};

pub use self::early_data::PskEarlyData;
pub use self::external::ExternalPsk;
pub use self::imported_identity::ImportedIdentity;

/// The shortest key in bytes (RFC 9257 §6).
const MIN_KEY_LEN: usize = 16;

/// The longest identity in bytes: a ClientHello has room for several, and is to stay small.
const MAX_IDENTITY_LEN: usize = 1 << 12;

/// A key that a client and a server were given by other means than TLS, for the cipher suites of one hash: by it they
/// prove themselves to each other without certificates (RFC 9846 §2.2). Every connection has a key exchange besides
/// (psk_dhe_ke), with the same groups, hybrids among them, so that it has forward secrecy.
///
/// All that it proves is that the other end has the key, too: who shares a key with more than one other, or is both
/// client and server with it, knows less than it seems (RFC 9257 §4). It must be random: whoever answers a client can try
/// passwords until one fits.
#[derive(Clone)]
pub struct PreSharedKey {
    identity: Arc<PskIdentity>,
    secret: Arc<PskSecret>,
    /// What early data by it is bound to, if there may be some.
    early_data: Option<Arc<PskEarlyData>>,
}

impl PreSharedKey {
    /// Takes a key of at least 16 random bytes, which both ends know by this identity, for this hash. The identity, of 1
    /// to 4096 bytes, is sent in the clear.
    ///
    /// It must be used with this one hash, and not be imported besides (RFC 9258).
    ///
    /// # Errors
    /// See [`PreSharedKeyError`].
    //= 9846:2.2 external-psk-provisioning
    pub fn new(identity: &[u8], key: &[u8], hash: Hash) -> Result<Self, PreSharedKeyError> {
        check_key(key)?;
        Self::with_secret(identity, PskSecret::new(hash, key), PskOrigin::External)
    }

    //= 9846:2.2 external-psk-provisioning
    fn with_secret(identity: &[u8], secret: PskSecret, origin: PskOrigin) -> Result<Self, PreSharedKeyError> {
        check_identity(identity)?;
        let identity = PskIdentity { bytes: identity.into(), hash: secret.hash(), origin };
        Ok(Self { identity: Arc::new(identity), secret: Arc::new(secret), early_data: None })
    }

    /// Permits early data by this key, where the configurations of both ends do, too: for a client see
    /// [`early_data`](crate::ClientConfigBuilder::early_data), for a server
    /// [that](crate::ServerConfigBuilder::early_data) and [`ReplayGuard::external_keys`](crate::ReplayGuard::external_keys).
    /// Of the keys that a client offers, early data can go with the first alone.
    ///
    /// It has no forward secrecy: who learns the key, however much later, can read all early data that was ever sent by
    /// it. And nothing in it says how old it is: as long as the key is in use, a copy can be sent again.
    ///
    /// # Errors
    /// The cipher suite is not one of TLS 1.3 with the key's hash.
    pub fn with_early_data(mut self, early_data: PskEarlyData) -> Result<Self, PreSharedKeyError> {
        early_data.check(&self)?;
        self.early_data = (early_data.terms.max_size > 0).then(|| Arc::new(early_data));
        Ok(self)
    }

    /// A key that nobody has, in the place of one that is not known.
    pub(crate) fn decoy(identity: &[u8], secret: &Arc<PskSecret>) -> Self {
        let origin = PskOrigin::External;
        let identity = PskIdentity { bytes: identity.into(), hash: secret.hash(), origin };
        Self { identity: Arc::new(identity), secret: Arc::clone(secret), early_data: None }
    }

    /// What stands for it.
    pub fn identity(&self) -> &Arc<PskIdentity> {
        &self.identity
    }

    pub(crate) fn hash(&self) -> Hash {
        self.identity.hash
    }

    pub(crate) fn secret(&self) -> &PskSecret {
        &self.secret
    }

    pub(crate) fn early_data(&self) -> Option<&PskEarlyData> {
        self.early_data.as_deref()
    }
}

impl fmt::Debug for PreSharedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreSharedKey").field("identity", &self.identity).finish_non_exhaustive()
    }
}

/// What stands for a pre-shared key.
#[derive(Clone, PartialEq, Eq)]
pub struct PskIdentity {
    bytes: Box<[u8]>,
    hash: Hash,
    origin: PskOrigin,
}

impl PskIdentity {
    /// As a client sends it; for an imported key, an encoded [`ImportedIdentity`].
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The hash of the cipher suites that the key is for.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// What the key was imported by, if it was.
    pub fn imported(&self) -> Option<ImportedIdentity<'_>> {
        match self.origin {
            PskOrigin::Imported => ImportedIdentity::from_bytes(&self.bytes),
            PskOrigin::External | PskOrigin::Session => None,
        }
    }

    pub(crate) fn origin(&self) -> PskOrigin {
        self.origin
    }
}

/// Bytes that are no text are escaped.
impl fmt::Display for PskIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.imported() {
            Some(imported) => write!(f, "{imported}"),
            None => write!(f, "{}", self.bytes.escape_ascii()),
        }
    }
}

impl fmt::Debug for PskIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PskIdentity(\"{self}\", {:?}, {:?})", self.hash, self.origin)
    }
}

/// Why there is no [`PreSharedKey`] of what was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PreSharedKeyError {
    /// The key has only so many bytes.
    KeyTooShort(usize),
    /// The identity has no bytes.
    NoIdentity,
    /// The identity has so many bytes; an imported one with its context.
    IdentityTooLong(usize),
    /// Early data is to be sealed with this suite, which does not go with the key.
    EarlyDataSuite(CipherSuite),
}

impl fmt::Display for PreSharedKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyTooShort(len) => write!(
                f,
                "the pre-shared key has {len} bytes; it must be random and have at least {MIN_KEY_LEN} (RFC 9257 §6)"
            ),
            Self::NoIdentity => {
                f.write_str("the pre-shared key has an empty identity; it needs at least one byte")
            }
            Self::IdentityTooLong(len) => write!(
                f,
                "the pre-shared key's identity has {len} bytes, with its context if it is imported; at most \
                 {MAX_IDENTITY_LEN} are taken"
            ),
            Self::EarlyDataSuite(suite) => write!(
                f,
                "early data cannot be sealed with {suite}: that is no cipher suite of TLS 1.3 with the pre-shared key's hash"
            ),
        }
    }
}

impl std::error::Error for PreSharedKeyError {}

fn check_key(key: &[u8]) -> Result<(), PreSharedKeyError> {
    if key.len() < MIN_KEY_LEN { Err(PreSharedKeyError::KeyTooShort(key.len())) } else { Ok(()) }
}

fn check_identity(identity: &[u8]) -> Result<(), PreSharedKeyError> {
    match identity.len() {
        0 => Err(PreSharedKeyError::NoIdentity),
        1..=MAX_IDENTITY_LEN => Ok(()),
        len => Err(PreSharedKeyError::IdentityTooLong(len)),
    }
}

#[cfg(test)]
mod tests;
