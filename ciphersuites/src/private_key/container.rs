//! The three containers of a private key, told apart by their second value.

use aws_lc_rs::encoding::AsRawBytes;
use aws_lc_rs::signature::PqdsaKeyPair;

use crate::der::{BIT_STRING, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, Reader, SEQUENCE};
use crate::key_type::KeyAlgorithm;
use crate::public_key::{bit_length, check_rsa_size};
use crate::{KeyError, constant_time_eq};

/// The tag of ECPrivateKey's parameters, the curve.
const SEC1_PARAMETERS: u8 = 0xa0;

/// rsaEncryption with its NULL parameters, what a PKCS#1 key is.
const RSA_ENCRYPTION: pki_types::AlgorithmIdentifier = pki_types::alg_id::RSA_ENCRYPTION;

/// A key out of its container.
pub(super) struct Container<'a> {
    pub(super) algorithm: &'static KeyAlgorithm,
    /// The RSAPrivateKey, the ECPrivateKey, or PKCS#8's private key field for the other algorithms.
    pub(super) key: &'a [u8],
}

impl<'a> Container<'a> {
    pub(super) fn read(der: &'a [u8]) -> Result<Self, KeyError> {
        let mut reader = Reader::sequence(der).ok_or(KeyError::MalformedDer)?;
        if reader.peek() == Some(SEQUENCE) {
            return Err(not_a_key(reader));
        }
        reader.read(INTEGER).ok_or(KeyError::MalformedDer)?;
        match reader.peek() {
            Some(SEQUENCE) => Self::pkcs8(reader),
            Some(OCTET_STRING) => Ok(Self { algorithm: sec1_algorithm(reader)?, key: der }),
            Some(INTEGER) => Ok(Self { algorithm: KeyAlgorithm::find(RSA_ENCRYPTION.as_ref())?, key: der }),
            _ => Err(KeyError::MalformedDer),
        }
    }

    /// PrivateKeyInfo after its version. Attributes and the public key that may follow are of no interest.
    fn pkcs8(mut reader: Reader<'a>) -> Result<Self, KeyError> {
        let algorithm = KeyAlgorithm::find(reader.read(SEQUENCE).ok_or(KeyError::MalformedDer)?)?;
        Ok(Self { algorithm, key: reader.read(OCTET_STRING).ok_or(KeyError::MalformedDer)? })
    }
}

/// The algorithm of an ECPrivateKey after its version, by the curve it names or else by the scalar's length.
fn sec1_algorithm(mut reader: Reader<'_>) -> Result<&'static KeyAlgorithm, KeyError> {
    let scalar = reader.read(OCTET_STRING).ok_or(KeyError::MalformedDer)?;
    if let Some(parameters) = reader.read(SEC1_PARAMETERS) {
        let curve = Reader::new(parameters).read(OBJECT_IDENTIFIER).ok_or(KeyError::MalformedDer)?;
        return KeyAlgorithm::find_curve(curve);
    }
    let id = match scalar.len() {
        32 => pki_types::alg_id::ECDSA_P256,
        48 => pki_types::alg_id::ECDSA_P384,
        66 => pki_types::alg_id::ECDSA_P521,
        _ => return Err(KeyError::MalformedDer),
    };
    KeyAlgorithm::find(id.as_ref())
}

/// What a structure that begins with a SEQUENCE is, none of which is a private key in the clear.
fn not_a_key(mut reader: Reader<'_>) -> KeyError {
    // Its first value goes unread only if it is cut short.
    if reader.read(SEQUENCE).is_none() {
        return KeyError::MalformedDer;
    }
    match reader.peek() {
        Some(OCTET_STRING) => KeyError::Encrypted,
        Some(SEQUENCE) => KeyError::CertificateNotKey,
        Some(BIT_STRING) => KeyError::UnexpectedPemBlock("PUBLIC KEY".to_owned()),
        _ => KeyError::MalformedDer,
    }
}

/// Checks the size of an RSAPrivateKey before the library refuses it without saying why.
pub(super) fn check_rsa(key: &[u8]) -> Result<(), KeyError> {
    let mut reader = Reader::sequence(key).ok_or(KeyError::MalformedDer)?;
    reader.read(INTEGER).ok_or(KeyError::MalformedDer)?;
    let modulus = reader.read_unsigned().ok_or(KeyError::MalformedDer)?;
    check_rsa_size(bit_length(modulus)).map(drop)
}

/// Refuses ML-DSA's form with both a seed and an expanded key where the two disagree (RFC 9881 §6). Not all versions of
/// the library do.
pub(super) fn check_ml_dsa(pair: &PqdsaKeyPair, key: &[u8]) -> Result<(), KeyError> {
    let Some(mut both) = Reader::sequence(key) else { return Ok(()) };
    let (seed, expanded) = (both.read(OCTET_STRING), both.read(OCTET_STRING));
    let (seed, expanded) = seed.zip(expanded).ok_or(KeyError::MalformedDer)?;
    let from_seed = PqdsaKeyPair::from_seed(pair.algorithm(), seed).map_err(|_| KeyError::Inconsistent)?;
    let from_seed = from_seed.private_key().as_raw_bytes().map_err(|_| KeyError::Inconsistent)?;
    if constant_time_eq(from_seed.as_ref(), expanded) { Ok(()) } else { Err(KeyError::Inconsistent) }
}
