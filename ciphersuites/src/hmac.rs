//! HMAC (RFC 2104) out of one-shot digests, and the secrets it makes.
//!
//! Nearly every secret of the key schedule keys one or two MACs. The library's keyed context pays for its set-up only
//! from the eighth on, so plain digests over a buffer on the stack are fastest here and allocate nothing.

use std::fmt;

use aws_lc_rs::{digest, hmac as keyed};

use crate::Hash;
use crate::fips::indicator;
use crate::hash::MAX_LEN;

/// Room for the longer of the two block lengths and the longest message of the key schedule proper.
const INPUT_LEN: usize = 256;

/// What the key is padded with for HMAC's inner digest, and for its outer one.
const INNER_PAD: u8 = 0x36;
const OUTER_PAD: u8 = 0x5c;

/// Key material of at most a hash value's length. Inline, wiped on drop, never printed.
pub(crate) struct Secret {
    bytes: [u8; MAX_LEN],
    len: usize,
    pub(crate) hash: Hash,
}

impl Secret {
    /// Keeps the first `hash.len()` bytes of `value`.
    pub(crate) fn new(hash: Hash, value: &[u8]) -> Self {
        let mut bytes = [0; MAX_LEN];
        let len = value.len().min(hash.len());
        for (to, from) in bytes.iter_mut().zip(value).take(len) {
            *to = *from;
        }
        Self { bytes, len, hash }
    }

    /// As many zero bytes as the hash is long: the absent PSK, salt or input of RFC 9846 §7.1.
    pub(crate) fn zero(hash: Hash) -> Self {
        Self { bytes: [0; MAX_LEN], len: hash.len(), hash }
    }

    /// Only the first `len` bytes.
    pub(crate) fn truncated(mut self, len: usize) -> Self {
        self.len = self.len.min(len);
        self
    }
}

impl AsRef<[u8]> for Secret {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl AsMut<[u8]> for Secret {
    fn as_mut(&mut self) -> &mut [u8] {
        self.bytes.get_mut(..self.len).unwrap_or_default()
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        wipe(&mut self.bytes);
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Overwrites with zeroes in whole words; `Zeroize` does it byte by byte, which shows in a key schedule.
pub(crate) fn wipe<const N: usize>(bytes: &mut [u8; N]) {
    *bytes = [0; N];
    zeroize::optimization_barrier(bytes);
}

/// HMAC of the concatenation of `message`. To a FIPS module digests are services of their own, and no HMAC of its.
pub(crate) fn hmac(hash: Hash, key: &[u8], message: &[&[u8]]) -> Secret {
    if cfg!(feature = "fips") {
        return hmac_of_any_length(hash, key, message);
    }
    let mut input = Input::padded_key(hash, key);
    if key.len() > block_len(hash) || !message.iter().all(|part| input.push(part)) {
        return hmac_of_any_length(hash, key, message);
    }
    let inner = digest::digest(hash.algorithm(), input.as_ref());
    input.pad_for_the_outer_digest(hash);
    input.push(inner.as_ref());
    Secret::new(hash, digest::digest(hash.algorithm(), input.as_ref()).as_ref())
}

/// The same by the library's own, for a FIPS module and for what does not fit the stack buffer: a long PSK or exporter label, and as a key TLS 1.2's pre-main
/// secret on P-521, which is longer than a block of SHA-256.
fn hmac_of_any_length(hash: Hash, key: &[u8], message: &[&[u8]]) -> Secret {
    let algorithm = match hash {
        Hash::Sha256 => keyed::HMAC_SHA256,
        Hash::Sha384 => keyed::HMAC_SHA384,
    };
    let mut context = keyed::Context::with_key(&keyed::Key::new(algorithm, key));
    message.iter().for_each(|part| context.update(part));
    let call = indicator::begin("HMAC", hash.name());
    let tag = context.sign();
    call.end();
    Secret::new(hash, tag.as_ref())
}

fn block_len(hash: Hash) -> usize {
    match hash {
        Hash::Sha256 => 64,
        Hash::Sha384 => 128,
    }
}

/// The input of a digest, gathered on the stack.
struct Input {
    bytes: [u8; INPUT_LEN],
    len: usize,
}

impl Input {
    /// A block of padded key, the start of the inner digest. `key` is at most a block long.
    fn padded_key(hash: Hash, key: &[u8]) -> Self {
        let block = block_len(hash);
        let mut bytes = [INNER_PAD; INPUT_LEN];
        for (byte, key) in bytes.iter_mut().zip(key).take(block) {
            *byte ^= *key;
        }
        Self { bytes, len: block }
    }

    /// Makes of the block the start of the outer digest, and forgets what is behind it.
    fn pad_for_the_outer_digest(&mut self, hash: Hash) {
        self.len = block_len(hash);
        self.bytes.iter_mut().take(self.len).for_each(|byte| *byte ^= INNER_PAD ^ OUTER_PAD);
    }

    /// Appends `part`, or does nothing and returns false if it does not fit.
    fn push(&mut self, part: &[u8]) -> bool {
        let Some(end) = self.len.checked_add(part.len()) else { return false };
        let Some(room) = self.bytes.get_mut(self.len..end) else { return false };
        // Half of the parts are one byte or none, for which a call of memcpy would show.
        match (room, part) {
            ([], []) => {}
            ([to], [from]) => *to = *from,
            (room, part) => room.copy_from_slice(part),
        }
        self.len = end;
        true
    }
}

impl AsRef<[u8]> for Input {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        wipe(&mut self.bytes);
    }
}

#[cfg(test)]
mod tests;
