//! Suites in CBC mode: whatever is wrong with a record, its sender learns nothing else than that (RFC 5246 §6.2.3.2).

use tests::authority::Authority;
use tests::pair::{Pair, client_builder, server_builder};
use tests::relay::{Setup, records};
use tls_core::ciphersuites::{CipherSuite, NamedGroup};
use tls_core::{AlertDescription as Alert, MAX_SEALED_RECORD};

use super::only_suite;

const SUITES: [CipherSuite; 4] = [
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384,
];

const BLOCK: usize = 16;

fn setup(suite: CipherSuite) -> Setup {
    let (authority, policy) = (Authority::new(), only_suite(suite, NamedGroup::X25519));
    Setup::new(client_builder(&authority).policy(policy.clone()), server_builder(&authority).policy(policy))
}

fn established(setup: &Setup) -> Pair {
    let mut pair = setup.pair();
    pair.handshake();
    assert!(pair.client.established && pair.server.established);
    pair
}

/// The server gets this in place of a record of the client with this content, and refuses it like any other.
fn assert_refused(setup: &Setup, content: &[u8], alter: impl FnOnce(&mut Vec<u8>), context: &str) {
    let mut pair = established(setup);
    let mut body = pair.client.seal(content)[5..].to_vec();
    alter(&mut body);
    let len = u16::try_from(body.len()).unwrap().to_be_bytes();
    pair.server.deliver(&[&[23, 3, 3, len[0], len[1]], body.as_slice()].concat());
    let error = pair.server.error.as_ref().unwrap_or_else(|| panic!("{context}: accepted"));
    assert_eq!((error.code(), error.alert_sent()), ("bad_record", Some(Alert::BAD_RECORD_MAC)), "{context}");
    assert!(pair.server.received.is_empty(), "{context}");
    // What the peer can see, the same each time: one record of one length.
    let alert = pair.server.take_output();
    assert_eq!(records(&alert).len(), 1);
    pair.client.deliver(&alert);
    assert_eq!(pair.client.error.unwrap().alert_received(), Some(Alert::BAD_RECORD_MAC));
}

#[test]
fn every_altered_byte() {
    for suite in SUITES {
        let setup = setup(suite);
        let content = [7; 20];
        let len = established(&setup).client.seal(&content).len() - 5;
        for at in 0..len {
            assert_refused(&setup, &content, |body| body[at] ^= 1, &format!("{suite}: byte {at}"));
        }
    }
}

/// Bits of the block before the last flip the same bits of the padding, of which the sender knows all.
#[test]
fn every_other_length_of_padding() {
    let setup = setup(SUITES[0]);
    // 20 bytes of content and 20 of MAC leave 8 for the padding and its length.
    let (content, padding) = ([7; 20], 7_u8);
    for other in (0..=255).filter(|other| *other != padding) {
        let last_only = |body: &mut Vec<u8>| {
            let at = body.len() - BLOCK - 1;
            body[at] ^= padding ^ other;
        };
        assert_refused(&setup, &content, last_only, &format!("{other} in the last byte"));
        let whole = |body: &mut Vec<u8>| {
            let end = body.len() - BLOCK;
            let begin = end - usize::from(other.min(7)) - 1;
            body[begin..end].iter_mut().for_each(|byte| *byte ^= padding ^ other);
        };
        assert_refused(&setup, &content, whole, &format!("{other} throughout"));
    }
}

#[test]
fn truncated_or_longer() {
    for suite in SUITES {
        let setup = setup(suite);
        let len = established(&setup).client.seal(&[7; 20]).len() - 5;
        for left in 0..len {
            assert_refused(&setup, &[7; 20], |body| body.truncate(left), &format!("{suite}: {left} bytes"));
        }
        for more in [1, 15, 16, 32, 256] {
            let longer = |body: &mut Vec<u8>| body.resize(len + more, 7);
            assert_refused(&setup, &[7; 20], longer, &format!("{suite}: {more} more"));
        }
        let cut = |body: &mut Vec<u8>| drop(body.drain(..BLOCK));
        assert_refused(&setup, &[7; 20], cut, &format!("{suite}: no vector"));
    }
}

#[test]
fn dropped_repeated_or_of_another_type() {
    for suite in SUITES {
        let setup = setup(suite);
        for (what, order) in [("the second", &[1][..]), ("twice the first", &[0, 0])] {
            let mut pair = established(&setup);
            let sealed = [pair.client.seal(b"a"), pair.client.seal(b"b")];
            order.iter().for_each(|number| pair.server.deliver(&sealed[*number]));
            assert_eq!(pair.server.error.as_ref().unwrap().code(), "bad_record", "{what}");
        }
        let mut pair = established(&setup);
        let mut wire = pair.client.seal(&[1, 0]);
        wire[0] = 21;
        pair.server.deliver(&wire);
        assert_eq!(pair.server.error.as_ref().unwrap().code(), "bad_record");
    }
}

#[test]
fn data_of_every_length_near_a_block_and_of_the_largest() {
    for suite in SUITES {
        let mut pair = established(&setup(suite));
        for len in (1..70).chain([(1 << 14) - 1, 1 << 14, (1 << 14) + 1, 50_000]) {
            let data = vec![u8::try_from(len % 251).unwrap(); len];
            let wire = pair.client.seal(&data);
            assert!(records(&wire).iter().all(|record| record.len() <= MAX_SEALED_RECORD));
            assert!(
                records(&wire)
                    .iter()
                    .all(|record| record[3..].len() > 2 && (record.len() - 5).is_multiple_of(BLOCK))
            );
            pair.server.deliver(&wire);
            assert_eq!(std::mem::take(&mut pair.server.received), data, "{suite}: {len}");
        }
        pair.assert_works();
    }
}

/// The vectors are random: two records of the same content have nothing in common.
#[test]
fn vectors_differ() {
    let mut pair = established(&setup(SUITES[0]));
    let vectors: std::collections::BTreeSet<Vec<u8>> =
        (0..200).map(|_| pair.client.seal(b"data")[5..5 + BLOCK].to_vec()).collect();
    assert_eq!(vectors.len(), 200);
}
