//! Records that are protected by TLS 1.2: too long, too short, of no type; nonces (RFC 5246 §6.2, RFC 5288, RFC 7905).

use std::collections::BTreeSet;

use tests::authority::Authority;
use tests::pair::{client_builder, server_builder};
use tests::relay::{Setup, Side, content_type, record, records};
use tests::scenario::ALL;
use tls_core::ciphersuites::{CipherSuite, NamedGroup};
use tls_core::{AlertDescription as Alert, MAX_RECORD};

use super::only_suite;

const BOTH: [Side; 2] = [Side::Client, Side::Server];

const SUITES: [CipherSuite; 3] = [
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
];

fn setup(suite: CipherSuite) -> Setup {
    let (authority, policy) = (Authority::new(), only_suite(suite, NamedGroup::X25519));
    Setup::new(client_builder(&authority).policy(policy.clone()), server_builder(&authority).policy(policy))
}

#[test]
fn a_length_that_is_too_long_is_refused_by_its_header() {
    for side in BOTH {
        for (len, is_permitted) in [((1 << 14) + 2048, true), ((1 << 14) + 2049, false), (0xffff, false)] {
            for content_type in [21, 22, 23] {
                let (mut pair, _) = ALL[4].setup().established(side);
                let end = pair.end(side);
                let [high, low] = u16::try_from(len).unwrap().to_be_bytes();
                end.deliver(&[content_type, 3, 3, high, low]);
                let refused = end.error.as_ref().map(|error| (error.code(), error.alert_sent()));
                let expected = ("record_overflow", Some(Alert::RECORD_OVERFLOW));
                assert_eq!(refused, (!is_permitted).then_some(expected), "{len}");
            }
        }
    }
    assert_eq!(MAX_RECORD, 5 + (1 << 14) + 2048);
}

#[test]
fn protected_content() {
    /// Content type, length, and what comes of it.
    type Row = (u8, usize, Result<usize, (&'static str, Alert)>);
    let unexpected = Err(("unexpected_record", Alert::UNEXPECTED_MESSAGE));
    let overflow = Err(("record_overflow", Alert::RECORD_OVERFLOW));
    let table: [Row; 11] = [
        (23, 0, Ok(0)),
        (23, 1, Ok(1)),
        (23, 1 << 14, Ok(1 << 14)),
        (23, (1 << 14) + 1, overflow),
        (23, (1 << 14) + 1000, overflow),
        (22, (1 << 14) + 1, overflow),
        (22, 0, unexpected),
        (21, 0, unexpected),
        (20, 0, unexpected),
        (24, 3, unexpected),
        (99, 3, unexpected),
    ];
    for suite in SUITES {
        let setup = setup(suite);
        for side in BOTH {
            for (content_type, len, expected) in table {
                let (mut pair, mut keys) = setup.established(side.other());
                let end = pair.end(side);
                end.deliver(&keys.seal(content_type, &vec![7; len]));
                match expected {
                    Ok(len) => assert_eq!((&end.error, end.received.len()), (&None, len)),
                    Err(expected) => {
                        let error = end.error.as_ref().expect("a refusal");
                        assert_eq!(
                            (error.code(), error.alert_sent()),
                            (expected.0, Some(expected.1)),
                            "{len}"
                        );
                        assert!(end.received.is_empty());
                    }
                }
            }
        }
    }
}

#[test]
fn every_byte_is_protected() {
    for suite in SUITES {
        let setup = setup(suite);
        let (mut pair, _) = setup.established(Side::Client);
        let len = pair.client.seal(b"data").len();
        for at in 0..len {
            let (mut pair, _) = setup.established(Side::Client);
            let mut wire = pair.client.seal(b"data");
            wire[at] ^= 1;
            pair.server.deliver(&wire);
            // A longer length would have it wait; the next record fills the gap.
            let more = pair.client.seal(&[0; 300]);
            pair.server.deliver(&more);
            assert_eq!(pair.server.error.as_ref().map(|error| error.code()), Some("bad_record"), "byte {at}");
            assert!(pair.server.received.is_empty(), "byte {at}");
        }
    }
}

#[test]
fn too_short_to_be_protected() {
    for suite in SUITES {
        let setup = setup(suite);
        for len in 0..28_u8 {
            let (mut pair, _) = setup.established(Side::Client);
            let wire = [&[23, 3, 3, 0, len], vec![0; len.into()].as_slice()].concat();
            pair.server.deliver(&wire);
            let error = pair.server.error.as_ref().unwrap();
            assert_eq!(
                (error.code(), error.alert_sent()),
                ("bad_record", Some(Alert::BAD_RECORD_MAC)),
                "{len}"
            );
        }
    }
}

#[test]
fn dropped_repeated_or_in_the_wrong_order() {
    let orders: [&[usize]; 4] = [&[1], &[0, 0], &[1, 0], &[0, 2]];
    for suite in SUITES {
        let setup = setup(suite);
        for order in orders {
            let (mut pair, _) = setup.established(Side::Client);
            let sealed: Vec<Vec<u8>> = (0..3_u8).map(|number| pair.client.seal(&[number])).collect();
            order.iter().for_each(|number| pair.server.deliver(&sealed[*number]));
            let error = pair.server.error.as_ref().unwrap();
            assert_eq!((error.code(), error.alert_sent()), ("bad_record", Some(Alert::BAD_RECORD_MAC)));
        }
    }
}

/// Nothing unprotected counts any more, whoever it comes from.
#[test]
fn unprotected_records() {
    let table: [(u8, &[u8]); 5] = [(21, &[1, 0]), (21, &[2, 40]), (22, &[0; 4]), (22, &[4]), (23, b"data")];
    for side in BOTH {
        for (content_type, content) in table {
            let (mut pair, _) = ALL[4].setup().established(side);
            let end = pair.end(side);
            end.deliver(&record(content_type, content));
            assert_eq!(end.error.as_ref().map(|error| error.code()), Some("bad_record"));
            assert!(!end.peer_closed && end.received.is_empty());
        }
    }
}

/// The part of AES-GCM's nonce that is on the wire: never twice the same under one key, whatever was sealed how.
#[test]
fn explicit_nonces_never_repeat() {
    for suite in &SUITES[..2] {
        let setup = setup(*suite);
        let (mut pair, mut flights) = (setup.pair(), Vec::new());
        pair.run(|end, bytes| {
            flights.push(bytes.to_vec());
            end.deliver(bytes);
        });
        for (side, flight) in BOTH.into_iter().zip(&flights[2..]) {
            let end = pair.end(side);
            let mut wire = flight.clone();
            for len in [1, 100, 20_000, 1 << 16] {
                wire.extend(end.seal(&vec![1; len]));
                let halves = [1, 2].map(|byte| vec![byte; len]);
                let slices = halves.each_ref().map(|half| std::io::IoSlice::new(half));
                wire.extend(end.seal_slices(&slices));
            }
            (0..1000).for_each(|_| wire.extend(end.seal(b"x")));
            end.connection.close();
            wire.extend(end.take_output());
            let records = records(&wire);
            let change =
                records.iter().position(|record| record[0] == content_type::CHANGE_CIPHER_SPEC).unwrap();
            let nonces: Vec<u64> = records[change + 1..]
                .iter()
                .map(|record| u64::from_be_bytes(record[5..13].try_into().unwrap()))
                .collect();
            assert!(nonces.len() > 1010);
            assert_eq!(nonces.iter().collect::<BTreeSet<_>>().len(), nonces.len(), "{side:?}");
        }
    }
}

/// ChaCha20-Poly1305 has no explicit nonce: a record is its content and the tag, sealed under its number.
#[test]
fn implicit_nonces_are_the_records_numbers() {
    let setup = setup(SUITES[2]);
    for side in BOTH {
        let (mut pair, mut keys) = setup.established(side);
        for number in 0..300_u16 {
            let wire = pair.end(side).seal(&number.to_be_bytes());
            assert_eq!(wire.len(), 5 + 2 + 16);
            assert_eq!(keys.open(&wire), (content_type::APPLICATION_DATA, number.to_be_bytes().to_vec()));
        }
    }
}

/// A peer may number its explicit nonces as it likes: what counts is the record's number.
#[test]
fn another_explicit_nonce_is_another_record() {
    let (mut pair, mut keys) = ALL[4].setup().established(Side::Client);
    let mut wire = keys.seal(content_type::APPLICATION_DATA, b"data");
    wire[12] ^= 1;
    pair.server.deliver(&wire);
    assert_eq!(pair.server.error.as_ref().unwrap().code(), "bad_record");
}
