//! Keys of one direction with the vector their nonces start from, for both versions.

use aws_lc_rs::aead::{Nonce, TlsProtocolId};

use super::cipher::{Opener, Sealer};
use super::{Aead, IV_LEN, TAG_LEN};
use crate::hmac::wipe;
use crate::{CryptoError, faults};

/// The vector that nonces start from. Wiped on drop; the library wipes its own keys.
struct Iv([u8; IV_LEN]);

impl Iv {
    /// The number, padded on the left, XORed into the vector (RFC 9846 §5.3).
    //= 9846:5.3 sequence
    #[inline]
    fn nonce(&self, number: u64) -> Nonce {
        let mut nonce = self.0;
        for (byte, number) in nonce.iter_mut().rev().zip(number.to_le_bytes()) {
            *byte ^= number;
        }
        Nonce::assume_unique_for_key(nonce)
    }
}

impl Drop for Iv {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// A key to seal with.
pub(crate) struct RecordSealer {
    key: Sealer,
    iv: Iv,
    /// Whether the AEAD gains from encrypting straight into another buffer: AES-GCM saves a pass, ChaCha20-Poly1305
    /// loses more than a copy costs.
    out_of_place: bool,
}

impl RecordSealer {
    pub(crate) fn new(
        aead: Aead,
        version: TlsProtocolId,
        key: &[u8],
        iv: [u8; IV_LEN],
    ) -> Result<Self, CryptoError> {
        faults::call("key to seal with")?;
        let key = Sealer::new(aead, version, key)?;
        Ok(Self { key, iv: Iv(iv), out_of_place: aead != Aead::ChaCha20Poly1305 })
    }

    /// Seals `plaintext ‖ suffix` into `out`, which must have room for exactly that and the tag.
    #[inline]
    pub(crate) fn seal(
        &self,
        number: u64,
        additional_data: &[u8],
        plaintext: &[u8],
        suffix: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoError> {
        let (body, rest) = out.split_at_mut_checked(plaintext.len()).ok_or(CryptoError)?;
        if rest.len() != suffix.len().saturating_add(TAG_LEN) {
            return Err(CryptoError);
        }
        if self.out_of_place {
            faults::call("sealing of records")?;
            return self.key.seal(self.iv.nonce(number), additional_data, plaintext, body, suffix, rest);
        }
        body.copy_from_slice(plaintext);
        let (end, _) = rest.split_at_mut_checked(suffix.len()).ok_or(CryptoError)?;
        end.copy_from_slice(suffix);
        self.seal_in_place(number, additional_data, out)
    }

    /// Seals all of `buffer` but its last [`TAG_LEN`] bytes, which are room for the tag.
    #[inline]
    pub(crate) fn seal_in_place(
        &self,
        number: u64,
        additional_data: &[u8],
        buffer: &mut [u8],
    ) -> Result<(), CryptoError> {
        let (inner, room) = buffer.split_last_chunk_mut::<TAG_LEN>().ok_or(CryptoError)?;
        faults::call("sealing of records")?;
        let tag = self.key.seal_in_place(self.iv.nonce(number), additional_data, inner)?;
        room.copy_from_slice(tag.as_ref());
        Ok(())
    }
}

/// A key to open with.
pub(crate) struct RecordOpener {
    key: Opener,
    iv: Iv,
}

impl RecordOpener {
    pub(crate) fn new(
        aead: Aead,
        version: TlsProtocolId,
        key: &[u8],
        iv: [u8; IV_LEN],
    ) -> Result<Self, CryptoError> {
        faults::call("key to open with")?;
        Ok(Self { key: Opener::new(aead, version, key)?, iv: Iv(iv) })
    }

    /// Opens `buffer`, ciphertext and tag, and returns the length of the plaintext now at its front.
    #[inline]
    pub(crate) fn open_in_place(
        &self,
        number: u64,
        additional_data: &[u8],
        buffer: &mut [u8],
    ) -> Result<usize, CryptoError> {
        faults::call("opening of records")?;
        self.key.open_in_place(self.iv.nonce(number), additional_data, buffer)
    }
}
