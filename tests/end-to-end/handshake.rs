//! Handshakes between our own two ends.

use tests::pair::default_pair;
use tls_core::ciphersuites::{CipherSuite, NamedGroup};

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
