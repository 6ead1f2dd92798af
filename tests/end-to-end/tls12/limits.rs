//! Keys that have protected as many records as they may: TLS 1.2 cannot change them, so there the sending ends.

use std::io::IoSlice;

use tests::authority::Authority;
use tests::pair::{client_builder, server_builder};
use tests::relay::{Setup, Side, content_type, records};
use tls_core::Who;

use super::default_tls12;

const BOTH: [Side; 2] = [Side::Client, Side::Server];

fn setup(rekey_after: u64) -> Setup {
    let authority = Authority::new();
    let client = client_builder(&authority).policy(default_tls12()).rekey_after(rekey_after);
    Setup::new(client, server_builder(&authority).policy(default_tls12()).rekey_after(rekey_after))
}

//= 9846:5.5 limits
#[test]
fn keys_are_exhausted_and_the_connection_can_be_closed() {
    for side in BOTH {
        // Finished is the first record.
        let setup = setup(10);
        let (mut pair, mut keys) = setup.established(side);
        let end = pair.end(side);
        let mut wire: Vec<u8> = (0..9).flat_map(|_| end.seal(b"data")).collect();
        for _ in 0..2 {
            let error = end.connection.send(&[IoSlice::new(b"more")], &mut [0; 100]).unwrap_err();
            assert_eq!((error.code(), error.who()), ("keys_exhausted", Who::Local));
        }
        end.connection.close();
        wire.extend(end.take_output());
        let contents: Vec<(u8, Vec<u8>)> =
            records(&wire).into_iter().map(|record| keys.open(record)).collect();
        assert_eq!(contents.len(), 10);
        assert_eq!(contents[9], (content_type::ALERT, vec![1, 0]));
        let other = pair.end(side.other());
        other.deliver(&wire);
        assert_eq!(other.received, b"data".repeat(9));
        assert!(other.peer_closed && other.error.is_none());
        // The other direction has keys of its own.
        let answer = other.seal(b"answer");
        pair.end(side).deliver(&answer);
        assert_eq!(pair.end(side).received, b"answer");
    }
}

/// One call that would go beyond: what fits is sealed, and not lost.
#[test]
fn what_fits_is_sent() {
    let setup = setup(3);
    let (mut pair, _) = setup.established(Side::Client);
    let data = vec![7; 4 << 14];
    let mut out = vec![0; 5 << 14];
    let first = pair.client.connection.send(&[IoSlice::new(&data)], &mut out);
    // Two records are left.
    let sent = first.expect("the two records that are left");
    assert_eq!(sent.consumed, 2 << 14);
    pair.server.deliver(&out[..sent.written]);
    assert_eq!(pair.server.received, data[..2 << 14]);
    let error = pair.client.connection.send(&[IoSlice::new(&data)], &mut out).unwrap_err();
    assert_eq!(error.code(), "keys_exhausted");
}
