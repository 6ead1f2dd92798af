//! Keys and signatures as others have them who do not speak DER: tokens.

use crate::der::{self, INTEGER, SEQUENCE};
use crate::key_type::KeyAlgorithm;
use crate::{KeyError, KeyType, PublicKey};

impl PublicKey {
    /// The key of this type whose encoding, without algorithm, is `key`: an uncompressed point, the bare key of Ed25519
    /// or ML-DSA, a DER RSAPublicKey. An RSASSA-PSS key is taken for one without parameters.
    ///
    /// # Errors
    /// The key has a length or form that its type does not allow.
    pub fn from_encoded(key_type: KeyType, key: &[u8]) -> Result<Self, KeyError> {
        Self::new(KeyAlgorithm::of_type(key_type)?, key)
    }

    /// The RSA key of this modulus and public exponent, big-endian, under rsaEncryption (RFC 8017 appendix A.1.1).
    ///
    /// # Errors
    /// The modulus has a length outside 2048 to 8192 bits.
    pub fn from_rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        let (mut integers, mut key) = (Vec::new(), Vec::new());
        write_unsigned(&mut integers, modulus);
        write_unsigned(&mut integers, exponent);
        der::write(&mut key, SEQUENCE, &[&integers]);
        Self::from_encoded(KeyType::Rsa, &key)
    }
}

/// An ECDSA signature as TLS has it, from the two numbers in equal lengths one behind the other (RFC 3279 §2.2.3).
/// `None` where that is not what `raw` is.
pub fn ecdsa_signature(raw: &[u8]) -> Option<Vec<u8>> {
    let (r, s) = raw.split_at_checked(raw.len() / 2)?;
    if r.len() != s.len() || r.is_empty() {
        return None;
    }
    let (mut integers, mut signature) = (Vec::new(), Vec::new());
    write_unsigned(&mut integers, r);
    write_unsigned(&mut integers, s);
    der::write(&mut signature, SEQUENCE, &[&integers]);
    Some(signature)
}

/// Writes an INTEGER from a big-endian magnitude, which may have leading zeroes.
fn write_unsigned(out: &mut Vec<u8>, magnitude: &[u8]) {
    let zeroes = magnitude.iter().take_while(|byte| **byte == 0).count();
    let magnitude = magnitude.get(zeroes..).unwrap_or_default();
    // A leading zero keeps the number positive, and stands for zero itself.
    let sign: &[u8] = if magnitude.first().is_none_or(|high| high & 0x80 != 0) { &[0] } else { &[] };
    der::write(out, INTEGER, &[sign, magnitude]);
}

#[cfg(test)]
mod tests;
