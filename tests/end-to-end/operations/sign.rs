//! Signatures by keys that are elsewhere.

use rcgen::{
    KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_ML_DSA_65, PKCS_RSA_SHA256,
    RsaKeySize,
};
use tls_core::ciphersuites::{SignatureHash, SignatureScheme};
use tls_core::{AlertDescription, KeyId, Role, SignFailure, SignFailureKind, SignPurpose, Stage, Who};

use super::*;

/// Chains with every kind of key that the default policy serves in this version.
fn chains(authority: &Authority, version: ProtocolVersion) -> Vec<Split> {
    let rsa = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    let mut chains = vec![authority.issue_with(&["localhost"], rsa, |_| {})];
    for algorithm in [&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P384_SHA384] {
        chains.push(authority.issue(&["localhost"], algorithm));
    }
    if version == ProtocolVersion::TLS1_3 {
        chains.push(authority.issue(&["localhost"], &PKCS_ML_DSA_65));
    }
    chains.into_iter().map(Split::new).collect()
}

#[test]
fn both_sides_sign_with_keys_of_every_kind() {
    let authority = Authority::new();
    for version in BOTH {
        for server in chains(&authority, version) {
            let client = Split::new(authority.issue(&["client.test"], &PKCS_ECDSA_P384_SHA384));
            let mut pair = mutual(version, &server, &client, &authority);
            run(&mut pair);
            let sign = take_sign(&mut pair.server);
            assert_eq!(pair.server.connection.stage(), Stage::Signing);
            assert_eq!(sign.request().key(), KeyId::of_public_key(server.key.public_key_der()));
            assert_eq!(sign.request().key_type(), server.key.key_type());
            let signature = server.signature(sign.request());
            pair.server.answer(sign.answer(Ok(signature)));
            run(&mut pair);
            let sign = take_sign(&mut pair.client);
            let signature = client.signature(sign.request());
            pair.client.answer(sign.answer(Ok(signature)));
            run(&mut pair);
            pair.assert_works();
            let facts = pair.client.connection.facts().unwrap();
            assert_eq!(facts.version, version);
            assert!(facts.client_signature_scheme.is_some());
        }
    }
}

#[test]
fn ed25519_signs_the_message_and_has_no_digest() {
    let authority = Authority::new();
    let server = Split::new(authority.issue(&["localhost"], &PKCS_ED25519));
    let ed25519 = |version| SecurityPolicy {
        signature_schemes: vec![SignatureScheme::ED25519].into(),
        certificate_signature_schemes: None,
        ..policy(version)
    };
    for version in BOTH {
        let client = client_builder(&authority).policy(ed25519(version)).build().unwrap();
        let config =
            ServerConfig::builder().permit_unapproved().policy(ed25519(version)).identity(server.identity());
        let mut pair = Pair::new(&client, &config.build().unwrap());
        run(&mut pair);
        let sign = take_sign(&mut pair.server);
        assert_eq!(sign.request().digest(), None);
        let signature = server.signature(sign.request());
        pair.server.answer(sign.answer(Ok(signature)));
        run(&mut pair);
        pair.assert_works();
    }
}

fn sha256(message: &[u8]) -> Vec<u8> {
    ring::digest::digest(&ring::digest::SHA256, message).as_ref().to_vec()
}

#[test]
fn a_request_says_what_it_is_for() {
    let authority = Authority::new();
    let (server, client) = (Split::new(authority.localhost()), Split::new(authority.localhost()));
    for version in BOTH {
        let mut pair = mutual(version, &server, &client, &authority);
        run(&mut pair);
        let sign = take_sign(&mut pair.server);
        let request = sign.request();
        match (version, request.purpose()) {
            (ProtocolVersion::TLS1_3, SignPurpose::Tls13CertificateVerify { signer, transcript_hash }) => {
                assert_eq!(*signer, Role::Server);
                let message = request.message();
                assert_eq!(message[..64], [0x20; 64]);
                assert_eq!(&message[64..98], b"TLS 1.3, server CertificateVerify\0");
                assert_eq!(&message[98..], transcript_hash.as_ref());
            }
            (_, SignPurpose::Tls12ServerKeyExchange { client_random, server_random, params }) => {
                let whole = [client_random.as_slice(), server_random, params].concat();
                assert_eq!(request.message(), whole);
            }
            other => panic!("{other:?}"),
        }
        let (hash, digest) = request.digest().unwrap();
        assert_eq!((hash, digest), (SignatureHash::Sha256, sha256(request.message())));
        let signature = server.signature(request);
        pair.server.answer(sign.answer(Ok(signature)));
        run(&mut pair);
        let sign = take_sign(&mut pair.client);
        match (version, sign.request().purpose()) {
            (ProtocolVersion::TLS1_3, SignPurpose::Tls13CertificateVerify { signer, .. }) => {
                assert_eq!(*signer, Role::Client);
            }
            (_, SignPurpose::Tls12CertificateVerify { messages }) => {
                assert_eq!(messages[0], 1, "a transcript begins with ClientHello");
                assert_eq!(messages, sign.request().message());
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(sign.request().purpose().to_be_signed(), sign.request().message());
    }
}

/// The client can derive keys and judge the chain while the signature is being made.
#[test]
fn everything_up_to_the_certificate_goes_out_before_the_signature() {
    let authority = Authority::new();
    for version in BOTH {
        let server = Split::new(authority.localhost());
        let (client, config) = configs(version, &authority, server.identity());
        let mut pair = Pair::new(&client, &config);
        run(&mut pair);
        let expected = match version {
            ProtocolVersion::TLS1_3 => "while waiting for CertificateVerify",
            _ => "while waiting for ServerKeyExchange",
        };
        assert_eq!(pair.client.connection.stage().to_string(), expected);
        let sign = take_sign(&mut pair.server);
        let signature = server.signature(sign.request());
        pair.server.answer(sign.answer(Ok(signature)));
        run(&mut pair);
        pair.assert_works();
    }
}

#[test]
fn failures_are_typed_and_the_peer_learns_only_that_there_was_one() {
    let authority = Authority::new();
    let kinds = [
        SignFailureKind::TimedOut,
        SignFailureKind::Unavailable,
        SignFailureKind::Overloaded,
        SignFailureKind::UnknownKey,
        SignFailureKind::Denied,
        SignFailureKind::Unsupported,
        SignFailureKind::Failed,
    ];
    for version in BOTH {
        for kind in kinds {
            let server = Split::new(authority.localhost());
            let (client, config) = configs(version, &authority, server.identity());
            let mut pair = Pair::new(&client, &config);
            run(&mut pair);
            let sign = take_sign(&mut pair.server);
            pair.server.answer(sign.answer(Err(SignFailure::new(kind, "slot 3"))));
            run(&mut pair);
            let error = pair.server.error.as_ref().unwrap();
            assert_eq!(
                (error.code(), error.who(), error.stage()),
                ("signing_failed", Who::Local, Some(Stage::Signing))
            );
            assert!(error.to_string().contains(&format!("{kind}: slot 3")), "{error}");
            assert_eq!(error.alert_sent(), Some(AlertDescription::INTERNAL_ERROR));
            let received = pair.client.error.as_ref().unwrap().alert_received();
            assert_eq!(received, Some(AlertDescription::INTERNAL_ERROR));
        }
    }
}

/// Signatures that are none: by another key, of another message, by another scheme, cut, or with one bit wrong.
fn wrong_signatures(split: &Split, other: &Split, request: &SignRequest) -> Vec<Vec<u8>> {
    let right = split.signature(request);
    let mut wrong = vec![
        Vec::new(),
        other.signature(request),
        split.key.sign(request.scheme(), b"another message").unwrap(),
        right[..right.len() - 1].to_vec(),
        [right.as_slice(), &[0]].concat(),
        vec![0; 70_000],
    ];
    for bit in [0, 13, right.len() * 4, right.len() * 8 - 1] {
        let mut flipped = right.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        wrong.push(flipped);
    }
    wrong
}

#[test]
fn a_wrong_signature_never_leaves() {
    let authority = Authority::new();
    let rsa = || {
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
        Split::new(authority.issue_with(&["localhost"], key, |_| {}))
    };
    for version in BOTH {
        for (server, other) in
            [(rsa(), rsa()), (Split::new(authority.localhost()), Split::new(authority.localhost()))]
        {
            for index in 0..10 {
                let (client, config) = configs(version, &authority, server.identity());
                let mut pair = Pair::new(&client, &config);
                run(&mut pair);
                let sign = take_sign(&mut pair.server);
                let wrong = wrong_signatures(&server, &other, sign.request()).swap_remove(index);
                pair.server.answer(sign.answer(Ok(wrong.clone())));
                let output = pair.server.take_output();
                assert!(wrong.is_empty() || !output.windows(wrong.len()).any(|part| part == wrong));
                let error = pair.server.error.as_ref().unwrap();
                assert_eq!((error.code(), error.who()), ("signing_failed", Who::Local), "{index}");
                assert!(error.to_string().contains("does not verify"), "{error}");
            }
        }
    }
}

/// Whoever gives the check up sends what the signer made of it; the client sees it then.
#[test]
fn a_trusted_signer_is_not_checked() {
    let authority = Authority::new();
    for version in BOTH {
        let server = Split::new(authority.localhost());
        let (client, config) = configs(version, &authority, server.identity().trust_signer());
        let mut pair = Pair::new(&client, &config);
        run(&mut pair);
        let sign = take_sign(&mut pair.server);
        let wrong = server.key.sign(sign.request().scheme(), b"another message").unwrap();
        pair.server.answer(sign.answer(Ok(wrong)));
        assert_eq!(pair.server.error, None);
        run(&mut pair);
        assert_eq!(pair.client.error.as_ref().unwrap().code(), "bad_handshake_signature");
    }
}

#[test]
fn only_schemes_that_the_signer_knows_are_asked_for() {
    let authority = Authority::new();
    let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    let server = Split::new(authority.issue_with(&["localhost"], key, |_| {}));
    let pkcs1 = [SignatureScheme::RSA_PKCS1_SHA384];
    let (client, config) =
        configs(ProtocolVersion::TLS1_2, &authority, server.identity().only_schemes(&pkcs1));
    let mut pair = Pair::new(&client, &config);
    run(&mut pair);
    let sign = take_sign(&mut pair.server);
    assert_eq!(sign.request().scheme(), SignatureScheme::RSA_PKCS1_SHA384);
    // TLS 1.3 has no PKCS#1: with such a signer there is nothing to configure.
    let config = ServerConfig::builder()
        .permit_unapproved()
        .policy(policy(ProtocolVersion::TLS1_3))
        .identity(server.identity().only_schemes(&pkcs1));
    assert!(config.build().unwrap_err().to_string().contains("permits no signature scheme"));
}
