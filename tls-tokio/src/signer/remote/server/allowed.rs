//! Who may ask, and for what.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use tls_core::KeyId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::signer::remote::purpose::Use;
use crate::signer::remote::server::rate::Bucket;

/// A client that a [`Server`](super::Server) knows, and what it may do: unless more or less is said, use every key to be
/// a TLS server.
#[derive(Clone, Debug)]
pub struct AllowedClient {
    name: Arc<str>,
    known_by: KnownBy,
    keys: Option<HashSet<KeyId>>,
    uses: HashSet<Use>,
    rate: Option<(u32, u32)>,
    connections: usize,
}

/// Enough for the processes of a machine or some; the others of [`max_connections`](super::ServerBuilder::max_connections)
/// are for others, whatever becomes of this client.
const CONNECTIONS: usize = 64;

/// How a client is told from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KnownBy {
    /// The SHA-256 of its certificate.
    Certificate([u8; 32]),
    /// Its certificate's key, which may outlive the certificate.
    Key(KeyId),
}

impl AllowedClient {
    /// The client whose certificate has this SHA-256; `name` is what logs call it.
    pub fn by_certificate(name: &str, sha256: [u8; 32]) -> Self {
        Self::new(name, KnownBy::Certificate(sha256))
    }

    /// The client whose certificate has this key, whenever it is renewed; `name` is what logs call it.
    pub fn by_key(name: &str, key: KeyId) -> Self {
        Self::new(name, KnownBy::Key(key))
    }

    fn new(name: &str, known_by: KnownBy) -> Self {
        let uses = [Use::Tls13Server, Use::Tls12Server].into();
        Self { name: name.into(), known_by, keys: None, uses, rate: None, connections: CONNECTIONS }
    }

    /// It may use these keys only.
    #[must_use]
    pub fn only_keys(mut self, keys: impl IntoIterator<Item = KeyId>) -> Self {
        self.keys = Some(keys.into_iter().collect());
        self
    }

    /// It may use keys for this, in place of what else was said.
    #[must_use]
    pub fn only_uses(mut self, uses: impl IntoIterator<Item = Use>) -> Self {
        self.uses = uses.into_iter().collect();
        self
    }

    /// It may have so many connections at once. 64 unless set.
    #[must_use]
    pub fn connections(mut self, connections: usize) -> Self {
        self.connections = connections.min(Semaphore::MAX_PERMITS);
        self
    }

    /// It may make so many requests per second, all its connections taken together, and at most `burst` at once.
    #[must_use]
    pub fn rate(mut self, per_second: u32, burst: u32) -> Self {
        self.rate = Some((per_second.max(1), burst.max(1)));
        self
    }
}

/// The same, at work.
#[derive(Debug)]
pub(crate) struct Client {
    allowed: AllowedClient,
    bucket: Option<Mutex<Bucket>>,
    connections: Arc<Semaphore>,
}

impl From<AllowedClient> for Client {
    fn from(allowed: AllowedClient) -> Self {
        let bucket = allowed.rate.map(|(per_second, burst)| Mutex::new(Bucket::new(per_second, burst)));
        let connections = Arc::new(Semaphore::new(allowed.connections));
        Self { allowed, bucket, connections }
    }
}

impl Client {
    pub(crate) fn name(&self) -> &Arc<str> {
        &self.allowed.name
    }

    /// A place for another connection, if there is one.
    pub(crate) fn connect(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.connections).try_acquire_owned().ok()
    }

    pub(crate) fn is(&self, certificate: [u8; 32], key: KeyId) -> bool {
        match self.allowed.known_by {
            KnownBy::Certificate(known) => known == certificate,
            KnownBy::Key(known) => known == key,
        }
    }

    pub(crate) fn may_use_keys_as(&self, used_as: Use) -> bool {
        self.allowed.uses.contains(&used_as)
    }

    pub(crate) fn may_use(&self, key: KeyId) -> bool {
        self.allowed.keys.as_ref().is_none_or(|keys| keys.contains(&key))
    }

    /// Counts a request, if it is within the rate; else says what the rate is.
    pub(crate) fn count(&self) -> Result<(), u32> {
        let Some(bucket) = &self.bucket else { return Ok(()) };
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let per_second = self.allowed.rate.map_or(0, |(per_second, _)| per_second);
        if bucket.take(Instant::now()) { Ok(()) } else { Err(per_second) }
    }
}
