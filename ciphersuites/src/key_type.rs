use std::fmt;

use pki_types::{AlgorithmIdentifier, alg_id};

use crate::der::{OBJECT_IDENTIFIER, Reader, dotted};
use crate::{Authentication, KeyError, SignatureScheme};

/// The kinds of signature key, as told apart by a SubjectPublicKeyInfo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// RSA under rsaEncryption.
    Rsa,
    /// RSA under id-RSASSA-PSS.
    RsaPss,
    /// ECDSA on secp256r1.
    EcdsaP256,
    /// ECDSA on secp384r1.
    EcdsaP384,
    /// ECDSA on secp521r1.
    EcdsaP521,
    /// Ed25519.
    Ed25519,
    /// ML-DSA-44.
    MlDsa44,
    /// ML-DSA-65.
    MlDsa65,
    /// ML-DSA-87.
    MlDsa87,
}

impl KeyType {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Rsa,
        Self::RsaPss,
        Self::EcdsaP256,
        Self::EcdsaP384,
        Self::EcdsaP521,
        Self::Ed25519,
        Self::MlDsa44,
        Self::MlDsa65,
        Self::MlDsa87,
    ];

    /// The schemes a key of this type may sign TLS 1.3 handshakes with, best first (RFC 9846 §4.3.3).
    //= 9846:4.3.3 pss-rsae-oid
    //= 9846:4.3.3 pss-pss-oid
    //= 9846:4.5.2 no-sha1
    //= 9846:9.1 signatures
    pub const fn schemes13(self) -> &'static [SignatureScheme] {
        match self {
            Self::Rsa => &[
                SignatureScheme::RSA_PSS_RSAE_SHA256,
                SignatureScheme::RSA_PSS_RSAE_SHA384,
                SignatureScheme::RSA_PSS_RSAE_SHA512,
            ],
            Self::RsaPss => &[
                SignatureScheme::RSA_PSS_PSS_SHA256,
                SignatureScheme::RSA_PSS_PSS_SHA384,
                SignatureScheme::RSA_PSS_PSS_SHA512,
            ],
            Self::EcdsaP256 => &[SignatureScheme::ECDSA_SECP256R1_SHA256],
            Self::EcdsaP384 => &[SignatureScheme::ECDSA_SECP384R1_SHA384],
            Self::EcdsaP521 => &[SignatureScheme::ECDSA_SECP521R1_SHA512],
            Self::Ed25519 => &[SignatureScheme::ED25519],
            Self::MlDsa44 => &[SignatureScheme::MLDSA44],
            Self::MlDsa65 => &[SignatureScheme::MLDSA65],
            Self::MlDsa87 => &[SignatureScheme::MLDSA87],
        }
    }

    /// The schemes a key of this type may sign TLS 1.2 handshakes with, best first: ECDSA takes any hash (RFC 8422
    /// §5.1.1), RSA either padding (RFC 9846 §4.3.3), and ML-DSA is not for TLS 1.2. SHA-1 and SHA-224 are there for
    /// policies that name them and for no others.
    //= 9846:4.3.3 tls12-pss
    pub const fn schemes12(self) -> &'static [SignatureScheme] {
        match self {
            Self::Rsa => &[
                SignatureScheme::RSA_PSS_RSAE_SHA256,
                SignatureScheme::RSA_PSS_RSAE_SHA384,
                SignatureScheme::RSA_PSS_RSAE_SHA512,
                SignatureScheme::RSA_PKCS1_SHA256,
                SignatureScheme::RSA_PKCS1_SHA384,
                SignatureScheme::RSA_PKCS1_SHA512,
                SignatureScheme::RSA_PKCS1_SHA224,
                SignatureScheme::RSA_PKCS1_SHA1,
            ],
            Self::EcdsaP256 => &[
                SignatureScheme::ECDSA_SECP256R1_SHA256,
                SignatureScheme::ECDSA_SECP384R1_SHA384,
                SignatureScheme::ECDSA_SECP521R1_SHA512,
                SignatureScheme::ECDSA_SHA224,
                SignatureScheme::ECDSA_SHA1,
            ],
            Self::EcdsaP384 => &[
                SignatureScheme::ECDSA_SECP384R1_SHA384,
                SignatureScheme::ECDSA_SECP521R1_SHA512,
                SignatureScheme::ECDSA_SECP256R1_SHA256,
                SignatureScheme::ECDSA_SHA224,
                SignatureScheme::ECDSA_SHA1,
            ],
            Self::EcdsaP521 => &[
                SignatureScheme::ECDSA_SECP521R1_SHA512,
                SignatureScheme::ECDSA_SECP384R1_SHA384,
                SignatureScheme::ECDSA_SECP256R1_SHA256,
                SignatureScheme::ECDSA_SHA224,
                SignatureScheme::ECDSA_SHA1,
            ],
            Self::RsaPss | Self::Ed25519 => self.schemes13(),
            Self::MlDsa44 | Self::MlDsa65 | Self::MlDsa87 => &[],
        }
    }

    /// The TLS 1.2 suites that a server with such a key can serve, or `None` for ML-DSA, which none is for.
    pub const fn authentication(self) -> Option<Authentication> {
        match self {
            Self::Rsa | Self::RsaPss => Some(Authentication::Rsa),
            Self::EcdsaP256 | Self::EcdsaP384 | Self::EcdsaP521 | Self::Ed25519 => {
                Some(Authentication::Ecdsa)
            }
            Self::MlDsa44 | Self::MlDsa65 | Self::MlDsa87 => None,
        }
    }
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Rsa => "RSA",
            Self::RsaPss => "RSA-PSS",
            Self::EcdsaP256 => "ECDSA P-256",
            Self::EcdsaP384 => "ECDSA P-384",
            Self::EcdsaP521 => "ECDSA P-521",
            Self::Ed25519 => "Ed25519",
            Self::MlDsa44 => "ML-DSA-44",
            Self::MlDsa65 => "ML-DSA-65",
            Self::MlDsa87 => "ML-DSA-87",
        })
    }
}

/// One AlgorithmIdentifier of a key and what it means here.
#[derive(Debug)]
pub(crate) struct KeyAlgorithm {
    /// The contents of the AlgorithmIdentifier, object identifier and parameters.
    pub(crate) id: AlgorithmIdentifier,
    pub(crate) key_type: KeyType,
    /// TLS 1.3's schemes of the type that the parameters leave.
    pub(crate) schemes: &'static [SignatureScheme],
    /// The same of TLS 1.2.
    pub(crate) schemes12: &'static [SignatureScheme],
}

impl KeyAlgorithm {
    const fn new(id: AlgorithmIdentifier, key_type: KeyType) -> Self {
        Self { id, key_type, schemes: key_type.schemes13(), schemes12: key_type.schemes12() }
    }

    /// An id-RSASSA-PSS key whose parameters bind it to one hash (RFC 4055 §1.2).
    const fn pss(id: AlgorithmIdentifier, schemes: &'static [SignatureScheme]) -> Self {
        Self { id, key_type: KeyType::RsaPss, schemes, schemes12: schemes }
    }

    /// Finds the contents of an AlgorithmIdentifier among those supported.
    pub(crate) fn find(contents: &[u8]) -> Result<&'static Self, KeyError> {
        if let Some(known) = KEY_ALGORITHMS.iter().find(|known| known.id.as_ref() == contents) {
            return Ok(known);
        }
        let mut reader = Reader::new(contents);
        let oid = reader.read(OBJECT_IDENTIFIER).ok_or(KeyError::MalformedDer)?;
        if RSA_PSS_OID.ends_with(oid) && !oid.is_empty() {
            return Err(KeyError::UnsupportedPssParameters);
        }
        // For an elliptic curve key the parameter, the curve, says more than the algorithm.
        Err(KeyError::UnsupportedAlgorithm(dotted(reader.read(OBJECT_IDENTIFIER).unwrap_or(oid))))
    }

    /// The algorithm of keys of this type, without parameters that narrow it.
    pub(crate) fn of_type(key_type: KeyType) -> Result<&'static Self, KeyError> {
        KEY_ALGORITHMS.iter().find(|known| known.key_type == key_type).ok_or(KeyError::Inconsistent)
    }

    /// The algorithm of an elliptic curve key by the contents of its curve's object identifier.
    pub(crate) fn find_curve(curve: &[u8]) -> Result<&'static Self, KeyError> {
        KEY_ALGORITHMS
            .iter()
            .filter(|known| {
                matches!(known.key_type, KeyType::EcdsaP256 | KeyType::EcdsaP384 | KeyType::EcdsaP521)
            })
            .find(|known| known.id.as_ref().ends_with(curve))
            .ok_or_else(|| KeyError::UnsupportedAlgorithm(dotted(curve)))
    }
}

/// id-RSASSA-PSS without parameters, tag and length included (RFC 4055 §1.2).
const RSA_PSS_OID: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];

/// id-RSASSA-PSS without parameters: a key for any hash.
pub(crate) const RSA_PSS_ANY: AlgorithmIdentifier = AlgorithmIdentifier::from_slice(RSA_PSS_OID);

static KEY_ALGORITHMS: [KeyAlgorithm; 12] = [
    KeyAlgorithm::new(alg_id::ECDSA_P256, KeyType::EcdsaP256),
    KeyAlgorithm::new(alg_id::ECDSA_P384, KeyType::EcdsaP384),
    KeyAlgorithm::new(alg_id::ECDSA_P521, KeyType::EcdsaP521),
    KeyAlgorithm::new(alg_id::RSA_ENCRYPTION, KeyType::Rsa),
    KeyAlgorithm::new(alg_id::ED25519, KeyType::Ed25519),
    KeyAlgorithm::new(alg_id::ML_DSA_44, KeyType::MlDsa44),
    KeyAlgorithm::new(alg_id::ML_DSA_65, KeyType::MlDsa65),
    KeyAlgorithm::new(alg_id::ML_DSA_87, KeyType::MlDsa87),
    KeyAlgorithm::new(RSA_PSS_ANY, KeyType::RsaPss),
    KeyAlgorithm::pss(alg_id::RSA_PSS_SHA256, &[SignatureScheme::RSA_PSS_PSS_SHA256]),
    KeyAlgorithm::pss(alg_id::RSA_PSS_SHA384, &[SignatureScheme::RSA_PSS_PSS_SHA384]),
    KeyAlgorithm::pss(alg_id::RSA_PSS_SHA512, &[SignatureScheme::RSA_PSS_PSS_SHA512]),
];
