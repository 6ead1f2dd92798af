//! Which messages come when, and in which records.

use tests::hello::Extended;
use tests::pair::{client_builder, default_pair, server_builder};
use tests::relay::{Epoch, Piece, Setup, Side, content_type, record, records};
use tests::scenario::{ALL, SIMPLE, Scenario};
use tls_core::{AlertDescription as Alert, HandshakeType};

use super::{BOTH, alert};
use crate::cases::ext;
use crate::state_machine::Symbol::{self, *};
use crate::state_machine::assert_refused_at_last;

/// Go CVE-2025-61730, rustls RUSTSEC-2026-0285: bytes of the next epoch under the keys of this one.
//= 9846:5.1 key-changes
#[test]
fn class_01_messages_across_a_key_change() {
    for scenario in ALL {
        let setup = scenario.setup();
        let messages = setup.messages();
        for (number, message) in messages.iter().enumerate() {
            let next = messages[number + 1..].iter().find(|next| next.sender == message.sender);
            let ends = messages.get(number + 1).is_none_or(|next| next.sender != message.sender);
            if !ends && next.is_some_and(|next| next.epoch == message.epoch) {
                continue;
            }
            let whole = next.map_or(&[24, 0, 0, 1, 0][..], |next| &next.content);
            for behind in [&whole[..1], &whole[..whole.len() - 1], whole] {
                let mut relay = setup.relay();
                relay.run_changing(number, |piece| {
                    vec![piece.with([piece.content.as_slice(), behind].concat())]
                });
                let context = format!("{scenario:?}: {} bytes behind message {number}", behind.len());
                relay.assert_refused(message.sender.other(), Alert::UNEXPECTED_MESSAGE, &context);
            }
        }
    }
    for side in BOTH {
        let (mut pair, mut keys) = ALL[0].setup().established(side);
        pair.end(side.other()).deliver(&keys.seal(content_type::HANDSHAKE, &[24, 0, 0, 1, 0, 24]));
        assert_eq!(alert(pair.end(side.other())), Some(Alert::UNEXPECTED_MESSAGE));
    }
}

/// GnuTLS CVE-2025-6395, wolfSSL CVE-2026-3230, mbedTLS: what follows a HelloRetryRequest is not what it asked for.
//= 9846:4.3.8 retry-group-kept
#[test]
fn class_02_confusion_after_a_hello_retry_request() {
    const SECOND_HELLO: usize = 2;
    const SERVER_HELLO: usize = 3;
    for scenario in
        [Scenario { retry: true, ..SIMPLE[0] }, Scenario { retry: true, resumed: true, ..SIMPLE[0] }]
    {
        let setup = scenario.setup();
        let messages = setup.messages();
        let altered = |number: usize, alter: &dyn Fn(&mut Extended)| {
            let mut relay = setup.relay();
            relay.run_changing(number, |piece| {
                let mut hello = Extended::parse(&piece.content);
                alter(&mut hello);
                vec![piece.with(hello.bytes())]
            });
            let receiver = messages[number].sender.other();
            assert!(!relay.end(receiver).established, "{scenario:?}");
            alert(relay.end(receiver))
        };
        for (extension, _) in Extended::parse(&messages[SECOND_HELLO].content).extensions {
            let dropped = altered(SECOND_HELLO, &|hello| hello.remove(extension));
            // A client may think better of its session; but the transcript then betrays that it was not the client.
            assert!(
                dropped.is_some() || extension == ext::PRE_SHARED_KEY,
                "{scenario:?} without {extension}"
            );
            let twice = altered(SECOND_HELLO, &|hello| {
                let body = hello.body_mut(extension).clone();
                hello.extensions.insert(0, (extension, body));
            });
            assert_eq!(twice, Some(Alert::ILLEGAL_PARAMETER), "{scenario:?} with {extension} twice");
        }
        assert_eq!(altered(SECOND_HELLO, &|hello| hello.push_suite(0x1303)), Some(Alert::ILLEGAL_PARAMETER));
        let without_share = altered(SERVER_HELLO, &|hello| hello.remove(ext::KEY_SHARE));
        assert_eq!(without_share, Some(Alert::MISSING_EXTENSION));
        let older = altered(SERVER_HELLO, &|hello| hello.remove(ext::SUPPORTED_VERSIONS));
        assert_eq!(older, Some(Alert::ILLEGAL_PARAMETER));
        let other_group = altered(SERVER_HELLO, &|hello| {
            hello.set(ext::KEY_SHARE, &[&[0, 0x17, 0, 65, 4][..], &[9; 64]].concat());
        });
        assert_eq!(other_group, Some(Alert::ILLEGAL_PARAMETER));
    }
}

/// SMACK, FREAK, CVE-2014-0224, wolfSSL CVE-2022-25640 and CVE-2026-2645: steps skipped, doubled or swapped. All of them
/// are in `state_machine`; these have names.
//= 9846:4.5.2 place
#[test]
fn class_03_skipped_doubled_or_swapped_messages() {
    let (tls13, tls12) = SIMPLE.into();
    let mutual = |scenario| Scenario { mutual: true, ..scenario };
    let words: &[(Side, Scenario, &[Symbol])] = &[
        (Side::Client, tls13, &[ServerHello, EncryptedExtensions, Finished]),
        (Side::Client, tls13, &[ServerHello, EncryptedExtensions, Certificate, Finished]),
        (Side::Client, tls13, &[ServerHello, EncryptedExtensions, CertificateVerify]),
        (Side::Client, tls13, &[ServerHello, Certificate]),
        (Side::Client, tls13, &[ServerHello, ServerHello]),
        (Side::Client, tls13, &[ServerHello, EncryptedExtensions, Certificate, CertificateRequest]),
        (Side::Server, tls13, &[ClientHello, Certificate]),
        (Side::Server, mutual(tls13), &[ClientHello, Finished]),
        (Side::Server, mutual(tls13), &[ClientHello, Certificate, Finished]),
        (Side::Server, mutual(tls13), &[ClientHello, CertificateVerify]),
        (Side::Client, tls12, &[ServerHello, ServerKeyExchange]),
        (Side::Client, tls12, &[ServerHello, Certificate, ServerHelloDone]),
        (Side::Client, tls12, &[ServerHello, ChangeCipherSpec]),
        (Side::Client, tls12, &[ServerHello, Certificate, ServerKeyExchange, ServerHelloDone, Finished]),
        (
            Side::Client,
            tls12,
            &[ServerHello, Certificate, ServerKeyExchange, ServerHelloDone, ApplicationData],
        ),
        (Side::Server, tls12, &[ClientHello, ChangeCipherSpec]),
        (Side::Server, tls12, &[ClientHello, Finished]),
        (Side::Server, tls12, &[ClientHello, ClientKeyExchange, Finished]),
        (Side::Server, tls12, &[ClientHello, ClientKeyExchange, ClientKeyExchange]),
        (Side::Server, mutual(tls12), &[ClientHello, Certificate, CertificateVerify]),
        (Side::Server, mutual(tls12), &[ClientHello, Certificate, ClientKeyExchange, ChangeCipherSpec]),
        (Side::Server, mutual(tls12), &[ClientHello, ClientKeyExchange]),
    ];
    for (subject, scenario, word) in words {
        assert_refused_at_last(*subject, *scenario, word);
    }
}

/// tldr.fail, RUSTSEC-2024-0399: a large hello that comes in pieces.
#[test]
fn class_07_fragmentation_and_size() {
    let in_records = |len: usize, bytes: &[u8]| -> Vec<u8> {
        let cut = |whole: &[u8]| match whole[0] {
            content_type::HANDSHAKE => {
                whole[5..].chunks(len).flat_map(|part| record(content_type::HANDSHAKE, part)).collect()
            }
            _ => whole.to_vec(),
        };
        records(bytes).into_iter().flat_map(cut).collect()
    };
    let mut pair = default_pair();
    pair.run(|end, bytes| bytes.iter().for_each(|byte| end.deliver(&[*byte])));
    pair.assert_works();
    for len in [1, 64, 1000] {
        let mut pair = default_pair();
        pair.run(|end, bytes| end.deliver(&in_records(len, bytes)));
        pair.assert_works();
    }
    for offset in (1..1700).step_by(17) {
        let mut pair = default_pair();
        pair.run(|end, bytes| {
            let (head, tail) = bytes.split_at(offset.min(bytes.len()));
            end.deliver(head);
            end.deliver(tail);
        });
        pair.assert_works();
    }
    // The largest ClientHello, and one byte more.
    for (len, is_taken) in [(1 << 16, true), ((1 << 16) + 1, false)] {
        let mut pair = default_pair();
        let wire = pair.client.take_output();
        let mut hello = Extended::parse(&records(&wire)[0][5..]);
        let missing = len - (hello.bytes().len() - 4) - 4;
        hello.push(ext::PADDING, &vec![0; missing]);
        for part in hello.bytes().chunks(1 << 14) {
            pair.server.deliver(&record(content_type::HANDSHAKE, part));
        }
        assert_eq!(alert(&pair.server).is_none(), is_taken, "{len}: {:?}", pair.server.error);
    }
}

/// TLS-Anvil's largest class: what an alert means, and that an end without one is no end.
#[test]
fn class_21_alerts_and_closure() {
    for (scenario, side) in SIMPLE.into_iter().flat_map(|scenario| BOTH.map(|side| (scenario, side))) {
        let table: [(&[u8], Option<Alert>, bool); 7] = [
            (&[1, 0], None, true),
            (&[2, 0], None, true),
            (&[2, 255], None, false),
            (&[2, 40], None, false),
            (&[2], Some(Alert::DECODE_ERROR), false),
            (&[1, 0, 1, 0], Some(Alert::DECODE_ERROR), false),
            (&[], Some(Alert::UNEXPECTED_MESSAGE), false),
        ];
        for (content, sent, closes) in table {
            let (mut pair, mut keys) = scenario.setup().established(side);
            let other = pair.end(side.other());
            other.deliver(&keys.seal(content_type::APPLICATION_DATA, b"data"));
            other.deliver(&keys.seal(content_type::ALERT, content));
            let context = format!("{scenario:?}: {content:?} from {side:?}");
            assert_eq!((other.peer_closed, other.error.is_some()), (closes, !closes), "{context}");
            assert_eq!(alert(other), sent, "{context}");
            assert_eq!(other.received, b"data", "{context}");
            // The end of the transport is an end only behind close_notify.
            assert_eq!(other.connection.receive_eof().is_ok(), closes, "{context}");
        }
        let (mut pair, _) = scenario.setup().established(side);
        assert_eq!(pair.end(side).connection.receive_eof().unwrap_err().code(), "truncated");
    }
}

/// A plaintext record between protected ones, and protected ones of another direction.
//= 9846:4.5.3 keys-behind
#[test]
fn class_01_records_of_another_epoch() {
    let authority = tests::authority::Authority::new();
    let setup = Setup::new(client_builder(&authority), server_builder(&authority));
    let protected: Vec<usize> = (0..)
        .zip(setup.messages())
        .filter(|(_, piece)| piece.epoch != Epoch::Plain)
        .map(|(number, _)| number)
        .collect();
    assert_eq!(protected.len(), 5);
    for number in protected {
        let mut relay = setup.relay();
        relay.run_changing(number, |piece| vec![Piece { epoch: Epoch::Plain, ..piece.clone() }]);
        let receiver = setup.messages()[number].sender.other();
        relay.assert_refused(receiver, Alert::UNEXPECTED_MESSAGE, "in the clear");
    }
    let finished =
        setup.messages().iter().rposition(|piece| piece.message_type() == Some(HandshakeType::FINISHED));
    let mut relay = setup.relay();
    relay.run_changing(finished.unwrap(), |piece| vec![Piece { epoch: Epoch::Application, ..piece.clone() }]);
    relay.assert_refused(Side::Server, Alert::BAD_RECORD_MAC, "under the next keys");
}
