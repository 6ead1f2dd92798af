//! TLS 1.2 between our own two ends.

use tests::authority::Authority;
use tests::pair::{Pair, client_builder, server_builder};
use tls_core::ciphersuites::{CipherSuite, NamedGroup, ProtocolVersion, SecurityPolicy};
use tls_core::{ClientAuthentication, ServerConfig};

/// The default policy, with one suite of TLS 1.2 and no other.
fn only(suite: CipherSuite) -> SecurityPolicy {
    SecurityPolicy { cipher_suites: vec![suite].into(), ..SecurityPolicy::DEFAULT }
}

#[test]
fn every_suite_works_with_every_group() {
    let authority = Authority::new();
    let rsa = authority.issue_with(
        &["localhost"],
        rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap(),
        |_| {},
    );
    let suites: Vec<_> = SecurityPolicy::DEFAULT_PQ.tls12_suites().map(|suite| suite.id).collect();
    assert_eq!(suites.len(), 10);
    for suite in suites {
        for group in SecurityPolicy::DEFAULT.tls12_groups() {
            let policy = SecurityPolicy { groups: vec![group].into(), ..only(suite) };
            let client = client_builder(&authority).policy(policy).build().unwrap();
            let server = ServerConfig::builder()
                .policy(SecurityPolicy::DEFAULT_PQ)
                .identity(authority.localhost().identity())
                .identity(rsa.identity())
                .build()
                .unwrap();
            let mut pair = Pair::new(&client, &server);
            pair.handshake();
            pair.assert_works();
            for end in [&pair.client, &pair.server] {
                let facts = end.connection.facts().unwrap();
                assert_eq!(
                    (facts.version, facts.cipher_suite, facts.group),
                    (ProtocolVersion::TLS1_2, suite, group)
                );
                assert!(facts.extended_main_secret && !facts.post_quantum());
            }
            let mut exported = [[0; 32], [1; 32]];
            pair.client.connection.export(b"label", b"context", &mut exported[0]).unwrap();
            pair.server.connection.export(b"label", b"context", &mut exported[1]).unwrap();
            assert_eq!(exported[0], exported[1]);
        }
    }
}

#[test]
fn a_client_proves_itself_in_tls12() {
    let authority = Authority::new();
    let policy = only(CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256);
    for (identity, required, works) in
        [(true, true, true), (true, false, true), (false, false, true), (false, true, false)]
    {
        let mut client = client_builder(&authority).policy(policy.clone());
        if identity {
            client = client.identity(authority.localhost().identity());
        }
        let authentication = match required {
            true => ClientAuthentication::Required(authority.roots()),
            false => ClientAuthentication::Optional(authority.roots()),
        };
        let server = server_builder(&authority)
            .policy(policy.clone())
            .client_authentication(authentication)
            .build()
            .unwrap();
        let mut pair = Pair::new(&client.build().unwrap(), &server);
        pair.handshake();
        if works {
            pair.assert_works();
            assert_eq!(pair.server.connection.facts().unwrap().peer_certificates.is_some(), identity);
        } else {
            assert_eq!(pair.server.error.as_ref().map(tls_core::Error::code), Some("certificate_required"));
        }
    }
}

#[test]
fn versions_are_negotiated_in_all_pairs() {
    let authority = Authority::new();
    let tls12 = only(CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256);
    let tls13 = only(CipherSuite::TLS_AES_128_GCM_SHA256);
    let both = SecurityPolicy::DEFAULT;
    let (v12, v13) = (Some(ProtocolVersion::TLS1_2), Some(ProtocolVersion::TLS1_3));
    for (client, server, expected) in [
        (&tls12, &tls12, v12),
        (&tls12, &tls13, None),
        (&tls12, &both, v12),
        (&tls13, &tls12, None),
        (&tls13, &tls13, v13),
        (&tls13, &both, v13),
        (&both, &tls12, v12),
        (&both, &tls13, v13),
        (&both, &both, v13),
    ] {
        let client = client_builder(&authority).policy(client.clone()).build().unwrap();
        let server = server_builder(&authority).policy(server.clone()).build().unwrap();
        let mut pair = Pair::new(&client, &server);
        pair.handshake();
        match expected {
            Some(version) => {
                pair.assert_works();
                assert_eq!(pair.client.connection.facts().unwrap().version, version);
            }
            None => {
                assert_eq!(pair.server.error.as_ref().map(tls_core::Error::code), Some("no_common_version"))
            }
        }
    }
}

#[test]
fn a_hybrid_offer_ends_classical_in_tls12() {
    let authority = Authority::new();
    let client = client_builder(&authority).policy(SecurityPolicy::DEFAULT).build().unwrap();
    let policy = only(CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256);
    let server = server_builder(&authority).policy(policy).build().unwrap();
    let mut pair = Pair::new(&client, &server);
    pair.handshake();
    pair.assert_works();
    assert_eq!(pair.client.connection.facts().unwrap().group, NamedGroup::SECP256R1);
}
