use super::*;
use crate::testing::{MESSAGE, fixture, hex};

mod tls12;
mod wycheproof;
mod wycheproof12;

/// The keys that OpenSSL made: file, type, bits, and the schemes OpenSSL signed with.
const KEYS: [(&str, KeyType, usize, &[SignatureScheme]); 12] = [
    ("rsa", KeyType::Rsa, 2048, KeyType::Rsa.schemes13()),
    ("rsa-pss", KeyType::RsaPss, 2048, KeyType::RsaPss.schemes13()),
    ("rsa-pss-sha256", KeyType::RsaPss, 2048, &[]),
    ("rsa-pss-sha384", KeyType::RsaPss, 2048, &[]),
    ("rsa-pss-sha512", KeyType::RsaPss, 2048, &[]),
    ("p256", KeyType::EcdsaP256, 256, KeyType::EcdsaP256.schemes13()),
    ("p384", KeyType::EcdsaP384, 384, KeyType::EcdsaP384.schemes13()),
    ("p521", KeyType::EcdsaP521, 521, KeyType::EcdsaP521.schemes13()),
    ("ed25519", KeyType::Ed25519, 256, KeyType::Ed25519.schemes13()),
    ("mldsa44", KeyType::MlDsa44, 1312 * 8, KeyType::MlDsa44.schemes13()),
    ("mldsa65", KeyType::MlDsa65, 1952 * 8, KeyType::MlDsa65.schemes13()),
    ("mldsa87", KeyType::MlDsa87, 2592 * 8, KeyType::MlDsa87.schemes13()),
];

fn public_key(name: &str) -> PublicKey {
    PublicKey::from_spki(&fixture(&format!("{name}.spki.der"))).unwrap()
}

fn signature(scheme: SignatureScheme) -> Vec<u8> {
    fixture(&format!("{scheme}.sig"))
}

//= 9846:4.3.3 pss-salt
#[test]
fn signatures_by_openssl() {
    for (name, key_type, bits, schemes) in KEYS {
        let key = public_key(name);
        assert_eq!((key.key_type(), key.bits()), (key_type, bits), "{name}");
        for scheme in schemes {
            let signature = signature(*scheme);
            assert_eq!(key.verify_tls13(*scheme, MESSAGE, &signature), Ok(()), "{scheme}");
            let other = key.verify_tls13(*scheme, b"another message", &signature);
            assert_eq!(other, Err(SignatureError::Invalid), "{scheme}");
        }
    }
}

//= 9846:4.5.2 key-fits
#[test]
fn every_scheme_goes_with_its_own_keys_only() {
    for (name, key_type, _, _) in KEYS.iter().filter(|(_, _, _, schemes)| !schemes.is_empty()) {
        let key = public_key(name);
        for scheme in (0..=u16::MAX).map(SignatureScheme) {
            if key_type.schemes13().contains(&scheme) {
                continue;
            }
            let refused = Err(SignatureError::SchemeNotForKey { scheme, key: *key_type });
            assert_eq!(key.verify_tls13(scheme, MESSAGE, &[0; 64]), refused);
        }
    }
}

//= 9846:4.3.3 pss-rsae-oid
//= 9846:4.3.3 pss-pss-oid
#[test]
fn rsae_and_pss_are_told_apart_though_the_bits_are_the_same() {
    let (rsa, pss) = (public_key("rsa"), public_key("rsa-pss"));
    let (rsae_scheme, pss_scheme) =
        (SignatureScheme::RSA_PSS_RSAE_SHA256, SignatureScheme::RSA_PSS_PSS_SHA256);
    let mismatch = |scheme, key| Err(SignatureError::SchemeNotForKey { scheme, key });
    let wrong = rsa.verify_tls13(pss_scheme, MESSAGE, &signature(rsae_scheme));
    assert_eq!(wrong, mismatch(pss_scheme, KeyType::Rsa));
    let wrong = pss.verify_tls13(rsae_scheme, MESSAGE, &signature(pss_scheme));
    assert_eq!(wrong, mismatch(rsae_scheme, KeyType::RsaPss));
}

#[test]
fn a_signature_by_another_scheme_of_the_same_key_is_invalid() {
    let key = public_key("rsa");
    let sha256 = SignatureScheme::RSA_PSS_RSAE_SHA256;
    let other_hash = signature(SignatureScheme::RSA_PSS_RSAE_SHA384);
    assert_eq!(key.verify_tls13(sha256, MESSAGE, &other_hash), Err(SignatureError::Invalid));
    let pkcs1 = fixture("rsa_pkcs1_sha256.sig");
    assert_eq!(key.verify_tls13(sha256, MESSAGE, &pkcs1), Err(SignatureError::Invalid));
    let short_salt = fixture("rsa_pss_rsae_sha256.salt20.sig");
    assert_eq!(key.verify_tls13(sha256, MESSAGE, &short_salt), Err(SignatureError::Invalid));
    let refused = key.verify_tls13(SignatureScheme::RSA_PKCS1_SHA256, MESSAGE, &pkcs1);
    assert!(matches!(refused, Err(SignatureError::SchemeNotForKey { .. })));
}

//= 9846:4.3.3 pss-parameters
#[test]
fn pss_parameters_leave_one_hash() {
    for (name, scheme) in [
        ("rsa-pss-sha256", SignatureScheme::RSA_PSS_PSS_SHA256),
        ("rsa-pss-sha384", SignatureScheme::RSA_PSS_PSS_SHA384),
        ("rsa-pss-sha512", SignatureScheme::RSA_PSS_PSS_SHA512),
    ] {
        let key = public_key(name);
        for other in KeyType::RsaPss.schemes13() {
            let expected = if *other == scheme {
                SignatureError::Invalid
            } else {
                SignatureError::SchemeNotForKey { scheme: *other, key: KeyType::RsaPss }
            };
            assert_eq!(key.verify_tls13(*other, MESSAGE, &[0; 256]), Err(expected));
        }
    }
}

//= 9846:4.3.3 pss-salt
#[test]
fn wycheproof_rsa() {
    let key = PublicKey::from_spki(&hex(wycheproof::RSA_SPKI)).unwrap();
    let verify = |(_, message, signature): wycheproof::Vector| {
        key.verify_tls13(SignatureScheme::RSA_PSS_RSAE_SHA256, &hex(message), &hex(signature))
    };
    assert_eq!(verify(wycheproof::RSA_PSS), Ok(()));
    for vector in [wycheproof::RSA_PSS_NO_SALT, wycheproof::RSA_PSS_MGF1_SHA1, wycheproof::RSA_PKCS1] {
        assert_eq!(verify(vector), Err(SignatureError::Invalid), "tcId {}", vector.0);
    }

    let (_, message, signature) = wycheproof::RSA_PSS;
    let key = PublicKey::from_spki(&hex(wycheproof::RSA_PSS_SPKI)).unwrap();
    let scheme = SignatureScheme::RSA_PSS_PSS_SHA256;
    assert_eq!(key.verify_tls13(scheme, &hex(message), &hex(signature)), Ok(()));
    for spki in [wycheproof::RSA_PSS_NO_SALT_SPKI, wycheproof::RSA_PSS_MGF1_SHA1_SPKI] {
        let refused = PublicKey::from_spki(&hex(spki)).unwrap_err();
        assert_eq!(refused, KeyError::UnsupportedPssParameters);
    }
}

#[test]
fn wycheproof_ecdsa() {
    for (spki, scheme, valid, invalid) in [
        (
            wycheproof::P256_SPKI,
            SignatureScheme::ECDSA_SECP256R1_SHA256,
            wycheproof::P256_VALID,
            wycheproof::P256_INVALID,
        ),
        (
            wycheproof::P384_SPKI,
            SignatureScheme::ECDSA_SECP384R1_SHA384,
            wycheproof::P384_VALID,
            wycheproof::P384_INVALID,
        ),
        (
            wycheproof::P521_SPKI,
            SignatureScheme::ECDSA_SECP521R1_SHA512,
            wycheproof::P521_VALID,
            wycheproof::P521_INVALID,
        ),
    ] {
        let key = PublicKey::from_spki(&hex(spki)).unwrap();
        let (_, message, signature) = valid;
        assert_eq!(key.verify_tls13(scheme, &hex(message), &hex(signature)), Ok(()));
        for (id, signature) in invalid {
            let result = key.verify_tls13(scheme, &hex(message), &hex(signature));
            assert_eq!(result, Err(SignatureError::Invalid), "{scheme} tcId {id}");
        }
    }
}

#[test]
fn every_altered_or_cut_signature_is_invalid() {
    for (name, _, _, schemes) in KEYS {
        let key = public_key(name);
        for scheme in schemes {
            let good = signature(*scheme);
            let verify = |signature: &[u8]| key.verify_tls13(*scheme, MESSAGE, signature);
            for index in [0, 1, good.len() / 2, good.len() - 1] {
                let mut altered = good.clone();
                altered[index] ^= 1;
                assert_eq!(verify(&altered), Err(SignatureError::Invalid), "{scheme} byte {index}");
            }
            let longer = [&good[..], &[0]].concat();
            for wrong in [&good[..good.len() - 1], &good[1..], &longer, &[]] {
                assert_eq!(verify(wrong), Err(SignatureError::Invalid), "{scheme}");
            }
        }
    }
}

/// A SubjectPublicKeyInfo of the algorithm in the file `name` with `key` for its key.
fn spki(name: &str, key: &[u8]) -> Vec<u8> {
    PublicKey { key: key.to_vec(), ..public_key(name) }.to_spki()
}

#[test]
fn keys_of_the_wrong_length_or_form() {
    for (name, key_type, _, _) in KEYS {
        let good = public_key(name).key;
        assert_eq!(spki(name, &good), fixture(&format!("{name}.spki.der")));
        let longer = [&good[..], &[0]].concat();
        for wrong in [&good[..good.len() - 1], &longer, &[]] {
            let refused = PublicKey::from_spki(&spki(name, wrong)).unwrap_err();
            assert_eq!(refused, KeyError::MalformedDer, "{key_type}");
        }
    }
    let point = public_key("p256").key;
    let compressed = [&[2 + (point[64] & 1)], &point[1..33]].concat();
    let hybrid = [&[6 + (point[64] & 1)], &point[1..]].concat();
    for form in [compressed, hybrid, vec![0]] {
        assert_eq!(PublicKey::from_spki(&spki("p256", &form)).unwrap_err(), KeyError::MalformedDer);
    }
}

#[test]
fn a_point_off_the_curve_verifies_nothing() {
    let mut point = public_key("p256").key;
    point[64] ^= 1;
    let key = PublicKey::from_spki(&spki("p256", &point)).unwrap();
    let scheme = SignatureScheme::ECDSA_SECP256R1_SHA256;
    assert_eq!(key.verify_tls13(scheme, MESSAGE, &signature(scheme)), Err(SignatureError::Invalid));
}

#[test]
fn rsa_sizes() {
    let rsa = |modulus: &[u8]| {
        let mut contents = Vec::new();
        der::write(&mut contents, der::INTEGER, &[&[0], modulus]);
        der::write(&mut contents, der::INTEGER, &[&[1, 0, 1]]);
        let mut key = Vec::new();
        der::write(&mut key, SEQUENCE, &[&contents]);
        PublicKey::from_spki(&spki("rsa", &key)).map(|key| key.bits())
    };
    assert_eq!(rsa(&[0xff; 256]), Ok(2048));
    assert_eq!(rsa(&[0xff; 1024]), Ok(8192));
    assert_eq!(rsa(&[0xff; 128]), Err(KeyError::RsaSize { bits: 1024 }));
    assert_eq!(rsa(&[0xff; 255]), Err(KeyError::RsaSize { bits: 2040 }));
    assert_eq!(rsa(&[0xff; 1025]), Err(KeyError::RsaSize { bits: 8200 }));
    assert_eq!((bit_length(&[]), bit_length(&[1]), bit_length(&[0x80, 0])), (0, 1, 16));
}

#[test]
fn malformed_subject_public_key_infos() {
    let good = fixture("p256.spki.der");
    for end in 0..good.len() {
        assert_eq!(PublicKey::from_spki(&good[..end]).unwrap_err(), KeyError::MalformedDer);
    }
    assert_eq!(PublicKey::from_spki(&[&good[..], &[0]].concat()).unwrap_err(), KeyError::MalformedDer);
    // An algorithm nobody here knows: Ed448 and X25519, each named by its object identifier.
    for (spki, oid) in
        [("3009300506032b65710300", "1.3.101.113"), ("300a300506032b656e030100", "1.3.101.110")]
    {
        let refused = PublicKey::from_spki(&hex(spki)).unwrap_err();
        assert_eq!(refused, KeyError::UnsupportedAlgorithm(oid.to_owned()));
    }
    // RSA without the NULL that its parameters must be (RFC 3279 §2.3.1).
    let refused = PublicKey::from_spki(&hex("300f300b06092a864886f70d0101010300")).unwrap_err();
    assert_eq!(refused, KeyError::UnsupportedAlgorithm("1.2.840.113549.1.1.1".to_owned()));
}

#[test]
fn keys_can_be_shared_and_print_what_they_are() {
    fn assert_send_sync<T: Send + Sync>(_: &T) {}
    let key = public_key("p384");
    assert_send_sync(&key);
    assert_eq!(format!("{key:?}"), "PublicKey { key_type: EcdsaP384, bits: 384 }");
    assert_eq!(key.key_type().to_string(), "ECDSA P-384");
}
