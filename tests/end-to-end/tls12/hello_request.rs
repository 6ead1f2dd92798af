//! HelloRequests while a handshake is under way: a client of TLS 1.2 ignores a few (RFC 5246 §7.4.1.1), TLS 1.3 has none.

use tests::authority::Authority;
use tests::hello::message;
use tests::pair::{client_builder, server_builder};
use tests::relay::{Piece, Relay, Setup, Side, content_type};
use tests::scenario::ALL;
use tls_core::AlertDescription as Alert;
use tls_core::ciphersuites::SecurityPolicy;

use super::default_tls12;

const HELLO_REQUEST: [u8; 4] = [0; 4];

/// A client of both versions, with a server of these.
fn client_of_both(server: SecurityPolicy) -> Setup {
    let authority = Authority::new();
    let client = client_builder(&authority).policy(SecurityPolicy::P20251014);
    Setup::new(client, server_builder(&authority).policy(server))
}

/// The handshake with so many of these messages before the server's message, or change_cipher_spec, of this number. `None`: it has fewer.
fn with_requests<'s>(setup: &'s Setup, number: usize, request: &[u8], count: usize) -> Option<Relay<'s>> {
    let mut relay = setup.relay();
    let mut seen = 0;
    relay.run(|piece| {
        if piece.sender != Side::Server || piece.content_type == content_type::ALERT {
            return vec![piece.clone()];
        }
        seen += 1;
        let request = Piece { content_type: content_type::HANDSHAKE, ..piece.with(request.to_vec()) };
        let requests = if seen == number + 1 { count } else { 0 };
        std::iter::repeat_n(request, requests).chain([piece.clone()]).collect()
    });
    (seen > number).then_some(relay)
}

#[test]
fn they_are_ignored() {
    for setup in [ALL[4].setup(), ALL[5].setup(), client_of_both(default_tls12())] {
        let mut number = 0;
        while let Some(relay) = with_requests(&setup, number, &HELLO_REQUEST, 4) {
            assert_eq!((&relay.pair.client.error, &relay.pair.server.error), (&None, &None), "{number}");
            assert!(relay.pair.client.established && relay.pair.server.established);
            number += 1;
        }
        // From ServerHello to Finished, with change_cipher_spec.
        assert!(number >= 6, "{number}");
    }
}

#[test]
fn only_a_few_are() {
    for setup in [ALL[4].setup(), client_of_both(default_tls12())] {
        for number in [0, 1, 4] {
            let mut relay = with_requests(&setup, number, &HELLO_REQUEST, 5).unwrap();
            relay.assert_refused(Side::Client, Alert::UNEXPECTED_MESSAGE, "five");
            assert_eq!(relay.pair.client.error.as_ref().unwrap().code(), "too_many");
        }
    }
}

#[test]
fn one_with_a_body_is_malformed() {
    let setup = ALL[4].setup();
    for number in 0..4 {
        let mut relay = with_requests(&setup, number, &message(0, &[0]), 1).unwrap();
        relay.assert_refused(Side::Client, Alert::DECODE_ERROR, "a body");
    }
}

#[test]
fn tls13_has_none() {
    for setup in [ALL[0].setup(), ALL[2].setup(), client_of_both(SecurityPolicy::P20251014)] {
        // All but the change_cipher_spec.
        for number in [0, 2, 3] {
            let relay = with_requests(&setup, number, &HELLO_REQUEST, 1).unwrap();
            let error = relay.pair.client.error.as_ref().expect("a refusal");
            assert_eq!(
                (error.code(), error.alert_sent()),
                ("unexpected_message", Some(Alert::UNEXPECTED_MESSAGE))
            );
            assert!(!relay.pair.client.established);
        }
    }
}

#[test]
fn a_server_gets_none() {
    for scenario in [ALL[4], ALL[5]] {
        let setup = scenario.setup();
        let clients = setup.messages().iter().filter(|piece| piece.sender == Side::Client).count();
        for number in 0..clients {
            let (mut relay, mut seen) = (setup.relay(), 0);
            relay.run(|piece| {
                seen += usize::from(piece.sender == Side::Client && piece.message_type().is_some());
                let is_place =
                    piece.sender == Side::Client && piece.message_type().is_some() && seen == number + 1;
                let request = is_place.then(|| piece.with(HELLO_REQUEST.to_vec()));
                request.into_iter().chain([piece.clone()]).collect()
            });
            let error = relay.pair.server.error.as_ref().expect("a refusal");
            assert_eq!(error.code(), "unexpected_message");
        }
    }
}
