//! What costs a peer nothing must not go on for ever.

use tests::protection::Protection;
use tests::relay::{Side, content_type, record};
use tests::scenario::ALL;
use tls_core::AlertDescription as Alert;

const BOTH: [Side; 2] = [Side::Client, Side::Server];

/// One more record of a flood.
type Next = fn(&mut Protection) -> Vec<u8>;

fn empty(keys: &mut Protection) -> Vec<u8> {
    keys.seal(content_type::APPLICATION_DATA, &[])
}

fn padding_only(keys: &mut Protection) -> Vec<u8> {
    keys.seal_inner(&[[23].as_slice(), &[0; 300]].concat())
}

fn key_update(keys: &mut Protection) -> Vec<u8> {
    let update = keys.seal(content_type::HANDSHAKE, &[24, 0, 0, 1, 1]);
    *keys = keys.next();
    update
}

fn user_canceled(keys: &mut Protection) -> Vec<u8> {
    keys.seal(content_type::ALERT, &[1, 90])
}

fn data(keys: &mut Protection) -> Vec<u8> {
    keys.seal(content_type::APPLICATION_DATA, b"x")
}

#[test]
fn each_has_its_limit() {
    let table: [(&str, Next, usize); 4] = [
        ("empty records", empty, 32),
        ("records of padding", padding_only, 32),
        ("KeyUpdates", key_update, 32),
        ("warnings", user_canceled, 4),
    ];
    for side in BOTH {
        for (what, next, limit) in table {
            let (mut pair, mut keys) = ALL[0].setup().established(side);
            let other = pair.end(side.other());
            for _ in 0..limit {
                other.deliver(&next(&mut keys));
            }
            assert_eq!(other.error, None, "{what}");
            other.deliver(&next(&mut keys));
            let error = other.error.as_ref().unwrap_or_else(|| panic!("{what} without end"));
            assert_eq!((error.code(), error.alert_sent()), ("too_many", Some(Alert::UNEXPECTED_MESSAGE)));
        }
    }
}

//= 9846:4.7.3 epochs-received
#[test]
fn data_in_between_makes_them_harmless() {
    for next in [empty, key_update] {
        let (mut pair, mut keys) = ALL[0].setup().established(Side::Client);
        for _ in 0..100 {
            pair.server.deliver(&next(&mut keys));
            pair.server.deliver(&data(&mut keys));
        }
        assert_eq!((&pair.server.error, pair.server.received.len()), (&None, 100));
    }
}

/// However many come, at most one answer waits to be sent.
#[test]
fn key_updates_do_not_pile_up_answers() {
    let (mut pair, mut keys) = ALL[0].setup().established(Side::Client);
    for _ in 0..1000 {
        pair.server.deliver(&key_update(&mut keys));
        pair.server.deliver(&data(&mut keys));
    }
    assert_eq!(pair.server.error, None);
    assert!(pair.server.connection.output().len() < 64);
}

//= 9846:5 ccs-dropped
#[test]
fn change_cipher_specs() {
    let spec = || record(content_type::CHANGE_CIPHER_SPEC, &[1]);
    // The server after its flight, the client after its hello.
    for side in BOTH {
        for count in [31, 32, 40] {
            let mut pair = ALL[0].setup().pair();
            let hello = pair.client.take_output();
            pair.server.deliver(&hello);
            let flight = pair.server.take_output();
            let end = pair.end(side);
            for _ in 0..count {
                end.deliver(&spec());
            }
            match &end.error {
                Some(error) => {
                    assert_eq!(error.code(), "too_many");
                    assert!(count > 32);
                }
                // The server's own compatibility record counts, too.
                None if count < 32 => {
                    pair.client.deliver(&flight);
                    pair.handshake();
                    pair.assert_works();
                }
                None => assert_eq!(count, 32),
            }
        }
    }
}

//= 9846:5 ccs-other
//= 9846:5 ccs-elsewhere
#[test]
fn change_cipher_specs_out_of_place() {
    let code = |pair: &tests::pair::Pair| pair.server.error.as_ref().map(|error| error.code());
    for content in [&[2][..], &[1, 1], &[0], &[]] {
        let mut pair = ALL[0].setup().pair();
        let hello = pair.client.take_output();
        pair.server.deliver(&hello);
        pair.server.deliver(&record(content_type::CHANGE_CIPHER_SPEC, content));
        assert_eq!(code(&pair), Some("unexpected_record"), "{content:?}");
    }
    // Before the first hello, in the middle of it, and when all is done.
    let mut pair = ALL[0].setup().pair();
    pair.server.deliver(&record(content_type::CHANGE_CIPHER_SPEC, &[1]));
    assert_eq!(code(&pair), Some("unexpected_record"));
    let mut pair = ALL[0].setup().pair();
    let hello = pair.client.take_output();
    pair.server.deliver(&record(content_type::HANDSHAKE, &hello[5..50]));
    pair.server.deliver(&record(content_type::CHANGE_CIPHER_SPEC, &[1]));
    assert_eq!(code(&pair), Some("unexpected_record"));
    let (mut pair, _) = ALL[0].setup().established(Side::Client);
    pair.server.deliver(&record(content_type::CHANGE_CIPHER_SPEC, &[1]));
    assert_eq!(code(&pair), Some("unexpected_record"));
    let (mut pair, mut keys) = ALL[0].setup().established(Side::Client);
    pair.server.deliver(&keys.seal(content_type::CHANGE_CIPHER_SPEC, &[1]));
    assert_eq!(code(&pair), Some("unexpected_record"));
}

/// Clients that do not resume ignore tickets, however many; servers are sent none.
#[test]
fn tickets() {
    let ticket = [4, 0, 0, 16, 0, 0, 0, 9, 0, 0, 0, 0, 1, 0, 0, 2, 7, 7, 0, 0];
    let (mut pair, mut keys) = ALL[0].setup().established(Side::Server);
    for _ in 0..100 {
        pair.client.deliver(&keys.seal(content_type::HANDSHAKE, &ticket));
    }
    pair.client.deliver(&data(&mut keys));
    assert_eq!((&pair.client.error, pair.client.received.as_slice()), (&None, b"x".as_slice()));
    let mut too_long_lived = ticket;
    too_long_lived[4..8].copy_from_slice(&604_801_u32.to_be_bytes());
    pair.client.deliver(&keys.seal(content_type::HANDSHAKE, &too_long_lived));
    assert_eq!(pair.client.error.as_ref().unwrap().alert_sent(), Some(Alert::ILLEGAL_PARAMETER));

    let (mut pair, mut keys) = ALL[0].setup().established(Side::Client);
    pair.server.deliver(&keys.seal(content_type::HANDSHAKE, &ticket));
    assert_eq!(pair.server.error.as_ref().unwrap().code(), "unexpected_message");
}
