//! Cryptography that fails: every call of the library in turn, in every shape of connection. What comes of it is an
//! error with the alert that fits, or a connection that goes on without what failed; never a panic, data in the clear,
//! or an end that waits for ever.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests"
)]

use std::collections::BTreeMap;
use std::io::IoSlice;
use std::ops::Range;
use std::sync::Arc;

use tests::pair::{End, Pair, localhost, now};
use tests::relay::{Setup, Side};
use tests::scenario::{ALL, Scenario};
use tls_core::ciphersuites::TicketSecret;
use tls_core::ciphersuites::faults::with_failures;
use tls_core::{AlertDescription as Alert, Connection, Error, KeyUpdateRequest, MAX_SEALED_RECORD};

/// What is sent in each direction, and must not be seen on the wire.
const DATA: &[u8] = b"what nobody but the two ends may see";

const NOTHING: Range<usize> = 0..0;

/// What became of a connection.
#[derive(Debug, Default)]
struct Story {
    /// The errors of the two ends, or of their beginning.
    errors: Vec<Error>,
    /// Whether both were established.
    is_established: bool,
    /// What each received.
    received: [Vec<u8>; 2],
    /// Everything that was on the wire.
    wire: Vec<u8>,
}

/// A connection from its beginning to its end: the handshake, data both ways, new keys and data again, and its close.
fn tell(setup: &Setup) -> Story {
    let mut story = Story::default();
    let client = Connection::client(Arc::clone(&setup.client), localhost(), now());
    let server = Connection::server(Arc::clone(&setup.server), now());
    let (client, server) = match (client, server) {
        (Ok(client), Ok(server)) => (client, server),
        (client, server) => {
            story.errors.extend([client.err(), server.err()].into_iter().flatten());
            return story;
        }
    };
    let mut pair = Pair { client: End::new(client), server: End::new(server) };
    carry(&mut pair, &mut story.wire);
    story.is_established = pair.client.established && pair.server.established;
    for side in [Side::Client, Side::Server] {
        send(&mut pair, side, &mut story);
        // TLS 1.2 has no such thing, and says so.
        if pair.end(side).error.is_none() && story.is_established && !is_tls12(&mut pair, side) {
            let updated = pair.end(side).connection.update_keys(KeyUpdateRequest::Requested);
            story.errors.extend(updated.err());
            carry(&mut pair, &mut story.wire);
            send(&mut pair, side, &mut story);
        }
    }
    for side in [Side::Client, Side::Server] {
        pair.end(side).connection.close();
        carry(&mut pair, &mut story.wire);
    }
    for (index, side) in [Side::Client, Side::Server].into_iter().enumerate() {
        let end = pair.end(side);
        let eof = end.connection.receive_eof().err().filter(|_| end.error.is_none());
        story.errors.extend(end.error.take().into_iter().chain(eof));
        story.received[index] = std::mem::take(&mut pair.end(side).received);
    }
    story
}

fn is_tls12(pair: &mut Pair, side: Side) -> bool {
    let facts = pair.end(side).connection.facts();
    facts.is_some_and(|facts| facts.version == tls_core::ciphersuites::ProtocolVersion::TLS1_2)
}

fn carry(pair: &mut Pair, wire: &mut Vec<u8>) {
    pair.run(|end, bytes| {
        wire.extend_from_slice(bytes);
        end.deliver(bytes);
    });
}

fn send(pair: &mut Pair, side: Side, story: &mut Story) {
    if !story.is_established || pair.end(side).error.is_some() {
        return;
    }
    let mut out = vec![0; MAX_SEALED_RECORD + 64];
    match pair.end(side).connection.send(&[IoSlice::new(DATA)], &mut out) {
        Ok(sent) => {
            story.wire.extend_from_slice(&out[..sent.written]);
            pair.end(side.other()).deliver(&out[..sent.written]);
        }
        Err(error) => story.errors.push(error),
    }
    carry(pair, &mut story.wire);
}

/// The session is one that a client can take again.
fn prepare(setup: &Setup) {
    if let Some((store, session)) = &setup.session {
        while store.take_session(&setup.client, &localhost(), now()).is_some() {}
        store.put_session(session.clone());
    }
}

fn run(setup: &Setup, failing: Range<usize>) -> (Story, Vec<&'static str>) {
    prepare(setup);
    with_failures(failing, || tell(setup))
}

/// What a peer is told of a failure of this call.
fn fitting(call: &str, alert: Alert) -> bool {
    match call {
        // A record, signature or certificate that cannot be checked is not taken for a good one.
        "opening of records" => alert == Alert::BAD_RECORD_MAC,
        "signature verification" => alert == Alert::DECRYPT_ERROR,
        "verification of certificates" => [Alert::DECRYPT_ERROR, Alert::UNKNOWN_CA].contains(&alert),
        _ => alert == Alert::INTERNAL_ERROR,
    }
}

/// Calls that a connection can do without: there is a full handshake then, or no ticket.
fn is_dispensable(call: &str) -> bool {
    ["opening of tickets", "sealing of tickets", "random bits"].contains(&call)
}

fn assert_sound(scenario: Scenario, story: &Story, certificate: Option<&[u8]>, context: &str) {
    let context = format!("{scenario:?}: {context}: {:?}", story.errors);
    assert!(!contains(&story.wire, DATA), "{context}: data in the clear");
    if let (Some(certificate), false) = (certificate, scenario.is_tls12()) {
        assert!(!contains(&story.wire, certificate), "{context}: a certificate in the clear");
    }
    for received in &story.received {
        let whole = DATA.repeat(3);
        assert!(whole.starts_with(received), "{context}: data that was not sent");
    }
}

fn contains(wire: &[u8], data: &[u8]) -> bool {
    wire.windows(data.len()).any(|window| window == data)
}

/// The server's, if it has one, which TLS 1.3 shows to nobody else.
fn server_certificate(setup: &Setup) -> Option<Vec<u8>> {
    let mut pair = setup.pair();
    pair.handshake();
    let facts = pair.client.connection.facts().expect("a connection");
    Some(facts.peer_certificates.as_ref()?.iter().next()?.to_vec())
}

#[test]
fn every_call_fails_in_turn() {
    let mut failed: BTreeMap<&str, usize> = BTreeMap::new();
    for scenario in ALL {
        let setup = scenario.setup();
        let certificate = server_certificate(&setup);
        let (story, calls) = run(&setup, NOTHING);
        assert!(story.errors.is_empty() && story.is_established, "{scenario:?}: {:?}", story.errors);
        for (number, expected) in calls.iter().enumerate() {
            let (story, made) = run(&setup, number..number + 1);
            let context = format!("call {number}, {expected}");
            assert_sound(scenario, &story, certificate.as_deref(), &context);
            assert!(made.len() > number, "{scenario:?}: {context} was not made");
            let call = made[number];
            *failed.entry(call).or_default() += 1;
            let own: Vec<_> = story.errors.iter().filter(|error| error.alert_received().is_none()).collect();
            let told = |error: &&Error| error.alert_sent().is_some_and(|alert| fitting(call, alert));
            match own.is_empty() {
                true => assert!(is_dispensable(call), "{scenario:?}: {context}: it was not missed"),
                false => {
                    assert!(own.iter().copied().any(|error| told(&error)), "{scenario:?}: {context}: {own:?}")
                }
            }
        }
    }
    println!("failed, by call: {failed:?}");
    for call in ["random bits", "ECDH", "sealing of records", "signature generation", "opening of tickets"] {
        assert!(failed.contains_key(call), "{call} was never made");
    }
}

/// As when entropy, or the library itself, is gone for good: not even the alert can be said then.
#[test]
fn everything_fails_from_some_call_on() {
    for scenario in ALL {
        let setup = scenario.setup();
        let certificate = server_certificate(&setup);
        let (_, calls) = run(&setup, NOTHING);
        for (number, call) in calls.iter().enumerate() {
            let (story, _) = run(&setup, number..usize::MAX);
            let context = format!("from call {number} on, {call}");
            assert_sound(scenario, &story, certificate.as_deref(), &context);
            assert!(!story.errors.is_empty(), "{scenario:?}: {context}: it was not missed");
        }
    }
}

/// The other groups, and the records that no scenario has.
#[test]
fn keys_are_not_made_by_halves() {
    use tls_core::ciphersuites::{KeyPair, NamedGroup, respond};
    for group in [NamedGroup::X25519MLKEM768, NamedGroup::SECP256R1MLKEM768, NamedGroup::SECP384R1MLKEM1024] {
        let exchange = || -> Result<bool, tls_core::ciphersuites::KeyExchangeError> {
            let (mut client_share, mut server_share) = (Vec::new(), Vec::new());
            let client = KeyPair::generate(group)?;
            client.write_share(&mut client_share)?;
            let server = respond(group, &client_share, &mut server_share);
            assert_eq!(server.is_ok(), !server_share.is_empty(), "a share without a secret");
            let server = server?;
            Ok(client.agree(&server_share)?.as_ref() == server.as_ref())
        };
        let (agreed, calls) = with_failures(NOTHING, exchange);
        assert_eq!(agreed, Ok(true));
        for (number, call) in calls.iter().enumerate() {
            let (agreed, _) = with_failures(number..number + 1, exchange);
            assert!(agreed.is_err(), "{group}: without {call}");
        }
    }
}

/// What was to be sealed in a ticket is not left in the clear where the ticket should be.
#[test]
fn a_ticket_that_cannot_be_sealed_is_wiped() {
    let secret = TicketSecret::new(&[7; 32]);
    let seal = |failing| {
        let mut ticket = Vec::new();
        let (sealed, calls) = with_failures(failing, || secret.seal(b"name", DATA, &mut ticket));
        (sealed, calls, ticket.windows(DATA.len()).any(|window| window == DATA))
    };
    let (sealed, calls, is_in_the_clear) = seal(NOTHING);
    assert!(sealed.is_ok() && !is_in_the_clear);
    assert!(calls.contains(&"sealing of tickets"), "{calls:?}");
    for (number, call) in calls.iter().enumerate() {
        let (sealed, _, is_in_the_clear) = seal(number..number + 1);
        assert!(sealed.is_err() && !is_in_the_clear, "{call}");
    }
}
