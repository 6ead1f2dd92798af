//! ECDSA under a hash that is not the curve's own, as TLS 1.2 allows and TLS 1.3 does not (RFC 8422 §5.1.1).
//!
//! The library binds a curve to few hashes. To ECDSA a hash value is a number: its leftmost bits, as many as the
//! curve's order has (FIPS 186-5 §6.4). So a value of any hash is brought to the length of the curve's own, cut on the
//! right or padded with zeroes on the left, where it stands for the same number.

use aws_lc_rs::digest::{self, Algorithm, Digest};

use crate::{KeyType, SignatureHash, SignatureScheme};

/// Whether `scheme` is ECDSA under a hash that is not the own one of the key's curve.
pub(crate) fn is_foreign(key: KeyType, scheme: SignatureScheme) -> bool {
    own_hash(key).zip(hash(scheme)).is_some_and(|(own, hash)| own != hash)
}

/// The hash value of `message` to sign by `key`, or `None` where nothing of this kind is needed: the hash is
/// the curve's own, or key or scheme are not ECDSA's.
pub(crate) fn foreign_digest(key: KeyType, scheme: SignatureScheme, message: &[u8]) -> Option<Digest> {
    if !is_foreign(key, scheme) {
        return None;
    }
    let (own, hash) = (own_hash(key)?, hash(scheme)?);
    let value = digest::digest(hash, message);
    let mut fitted = [0; digest::MAX_OUTPUT_LEN];
    let fitted = fitted.get_mut(..own.output_len())?;
    let skipped = fitted.len().saturating_sub(value.as_ref().len());
    for (to, from) in fitted.iter_mut().skip(skipped).zip(value.as_ref()) {
        *to = *from;
    }
    Digest::import_less_safe(fitted, own).ok()
}

/// The hash whose values are as long as the curve's order allows.
fn own_hash(key: KeyType) -> Option<&'static Algorithm> {
    match key {
        KeyType::EcdsaP256 => Some(&digest::SHA256),
        KeyType::EcdsaP384 => Some(&digest::SHA384),
        KeyType::EcdsaP521 => Some(&digest::SHA512),
        _ => None,
    }
}

/// The hash of an ECDSA scheme.
fn hash(scheme: SignatureScheme) -> Option<&'static Algorithm> {
    match scheme {
        SignatureScheme::ECDSA_SHA1
        | SignatureScheme::ECDSA_SHA224
        | SignatureScheme::ECDSA_SECP256R1_SHA256
        | SignatureScheme::ECDSA_SECP384R1_SHA384
        | SignatureScheme::ECDSA_SECP521R1_SHA512 => scheme.hash().map(SignatureHash::algorithm),
        _ => None,
    }
}
