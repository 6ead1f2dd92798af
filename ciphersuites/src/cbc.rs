//! AES-CBC records after HMAC, with an explicit vector (RFC 5246 §6.2.3.2).
//!
//! MAC, padding and their removal in constant time are the library's own, made for TLS: nothing here looks at a
//! decrypted byte. It offers them through its C interface only, hence [`ffi`](crate::ffi).

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ffi::{Context, Direction};
use crate::fips::indicator;
use crate::{CryptoError, Tls12Cipher, faults, random};

/// The length in bytes of AES' block, and so of the vector in front of a record.
pub(crate) const BLOCK_LEN: usize = 16;

/// The length in bytes of what the MAC covers in front of the plaintext, its own length aside.
pub(crate) const ADDITIONAL_DATA_LEN: usize = 11;

/// The longest MAC, and MAC key, in bytes: HMAC-SHA-384's.
pub(crate) const MAX_MAC_LEN: usize = 48;

/// The longest record whose plaintext has a length of two bytes.
const MAX_BODY_LEN: usize = 0xffff;

/// A key for records in one direction. The library keeps the state of a record in its context, hence the lock; it is
/// taken once per record and never contended.
pub(crate) struct SealingKey {
    context: Mutex<Context>,
    mac_len: usize,
}

impl SealingKey {
    /// `keys` is the MAC key and then the cipher's.
    pub(crate) fn new(cipher: Tls12Cipher, keys: &[u8]) -> Result<Self, CryptoError> {
        let context = Mutex::new(Context::new(cipher, keys, Direction::Seal)?);
        Ok(Self { context, mac_len: mac_len(cipher) })
    }

    /// The length of MAC and padding behind a plaintext of this length. The padding is the shortest there can be.
    pub(crate) fn trailer_len(&self, plaintext_len: usize) -> usize {
        let maced = plaintext_len.wrapping_add(self.mac_len);
        self.mac_len.saturating_add(BLOCK_LEN).saturating_sub(maced % BLOCK_LEN)
    }

    /// Seals `body`: room for the vector, the plaintext, and exactly [`trailer_len`](Self::trailer_len) bytes.
    pub(crate) fn seal_in_place(
        &self,
        additional_data: &[u8; ADDITIONAL_DATA_LEN],
        plaintext_len: usize,
        body: &mut [u8],
    ) -> Result<(), CryptoError> {
        let (iv, sealed) = body.split_first_chunk_mut().ok_or(CryptoError)?;
        let (text, trailer) = sealed.split_at_mut_checked(plaintext_len).ok_or(CryptoError)?;
        // The vector must be one that nobody can foretell (RFC 5246 §6.2.3.2).
        random(iv)?;
        faults::call("sealing of records")?;
        let call = indicator::begin("sealing of records", "AES-CBC");
        lock(&self.context).seal(iv, additional_data, text, trailer)?;
        call.end_outside();
        Ok(())
    }
}

/// The other direction's.
pub(crate) struct OpeningKey {
    context: Mutex<Context>,
    mac_len: usize,
}

impl OpeningKey {
    /// `keys` is the MAC key and then the cipher's.
    pub(crate) fn new(cipher: Tls12Cipher, keys: &[u8]) -> Result<Self, CryptoError> {
        let context = Mutex::new(Context::new(cipher, keys, Direction::Open)?);
        Ok(Self { context, mac_len: mac_len(cipher) })
    }

    /// Opens `body`, vector and ciphertext, and returns where in it the plaintext is.
    pub(crate) fn open_in_place(
        &self,
        additional_data: &[u8; ADDITIONAL_DATA_LEN],
        body: &mut [u8],
    ) -> Result<Range<usize>, CryptoError> {
        // Lengths are public: what cannot be a record is refused before any work. The library would cut a longer
        // plaintext's length to two bytes, and not all its versions get over a record that is not of whole blocks.
        if body.len() > MAX_BODY_LEN {
            return Err(CryptoError);
        }
        let (iv, sealed) = body.split_first_chunk_mut().ok_or(CryptoError)?;
        if sealed.len() <= self.mac_len || !sealed.len().is_multiple_of(BLOCK_LEN) {
            return Err(CryptoError);
        }
        faults::call("opening of records")?;
        let call = indicator::begin("opening of records", "AES-CBC");
        let len = lock(&self.context).open(iv, additional_data, sealed)?;
        call.end_outside();
        Ok(BLOCK_LEN..BLOCK_LEN.saturating_add(len))
    }
}

/// Nothing panics under the lock, and a context that failed is as good as new.
fn lock(context: &Mutex<Context>) -> MutexGuard<'_, Context> {
    context.lock().unwrap_or_else(PoisonError::into_inner)
}

fn mac_len(cipher: Tls12Cipher) -> usize {
    match cipher {
        Tls12Cipher::Aes128CbcSha1 | Tls12Cipher::Aes256CbcSha1 => 20,
        Tls12Cipher::Aes128CbcSha256 => 32,
        Tls12Cipher::Aes256CbcSha384 => MAX_MAC_LEN,
        Tls12Cipher::Aes128Gcm | Tls12Cipher::Aes256Gcm | Tls12Cipher::ChaCha20Poly1305 => 0,
    }
}
