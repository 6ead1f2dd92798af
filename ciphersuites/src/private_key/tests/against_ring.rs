//! Signatures checked, and keys generated, by ring.

use ring::rand::SystemRandom;
use ring::signature::{self as other, KeyPair as _, VerificationAlgorithm};

use super::*;

fn assert_ring_accepts(
    algorithm: &'static dyn VerificationAlgorithm,
    key: &PrivateKey,
    scheme: SignatureScheme,
) {
    let signature = key.sign(scheme, MESSAGE).unwrap();
    other::UnparsedPublicKey::new(algorithm, key.signer.public_key()).verify(MESSAGE, &signature).unwrap();
}

#[test]
fn ring_verifies_what_we_sign() {
    let rsa = private_key("rsa.pkcs1.pem");
    assert_ring_accepts(&other::RSA_PSS_2048_8192_SHA256, &rsa, SignatureScheme::RSA_PSS_RSAE_SHA256);
    assert_ring_accepts(&other::RSA_PSS_2048_8192_SHA384, &rsa, SignatureScheme::RSA_PSS_RSAE_SHA384);
    assert_ring_accepts(&other::RSA_PSS_2048_8192_SHA512, &rsa, SignatureScheme::RSA_PSS_RSAE_SHA512);
    let pss = private_key("rsa-pss.pkcs8.pem");
    assert_ring_accepts(&other::RSA_PSS_2048_8192_SHA256, &pss, SignatureScheme::RSA_PSS_PSS_SHA256);
    let p256 = private_key("p256.sec1.pem");
    assert_ring_accepts(&other::ECDSA_P256_SHA256_ASN1, &p256, SignatureScheme::ECDSA_SECP256R1_SHA256);
    let p384 = private_key("p384.sec1.pem");
    assert_ring_accepts(&other::ECDSA_P384_SHA384_ASN1, &p384, SignatureScheme::ECDSA_SECP384R1_SHA384);
    let ed25519 = private_key("ed25519.pkcs8.pem");
    assert_ring_accepts(&other::ED25519, &ed25519, SignatureScheme::ED25519);
}

/// ring writes PKCS#8 version 2, with the public key inside; OpenSSL writes version 1.
#[test]
fn keys_made_by_ring_are_read() {
    let rng = SystemRandom::new();
    let pkcs8 = other::Ed25519KeyPair::generate_pkcs8(&rng).unwrap();
    let theirs = other::Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap();
    let ours = PrivateKey::from_der(pkcs8.as_ref()).unwrap();
    assert_eq!(ours.signer.public_key(), theirs.public_key().as_ref());
    assert_ring_accepts(&other::ED25519, &ours, SignatureScheme::ED25519);
    let mut altered = pkcs8.as_ref().to_vec();
    *altered.last_mut().unwrap() ^= 1;
    assert_eq!(PrivateKey::from_der(&altered).unwrap_err(), KeyError::Inconsistent);

    let algorithm = &other::ECDSA_P256_SHA256_ASN1_SIGNING;
    let pkcs8 = other::EcdsaKeyPair::generate_pkcs8(algorithm, &rng).unwrap();
    let theirs = other::EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &rng).unwrap();
    let ours = PrivateKey::from_der(pkcs8.as_ref()).unwrap();
    assert_eq!(ours.signer.public_key(), theirs.public_key().as_ref());
}
