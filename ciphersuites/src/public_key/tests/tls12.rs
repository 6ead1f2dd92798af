//! What only TLS 1.2 accepts: PKCS#1, ECDSA under every hash on every curve, and SHA-1 and SHA-224 if asked.

use super::*;

/// A key by OpenSSL, a scheme, and the file of OpenSSL's signature by it.
fn by_openssl() -> Vec<(&'static str, SignatureScheme, String)> {
    let mut all = Vec::new();
    for (name, _, _, schemes) in KEYS.iter().filter(|(name, ..)| !name.starts_with("mldsa")) {
        all.extend(schemes.iter().map(|scheme| (*name, *scheme, scheme.to_string())));
    }
    for scheme in [
        SignatureScheme::RSA_PKCS1_SHA1,
        SignatureScheme::RSA_PKCS1_SHA224,
        SignatureScheme::RSA_PKCS1_SHA256,
        SignatureScheme::RSA_PKCS1_SHA384,
        SignatureScheme::RSA_PKCS1_SHA512,
    ] {
        all.push(("rsa", scheme, scheme.to_string()));
    }
    for name in ["p256", "p384", "p521"] {
        for (scheme, hash) in [
            (SignatureScheme::ECDSA_SHA1, "sha1"),
            (SignatureScheme::ECDSA_SHA224, "sha224"),
            (SignatureScheme::ECDSA_SECP256R1_SHA256, "sha256"),
            (SignatureScheme::ECDSA_SECP384R1_SHA384, "sha384"),
            (SignatureScheme::ECDSA_SECP521R1_SHA512, "sha512"),
        ] {
            all.push((name, scheme, format!("{name}.{hash}")));
        }
    }
    all
}

#[test]
fn signatures_by_openssl() {
    let all = by_openssl();
    assert_eq!(all.len(), 10 + 5 + 15);
    for (name, scheme, file) in &all {
        let (key, good) = (public_key(name), fixture(&format!("{file}.sig")));
        let verify = |scheme, message: &[u8], signature: &[u8]| key.verify_tls12(scheme, message, signature);
        assert_eq!(verify(*scheme, MESSAGE, &good), Ok(()), "{file}");
        let invalid = Err(SignatureError::Invalid);
        assert_eq!(verify(*scheme, b"another message", &good), invalid, "{file}");
        for (_, other, _) in all.iter().filter(|(key, other, _)| key == name && other != scheme) {
            assert_eq!(verify(*other, MESSAGE, &good), invalid, "{file} as {other}");
        }
        for index in [0, 1, good.len() / 2, good.len() - 1] {
            let mut altered = good.clone();
            altered[index] ^= 1;
            assert_eq!(verify(*scheme, MESSAGE, &altered), invalid, "{file} byte {index}");
        }
        let longer = [&good[..], &[0]].concat();
        for wrong in [&good[..good.len() - 1], &good[1..], &longer, &[]] {
            assert_eq!(verify(*scheme, MESSAGE, wrong), invalid, "{file}");
        }
    }
}

/// All that is accepted is what the test above has; ML-DSA never is.
#[test]
fn every_scheme_goes_with_its_own_keys_only() {
    for (name, key_type, _, _) in KEYS {
        let key = public_key(name);
        for scheme in (0..=u16::MAX).map(SignatureScheme) {
            let accepted = key.verify_tls12(scheme, MESSAGE, &[0; 64])
                != Err(SignatureError::SchemeNotForKey { scheme, key: key_type });
            let expected = match name {
                "rsa-pss-sha256" => scheme == SignatureScheme::RSA_PSS_PSS_SHA256,
                "rsa-pss-sha384" => scheme == SignatureScheme::RSA_PSS_PSS_SHA384,
                "rsa-pss-sha512" => scheme == SignatureScheme::RSA_PSS_PSS_SHA512,
                _ => by_openssl().iter().any(|(other, known, _)| *other == name && *known == scheme),
            };
            assert_eq!(accepted, expected, "{name} {scheme}");
        }
    }
}

/// What TLS 1.2 accepts beyond it stays out of TLS 1.3.
#[test]
fn tls13_is_no_wider_for_it() {
    for (name, scheme, file) in by_openssl() {
        let key = public_key(name);
        if key.key_type().schemes13().contains(&scheme) {
            continue;
        }
        let refused = key.verify_tls13(scheme, MESSAGE, &fixture(&format!("{file}.sig")));
        assert_eq!(refused, Err(SignatureError::SchemeNotForKey { scheme, key: key.key_type() }), "{file}");
    }
}

#[test]
fn wycheproof_pkcs1() {
    let key = PublicKey::from_spki(&hex(wycheproof12::RSA_SPKI)).unwrap();
    let verify = |message: &str, signature: &str| {
        key.verify_tls12(SignatureScheme::RSA_PKCS1_SHA256, &hex(message), &hex(signature))
    };
    let (_, message, signature) = wycheproof12::RSA_VALID;
    assert_eq!(verify(message, signature), Ok(()));
    for (id, message, signature) in wycheproof12::RSA_INVALID {
        assert_eq!(verify(message, signature), Err(SignatureError::Invalid), "tcId {id}");
    }
}

//= 9846:4.3.3 tls12-curves
#[test]
fn wycheproof_ecdsa_under_foreign_hashes() {
    for (spki, scheme, valid, invalid) in [
        (
            wycheproof12::P256_SPKI,
            SignatureScheme::ECDSA_SECP521R1_SHA512,
            &wycheproof12::P256_SHA512_VALID[..],
            &wycheproof12::P256_SHA512_INVALID[..],
        ),
        (
            wycheproof12::P384_SHA256_SPKI,
            SignatureScheme::ECDSA_SECP256R1_SHA256,
            &wycheproof12::P384_SHA256_VALID,
            &wycheproof12::P384_SHA256_INVALID,
        ),
        (
            wycheproof12::P384_SHA512_SPKI,
            SignatureScheme::ECDSA_SECP521R1_SHA512,
            &wycheproof12::P384_SHA512_VALID,
            &wycheproof12::P384_SHA512_INVALID,
        ),
    ] {
        let key = PublicKey::from_spki(&hex(spki)).unwrap();
        for (expected, vectors) in [(Ok(()), valid), (Err(SignatureError::Invalid), invalid)] {
            for (id, message, signature) in vectors {
                let result = key.verify_tls12(scheme, &hex(message), &hex(signature));
                assert_eq!(result, expected, "{scheme} tcId {id}");
            }
        }
    }
}
