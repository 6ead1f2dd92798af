//! Certificates of every key type, each with a certificate authority of the same type.

mod rsa_pss;

use std::sync::LazyLock;

use rcgen::SignatureAlgorithm;
use tests::authority::{Authority, Pem};
use tls_core::ciphersuites::KeyType;

/// A chain with its key, and the root that it leads to, in PEM.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    pub(crate) root: String,
    pub(crate) leaf: Pem,
}

/// The chain of tests that are about something else: ECDSA P-256, for localhost.
pub(crate) static LOCALHOST: LazyLock<Chain> = LazyLock::new(|| Chain::new(KeyType::EcdsaP256));

/// The same with RSA.
pub(crate) static RSA: LazyLock<Chain> = LazyLock::new(|| Chain::new(KeyType::Rsa));

/// Every type of key.
pub(crate) const KEY_TYPES: [KeyType; 9] = [
    KeyType::Rsa,
    KeyType::RsaPss,
    KeyType::EcdsaP256,
    KeyType::EcdsaP384,
    KeyType::EcdsaP521,
    KeyType::Ed25519,
    KeyType::MlDsa44,
    KeyType::MlDsa65,
    KeyType::MlDsa87,
];

impl Chain {
    /// A chain for localhost, its keys all of this type.
    pub(crate) fn new(key_type: KeyType) -> Self {
        let Some(algorithm) = rcgen_algorithm(key_type) else {
            return rsa_pss::chain();
        };
        let authority = Authority::with_algorithm(algorithm);
        Self { root: authority.root_pem(), leaf: authority.issue(&["localhost"], algorithm) }
    }
}

/// How rcgen calls it, unless it cannot make such a key.
fn rcgen_algorithm(key_type: KeyType) -> Option<&'static SignatureAlgorithm> {
    Some(match key_type {
        KeyType::Rsa => &rcgen::PKCS_RSA_SHA256,
        KeyType::RsaPss => return None,
        KeyType::EcdsaP256 => &rcgen::PKCS_ECDSA_P256_SHA256,
        KeyType::EcdsaP384 => &rcgen::PKCS_ECDSA_P384_SHA384,
        KeyType::EcdsaP521 => &rcgen::PKCS_ECDSA_P521_SHA512,
        KeyType::Ed25519 => &rcgen::PKCS_ED25519,
        KeyType::MlDsa44 => &rcgen::PKCS_ML_DSA_44,
        KeyType::MlDsa65 => &rcgen::PKCS_ML_DSA_65,
        KeyType::MlDsa87 => &rcgen::PKCS_ML_DSA_87,
    })
}
