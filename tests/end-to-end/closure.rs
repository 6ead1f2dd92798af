//! How connections end (RFC 9846 §6).

use std::io::IoSlice;

use tests::relay::{Side, content_type, record};
use tests::scenario::{ALL, SIMPLE};
use tls_core::{AlertDescription as Alert, Event};

const BOTH: [Side; 2] = [Side::Client, Side::Server];

//= 9846:6.1 close-sent
#[test]
fn one_direction_at_a_time() {
    for (scenario, side) in SIMPLE.into_iter().flat_map(|scenario| BOTH.map(|side| (scenario, side))) {
        let (mut pair, _) = scenario.setup().established(side);
        let mut wire = pair.end(side).seal(b"last words");
        pair.end(side).connection.close();
        pair.end(side).connection.close();
        wire.extend(pair.end(side).take_output());
        let error = pair.end(side).connection.send(&[IoSlice::new(b"more")], &mut [0; 99]).unwrap_err();
        assert_eq!((error.code(), error.alert_sent()), ("misuse", None));

        let other = pair.end(side.other());
        other.deliver(&wire);
        assert_eq!(other.received, b"last words");
        assert!(other.peer_closed && other.connection.peer_closed());
        assert_eq!(other.connection.receive_eof(), Ok(()));
        // The other direction is open as long as its sender wants.
        let wire = other.seal(b"an answer");
        pair.end(side).deliver(&wire);
        assert_eq!(pair.end(side).received, b"an answer");
        assert_eq!(pair.end(side).connection.receive_eof().unwrap_err().code(), "truncated");
        pair.end(side.other()).connection.close();
        let wire = pair.end(side.other()).take_output();
        pair.end(side).deliver(&wire);
        assert!(pair.end(side).peer_closed && pair.end(side).error.is_none());
        assert_eq!(pair.end(side).connection.receive_eof(), Ok(()));
    }
}

/// What waits to be sent goes out with the attempt to send more.
#[test]
fn a_close_is_not_lost_when_more_is_sent_behind_it() {
    for scenario in SIMPLE {
        for side in BOTH {
            let (mut pair, _) = scenario.setup().established(side);
            let end = pair.end(side);
            end.connection.close();
            let mut wire = vec![0; 100];
            let sent = end.connection.send(&[IoSlice::new(b"more")], &mut wire).unwrap();
            assert_eq!(sent.consumed, 0);
            let error = end.connection.send(&[IoSlice::new(b"more")], &mut [0; 100]).unwrap_err();
            assert_eq!(error.code(), "misuse");
            pair.end(side.other()).deliver(&wire[..sent.written]);
            assert!(pair.end(side.other()).peer_closed);
        }
    }
}

//= 9846:6.1 after-close
#[test]
fn what_follows_a_close_is_ignored() {
    for (scenario, side) in SIMPLE.into_iter().flat_map(|scenario| BOTH.map(|side| (scenario, side))) {
        let (mut pair, mut keys) = scenario.setup().established(side);
        let other = pair.end(side.other());
        other.deliver(&keys.seal(content_type::ALERT, &[1, 0]));
        let behind = [
            keys.seal(content_type::APPLICATION_DATA, b"data"),
            keys.seal(content_type::ALERT, &[2, 40]),
            b"not even a record".to_vec(),
        ];
        for mut bytes in behind {
            let received = other.connection.receive(&mut bytes).unwrap();
            assert_eq!((received.consumed, received.event), (bytes.len(), Event::PeerClosed));
        }
        assert_eq!(other.connection.receive_eof(), Ok(()));
    }
}

//= 9846:6 after-error
//= 9846:6 level
//= 9846:6 unknown
#[test]
fn alerts_that_end_a_connection_whatever_their_level() {
    let fatal = [10, 20, 22, 40, 42, 47, 48, 50, 51, 70, 80, 86, 109, 110, 112, 116, 117, 120, 7, 255];
    for side in BOTH {
        for (level, description) in fatal.into_iter().flat_map(|alert| [(1, alert), (2, alert), (0, alert)]) {
            let (mut pair, mut keys) = ALL[0].setup().established(side);
            let other = pair.end(side.other());
            other.deliver(&keys.seal(content_type::ALERT, &[level, description]));
            let error = other.error.as_ref().unwrap();
            assert_eq!(error.code(), "alert_received");
            assert_eq!(error.alert_received(), Some(Alert(description)));
            // It is not answered.
            assert_eq!((error.alert_sent(), other.take_output()), (None, vec![]));
            assert_eq!(other.connection.receive_eof().unwrap_err().code(), "alert_received");
        }
    }
}

//= 9846:5.1 no-empty-handshake
//= 9846:5.1 one-alert
#[test]
fn malformed_alerts() {
    let table: [(&[u8], &str, Alert); 4] = [
        (&[2], "malformed", Alert::DECODE_ERROR),
        (&[2, 40, 0], "malformed", Alert::DECODE_ERROR),
        (&[1, 0, 1, 0], "malformed", Alert::DECODE_ERROR),
        (&[], "unexpected_record", Alert::UNEXPECTED_MESSAGE),
    ];
    for (scenario, side) in SIMPLE.into_iter().flat_map(|scenario| BOTH.map(|side| (scenario, side))) {
        for (content, code, alert) in table {
            let (mut pair, mut keys) = scenario.setup().established(side);
            let other = pair.end(side.other());
            other.deliver(&keys.seal(content_type::ALERT, content));
            let error = other.error.as_ref().unwrap();
            assert_eq!((error.code(), error.alert_sent()), (code, Some(alert)));
        }
    }
}

#[test]
fn user_canceled_is_ignored_and_the_close_behind_it_counts() {
    for side in BOTH {
        let (mut pair, mut keys) = ALL[0].setup().established(side);
        let other = pair.end(side.other());
        other.deliver(&keys.seal(content_type::ALERT, &[1, 90]));
        other.deliver(&keys.seal(content_type::APPLICATION_DATA, b"data"));
        assert_eq!((&other.error, other.received.as_slice()), (&None, b"data".as_slice()));
        other.deliver(&keys.seal(content_type::ALERT, &[1, 0]));
        assert!(other.peer_closed);
    }
}

#[test]
fn a_handshake_that_is_given_up() {
    // The client before and after it has sent its hello; the server before and after its flight; in TLS 1.2 the client
    // behind its last one.
    let table = [
        (ALL[1], Side::Client, 0),
        (ALL[1], Side::Client, 1),
        (ALL[1], Side::Server, 1),
        (ALL[1], Side::Server, 2),
        (ALL[5], Side::Client, 0),
        (ALL[5], Side::Client, 1),
        (ALL[5], Side::Server, 1),
        (ALL[5], Side::Server, 2),
        (ALL[5], Side::Client, 2),
    ];
    for (scenario, closer, flights) in table {
        let mut pair = scenario.setup().pair();
        let mut count = 0;
        while count < flights {
            let sender = BOTH[count % 2];
            let flight = pair.end(sender).take_output();
            pair.end(sender.other()).deliver(&flight);
            count += 1;
        }
        let connection = &mut pair.end(closer).connection;
        connection.close();
        assert!(!connection.is_handshaking());
        pair.handshake();
        let (end, context) = (pair.end(closer), format!("{scenario:?}: {closer:?} after {flights}"));
        assert!(!end.established, "{context}");
        assert_eq!(end.connection.receive(&mut []).unwrap_err().code(), "aborted", "{context}");
        let other = pair.end(closer.other());
        match &other.error {
            Some(error) => assert_eq!(error.alert_received(), Some(Alert::CLOSE_NOTIFY), "{context}"),
            // The whole of the last flight came before.
            None => assert!(flights > 0 && other.established && other.peer_closed, "{context}"),
        }
    }
}

//= 9846:5.1 one-alert
//= 9846:6 level
//= 9846:6.1 close-level
//= 9846:6.1 canceled
#[test]
fn closure_alerts_are_warnings_and_others_are_fatal() {
    let mut pair = ALL[0].setup().pair();
    pair.client.take_output();
    pair.client.connection.close();
    assert_eq!(pair.client.take_output(), [21, 3, 3, 0, 2, 1, 90, 21, 3, 3, 0, 2, 1, 0]);
    let mut pair = ALL[0].setup().pair();
    pair.server.deliver(&[22, 3, 3, 0, 1, 99]);
    assert_eq!(pair.server.take_output(), [21, 3, 3, 0, 2, 2, 10]);
    for side in BOTH {
        let (mut pair, mut keys) = ALL[0].setup().established(side);
        pair.end(side).connection.close();
        assert_eq!(keys.open(&pair.end(side).take_output()), (content_type::ALERT, vec![1, 0]));
        let (mut pair, mut keys) = ALL[0].setup().established(side);
        pair.end(side).connection.abort(Alert::ACCESS_DENIED);
        assert_eq!(keys.open(&pair.end(side).take_output()), (content_type::ALERT, vec![2, 49]));
    }
}

//= 9846:5.1 not-interleaved
#[test]
fn an_alert_in_the_middle_of_a_handshake_message() {
    for description in [0, 40, 90] {
        let mut pair = ALL[0].setup().pair();
        let hello = pair.client.take_output();
        pair.server.deliver(&record(content_type::HANDSHAKE, &hello[5..50]));
        pair.server.deliver(&record(content_type::ALERT, &[2, description]));
        assert_eq!(pair.server.error.as_ref().unwrap().code(), "unexpected_record");
    }
}
