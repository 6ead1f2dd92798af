//! Every suite, with every group, however its bytes are cut.

use tests::authority::Authority;
use tests::pair::{Pair, client_builder};
use tests::protection::tls12::is_tls12;
use tests::relay::{Setup, Side, content_type, record, records};
use tls_core::ServerConfig;
use tls_core::ciphersuites::{CipherSuite, NamedGroup, ProtocolVersion, SecurityPolicy};

use super::only_suite;

/// All suites there are for TLS 1.2: those of AEADs, then those in CBC mode.
const SUITES: [CipherSuite; 14] = [
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384,
];

/// Two ends that both have this suite and this group only, for each suite.
fn every_suite(group: NamedGroup, check: impl Fn(CipherSuite, &Setup)) {
    let authority = Authority::new();
    let key = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap();
    let rsa = authority.issue_with(&["localhost"], key, |_| {});
    let ecdsa = authority.localhost();
    for suite in SUITES {
        let policy = only_suite(suite, group);
        let identity = if suite.to_string().contains("ECDSA") { ecdsa.identity() } else { rsa.identity() };
        let client = client_builder(&authority).policy(policy.clone());
        check(
            suite,
            &Setup::new(
                client,
                ServerConfig::builder().permit_unapproved().policy(policy).identity(identity),
            ),
        );
    }
}

//= 9846:9.3 all-offered-work
#[test]
fn every_suite_works_with_every_group() {
    for group in SecurityPolicy::P20251014.tls12_groups() {
        every_suite(group, |suite, setup| {
            let mut pair = setup.pair();
            pair.handshake();
            pair.assert_works();
            for end in [&pair.client, &pair.server] {
                let facts = end.connection.facts().unwrap();
                let agreed = (facts.version, facts.cipher_suite, facts.group);
                assert_eq!(agreed, (ProtocolVersion::TLS1_2, suite, group));
                assert!(facts.extended_main_secret && !facts.post_quantum() && !facts.hello_retry_request);
            }
        });
    }
}

#[test]
fn bytes_one_at_a_time_in_one_byte_records() {
    every_suite(NamedGroup::X25519, |_, setup| {
        let mut pair = setup.pair();
        pair.run(|end, bytes| {
            let mut is_plaintext = true;
            for whole in records(bytes) {
                let cut = match whole[0] {
                    content_type::HANDSHAKE if is_plaintext => {
                        whole[5..].iter().flat_map(|byte| record(content_type::HANDSHAKE, &[*byte])).collect()
                    }
                    _ => whole.to_vec(),
                };
                cut.iter().for_each(|byte| end.deliver(&[*byte]));
                is_plaintext &= whole[0] != content_type::CHANGE_CIPHER_SPEC;
            }
        });
        pair.assert_works();
    });
}

/// Data right behind Finished, in the same read, and the close behind it.
#[test]
fn all_at_once() {
    every_suite(NamedGroup::SECP256R1, |suite, setup| {
        let mut pair: Pair = setup.pair();
        for _ in 0..3 {
            let flight = pair.client.take_output();
            pair.server.deliver(&flight);
            if !pair.server.established {
                let flight = pair.server.take_output();
                pair.client.deliver(&flight);
            }
        }
        let mut wire = pair.server.take_output();
        wire.extend(pair.server.seal(&[7; 40_000]));
        pair.server.connection.close();
        wire.extend(pair.server.take_output());
        pair.client.deliver(&wire);
        assert!(pair.client.established && pair.client.peer_closed, "{suite}");
        assert_eq!(pair.client.received, vec![7; 40_000]);
    });
}

/// Someone who has the main secret of each end, and no code of ours, opens every record and seals it anew.
#[test]
fn the_keys_are_those_of_the_main_secret() {
    every_suite(NamedGroup::X25519, |suite, setup| {
        if !is_tls12(suite) {
            return;
        }
        let mut relay = setup.relay();
        let mut protected = 0;
        relay.run(|piece| {
            protected += usize::from(piece.epoch != tests::relay::Epoch::Plain);
            vec![piece.clone()]
        });
        assert_eq!(protected, 2, "{suite}");
        relay.pair.assert_works();
        for side in [Side::Client, Side::Server] {
            let (mut pair, mut keys) = setup.established(side);
            let wire = pair.end(side).seal(b"data");
            assert_eq!(keys.open(&wire), (content_type::APPLICATION_DATA, b"data".to_vec()));
            let (mut pair, mut keys) = setup.established(side);
            pair.end(side.other()).deliver(&keys.seal(content_type::APPLICATION_DATA, b"data"));
            assert_eq!(pair.end(side.other()).received, b"data");
        }
    });
}
