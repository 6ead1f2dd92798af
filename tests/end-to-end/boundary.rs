//! Bytes behind a message that changes keys, in the same record: never accepted (RFC 9846 §5.1).

use tests::relay::{Epoch, Piece, Side, content_type};
use tests::scenario::{ALL, SIMPLE, Scenario};
use tls_core::{AlertDescription, HandshakeType};

const BOTH: [Side; 2] = [Side::Client, Side::Server];

/// One byte, a header without its message, a whole message.
const BEHIND: [&[u8]; 4] = [&[0], &[20], &[8, 0, 0], &[24, 0, 0, 1, 0]];

/// Whether this message is the last under its keys, or the last before its receiver answers.
fn changes_keys(scenario: Scenario, piece: &Piece) -> bool {
    let second = match scenario.is_tls12() {
        true => HandshakeType::SERVER_HELLO_DONE,
        false => HandshakeType::SERVER_HELLO,
    };
    let (first, last) = (HandshakeType::CLIENT_HELLO, HandshakeType::FINISHED);
    [first, second, last, HandshakeType::END_OF_EARLY_DATA].contains(&piece.message_type().unwrap())
}

//= 9846:5.1 key-changes
#[test]
fn bytes_behind_a_message_that_changes_keys_are_refused() {
    for scenario in ALL {
        let setup = scenario.setup();
        let messages = setup.messages();
        let changes_keys = |message: &Piece| changes_keys(scenario, message);
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
    for side in BOTH {
        for behind in BEHIND {
            let (mut pair, mut forger) = ALL[0].setup().established(side);
            let update = [&[24, 0, 0, 1, 0], behind].concat();
            let end = pair.end(side.other());
            end.deliver(&forger.seal(content_type::HANDSHAKE, &update));
            let error = end.error.as_ref().unwrap();
            assert_eq!(error.code(), "excess_handshake_data");
            assert_eq!(error.alert_sent(), Some(AlertDescription::UNEXPECTED_MESSAGE));
        }
    }
}

/// A fragment before a key change and the rest of it behind: the same, the other way round.
//= 9846:5.1 key-changes
#[test]
fn a_message_may_not_span_a_key_change() {
    for (scenario, side) in SIMPLE.into_iter().flat_map(|scenario| BOTH.map(|side| (scenario, side))) {
        let setup = scenario.setup();
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
