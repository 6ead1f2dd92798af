//! A handshake completes however its bytes are cut.

use tests::pair::Pair;
use tests::relay::{content_type, record, records};
use tests::scenario::{ALL, EVERY_MESSAGE};

/// The same bytes with plaintext handshake messages in records of `len` bytes, and everything else as it is.
fn in_records_of(len: usize, bytes: &[u8]) -> Vec<u8> {
    let mut cut = Vec::new();
    let mut is_plaintext = true;
    for whole in records(bytes) {
        match whole[0] {
            content_type::HANDSHAKE if is_plaintext => {
                let fragments = whole[5..].chunks(len);
                fragments.for_each(|fragment| cut.extend(record(content_type::HANDSHAKE, fragment)));
            }
            _ => cut.extend_from_slice(whole),
        }
        // In TLS 1.2 what follows is protected, whatever its content type.
        is_plaintext &= whole[0] != content_type::CHANGE_CIPHER_SPEC;
    }
    cut
}

#[test]
fn one_byte_at_a_time() {
    for scenario in ALL {
        let mut pair = scenario.setup().pair();
        pair.run(|end, bytes| bytes.iter().for_each(|byte| end.deliver(&[*byte])));
        pair.assert_works();
    }
}

#[test]
fn in_small_records() {
    for scenario in ALL {
        let setup = scenario.setup();
        for len in [1, 2, 3, 4, 5, 37, 64, 255] {
            let mut pair = setup.pair();
            pair.run(|end, bytes| end.deliver(&in_records_of(len, bytes)));
            pair.assert_works();
        }
    }
}

#[test]
fn in_small_records_one_byte_at_a_time() {
    for scenario in ALL {
        let mut pair = scenario.setup().pair();
        pair.run(|end, bytes| {
            in_records_of(1, bytes).iter().for_each(|byte| end.deliver(&[*byte]));
        });
        pair.assert_works();
    }
}

#[test]
fn cut_in_two_at_every_offset() {
    for scenario in EVERY_MESSAGE {
        let setup = scenario.setup();
        for flight in 0.. {
            let mut offset = 1;
            // Every offset of this flight, then the next flight; done when there is no such flight.
            let len = loop {
                let (mut seen, mut len) = (0, 0);
                let mut pair = setup.pair();
                pair.run(|end, bytes| {
                    if seen == flight {
                        len = bytes.len();
                        let (head, tail) = bytes.split_at(offset.min(len));
                        end.deliver(head);
                        end.deliver(tail);
                    } else {
                        end.deliver(bytes);
                    }
                    seen += 1;
                });
                pair.assert_works();
                offset += 1;
                if offset >= len {
                    break len;
                }
            };
            if len == 0 {
                break;
            }
        }
    }
}

#[test]
fn each_message_in_a_record_of_its_own() {
    for scenario in ALL {
        let setup = scenario.setup();
        let mut relay = setup.relay();
        relay.run(|piece| vec![piece.clone()]);
        relay.pair.assert_works();
    }
}

#[test]
fn protected_messages_in_one_byte_records() {
    for scenario in ALL {
        let setup = scenario.setup();
        let mut relay = setup.relay();
        relay.run(|piece| match piece.message_type() {
            Some(_) => piece.content.iter().map(|byte| piece.with(vec![*byte])).collect(),
            None => vec![piece.clone()],
        });
        let Pair { client, server } = &relay.pair;
        assert!(client.established && server.established);
        // In TLS 1.2 the numbers of these records count on, and the two ends know nothing of them.
        if !scenario.is_tls12() {
            relay.pair.assert_works();
        }
    }
}

/// What the client sends with its Finished comes with it, in one read; what the server sends ahead comes with
/// its own flight.
#[test]
fn data_behind_a_flight_arrives_with_it() {
    let setup = ALL[0].setup();
    let mut pair: Pair = setup.pair();
    let hello = pair.client.take_output();
    pair.server.deliver(&hello);
    let flight = pair.server.take_output();
    pair.client.deliver(&flight);
    assert!(pair.client.established);
    let mut last = pair.client.take_output();
    let requests: Vec<u8> = (0..100).flat_map(|_| pair.client.seal(b"request")).collect();
    last.extend_from_slice(&requests);
    pair.server.deliver(&last);
    assert!(pair.server.established);
    assert_eq!(pair.server.received, b"request".repeat(100));
}

#[test]
fn data_sent_before_output_was_taken_brings_the_output_along() {
    let setup = ALL[1].setup();
    let mut pair = setup.pair();
    let hello = pair.client.take_output();
    pair.server.deliver(&hello);
    let flight = pair.server.take_output();
    pair.client.deliver(&flight);
    assert!(!pair.client.connection.output().is_empty());
    let wire = pair.client.seal(b"request");
    assert!(pair.client.connection.output().is_empty());
    pair.server.deliver(&wire);
    assert_eq!(pair.server.received, b"request");
    pair.server.received.clear();
    pair.assert_works();
}

/// The same for what follows a handshake: data, KeyUpdates, the close.
#[test]
fn traffic_one_byte_at_a_time_and_all_at_once() {
    use tls_core::KeyUpdateRequest;
    for piece in [1, 2, 7, 1 << 20] {
        let mut pair = ALL[0].setup().pair();
        pair.handshake();
        let mut wire = pair.client.seal(b"before ");
        pair.client.connection.update_keys(KeyUpdateRequest::Requested).unwrap();
        wire.extend(pair.client.seal(&[b'x'; 20_000]));
        pair.client.connection.update_keys(KeyUpdateRequest::NotRequested).unwrap();
        wire.extend(pair.client.seal(b" after"));
        pair.client.connection.close();
        wire.extend(pair.client.take_output());
        wire.chunks(piece).for_each(|bytes| pair.server.deliver(bytes));
        assert_eq!(pair.server.received, [b"before ".as_slice(), &[b'x'; 20_000], b" after"].concat());
        assert!(pair.server.peer_closed && pair.server.error.is_none());
    }
}

/// Hybrid shares and whatever comes next make hellos long: up to 64 KiB they are read, beyond refused by their header.
//= 9846:5.1 plaintext-length
#[test]
fn a_hello_of_many_records() {
    use tests::hello::Extended;
    use tests::relay::Side;
    use tls_core::AlertDescription as Alert;
    let setup = ALL[0].setup();
    for (padding, is_permitted) in [(60_000, true), (65_500, false)] {
        let mut relay = setup.relay();
        relay.run_changing(0, |piece| {
            let mut hello = Extended::parse(&piece.content);
            hello.push(21, &vec![0; padding]);
            // An extension block has at most 2^16 - 1 bytes: the rest goes into the suites.
            if !is_permitted {
                hello.extensions.retain(|(extension, _)| *extension == 21);
                let at = hello.suites_at() + 2;
                let suites = [0x13, 1].repeat(100);
                hello.prefix.splice(at - 2..at, [0, 206]);
                hello.prefix.splice(at..at, suites);
            }
            vec![piece.with(hello.bytes())]
        });
        match is_permitted {
            // The server takes it; the client finds that it was not its own.
            true => relay.assert_refused(Side::Client, Alert::DECRYPT_ERROR, "a long hello"),
            false => relay.assert_refused(Side::Server, Alert::ILLEGAL_PARAMETER, "a longer hello"),
        }
    }
}
