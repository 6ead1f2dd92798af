use aws_lc_rs::digest::{self, Algorithm};

use crate::SignatureScheme;

/// The hash that a signature scheme applies to its message before it signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureHash {
    /// SHA-1, 20 bytes: for TLS 1.2 policies that name it.
    Sha1,
    /// SHA-224, 28 bytes: for TLS 1.2 policies that name it.
    Sha224,
    /// SHA-256, 32 bytes.
    Sha256,
    /// SHA-384, 48 bytes.
    Sha384,
    /// SHA-512, 64 bytes.
    Sha512,
}

impl SignatureHash {
    /// Hashes `message`.
    pub fn digest(self, message: &[u8]) -> Vec<u8> {
        digest::digest(self.algorithm(), message).as_ref().to_vec()
    }

    pub(crate) fn algorithm(self) -> &'static Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha224 => &digest::SHA224,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        }
    }
}

impl SignatureScheme {
    /// The hash that is signed in place of the message: `None` for Ed25519 and ML-DSA, which sign the message itself,
    /// and for schemes that are not implemented.
    pub fn hash(self) -> Option<SignatureHash> {
        match self {
            Self::RSA_PKCS1_SHA1 | Self::ECDSA_SHA1 => Some(SignatureHash::Sha1),
            Self::RSA_PKCS1_SHA224 | Self::ECDSA_SHA224 => Some(SignatureHash::Sha224),
            Self::RSA_PKCS1_SHA256
            | Self::ECDSA_SECP256R1_SHA256
            | Self::RSA_PSS_RSAE_SHA256
            | Self::RSA_PSS_PSS_SHA256 => Some(SignatureHash::Sha256),
            Self::RSA_PKCS1_SHA384
            | Self::ECDSA_SECP384R1_SHA384
            | Self::RSA_PSS_RSAE_SHA384
            | Self::RSA_PSS_PSS_SHA384 => Some(SignatureHash::Sha384),
            Self::RSA_PKCS1_SHA512
            | Self::ECDSA_SECP521R1_SHA512
            | Self::RSA_PSS_RSAE_SHA512
            | Self::RSA_PSS_PSS_SHA512 => Some(SignatureHash::Sha512),
            _ => None,
        }
    }
}
