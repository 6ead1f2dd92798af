//! Renegotiations that a client accepts (RFC 5746 §3.5, RFC 7627 §5.4), with a server that renegotiates by a script.

mod server;

use std::io::IoSlice;
use std::sync::Arc;

use tests::hello::Extended;
use tests::relay::{content_type, records};
use tls_core::{
    AlertDescription as Alert, FragmentLimits, MaxFragmentLength, Sent, ServerSessionStore, SessionStore,
};

use self::server::Server;
use crate::cases::ext;

#[test]
fn as_it_should_be() {
    let mut server = Server::with(|client| client.alpn(["h2"]), |server| server.alpn(["h2"]));
    for count in 1..=4 {
        let hello = server.ask();
        let [client, _] = &server.verify_data;
        assert_eq!(
            hello.extensions.iter().find(|(id, _)| *id == ext::RENEGOTIATION_INFO).unwrap().1[1..],
            client[..]
        );
        assert!(hello.has(ext::EXTENDED_MAIN_SECRET) && hello.has(ext::SERVER_NAME));
        assert!(!hello.has(ext::SUPPORTED_VERSIONS) && !hello.has(ext::KEY_SHARE) && !hello.has(ext::ALPN));
        let (hello, certificate) = (server.hello(), server.certificate.clone());
        server.answer(&hello, &certificate);
        let main = server.read_flight();
        server.change_keys(&main);
        server.finish(&main);
        server.assert_works();
        let facts = server.client.connection.facts().unwrap();
        assert_eq!((facts.renegotiations, facts.alpn.as_deref()), (count, Some(&b"h2"[..])));
    }
    // Enough.
    server.send(content_type::HANDSHAKE, &[0; 4]);
    assert_eq!(server.hear(), [(content_type::ALERT, vec![1, Alert::NO_RENEGOTIATION.0])]);
    server.assert_works();
}

/// Gives a ServerHello this renegotiation_info.
fn set_info(hello: &mut Extended, verify_data: &[u8]) {
    let len = u8::try_from(verify_data.len()).unwrap();
    hello.set(ext::RENEGOTIATION_INFO, &[&[len], verify_data].concat());
}

/// The client gave up, said so under the old keys, and gives no more data.
fn assert_refused(server: &mut Server, what: &str, alert: Alert, code: &str) {
    let error = server.client.error.clone().unwrap_or_else(|| panic!("{what}: no error"));
    assert_eq!((error.code(), error.alert_sent()), (code, Some(alert)), "{what}: {error}");
    let heard = server.hear();
    assert_eq!(heard.last(), Some(&(content_type::ALERT, vec![2, alert.0])), "{what}");
    assert!(server.client.connection.send(&[IoSlice::new(b"data")], &mut [0; 100]).is_err());
    assert!(server.client.connection.facts().is_none());
}

//= 9846:4.2.3 renegotiated-to-tls13
#[test]
fn hellos_that_are_refused() {
    let unsafe_renegotiation = (Alert::HANDSHAKE_FAILURE, "unsafe_renegotiation");
    let unsolicited = (Alert::UNSUPPORTED_EXTENSION, "unsolicited_extension");
    let no_version = (Alert::PROTOCOL_VERSION, "no_common_version");
    type Alter = fn(&mut Extended);
    let table: [(&str, Alter, (Alert, &str)); 15] = [
        ("no info", |h| h.remove(ext::RENEGOTIATION_INFO), unsafe_renegotiation),
        ("an empty info", |h| set_info(h, &[]), unsafe_renegotiation),
        ("an info of zeros", |h| set_info(h, &[0; 24]), unsafe_renegotiation),
        ("half an info", |h| h.set(ext::RENEGOTIATION_INFO, &[12; 13]), unsafe_renegotiation),
        (
            "another verify_data of the client",
            |h| h.body_mut(ext::RENEGOTIATION_INFO)[1] ^= 1,
            unsafe_renegotiation,
        ),
        (
            "another verify_data of the server",
            |h| h.body_mut(ext::RENEGOTIATION_INFO)[24] ^= 1,
            unsafe_renegotiation,
        ),
        (
            "the two in the wrong order",
            |h| h.body_mut(ext::RENEGOTIATION_INFO)[1..].rotate_left(12),
            unsafe_renegotiation,
        ),
        (
            "an info too short",
            |h| h.body_mut(ext::RENEGOTIATION_INFO).truncate(24),
            (Alert::DECODE_ERROR, "malformed"),
        ),
        ("no extended main secret", |h| h.remove(ext::EXTENDED_MAIN_SECRET), unsafe_renegotiation),
        ("no extensions", |h| h.extensions.clear(), unsafe_renegotiation),
        ("TLS 1.1", |h| h.prefix[1] = 2, no_version),
        ("TLS 1.3", |h| h.push(ext::SUPPORTED_VERSIONS, &[3, 4]), no_version),
        ("an application protocol", |h| h.push(ext::ALPN, &[0, 3, 2, b'h', b'2']), unsolicited),
        ("a key share", |h| h.push(ext::KEY_SHARE, &[0, 0x1d, 0, 1, 1]), unsolicited),
        (
            "another suite",
            |h| h.prefix[36] = 0x2f,
            (Alert::UNSUPPORTED_CERTIFICATE, "wrong_certificate_type"),
        ),
    ];
    for (what, alter, (alert, code)) in table {
        let mut server = Server::with(|client| client.alpn(["h2"]), |server| server.alpn(["h2"]));
        server.ask();
        let (mut hello, certificate) = (server.hello(), server.certificate.clone());
        alter(&mut hello);
        server.answer(&hello, &certificate);
        assert_refused(&mut server, what, alert, code);
    }
}

/// The verify_data is that of the last handshake, not of the first.
#[test]
fn an_info_that_was_right_before() {
    let mut server = Server::new();
    let first = server.verify_data.concat();
    server.renegotiate(|_| {});
    server.ask();
    let (mut hello, certificate) = (server.hello(), server.certificate.clone());
    set_info(&mut hello, &first);
    server.answer(&hello, &certificate);
    assert_refused(&mut server, "the first", Alert::HANDSHAKE_FAILURE, "unsafe_renegotiation");
}

#[test]
fn another_certificate() {
    let mut server = Server::new();
    let foreign = Server::new().certificate;
    server.ask();
    let hello = server.hello();
    server.answer(&hello, &foreign);
    assert_refused(&mut server, "foreign", Alert::ILLEGAL_PARAMETER, "illegal_parameter");
}

#[test]
fn a_finished_that_does_not_fit() {
    let mut server = Server::new();
    server.ask();
    let (hello, certificate) = (server.hello(), server.certificate.clone());
    server.answer(&hello, &certificate);
    let main = server.read_flight();
    server.change_keys(&main);
    server.send(content_type::HANDSHAKE, &tests::hello::message(20, &[0; 12]));
    assert_refused(&mut server, "zeros", Alert::DECRYPT_ERROR, "bad_finished");
}

/// The steps of a renegotiation, after each of which something else may come.
fn up_to(step: usize) -> Server {
    let mut server = Server::new();
    server.ask();
    let (hello, certificate) = (server.hello(), server.certificate.clone());
    if step > 0 {
        server.answer(&hello, &certificate);
        let main = server.read_flight();
        if step > 1 {
            server.change_keys(&main);
        }
    }
    server
}

const NOTHING: Result<Sent, tls_core::Error> = Ok(Sent { consumed: 0, written: 0 });

#[test]
fn data_meanwhile() {
    for step in 0..3 {
        let mut server = up_to(step);
        assert_eq!(server.client.connection.send(&[IoSlice::new(b"data")], &mut [0; 100]), NOTHING);
        server.send(content_type::APPLICATION_DATA, b"meanwhile");
        match step {
            // After its change_cipher_spec a server has no data before it has finished.
            2 => assert_refused(&mut server, "data", Alert::UNEXPECTED_MESSAGE, "unexpected_record"),
            _ => assert_eq!(
                (server.client.received.as_slice(), &server.client.error),
                (&b"meanwhile"[..], &None)
            ),
        }
    }
}

#[test]
fn the_server_closes_meanwhile() {
    for step in 0..3 {
        let mut server = up_to(step);
        server.send(content_type::ALERT, &[1, Alert::CLOSE_NOTIFY.0]);
        if step == 2 {
            // An end without a Finished under keys that are not proven: it may be anybody's.
            let error = server.client.error.as_ref().unwrap();
            assert_eq!(error.alert_received(), Some(Alert::CLOSE_NOTIFY));
            continue;
        }
        assert!(server.client.peer_closed && server.client.error.is_none());
        let connection = &mut server.client.connection;
        assert_eq!((connection.receive_eof(), connection.is_handshaking()), (Ok(()), false));
        assert_eq!(connection.facts().unwrap().renegotiations, 0);
        assert!(connection.send(&[IoSlice::new(b"data")], &mut [0; 100]).is_err());
        // What follows is not looked at.
        server.client.deliver(&[99; 10]);
        assert_eq!(server.client.error, None);
        server.client.connection.close();
        assert_eq!(server.hear(), [(content_type::ALERT, vec![1, Alert::CLOSE_NOTIFY.0])]);
    }
}

#[test]
fn the_client_closes_meanwhile() {
    for step in 0..3 {
        let mut server = up_to(step);
        server.client.connection.close();
        assert_eq!(server.hear(), [(content_type::ALERT, vec![1, Alert::CLOSE_NOTIFY.0])], "{step}");
        if step == 0 {
            // The handshake may go on, but the client says nothing more for it.
            let (hello, certificate) = (server.hello(), server.certificate.clone());
            server.answer(&hello, &certificate);
            assert_eq!(server.client.take_output(), []);
        }
        if step < 2 {
            server.send(content_type::APPLICATION_DATA, b"the last");
            server.send(content_type::ALERT, &[1, Alert::CLOSE_NOTIFY.0]);
            assert_eq!(server.client.received, b"the last");
            assert!(server.client.peer_closed && server.client.error.is_none(), "{step}");
        }
        assert!(server.client.connection.send(&[IoSlice::new(b"data")], &mut [0; 100]).is_err());
    }
}

/// Lengths of the contents of the records in which the client sends this much data.
fn lens(server: &mut Server, len: usize) -> Vec<usize> {
    let wire = server.client.seal(&vec![7; len]);
    records(&wire).into_iter().map(|record| server.client_keys.open(record).1.len()).collect()
}

/// Each handshake's limits hold for its own keys: they may shrink, grow and go (RFC 8449 §4).
#[test]
fn record_size_limits_change() {
    let mut server =
        Server::with(|client| client.record_size_limit(500), |server| server.record_size_limit(1000));
    assert_eq!(lens(&mut server, 3000), [1000; 3]);
    for (limit, expected) in [(Some(100), vec![100; 30]), (Some(2000), vec![2000, 1000]), (None, vec![3000])]
    {
        server.renegotiate(|hello| {
            limit.into_iter().for_each(|limit: u16| hello.push(ext::RECORD_SIZE_LIMIT, &limit.to_be_bytes()));
        });
        server.assert_works();
        assert_eq!(lens(&mut server, 3000), expected, "{limit:?}");
        let limits = match limit {
            Some(theirs) => FragmentLimits::RecordSizeLimit { ours: 500, theirs },
            None => FragmentLimits::Unlimited,
        };
        assert_eq!(server.client.connection.facts().unwrap().fragment_limits, limits);
    }
    // Without an answer, the client's own limit is not one, either.
    server.send(content_type::APPLICATION_DATA, &[7; 1 << 14]);
    assert_eq!((server.client.received.len(), &server.client.error), (1 << 14, &None));
}

#[test]
fn a_max_fragment_length_goes_and_comes() {
    let mut server = Server::with(
        |client| client.max_fragment_length(MaxFragmentLength::Bytes512),
        |server| server.accept_max_fragment_length(true),
    );
    server.renegotiate(|_| {});
    assert_eq!(lens(&mut server, 3000), [3000]);
    server.renegotiate(|hello| hello.push(ext::MAX_FRAGMENT_LENGTH, &[1]));
    assert_eq!(lens(&mut server, 1024), [512, 512]);
    server.send(content_type::APPLICATION_DATA, &[7; 513]);
    assert_refused(&mut server, "513 bytes", Alert::RECORD_OVERFLOW, "record_overflow");
}

/// The session that a connection goes by is forgotten with it, amid a renegotiation too (RFC 5246 §7.2.2).
#[test]
fn a_connection_that_fails_amid_it_ends_its_session() {
    let store = Arc::new(SessionStore::new(16));
    let mut server = Server::with(
        |client| client.session_store(Arc::clone(&store)),
        |server| server.session_store(ServerSessionStore::new(100).into()),
    );
    server.ask();
    assert_eq!(store.len(), 1);
    server.client.connection.abort(Alert::INTERNAL_ERROR);
    assert!(store.is_empty());
}

/// Until the keys change, the old limits hold.
#[test]
fn under_the_old_keys_the_old_limits_hold() {
    for (len, is_refused) in [(500, false), (501, true)] {
        let mut server =
            Server::with(|client| client.record_size_limit(500), |server| server.record_size_limit(1000));
        server.ask();
        let (hello, certificate) = (server.hello(), server.certificate.clone());
        server.answer(&hello, &certificate);
        server.send(content_type::APPLICATION_DATA, &vec![7; len]);
        match is_refused {
            true => assert_eq!(server.client.error.as_ref().unwrap().code(), "record_overflow"),
            false => assert_eq!((server.client.received.len(), &server.client.error), (len, &None)),
        }
    }
}
