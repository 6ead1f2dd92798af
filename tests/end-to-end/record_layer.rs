//! Records that are too long, empty, of no type, or no records at all (RFC 9846 §5); padding, sent and received.

use std::num::NonZeroU16;

use tests::authority::Authority;
use tests::pair::{client_builder, server_builder};
use tests::relay::{Setup, Side, content_type, records};
use tests::scenario::{ALL, SIMPLE};
use tls_core::{AlertDescription as Alert, MAX_RECORD, MAX_SEALED_RECORD, RecordPadding};

const BOTH: [Side; 2] = [Side::Client, Side::Server];

//= 9846:5.1 plaintext-length
//= 9846:5.2 ciphertext-length
#[test]
fn a_length_that_is_too_long_is_refused_by_its_header() {
    let table: [(u8, usize, bool); 6] = [
        (content_type::HANDSHAKE, (1 << 14) + 1, false),
        (content_type::ALERT, 0xffff, false),
        (content_type::APPLICATION_DATA, (1 << 14) + 257, false),
        (content_type::APPLICATION_DATA, 0xffff, false),
        (content_type::APPLICATION_DATA, (1 << 14) + 256, true),
        (content_type::APPLICATION_DATA, 17, true),
    ];
    for side in BOTH {
        for (content_type, len, is_permitted) in table {
            let (mut pair, _) = ALL[0].setup().established(side);
            let end = pair.end(side);
            let [high, low] = u16::try_from(len).unwrap().to_be_bytes();
            end.deliver(&[content_type, 3, 3, high, low]);
            match is_permitted {
                true => assert_eq!(end.error, None),
                false => {
                    let error = end.error.as_ref().unwrap();
                    assert_eq!(
                        (error.code(), error.alert_sent()),
                        ("record_overflow", Some(Alert::RECORD_OVERFLOW))
                    );
                }
            }
        }
    }
}

//= 9846:5 ccs-other
//= 9846:5 types-received
//= 9846:5.1 no-empty-handshake
//= 9846:5.4 scan
//= 9846:5.4 inner-length
#[test]
fn protected_content() {
    /// What is protected, and what comes of it.
    type Row = (&'static str, Vec<u8>, Result<usize, (&'static str, Alert)>);
    let data = |len: usize, padding: usize| [vec![7; len], vec![23], vec![0; padding]].concat();
    let unexpected = Err(("unexpected_record", Alert::UNEXPECTED_MESSAGE));
    let table: [Row; 12] = [
        ("a full record", data(1 << 14, 0), Ok(1 << 14)),
        ("one byte", data(1, 0), Ok(1)),
        ("one byte in as much padding as can be", data(1, (1 << 14) - 1), Ok(1)),
        ("nothing", data(0, 0), Ok(0)),
        ("one byte too many", data((1 << 14) + 1, 0), Err(("record_overflow", Alert::RECORD_OVERFLOW))),
        ("one zero too many", data(1 << 14, 1), Err(("record_overflow", Alert::RECORD_OVERFLOW))),
        ("no content type", vec![], unexpected),
        ("nothing but zeroes", vec![0; 100], unexpected),
        ("a change_cipher_spec", vec![1, 20], unexpected),
        ("a heartbeat", vec![1, 24], unexpected),
        ("an unknown type", vec![1, 99], unexpected),
        ("an empty handshake record", vec![22], unexpected),
    ];
    for side in BOTH {
        for (what, inner, expected) in &table {
            let (mut pair, mut keys) = ALL[0].setup().established(side.other());
            let end = pair.end(side);
            let wire = keys.seal_inner(inner);
            assert!(wire.len() <= MAX_RECORD, "{what}");
            end.deliver(&wire);
            match expected {
                Ok(len) => assert_eq!((&end.error, end.received.len()), (&None, *len), "{what}"),
                Err(expected) => {
                    let error = end.error.as_ref().expect(what);
                    assert_eq!((error.code(), error.alert_sent()), (expected.0, Some(expected.1)), "{what}");
                    assert!(end.received.is_empty());
                }
            }
        }
    }
}

//= 9846:5.2 does-not-open
#[test]
fn every_byte_of_a_record_is_protected() {
    for scenario in SIMPLE {
        let (mut pair, _) = scenario.setup().established(Side::Client);
        let len = pair.client.seal(b"data").len();
        for at in 0..len {
            let (mut pair, _) = scenario.setup().established(Side::Client);
            let mut wire = pair.client.seal(b"data");
            wire[at] ^= 1;
            pair.server.deliver(&wire);
            // A longer length would have it wait; the next record fills the gap.
            let more = pair.client.seal(&[0; 300]);
            pair.server.deliver(&more);
            assert!(pair.server.error.is_some(), "byte {at}");
            assert!(pair.server.received.is_empty(), "byte {at}");
        }
    }
}

//= 9846:5.2 does-not-open
#[test]
fn records_dropped_repeated_or_in_the_wrong_order() {
    for scenario in SIMPLE {
        let orders: [&[usize]; 4] = [&[1], &[0, 0], &[1, 0], &[0, 2]];
        for order in orders {
            let (mut pair, _) = scenario.setup().established(Side::Client);
            let sealed: Vec<Vec<u8>> = (0..3_u8).map(|number| pair.client.seal(&[number])).collect();
            order.iter().for_each(|number| pair.server.deliver(&sealed[*number]));
            let error = pair.server.error.as_ref().unwrap();
            assert_eq!((error.code(), error.alert_sent()), ("bad_record", Some(Alert::BAD_RECORD_MAC)));
        }
    }
}

#[test]
fn records_of_another_connection_or_direction_do_not_open() {
    for scenario in SIMPLE {
        let setup = scenario.setup();
        let (mut other, _) = setup.established(Side::Client);
        let foreign = other.client.seal(b"data");
        let (mut pair, _) = setup.established(Side::Client);
        pair.server.deliver(&foreign);
        assert_eq!(pair.server.error.as_ref().unwrap().code(), "bad_record");
        let (mut pair, _) = setup.established(Side::Client);
        let own = pair.client.seal(b"data");
        pair.client.deliver(&own);
        assert_eq!(pair.client.error.as_ref().unwrap().code(), "bad_record");
    }
}

//= 9846:E.5 ssl2-hello
#[test]
fn peers_that_speak_no_tls() {
    let table: [&[u8]; 5] = [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        &[0x80, 0x2e, 1, 3, 1],
        &[22, 2, 0, 0, 5],
        &[0],
    ];
    for side in BOTH {
        for first in table {
            for piece in [first.len(), 1] {
                let mut pair = ALL[0].setup().pair();
                let end = pair.end(side);
                end.take_output();
                first.chunks(piece).for_each(|bytes| end.deliver(bytes));
                let error = end.error.as_ref().unwrap();
                assert_eq!((error.code(), error.alert_sent()), ("not_tls", None));
                let shown = error.not_tls_bytes().unwrap();
                assert!(!shown.is_empty() && first.starts_with(shown));
                assert!(end.take_output().is_empty());
            }
        }
    }
}

//= 9846:5.2 ciphertext-length
//= 9846:5.4 zeros
//= 9846:5.4 inner-length
#[test]
fn padding_hides_lengths() {
    for multiple in [1, 16, 256, 4096, u16::MAX] {
        let padding = RecordPadding::Multiple(NonZeroU16::new(multiple).unwrap());
        let authority = Authority::new();
        let client = client_builder(&authority).record_padding(padding);
        let server = server_builder(&authority).record_padding(padding);
        let setup = Setup::new(client, server);
        for side in BOTH {
            let (mut pair, mut keys) = setup.established(side);
            for len in [1, 15, 16, 17, 255, 256, 5000, 1 << 14, (1 << 14) + 1] {
                let data = vec![1; len];
                let wire = pair.end(side).seal(&data);
                let mut followed = Vec::new();
                for record in records(&wire) {
                    let inner = record.len() - 5 - 16;
                    let full = inner == (1 << 14) + 1;
                    assert!(full || inner.is_multiple_of(multiple.into()), "{len} to {multiple}: {inner}");
                    followed.extend(keys.open(record).1);
                }
                assert_eq!(followed, data);
                pair.end(side.other()).deliver(&wire);
                assert_eq!(pair.end(side.other()).received, data);
                pair.end(side.other()).received.clear();
            }
            pair.assert_works();
        }
    }
}

#[test]
fn a_buffer_without_room_is_left_alone_and_a_small_one_makes_small_records() {
    let (mut pair, _) = ALL[0].setup().established(Side::Client);
    let data = [std::io::IoSlice::new(b"some"), std::io::IoSlice::new(b""), std::io::IoSlice::new(b" data")];
    for room in 0..=22 {
        let sent = pair.client.connection.send(&data, &mut vec![0; room]).unwrap();
        assert_eq!((sent.consumed, sent.written), (0, 0), "{room}");
    }
    let mut out = vec![0; 25];
    let sent = pair.client.connection.send(&data, &mut out).unwrap();
    assert_eq!((sent.consumed, sent.written), (3, 25));
    pair.server.deliver(&out);
    assert_eq!(pair.server.received, b"som");
}

#[test]
fn data_from_many_slices_is_one_stream() {
    for scenario in SIMPLE {
        let (mut pair, _) = scenario.setup().established(Side::Client);
        let pieces: Vec<Vec<u8>> =
            (0..200_usize).map(|len| vec![u8::try_from(len).unwrap(); len * 7]).collect();
        let slices: Vec<std::io::IoSlice<'_>> =
            pieces.iter().map(|piece| std::io::IoSlice::new(piece)).collect();
        let mut wire = vec![0; 10 * MAX_SEALED_RECORD];
        let sent = pair.client.connection.send(&slices, &mut wire).unwrap();
        assert_eq!(sent.consumed, pieces.concat().len());
        wire.truncate(sent.written);
        pair.server.deliver(&wire);
        assert_eq!(pair.server.received, pieces.concat());
        // As few records as can be.
        assert_eq!(records(&wire).len(), sent.consumed.div_ceil(1 << 14));
    }
}
