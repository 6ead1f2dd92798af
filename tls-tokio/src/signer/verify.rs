use std::collections::HashMap;
use std::sync::Arc;

use tls_core::ciphersuites::PublicKey;
use tls_core::{Identity, KeyId, SignFailure, SignFailureKind, SignRequest};
use tokio::time::Instant;

use crate::signer::{SignFuture, Signature, Signer, call};

/// The public keys that signatures are verified by. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct PublicKeys(Arc<HashMap<KeyId, PublicKey>>);

impl PublicKeys {
    /// The keys of these identities.
    pub fn of<'i>(identities: impl IntoIterator<Item = &'i Identity>) -> Self {
        let key = |identity: &Identity| (identity.key_id(), identity.public_key().clone());
        Self(Arc::new(identities.into_iter().map(key).collect()))
    }

    /// Whether this is a signature of what the request says.
    ///
    /// # Errors
    /// [`SignFailureKind::Invalid`]: it is not. [`SignFailureKind::UnknownKey`]: there is no telling.
    pub fn verify(&self, request: &SignRequest, signature: &[u8]) -> Result<(), SignFailure> {
        request.verify(self.get(request.key())?, signature)
    }

    pub(crate) fn get(&self, key: KeyId) -> Result<&PublicKey, SignFailure> {
        self.0.get(&key).ok_or_else(|| {
            let detail = format!("no public key is known to verify signatures of {key} by");
            SignFailure::new(SignFailureKind::UnknownKey, detail)
        })
    }
}

impl FromIterator<(KeyId, PublicKey)> for PublicKeys {
    /// Several keys, each with its id.
    fn from_iter<I: IntoIterator<Item = (KeyId, PublicKey)>>(keys: I) -> Self {
        Self(Arc::new(keys.into_iter().collect()))
    }
}

/// Lets only signatures through that verify. What does not is a failure like others, for the layers around it to deal
/// with. The connection need not verify once more then ([`Identity::trust_signer`]).
#[derive(Debug)]
pub struct Verified<S> {
    signer: S,
    keys: PublicKeys,
}

impl<S: Signer> Verified<S> {
    pub(crate) fn new(signer: S, keys: &PublicKeys) -> Self {
        Self { signer, keys: keys.clone() }
    }

    async fn run(&self, request: &SignRequest, deadline: Option<Instant>) -> Result<Signature, SignFailure> {
        let signature = call(&self.signer, request, deadline).await?;
        self.keys.verify(request, &signature.bytes)?;
        Ok(signature)
    }
}

impl<S: Signer> Signer for Verified<S> {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        Box::pin(self.run(request, None))
    }

    fn sign_before<'a>(&'a self, request: &'a SignRequest, deadline: Instant) -> SignFuture<'a> {
        Box::pin(self.run(request, Some(deadline)))
    }
}
