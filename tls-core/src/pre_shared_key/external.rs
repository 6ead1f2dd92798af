use std::fmt;

use ciphersuites::{Hash, PskOrigin, PskSecret, import_psk};
use zeroize::Zeroizing;

use super::{ImportedIdentity, PreSharedKey, PreSharedKeyError, check_identity, check_key};

/// A key to be imported (RFC 9258): pre-shared keys are made of it, one for each hash that it is to be used with, bound to
/// TLS 1.3, to that hash and to a context. It is not used itself, and must not be used without this.
pub struct ExternalPsk {
    identity: Box<[u8]>,
    key: Zeroizing<Box<[u8]>>,
    hash: Hash,
}

impl ExternalPsk {
    /// Takes a key of at least 16 random bytes, which both ends know by this identity, of 1 byte or more. Its own hash is
    /// SHA-256 unless said otherwise (RFC 9258 §5.1).
    ///
    /// # Errors
    /// See [`PreSharedKeyError`].
    pub fn new(identity: &[u8], key: &[u8]) -> Result<Self, PreSharedKeyError> {
        check_key(key)?;
        check_identity(identity)?;
        Ok(Self { identity: identity.into(), key: Zeroizing::new(key.into()), hash: Hash::Sha256 })
    }

    /// The hash that the key was made for, which keys are derived by: not the one of the suites that they are for.
    #[must_use]
    pub fn with_hash(mut self, hash: Hash) -> Self {
        self.hash = hash;
        self
    }

    /// The key for TLS 1.3 and its suites with the hash `target`. Both ends must use the same context, of any bytes: what
    /// the key was agreed on for and, so that nobody is taken for himself, who the client and the server are
    /// (RFC 9257 §4.1).
    ///
    /// # Errors
    /// The identity is too long with this context.
    pub fn import(&self, context: &[u8], target: Hash) -> Result<PreSharedKey, PreSharedKeyError> {
        let identity = ImportedIdentity::for_tls13(&self.identity, context, target).to_bytes()?;
        let key = import_psk(self.hash, &self.key, &identity, target);
        PreSharedKey::with_secret(&identity, PskSecret::new(target, &key), PskOrigin::Imported)
    }

    /// The same for the suites of every hash: what a client should offer, and a server know, that has no reason to prefer
    /// one.
    ///
    /// # Errors
    /// The identity is too long with this context.
    pub fn import_for_all(&self, context: &[u8]) -> Result<[PreSharedKey; 2], PreSharedKeyError> {
        Ok([self.import(context, Hash::Sha256)?, self.import(context, Hash::Sha384)?])
    }
}

impl fmt::Debug for ExternalPsk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let identity = self.identity.escape_ascii().to_string();
        f.debug_struct("ExternalPsk").field("identity", &identity).finish_non_exhaustive()
    }
}
