use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaEncoding, RsaKeyPair};
use aws_lc_rs::signature::{EcdsaSigningAlgorithm, PqdsaKeyPair, PqdsaSigningAlgorithm};

use crate::key_type::KeyAlgorithm;
use crate::{CryptoError, KeyError, KeyType, PublicKey, SignatureScheme};

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
        let signer = match algorithm.key_type {
            KeyType::Rsa | KeyType::RsaPss => {
                container::check_rsa(key)?;
                Signer::Rsa(RsaKeyPair::from_der(key)?)
            }
            KeyType::EcdsaP256 => ecdsa(&signature::ECDSA_P256_SHA256_ASN1_SIGNING, key)?,
            KeyType::EcdsaP384 => ecdsa(&signature::ECDSA_P384_SHA384_ASN1_SIGNING, key)?,
            KeyType::EcdsaP521 => ecdsa(&signature::ECDSA_P521_SHA512_ASN1_SIGNING, key)?,
            KeyType::Ed25519 => Signer::Ed25519(Ed25519KeyPair::from_pkcs8_maybe_unchecked(der)?),
            KeyType::MlDsa44 => ml_dsa(&signature::ML_DSA_44_SIGNING, der)?,
            KeyType::MlDsa65 => ml_dsa(&signature::ML_DSA_65_SIGNING, der)?,
            KeyType::MlDsa87 => ml_dsa(&signature::ML_DSA_87_SIGNING, der)?,
        };
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

    /// Signs `message`; the scheme hashes it. PSS salts are as long as the hash (RFC 9846 §4.3.3).
    ///
    /// # Errors
    /// The scheme is not one of [`schemes`](Self::schemes), or signing failed.
    pub fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
        if !self.schemes().contains(&scheme) {
            return Err(CryptoError);
        }
        match &self.signer {
            Signer::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(pss_encoding(scheme)?, &SystemRandom::new(), message, &mut signature)?;
                Ok(signature)
            }
            Signer::Ecdsa(key) => Ok(key.sign(&SystemRandom::new(), message)?.as_ref().to_vec()),
            Signer::Ed25519(key) => Ok(key.try_sign(message)?.as_ref().to_vec()),
            Signer::MlDsa(key) => {
                let mut signature = vec![0; key.algorithm().signature_len()];
                let len = key.sign(message, &mut signature)?;
                signature.truncate(len);
                Ok(signature)
            }
        }
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

fn ecdsa(algorithm: &'static EcdsaSigningAlgorithm, sec1: &[u8]) -> Result<Signer, KeyError> {
    Ok(Signer::Ecdsa(EcdsaKeyPair::from_private_key_der(algorithm, sec1)?))
}

fn ml_dsa(algorithm: &'static PqdsaSigningAlgorithm, pkcs8: &[u8]) -> Result<Signer, KeyError> {
    Ok(Signer::MlDsa(PqdsaKeyPair::from_pkcs8(algorithm, pkcs8)?))
}

fn pss_encoding(scheme: SignatureScheme) -> Result<&'static dyn RsaEncoding, CryptoError> {
    match scheme {
        SignatureScheme::RSA_PSS_RSAE_SHA256 | SignatureScheme::RSA_PSS_PSS_SHA256 => {
            Ok(&signature::RSA_PSS_SHA256)
        }
        SignatureScheme::RSA_PSS_RSAE_SHA384 | SignatureScheme::RSA_PSS_PSS_SHA384 => {
            Ok(&signature::RSA_PSS_SHA384)
        }
        SignatureScheme::RSA_PSS_RSAE_SHA512 | SignatureScheme::RSA_PSS_PSS_SHA512 => {
            Ok(&signature::RSA_PSS_SHA512)
        }
        _ => Err(CryptoError),
    }
}

/// By now the container has been read, so what the library still refuses is in the numbers.
impl From<aws_lc_rs::error::KeyRejected> for KeyError {
    fn from(_: aws_lc_rs::error::KeyRejected) -> Self {
        Self::Inconsistent
    }
}

#[cfg(test)]
mod tests;
