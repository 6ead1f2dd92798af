use super::*;
use crate::SignatureError;
use crate::testing::{MESSAGE, fixture};

mod against_ring;
mod refused;
mod tls12;

/// Every private key file by OpenSSL, with the file of its public key and its type.
const FILES: [(&str, &str, KeyType); 26] = [
    ("rsa.pkcs8.pem", "rsa", KeyType::Rsa),
    ("rsa.pkcs1.pem", "rsa", KeyType::Rsa),
    ("rsa-pss.pkcs8.pem", "rsa-pss", KeyType::RsaPss),
    ("rsa-pss-sha256.pkcs8.pem", "rsa-pss-sha256", KeyType::RsaPss),
    ("rsa-pss-sha384.pkcs8.pem", "rsa-pss-sha384", KeyType::RsaPss),
    ("rsa-pss-sha512.pkcs8.pem", "rsa-pss-sha512", KeyType::RsaPss),
    ("p256.pkcs8.pem", "p256", KeyType::EcdsaP256),
    ("p256.sec1.pem", "p256", KeyType::EcdsaP256),
    ("p256.bare.sec1.pem", "p256", KeyType::EcdsaP256),
    ("p256.parameters.sec1.pem", "p256", KeyType::EcdsaP256),
    ("p384.pkcs8.pem", "p384", KeyType::EcdsaP384),
    ("p384.sec1.pem", "p384", KeyType::EcdsaP384),
    ("p384.bare.sec1.pem", "p384", KeyType::EcdsaP384),
    ("p521.pkcs8.pem", "p521", KeyType::EcdsaP521),
    ("p521.sec1.pem", "p521", KeyType::EcdsaP521),
    ("p521.bare.sec1.pem", "p521", KeyType::EcdsaP521),
    ("ed25519.pkcs8.pem", "ed25519", KeyType::Ed25519),
    ("mldsa44.seed-only.pkcs8.pem", "mldsa44", KeyType::MlDsa44),
    ("mldsa44.priv-only.pkcs8.pem", "mldsa44", KeyType::MlDsa44),
    ("mldsa44.seed-priv.pkcs8.pem", "mldsa44", KeyType::MlDsa44),
    ("mldsa65.seed-only.pkcs8.pem", "mldsa65", KeyType::MlDsa65),
    ("mldsa65.priv-only.pkcs8.pem", "mldsa65", KeyType::MlDsa65),
    ("mldsa65.seed-priv.pkcs8.pem", "mldsa65", KeyType::MlDsa65),
    ("mldsa87.seed-only.pkcs8.pem", "mldsa87", KeyType::MlDsa87),
    ("mldsa87.priv-only.pkcs8.pem", "mldsa87", KeyType::MlDsa87),
    ("mldsa87.seed-priv.pkcs8.pem", "mldsa87", KeyType::MlDsa87),
];

pub(crate) fn private_key(name: &str) -> PrivateKey {
    PrivateKey::from_pem(&fixture(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn public_key(name: &str) -> PublicKey {
    PublicKey::from_spki(&fixture(&format!("{name}.spki.der"))).unwrap()
}

#[test]
fn every_key_file_is_read_and_signs() {
    for (file, public, key_type) in FILES {
        let key = private_key(file);
        assert_eq!(key.key_type(), key_type, "{file}");
        assert_eq!(key.public_key_der(), fixture(&format!("{public}.spki.der")), "{file}");
        let public = public_key(public);
        assert!(key.matches(&public), "{file}");
        assert!(!key.schemes().is_empty());
        for scheme in key.schemes() {
            let signature = key.sign(*scheme, MESSAGE).unwrap();
            assert_eq!(public.verify_tls13(*scheme, MESSAGE, &signature), Ok(()), "{file} {scheme}");
            let wrong = public.verify_tls13(*scheme, b"something else", &signature);
            assert_eq!(wrong, Err(SignatureError::Invalid), "{file} {scheme}");
        }
    }
}

#[test]
fn parameters_of_an_rsa_pss_key_narrow_its_schemes() {
    assert_eq!(private_key("rsa-pss.pkcs8.pem").schemes(), KeyType::RsaPss.schemes13());
    let narrowed = private_key("rsa-pss-sha384.pkcs8.pem");
    assert_eq!(narrowed.schemes(), [SignatureScheme::RSA_PSS_PSS_SHA384]);
    assert_eq!(narrowed.sign(SignatureScheme::RSA_PSS_PSS_SHA256, MESSAGE), Err(CryptoError));
}

#[test]
fn a_key_signs_by_its_own_schemes_only() {
    for file in ["rsa.pkcs8.pem", "p256.pkcs8.pem", "ed25519.pkcs8.pem", "mldsa44.seed-only.pkcs8.pem"] {
        let key = private_key(file);
        let own =
            |scheme: &SignatureScheme| key.schemes().contains(scheme) || key.tls12_schemes().contains(scheme);
        for scheme in (0..=u16::MAX).map(SignatureScheme).filter(|scheme| !own(scheme)) {
            assert_eq!(key.sign(scheme, MESSAGE), Err(CryptoError), "{file} {scheme}");
        }
    }
}

#[test]
fn matches_its_own_public_key_only() {
    for (file, own, _) in FILES {
        let key = private_key(file);
        for other in ["rsa", "rsa-pss", "p256", "p384", "p521", "ed25519", "mldsa44", "mldsa65", "mldsa87"] {
            assert_eq!(key.matches(&public_key(other)), own == other, "{file} {other}");
        }
    }
}

/// The same RSA key under rsaEncryption and under id-RSASSA-PSS is two keys: they sign by different schemes.
#[test]
fn the_kind_of_an_rsa_key_must_match_too() {
    let key = private_key("rsa.pkcs8.pem");
    let pss = KeyAlgorithm::find(crate::key_type::RSA_PSS_ANY.as_ref()).unwrap();
    assert!(!key.matches(&PublicKey::new(pss, key.signer.public_key()).unwrap()));
    assert!(key.matches(&PublicKey::new(key.algorithm, key.signer.public_key()).unwrap()));
}

#[test]
fn every_container_is_read_as_der_too() {
    use pki_types::pem::{PemObject, SectionKind};
    for (file, _, key_type) in FILES {
        let sections =
            <(SectionKind, Vec<u8>)>::pem_slice_iter(&fixture(file)).map(Result::unwrap).collect::<Vec<_>>();
        assert_eq!(PrivateKey::from_der(&sections[0].1).unwrap().key_type(), key_type, "{file}");
    }
}

#[test]
fn a_key_may_stand_among_other_blocks_and_text() {
    let mut pem = fixture("bad.certificate.pem");
    pem.extend(b"some words\r\n");
    pem.extend(fixture("p384.pkcs8.pem"));
    pem.extend(fixture("rsa.pkcs8.pem"));
    assert_eq!(PrivateKey::from_pem(&pem).unwrap().key_type(), KeyType::EcdsaP384);
    let windows = String::from_utf8(fixture("p256.pkcs8.pem")).unwrap().replace('\n', "\r\n");
    assert_eq!(PrivateKey::from_pem(windows.as_bytes()).unwrap().key_type(), KeyType::EcdsaP256);
}

#[test]
fn keys_can_be_shared_and_do_not_print_themselves() {
    fn assert_send_sync<T: Send + Sync>(_: &T) {}
    let key = private_key("p256.pkcs8.pem");
    assert_send_sync(&key);
    assert_eq!(format!("{key:?}"), "PrivateKey { key_type: EcdsaP256, .. }");
}
