//! Bytes that are no messages, and steps that lead nowhere.

use tests::hello::Extended;
use tests::relay::{Side, content_type, record};
use tests::scenario::{ALL, SIMPLE};
use tls_core::{AlertDescription as Alert, Connection, Event};

use super::{BOTH, alert};
use crate::cases::ext;

/// Takes in everything there is, in a bounded number of steps.
fn drain(connection: &mut Connection, bytes: &[u8]) {
    let mut input = bytes.to_vec();
    for _ in 0..2 * bytes.len() + 8 {
        match connection.receive(&mut input) {
            Ok(received) => {
                let is_stuck = matches!(received.event, Event::NeedsInput | Event::PeerClosed);
                input.drain(..received.consumed);
                if is_stuck {
                    return;
                }
            }
            Err(_) => return,
        }
    }
    panic!("no end with {} bytes", bytes.len());
}

/// rustls RUSTSEC-2024-0336, mbedTLS CVE-2024-28836: input that is never consumed.
#[test]
fn class_08_no_progress() {
    for scenario in ALL {
        let setup = scenario.setup();
        for number in 0..setup.messages().len() {
            let close = record(content_type::ALERT, &[1, 0]);
            for what in [&close[..], &close.repeat(3), &[0; 40], &[22, 3, 3, 0, 0], &[23, 3, 3, 0, 0], &[]] {
                let mut relay = setup.relay();
                relay.run_changing(number, |_| vec![]);
                for side in BOTH {
                    let connection = &mut relay.end(side).connection;
                    drain(connection, what);
                    let _ = connection.receive_eof();
                    drain(connection, what);
                    connection.close();
                    drain(connection, what);
                }
            }
        }
    }
}

/// ring RUSTSEC-2025-0009, wolfSSL CVE-2026-3547: a parser that panics, or overflows.
#[test]
fn class_10_panics_in_parsers() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(bound).unwrap()).unwrap()
    };
    for scenario in ALL {
        let setup = scenario.setup();
        let count = setup.messages().len();
        for _ in 0..60 {
            let (number, edits) = (random(count), 1 + random(4));
            let edits: Vec<[usize; 3]> =
                (0..edits).map(|_| [random(4), random(1 << 20), random(256)]).collect();
            let mut relay = setup.relay();
            relay.run_changing(number, |piece| {
                let mut content = piece.content.clone();
                for [kind, at, value] in &edits {
                    let (at, value) = (at % content.len(), u8::try_from(*value).unwrap());
                    match kind {
                        0 => content[at] = value,
                        1 => content[at] = if value & 1 == 0 { 0 } else { 0xff },
                        2 => content.insert(at, value),
                        _ if content.len() > 5 => drop(content.remove(at)),
                        _ => {}
                    }
                }
                vec![piece.with(content)]
            });
            let established = relay.pair.client.established && relay.pair.server.established;
            let unchanged = relay.pair.client.error.is_none() && relay.pair.server.error.is_none();
            assert!(!established || unchanged, "{scenario:?}: {number} {edits:?}");
        }
    }
}

/// wolfSSL CVE-2026-3549, CVE-2026-3849, OpenSSL CVE-2024-5535: lengths within extensions.
//= 9846:4.3 trailing-data
//= 9846:6 syntax
#[test]
fn class_23_lengths_in_extensions() {
    for scenario in SIMPLE {
        let setup = scenario.setup();
        let hello = Extended::parse(&setup.messages()[0].content);
        for (extension, body) in &hello.extensions {
            let longer = [body.as_slice(), &[0]].concat();
            let variants = (0..body.len()).map(|kept| body[..kept].to_vec()).chain([longer]);
            for variant in variants {
                let mut altered = hello.clone();
                altered.set(*extension, &variant);
                let mut pair = setup.pair();
                pair.server.deliver(&record(content_type::HANDSHAKE, &altered.bytes()));
                let expected = [Some(Alert::DECODE_ERROR), Some(Alert::ILLEGAL_PARAMETER)];
                assert!(
                    expected.contains(&alert(&pair.server)),
                    "{scenario:?}: {} of {} bytes of {extension}: {:?}",
                    variant.len(),
                    body.len(),
                    pair.server.error
                );
            }
        }
    }
}

/// GnuTLS CVE-2026-1584, wolfSSL CVE-2026-5460: state that an error path takes for granted.
#[test]
fn class_11_missing_state_on_error_paths() {
    use tests::pair::default_pair;
    for cut in [0, 1, 32, 1087, 1088, 1119] {
        // A ServerHello whose hybrid share is too short.
        let mut pair = default_pair();
        let hello = pair.client.take_output();
        pair.server.deliver(&hello);
        let answer = pair.server.take_output();
        let len = usize::from(u16::from_be_bytes([answer[3], answer[4]]));
        let mut hello = Extended::parse(&answer[5..5 + len]);
        let share = hello.body_mut(ext::KEY_SHARE);
        share.truncate(4 + cut);
        let [high, low] = u16::try_from(cut).unwrap().to_be_bytes();
        share[2..4].copy_from_slice(&[high, low]);
        pair.client.deliver(&record(content_type::HANDSHAKE, &hello.bytes()));
        let expected = if cut == 0 { Alert::DECODE_ERROR } else { Alert::ILLEGAL_PARAMETER };
        assert_eq!(alert(&pair.client), Some(expected), "{cut}");
        drop(pair);
    }
    // A connection that goes at any moment takes everything with it.
    for scenario in ALL {
        let setup = scenario.setup();
        for number in 0..setup.messages().len() {
            let mut relay = setup.relay();
            relay.run_changing(number, |piece| {
                vec![piece.with(piece.content[..piece.content.len() - 1].to_vec())]
            });
            assert!(!relay.end(Side::Client).established || !relay.end(Side::Server).established);
            drop(relay);
        }
    }
}
