use std::fmt;

use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};

use crate::der::{self, BIT_STRING, Reader, SEQUENCE};
use crate::fips::indicator;
use crate::key_type::KeyAlgorithm;
use crate::{CryptoError, KeyError, KeyType, SignatureError, SignatureScheme, faults, ffi};

mod parts;

pub use parts::ecdsa_signature;

/// The lengths of an RSA modulus that are accepted, in bits.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// What the service indicator's calls here are for.
const VERIFICATION: &str = "signature verification";

/// A public key, from a certificate's SubjectPublicKeyInfo.
#[derive(Clone)]
pub struct PublicKey {
    algorithm: &'static KeyAlgorithm,
    /// What the BIT STRING holds: a point, an RSAPublicKey, or the bare key.
    key: Vec<u8>,
    bits: usize,
}

impl PublicKey {
    /// Reads a DER SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
    ///
    /// # Errors
    /// The DER is malformed, the algorithm is not supported, or the key has a length or form its algorithm does not
    /// allow. That a point is on its curve is checked when it verifies.
    pub fn from_spki(spki: &[u8]) -> Result<Self, KeyError> {
        let mut reader = Reader::new(spki);
        let contents = reader.read(SEQUENCE).ok_or(KeyError::MalformedDer)?;
        if !reader.is_empty() {
            return Err(KeyError::MalformedDer);
        }
        Self::from_spki_contents(contents)
    }

    /// The same from what is inside the SEQUENCE, which is what a trust anchor keeps.
    ///
    /// # Errors
    /// As [`from_spki`](Self::from_spki).
    pub fn from_spki_contents(contents: &[u8]) -> Result<Self, KeyError> {
        let mut reader = Reader::new(contents);
        let algorithm = KeyAlgorithm::find(reader.read(SEQUENCE).ok_or(KeyError::MalformedDer)?)?;
        let key = reader.read_bit_string().ok_or(KeyError::MalformedDer)?;
        if !reader.is_empty() {
            return Err(KeyError::MalformedDer);
        }
        Self::new(algorithm, key)
    }

    pub(crate) fn new(algorithm: &'static KeyAlgorithm, key: &[u8]) -> Result<Self, KeyError> {
        let bits = match algorithm.key_type {
            KeyType::Rsa | KeyType::RsaPss => rsa_bits(key)?,
            KeyType::EcdsaP256 => uncompressed_point(key, 65, 256)?,
            KeyType::EcdsaP384 => uncompressed_point(key, 97, 384)?,
            KeyType::EcdsaP521 => uncompressed_point(key, 133, 521)?,
            KeyType::Ed25519 => exactly(key, 32)?,
            KeyType::MlDsa44 => exactly(key, 1312)?,
            KeyType::MlDsa65 => exactly(key, 1952)?,
            KeyType::MlDsa87 => exactly(key, 2592)?,
        };
        Ok(Self { algorithm, key: key.to_vec(), bits })
    }

    /// The kind of key.
    pub fn key_type(&self) -> KeyType {
        self.algorithm.key_type
    }

    /// The schemes this key may have signed TLS 1.3 handshakes with, best first.
    pub fn schemes(&self) -> &'static [SignatureScheme] {
        self.algorithm.schemes
    }

    /// The same for TLS 1.2.
    pub fn tls12_schemes(&self) -> &'static [SignatureScheme] {
        self.algorithm.schemes12
    }

    /// The size of the key in bits: of RSA's modulus, of the curve's field, of the encoded key otherwise.
    pub fn bits(&self) -> usize {
        self.bits
    }

    /// Verifies a TLS 1.3 handshake signature (RFC 9846 §4.5.3). The scheme must be the one for the key's curve or
    /// parameter set; RSA signs by PSS only, under `rsae` or `pss` schemes as the key's algorithm says.
    ///
    /// # Errors
    /// The scheme does not go with the key, or the signature is not valid.
    pub fn verify_tls13(
        &self,
        scheme: SignatureScheme,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        if !self.algorithm.schemes.contains(&scheme) {
            return Err(SignatureError::SchemeNotForKey { scheme, key: self.key_type() });
        }
        faults::call("signature verification").map_err(|_| SignatureError::Invalid)?;
        let call = indicator::begin(VERIFICATION, scheme.name().unwrap_or_default());
        self.under(scheme)?.verify(message, signature).map_err(|_| SignatureError::Invalid)?;
        call.end();
        Ok(())
    }

    /// Verifies a TLS 1.2 handshake signature (RFC 5246 §7.4.3, RFC 8422 §5.4). ECDSA takes any hash on any curve, RSA
    /// either padding, ML-DSA nothing. Schemes with SHA-1 and SHA-224 are accepted here: whether the policy names the
    /// scheme is for the caller to check.
    ///
    /// # Errors
    /// The scheme does not go with the key, or the signature is not valid.
    pub fn verify_tls12(
        &self,
        scheme: SignatureScheme,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        let mismatch = SignatureError::SchemeNotForKey { scheme, key: self.key_type() };
        if !self.algorithm.schemes12.contains(&scheme) {
            return Err(mismatch);
        }
        faults::call("signature verification").map_err(|_| SignatureError::Invalid)?;
        let call = indicator::begin(VERIFICATION, scheme.name().unwrap_or_default());
        let verified = match verification_algorithm(self.key_type(), scheme) {
            Some(algorithm) => self.by(algorithm).verify(message, signature).map_err(|_| CryptoError),
            None => {
                let hash = scheme.hash().ok_or(mismatch)?;
                ffi::SignatureKey::from_spki(&self.to_spki())
                    .and_then(|key| key.verify(hash, message, signature))
            }
        };
        verified.map_err(|_| SignatureError::Invalid)?;
        call.end();
        Ok(())
    }

    fn under(&self, scheme: SignatureScheme) -> Result<UnparsedPublicKey<&[u8]>, SignatureError> {
        let key = self.key_type();
        let mismatch = SignatureError::SchemeNotForKey { scheme, key };
        verification_algorithm(key, scheme).map(|algorithm| self.by(algorithm)).ok_or(mismatch)
    }

    fn by(&self, algorithm: &'static dyn VerificationAlgorithm) -> UnparsedPublicKey<&[u8]> {
        UnparsedPublicKey::new(algorithm, &self.key)
    }

    /// Whether both are the same key of the same kind. Parameters that narrow an RSASSA-PSS key are not compared.
    pub(crate) fn is_same_key(&self, other: &Self) -> bool {
        self.key_type() == other.key_type() && self.key == other.key
    }

    /// The key as a DER SubjectPublicKeyInfo.
    pub fn to_spki(&self) -> Vec<u8> {
        let (mut contents, mut spki) = (Vec::new(), Vec::new());
        der::write(&mut contents, SEQUENCE, &[self.algorithm.id.as_ref()]);
        der::write(&mut contents, BIT_STRING, &[&[0], &self.key]);
        der::write(&mut spki, SEQUENCE, &[&contents]);
        spki
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey").field("key_type", &self.key_type()).field("bits", &self.bits).finish()
    }
}

/// The modulus length of an RSAPublicKey, or an error where it is not acceptable.
fn rsa_bits(key: &[u8]) -> Result<usize, KeyError> {
    let mut reader = Reader::sequence(key).ok_or(KeyError::MalformedDer)?;
    let bits = bit_length(reader.read_unsigned().ok_or(KeyError::MalformedDer)?);
    reader.read_unsigned().ok_or(KeyError::MalformedDer)?;
    if !reader.is_empty() {
        return Err(KeyError::MalformedDer);
    }
    check_rsa_size(bits)
}

/// The number of bits of a big-endian integer without leading zero bytes.
pub(crate) fn bit_length(magnitude: &[u8]) -> usize {
    let high_zeros = magnitude.first().map_or(0, |high| u8::leading_zeros(*high));
    magnitude.len().saturating_mul(8).saturating_sub(usize::try_from(high_zeros).unwrap_or(0))
}

pub(crate) fn check_rsa_size(bits: usize) -> Result<usize, KeyError> {
    if RSA_BITS.contains(&bits) { Ok(bits) } else { Err(KeyError::RsaSize { bits }) }
}

/// Uncompressed points only, the one form everybody uses in certificates.
fn uncompressed_point(key: &[u8], len: usize, bits: usize) -> Result<usize, KeyError> {
    if key.len() == len && key.first() == Some(&4) { Ok(bits) } else { Err(KeyError::MalformedDer) }
}

fn exactly(key: &[u8], len: usize) -> Result<usize, KeyError> {
    if key.len() == len { Ok(len.saturating_mul(8)) } else { Err(KeyError::MalformedDer) }
}

/// The library's algorithm, where it has one on all keys: ECDSA with SHA-1 and SHA-224, and PKCS#1 with SHA-224, are
/// bound apart.
//= 9846:4.3.3 pss-salt
fn verification_algorithm(
    key: KeyType,
    scheme: SignatureScheme,
) -> Option<&'static dyn VerificationAlgorithm> {
    Some(match scheme {
        SignatureScheme::RSA_PSS_RSAE_SHA256 | SignatureScheme::RSA_PSS_PSS_SHA256 => {
            &signature::RSA_PSS_2048_8192_SHA256
        }
        SignatureScheme::RSA_PSS_RSAE_SHA384 | SignatureScheme::RSA_PSS_PSS_SHA384 => {
            &signature::RSA_PSS_2048_8192_SHA384
        }
        SignatureScheme::RSA_PSS_RSAE_SHA512 | SignatureScheme::RSA_PSS_PSS_SHA512 => {
            &signature::RSA_PSS_2048_8192_SHA512
        }
        SignatureScheme::RSA_PKCS1_SHA1 => &signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
        SignatureScheme::RSA_PKCS1_SHA256 => &signature::RSA_PKCS1_2048_8192_SHA256,
        SignatureScheme::RSA_PKCS1_SHA384 => &signature::RSA_PKCS1_2048_8192_SHA384,
        SignatureScheme::RSA_PKCS1_SHA512 => &signature::RSA_PKCS1_2048_8192_SHA512,
        SignatureScheme::ECDSA_SECP256R1_SHA256 => match key {
            KeyType::EcdsaP384 => &signature::ECDSA_P384_SHA256_ASN1,
            KeyType::EcdsaP521 => &signature::ECDSA_P521_SHA256_ASN1,
            _ => &signature::ECDSA_P256_SHA256_ASN1,
        },
        SignatureScheme::ECDSA_SECP384R1_SHA384 => match key {
            KeyType::EcdsaP256 => &signature::ECDSA_P256_SHA384_ASN1,
            KeyType::EcdsaP521 => &signature::ECDSA_P521_SHA384_ASN1,
            _ => &signature::ECDSA_P384_SHA384_ASN1,
        },
        SignatureScheme::ECDSA_SECP521R1_SHA512 => match key {
            KeyType::EcdsaP256 => &signature::ECDSA_P256_SHA512_ASN1,
            KeyType::EcdsaP384 => &signature::ECDSA_P384_SHA512_ASN1,
            _ => &signature::ECDSA_P521_SHA512_ASN1,
        },
        SignatureScheme::ED25519 => &signature::ED25519,
        SignatureScheme::MLDSA44 => &signature::ML_DSA_44,
        SignatureScheme::MLDSA65 => &signature::ML_DSA_65,
        SignatureScheme::MLDSA87 => &signature::ML_DSA_87,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
