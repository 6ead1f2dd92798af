//! What a peer can make a connection hold, before it has proven anything and after: the most that it can, and that what
//! it cannot is refused. The figures are in SECURITY.md.

use std::sync::Arc;
use std::time::Duration;

use benches::handshake::{Halves, Pipes, Side as End, establish, run};
use benches::ours::Ours;
use benches::stack::{HANDSHAKES, Scenario, Stack};
use tests::authority::Authority;
use tests::hello::message;
use tests::pair::{Pair, client_builder, server_builder};
use tests::protection::tls12::{Randoms, random};
use tests::relay::{Epoch, Setup, Side, content_type, record};
use tests::scenario::{ALL, SIMPLE};
use tls_core::{ClientAuthentication, SessionStore};
use tls_tokio::{Acceptor, HandshakeFailure};
use tokio::runtime::Builder;
use tokio::task::JoinSet;

use crate::Silent;
use crate::usage::Usage;

const CLIENT_HELLO: u8 = 1;
const NEW_SESSION_TICKET: u8 = 4;
const ENCRYPTED_EXTENSIONS: u8 = 8;
const CERTIFICATE: u8 = 11;

/// A message of this length, but for its last byte, in records of their most.
fn unfinished(message_type: u8, len: usize, mut seal: impl FnMut(u8, &[u8]) -> Vec<u8>) -> Vec<u8> {
    let mut whole = message(message_type, &vec![0x5a; len]);
    whole.pop();
    whole.chunks(1 << 14).flat_map(|chunk| seal(content_type::HANDSHAKE, chunk)).collect()
}

/// Delivers `bytes` as a transport does, piece by piece, and says what the connection holds of them.
fn held(pair: &mut Pair, receiver: Side, bytes: &[u8]) -> i64 {
    // The caller's buffer is the caller's.
    pair.end(receiver).input.reserve(1 << 19);
    Usage::of(|| bytes.chunks(1 << 14).for_each(|piece| pair.end(receiver).deliver(piece))).0.live
}

#[track_caller]
fn assert_held(what: &str, held: i64, limit: i64) {
    println!("held for a peer: {what}: {held} bytes");
    assert!(held <= limit, "{what}: {held} bytes, more than {limit}");
}

#[test]
fn a_client_that_has_proven_nothing() {
    let setup = SIMPLE[0].setup();
    let mut pair = setup.pair();
    let bytes = unfinished(CLIENT_HELLO, 1 << 16, record);
    assert_held("most of a ClientHello, by a server", held(&mut pair, Side::Server, &bytes), 3 << 16);
    assert_eq!(pair.server.error, None, "as long as it may be");
    let mut pair = setup.pair();
    let bytes = unfinished(CLIENT_HELLO, (1 << 16) + 1, record);
    assert_held("a ClientHello that is too long", held(&mut pair, Side::Server, &bytes), 1 << 10);
    assert_eq!(pair.server.error.as_ref().unwrap().code(), "message_too_long");
    let mut pair = setup.pair();
    assert_held("half a header", held(&mut pair, Side::Server, &[22, 3]), 0);
    let mut pair = setup.pair();
    let hello = pair.client.take_output();
    assert_held("a ClientHello that was answered", held(&mut pair, Side::Server, &hello), 12 << 10);
}

/// A setup, a pair in which the client has the server's first flight, and the keys of both for the handshake.
fn in_handshake(setup: &Setup, sender: Side) -> (Pair, tests::protection::Protection) {
    let mut pair = setup.pair();
    let hello = pair.client.take_output();
    pair.server.deliver(&hello);
    let flight = pair.server.take_output();
    let server_hello = tests::relay::records(&flight)[0];
    pair.client.deliver(server_hello);
    let randoms =
        Randoms { client: random(&hello[5..]).unwrap(), server: random(&server_hello[5..]).unwrap() };
    let suite = tls_core::ciphersuites::CipherSuite(u16::from_be_bytes([server_hello[76], server_hello[77]]));
    let keys = setup.protection(sender.other(), sender, Epoch::Handshake, suite, &randoms);
    (pair, keys.unwrap())
}

#[test]
fn a_peer_in_the_middle_of_a_handshake() {
    for (sender, message_type, len, limit, expected) in [
        (Side::Server, ENCRYPTED_EXTENSIONS, 1 << 14, 3 << 14, None),
        (Side::Server, ENCRYPTED_EXTENSIONS, (1 << 14) + 1, 4 << 10, Some("message_too_long")),
        (Side::Client, CERTIFICATE, 1 << 17, 5 << 16, None),
        (Side::Client, CERTIFICATE, (1 << 17) + 1, 4 << 10, Some("message_too_long")),
    ] {
        let setup = ALL[1].setup();
        let (mut pair, mut keys) = in_handshake(&setup, sender);
        let bytes = unfinished(message_type, len, |content_type, chunk| keys.seal(content_type, chunk));
        let receiver = sender.other();
        let held = held(&mut pair, receiver, &bytes);
        assert_held(&format!("{len} bytes of message {message_type} from a {sender:?}"), held, limit);
        let code = pair.end(receiver).error.as_ref().map(|error| error.code());
        assert_eq!(code, expected, "message {message_type} of {len} bytes from a {sender:?}");
    }
}

#[test]
fn a_server_that_is_authenticated_and_gives_tickets() {
    let authority = Authority::new();
    let store = Arc::new(SessionStore::new(16));
    let client = client_builder(&authority).session_store(Arc::clone(&store));
    let setup = Setup::new(client, server_builder(&authority));
    let (mut pair, mut keys) = setup.established(Side::Server);
    let bytes = unfinished(NEW_SESSION_TICKET, 1 << 16, |content_type, chunk| keys.seal(content_type, chunk));
    assert_held("most of a ticket, by a client", held(&mut pair, Side::Client, &bytes), 3 << 16);
    let (mut pair, mut keys) = setup.established(Side::Server);
    let ticket = |number: u8, len: u16| {
        let body = [
            &[0, 0, 16, 0, 1, 2, 3, 4, 1, number][..],
            &len.to_be_bytes(),
            &vec![number; len.into()],
            &[0, 0],
        ];
        message(NEW_SESSION_TICKET, &body.concat())
    };
    let mut flood = Vec::new();
    for number in 0..200 {
        let message = ticket(number, 1 << 14);
        flood.extend(message.chunks(1 << 14).flat_map(|chunk| keys.seal(content_type::HANDSHAKE, chunk)));
    }
    let held = held(&mut pair, Side::Client, &flood);
    assert_eq!((&pair.client.error, store.len()), (&None, 4), "no more sessions than four with one server");
    assert_held("200 tickets of 16 KiB", held, 5 << 15);
}

/// What costs a peer least, after authentication: nothing of it is kept.
#[test]
fn floods_are_not_kept() {
    for sender in [Side::Client, Side::Server] {
        let (mut pair, mut keys) = SIMPLE[0].setup().established(sender);
        let mut flood = Vec::new();
        for round in 0..100 {
            flood.extend((0..20).flat_map(|_| keys.seal(content_type::APPLICATION_DATA, &[])));
            flood.extend(keys.seal(content_type::HANDSHAKE, &[24, 0, 0, 1, 1]));
            keys = keys.next();
            flood.extend(keys.seal(content_type::APPLICATION_DATA, &[round]));
        }
        let receiver = sender.other();
        pair.end(receiver).received.reserve(256);
        let held = held(&mut pair, receiver, &flood);
        let end = pair.end(receiver);
        assert_eq!((&end.error, end.received.len()), (&None, 100));
        assert_held("2,000 empty records and 100 KeyUpdates", held, 2 << 10);
    }
}

/// How many ends of connections there are at once; `LIMITS_CONNECTIONS` says otherwise.
fn connections() -> usize {
    std::env::var("LIMITS_CONNECTIONS").map_or(10_000, |count| count.parse().unwrap())
}

#[test]
fn ten_thousand_idle_connections_hold_what_ten_thousand_times_one_does() {
    let (name, suite, group) = HANDSHAKES[0];
    let (stack, mut pipes) = (Ours::new(&Scenario::new(suite, group)), Pipes::default());
    run(&stack, &mut Halves::<Usage>::default(), &mut pipes);
    let pairs = connections() / 2;
    let mut usage = Halves::<Usage>::default();
    let mut ends = Vec::with_capacity(pairs);
    ends.extend((0..pairs).map(|_| establish(&stack, &mut usage, &mut pipes)));
    for side in End::BOTH {
        let each = usage.of(side).live / i64::try_from(pairs).unwrap();
        let inline = size_of::<<Ours as Stack>::End>();
        println!(
            "{} idle connections: {name}, {}: {each} bytes of heap each, {inline} inline",
            2 * pairs,
            side.name()
        );
        assert!(each < 2560, "{}: {each} bytes", side.name());
    }
}

/// Clients that say a little and then nothing: each holds a place for ten seconds, and little memory.
#[test]
fn ten_thousand_clients_that_never_finish_their_hello_are_given_up_in_time() {
    let count = connections();
    let authority = Authority::new();
    let server =
        server_builder(&authority).client_authentication(ClientAuthentication::Required(authority.roots()));
    let acceptor = Acceptor::new(server.build().unwrap());
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let mut tasks = JoinSet::new();
    let start = runtime.block_on(async { tokio::time::Instant::now() });
    let (usage, ()) = Usage::of(|| {
        runtime.block_on(async {
            for number in 0..count {
                let hello: Arc<[u8]> = [22, 3, 1, 2, 0, 1, 0, 1, 252][..number % 10].into();
                tasks.spawn(acceptor.accept(Silent { hello, read: 0 }));
            }
            for _ in 0..count {
                tokio::task::yield_now().await;
            }
        });
    });
    let each = usage.live / i64::try_from(count).unwrap();
    println!("{count} slow clients: {each} bytes of heap each");
    assert!(each < 8 << 10, "{each} bytes");
    runtime.block_on(async {
        while let Some(outcome) = tasks.join_next().await {
            let error = outcome.unwrap().map(drop).unwrap_err();
            assert!(matches!(error.failure(), HandshakeFailure::TimedOut(_)), "{error}");
        }
        assert!(start.elapsed() < Duration::from_secs(11), "{:?}", start.elapsed());
    });
}
