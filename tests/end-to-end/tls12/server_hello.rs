//! ServerHellos of TLS 1.2 that a client must refuse: above all, values that it did not offer (RFC 5246 §7.4.1.3).

use tests::authority::Authority;
use tests::hello::{Extended, message};
use tests::pair::{client_builder, server_builder};
use tests::relay::{Piece, Setup, Side};
use tests::scenario::ALL;
use tls_core::ciphersuites::SecurityPolicy;
use tls_core::{AlertDescription as Alert, HandshakeType};

use super::default_tls12;
use crate::cases::{Case, ext, refuse, refuse_altered};

fn set_suite(hello: &mut Extended, suite: u16) {
    let at = hello.suites_at();
    hello.prefix[at..at + 2].copy_from_slice(&suite.to_be_bytes());
}

fn set_session_id(hello: &mut Extended, id: &[u8]) {
    let end = hello.suites_at();
    hello.prefix.splice(34..end, [&[u8::try_from(id.len()).unwrap()], id].concat());
}

/// A client of both versions and a server of TLS 1.2.
fn client_of_both() -> Setup {
    let authority = Authority::new();
    let client = client_builder(&authority).policy(SecurityPolicy::P20251014);
    Setup::new(client, server_builder(&authority).policy(default_tls12()))
}

//= 9846:E.1 unsupported-version
//= 9846:E.5 old-versions
#[test]
fn fields() {
    let cases: &[Case] = &[
        ("SSL 3.0", |h| h.prefix[1] = 0, Alert::PROTOCOL_VERSION, "no_common_version"),
        ("TLS 1.0", |h| h.prefix[1] = 1, Alert::PROTOCOL_VERSION, "no_common_version"),
        ("TLS 1.1", |h| h.prefix[1] = 2, Alert::PROTOCOL_VERSION, "no_common_version"),
        (
            "a suite that was not offered",
            |h| set_suite(h, 0xc009),
            Alert::ILLEGAL_PARAMETER,
            "wrong_cipher_suite",
        ),
        ("static RSA", |h| set_suite(h, 0x009c), Alert::ILLEGAL_PARAMETER, "wrong_cipher_suite"),
        ("a suite of TLS 1.3", |h| set_suite(h, 0x1301), Alert::ILLEGAL_PARAMETER, "wrong_cipher_suite"),
        ("a signalling suite", |h| set_suite(h, 0x00ff), Alert::ILLEGAL_PARAMETER, "wrong_cipher_suite"),
        ("no suite", |h| set_suite(h, 0), Alert::ILLEGAL_PARAMETER, "wrong_cipher_suite"),
        ("compression", |h| *h.prefix.last_mut().unwrap() = 1, Alert::ILLEGAL_PARAMETER, "illegal_parameter"),
        ("a session id of 33 bytes", |h| set_session_id(h, &[7; 33]), Alert::DECODE_ERROR, "malformed"),
    ];
    refuse(&ALL[4].setup(), 1, cases);
    refuse(&client_of_both(), 1, cases);
}

#[test]
fn legacy_version_1_3() {
    let cases: &[Case] = &[("TLS 1.3", |h| h.prefix[1] = 4, Alert::PROTOCOL_VERSION, "no_common_version")];
    refuse(&ALL[4].setup(), 1, cases);
    let cases: &[Case] = &[("TLS 1.3", |h| h.prefix[1] = 4, Alert::PROTOCOL_VERSION, "wrong_legacy_version")];
    refuse(&client_of_both(), 1, cases);
}

/// A client of both versions sends a session id, for middleboxes; to resume it is nothing.
#[test]
fn a_session_that_never_was() {
    let setup = client_of_both();
    let mut relay = setup.relay();
    let mut id = Vec::new();
    relay.run(|piece| match piece.message_type() {
        Some(HandshakeType::CLIENT_HELLO) => {
            id = piece.content[39..71].to_vec();
            vec![piece.clone()]
        }
        Some(HandshakeType::SERVER_HELLO) => {
            let mut hello = Extended::parse(&piece.content);
            set_session_id(&mut hello, &id);
            vec![piece.with(hello.bytes())]
        }
        _ => vec![piece.clone()],
    });
    relay.assert_refused(Side::Client, Alert::ILLEGAL_PARAMETER, "an echo of the session id");
}

#[test]
fn a_new_session_id_is_ignored() {
    for setup in [ALL[4].setup(), client_of_both()] {
        let mut relay = setup.relay();
        relay.run_changing(1, |piece| {
            let mut hello = Extended::parse(&piece.content);
            set_session_id(&mut hello, &[7; 32]);
            vec![piece.with(hello.bytes())]
        });
        // The client goes on to the end; it is the server that finds its hello changed.
        relay.assert_refused(Side::Server, Alert::DECRYPT_ERROR, "a new session id");
    }
}

#[test]
fn extensions() {
    let unsolicited = (Alert::UNSUPPORTED_EXTENSION, "unsolicited_extension");
    let misplaced = (Alert::ILLEGAL_PARAMETER, "misplaced_extension");
    let illegal = (Alert::ILLEGAL_PARAMETER, "illegal_parameter");
    let malformed = (Alert::DECODE_ERROR, "malformed");
    let duplicate = (Alert::ILLEGAL_PARAMETER, "duplicate_extension");
    let unsafe_renegotiation = (Alert::HANDSHAKE_FAILURE, "unsafe_renegotiation");
    let table: &[(u16, &[u8], (Alert, &str))] = &[
        (ext::UNKNOWN, &[], unsolicited),
        (ext::MAX_FRAGMENT_LENGTH, &[1], unsolicited),
        (ext::STATUS_REQUEST, &[], unsolicited),
        (ext::RECORD_SIZE_LIMIT, &[1, 0], unsolicited),
        (ext::SESSION_TICKET, &[], unsolicited),
        (ext::PRE_SHARED_KEY, &[0, 0], unsolicited),
        (ext::KEY_SHARE, &[0, 0x1d, 0, 1, 1], unsolicited),
        (ext::COOKIE, &[0, 1, 1], unsolicited),
        (ext::SIGNATURE_ALGORITHMS, &[0, 2, 4, 3], misplaced),
        (ext::ALPN, &[0, 3, 2, b'h', b'3'], illegal),
        (ext::ALPN, &[0, 6, 2, b'h', b'2', 2, b'h', b'3'], malformed),
        (ext::ALPN, &[0, 0], malformed),
        (ext::ALPN, &[0, 1, 0], malformed),
        (ext::SERVER_NAME, &[0], malformed),
        (ext::EXTENDED_MAIN_SECRET, &[0], malformed),
        (ext::RENEGOTIATION_INFO, &[1, 0], unsafe_renegotiation),
        (ext::RENEGOTIATION_INFO, &[], malformed),
        (ext::RENEGOTIATION_INFO, &[0, 0], malformed),
        (ext::EC_POINT_FORMATS, &[1, 1], illegal),
        (ext::EC_POINT_FORMATS, &[1], malformed),
        (ext::SUPPORTED_VERSIONS, &[3, 3], illegal),
        (ext::SUPPORTED_VERSIONS, &[3, 2], illegal),
    ];
    let setup = ALL[4].setup();
    for (extension, body, (alert, code)) in table {
        let set = |piece: &Piece| {
            let mut hello = Extended::parse(&piece.content);
            hello.remove(*extension);
            hello.push(*extension, body);
            vec![piece.with(hello.bytes())]
        };
        refuse_altered(&setup, 1, &format!("{extension} with {body:?}"), set, *alert, code);
    }
    let twice = |piece: &Piece| {
        let mut hello = Extended::parse(&piece.content);
        hello.push(ext::EXTENDED_MAIN_SECRET, &[]);
        vec![piece.with(hello.bytes())]
    };
    refuse_altered(&setup, 1, "twice", twice, duplicate.0, duplicate.1);
}

//= 9846:4.3.1 looked-at-first
//= 9846:4.3.1 answer-checked
#[test]
fn extensions_of_tls13() {
    let cases: &[Case] = &[
        (
            "a share",
            |h| h.push(ext::KEY_SHARE, &[0, 0x1d, 0, 1, 1]),
            Alert::ILLEGAL_PARAMETER,
            "misplaced_extension",
        ),
        (
            "the version",
            |h| h.push(ext::SUPPORTED_VERSIONS, &[3, 3]),
            Alert::ILLEGAL_PARAMETER,
            "illegal_parameter",
        ),
        (
            "protocols where none were offered",
            |h| h.push(ext::ALPN, &[0, 3, 2, b'h', b'2']),
            Alert::UNSUPPORTED_EXTENSION,
            "unsolicited_extension",
        ),
    ];
    refuse(&client_of_both(), 1, cases);
}

/// A server that knows nothing of extensions: the client goes on without them.
#[test]
fn no_extensions() {
    let setup = ALL[4].setup();
    let mut relay = setup.relay();
    relay.run_changing(1, |piece| {
        vec![piece.with(Extended::parse(&piece.content).bytes_without_extensions())]
    });
    relay.assert_refused(Side::Server, Alert::DECRYPT_ERROR, "no extensions");
}

/// The suite is one that was offered, but the certificate is for another.
#[test]
fn a_certificate_of_the_wrong_kind() {
    let setup = ALL[4].setup();
    let mut relay = setup.relay();
    relay.run_changing(1, |piece| {
        let mut hello = Extended::parse(&piece.content);
        set_suite(&mut hello, 0xc02f);
        vec![piece.with(hello.bytes())]
    });
    relay.assert_refused(Side::Client, Alert::UNSUPPORTED_CERTIFICATE, "an ECDSA key for RSA");
    assert_eq!(relay.pair.client.error.as_ref().unwrap().code(), "wrong_certificate_type");
}

#[test]
fn no_certificate() {
    let setup = ALL[4].setup();
    let table = [
        ("none", &[0, 0, 0][..]),
        ("an empty one", &[0, 0, 3, 0, 0, 0]),
        ("rubbish", &[0, 0, 5, 0, 0, 2, 7, 7]),
        ("half of one", &[0, 0, 4, 0, 0, 2, 7]),
    ];
    for (what, body) in table {
        let mut relay = setup.relay();
        relay.run_changing(2, |piece| vec![piece.with(message(11, body))]);
        let error = relay.pair.client.error.clone().unwrap();
        let alerts = [Alert::DECODE_ERROR, Alert::BAD_CERTIFICATE];
        assert!(alerts.contains(&error.alert_sent().unwrap()), "{what}: {error}");
        assert!(!relay.pair.client.established && !relay.pair.server.established);
    }
}
