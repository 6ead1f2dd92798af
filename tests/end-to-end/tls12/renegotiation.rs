//! After a handshake of TLS 1.2: no renegotiation, no tickets that nobody asked for, no warnings without end.

use tests::protection::Protection;
use tests::relay::{Side, content_type};
use tests::scenario::ALL;
use tls_core::AlertDescription as Alert;
use tls_core::KeyUpdateRequest;

const BOTH: [Side; 2] = [Side::Client, Side::Server];

const HELLO_REQUEST: [u8; 4] = [0; 4];

#[test]
fn a_hello_request_is_declined() {
    // Whole, twice in one record, byte by byte.
    let forms: [&[&[u8]]; 3] = [&[&HELLO_REQUEST], &[&[0; 8]], &[&[0], &[0], &[0], &[0]]];
    for form in forms {
        let (mut pair, [mut client, mut server]) = ALL[4].setup().established_both();
        for part in form {
            pair.client.deliver(&server.seal(content_type::HANDSHAKE, part));
        }
        let answer = pair.client.take_output();
        let requests = form.concat().len() / 4;
        assert_eq!(tests::relay::records(&answer).len(), requests);
        for record in tests::relay::records(&answer) {
            assert_eq!(client.open(record), (content_type::ALERT, vec![1, 100]));
        }
        pair.server.deliver(&answer);
        // Both ends go on.
        let wire = pair.client.seal(b"data");
        pair.server.deliver(&wire);
        pair.client.deliver(&server.seal(content_type::APPLICATION_DATA, b"answer"));
        assert_eq!(
            (pair.server.received.as_slice(), pair.client.received.as_slice()),
            (&b"data"[..], &b"answer"[..])
        );
        assert_eq!((&pair.client.error, &pair.server.error), (&None, &None));
    }
}

#[test]
fn after_its_own_close_a_client_says_nothing_more() {
    let (mut pair, mut server) = ALL[4].setup().established(Side::Server);
    pair.client.connection.close();
    pair.client.take_output();
    pair.client.deliver(&server.seal(content_type::HANDSHAKE, &HELLO_REQUEST));
    assert_eq!((pair.client.take_output(), &pair.client.error), (vec![], &None));
}

/// One more record of a flood.
type Next = fn(&mut Protection) -> Vec<u8>;

#[test]
fn each_has_its_limit() {
    let table: [(&str, &[Side], Next, usize); 4] = [
        ("HelloRequests", &[Side::Server], |keys| keys.seal(content_type::HANDSHAKE, &HELLO_REQUEST), 4),
        ("warnings", &BOTH, |keys| keys.seal(content_type::ALERT, &[1, 100]), 4),
        ("unknown warnings", &BOTH, |keys| keys.seal(content_type::ALERT, &[1, 255]), 4),
        ("empty records", &BOTH, |keys| keys.seal(content_type::APPLICATION_DATA, &[]), 32),
    ];
    for (what, senders, next, limit) in table {
        for sender in senders {
            let (mut pair, mut keys) = ALL[4].setup().established(*sender);
            let other = pair.end(sender.other());
            for _ in 0..limit {
                other.deliver(&next(&mut keys));
            }
            assert_eq!(other.error, None, "{what}");
            other.deliver(&next(&mut keys));
            let error = other.error.as_ref().unwrap_or_else(|| panic!("{what} without end"));
            assert_eq!((error.code(), error.alert_sent()), ("too_many", Some(Alert::UNEXPECTED_MESSAGE)));
        }
    }
}

/// Warnings in the clear, while the handshake is under way: the same.
#[test]
fn warnings_in_a_handshake() {
    for (count, is_permitted) in [(1, true), (4, true), (5, false)] {
        let setup = ALL[4].setup();
        let mut pair = setup.pair();
        let hello = pair.client.take_output();
        pair.server.deliver(&hello);
        let flight = pair.server.take_output();
        for _ in 0..count {
            pair.server.deliver(&[21, 3, 3, 0, 2, 1, 43]);
        }
        match is_permitted {
            true => {
                pair.client.deliver(&flight);
                pair.handshake();
                pair.assert_works();
            }
            false => assert_eq!(pair.server.error.as_ref().unwrap().code(), "too_many"),
        }
    }
}

#[test]
fn alerts_that_end_a_connection() {
    let fatal = [10, 20, 22, 40, 42, 47, 48, 50, 51, 70, 80, 86, 100, 109, 110, 112, 120, 7, 255];
    for side in BOTH {
        for (level, description) in fatal.into_iter().flat_map(|alert| [(2, alert), (0, alert), (3, alert)]) {
            let (mut pair, mut keys) = ALL[4].setup().established(side);
            let other = pair.end(side.other());
            other.deliver(&keys.seal(content_type::ALERT, &[level, description]));
            let error = other.error.as_ref().unwrap();
            assert_eq!(error.alert_received(), Some(Alert(description)));
            assert_eq!((error.alert_sent(), other.take_output()), (None, vec![]));
        }
        for level in [0, 1, 2] {
            let (mut pair, mut keys) = ALL[4].setup().established(side);
            let other = pair.end(side.other());
            other.deliver(&keys.seal(content_type::ALERT, &[level, 0]));
            assert!(other.peer_closed && other.error.is_none());
        }
    }
}

#[test]
fn no_handshake_message_follows_the_handshake() {
    let setup = ALL[4].setup();
    for sender in BOTH {
        for message_type in 0..=255 {
            let (code, alert) = match (message_type, sender) {
                (0, Side::Server) => continue,
                // A second ClientHello would be a renegotiation.
                (1, Side::Client) => ("renegotiation_refused", Alert::NO_RENEGOTIATION),
                _ => ("unexpected_message", Alert::UNEXPECTED_MESSAGE),
            };
            let (mut pair, mut keys) = setup.established(sender);
            let receiver = pair.end(sender.other());
            // The type alone is enough to know.
            receiver.deliver(&keys.seal(content_type::HANDSHAKE, &[message_type]));
            let error = receiver.error.as_ref().unwrap_or_else(|| panic!("{message_type} from {sender:?}"));
            assert_eq!((error.code(), error.alert_sent()), (code, Some(alert)), "{message_type}");
        }
    }
}

#[test]
fn a_hello_request_with_a_body_or_with_data_in_the_middle() {
    let (mut pair, mut keys) = ALL[4].setup().established(Side::Server);
    pair.client.deliver(&keys.seal(content_type::HANDSHAKE, &[0, 0, 0, 1, 0]));
    let error = pair.client.error.as_ref().unwrap();
    assert_eq!((error.code(), error.alert_sent()), ("malformed", Some(Alert::DECODE_ERROR)));
    for (content_type, content) in
        [(content_type::APPLICATION_DATA, &b"x"[..]), (content_type::ALERT, &[1, 0])]
    {
        let (mut pair, mut keys) = ALL[4].setup().established(Side::Server);
        pair.client.deliver(&keys.seal(content_type::HANDSHAKE, &[0, 0]));
        pair.client.deliver(&keys.seal(content_type, content));
        assert_eq!(pair.client.error.as_ref().unwrap().code(), "unexpected_record");
    }
}

/// A ticket that was not announced, in the place where announced ones come.
#[test]
fn a_ticket_that_nobody_asked_for() {
    use tests::relay::Piece;
    let setup = ALL[4].setup();
    let mut relay = setup.relay();
    relay.run(|piece| match (piece.sender, piece.content_type) {
        (Side::Server, content_type::CHANGE_CIPHER_SPEC) => {
            let ticket = [4, 0, 0, 8, 0, 0, 0, 9, 0, 2, 7, 7].to_vec();
            vec![Piece { content_type: content_type::HANDSHAKE, ..piece.with(ticket) }, piece.clone()]
        }
        _ => vec![piece.clone()],
    });
    relay.assert_refused(Side::Client, Alert::UNEXPECTED_MESSAGE, "a ticket");
}

#[test]
fn keys_cannot_be_updated() {
    let (mut pair, _) = ALL[4].setup().established(Side::Client);
    for side in BOTH {
        let error = pair.end(side).connection.update_keys(KeyUpdateRequest::Requested).unwrap_err();
        assert_eq!((error.code(), error.alert_sent()), ("misuse", None));
    }
    pair.assert_works();
}
