//! The record layer of established connections, by a peer that has the keys and says what it likes.

use std::sync::LazyLock;

use tests::relay::{Setup, Side, content_type, record};
use tests::scenario::SIMPLE;
use tls_core::Error;

use crate::bounded::Outcome;
use crate::input::Input;

static SETUPS: LazyLock<[Setup; 2]> = LazyLock::new(|| SIMPLE.map(|scenario| scenario.setup()));

/// Whatever comes in between: what is received is what authentic records of application data held, in their order, up
/// to the first that is wrong.
pub fn run(input: &[u8]) -> Outcome {
    let mut input = Input::new(input);
    let choice = input.byte();
    let setup = &SETUPS[usize::from(choice & 1)];
    let sender = if choice & 2 == 0 { Side::Client } else { Side::Server };
    let (mut pair, mut keys) = setup.established(sender);
    let mut sent = Vec::new();
    while !input.is_empty() {
        let receiver = pair.end(sender.other());
        let bytes = match input.byte() % 8 {
            0 | 1 => {
                let data = input.short();
                sent.extend_from_slice(data);
                keys.seal(content_type::APPLICATION_DATA, data)
            }
            2 => keys.seal(content_type::HANDSHAKE, input.short()),
            3 => keys.seal(content_type::ALERT, input.short()),
            4 => {
                let content_type = input.byte();
                // In the clear it is of no type that a receiver with keys takes.
                record(content_type, input.short())
            }
            5 if choice & 1 == 0 => {
                let update = keys.seal(content_type::HANDSHAKE, &[24, 0, 0, 1, input.byte() & 1]);
                keys = keys.next();
                update
            }
            6 => {
                let content_type = input.byte() % 23;
                keys.seal(content_type, input.short())
            }
            _ => {
                // A record that is sealed and then altered.
                let data = input.short();
                let mut bytes = keys.seal(content_type::APPLICATION_DATA, data);
                let at = input.below(bytes.len());
                let flip = input.byte();
                bytes[at] ^= flip;
                if flip == 0 {
                    sent.extend_from_slice(data);
                }
                bytes
            }
        };
        let cut = input.below(bytes.len() + 1);
        receiver.deliver(&bytes[..cut]);
        receiver.deliver(&bytes[cut..]);
        assert!(sent.starts_with(&receiver.received), "data that was not sent, or out of order");
        if receiver.error.is_none() && !receiver.peer_closed && receiver.input.is_empty() {
            assert_eq!(receiver.received.len(), sent.len(), "data that did not arrive");
        }
    }
    let receiver = pair.end(sender.other());
    let _ = receiver.take_output();
    match &receiver.error {
        None => "accepted",
        Some(error) => code(error),
    }
}

fn code(error: &Error) -> Outcome {
    let is_explained = error.alert_sent().is_some() || error.alert_received().is_some();
    assert!(is_explained, "{error}");
    error.code()
}
