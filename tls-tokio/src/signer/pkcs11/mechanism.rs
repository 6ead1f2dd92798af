//! How TLS's signature schemes are done by PKCS#11's mechanisms.

use cryptoki::mechanism::dsa::{HedgeType, SignAdditionalContext};
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::types::Ulong;
use tls_core::ciphersuites::{KeyType, SignatureHash, SignatureScheme, ecdsa_signature};

/// How a token signs by one scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Method {
    pub(super) scheme: SignatureScheme,
    way: Way,
}

/// A mechanism, and who hashes: the mechanisms that end in `Digest` are given the hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    EcdsaDigest(SignatureHash),
    Ecdsa(SignatureHash),
    Ed25519,
    MlDsa,
    Pkcs1Digest(SignatureHash),
    Pkcs1(SignatureHash),
    PssDigest(SignatureHash),
    Pss(SignatureHash),
}

impl Method {
    /// The methods by which a key of this type can sign for TLS in a token that has these mechanisms.
    pub(super) fn all(key_type: KeyType, known: &[MechanismType]) -> Vec<Self> {
        let mut schemes = key_type.schemes13().to_vec();
        schemes.extend(key_type.schemes12().iter().filter(|scheme| !key_type.schemes13().contains(scheme)));
        schemes.into_iter().filter_map(|scheme| Self::find(key_type, scheme, known)).collect()
    }

    /// The first of the ways to do the scheme that the token knows. Those that hash here come first: they send the
    /// token less, and more tokens have them.
    fn find(key_type: KeyType, scheme: SignatureScheme, known: &[MechanismType]) -> Option<Self> {
        let ways = match (key_type, scheme.hash()) {
            (KeyType::Rsa | KeyType::RsaPss, Some(hash)) => match scheme {
                SignatureScheme::RSA_PKCS1_SHA1
                | SignatureScheme::RSA_PKCS1_SHA224
                | SignatureScheme::RSA_PKCS1_SHA256
                | SignatureScheme::RSA_PKCS1_SHA384
                | SignatureScheme::RSA_PKCS1_SHA512 => [Way::Pkcs1Digest(hash), Way::Pkcs1(hash)],
                _ => [Way::PssDigest(hash), Way::Pss(hash)],
            },
            (KeyType::EcdsaP256 | KeyType::EcdsaP384 | KeyType::EcdsaP521, Some(hash)) => {
                [Way::EcdsaDigest(hash), Way::Ecdsa(hash)]
            }
            (KeyType::Ed25519, None) => [Way::Ed25519; 2],
            (KeyType::MlDsa44 | KeyType::MlDsa65 | KeyType::MlDsa87, None) => [Way::MlDsa; 2],
            _ => return None,
        };
        let is_known =
            |way: &Way| way.mechanism().is_some_and(|mechanism| known.contains(&mechanism.mechanism_type()));
        ways.into_iter().find(is_known).map(|way| Self { scheme, way })
    }

    pub(super) fn mechanism(&self) -> Option<Mechanism<'static>> {
        self.way.mechanism()
    }

    /// What the token is given to sign, for this message.
    pub(super) fn input(&self, message: &[u8]) -> Vec<u8> {
        match self.way {
            Way::EcdsaDigest(hash) | Way::PssDigest(hash) => hash.digest(message),
            Way::Pkcs1Digest(hash) => [digest_info(hash), &hash.digest(message)].concat(),
            _ => message.to_vec(),
        }
    }

    /// The signature as TLS has it, of what the token gave. `None` where it gave no signature.
    pub(super) fn output(&self, signature: Vec<u8>) -> Option<Vec<u8>> {
        match self.way {
            Way::EcdsaDigest(_) | Way::Ecdsa(_) => ecdsa_signature(&signature),
            _ => Some(signature).filter(|signature| !signature.is_empty()),
        }
    }
}

impl Way {
    /// `None` where there is no mechanism with the hash.
    fn mechanism(self) -> Option<Mechanism<'static>> {
        use SignatureHash::{Sha1, Sha224, Sha256, Sha384, Sha512};

        Some(match self {
            Self::EcdsaDigest(_) => Mechanism::Ecdsa,
            Self::Ecdsa(Sha1) => Mechanism::EcdsaSha1,
            Self::Ecdsa(Sha224) => Mechanism::EcdsaSha224,
            Self::Ecdsa(Sha256) => Mechanism::EcdsaSha256,
            Self::Ecdsa(Sha384) => Mechanism::EcdsaSha384,
            Self::Ecdsa(Sha512) => Mechanism::EcdsaSha512,
            Self::Ed25519 => Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Pure)),
            Self::MlDsa => Mechanism::MlDsa(SignAdditionalContext::new(HedgeType::Preferred, None)),
            Self::Pkcs1Digest(_) => Mechanism::RsaPkcs,
            Self::Pkcs1(Sha1) => Mechanism::Sha1RsaPkcs,
            Self::Pkcs1(Sha224) => Mechanism::Sha224RsaPkcs,
            Self::Pkcs1(Sha256) => Mechanism::Sha256RsaPkcs,
            Self::Pkcs1(Sha384) => Mechanism::Sha384RsaPkcs,
            Self::Pkcs1(Sha512) => Mechanism::Sha512RsaPkcs,
            Self::PssDigest(hash) => Mechanism::RsaPkcsPss(pss(hash)?),
            Self::Pss(hash @ Sha256) => Mechanism::Sha256RsaPkcsPss(pss(hash)?),
            Self::Pss(hash @ Sha384) => Mechanism::Sha384RsaPkcsPss(pss(hash)?),
            Self::Pss(hash @ Sha512) => Mechanism::Sha512RsaPkcsPss(pss(hash)?),
            _ => return None,
        })
    }
}

/// RSASSA-PSS as TLS has it: one hash throughout, and a salt as long as it (RFC 9846 §4.3.3).
fn pss(hash: SignatureHash) -> Option<PkcsPssParams> {
    let (hash_alg, mgf, salt) = match hash {
        SignatureHash::Sha256 => (MechanismType::SHA256, PkcsMgfType::MGF1_SHA256, 32),
        SignatureHash::Sha384 => (MechanismType::SHA384, PkcsMgfType::MGF1_SHA384, 48),
        SignatureHash::Sha512 => (MechanismType::SHA512, PkcsMgfType::MGF1_SHA512, 64),
        _ => return None,
    };
    Some(PkcsPssParams { hash_alg, mgf, s_len: Ulong::new(salt) })
}

/// What stands before the hash in a DigestInfo (RFC 8017 §9.2, note 1).
fn digest_info(hash: SignatureHash) -> &'static [u8] {
    match hash {
        SignatureHash::Sha1 => b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14",
        SignatureHash::Sha224 => {
            b"\x30\x2d\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x04\x05\x00\x04\x1c"
        }
        SignatureHash::Sha384 => {
            b"\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30"
        }
        SignatureHash::Sha512 => {
            b"\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40"
        }
        // No PKCS#1 scheme that a key signs by has another hash.
        _ => b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The mechanisms' types that a key's schemes are done by, in a token that has these.
    fn done_by(key_type: KeyType, known: &[MechanismType]) -> Vec<(SignatureScheme, MechanismType)> {
        let methods = Method::all(key_type, known);
        methods.iter().map(|method| (method.scheme, method.mechanism().unwrap().mechanism_type())).collect()
    }

    #[test]
    fn a_token_signs_by_what_it_has() {
        assert_eq!(done_by(KeyType::Rsa, &[]), []);
        assert_eq!(done_by(KeyType::EcdsaP256, &[MechanismType::EDDSA]), []);
        let pss = (SignatureScheme::RSA_PSS_RSAE_SHA384, MechanismType::SHA384_RSA_PKCS_PSS);
        assert_eq!(done_by(KeyType::Rsa, &[MechanismType::SHA384_RSA_PKCS_PSS]), [pss]);
        let hashing = (SignatureScheme::ECDSA_SECP256R1_SHA256, MechanismType::ECDSA_SHA256);
        assert_eq!(done_by(KeyType::EcdsaP256, &[MechanismType::ECDSA_SHA256]), [hashing]);
        let both = done_by(KeyType::EcdsaP256, &[MechanismType::ECDSA_SHA256, MechanismType::ECDSA]);
        assert_eq!(both.len(), KeyType::EcdsaP256.schemes12().len());
        assert!(both.iter().all(|(_, mechanism)| *mechanism == MechanismType::ECDSA));
        let mldsa = (SignatureScheme::MLDSA65, MechanismType::ML_DSA);
        assert_eq!(done_by(KeyType::MlDsa65, &[MechanismType::ML_DSA]), [mldsa]);
    }

    #[test]
    fn a_signature_that_is_none_is_not_passed_on() {
        let ecdsa = Method::all(KeyType::EcdsaP256, &[MechanismType::ECDSA]);
        assert_eq!(ecdsa[0].output(vec![1; 63]), None);
        let rsa = Method::all(KeyType::Rsa, &[MechanismType::RSA_PKCS]);
        assert_eq!(rsa[0].output(Vec::new()), None);
    }
}
