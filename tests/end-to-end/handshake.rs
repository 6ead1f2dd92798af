//! Handshakes between our own two ends.

use tests::authority::Authority;
use tests::pair::{Pair, client_builder, default_pair, server_builder};
use tls_core::ciphersuites::{CipherSuite, NamedGroup, SecurityPolicy};

#[test]
fn the_default_handshake_is_post_quantum_and_carries_data_both_ways() {
    let mut pair = default_pair();
    pair.handshake();
    pair.assert_works();
    for end in [&pair.client, &pair.server] {
        let facts = end.connection.facts().unwrap();
        assert_eq!(facts.group, NamedGroup::X25519MLKEM768);
        assert!(facts.post_quantum());
        assert!(!facts.hello_retry_request);
        assert_eq!(facts.cipher_suite, CipherSuite::TLS_AES_128_GCM_SHA256);
    }
}

//= 9846:4.2.1 retry-without-share
//= 9846:4.2.3 random-first
#[test]
fn a_server_asks_for_the_hybrid_that_the_client_offers_without_a_share() {
    let authority = Authority::new();
    let mut policy = SecurityPolicy::P20251014;
    policy.key_shares = vec![NamedGroup::X25519].into();
    for cookie in [false, true] {
        let client = client_builder(&authority).policy(policy.clone()).build().unwrap();
        let server = server_builder(&authority).retry_cookie(cookie).build().unwrap();
        let mut pair = Pair::new(&client, &server);
        pair.handshake();
        pair.assert_works();
        let facts = pair.server.connection.facts().unwrap();
        assert_eq!((facts.group, facts.hello_retry_request), (NamedGroup::X25519MLKEM768, true));
    }
}

#[test]
fn a_plaintext_close_notify_cannot_cut_an_established_connection_short() {
    let mut pair = default_pair();
    pair.handshake();
    pair.assert_works();
    for (end, name) in [(&mut pair.client, "client"), (&mut pair.server, "server")] {
        end.deliver(&[21, 3, 3, 0, 2, 1, 0]);
        assert!(!end.peer_closed, "the {name} believed it");
        assert_eq!(end.error.as_ref().map(tls_core::Error::code), Some("unexpected_record"));
    }
}
