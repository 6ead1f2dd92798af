//! Peers that get early data wrong, by accident or not.

use tests::hello::{Extended, message};
use tests::protection::Protection;
use tests::relay::{Epoch, Piece, Setup, Side, content_type};
use tests::scenario::{ALL, EVERY_MESSAGE, Scenario};
use tls_core::ciphersuites::{CipherSuite, SecurityPolicy};
use tls_core::{AlertDescription as Alert, HandshakeType, ServerVerification};

use crate::cases::{Case, ext, number, refuse, refuse_altered};

/// The scenario with early data.
fn early() -> Scenario {
    let [.., early] = EVERY_MESSAGE;
    assert!(early.early);
    early
}

/// A server that accepts early data and waits for it, and the keys for it.
fn waiting(setup: &Setup) -> (tests::pair::Pair, Protection) {
    let mut pair = setup.pair();
    let flight = pair.client.take_output();
    pair.server.deliver(&flight);
    assert_eq!((&pair.server.error, pair.server.received_early.as_slice()), (&None, b"early".as_slice()));
    let secret = setup.client_secrets.get("CLIENT_EARLY_TRAFFIC_SECRET").unwrap();
    let mut keys = Protection::new(CipherSuite::TLS_AES_128_GCM_SHA256, &secret);
    // The client's own came first.
    keys.seal(content_type::APPLICATION_DATA, b"");
    (pair, keys)
}

#[track_caller]
fn assert_refuses(end: &tests::pair::End, alert: Alert, code: &str) {
    let error = end.error.as_ref().expect("an error");
    assert_eq!((error.code(), error.alert_sent()), (code, Some(alert)), "{error}");
}

#[test]
fn more_than_the_ticket_permits_is_refused() {
    let setup = early().setup();
    for pieces in [&[96][..], &[1; 96], &[95, 1], &[16384]] {
        let (mut pair, mut keys) = waiting(&setup);
        for (index, len) in pieces.iter().enumerate() {
            assert_eq!(pair.server.error, None, "after {index} of {pieces:?}");
            pair.server.deliver(&keys.seal(content_type::APPLICATION_DATA, &vec![1; *len]));
        }
        assert_refuses(&pair.server, Alert::UNEXPECTED_MESSAGE, "too_many");
        assert!(pair.server.received_early.len() <= 100);
    }
    // All of it is not more.
    let (mut pair, mut keys) = waiting(&setup);
    pair.server.deliver(&keys.seal(content_type::APPLICATION_DATA, &[1; 95]));
    pair.server.deliver(&keys.seal(content_type::APPLICATION_DATA, &[]));
    assert_eq!((pair.server.error, pair.server.received_early.len()), (None, 100));
}

#[test]
fn empty_records_come_to_an_end() {
    let (mut pair, mut keys) = waiting(&early().setup());
    (0..33).for_each(|_| pair.server.deliver(&keys.seal(content_type::APPLICATION_DATA, &[])));
    assert_refuses(&pair.server, Alert::UNEXPECTED_MESSAGE, "too_many");
}

//= 9846:4.3.10 errors
#[test]
fn records_that_do_not_open_are_refused_once_it_is_accepted() {
    let setup = early().setup();
    let (mut pair, mut keys) = waiting(&setup);
    let mut record = keys.seal(content_type::APPLICATION_DATA, b"more");
    *record.last_mut().unwrap() ^= 1;
    pair.server.deliver(&record);
    assert_refuses(&pair.server, Alert::BAD_RECORD_MAC, "bad_record");
    // The same for one that is left out.
    let (mut pair, mut keys) = waiting(&setup);
    keys.seal(content_type::APPLICATION_DATA, b"lost");
    pair.server.deliver(&keys.seal(content_type::APPLICATION_DATA, b"more"));
    assert_refuses(&pair.server, Alert::BAD_RECORD_MAC, "bad_record");
}

#[test]
fn only_data_and_its_end_come_under_its_keys() {
    let setup = early().setup();
    for message_type in (0..=255).filter(|message_type| *message_type != 5) {
        let (mut pair, mut keys) = waiting(&setup);
        pair.server.deliver(&keys.seal(content_type::HANDSHAKE, &[message_type, 0, 0, 0]));
        assert_refuses(&pair.server, Alert::UNEXPECTED_MESSAGE, "unexpected_message");
    }
    let (mut pair, mut keys) = waiting(&setup);
    pair.server.deliver(&keys.seal(content_type::HANDSHAKE, &[5, 0]));
    pair.server.deliver(&keys.seal(content_type::APPLICATION_DATA, b"data"));
    assert_refuses(&pair.server, Alert::UNEXPECTED_MESSAGE, "unexpected_record");
    // Its end may come in pieces, and then it is over.
    let (mut pair, mut keys) = waiting(&setup);
    pair.server.deliver(&keys.seal(content_type::HANDSHAKE, &[5, 0]));
    pair.server.deliver(&keys.seal(content_type::HANDSHAKE, &[0, 0]));
    assert_eq!(pair.server.error, None);
    pair.server.deliver(&keys.seal(content_type::APPLICATION_DATA, b"data"));
    assert_refuses(&pair.server, Alert::BAD_RECORD_MAC, "bad_record");
}

/// Whoever cuts early data off before its end is seen to have done it.
#[test]
fn what_is_cut_off_is_not_whole() {
    let setup = early().setup();
    let (mut pair, mut keys) = waiting(&setup);
    assert_eq!(pair.server.connection.receive_eof().unwrap_err().code(), "truncated");
    pair.server.deliver(&keys.seal(content_type::ALERT, &[1, 0]));
    let error = pair.server.error.unwrap();
    assert_eq!((error.code(), error.alert_received()), ("alert_received", Some(Alert::CLOSE_NOTIFY)));
    assert!(!pair.server.established && !pair.server.peer_closed);
    // And the end cannot be left out.
    let mut relay = setup.relay();
    relay.run(|piece| match piece.message_type() {
        Some(HandshakeType::END_OF_EARLY_DATA) => vec![],
        _ => vec![piece.clone()],
    });
    relay.assert_refused(Side::Server, Alert::BAD_RECORD_MAC, "no EndOfEarlyData");
}

//= 9846:4.3.10 first-psk
//= 9846:4.3.11 early-identity
#[test]
fn servers_do_not_accept_what_they_cannot_read() {
    let accept: fn(&mut Extended) = |hello| hello.push(ext::EARLY_DATA, &[]);
    // Not offered; in TLS 1.3, that is. One is resumed and one is not.
    for scenario in [ALL[0], ALL[6]] {
        let setup = scenario.setup();
        let encrypted = number(&setup, Side::Server, HandshakeType::ENCRYPTED_EXTENSIONS);
        let cases: &[Case] =
            &[("not offered", accept, Alert::UNSUPPORTED_EXTENSION, "unsolicited_extension")];
        refuse(&setup, encrypted, cases);
    }
    let setup = early().setup();
    let encrypted = number(&setup, Side::Server, HandshakeType::ENCRYPTED_EXTENSIONS);
    let cases: &[Case] = &[
        ("twice", accept, Alert::ILLEGAL_PARAMETER, "duplicate_extension"),
        ("with a body", |hello| hello.set(ext::EARLY_DATA, &[0, 0, 0, 1]), Alert::DECODE_ERROR, "malformed"),
        (
            "with another protocol",
            |hello| hello.set(ext::ALPN, b"\0\x03\x02h2"),
            Alert::ILLEGAL_PARAMETER,
            "illegal_parameter",
        ),
        (
            "without a protocol",
            |hello| hello.remove(ext::ALPN),
            Alert::ILLEGAL_PARAMETER,
            "illegal_parameter",
        ),
    ];
    refuse(&setup, encrypted, cases);
    // In the ServerHello it has no place.
    let hello = number(&setup, Side::Server, HandshakeType::SERVER_HELLO);
    let cases: &[Case] = &[("in the wrong message", accept, Alert::ILLEGAL_PARAMETER, "misplaced_extension")];
    refuse(&setup, hello, cases);
}

//= 9846:4.3.10 with-psk
//= 9846:4.3.11 early-identity
#[test]
fn servers_do_not_accept_it_with_a_full_handshake() {
    let setup = early().setup();
    let mut relay = setup.relay();
    relay.run(|piece| match piece.message_type() {
        Some(HandshakeType::SERVER_HELLO) => {
            let mut hello = Extended::parse(&piece.content);
            hello.remove(ext::PRE_SHARED_KEY);
            vec![piece.with(hello.bytes())]
        }
        _ => vec![piece.clone()],
    });
    relay.assert_refused(Side::Client, Alert::ILLEGAL_PARAMETER, "no session");
}

#[test]
fn servers_have_no_end_of_early_data() {
    let setup = early().setup();
    let finished = number(&setup, Side::Server, HandshakeType::FINISHED);
    let end = |piece: &Piece| vec![piece.with(message(5, &[]))];
    refuse_altered(&setup, finished, "an end", end, Alert::UNEXPECTED_MESSAGE, "unexpected_message");
}

#[test]
fn clients_say_nothing_more_when_they_offer_it() {
    let cases: &[Case] =
        &[("a body", |hello| hello.push(ext::EARLY_DATA, &[0]), Alert::DECODE_ERROR, "malformed")];
    for retries in [ALL[0], ALL[2]] {
        refuse(&retries.setup(), 0, cases);
    }
}

/// RFC 9846 appendix E.3: such a server has been replaced by an older one, or somebody is between.
//= 9846:E.3 early-data-and-tls12
#[test]
fn a_server_that_falls_back_to_tls12_is_refused() {
    let setup = super::Setup::new();
    let whole = || SecurityPolicy::P20251014;
    let client = setup.client().policy(whole()).build().unwrap();
    let first = setup.server().policy(whole()).build().unwrap();
    let tls12 = tests::pair::only(tls_core::ciphersuites::ProtocolVersion::TLS1_2, &whole());
    let second = super::server_builder(&setup.authority).policy(tls12).build().unwrap();
    let mut pair = setup.resume_at(super::LATER, &client, [&first, &second]);
    let hello = pair.client.take_output();
    pair.server.deliver(&hello);
    let answer = pair.server.take_output();
    pair.client.deliver(&answer);
    assert_refuses(&pair.client, Alert::PROTOCOL_VERSION, "version_below_early_data");
    // The server can read why.
    let alert = pair.client.take_output();
    assert_eq!(alert[0], content_type::ALERT);
    // With another session, or none, it is a server like others.
    let mut pair = super::begin(super::LATER, &client, &second);
    pair.handshake();
    pair.assert_works();
}

#[test]
fn tickets_say_how_much_in_four_bytes() {
    let setup = early().setup();
    for (body, is_kept) in
        [(&[0, 0, 1, 0][..], true), (&[0, 0, 1], false), (&[0, 0, 1, 0, 0], false), (&[], false)]
    {
        let (mut pair, mut keys) = setup.established(Side::Server);
        let len = [0, u8::try_from(body.len()).unwrap()];
        let extension = [&[0, 42], &len[..], body].concat();
        let extensions = [&u16::try_from(extension.len()).unwrap().to_be_bytes()[..], &extension].concat();
        let ticket = [&[0, 0, 0, 100, 1, 2, 3, 4, 1, 0, 0, 1, 7][..], &extensions].concat();
        pair.client.deliver(&keys.seal(content_type::HANDSHAKE, &message(4, &ticket)));
        match is_kept {
            true => {
                assert_eq!(pair.client.error, None);
                let (store, _) = setup.session.as_ref().unwrap();
                let name = tests::pair::localhost();
                let session = store.take_session(&setup.client, &name, tests::pair::now()).unwrap();
                assert_eq!(session.max_early_data_size(), 256);
            }
            false => assert_refuses(&pair.client, Alert::DECODE_ERROR, "malformed"),
        }
    }
}

/// A ticket that permits much, and the client of one that is not trusted.
#[test]
fn a_policy_may_forbid_it() {
    use tls_core::{ConfigError, EarlyDataAcceptance};
    let setup = super::Setup::new();
    let forbids = || SecurityPolicy { early_data_allowed: false, ..tests::pair::default_tls13() };
    let forbidden = ConfigError::EarlyDataForbidden { policy: forbids().name.to_string() };
    assert_eq!(setup.client().policy(forbids()).build().unwrap_err(), forbidden);
    assert_eq!(setup.server().policy(forbids()).build().unwrap_err(), forbidden);
    // What is not asked for is not forbidden.
    setup.server_without().policy(forbids()).build().unwrap();
    let without_keys = ConfigError::EarlyDataWithoutKeys;
    let client = tls_core::ClientConfig::builder().early_data(true).permit_unapproved();
    let client = client.server_verification(ServerVerification::Insecure);
    assert_eq!(client.build().unwrap_err(), without_keys);
    let server = super::server_builder(&setup.authority).early_data(1, EarlyDataAcceptance::Asked);
    assert_eq!(server.build().unwrap_err(), without_keys);
    let server = setup.server().early_data_context([0; 1025]);
    assert_eq!(server.build().unwrap_err(), ConfigError::EarlyDataContextTooLong);
    setup.server().early_data_context([0; 1024]).build().unwrap();
}

/// Early data with keys that belong to nobody else: of another epoch, or of another connection.
#[test]
fn data_under_other_keys_is_not_early() {
    let setup = early().setup();
    let (mut pair, _) = waiting(&setup);
    let mut relay = setup.relay();
    let mut was_handshake = false;
    relay.run(|piece| {
        let is_early = piece.epoch == Epoch::Early && piece.content_type == content_type::APPLICATION_DATA;
        was_handshake |= is_early;
        match piece.message_type() {
            Some(HandshakeType::FINISHED) if piece.sender == Side::Client => {
                let content = b"late".to_vec();
                vec![Piece { content_type: content_type::APPLICATION_DATA, content, ..piece.clone() }]
            }
            _ => vec![piece.clone()],
        }
    });
    assert!(was_handshake);
    relay.assert_refused(Side::Server, Alert::UNEXPECTED_MESSAGE, "data under the handshake's keys");
    let secret = setup.client_secrets.get("CLIENT_HANDSHAKE_TRAFFIC_SECRET").unwrap();
    let mut other = Protection::new(CipherSuite::TLS_AES_128_GCM_SHA256, &secret);
    pair.server.deliver(&other.seal(content_type::APPLICATION_DATA, b"data"));
    assert_refuses(&pair.server, Alert::BAD_RECORD_MAC, "bad_record");
}
