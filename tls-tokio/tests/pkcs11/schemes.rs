use tls_tokio::signer::Signer;
use tls_tokio::signer::pkcs11::{Pkcs11Error, Pkcs11Options};
use tls_tokio::tls_core::ciphersuites::{KeyType, PublicKey, SignatureScheme};
use tls_tokio::tls_core::{KeyId, SignFailureKind};

use crate::support::{PIN, alone, open, open_with, peer, request, request_by, runtime, sign, spki};

const KEYS: [(&str, &str, KeyType); 5] = [
    ("rsa", "01", KeyType::Rsa),
    ("p256", "02", KeyType::EcdsaP256),
    ("p384", "03", KeyType::EcdsaP384),
    ("p521", "04", KeyType::EcdsaP521),
    ("ed25519", "05", KeyType::Ed25519),
];

#[test]
fn every_key_signs_by_every_scheme_that_tls_has_for_it() {
    alone("schemes::every_key_signs_by_every_scheme_that_tls_has_for_it", |hsm| {
        hsm.token("keys");
        for (name, id, key_type) in KEYS {
            hsm.import("keys", name, id);
            let signer = open(&format!("token=keys;object={name}")).unwrap();
            assert_eq!(signer.key_type(), key_type);
            assert_eq!(signer.key_id(), KeyId::of_public_key(&spki(name)), "{name}");
            let public = PublicKey::from_spki(&spki(name)).unwrap();
            let mut schemes = [public.schemes(), public.tls12_schemes()].concat();
            schemes.sort_unstable();
            schemes.dedup();
            let mut offered = signer.schemes();
            offered.sort_unstable();
            assert_eq!(offered, schemes, "{name}");
            for (seed, scheme) in (0..).zip(schemes) {
                let signature = runtime().block_on(sign(&signer, &public, &request(&signer, scheme, seed)));
                assert_eq!(&*signature.unwrap().made_by, "PKCS#11 token \"keys\"");
            }
        }
    });
}

#[test]
fn what_the_key_is_not_for_is_refused_without_the_token() {
    alone("schemes::what_the_key_is_not_for_is_refused_without_the_token", |hsm| {
        hsm.token("keys");
        hsm.import("keys", "p256", "01");
        let signer = open("token=keys").unwrap();
        let wrong = request(&signer, SignatureScheme::RSA_PSS_RSAE_SHA256, 0);
        let failure = runtime().block_on(signer.sign(&wrong)).unwrap_err();
        assert_eq!(failure.kind(), SignFailureKind::Unsupported);
        assert_eq!(
            failure.detail(),
            "PKCS#11 token \"keys\" does not sign by rsa_pss_rsae_sha256 with an ECDSA P-256 key"
        );
        let another =
            request_by(KeyId::from_bytes([7; 32]), &signer, SignatureScheme::ECDSA_SECP256R1_SHA256, 0);
        let failure = runtime().block_on(signer.sign(&another)).unwrap_err();
        assert_eq!(failure.kind(), SignFailureKind::UnknownKey);
    });
}

#[test]
fn keys_sign_behind_a_socket() {
    alone("schemes::keys_sign_behind_a_socket", |hsm| {
        hsm.token("keys");
        for (name, id, _) in KEYS {
            hsm.import("keys", name, id);
        }
        let _server = hsm.serve("keys");
        let options = Pkcs11Options::new().module(peer("p11-kit-client.so")).pin(PIN);
        for (name, _, key_type) in KEYS {
            let signer = open_with(&format!("token=keys;object={name}"), &options);
            if key_type == KeyType::Ed25519 {
                // The protocol of this p11-kit has no EdDSA, so the token behind it has none either.
                assert_eq!(signer.unwrap_err(), Pkcs11Error::NoScheme);
                continue;
            }
            let signer = signer.unwrap();
            assert_eq!((signer.key_id(), signer.key_type()), (KeyId::of_public_key(&spki(name)), key_type));
            let public = PublicKey::from_spki(&spki(name)).unwrap();
            assert_ne!(signer.schemes(), []);
            for (seed, scheme) in (0..).zip(signer.schemes()) {
                runtime().block_on(sign(&signer, &public, &request(&signer, scheme, seed))).unwrap();
            }
        }
    });
}
