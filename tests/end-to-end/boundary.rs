//! Bytes behind a message that changes keys, in the same record: never accepted (RFC 9846 §5.1).

use tests::relay::{Epoch, Piece, Side, content_type};
use tests::scenario::ALL;
use tls_core::ciphersuites::CipherSuite;
use tls_core::{AlertDescription, HandshakeType};

/// One byte, a header without its message, a whole message.
const BEHIND: [&[u8]; 4] = [&[0], &[20], &[8, 0, 0], &[24, 0, 0, 1, 0]];

/// Whether this message is the last under its keys, or the last before its receiver answers.
fn changes_keys(piece: &Piece) -> bool {
    [HandshakeType::CLIENT_HELLO, HandshakeType::SERVER_HELLO, HandshakeType::FINISHED]
        .contains(&piece.message_type().unwrap())
}

#[test]
fn bytes_behind_a_message_that_changes_keys_are_refused() {
    for scenario in ALL {
        let setup = scenario.setup();
        let messages = setup.messages();
        for (number, message) in messages.iter().enumerate().filter(|(_, message)| changes_keys(message)) {
            let whole = messages[(number + 1) % messages.len()].content.clone();
            for behind in BEHIND.into_iter().chain([whole.as_slice(), &message.content]) {
                let context = format!(
                    "{scenario:?}: {} bytes behind {:?}, number {number}",
                    behind.len(),
                    message.message_type()
                );
                let mut relay = setup.relay();
                relay.run_changing(number, |piece| {
                    vec![piece.with([piece.content.as_slice(), behind].concat())]
                });
                let receiver = message.sender.other();
                relay.assert_refused(receiver, AlertDescription::UNEXPECTED_MESSAGE, &context);
                let code = relay.end(receiver).error.as_ref().unwrap().code();
                assert_eq!(code, "excess_handshake_data", "{context}");
            }
        }
    }
}

#[test]
fn bytes_behind_a_key_update_are_refused() {
    for side in [Side::Client, Side::Server] {
        let setup = ALL[0].setup();
        let mut pair = setup.pair();
        pair.handshake();
        let suite = CipherSuite::TLS_AES_128_GCM_SHA256;
        for behind in BEHIND {
            let mut pair = setup.pair();
            pair.handshake();
            let mut forger = setup.protection(side, side, Epoch::Application, suite).unwrap();
            let update = [&[24, 0, 0, 1, 0], behind].concat();
            let end = if side == Side::Client { &mut pair.server } else { &mut pair.client };
            end.deliver(&forger.seal(content_type::HANDSHAKE, &update));
            let error = end.error.as_ref().unwrap();
            assert_eq!(error.code(), "excess_handshake_data");
            assert_eq!(error.alert_sent(), Some(AlertDescription::UNEXPECTED_MESSAGE));
        }
    }
}

/// A fragment before a key change and the rest of it behind: the same, the other way round.
#[test]
fn a_message_may_not_span_a_key_change() {
    let setup = ALL[0].setup();
    for side in [Side::Client, Side::Server] {
        let mut relay = setup.relay();
        relay.run(|piece| match piece.message_type() {
            Some(HandshakeType::FINISHED) if piece.sender == side => {
                let ticket = [4, 0, 0, 16, 0, 0, 0, 9, 0, 0, 0, 0, 1, 0, 0, 2, 7, 7, 0, 0];
                let (head, tail) = ticket.split_at(10);
                let rest = Piece { epoch: Epoch::Application, ..piece.with(tail.to_vec()) };
                vec![piece.with([piece.content.as_slice(), head].concat()), rest]
            }
            _ => vec![piece.clone()],
        });
        relay.assert_refused(side.other(), AlertDescription::UNEXPECTED_MESSAGE, "a spanning message");
    }
}
