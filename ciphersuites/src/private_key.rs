use std::fmt;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::error::{KeyRejected, Unspecified};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    self, EcdsaKeyPair, Ed25519KeyPair, KeyPair, PqdsaKeyPair, RsaEncoding, RsaKeyPair,
};

use crate::ecdsa12::{foreign_digest, is_foreign};
use crate::fips::indicator;
use crate::key_type::KeyAlgorithm;
use crate::{CryptoError, KeyError, KeyType, PublicKey, SignatureScheme, faults, ffi};

mod container;
mod pem;

use container::Container;

/// A private key that signs handshakes.
pub struct PrivateKey {
    algorithm: &'static KeyAlgorithm,
    signer: Signer,
    public: PublicKey,
    spki: Vec<u8>,
}

enum Signer {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    MlDsa(PqdsaKeyPair),
}

impl PrivateKey {
    /// Reads the first private key of a PEM file: PKCS#8, or the older RSA and EC forms. Other blocks are passed over.
    ///
    /// # Errors
    /// What is wrong with the file, one [`KeyError`] each.
    pub fn from_pem(pem: &[u8]) -> Result<Self, KeyError> {
        Self::from_der(&pem::private_key(pem)?)
    }

    /// Reads a DER private key: PKCS#8 (RFC 5958), SEC1 (RFC 5915) or PKCS#1 (RFC 8017 §A.1.2), whichever it is.
    ///
    /// RSA keys need 2048 to 8192 bits. ML-DSA keys may hold the seed, the expanded key, or both (RFC 9881 §6).
    ///
    /// # Errors
    /// What is wrong with the key, one [`KeyError`] each.
    pub fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        let Container { algorithm, key } = Container::read(der)?;
        if matches!(algorithm.key_type, KeyType::Rsa | KeyType::RsaPss) {
            container::check_rsa(key)?;
        }
        // The container has been read, so what the library still refuses is in the numbers.
        let signer = Signer::new(algorithm.key_type, key, der).map_err(|_| KeyError::Inconsistent)?;
        if let Signer::MlDsa(pair) = &signer {
            container::check_ml_dsa(pair, key)?;
        }
        let public = PublicKey::new(algorithm, signer.public_key())?;
        let spki = public.to_spki();
        Ok(Self { algorithm, signer, public, spki })
    }

    /// The kind of key.
    pub fn key_type(&self) -> KeyType {
        self.algorithm.key_type
    }

    /// The schemes this key may sign TLS 1.3 handshakes with, best first.
    pub fn schemes(&self) -> &'static [SignatureScheme] {
        self.algorithm.schemes
    }

    /// The schemes this key may sign TLS 1.2 handshakes with, best first. Those with SHA-1 and SHA-224 come last, for
    /// policies that name them.
    pub fn tls12_schemes(&self) -> &'static [SignatureScheme] {
        self.algorithm.schemes12
    }

    /// Signs `message`; the scheme hashes it. PSS salts are as long as the hash (RFC 9846 §4.3.3).
    ///
    /// # Errors
    /// The scheme is none of [`schemes`](Self::schemes) and [`tls12_schemes`](Self::tls12_schemes), or signing failed.
    pub fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
        if !self.schemes().contains(&scheme) && !self.tls12_schemes().contains(&scheme) {
            return Err(CryptoError);
        }
        faults::call("signature generation")?;
        let call = indicator::begin("signature generation", scheme.name().unwrap_or_default());
        let signature = self.signer.sign(self.key_type(), scheme, message).map_err(|_| CryptoError)?;
        match is_foreign(self.key_type(), scheme) {
            true => call.end_outside(),
            false => call.end(),
        }
        Ok(signature)
    }

    /// The public key as a DER SubjectPublicKeyInfo, as a certificate for this key has it.
    pub fn public_key_der(&self) -> &[u8] {
        &self.spki
    }

    /// Whether `public`, a certificate's key, is this key's public half and of the same kind.
    pub fn matches(&self, public: &PublicKey) -> bool {
        self.public.is_same_key(public)
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey").field("key_type", &self.key_type()).finish_non_exhaustive()
    }
}

impl Signer {
    /// RSA and EC keys are read from `key`, which the container `der` holds; the others have one container only.
    fn new(key_type: KeyType, key: &[u8], der: &[u8]) -> Result<Self, KeyRejected> {
        let ecdsa = |algorithm| EcdsaKeyPair::from_private_key_der(algorithm, key).map(Self::Ecdsa);
        let ml_dsa = |algorithm| PqdsaKeyPair::from_pkcs8(algorithm, der).map(Self::MlDsa);
        match key_type {
            KeyType::Rsa | KeyType::RsaPss => RsaKeyPair::from_der(key).map(Self::Rsa),
            KeyType::EcdsaP256 => ecdsa(&signature::ECDSA_P256_SHA256_ASN1_SIGNING),
            KeyType::EcdsaP384 => ecdsa(&signature::ECDSA_P384_SHA384_ASN1_SIGNING),
            KeyType::EcdsaP521 => ecdsa(&signature::ECDSA_P521_SHA512_ASN1_SIGNING),
            KeyType::Ed25519 => Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map(Self::Ed25519),
            KeyType::MlDsa44 => ml_dsa(&signature::ML_DSA_44_SIGNING),
            KeyType::MlDsa65 => ml_dsa(&signature::ML_DSA_65_SIGNING),
            KeyType::MlDsa87 => ml_dsa(&signature::ML_DSA_87_SIGNING),
        }
    }

    fn sign(
        &self,
        key_type: KeyType,
        scheme: SignatureScheme,
        message: &[u8],
    ) -> Result<Vec<u8>, Unspecified> {
        match self {
            Self::Rsa(key) => match rsa_encoding(scheme) {
                Some(encoding) => {
                    let mut signature = vec![0; key.public_modulus_len()];
                    key.sign(encoding, &SystemRandom::new(), message, &mut signature)?;
                    Ok(signature)
                }
                None => sign_by_old_hash(key, scheme, message),
            },
            Self::Ecdsa(key) => {
                let signature = match foreign_digest(key_type, scheme, message) {
                    Some(digest) => key.sign_digest(&digest)?,
                    None => key.sign(&SystemRandom::new(), message)?,
                };
                Ok(signature.as_ref().to_vec())
            }
            Self::Ed25519(key) => Ok(key.try_sign(message)?.as_ref().to_vec()),
            Self::MlDsa(key) => {
                let mut signature = vec![0; key.algorithm().signature_len()];
                let len = key.sign(message, &mut signature)?;
                signature.truncate(len);
                Ok(signature)
            }
        }
    }

    /// What goes into the BIT STRING of a SubjectPublicKeyInfo.
    fn public_key(&self) -> &[u8] {
        match self {
            Self::Rsa(key) => key.public_key().as_ref(),
            Self::Ecdsa(key) => key.public_key().as_ref(),
            Self::Ed25519(key) => key.public_key().as_ref(),
            Self::MlDsa(key) => key.public_key().as_ref(),
        }
    }
}

/// `None` for PKCS#1 with SHA-1 and SHA-224, which the library's safe interface does not sign by.
fn rsa_encoding(scheme: SignatureScheme) -> Option<&'static dyn RsaEncoding> {
    Some(match scheme {
        SignatureScheme::RSA_PSS_RSAE_SHA256 | SignatureScheme::RSA_PSS_PSS_SHA256 => {
            &signature::RSA_PSS_SHA256
        }
        SignatureScheme::RSA_PSS_RSAE_SHA384 | SignatureScheme::RSA_PSS_PSS_SHA384 => {
            &signature::RSA_PSS_SHA384
        }
        SignatureScheme::RSA_PSS_RSAE_SHA512 | SignatureScheme::RSA_PSS_PSS_SHA512 => {
            &signature::RSA_PSS_SHA512
        }
        SignatureScheme::RSA_PKCS1_SHA256 => &signature::RSA_PKCS1_SHA256,
        SignatureScheme::RSA_PKCS1_SHA384 => &signature::RSA_PKCS1_SHA384,
        SignatureScheme::RSA_PKCS1_SHA512 => &signature::RSA_PKCS1_SHA512,
        _ => return None,
    })
}

/// The key is copied for the time of the signature: the safe interface does not lend it.
fn sign_by_old_hash(
    key: &RsaKeyPair,
    scheme: SignatureScheme,
    message: &[u8],
) -> Result<Vec<u8>, Unspecified> {
    let hash = scheme.hash().ok_or(Unspecified)?;
    let signature =
        ffi::SignatureKey::from_pkcs8(key.as_der()?.as_ref()).and_then(|key| key.sign(hash, message));
    signature.map_err(|_| Unspecified)
}

#[cfg(test)]
pub(crate) mod tests;
