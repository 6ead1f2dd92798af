//! change_cipher_spec has one place in each direction, and counts nowhere else (RFC 5246 §7.1).

use tests::relay::{Epoch, Piece, Side, content_type};
use tests::scenario::ALL;
use tls_core::{AlertDescription as Alert, HandshakeType};

const BOTH: [Side; 2] = [Side::Client, Side::Server];

fn spec(sender: Side, epoch: Epoch, content: &[u8]) -> Piece {
    Piece { sender, epoch, content_type: content_type::CHANGE_CIPHER_SPEC, content: content.to_vec() }
}

fn is_spec_of(side: Side, piece: &Piece) -> bool {
    piece.sender == side && piece.content_type == content_type::CHANGE_CIPHER_SPEC
}

/// What arrives in place of a change_cipher_spec, and what its receiver says to it.
type Row = (&'static str, fn(&Piece) -> Vec<Piece>, Alert);

#[test]
fn in_its_place() {
    let table: [Row; 9] = [
        // The Finished behind it is then taken for plaintext: the nonce, which begins with zeroes.
        ("nothing", |_| vec![], Alert::UNEXPECTED_MESSAGE),
        // What follows the first one is protected, or should be.
        ("two", |piece| vec![piece.clone(), piece.clone()], Alert::BAD_RECORD_MAC),
        (
            "one, and another under the new keys",
            |piece| vec![piece.clone(), spec(piece.sender, Epoch::Application, &[1])],
            Alert::UNEXPECTED_MESSAGE,
        ),
        (
            "one under the new keys",
            |piece| vec![spec(piece.sender, Epoch::Application, &[1])],
            Alert::UNEXPECTED_MESSAGE,
        ),
        ("another byte", |piece| vec![piece.with(vec![2])], Alert::UNEXPECTED_MESSAGE),
        ("two bytes", |piece| vec![piece.with(vec![1, 1])], Alert::UNEXPECTED_MESSAGE),
        ("no byte", |piece| vec![piece.with(vec![])], Alert::UNEXPECTED_MESSAGE),
        (
            "one behind a fragment of Finished",
            |piece| {
                let content_type = content_type::HANDSHAKE;
                vec![Piece { content_type, ..piece.with(vec![20, 0]) }, piece.clone()]
            },
            Alert::UNEXPECTED_MESSAGE,
        ),
        (
            "a Finished in the clear before it",
            |piece| {
                let finished = [&[20, 0, 0, 12][..], &[0; 12]].concat();
                vec![Piece { content_type: content_type::HANDSHAKE, ..piece.with(finished) }, piece.clone()]
            },
            Alert::UNEXPECTED_MESSAGE,
        ),
    ];
    for scenario in [ALL[4], ALL[5]] {
        for (what, meddle, alert) in table {
            for side in BOTH {
                let setup = scenario.setup();
                let mut relay = setup.relay();
                relay.run(|piece| match is_spec_of(side, piece) {
                    true => meddle(piece),
                    false => vec![piece.clone()],
                });
                relay.assert_refused(side.other(), alert, &format!("{scenario:?}: {side:?}: {what}"));
            }
        }
    }
}

#[test]
fn before_any_other_message() {
    for scenario in [ALL[4], ALL[5]] {
        let setup = scenario.setup();
        for (number, message) in setup.messages().iter().enumerate() {
            let mut relay = setup.relay();
            relay.run_changing(number, |piece| vec![spec(piece.sender, Epoch::Plain, &[1]), piece.clone()]);
            let alert = match message.message_type() {
                // It is the second one.
                Some(HandshakeType::FINISHED) => Alert::BAD_RECORD_MAC,
                _ => Alert::UNEXPECTED_MESSAGE,
            };
            let context = format!("{scenario:?}: before {:?}", message.message_type());
            relay.assert_refused(message.sender.other(), alert, &context);
        }
    }
}

#[test]
fn within_a_message() {
    for scenario in [ALL[4], ALL[5]] {
        let setup = scenario.setup();
        for (number, message) in setup.messages().iter().enumerate() {
            if message.epoch != Epoch::Plain || message.content.len() < 5 {
                continue;
            }
            let mut relay = setup.relay();
            relay.run_changing(number, |piece| {
                let (head, tail) = piece.content.split_at(5);
                let spec = spec(piece.sender, Epoch::Plain, &[1]);
                vec![piece.with(head.to_vec()), spec, piece.with(tail.to_vec())]
            });
            let context = format!("{scenario:?}: within {:?}", message.message_type());
            relay.assert_refused(message.sender.other(), Alert::UNEXPECTED_MESSAGE, &context);
        }
    }
}

#[test]
fn after_the_handshake() {
    for side in BOTH {
        for (is_protected, code, alert) in [
            (false, "bad_record", Alert::BAD_RECORD_MAC),
            (true, "unexpected_record", Alert::UNEXPECTED_MESSAGE),
        ] {
            let (mut pair, mut keys) = ALL[4].setup().established(side);
            let wire = match is_protected {
                true => keys.seal(content_type::CHANGE_CIPHER_SPEC, &[1]),
                false => tests::relay::record(content_type::CHANGE_CIPHER_SPEC, &[1]),
            };
            let end = pair.end(side.other());
            end.deliver(&wire);
            let error = end.error.as_ref().unwrap();
            assert_eq!((error.code(), error.alert_sent()), (code, Some(alert)));
        }
    }
}

/// Keys that come early open what comes early: the client's own records, before it has said that it changes.
#[test]
fn the_flight_of_a_client_without_its_key_exchange() {
    let setup = ALL[4].setup();
    let mut relay = setup.relay();
    relay.run(|piece| match piece.message_type() {
        Some(HandshakeType::CLIENT_KEY_EXCHANGE) => vec![],
        _ => vec![piece.clone()],
    });
    relay.assert_refused(Side::Server, Alert::UNEXPECTED_MESSAGE, "no ClientKeyExchange");
}
