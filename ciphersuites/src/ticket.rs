//! Protection of what a server gives its clients to keep.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};

use crate::aead::TAG_LEN;
use crate::fips::indicator;
use crate::{CryptoError, IV_LEN};

/// Bytes that a sealed ticket has more than its content: a nonce and a tag.
pub const TICKET_OVERHEAD: usize = IV_LEN + TAG_LEN;

/// A key that seals tickets, by AES-256-GCM under random nonces: a key may seal 2^32 of them (NIST SP 800-38D §8.3).
pub struct TicketSecret(RandomizedNonceKey);

impl TicketSecret {
    /// Takes key material of 32 bytes, which must be uniformly random.
    ///
    /// # Errors
    /// The library refused the key.
    pub fn new(key: &[u8; 32]) -> Result<Self, CryptoError> {
        Ok(Self(RandomizedNonceKey::new(&AES_256_GCM, key).map_err(|_| CryptoError)?))
    }

    /// Appends `content`, sealed, to `out`; `context` must be the same when it is opened.
    ///
    /// # Errors
    /// The random generator failed.
    pub fn seal(&self, context: &[u8], content: &[u8], out: &mut Vec<u8>) -> Result<(), CryptoError> {
        let start = out.len();
        out.reserve(content.len() + TICKET_OVERHEAD);
        out.extend_from_slice(&[0; NONCE_LEN]);
        out.extend_from_slice(content);
        let sealed = out.get_mut(start + NONCE_LEN..).ok_or(CryptoError)?;
        let call = indicator::begin("sealing of tickets", "AES-256-GCM");
        let sealed = self.0.seal_in_place_separate_tag(Aad::from(context), sealed);
        let (nonce, tag) = sealed.map_err(|_| CryptoError)?;
        call.end();
        out.extend_from_slice(tag.as_ref());
        let head = out.get_mut(start..start + NONCE_LEN).ok_or(CryptoError)?;
        head.copy_from_slice(nonce.as_ref());
        Ok(())
    }

    /// Opens what [`seal`](Self::seal) made, in place.
    ///
    /// # Errors
    /// It was not made with this key and context.
    pub fn open<'b>(&self, context: &[u8], sealed: &'b mut [u8]) -> Result<&'b [u8], CryptoError> {
        let (nonce, rest) = sealed.split_first_chunk_mut::<NONCE_LEN>().ok_or(CryptoError)?;
        let nonce = Nonce::from(&*nonce);
        let call = indicator::begin("opening of tickets", "AES-256-GCM");
        let content = self.0.open_in_place(nonce, Aad::from(context), rest).map_err(|_| CryptoError)?;
        call.end();
        Ok(content)
    }
}

impl fmt::Debug for TicketSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketSecret(AES-256-GCM)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_under_the_same_key_and_context_only() {
        let (key, other) = (TicketSecret::new(&[7; 32]).unwrap(), TicketSecret::new(&[8; 32]).unwrap());
        let mut sealed = b"before".to_vec();
        key.seal(b"name", b"content", &mut sealed).unwrap();
        let sealed = sealed.split_off(6);
        assert_eq!(sealed.len(), 7 + TICKET_OVERHEAD);
        assert_eq!(key.open(b"name", &mut sealed.clone()).unwrap(), b"content");
        assert!(key.open(b"eman", &mut sealed.clone()).is_err());
        assert!(other.open(b"name", &mut sealed.clone()).is_err());
        for index in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[index] ^= 1;
            assert!(key.open(b"name", &mut altered).is_err(), "byte {index}");
            assert!(key.open(b"name", &mut sealed[..index].to_vec()).is_err(), "{index} bytes");
        }
    }

    #[test]
    fn the_same_content_never_looks_the_same() {
        let key = TicketSecret::new(&[7; 32]).unwrap();
        let seal = || {
            let mut out = Vec::new();
            key.seal(b"", b"content", &mut out).unwrap();
            out
        };
        assert_ne!(seal(), seal());
    }
}
