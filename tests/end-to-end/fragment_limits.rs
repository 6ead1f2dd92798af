//! Limits of the content of records, in both versions: record_size_limit (RFC 8449) and max_fragment_length
//! (RFC 6066 §4).

use std::num::NonZeroU16;

use tests::authority::Authority;
use tests::hello::Extended;
use tests::relay::{Piece, Setup, Side, content_type, record, records};
use tests::scenario::{ALL, Scenario};
use tls_core::{
    AlertDescription as Alert, ClientConfigBuilder, FragmentLimits, HandshakeType, MaxFragmentLength,
    RecordPadding, ServerConfigBuilder,
};

use crate::cases::{ext, number};

const BOTH: [Side; 2] = [Side::Client, Side::Server];

/// Both versions, with chains in both directions.
const MUTUAL: [Scenario; 2] = [ALL[1], ALL[5]];

fn setup(
    scenario: Scenario,
    client: impl FnOnce(ClientConfigBuilder) -> ClientConfigBuilder,
    server: impl FnOnce(ServerConfigBuilder) -> ServerConfigBuilder,
) -> Setup {
    let builders = scenario.builders(&Authority::new());
    Setup::new(client(builders.0), server(builders.1))
}

/// A client's and a server's record_size_limit.
fn size_limits(scenario: Scenario, client: u16, server: u16) -> Setup {
    setup(scenario, |client_| client_.record_size_limit(client), |server_| server_.record_size_limit(server))
}

/// The protected bytes of a record that count: content in TLS 1.2; content, type and padding in TLS 1.3.
fn counted(scenario: Scenario, record: &[u8]) -> usize {
    record.len() - 5 - if scenario.is_tls12() { 8 + 16 } else { 16 }
}

/// What each side sends in protected records, in its last flight and with `data`, by what counts.
fn sent(scenario: Scenario, setup: &Setup, data: &[u8]) -> [Vec<usize>; 2] {
    let (mut pair, mut flights) = (setup.pair(), [Vec::new(), Vec::new()]);
    let mut is_clients = true;
    pair.run(|end, bytes| {
        flights[usize::from(!is_clients)] = bytes.to_vec();
        is_clients = !is_clients;
        end.deliver(bytes);
    });
    pair.assert_works();
    for side in BOTH {
        let wire = pair.end(side).seal(data);
        pair.end(side.other()).deliver(&wire);
        assert_eq!(std::mem::take(&mut pair.end(side.other()).received), data);
        flights[usize::from(side == Side::Server)].extend(wire);
    }
    flights.map(|flight| {
        let records = records(&flight);
        let change = records.iter().position(|record| record[0] == content_type::CHANGE_CIPHER_SPEC);
        let protected = match scenario.is_tls12() {
            true => records[change.unwrap() + 1..].to_vec(),
            false => {
                records.into_iter().filter(|record| record[0] == content_type::APPLICATION_DATA).collect()
            }
        };
        protected.into_iter().map(|record| counted(scenario, record)).collect()
    })
}

#[test]
fn record_size_limits_are_obeyed() {
    for scenario in MUTUAL {
        for (client, server) in [(64, 100), (1000, 64), (1 << 14, 4096), (u16::MAX, 512), (512, u16::MAX)] {
            let setup = size_limits(scenario, client, server);
            let [by_client, by_server] = sent(scenario, &setup, &[7; 40_000]);
            let largest = (1 << 14) + usize::from(!scenario.is_tls12());
            for (lens, limit) in [(by_client, server), (by_server, client)] {
                // As large as they may be, and no larger.
                assert_eq!(
                    lens.into_iter().max().unwrap(),
                    largest.min(limit.into()),
                    "{scenario:?}: {limit}"
                );
            }
        }
    }
}

#[test]
fn without_an_answer_or_an_offer_there_is_no_limit() {
    for scenario in MUTUAL {
        let largest = (1 << 14) + usize::from(!scenario.is_tls12());
        // A server's own limit is nothing that it could tell a client that has none.
        let setup = setup(scenario, |client| client, |server| server.record_size_limit(64));
        let [by_client, by_server] = sent(scenario, &setup, &[7; 40_000]);
        assert_eq!((by_client.iter().max(), by_server.iter().max()), (Some(&largest), Some(&largest)));
    }
    for scenario in MUTUAL {
        let asks = |client: ClientConfigBuilder| client.max_fragment_length(MaxFragmentLength::Bytes512);
        let largest = (1 << 14) + usize::from(!scenario.is_tls12());
        let [by_client, by_server] = sent(scenario, &setup(scenario, asks, |server| server), &[7; 40_000]);
        assert_eq!((by_client.iter().max(), by_server.iter().max()), (Some(&largest), Some(&largest)));
    }
}

#[test]
fn padding_stays_within_a_limit() {
    let padding = RecordPadding::Multiple(NonZeroU16::new(256).unwrap());
    let setup = setup(
        ALL[1],
        |client| client.record_size_limit(100).record_padding(padding),
        |server| server.record_size_limit(1000).record_padding(padding),
    );
    for data in [&[7; 1][..], &[7; 99], &[7; 100], &[7; 5000]] {
        let [by_client, by_server] = sent(ALL[1], &setup, data);
        assert!(by_server.iter().all(|len| *len == 100), "{by_server:?}");
        assert!(by_client.iter().all(|len| [256, 512, 768, 1000].contains(len)), "{by_client:?}");
    }
}

#[test]
fn max_fragment_lengths_are_obeyed() {
    for scenario in MUTUAL {
        for bytes in [512, 1024, 2048, 4096] {
            let length = MaxFragmentLength::from_bytes(bytes).unwrap();
            let setup = setup(
                scenario,
                |client| client.max_fragment_length(length),
                |server| server.accept_max_fragment_length(true),
            );
            let largest = usize::from(bytes) + usize::from(!scenario.is_tls12());
            for lens in sent(scenario, &setup, &[7; 40_000]) {
                assert_eq!(lens.into_iter().max(), Some(largest), "{scenario:?}: {bytes}");
            }
            // From the server's answer on, unprotected ones, too.
            let (mut pair, mut flights) = (setup.pair(), 0);
            pair.run(|end, bytes| {
                let longest = records(bytes).into_iter().map(|record| record.len() - 5).max().unwrap();
                assert!(flights == 0 || longest <= largest + 24, "{scenario:?}: {longest}");
                flights += 1;
                end.deliver(bytes);
            });
        }
    }
}

#[test]
fn of_both_the_newer_counts() {
    for scenario in MUTUAL {
        let setup = setup(
            scenario,
            |client| client.max_fragment_length(MaxFragmentLength::Bytes4096).record_size_limit(2000),
            |server| server.accept_max_fragment_length(true),
        );
        let [by_client, by_server] = sent(scenario, &setup, &[7; 40_000]);
        let largest = (1 << 14) + usize::from(!scenario.is_tls12());
        assert_eq!((by_client.iter().max(), by_server.iter().max()), (Some(&largest), Some(&2000)));
        let answer = &setup.messages()[answer_number(scenario, &setup)];
        let answer = Extended::parse(&answer.content);
        assert!(answer.has(ext::RECORD_SIZE_LIMIT) && !answer.has(ext::MAX_FRAGMENT_LENGTH));
    }
}

#[test]
fn larger_records_are_refused() {
    for scenario in MUTUAL {
        let length = MaxFragmentLength::Bytes1024;
        let by_length = setup(
            scenario,
            |client| client.max_fragment_length(length),
            |server| server.accept_max_fragment_length(true),
        );
        // Content that is permitted in a record without padding.
        let hidden = usize::from(!scenario.is_tls12());
        for (setup, limit) in [(size_limits(scenario, 200, 200), 200 - hidden), (by_length, 1024)] {
            for side in BOTH {
                for len in [limit, limit + 1, 1 << 14] {
                    let (mut pair, mut keys) = setup.established(side.other());
                    let end = pair.end(side);
                    end.deliver(&keys.seal(content_type::APPLICATION_DATA, &vec![7; len]));
                    assert_overflow(end, len > limit, len);
                }
            }
        }
    }
}

/// A flight whose unprotected messages are in one record, after a ServerHello, which has its own.
fn joined(flight: &[u8]) -> Vec<u8> {
    let records = records(flight);
    let messages = records.iter().take_while(|record| record[0] == content_type::HANDSHAKE);
    let mut messages: Vec<u8> = messages.flat_map(|record| record[5..].to_vec()).collect();
    let mut out = Vec::new();
    if messages[0] == HandshakeType::SERVER_HELLO.0 {
        let hello: Vec<u8> = messages.drain(..4 + usize::from(messages[3])).collect();
        out.extend(record(content_type::HANDSHAKE, &hello));
    }
    out.extend(record(content_type::HANDSHAKE, &messages));
    let rest = records.iter().skip_while(|record| record[0] == content_type::HANDSHAKE);
    out.extend(rest.flat_map(|record| record.to_vec()));
    out
}

/// max_fragment_length is for unprotected records, too; record_size_limit is not.
#[test]
fn larger_unprotected_records() {
    let length = MaxFragmentLength::Bytes512;
    let by_length = setup(
        ALL[5],
        |client| client.max_fragment_length(length),
        |server| server.accept_max_fragment_length(true),
    );
    let by_size = size_limits(ALL[5], 512, 512);
    for (receiver, flight) in [(Side::Client, 1), (Side::Server, 2)] {
        for (setup, is_refused) in [(&by_length, true), (&by_size, false)] {
            let (mut pair, mut flights) = (setup.pair(), 0);
            pair.run(|end, bytes| {
                let is_place = flights == flight;
                flights += 1;
                end.deliver(&if is_place { joined(bytes) } else { bytes.to_vec() });
            });
            match is_refused {
                true => {
                    let error = pair.end(receiver).error.as_ref().expect("a refusal");
                    let outcome = (error.code(), error.alert_sent());
                    assert_eq!(outcome, ("record_overflow", Some(Alert::RECORD_OVERFLOW)));
                }
                false => pair.assert_works(),
            }
        }
    }
}

#[test]
fn the_facts_tell() {
    for scenario in MUTUAL {
        let setup_with = |length: Option<MaxFragmentLength>, limits: Option<(u16, u16)>| {
            setup(
                scenario,
                |client| {
                    let client =
                        length.into_iter().fold(client, |client, length| client.max_fragment_length(length));
                    limits.into_iter().fold(client, |client, (limit, _)| client.record_size_limit(limit))
                },
                |server| {
                    let server = server.accept_max_fragment_length(true);
                    limits.into_iter().fold(server, |server, (_, limit)| server.record_size_limit(limit))
                },
            )
        };
        let length = MaxFragmentLength::Bytes2048;
        let sized = |ours, theirs| FragmentLimits::RecordSizeLimit { ours, theirs };
        let table = [
            (setup_with(None, None), [FragmentLimits::Unlimited; 2]),
            (setup_with(Some(length), None), [FragmentLimits::MaxFragmentLength(length); 2]),
            (setup_with(Some(length), Some((1000, 2000))), [sized(1000, 2000), sized(2000, 1000)]),
        ];
        for (setup, expected) in table {
            let (mut pair, _) = setup.established(Side::Client);
            let facts = BOTH.map(|side| pair.end(side).connection.facts().unwrap().fragment_limits);
            assert_eq!(facts, expected, "{scenario:?}");
        }
    }
}

fn assert_overflow(end: &tests::pair::End, is_refused: bool, len: usize) {
    match is_refused {
        false => assert_eq!((&end.error, end.received.len()), (&None, len)),
        true => {
            let error = end.error.as_ref().unwrap_or_else(|| panic!("{len} accepted"));
            assert_eq!((error.code(), error.alert_sent()), ("record_overflow", Some(Alert::RECORD_OVERFLOW)));
        }
    }
}

/// In TLS 1.3 padding counts, too.
#[test]
fn records_made_larger_by_padding_are_refused() {
    let setup = size_limits(ALL[1], 200, 200);
    for side in BOTH {
        for (padding, is_refused) in [(189, false), (190, true), (1000, true)] {
            let (mut pair, mut keys) = setup.established(side.other());
            let end = pair.end(side);
            end.deliver(&keys.seal_inner(&[&[7; 10][..], &[23], &vec![0; padding]].concat()));
            assert_overflow(end, is_refused, 10);
        }
    }
}

/// The number of the message in which a server answers.
fn answer_number(scenario: Scenario, setup: &Setup) -> usize {
    let answer =
        if scenario.is_tls12() { HandshakeType::SERVER_HELLO } else { HandshakeType::ENCRYPTED_EXTENSIONS };
    number(setup, Side::Server, answer)
}

#[test]
fn values_that_are_none() {
    let illegal = (Alert::ILLEGAL_PARAMETER, "illegal_parameter");
    let malformed = (Alert::DECODE_ERROR, "malformed");
    let table: &[(u16, &[u8], (Alert, &str))] = &[
        (ext::RECORD_SIZE_LIMIT, &[0, 63], illegal),
        (ext::RECORD_SIZE_LIMIT, &[0, 0], illegal),
        (ext::RECORD_SIZE_LIMIT, &[1], malformed),
        (ext::RECORD_SIZE_LIMIT, &[1, 0, 0], malformed),
        (ext::MAX_FRAGMENT_LENGTH, &[0], illegal),
        (ext::MAX_FRAGMENT_LENGTH, &[5], illegal),
        (ext::MAX_FRAGMENT_LENGTH, &[255], illegal),
        (ext::MAX_FRAGMENT_LENGTH, &[], malformed),
        (ext::MAX_FRAGMENT_LENGTH, &[1, 1], malformed),
    ];
    for scenario in MUTUAL {
        let setup = setup(
            scenario,
            |client| client.max_fragment_length(MaxFragmentLength::Bytes4096).record_size_limit(2000),
            |server| server.accept_max_fragment_length(true),
        );
        for receiver in BOTH {
            let number = if receiver == Side::Server { 0 } else { answer_number(scenario, &setup) };
            for (extension, body, (alert, code)) in table {
                let mut relay = setup.relay();
                relay.run_changing(number, |piece| with(piece, *extension, body));
                relay.assert_refused(receiver, *alert, &format!("{extension}: {body:?}"));
                assert_eq!(relay.end(receiver).error.as_ref().unwrap().code(), *code);
            }
        }
    }
}

/// The message with this in place of both extensions.
fn with(piece: &Piece, extension: u16, body: &[u8]) -> Vec<Piece> {
    let mut hello = Extended::parse(&piece.content);
    hello.remove(ext::RECORD_SIZE_LIMIT);
    hello.remove(ext::MAX_FRAGMENT_LENGTH);
    hello.push(extension, body);
    vec![piece.with(hello.bytes())]
}

#[test]
fn answers_that_do_not_fit() {
    for scenario in MUTUAL {
        let setup = setup(
            scenario,
            |client| client.max_fragment_length(MaxFragmentLength::Bytes4096).record_size_limit(2000),
            |server| server,
        );
        let number = answer_number(scenario, &setup);
        let mut relay = setup.relay();
        relay.run_changing(number, |piece| with(piece, ext::MAX_FRAGMENT_LENGTH, &[2]));
        relay.assert_refused(Side::Client, Alert::ILLEGAL_PARAMETER, "another length");
        let mut relay = setup.relay();
        relay.run_changing(number, |piece| {
            let mut answer = Extended::parse(&piece.content);
            answer.push(ext::MAX_FRAGMENT_LENGTH, &[4]);
            vec![piece.with(answer.bytes())]
        });
        relay.assert_refused(Side::Client, Alert::ILLEGAL_PARAMETER, "both");
    }
}
