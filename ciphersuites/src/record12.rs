//! TLS 1.2's record protection (RFC 5246 §6.2.3): AES-GCM, ChaCha20-Poly1305, and AES-CBC after HMAC.

use std::fmt;
use std::ops::Range;

use crate::aead::{RecordOpener, RecordSealer, TAG_LEN};
use crate::{CryptoError, ProtocolVersion, cbc};

mod keys;

pub use keys::{Tls12Keys, Tls12WriteKey};

/// The length in bytes of AES-GCM's explicit nonce, in front of the ciphertext (RFC 5288 §3).
const EXPLICIT_NONCE_LEN: usize = 8;

/// The length in bytes of what every record's protection covers besides the plaintext (RFC 5246 §6.2.3.3).
const ADDITIONAL_DATA_LEN: usize = 13;

/// A key that protects records in one direction. Made by [`Tls12WriteKey::sealing_key`].
///
/// The caller numbers the records: a sequence number must never be used twice with one key.
pub struct Tls12SealingKey(Sealing);

enum Sealing {
    Gcm(RecordSealer),
    ChaCha20(RecordSealer),
    Cbc(cbc::SealingKey),
}

impl Tls12SealingKey {
    /// How many bytes sealing puts in front of the ciphertext: the explicit nonce or initialisation vector.
    #[inline]
    pub fn prefix_len(&self) -> usize {
        match &self.0 {
            Sealing::Gcm(_) => EXPLICIT_NONCE_LEN,
            Sealing::ChaCha20(_) => 0,
            Sealing::Cbc(_) => cbc::BLOCK_LEN,
        }
    }

    /// The exact length of a record's body that holds a plaintext of this length.
    #[inline]
    pub fn sealed_len(&self, plaintext_len: usize) -> usize {
        let behind = match &self.0 {
            Sealing::Gcm(_) | Sealing::ChaCha20(_) => TAG_LEN,
            Sealing::Cbc(key) => key.trailer_len(plaintext_len),
        };
        self.prefix_len().saturating_add(plaintext_len).saturating_add(behind)
    }

    /// Seals `plaintext` into `body`.
    ///
    /// # Errors
    /// `body` is not exactly [`sealed_len`](Self::sealed_len) bytes long, `plaintext` is longer than 65535 bytes, or
    /// the cipher or the random bit generator failed.
    #[inline]
    pub fn seal(
        &self,
        seq: u64,
        content_type: u8,
        plaintext: &[u8],
        body: &mut [u8],
    ) -> Result<(), CryptoError> {
        // AES-GCM alone gains from encrypting out of place; see `RecordSealer`.
        if let Sealing::Gcm(key) = &self.0 {
            let additional_data = additional_data(seq, content_type, plaintext.len())?;
            let (explicit, sealed) = body.split_first_chunk_mut().ok_or(CryptoError)?;
            *explicit = seq.to_be_bytes();
            return key.seal(seq, &additional_data, plaintext, &[], sealed);
        }
        let place = body.get_mut(self.prefix_len()..).and_then(|sealed| sealed.get_mut(..plaintext.len()));
        place.ok_or(CryptoError)?.copy_from_slice(plaintext);
        self.seal_in_place(seq, content_type, plaintext.len(), body)
    }

    /// Seals in place: the plaintext is at `body[prefix_len..][..plaintext_len]`.
    ///
    /// # Errors
    /// As for [`seal`](Self::seal).
    #[inline]
    pub fn seal_in_place(
        &self,
        seq: u64,
        content_type: u8,
        plaintext_len: usize,
        body: &mut [u8],
    ) -> Result<(), CryptoError> {
        let additional_data = additional_data(seq, content_type, plaintext_len)?;
        if body.len() != self.sealed_len(plaintext_len) {
            return Err(CryptoError);
        }
        match &self.0 {
            Sealing::Gcm(key) => {
                let (explicit, sealed) = body.split_first_chunk_mut().ok_or(CryptoError)?;
                *explicit = seq.to_be_bytes();
                key.seal_in_place(seq, &additional_data, sealed)
            }
            Sealing::ChaCha20(key) => key.seal_in_place(seq, &additional_data, body),
            Sealing::Cbc(key) => key.seal_in_place(&without_len(&additional_data), plaintext_len, body),
        }
    }
}

/// A key that opens records of one direction. Made by [`Tls12WriteKey::opening_key`].
pub struct Tls12OpeningKey(Opening);

enum Opening {
    Gcm(RecordOpener),
    ChaCha20(RecordOpener),
    Cbc(cbc::OpeningKey),
}

impl Tls12OpeningKey {
    /// Opens `body`, a record without its header, in place, and returns where in it the plaintext is. How long that
    /// may be is for the caller to check.
    ///
    /// # Errors
    /// The record was not sealed under this key with this sequence number and content type. With CBC, bad padding and
    /// a bad MAC take the same work and are the same error. `body` is then worthless.
    #[inline]
    pub fn open_in_place(
        &self,
        seq: u64,
        content_type: u8,
        body: &mut [u8],
    ) -> Result<Range<usize>, CryptoError> {
        match &self.0 {
            Opening::Gcm(key) => {
                let (explicit, sealed) = body.split_first_chunk_mut().ok_or(CryptoError)?;
                // The number in the nonce is the peer's choice, the one that is authenticated is ours.
                open_aead(key, u64::from_be_bytes(*explicit), seq, content_type, sealed)
                    .map(|len| EXPLICIT_NONCE_LEN..EXPLICIT_NONCE_LEN.saturating_add(len))
            }
            Opening::ChaCha20(key) => open_aead(key, seq, seq, content_type, body).map(|len| 0..len),
            Opening::Cbc(key) => {
                // Which length is authenticated is known only once the padding is.
                key.open_in_place(&without_len(&additional_data(seq, content_type, 0)?), body)
            }
        }
    }
}

#[inline]
fn open_aead(
    key: &RecordOpener,
    nonce: u64,
    seq: u64,
    content_type: u8,
    sealed: &mut [u8],
) -> Result<usize, CryptoError> {
    let len = sealed.len().checked_sub(TAG_LEN).ok_or(CryptoError)?;
    key.open_in_place(nonce, &additional_data(seq, content_type, len)?, sealed)
}

/// The sequence number and what the header would say without protection (RFC 5246 §6.2.3.3).
#[inline]
fn additional_data(
    seq: u64,
    content_type: u8,
    plaintext_len: usize,
) -> Result<[u8; ADDITIONAL_DATA_LEN], CryptoError> {
    let [a, b, c, d, e, f, g, h] = seq.to_be_bytes();
    let [major, minor] = ProtocolVersion::TLS1_2.0.to_be_bytes();
    let [high, low] = u16::try_from(plaintext_len).map_err(|_| CryptoError)?.to_be_bytes();
    Ok([a, b, c, d, e, f, g, h, content_type, major, minor, high, low])
}

/// The same for CBC, where the library appends the length.
fn without_len(additional_data: &[u8; ADDITIONAL_DATA_LEN]) -> [u8; cbc::ADDITIONAL_DATA_LEN] {
    let [head @ .., _, _] = *additional_data;
    head
}

impl fmt::Debug for Tls12SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls12SealingKey").finish_non_exhaustive()
    }
}

impl fmt::Debug for Tls12OpeningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls12OpeningKey").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
