use std::collections::HashMap;
use std::sync::Arc;

use tls_core::{KeyId, SignFailure, SignFailureKind, SignRequest};
use tokio::time::Instant;

use crate::signer::{SignFuture, Signer};

/// Several keys, each with the signer that has it.
#[derive(Debug, Default)]
pub struct KeyRing {
    signers: HashMap<KeyId, Arc<dyn Signer>>,
}

impl KeyRing {
    /// A ring without keys.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a key, in place of the signer that it had.
    #[must_use]
    pub fn with(mut self, key: KeyId, signer: impl Signer + 'static) -> Self {
        self.signers.insert(key, Arc::new(signer));
        self
    }

    /// The keys that there are signers for.
    pub fn keys(&self) -> impl Iterator<Item = KeyId> {
        self.signers.keys().copied()
    }
}

impl Signer for KeyRing {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        match self.signers.get(&request.key()) {
            Some(signer) => signer.sign(request),
            None => unknown(request.key()),
        }
    }

    fn sign_before<'a>(&'a self, request: &'a SignRequest, deadline: Instant) -> SignFuture<'a> {
        match self.signers.get(&request.key()) {
            Some(signer) => signer.sign_before(request, deadline),
            None => unknown(request.key()),
        }
    }
}

fn unknown(key: KeyId) -> SignFuture<'static> {
    let detail = format!("no signer is configured for the key {key}");
    Box::pin(async { Err(SignFailure::new(SignFailureKind::UnknownKey, detail)) })
}
