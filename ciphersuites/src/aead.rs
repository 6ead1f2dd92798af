//! Record protection by AEADs: sealing and opening under TLS 1.3 nonces (RFC 9846 §5.2, §5.3).

use std::fmt;

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Algorithm, CHACHA20_POLY1305, TlsProtocolId};

use crate::CryptoError;

#[cfg_attr(feature = "fips", path = "aead/cipher/fips.rs")]
mod cipher;
mod record_key;

pub(crate) use record_key::{RecordOpener, RecordSealer};

/// The length in bytes of the tag of all AEADs here.
pub const TAG_LEN: usize = 16;

/// The length in bytes of the initialisation vector and nonce of all AEADs here.
pub const IV_LEN: usize = 12;

/// The longest key of an AEAD here, in bytes.
pub(crate) const MAX_KEY_LEN: usize = 32;

/// The AEAD of a suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aead {
    /// AES-128-GCM.
    Aes128Gcm,
    /// AES-256-GCM.
    Aes256Gcm,
    /// ChaCha20-Poly1305.
    ChaCha20Poly1305,
}

impl Aead {
    /// The length of the key in bytes.
    pub const fn key_len(self) -> usize {
        match self {
            Self::Aes128Gcm => 16,
            Self::Aes256Gcm | Self::ChaCha20Poly1305 => MAX_KEY_LEN,
        }
    }

    /// How many full records one key may protect before it must be replaced (RFC 9846 §5.5).
    ///
    /// For AES-GCM the bound is 2^24.5; the whole power of two below it is easier to recognise. ChaCha20-Poly1305
    /// would exhaust the sequence number first.
    //= 9846:5.5 limits
    pub const fn confidentiality_limit(self) -> u64 {
        match self {
            Self::Aes128Gcm | Self::Aes256Gcm => 1 << 24,
            Self::ChaCha20Poly1305 => u64::MAX,
        }
    }

    #[cfg(feature = "fips")]
    const fn name(self) -> &'static str {
        match self {
            Self::Aes128Gcm => "AES-128-GCM",
            Self::Aes256Gcm => "AES-256-GCM",
            Self::ChaCha20Poly1305 => "ChaCha20-Poly1305",
        }
    }

    fn algorithm(self) -> &'static Algorithm {
        match self {
            Self::Aes128Gcm => &AES_128_GCM,
            Self::Aes256Gcm => &AES_256_GCM,
            Self::ChaCha20Poly1305 => &CHACHA20_POLY1305,
        }
    }
}

/// A key that protects records in one direction. Made by [`TrafficSecret::sealing_key`](crate::TrafficSecret::sealing_key).
///
/// The caller numbers the records: a sequence number must never be used twice with one key.
pub struct SealingKey(RecordSealer);

impl SealingKey {
    pub(crate) fn new(aead: Aead, key: &[u8], iv: [u8; IV_LEN]) -> Result<Self, CryptoError> {
        RecordSealer::new(aead, TlsProtocolId::TLS13, key, iv).map(Self)
    }

    /// Seals `plaintext ‖ suffix` into `out`. The suffix is the content type and any padding (RFC 9846 §5.4),
    /// `header` the record header as sent.
    ///
    /// # Errors
    /// `out` is not exactly `plaintext.len() + suffix.len() + TAG_LEN` bytes long, or the AEAD failed.
    #[inline]
    pub fn seal(
        &self,
        seq: u64,
        header: &[u8; 5],
        plaintext: &[u8],
        suffix: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.0.seal(seq, header, plaintext, suffix, out)
    }

    /// Seals in place: `buffer` holds the inner plaintext (content, type, padding) and then [`TAG_LEN`] bytes of room.
    ///
    /// # Errors
    /// `buffer` is shorter than a tag, or the AEAD failed.
    #[inline]
    pub fn seal_in_place(&self, seq: u64, header: &[u8; 5], buffer: &mut [u8]) -> Result<(), CryptoError> {
        self.0.seal_in_place(seq, header, buffer)
    }
}

/// A key that opens records of one direction. Made by [`TrafficSecret::opening_key`](crate::TrafficSecret::opening_key).
pub struct OpeningKey(RecordOpener);

impl OpeningKey {
    pub(crate) fn new(aead: Aead, key: &[u8], iv: [u8; IV_LEN]) -> Result<Self, CryptoError> {
        RecordOpener::new(aead, TlsProtocolId::TLS13, key, iv).map(Self)
    }

    /// Opens `buffer`, ciphertext and tag, in place and returns the length of the inner plaintext now at its front.
    /// `header` is the record header as received (RFC 9846 §5.2).
    ///
    /// # Errors
    /// The record was not sealed under this key with this sequence number and header; `buffer` is then worthless.
    #[inline]
    pub fn open_in_place(&self, seq: u64, header: &[u8; 5], buffer: &mut [u8]) -> Result<usize, CryptoError> {
        self.0.open_in_place(seq, header, buffer)
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealingKey").finish_non_exhaustive()
    }
}

impl fmt::Debug for OpeningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpeningKey").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
