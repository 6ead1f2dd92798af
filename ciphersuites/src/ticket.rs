//! Protection of what a server gives its clients to keep.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, RandomizedNonceKey, Tag, UnboundKey};
use zeroize::{Zeroize, Zeroizing};

use crate::aead::TAG_LEN;
use crate::fips::indicator;
use crate::hmac::Secret;
use crate::key_schedule::expand;
use crate::{CryptoError, Hash, IV_LEN, faults, random};

/// What a ticket's own key is made from, and so tells it from other tickets.
const SEED_LEN: usize = 16;

/// Bytes that a sealed ticket has more than its content: a seed, a nonce and a tag.
pub const TICKET_OVERHEAD: usize = SEED_LEN + IV_LEN + TAG_LEN;

/// A key that seals tickets: each by AES-256-GCM under a key of its own, expanded from this one (HKDF-SHA-256) and a
/// random seed. So the tickets that a fleet may seal with it are not limited to the 2^32 that one key of AES-GCM has
/// under random nonces (NIST SP 800-38D §8.3).
#[derive(Debug)]
pub struct TicketSecret(Secret);

impl TicketSecret {
    /// Takes key material of 32 bytes, which must be uniformly random.
    pub fn new(key: &[u8; 32]) -> Self {
        Self(Secret::new(Hash::Sha256, key))
    }

    /// Appends `content`, sealed, to `out`; `context` must be the same when it is opened.
    ///
    /// # Errors
    /// The random generator failed.
    pub fn seal(&self, context: &[u8], content: &[u8], out: &mut Vec<u8>) -> Result<(), CryptoError> {
        // One call of the generator for both: each takes half a microsecond, however little it is for.
        let mut head = [0; SEED_LEN + NONCE_LEN];
        random(&mut head)?;
        out.reserve(content.len() + TICKET_OVERHEAD);
        let start = out.len();
        out.extend_from_slice(&head);
        out.extend_from_slice(content);
        let ticket = out.get_mut(start..).ok_or(CryptoError)?;
        let (seed, ticket) = ticket.split_first_chunk_mut::<SEED_LEN>().ok_or(CryptoError)?;
        let (nonce, content) = ticket.split_first_chunk_mut::<NONCE_LEN>().ok_or(CryptoError)?;
        let sealed = faults::call("sealing of tickets")
            .and_then(|()| seal_in_place(&self.key_of(seed), nonce, context, content));
        // What is not sealed is not left behind.
        let tag = sealed.inspect_err(|_| content.zeroize())?;
        out.extend_from_slice(tag.as_ref());
        Ok(())
    }

    /// Opens what [`seal`](Self::seal) made, in place.
    ///
    /// # Errors
    /// It was not made with this key and context.
    pub fn open<'b>(&self, context: &[u8], sealed: &'b mut [u8]) -> Result<&'b [u8], CryptoError> {
        let (seed, sealed) = sealed.split_first_chunk_mut::<SEED_LEN>().ok_or(CryptoError)?;
        let (nonce, sealed) = sealed.split_first_chunk_mut::<NONCE_LEN>().ok_or(CryptoError)?;
        let key = RandomizedNonceKey::new(&AES_256_GCM, self.key_of(seed).as_ref());
        let (key, nonce) = (key.map_err(|_| CryptoError)?, Nonce::from(&*nonce));
        faults::call("opening of tickets")?;
        let call = indicator::begin("opening of tickets", "AES-256-GCM");
        let content = key.open_in_place(nonce, Aad::from(context), sealed).map_err(|_| CryptoError)?;
        call.end();
        Ok(content)
    }

    fn key_of(&self, seed: &[u8; SEED_LEN]) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        expand(&self.0, [b"ticket", seed, b"", b"", b""], key.as_mut());
        key
    }
}

/// Seals `content` under a key that is used once. A FIPS module draws the nonce itself, in place of the one there is.
fn seal_in_place(
    key: &[u8; 32],
    nonce: &mut [u8; NONCE_LEN],
    context: &[u8],
    content: &mut [u8],
) -> Result<Tag, CryptoError> {
    let context = Aad::from(context);
    let call = indicator::begin("sealing of tickets", "AES-256-GCM");
    let tag = if cfg!(feature = "fips") {
        let key = RandomizedNonceKey::new(&AES_256_GCM, key).map_err(|_| CryptoError)?;
        let (drawn, tag) = key.seal_in_place_separate_tag(context, content).map_err(|_| CryptoError)?;
        *nonce = *drawn.as_ref();
        tag
    } else {
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).map_err(|_| CryptoError)?);
        let nonce = Nonce::assume_unique_for_key(*nonce);
        key.seal_in_place_separate_tag(nonce, context, content).map_err(|_| CryptoError)?
    };
    call.end();
    Ok(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_under_the_same_key_and_context_only() {
        let (key, other) = (TicketSecret::new(&[7; 32]), TicketSecret::new(&[8; 32]));
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

    /// Tickets of one fleet open on all its machines, so the format is as fixed as the keys: RFC 5869 §2.3, by another
    /// library.
    #[test]
    fn a_ticket_is_sealed_under_the_key_that_its_seed_gives() {
        struct Len;
        impl ring::hkdf::KeyType for Len {
            fn len(&self) -> usize {
                32
            }
        }
        let mut sealed = Vec::new();
        TicketSecret::new(&[7; 32]).seal(b"name", b"content", &mut sealed).unwrap();
        let mut key = [0; 32];
        let seed = &sealed[..SEED_LEN];
        let secret = ring::hkdf::Prk::new_less_safe(ring::hkdf::HKDF_SHA256, &[7; 32]);
        secret.expand(&[b"ticket", seed], Len).unwrap().fill(&mut key).unwrap();
        let key = ring::aead::LessSafeKey::new(
            ring::aead::UnboundKey::new(&ring::aead::AES_256_GCM, &key).unwrap(),
        );
        let (nonce, sealed) = sealed[SEED_LEN..].split_at_mut(NONCE_LEN);
        let nonce = ring::aead::Nonce::try_assume_unique_for_key(nonce).unwrap();
        assert_eq!(key.open_in_place(nonce, ring::aead::Aad::from(b"name"), sealed).unwrap(), b"content");
    }

    #[test]
    fn the_same_content_never_looks_the_same() {
        let key = TicketSecret::new(&[7; 32]);
        let seal = || {
            let mut out = Vec::new();
            key.seal(b"", b"content", &mut out).unwrap();
            out
        };
        assert_ne!(seal(), seal());
    }
}
