//! Early data whose server looks for the session elsewhere: it arrives while nobody knows yet whether it can be read.

use tests::protection::Protection;
use tests::relay::content_type;
use tests::secrets::Secrets;
use tls_core::ciphersuites::CipherSuite;
use tls_core::{
    AlertDescription as Alert, EarlyDataRefusal, Event, FindSession, Operation, ServerSessionStore, Stage,
};

use super::*;

/// A first server, which leaves a session, and a second, to which it is nothing.
struct Fleet {
    setup: Setup,
    secrets: Arc<Secrets>,
    client: Arc<ClientConfig>,
    first: Arc<ServerConfig>,
    second: Arc<ServerConfig>,
    /// What the first has given handles for.
    store: Arc<ServerSessionStore>,
}

impl Fleet {
    /// Whose tickets are sealed, or handles of sessions in a store.
    fn new(tickets_are_sealed: bool) -> Self {
        let (setup, store) = (Setup::new(), Arc::new(ServerSessionStore::new(100)));
        let acceptance = || EarlyDataAcceptance::Guarded(Arc::clone(&setup.guard));
        let server = || server_builder(&setup.authority).early_data(MAX, acceptance());
        let first = match tickets_are_sealed {
            true => server().ticket_keys(Arc::clone(&setup.keys)),
            false => server().session_store(Arc::clone(&store)),
        };
        let (first, second) = (first.build().unwrap(), server().sessions_elsewhere().build().unwrap());
        let secrets = Arc::<Secrets>::default();
        let client = setup.client().key_log(secrets.clone()).build().unwrap();
        Self { setup, secrets, client, first, second, store }
    }

    /// A client that has begun with this early data, and its flight.
    fn begin(&self, pieces: &[&[u8]]) -> (Pair, Vec<u8>) {
        self.secrets.clear();
        let mut pair = self.setup.resume_at(LATER, &self.client, [&self.first, &self.second]);
        pieces.iter().for_each(|piece| assert_eq!(pair.client.send_early(piece), piece.len()));
        let flight = pair.client.take_output();
        (pair, flight)
    }

    /// The answer of someone who has the first server's keys and store.
    fn find(&self, request: FindSession) -> tls_core::Answer {
        let ticket = request.ticket().unwrap();
        let found = self.setup.keys.open(ticket, after(LATER)).map(|bytes| bytes.to_vec());
        let found = found.or_else(|| self.store.take(request.key()?).map(|bytes| bytes.to_vec()));
        match found {
            Some(bytes) => request.found(&bytes),
            None => request.not_found(),
        }
    }

    /// The keys of the early data that a client has sent so many records of.
    fn keys(&self, sent: usize) -> Protection {
        let secret = self.secrets.get("CLIENT_EARLY_TRAFFIC_SECRET").unwrap();
        let mut keys = Protection::new(CipherSuite::TLS_AES_128_GCM_SHA256, &secret);
        (0..sent).for_each(|_| drop(keys.seal(content_type::APPLICATION_DATA, b"")));
        keys
    }
}

fn asked(end: &mut End) -> FindSession {
    assert_eq!((&end.error, end.connection.stage()), (&None, Stage::FindingSession));
    match end.operations.pop() {
        Some(Operation::FindSession(request)) => request,
        other => panic!("{other:?}"),
    }
}

/// The ways in which a flight can come: at once, record by record, or byte by byte.
fn cut(flight: &[u8]) -> [Vec<&[u8]>; 3] {
    [vec![flight], tests::relay::records(flight), flight.chunks(1).collect()]
}

#[test]
fn is_read_or_read_past_once_the_session_is_there_or_not() {
    for (tickets_are_sealed, is_found) in [(true, true), (true, false), (false, true), (false, false)] {
        let fleet = Fleet::new(tickets_are_sealed);
        for way in 0..3 {
            let (mut pair, flight) = fleet.begin(&[b"one ", b"two ", b"three"]);
            cut(&flight)[way].iter().for_each(|bytes| pair.server.deliver(bytes));
            let request = asked(&mut pair.server);
            assert!(pair.server.received_early.is_empty() && pair.server.take_output().is_empty());
            // More comes while it waits.
            assert_eq!(pair.client.send_early(b" four"), 5);
            let more = pair.client.take_output();
            cut(&more)[way].iter().for_each(|bytes| pair.server.deliver(bytes));
            assert!(pair.server.received_early.is_empty());
            pair.server.answer(if is_found { fleet.find(request) } else { request.not_found() });
            pair.handshake();
            match is_found {
                true => assert_accepted(&mut pair, b"one two three four"),
                false => {
                    pair.assert_works();
                    assert!(pair.server.received_early.is_empty());
                    let refusal = EarlyData::Rejected(EarlyDataRefusal::NotResumed);
                    assert_eq!([early_data(&pair.client), early_data(&pair.server)], [refusal; 2]);
                }
            }
        }
    }
}

/// A session that is found may be one that has been used: its early data is the same, and so is the guard.
#[test]
fn is_read_once() {
    let fleet = Fleet::new(true);
    let (_, flight) = fleet.begin(&[b"pay a million"]);
    let delivered: Vec<Vec<u8>> = (0..5)
        .map(|_| {
            let mut end = End::new(Connection::server(Arc::clone(&fleet.second), after(LATER)).unwrap());
            end.deliver(&flight);
            let request = asked(&mut end);
            end.answer(fleet.find(request));
            assert_eq!(end.error, None);
            end.received_early
        })
        .collect();
    assert_eq!(delivered.concat(), b"pay a million");
    assert_eq!(delivered[0], b"pay a million");
}

/// What comes meanwhile is left with the caller, however much it is: nothing is opened, and nothing is held.
#[test]
fn is_left_where_it_is_while_the_server_waits() {
    let fleet = Fleet::new(true);
    let (mut pair, flight) = fleet.begin(&[&[1; 500]]);
    pair.server.deliver(&flight);
    let request = asked(&mut pair.server);
    let waiting = pair.server.input.len();
    assert!(waiting > 500);
    let flood = vec![0x17; 1 << 20];
    let mut input = [&pair.server.input[..], &flood].concat();
    for _ in 0..3 {
        let received = pair.server.connection.receive(&mut input).unwrap();
        assert_eq!((received.consumed, received.event), (0, Event::OperationPending));
    }
    pair.server.answer(fleet.find(request));
    pair.handshake();
    assert_accepted(&mut pair, &[1; 500]);
}

/// The ticket's bound holds for what came before the answer as for what comes after it, and so does the one of what is
/// read past.
#[test]
fn is_bounded_either_way() {
    let fleet = Fleet::new(true);
    let too_many = ("too_many", Some(Alert::UNEXPECTED_MESSAGE));
    for before in [true, false] {
        for (len, is_too_much) in [(999, false), (1000, true)] {
            let (mut pair, mut flight) = fleet.begin(&[b"1"]);
            let rest = fleet.keys(1).seal(content_type::APPLICATION_DATA, &vec![1; len]);
            let late = if before { Vec::new() } else { rest.clone() };
            if before {
                flight.extend(rest);
            }
            pair.server.deliver(&flight);
            let request = asked(&mut pair.server);
            pair.server.answer(fleet.find(request));
            pair.server.deliver(&late);
            match is_too_much {
                true => {
                    let error = pair.server.error.as_ref().unwrap();
                    assert_eq!((error.code(), error.alert_sent()), too_many);
                    assert_eq!(pair.server.received_early, b"1");
                }
                false => assert_eq!((&pair.server.error, pair.server.received_early.len()), (&None, 1000)),
            }
        }
        // Not accepted, it may be as much as this server reads past, in pieces of any size.
        for (piece, count, is_too_much) in [(100, 100, false), (1, 700, false), (1000, 20, true)] {
            let (mut pair, flight) = fleet.begin(&[b"1"]);
            let mut keys = fleet.keys(1);
            let rest: Vec<u8> =
                (0..count).flat_map(|_| keys.seal(content_type::APPLICATION_DATA, &vec![1; piece])).collect();
            let (early, late) = if before { (&rest[..], &[][..]) } else { (&[][..], &rest[..]) };
            pair.server.deliver(&[&flight, early].concat());
            let request = asked(&mut pair.server);
            pair.server.answer(request.not_found());
            pair.server.deliver(late);
            let code = pair.server.error.as_ref().map(|error| (error.code(), error.alert_sent()));
            assert_eq!(code, is_too_much.then_some(too_many), "{count} of {piece} bytes");
            assert!(pair.server.received_early.is_empty());
        }
    }
}
