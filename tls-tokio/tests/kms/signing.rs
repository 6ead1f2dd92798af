//! Signatures, and reasons why there is none, from moto.

use tls_tokio::signer::Signer;
use tls_tokio::signer::kms::aws_sdk_kms::types::{KeySpec, KeyUsageType};
use tls_tokio::signer::kms::{KmsError, KmsSigner};
use tls_tokio::tls_core::ciphersuites::{KeyType, PublicKey, SignatureScheme};
use tls_tokio::tls_core::{KeyId, SignFailureKind};

use crate::moto::{Moto, moto, only};
use crate::{config, in_time, long_request, request};

const ECDSA: [(KeySpec, KeyType, SignatureScheme); 3] = [
    (KeySpec::EccNistP256, KeyType::EcdsaP256, SignatureScheme::ECDSA_SECP256R1_SHA256),
    (KeySpec::EccNistP384, KeyType::EcdsaP384, SignatureScheme::ECDSA_SECP384R1_SHA384),
    (KeySpec::EccNistP521, KeyType::EcdsaP521, SignatureScheme::ECDSA_SECP521R1_SHA512),
];

const PKCS1: [SignatureScheme; 3] =
    [SignatureScheme::RSA_PKCS1_SHA256, SignatureScheme::RSA_PKCS1_SHA384, SignatureScheme::RSA_PKCS1_SHA512];

async fn signs(signer: &KmsSigner, public: &PublicKey, schemes: &[SignatureScheme]) {
    let key = only(signer);
    for scheme in schemes {
        // The longest message that KMS hashes itself.
        for len in [1, 4096] {
            let request = long_request(key.id(), key.key_type(), *scheme, len);
            let signature = in_time(signer.sign(&request)).await.unwrap();
            request.verify(public, &signature.bytes).unwrap();
            assert_eq!(&*signature.made_by, format!("AWS KMS key {}", key.arn()));
        }
    }
}

#[tokio::test]
async fn ecdsa_keys_sign_by_the_hash_of_their_curve() {
    for (spec, key_type, scheme) in ECDSA {
        let arn = moto().key(spec).await;
        let spki = moto().public_key(&arn).await;
        let signer = moto().signer(&arn).await;
        let key = only(&signer);
        assert_eq!((key.key_type(), key.id()), (key_type, KeyId::of_public_key(&spki)));
        assert!(key.schemes().eq([scheme]));
        signs(&signer, &PublicKey::from_spki(&spki).unwrap(), &[scheme]).await;
        for (_, _, other) in ECDSA.iter().filter(|row| row.2 != scheme) {
            let failure = signer.sign(&request(key.id(), key_type, *other)).await.unwrap_err();
            assert_eq!(failure.kind(), SignFailureKind::Unsupported, "{failure}");
        }
    }
}

#[tokio::test]
async fn rsa_keys_sign_by_either_padding() {
    let arn = moto().key(KeySpec::Rsa2048).await;
    let spki = moto().public_key(&arn).await;
    let signer = moto().signer(&arn).await;
    let mut schemes: Vec<_> = only(&signer).schemes().map(|scheme| scheme.0).collect();
    schemes.sort_unstable();
    assert_eq!(schemes, [0x0401, 0x0501, 0x0601, 0x0804, 0x0805, 0x0806]);
    signs(&signer, &PublicKey::from_spki(&spki).unwrap(), &PKCS1).await;
}

#[tokio::test]
async fn keys_are_found_by_any_of_their_names_and_through_tls() {
    let moto = Moto::with_tls();
    assert!(moto.url.starts_with("https://"), "{}", moto.url);
    let arn = moto.key(KeySpec::EccNistP256).await;
    let other = moto.key(KeySpec::EccNistP384).await;
    let (_, id) = arn.rsplit_once('/').unwrap();
    moto.administrator().create_alias().alias_name("alias/www").target_key_id(id).send().await.unwrap();
    let spki = moto.public_key(&arn).await;
    for name in [id, &arn, "alias/www"] {
        let signer = KmsSigner::new(moto.config(), [name, &other]).await.unwrap();
        assert_eq!(signer.keys().count(), 2);
        let request =
            request(KeyId::of_public_key(&spki), KeyType::EcdsaP256, SignatureScheme::ECDSA_SECP256R1_SHA256);
        let signature = in_time(signer.sign(&request)).await.unwrap();
        request.verify(&PublicKey::from_spki(&spki).unwrap(), &signature.bytes).unwrap();
    }

    // Its certificate is not of an authority that this configuration trusts.
    let stranger = tests::authority::Authority::new();
    let error = KmsSigner::new(config(&moto.url, Some(stranger.roots())), [id]).await.unwrap_err();
    assert_eq!(error.failure().kind(), SignFailureKind::Unavailable, "{error}");
    assert!(error.to_string().contains("certificate"), "{error}");
}

async fn refused(name: &str) -> KmsError {
    in_time(KmsSigner::new(moto().config(), [name])).await.unwrap_err()
}

#[tokio::test]
async fn what_is_no_signing_key_is_refused_at_once() {
    let decrypts = moto().make(KeySpec::Rsa2048, KeyUsageType::EncryptDecrypt).await;
    let curve = moto().key(KeySpec::EccSecgP256K1).await;
    for (name, kind, words) in [
        (decrypts.as_str(), SignFailureKind::Unsupported, "its usage is ENCRYPT_DECRYPT"),
        (curve.as_str(), SignFailureKind::Unsupported, "its public key cannot be used for TLS"),
        ("alias/nobody", SignFailureKind::UnknownKey, "NotFoundException"),
        ("0b5a1c1e-0000-4000-8000-000000000000", SignFailureKind::UnknownKey, "NotFoundException"),
    ] {
        let error = refused(name).await;
        assert_eq!(error.failure().kind(), kind, "{error}");
        assert_eq!(error.key(), name);
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn a_key_that_is_taken_away_signs_no_more() {
    let moto = Moto::start(&[], &[], None);
    let signer = moto.signer(&moto.key(KeySpec::EccNistP256).await).await;
    let key = only(&signer);
    let request = request(key.id(), key.key_type(), SignatureScheme::ECDSA_SECP256R1_SHA256);
    assert!(in_time(signer.sign(&request)).await.is_ok());
    moto.forget_everything().await;
    let failure = in_time(signer.sign(&request)).await.unwrap_err();
    assert_eq!(failure.kind(), SignFailureKind::UnknownKey, "{failure}");
    for words in [key.arn(), "NotFoundException", "(request "] {
        assert!(failure.detail().contains(words), "{failure}");
    }
}

/// From the third request on, this emulator wants to know who asks.
#[tokio::test]
async fn whoever_may_not_use_the_key_is_told_so() {
    let moto = Moto::start(&[], &[("INITIAL_NO_AUTH_ACTION_COUNT", "2")], None);
    let arn = moto.key(KeySpec::EccNistP256).await;
    let signer = moto.signer(&arn).await;
    let key = only(&signer);
    let request = request(key.id(), key.key_type(), SignatureScheme::ECDSA_SECP256R1_SHA256);
    let failure = in_time(signer.sign(&request)).await.unwrap_err();
    assert_eq!(failure.kind(), SignFailureKind::Denied, "{failure}");
    assert!(failure.detail().contains("HTTP status 403 (request "), "{failure}");
}

#[tokio::test]
async fn a_request_for_another_key_is_answered_with_those_there_are() {
    let arn = moto().key(KeySpec::EccNistP256).await;
    let signer = moto().signer(&arn).await;
    let other = KeyId::of_public_key(b"another");
    let request = request(other, KeyType::EcdsaP256, SignatureScheme::ECDSA_SECP256R1_SHA256);
    let failure = signer.sign(&request).await.unwrap_err();
    assert_eq!(failure.kind(), SignFailureKind::UnknownKey);
    for words in [other.to_string(), only(&signer).id().to_string()] {
        assert!(failure.detail().contains(&words), "{failure}");
    }
}
