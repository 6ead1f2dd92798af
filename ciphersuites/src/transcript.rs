use std::fmt;

use aws_lc_rs::digest;

use crate::fips::indicator;
use crate::{Digest, Hash};

/// The handshake type of the synthetic message that replaces the first ClientHello after a HelloRetryRequest.
const MESSAGE_HASH: u8 = 254;

/// The running hash of the handshake messages (RFC 9846 §4.1).
#[derive(Clone)]
pub struct Transcript {
    hash: Hash,
    context: digest::Context,
}

impl Transcript {
    /// An empty transcript.
    pub fn new(hash: Hash) -> Self {
        Self { hash, context: digest::Context::new(hash.algorithm()) }
    }

    /// Appends handshake bytes; a whole message or flight at a time is cheapest.
    pub fn update(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
    }

    /// The hash of everything so far.
    pub fn current(&self) -> Digest {
        let call = indicator::begin("hash", self.hash.name());
        let value = self.context.clone().finish();
        call.end();
        Digest::copy_of(value.as_ref())
    }

    /// The hash in use.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// Replaces what was hashed so far, the first ClientHello, by the message_hash message (RFC 9846 §4.1).
    pub fn roll_up_for_retry(&mut self) {
        let digest = self.current();
        // A hash is at most 48 bytes, so the third byte of the length holds it all.
        let header = [MESSAGE_HASH, 0, 0, digest.as_ref().len().to_le_bytes()[0]];
        *self = Self::new(self.hash);
        self.update(&header);
        self.update(digest.as_ref());
    }
}

impl fmt::Debug for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transcript").field("hash", &self.hash).finish_non_exhaustive()
    }
}
