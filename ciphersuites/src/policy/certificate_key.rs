use std::fmt;

use crate::{KeyType, PublicKey};

/// A kind of key that a policy permits in certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CertificateKey {
    /// The kind.
    pub key_type: KeyType,
    /// The only size in bits that is permitted; `None` where the kind has but one.
    pub bits: Option<usize>,
}

impl CertificateKey {
    /// A kind of key with one size.
    pub const fn of(key_type: KeyType) -> Self {
        Self { key_type, bits: None }
    }

    /// RSA keys of this size.
    pub const fn rsa(key_type: KeyType, bits: usize) -> Self {
        Self { key_type, bits: Some(bits) }
    }

    /// Whether `key` is of this kind and size.
    pub fn permits(&self, key: &PublicKey) -> bool {
        self.key_type == key.key_type() && self.bits.is_none_or(|bits| bits == key.bits())
    }
}

/// As s2n-tls writes it: `ecdsa_p384`, `rsa_pss_3072`, `mldsa_87`.
impl fmt::Display for CertificateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.key_type {
            KeyType::Rsa => "rsa",
            KeyType::RsaPss => "rsa_pss",
            KeyType::EcdsaP256 => "ecdsa_p256",
            KeyType::EcdsaP384 => "ecdsa_p384",
            KeyType::EcdsaP521 => "ecdsa_p521",
            KeyType::Ed25519 => "ed25519",
            KeyType::MlDsa44 => "mldsa_44",
            KeyType::MlDsa65 => "mldsa_65",
            KeyType::MlDsa87 => "mldsa_87",
        })?;
        self.bits.map_or(Ok(()), |bits| write!(f, "_{bits}"))
    }
}
