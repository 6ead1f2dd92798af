//! KeyUpdate in both directions (RFC 9846 §4.7.3).

use tests::pair::{End, Pair, client_builder, server_builder};
use tests::protection::Protection;
use tests::relay::{Setup, Side, content_type, records};
use tests::scenario::ALL;
use tls_core::{AlertDescription as Alert, KeyUpdateRequest};

const BOTH: [Side; 2] = [Side::Client, Side::Server];
const NOT_REQUESTED: [u8; 5] = [24, 0, 0, 1, 0];
const REQUESTED: [u8; 5] = [24, 0, 0, 1, 1];

/// Opens every record of `wire`, changing keys where it says so: how many records each key sealed, and the data.
fn follow(mut keys: Protection, wire: &[u8]) -> (Vec<usize>, Vec<u8>) {
    let (mut sealed, mut data) = (vec![0], Vec::new());
    for record in records(wire) {
        *sealed.last_mut().unwrap() += 1;
        match keys.open(record) {
            (content_type::APPLICATION_DATA, content) => data.extend(content),
            (content_type::HANDSHAKE, content) => {
                assert!(content == NOT_REQUESTED || content == REQUESTED);
                keys = keys.next();
                sealed.push(0);
            }
            other => panic!("{other:?}"),
        }
    }
    (sealed, data)
}

fn exchange(pair: &mut Pair, from: Side) {
    let bytes = pair.end(from).take_output();
    pair.end(from.other()).deliver(&bytes);
}

//= 9846:4.7.3 own-keys
//= 9846:4.7.3 peers-keys
//= 9846:5.3 sequence
#[test]
fn keys_change_when_they_are_updated() {
    for side in BOTH {
        let setup = ALL[0].setup();
        let (mut pair, keys) = setup.established(side);
        pair.end(side).connection.update_keys(KeyUpdateRequest::NotRequested).unwrap();
        let wire = pair.end(side).seal(b"under new keys");
        let (sealed, data) = follow(keys, &wire);
        assert_eq!((sealed, data), (vec![1, 1], b"under new keys".to_vec()));
        pair.end(side.other()).deliver(&wire);
        assert_eq!(pair.end(side.other()).received, b"under new keys");
        // It was not asked for an answer.
        assert!(pair.end(side.other()).take_output().is_empty());
        pair.end(side.other()).received.clear();
        pair.assert_works();
    }
}

//= 9846:4.7.3 answered
#[test]
fn a_request_is_answered_once() {
    for side in BOTH {
        let setup = ALL[0].setup();
        let (mut pair, mut keys) = setup.established(side.other());
        pair.end(side).connection.update_keys(KeyUpdateRequest::Requested).unwrap();
        exchange(&mut pair, side);
        let answer = pair.end(side.other()).take_output();
        assert_eq!(records(&answer).len(), 1);
        assert_eq!(keys.open(&answer), (content_type::HANDSHAKE, NOT_REQUESTED.to_vec()));
        pair.end(side).deliver(&answer);
        assert!(pair.end(side).take_output().is_empty());
        pair.assert_works();
    }
}

/// Requests that come before the answer to the first has gone are answered with it.
//= 9846:4.7.3 answered
#[test]
fn requests_are_answered_together_while_the_answer_waits() {
    let setup = ALL[0].setup();
    let (mut pair, mut keys) = setup.established(Side::Client);
    for _ in 0..3 {
        let update = keys.seal(content_type::HANDSHAKE, &REQUESTED);
        keys = keys.next();
        pair.server.deliver(&update);
    }
    assert_eq!(records(pair.server.connection.output()).len(), 1);
    let answer = pair.server.take_output();
    pair.server.deliver(&keys.seal(content_type::HANDSHAKE, &REQUESTED));
    assert_eq!(records(&pair.server.take_output()).len(), 1);
    assert!(pair.server.error.is_none() && !answer.is_empty());
}

/// Asking again before the answer has come is not permitted: the second update asks for nothing.
//= 9846:4.7.3 asked-once
#[test]
fn a_second_request_waits_for_the_answer_to_the_first() {
    let setup = ALL[0].setup();
    let (mut pair, mut keys) = setup.established(Side::Server);
    let server = &mut pair.server;
    for _ in 0..2 {
        server.connection.update_keys(KeyUpdateRequest::Requested).unwrap();
    }
    let wire = server.take_output();
    let mut updates = Vec::new();
    for record in records(&wire) {
        updates.push(keys.open(record).1);
        keys = keys.next();
    }
    assert_eq!(updates, [REQUESTED, NOT_REQUESTED]);
    pair.client.deliver(&wire);
    exchange(&mut pair, Side::Client);
    pair.server.connection.update_keys(KeyUpdateRequest::Requested).unwrap();
    let wire = pair.server.take_output();
    assert_eq!(keys.open(&wire).1, REQUESTED);
    pair.client.deliver(&wire);
    exchange(&mut pair, Side::Client);
    pair.assert_works();
}

#[test]
fn updates_that_cross() {
    let (mut pair, _) = ALL[0].setup().established(Side::Client);
    for _ in 0..5 {
        for side in BOTH {
            pair.end(side).connection.update_keys(KeyUpdateRequest::Requested).unwrap();
        }
        pair.handshake();
        pair.assert_works();
    }
}

//= 9846:5.3 wrap
//= 9846:5.5 limits
#[test]
fn automatic_in_the_middle_of_bulk_data() {
    for side in BOTH {
        for rekey_after in [1, 3, 10] {
            let authority = tests::authority::Authority::new();
            let client = client_builder(&authority).rekey_after(rekey_after);
            let server = server_builder(&authority).rekey_after(rekey_after);
            let (mut pair, keys) = Setup::new(client, server).established(side);
            let data: Vec<u8> = (0..=255).cycle().take(400_000).collect();
            let wire = pair.end(side).seal(&data);
            let (sealed, followed) = follow(keys, &wire);
            assert_eq!(followed, data);
            // The KeyUpdate itself is the last record under its key.
            let limit = usize::try_from(rekey_after).unwrap() + 1;
            assert!(sealed.iter().all(|count| *count <= limit), "{sealed:?}");
            assert!(sealed.len() > 25 / limit, "{sealed:?}");
            pair.end(side.other()).deliver(&wire);
            assert_eq!(pair.end(side.other()).received, data);
            pair.end(side.other()).received.clear();
            pair.assert_works();
        }
    }
}

#[test]
fn asked_for_by_the_receiver_of_bulk_data() {
    let (mut pair, _) = ALL[0].setup().established(Side::Client);
    for round in 0..20_u8 {
        let data = vec![round; 40_000];
        let wire = pair.server.seal(&data);
        pair.client.connection.update_keys(KeyUpdateRequest::Requested).unwrap();
        exchange(&mut pair, Side::Client);
        pair.client.deliver(&wire);
        assert_eq!(pair.client.received, data);
        pair.client.received.clear();
        exchange(&mut pair, Side::Server);
    }
    pair.assert_works();
}

#[test]
fn in_pieces() {
    let (mut pair, mut keys) = ALL[0].setup().established(Side::Client);
    for byte in NOT_REQUESTED {
        pair.server.deliver(&keys.seal(content_type::HANDSHAKE, &[byte]));
    }
    pair.server.deliver(&keys.next().seal(content_type::APPLICATION_DATA, b"data"));
    assert_eq!((&pair.server.error, pair.server.received.as_slice()), (&None, b"data".as_slice()));
}

fn refused(end: &End, code: &str, alert: Alert) {
    let error = end.error.as_ref().expect("an error");
    assert_eq!((error.code(), error.alert_sent()), (code, Some(alert)), "{error}");
}

//= 9846:4.7.3 value
//= 9846:6 semantics
#[test]
fn malformed() {
    let table: [(&[u8], &str, Alert); 5] = [
        (&[24, 0, 0, 1, 2], "illegal_parameter", Alert::ILLEGAL_PARAMETER),
        (&[24, 0, 0, 1, 255], "illegal_parameter", Alert::ILLEGAL_PARAMETER),
        (&[24, 0, 0, 0], "malformed", Alert::DECODE_ERROR),
        (&[24, 0, 0, 2, 0, 0], "malformed", Alert::DECODE_ERROR),
        (&[24, 255, 255, 255], "message_too_long", Alert::ILLEGAL_PARAMETER),
    ];
    for side in BOTH {
        for (message, code, alert) in table {
            let (mut pair, mut keys) = ALL[0].setup().established(side);
            pair.end(side.other()).deliver(&keys.seal(content_type::HANDSHAKE, message));
            refused(pair.end(side.other()), code, alert);
        }
    }
}

//= 9846:5.1 not-interleaved
#[test]
fn data_in_the_middle_of_one() {
    for between in [content_type::APPLICATION_DATA, content_type::ALERT] {
        let (mut pair, mut keys) = ALL[0].setup().established(Side::Client);
        pair.server.deliver(&keys.seal(content_type::HANDSHAKE, &NOT_REQUESTED[..3]));
        pair.server.deliver(&keys.seal(between, &[1, 0]));
        refused(&pair.server, "unexpected_record", Alert::UNEXPECTED_MESSAGE);
        assert!(pair.server.received.is_empty());
    }
}

#[test]
fn not_before_the_handshake_and_not_after_the_close() {
    let mut pair = ALL[0].setup().pair();
    for side in BOTH {
        let error = pair.end(side).connection.update_keys(KeyUpdateRequest::Requested).unwrap_err();
        assert_eq!((error.code(), error.alert_sent()), ("misuse", None));
    }
    pair.handshake();
    pair.assert_works();
    pair.client.connection.close();
    let error = pair.client.connection.update_keys(KeyUpdateRequest::Requested).unwrap_err();
    assert_eq!(error.code(), "misuse");
    // Nor does it answer any more, but it goes on receiving.
    pair.client.take_output();
    pair.server.connection.update_keys(KeyUpdateRequest::Requested).unwrap();
    let wire = pair.server.seal(b"still there");
    pair.client.deliver(&wire);
    assert_eq!(pair.client.received, b"still there");
    assert!(pair.client.take_output().is_empty());
}

/// Nothing under the next keys is taken before the KeyUpdate under these, and nothing under these behind it.
//= 9846:4.7.3 enforced
#[test]
fn the_next_keys_come_by_key_update_alone() {
    for side in BOTH {
        let setup = ALL[0].setup();
        let (mut pair, keys) = setup.established(side);
        let receiver = pair.end(side.other());
        receiver.deliver(&keys.next().seal(content_type::APPLICATION_DATA, b"too early"));
        assert_eq!(receiver.error.as_ref().unwrap().alert_sent(), Some(Alert::BAD_RECORD_MAC));
        let (mut pair, mut keys) = setup.established(side);
        let receiver = pair.end(side.other());
        receiver.deliver(&keys.seal(content_type::HANDSHAKE, &NOT_REQUESTED));
        receiver.deliver(&keys.seal(content_type::APPLICATION_DATA, b"too late"));
        assert_eq!(receiver.error.as_ref().unwrap().alert_sent(), Some(Alert::BAD_RECORD_MAC));
        assert!(receiver.received.is_empty());
    }
}
