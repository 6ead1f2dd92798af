//! What only TLS 1.2 signs: PKCS#1, and ECDSA under every hash on every curve.

use ring::signature::{self as other, VerificationAlgorithm};

use super::*;
use crate::Authentication;

#[test]
fn every_key_signs_by_all_its_schemes() {
    for (file, public, key_type) in FILES {
        let (key, public) = (private_key(file), public_key(public));
        assert_eq!(key.tls12_schemes().is_empty(), key_type.authentication().is_none(), "{file}");
        for scheme in key.tls12_schemes() {
            let signature = key.sign(*scheme, MESSAGE).unwrap();
            assert_eq!(public.verify_tls12(*scheme, MESSAGE, &signature), Ok(()), "{file} {scheme}");
            let wrong = public.verify_tls12(*scheme, b"something else", &signature);
            assert_eq!(wrong, Err(SignatureError::Invalid), "{file} {scheme}");
            for other in key.tls12_schemes().iter().filter(|other| *other != scheme) {
                let wrong = public.verify_tls12(*other, MESSAGE, &signature);
                assert_eq!(wrong, Err(SignatureError::Invalid), "{file} {scheme} as {other}");
            }
        }
    }
}

/// PKCS#1 has one signature for each message.
#[test]
fn pkcs1_signatures_are_those_of_openssl() {
    for file in ["rsa.pkcs1.pem", "rsa.pkcs8.pem"] {
        let key = private_key(file);
        let is_pkcs1 = |scheme: &&SignatureScheme| scheme.to_string().starts_with("rsa_pkcs1");
        let schemes: Vec<_> = key.tls12_schemes().iter().filter(is_pkcs1).collect();
        assert_eq!(schemes.len(), 5);
        for scheme in schemes {
            let theirs = fixture(&format!("{scheme}.sig"));
            assert_eq!(key.sign(*scheme, MESSAGE).unwrap(), theirs, "{file} {scheme}");
        }
    }
}

/// What it does not sign by is an error, not another padding or hash.
#[test]
fn an_rsa_key_of_another_kind_does_not_sign_by_old_hashes() {
    let old = [SignatureScheme::RSA_PKCS1_SHA1, SignatureScheme::RSA_PKCS1_SHA224];
    for (file, _, key_type) in FILES.iter().filter(|(_, _, key_type)| *key_type != KeyType::Rsa) {
        for scheme in old {
            assert_eq!(private_key(file).sign(scheme, MESSAGE), Err(CryptoError), "{file} {key_type}");
        }
    }
}

fn assert_verified(algorithm: &'static dyn VerificationAlgorithm, key: &PrivateKey, scheme: SignatureScheme) {
    let signature = key.sign(scheme, MESSAGE).unwrap();
    other::UnparsedPublicKey::new(algorithm, key.signer.public_key()).verify(MESSAGE, &signature).unwrap();
}

#[test]
fn ring_verifies_what_we_sign() {
    let rsa = private_key("rsa.pkcs1.pem");
    assert_verified(&other::RSA_PKCS1_2048_8192_SHA256, &rsa, SignatureScheme::RSA_PKCS1_SHA256);
    assert_verified(&other::RSA_PKCS1_2048_8192_SHA384, &rsa, SignatureScheme::RSA_PKCS1_SHA384);
    assert_verified(&other::RSA_PKCS1_2048_8192_SHA512, &rsa, SignatureScheme::RSA_PKCS1_SHA512);
    let p256 = private_key("p256.pkcs8.pem");
    assert_verified(&other::ECDSA_P256_SHA384_ASN1, &p256, SignatureScheme::ECDSA_SECP384R1_SHA384);
    let p384 = private_key("p384.pkcs8.pem");
    assert_verified(&other::ECDSA_P384_SHA256_ASN1, &p384, SignatureScheme::ECDSA_SECP256R1_SHA256);
}

/// The combinations that the library does bind, by its own hashing instead of ours.
#[test]
fn the_library_verifies_what_we_sign_under_foreign_hashes() {
    use aws_lc_rs::signature::{self, EcdsaVerificationAlgorithm, UnparsedPublicKey};
    let all: [(&str, SignatureScheme, &'static EcdsaVerificationAlgorithm); 7] = [
        ("p256", SignatureScheme::ECDSA_SHA1, &signature::ECDSA_P256_SHA1_ASN1),
        ("p256", SignatureScheme::ECDSA_SECP521R1_SHA512, &signature::ECDSA_P256_SHA512_ASN1),
        ("p384", SignatureScheme::ECDSA_SECP521R1_SHA512, &signature::ECDSA_P384_SHA512_ASN1),
        ("p521", SignatureScheme::ECDSA_SHA1, &signature::ECDSA_P521_SHA1_ASN1),
        ("p521", SignatureScheme::ECDSA_SHA224, &signature::ECDSA_P521_SHA224_ASN1),
        ("p521", SignatureScheme::ECDSA_SECP256R1_SHA256, &signature::ECDSA_P521_SHA256_ASN1),
        ("p521", SignatureScheme::ECDSA_SECP384R1_SHA384, &signature::ECDSA_P521_SHA384_ASN1),
    ];
    for (name, scheme, algorithm) in all {
        let key = private_key(&format!("{name}.pkcs8.pem"));
        let signature = key.sign(scheme, MESSAGE).unwrap();
        let public = UnparsedPublicKey::new(algorithm, key.signer.public_key());
        assert!(public.verify(MESSAGE, &signature).is_ok(), "{name} {scheme}");
    }
}

/// The curve's own hash comes first, the weak ones last; PSS before PKCS#1.
#[test]
fn schemes_best_first() {
    let names = |file| private_key(file).tls12_schemes().iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        names("p384.pkcs8.pem"),
        [
            "ecdsa_secp384r1_sha384",
            "ecdsa_secp521r1_sha512",
            "ecdsa_secp256r1_sha256",
            "ecdsa_sha224",
            "ecdsa_sha1"
        ]
    );
    assert_eq!(names("p256.pkcs8.pem")[0], "ecdsa_secp256r1_sha256");
    assert_eq!(names("p521.pkcs8.pem")[0], "ecdsa_secp521r1_sha512");
    assert_eq!(
        names("rsa.pkcs8.pem"),
        [
            "rsa_pss_rsae_sha256",
            "rsa_pss_rsae_sha384",
            "rsa_pss_rsae_sha512",
            "rsa_pkcs1_sha256",
            "rsa_pkcs1_sha384",
            "rsa_pkcs1_sha512",
            "rsa_pkcs1_sha224",
            "rsa_pkcs1_sha1"
        ]
    );
    assert_eq!(names("rsa-pss-sha384.pkcs8.pem"), ["rsa_pss_pss_sha384"]);
    assert_eq!(names("ed25519.pkcs8.pem"), ["ed25519"]);
    assert!(names("mldsa65.seed-only.pkcs8.pem").is_empty());
}

#[test]
fn authentication() {
    for (_, _, key_type) in FILES {
        let expected = match key_type {
            KeyType::Rsa | KeyType::RsaPss => Some(Authentication::Rsa),
            KeyType::EcdsaP256 | KeyType::EcdsaP384 | KeyType::EcdsaP521 | KeyType::Ed25519 => {
                Some(Authentication::Ecdsa)
            }
            KeyType::MlDsa44 | KeyType::MlDsa65 | KeyType::MlDsa87 => None,
        };
        assert_eq!(key_type.authentication(), expected);
    }
}
