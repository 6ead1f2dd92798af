//! The peer's certificate, and the key that it signs with.

use pki_types::pem::PemObject;
use pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use tests::authority::Authority;

/// A chain, and an ECDSA P-256 key.
pub(super) struct Credentials {
    chain: Vec<Vec<u8>>,
    key: EcdsaKeyPair,
}

/// With its length in front, as three bytes.
fn vec24(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[1..], bytes].concat()
}

/// With its length in front, as two bytes.
pub(super) fn vec16(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

impl Credentials {
    pub(super) fn new(authority: &Authority) -> Self {
        let pem = authority.localhost();
        let key = PrivatePkcs8KeyDer::from_pem_slice(pem.key.as_bytes()).unwrap();
        let (algorithm, random) = (&ECDSA_P256_SHA256_ASN1_SIGNING, SystemRandom::new());
        Self {
            chain: CertificateDer::pem_slice_iter(pem.chain.as_bytes())
                .map(|der| der.unwrap().to_vec())
                .collect(),
            key: EcdsaKeyPair::from_pkcs8(algorithm, key.secret_pkcs8_der(), &random).unwrap(),
        }
    }

    /// The scheme ecdsa_secp256r1_sha256 and a signature.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature = self.key.sign(&SystemRandom::new(), message).unwrap();
        [&[4, 3], vec16(signature.as_ref()).as_slice()].concat()
    }

    /// The body of TLS 1.3's Certificate.
    pub(super) fn certificate13(&self) -> Vec<u8> {
        let entries: Vec<u8> =
            self.chain.iter().flat_map(|der| [vec24(der).as_slice(), &[0, 0]].concat()).collect();
        [&[0], vec24(&entries).as_slice()].concat()
    }

    /// The body of TLS 1.2's Certificate.
    pub(super) fn certificate12(&self) -> Vec<u8> {
        vec24(&self.chain.iter().flat_map(|der| vec24(der)).collect::<Vec<u8>>())
    }
}
