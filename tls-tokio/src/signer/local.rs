use std::sync::Arc;

#[cfg(feature = "remote-signer")]
use tls_core::ciphersuites::PublicKey;
use tls_core::ciphersuites::{KeyType, PrivateKey};
use tls_core::{KeyId, SignFailure, SignFailureKind, SignRequest};

#[cfg(feature = "remote-signer")]
use crate::signer::PublicKeys;
use crate::signer::{SignFuture, Signature, Signer};

/// A key in this process's memory, as a signer: what a server of signatures has at its end, and a last resort for who
/// has others before it.
///
/// It signs on the thread that asks, as connections with keys of their own do: tens of microseconds for ECDSA and Ed25519,
/// hundreds for ML-DSA, and a millisecond or more for RSA, all of which other tasks of that thread wait for.
#[derive(Debug)]
pub struct LocalSigner {
    key: PrivateKey,
    id: KeyId,
    name: Arc<str>,
}

impl LocalSigner {
    /// Signs with this key.
    pub fn new(key: PrivateKey) -> Self {
        let id = KeyId::of_public_key(key.public_key_der());
        Self { key, id, name: "this process".into() }
    }

    /// Which key it has.
    pub fn key_id(&self) -> KeyId {
        self.id
    }

    /// What kind of key it is.
    pub fn key_type(&self) -> KeyType {
        self.key.key_type()
    }

    #[cfg(feature = "remote-signer")]
    pub(crate) fn public_keys(&self) -> PublicKeys {
        // There is no private key with a public one that does not load; it would sign in vain.
        PublicKey::from_spki(self.key.public_key_der()).map(|key| (self.id, key)).into_iter().collect()
    }

    fn sign_now(&self, request: &SignRequest) -> Result<Signature, SignFailure> {
        if request.key() != self.id {
            let detail = format!("asked for the key {}, this is {}", request.key(), self.id);
            return Err(SignFailure::new(SignFailureKind::UnknownKey, detail));
        }
        let scheme = request.scheme();
        if !self.key.schemes().contains(&scheme) && !self.key.tls12_schemes().contains(&scheme) {
            let detail = format!("an {} key does not sign by {scheme}", self.key.key_type());
            return Err(SignFailure::new(SignFailureKind::Unsupported, detail));
        }
        let signature = self.key.sign(scheme, request.message());
        signature
            .map(|bytes| Signature::new(bytes, Arc::clone(&self.name)))
            .map_err(|_| SignFailure::new(SignFailureKind::Failed, "the cryptographic library failed"))
    }
}

impl Signer for LocalSigner {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        let result = self.sign_now(request);
        Box::pin(async { result })
    }
}
