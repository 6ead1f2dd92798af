//! Which of its certificates a server shows.

use rcgen::{PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, SignatureAlgorithm};
use tests::authority::Authority;
use tests::pair::{Pair, client_builder, default_tls13};
use tls_core::ciphersuites::{SecurityPolicy, SignatureScheme};
use tls_core::{Identity, ServerConfig, ServerName, ServerVerification};

fn connect(
    authority: &Authority,
    identities: Vec<Identity>,
    name: &str,
    schemes: &[SignatureScheme],
) -> (Pair, Vec<[u8; 32]>) {
    let policy = SecurityPolicy { signature_schemes: schemes.to_vec().into(), ..default_tls13() };
    let all = [
        SignatureScheme::ED25519,
        SignatureScheme::ECDSA_SECP384R1_SHA384,
        SignatureScheme::ECDSA_SECP256R1_SHA256,
    ];
    let server_policy = SecurityPolicy { signature_schemes: all.to_vec().into(), ..default_tls13() };
    let fingerprints = identities.iter().map(Identity::fingerprint).collect();
    let server = identities
        .into_iter()
        .fold(ServerConfig::builder().permit_unapproved(), |server, identity| server.identity(identity));
    let server = server.policy(server_policy).build().unwrap();
    let client = client_builder(authority)
        .policy(policy)
        .server_verification(ServerVerification::Insecure)
        .build()
        .unwrap();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let mut pair = Pair::by_name(name, &client, &server);
    pair.handshake();
    (pair, fingerprints)
}

/// Which of the identities the client was shown.
fn shown(pair: &Pair, fingerprints: &[[u8; 32]]) -> Option<usize> {
    let facts = pair.client.connection.facts()?;
    let leaf = facts.peer_certificates.as_ref()?.leaf();
    let digest = ring::digest::digest(&ring::digest::SHA256, leaf);
    fingerprints.iter().position(|fingerprint| fingerprint == digest.as_ref())
}

//= 9846:4.5.1.2 leaf-signs
//= 9846:4.5.2 scheme-server
//= 9846:9.2 server-name
#[test]
fn by_name_then_by_scheme_then_by_order() {
    let authority = Authority::new();
    let table: [(&[&str], &'static SignatureAlgorithm); 5] = [
        (&["default.test"], &PKCS_ECDSA_P256_SHA256),
        (&["a.test"], &PKCS_ECDSA_P256_SHA256),
        (&["a.test"], &PKCS_ED25519),
        (&["*.b.test", "b.test"], &PKCS_ECDSA_P384_SHA384),
        (&["192.0.2.1"], &PKCS_ECDSA_P384_SHA384),
    ];
    let [p256, p384, ed25519] = [
        SignatureScheme::ECDSA_SECP256R1_SHA256,
        SignatureScheme::ECDSA_SECP384R1_SHA384,
        SignatureScheme::ED25519,
    ];
    let all = [p256, p384, ed25519];
    let cases: &[(&str, &[SignatureScheme], Option<usize>, SignatureScheme)] = &[
        ("default.test", &all, Some(0), p256),
        ("a.test", &all, Some(2), ed25519),
        ("a.test", &[p256], Some(1), p256),
        ("a.test", &[ed25519], Some(2), ed25519),
        // The name counts more than the policy's order, a key that can sign more than the name.
        ("A.TEST", &all, Some(2), ed25519),
        ("x.b.test", &all, Some(3), p384),
        ("b.test", &all, Some(3), p384),
        ("x.b.test", &[ed25519], Some(2), ed25519),
        ("x.y.b.test", &all, Some(2), ed25519),
        ("unknown.test", &all, Some(2), ed25519),
        ("unknown.test", &[p256], Some(0), p256),
        ("unknown.test", &[p384], Some(3), p384),
        // An address is not sent: the default.
        ("192.0.2.1", &all, Some(2), ed25519),
    ];
    for (name, schemes, expected, scheme) in cases {
        let identities =
            table.iter().map(|(names, algorithm)| authority.issue(names, algorithm).identity()).collect();
        let (mut pair, fingerprints) = connect(&authority, identities, name, schemes);
        pair.assert_works();
        assert_eq!(shown(&pair, &fingerprints), *expected, "{name} {schemes:?}");
        let facts = pair.server.connection.facts().unwrap();
        assert_eq!(facts.server_signature_scheme, Some(*scheme));
        let sent = ServerName::try_from(*name).ok().filter(|name| matches!(name, ServerName::DnsName(_)));
        assert_eq!(facts.server_name.is_some(), sent.is_some());
    }
}

//= 9846:9.2 server-name
#[test]
fn the_name_is_sent_unless_told_otherwise() {
    let authority = Authority::new();
    for send in [true, false] {
        let client = client_builder(&authority).server_name_indication(send).build().unwrap();
        let server = tests::pair::server_builder(&authority).build().unwrap();
        let mut pair = Pair::new(&client, &server);
        pair.handshake();
        pair.assert_works();
        for end in [&pair.client, &pair.server] {
            let name = end.connection.facts().unwrap().server_name.as_deref();
            assert_eq!(name, send.then_some("localhost"));
        }
    }
}

//= 9846:9.1 signatures
#[test]
fn every_kind_of_key() {
    let [p256, p384, ed25519, p521, rsa] = [
        SignatureScheme::ECDSA_SECP256R1_SHA256,
        SignatureScheme::ECDSA_SECP384R1_SHA384,
        SignatureScheme::ED25519,
        SignatureScheme::ECDSA_SECP521R1_SHA512,
        SignatureScheme::RSA_PSS_RSAE_SHA256,
    ];
    let table: [(&'static SignatureAlgorithm, SignatureScheme); 5] = [
        (&PKCS_ECDSA_P256_SHA256, p256),
        (&PKCS_ECDSA_P384_SHA384, p384),
        (&PKCS_ED25519, ed25519),
        (&rcgen::PKCS_ECDSA_P521_SHA512, p521),
        (&rcgen::PKCS_RSA_SHA256, rsa),
    ];
    let policy =
        SecurityPolicy { signature_schemes: vec![p256, p384, ed25519, p521, rsa].into(), ..default_tls13() };
    for (algorithm, scheme) in table {
        // The chain and both leaves, so that each is signed by, verified by and shown by both ends.
        let authority = Authority::with_algorithm(algorithm);
        let pem = authority.issue(&["localhost"], algorithm);
        let client = client_builder(&authority).policy(policy.clone()).identity(pem.identity());
        let asked = tls_core::ClientAuthentication::Required(authority.roots());
        let server = ServerConfig::builder()
            .permit_unapproved()
            .policy(policy.clone())
            .identity(pem.identity())
            .client_authentication(asked);
        let mut pair = Pair::new(&client.build().unwrap(), &server.build().unwrap());
        pair.handshake();
        pair.assert_works();
        for end in [&pair.client, &pair.server] {
            let facts = end.connection.facts().unwrap();
            assert_eq!(facts.server_signature_scheme, Some(scheme));
            assert_eq!(facts.client_signature_scheme, Some(scheme));
        }
    }
}
