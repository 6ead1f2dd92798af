//! What the module's own service indicator says of everything that this crate does.

use crate::fips::{Services, observe};
use crate::private_key::tests::private_key;
use crate::testing::MESSAGE;
use crate::*;

/// What `run` has of the module, as sentences: what is approved, and what is not.
fn services(run: impl FnOnce()) -> [Vec<String>; 2] {
    let ((), services) = observe(run);
    // The indicator's count has no part in it that these services do not explain.
    assert_eq!(services.count, services.observed_count);
    let Services { approved, unapproved, .. } = services;
    [approved, unapproved].map(|list| list.iter().map(ToString::to_string).collect())
}

fn assert_approved(run: impl FnOnce(), expected: &[&str]) {
    assert_eq!(services(run), [expected, &[]]);
}

fn assert_unapproved(run: impl FnOnce(), expected: &[&str]) {
    assert_eq!(services(run), [&[], expected]);
}

fn agree(group: NamedGroup) -> SharedSecret {
    let key = KeyPair::generate(group).unwrap();
    let (mut client_share, mut server_share) = (Vec::new(), Vec::new());
    key.write_share(&mut client_share).unwrap();
    respond(group, &client_share, &mut server_share).unwrap();
    key.agree(&server_share).unwrap()
}

#[test]
fn groups() {
    let curve = |curve| [format!("ECDH by {curve}"), format!("ECDH key generation by {curve}")];
    let kem =
        |set| ["KEM key generation", "decapsulation", "encapsulation"].map(|it| format!("{it} by {set}"));
    let run = |group| services(|| drop(agree(group)));
    for (group, name) in
        [(NamedGroup::SECP256R1, "P-256"), (NamedGroup::SECP384R1, "P-384"), (NamedGroup::SECP521R1, "P-521")]
    {
        assert_eq!(run(group), [curve(name).to_vec(), vec![]]);
    }
    for (group, name) in [(NamedGroup::MLKEM768, "ML-KEM-768"), (NamedGroup::MLKEM1024, "ML-KEM-1024")] {
        assert_eq!(run(group), [kem(name).to_vec(), vec![]]);
    }
    let both = |name, set| [&curve(name)[..], &kem(set)].concat();
    assert_eq!(run(NamedGroup::SECP256R1MLKEM768), [both("P-256", "ML-KEM-768"), vec![]]);
    assert_eq!(run(NamedGroup::SECP384R1MLKEM1024), [both("P-384", "ML-KEM-1024"), vec![]]);
    // Approved as a whole, by its first secret (SP 800-56Cr2 §2).
    assert_eq!(run(NamedGroup::X25519MLKEM768), [kem("ML-KEM-768").to_vec(), curve("X25519").to_vec()]);
    assert_eq!(run(NamedGroup::X25519), [vec![], curve("X25519").to_vec()]);
}

#[test]
fn signatures_of_tls13() {
    for file in [
        "rsa.pkcs8.pem",
        "rsa-pss.pkcs8.pem",
        "p256.pkcs8.pem",
        "p384.pkcs8.pem",
        "p521.pkcs8.pem",
        "ed25519.pkcs8.pem",
        "mldsa44.seed-only.pkcs8.pem",
        "mldsa65.priv-only.pkcs8.pem",
        "mldsa87.seed-priv.pkcs8.pem",
    ] {
        let key = private_key(file);
        let public = PublicKey::from_spki(key.public_key_der()).unwrap();
        for scheme in key.schemes() {
            let run = || {
                let signature = key.sign(*scheme, MESSAGE).unwrap();
                public.verify_tls13(*scheme, MESSAGE, &signature).unwrap();
            };
            let expected = ["generation", "verification"].map(|it| format!("signature {it} by {scheme}"));
            assert_eq!(services(run), [expected.to_vec(), vec![]], "{file}");
        }
    }
}

/// Signs by a scheme of TLS 1.2 and verifies: the purposes that are approved, and those that are not.
fn purposes_of_tls12(file: &str, scheme: SignatureScheme) -> [Vec<&'static str>; 2] {
    let key = private_key(file);
    let public = PublicKey::from_spki(key.public_key_der()).unwrap();
    let ((), services) = observe(|| {
        let signature = key.sign(scheme, MESSAGE).unwrap();
        public.verify_tls12(scheme, MESSAGE, &signature).unwrap();
    });
    assert_eq!(services.count, services.observed_count);
    [services.approved, services.unapproved].map(|list| list.iter().map(|it| it.purpose).collect())
}

#[test]
fn signatures_of_tls12_by_rsa() {
    let (generation, verification) = ("signature generation", "signature verification");
    for scheme in KeyType::Rsa.schemes12() {
        // Old signatures may still be verified (SP 800-131Ar2 §3).
        let expected = match *scheme {
            SignatureScheme::RSA_PKCS1_SHA1 => [vec![verification], vec![generation]],
            _ => [vec![generation, verification], vec![]],
        };
        assert_eq!(purposes_of_tls12("rsa.pkcs8.pem", *scheme), expected, "{scheme}");
    }
}

/// The module approves of ECDSA where it hashes itself. The library can sign so only by the curve's own hash.
#[test]
fn signatures_of_tls12_under_a_hash_that_is_not_the_curves_own() {
    for (file, scheme) in [
        ("p384.pkcs8.pem", SignatureScheme::ECDSA_SECP256R1_SHA256),
        ("p256.pkcs8.pem", SignatureScheme::ECDSA_SHA224),
        ("p521.pkcs8.pem", SignatureScheme::ECDSA_SHA1),
    ] {
        let expected = [vec!["signature verification"], vec!["signature generation"]];
        assert_eq!(purposes_of_tls12(file, scheme), expected, "{file} {scheme}");
    }
}

#[test]
fn key_schedule_of_tls13() {
    for (hash, name) in [(Hash::Sha256, "SHA-256"), (Hash::Sha384, "SHA-384")] {
        let secret = agree(NamedGroup::SECP256R1);
        let run = || {
            let mut transcript = Transcript::new(hash);
            transcript.update(b"messages");
            let digest = transcript.current();
            let handshake =
                EarlySecret::new(hash, Some(&PskSecret::new(hash, &[1; 32]))).into_handshake(secret.as_ref());
            handshake.client_traffic(&digest).finished(&digest);
            let main = handshake.into_main();
            let _ = main.server_traffic(&digest).next();
            main.exporter(&digest).export(b"label", b"context", &mut [0; 100]).unwrap();
        };
        let expected = ["HKDF-Expand", "HMAC", "hash"].map(|it| format!("{it} by {name}"));
        assert_eq!(services(run), [expected.to_vec(), vec![]]);
    }
}

#[test]
fn records_of_tls13() {
    let secret = EarlySecret::new(Hash::Sha256, None)
        .into_handshake(&[1; 32])
        .client_traffic(&Hash::Sha256.digest(b"messages"));
    let run = |aead| {
        let (sealing, opening) = (secret.sealing_key(aead).unwrap(), secret.opening_key(aead).unwrap());
        move || {
            let (header, mut out) = ([23, 3, 3, 0, 22], [0; 22]);
            sealing.seal(0, &header, b"bytes", &[23], &mut out).unwrap();
            assert_eq!(opening.open_in_place(0, &header, &mut out).unwrap(), 6);
            sealing.seal_in_place(1, &header, &mut out).unwrap();
            assert_eq!(opening.open_in_place(1, &header, &mut out).unwrap(), 6);
            // The module keeps count itself.
            assert_eq!(sealing.seal_in_place(1, &header, &mut out).is_ok(), aead == Aead::ChaCha20Poly1305);
        }
    };
    let expected = |name| ["opening", "sealing"].map(|it| format!("{it} of records by {name}"));
    let gcm = |name| [expected(name).to_vec(), vec![]];
    assert_eq!(services(run(Aead::Aes128Gcm)), gcm("AES-128-GCM"));
    assert_eq!(services(run(Aead::Aes256Gcm)), gcm("AES-256-GCM"));
    let chacha20 = [vec![], expected("ChaCha20-Poly1305").to_vec()];
    assert_eq!(services(run(Aead::ChaCha20Poly1305)), chacha20);
}

#[test]
fn records_of_tls12() {
    for (id, expected, is_approved) in [
        (CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "AES-128-GCM", true),
        (CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "AES-256-GCM", true),
        (CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, "ChaCha20-Poly1305", false),
        (CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, "AES-CBC", false),
    ] {
        let suite = Tls12Suite::from_id(id).unwrap();
        let main =
            Tls12MainSecret::extended(suite.hash, &SharedSecret::of(&[1; 32]), &suite.hash.digest(b""));
        let key = main.keys(suite, &[1; 32], &[2; 32]).unwrap().client;
        let (sealing, opening) = (key.sealing_key().unwrap(), key.opening_key().unwrap());
        let ((), services) = observe(|| {
            let mut body = vec![0; sealing.sealed_len(5)];
            sealing.seal(0, 23, b"bytes", &mut body).unwrap();
            opening.open_in_place(0, 23, &mut body).unwrap();
        });
        let records = if is_approved { &services.approved } else { &services.unapproved };
        let records: Vec<_> = records.iter().map(ToString::to_string).collect();
        assert_eq!(records, ["opening", "sealing"].map(|it| format!("{it} of records by {expected}")));
        // CBC's vector is drawn at random.
        assert!(is_approved != services.approved.iter().all(|service| service.purpose == "random bits"));
    }
}

/// The extended main secret's label is the only one that the indicator knows. The others are derived by the same
/// function, which has no other way to be told that it derives for TLS.
#[test]
fn secrets_of_tls12() {
    let suite = Tls12Suite::from_id(CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256).unwrap();
    let (secret, digest) = (SharedSecret::of(&[1; 32]), suite.hash.digest(b"messages"));
    let extended = || drop(Tls12MainSecret::extended(suite.hash, &secret, &digest));
    assert_approved(extended, &["TLS 1.2 PRF, extended main secret by SHA-256"]);
    let legacy = || drop(Tls12MainSecret::legacy(suite.hash, &secret, &[1; 32], &[2; 32]));
    assert_unapproved(legacy, &["TLS 1.2 PRF, main secret by SHA-256"]);

    let main = Tls12MainSecret::extended(suite.hash, &secret, &digest);
    let others = || {
        main.client_finished(&digest);
        main.server_finished(&digest);
        main.keys(suite, &[1; 32], &[2; 32]).unwrap();
        main.export(&[1; 32], &[2; 32], b"label", None, &mut [0; 20]).unwrap();
    };
    let expected =
        ["Finished", "exporter", "key expansion"].map(|it| format!("TLS 1.2 PRF, {it} by SHA-256"));
    assert_eq!(services(others), [vec![], expected.to_vec()]);
}

#[test]
fn random_bits() {
    assert_approved(|| random(&mut [0; 32]).unwrap(), &["random bits by CTR_DRBG"]);
}

#[test]
fn failures_are_left_out_and_observers_nest() {
    let public = PublicKey::from_spki(private_key("p256.pkcs8.pem").public_key_der()).unwrap();
    let scheme = SignatureScheme::ECDSA_SECP256R1_SHA256;
    let ((), outer) = observe(|| {
        let (result, inner) = observe(|| public.verify_tls13(scheme, MESSAGE, b"no signature"));
        assert_eq!(result, Err(SignatureError::Invalid));
        assert_eq!((inner.approved, inner.unapproved, inner.observed_count), (vec![], vec![], 0));
        random(&mut [0; 32]).unwrap();
    });
    assert_eq!((outer.approved.len(), outer.unapproved.len(), outer.observed_count), (1, 0, 1));
}
