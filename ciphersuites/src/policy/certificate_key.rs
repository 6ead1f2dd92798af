use std::fmt;

use crate::{KeyType, PublicKey};

/// A kind of key that a policy permits in certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CertificateKey {
    /// The kind.
    pub key_type: KeyType,
    /// The only size in bits that is permitted; `None` for any, and where the kind has but one.
    pub bits: Option<usize>,
}

impl CertificateKey {
    /// A kind of key with one size, or RSA of any size.
    pub const fn of(key_type: KeyType) -> Self {
        Self { key_type, bits: None }
    }

    /// RSA keys of this size.
    pub const fn rsa(key_type: KeyType, bits: usize) -> Self {
        Self { key_type, bits: Some(bits) }
    }

    /// The one that is written so, in any case of letters.
    pub fn by_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let kind = |name: &str| KeyType::ALL.into_iter().find(|key_type| kind_name(*key_type) == name);
        if let Some(key_type) = kind(&name) {
            return Some(Self::of(key_type));
        }
        let (name, bits) = name.rsplit_once('_')?;
        let key_type = kind(name).filter(|key_type| matches!(key_type, KeyType::Rsa | KeyType::RsaPss))?;
        bits.parse().ok().map(|bits| Self::rsa(key_type, bits))
    }

    /// Whether `key` is of this kind and size.
    pub fn permits(&self, key: &PublicKey) -> bool {
        self.key_type == key.key_type() && self.bits.is_none_or(|bits| bits == key.bits())
    }
}

/// As s2n-tls writes it: `ecdsa_p384`, `rsa_pss_3072`, `mldsa_87`.
impl fmt::Display for CertificateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(kind_name(self.key_type))?;
        self.bits.map_or(Ok(()), |bits| write!(f, "_{bits}"))
    }
}

pub(super) const fn kind_name(key_type: KeyType) -> &'static str {
    match key_type {
        KeyType::Rsa => "rsa",
        KeyType::RsaPss => "rsa_pss",
        KeyType::EcdsaP256 => "ecdsa_p256",
        KeyType::EcdsaP384 => "ecdsa_p384",
        KeyType::EcdsaP521 => "ecdsa_p521",
        KeyType::Ed25519 => "ed25519",
        KeyType::MlDsa44 => "mldsa_44",
        KeyType::MlDsa65 => "mldsa_65",
        KeyType::MlDsa87 => "mldsa_87",
    }
}
