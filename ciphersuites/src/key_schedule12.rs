//! TLS 1.2's secrets (RFC 5246 §8.1, §6.3): the main secret, and the keys, verify_data and exports made of it.

use std::fmt;

use crate::hmac::wipe;
use crate::record12::Tls12Keys;
use crate::{CryptoError, Digest, Hash, SharedSecret, Tls12Suite};

#[cfg_attr(feature = "fips", path = "key_schedule12/prf/fips.rs")]
mod prf;

use prf::prf;

/// The length of the main secret in bytes, whatever the hash.
const MAIN_SECRET_LEN: usize = 48;

/// The length of a Finished message's verify_data in bytes.
const VERIFY_DATA_LEN: usize = 12;

/// The labels that TLS itself uses. Exporting under one of them could give its secrets away (RFC 5705 §4).
const RESERVED_LABELS: [&[u8]; 5] =
    [b"client finished", b"server finished", b"master secret", b"extended master secret", b"key expansion"];

/// The main secret of a TLS 1.2 session. Wiped on drop, never printed.
pub struct Tls12MainSecret {
    hash: Hash,
    /// Where they stay until they are wiped, however the secret is moved.
    bytes: Box<[u8; MAIN_SECRET_LEN]>,
}

impl Tls12MainSecret {
    /// The extended main secret (RFC 7627 §4). `session_hash` is the transcript from ClientHello to ClientKeyExchange;
    /// `hash` is the suite's.
    pub fn extended(hash: Hash, premaster: &SharedSecret, session_hash: &Digest) -> Self {
        Self::new(hash, premaster, b"extended master secret", session_hash.as_ref())
    }

    /// The main secret without the extension (RFC 5246 §8.1), which does not bind the handshake it came from.
    pub fn legacy(
        hash: Hash,
        premaster: &SharedSecret,
        client_random: &[u8; 32],
        server_random: &[u8; 32],
    ) -> Self {
        Self::new(hash, premaster, b"master secret", [*client_random, *server_random].as_flattened())
    }

    /// The main secret of a session that is resumed, as [`expose`](Self::expose) gave it: 48 bytes, or it is none.
    pub fn resumed(hash: Hash, secret: &[u8]) -> Option<Self> {
        let mut bytes = Box::new([0; MAIN_SECRET_LEN]);
        if secret.len() != bytes.len() {
            return None;
        }
        bytes.copy_from_slice(secret);
        Some(Self { hash, bytes })
    }

    fn new(hash: Hash, premaster: &SharedSecret, label: &[u8], seed: &[u8]) -> Self {
        let mut bytes = Box::new([0; MAIN_SECRET_LEN]);
        prf(hash, premaster.as_ref(), label, seed, bytes.as_mut());
        Self { hash, bytes }
    }

    /// The verify_data of the client's Finished message after `transcript` (RFC 5246 §7.4.9).
    pub fn client_finished(&self, transcript: &Digest) -> [u8; VERIFY_DATA_LEN] {
        self.finished(b"client finished", transcript)
    }

    /// The verify_data of the server's Finished message after `transcript` (RFC 5246 §7.4.9).
    pub fn server_finished(&self, transcript: &Digest) -> [u8; VERIFY_DATA_LEN] {
        self.finished(b"server finished", transcript)
    }

    fn finished(&self, label: &[u8], transcript: &Digest) -> [u8; VERIFY_DATA_LEN] {
        let mut verify_data = [0; VERIFY_DATA_LEN];
        prf(self.hash, self.bytes.as_ref(), label, transcript.as_ref(), &mut verify_data);
        verify_data
    }

    /// The keys of both directions (RFC 5246 §6.3).
    ///
    /// # Errors
    /// The suite's hash is not the one this secret was made with.
    pub fn keys(
        &self,
        suite: Tls12Suite,
        client_random: &[u8; 32],
        server_random: &[u8; 32],
    ) -> Result<Tls12Keys, CryptoError> {
        if suite.hash != self.hash {
            return Err(CryptoError);
        }
        let seed = [*server_random, *client_random];
        Tls12Keys::cut(suite.cipher, |block| {
            prf(self.hash, self.bytes.as_ref(), b"key expansion", seed.as_flattened(), block);
        })
    }

    /// Fills `out` with keying material (RFC 5705 §4). No context and an empty one give different material. Only an
    /// extended main secret makes it the connection's own (RFC 7627 §5.4): do not export from a legacy one.
    ///
    /// # Errors
    /// `label` is one of TLS' own, or `context` is longer than 65535 bytes.
    pub fn export(
        &self,
        client_random: &[u8; 32],
        server_random: &[u8; 32],
        label: &[u8],
        context: Option<&[u8]>,
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        if RESERVED_LABELS.contains(&label) {
            return Err(CryptoError);
        }
        let mut seed = [*client_random, *server_random].concat();
        if let Some(context) = context {
            let len = u16::try_from(context.len()).map_err(|_| CryptoError)?;
            seed.extend(len.to_be_bytes());
            seed.extend(context);
        }
        prf(self.hash, self.bytes.as_ref(), label, &seed, out);
        Ok(())
    }

    /// The bare secret, for the key log (RFC 9850) and for sessions.
    pub fn expose(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

impl Drop for Tls12MainSecret {
    fn drop(&mut self) {
        wipe(&mut self.bytes);
    }
}

impl fmt::Debug for Tls12MainSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls12MainSecret").field("hash", &self.hash).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
