//! Sessions that are kept elsewhere, and tickets that are opened elsewhere: found, or not, the connection comes about.

use std::cell::RefCell;
use std::collections::HashMap;

use tls_core::ciphersuites::ProtocolVersion;
use tls_core::{Event, FindSession, KeptSession, Operation, Role, Stage};

use super::stored::{BOTH, policy};
use super::*;

/// What a store elsewhere could be.
#[derive(Default)]
struct Cache {
    sessions: RefCell<HashMap<[u8; 32], Vec<u8>>>,
    /// How often it was asked.
    asked: RefCell<usize>,
}

impl Cache {
    fn keep(&self, kept: &KeptSession) {
        assert!(kept.lifetime() > Duration::ZERO && !format!("{kept:?}").contains("bytes"));
        self.sessions.borrow_mut().insert(*kept.key(), kept.bytes().to_vec());
    }

    fn find(&self, request: &FindSession) -> Option<Vec<u8>> {
        *self.asked.borrow_mut() += 1;
        let mut sessions = self.sessions.borrow_mut();
        match request.serves_once() {
            true => sessions.remove(request.key()?),
            false => sessions.get(request.key()?).cloned(),
        }
    }

    fn len(&self) -> usize {
        self.sessions.borrow().len()
    }
}

/// What answers a wish; `None`: there is no such session.
type Finder<'f> = &'f dyn Fn(&FindSession) -> Option<Vec<u8>>;

/// Answers what an end has asked, with bytes, which may be no session.
fn answer(end: &mut End, find: Finder<'_>) {
    end.deliver(&[]);
    while let Some(operation) = end.operations.pop() {
        let Operation::FindSession(request) = operation else { panic!("{operation:?}") };
        assert_eq!(end.connection.stage(), Stage::FindingSession);
        end.answer(match find(&request) {
            Some(bytes) => request.found(&bytes),
            None => request.not_found(),
        });
    }
}

/// A connection that works, of ends that ask; what they leave goes to the cache.
fn connect(client: &Arc<ClientConfig>, server: &Arc<ServerConfig>, cache: &Cache, find: Finder<'_>) -> Pair {
    let mut pair = begin_at(now(), client, server);
    for _ in 0..8 {
        answer(&mut pair.client, find);
        answer(&mut pair.server, find);
        pair.handshake();
    }
    pair.assert_works();
    assert_eq!(is_resumed(&pair.client), is_resumed(&pair.server));
    for end in [&mut pair.client, &mut pair.server] {
        while let Some(kept) = end.connection.take_kept_session() {
            cache.keep(&kept);
        }
    }
    pair
}

struct Elsewhere {
    setup: Setup,
    version: ProtocolVersion,
    cache: Cache,
}

impl Elsewhere {
    fn new(version: ProtocolVersion) -> Self {
        Self { setup: Setup::new(), version, cache: Cache::default() }
    }

    /// Has its sessions elsewhere, or here, as the role is that has.
    fn client(&self, elsewhere: &[Role]) -> Arc<ClientConfig> {
        let client = self.setup.client().policy(policy(self.version));
        let has = elsewhere.contains(&Role::Client);
        if has { client.sessions_elsewhere() } else { client }.build().unwrap()
    }

    fn server(&self, elsewhere: &[Role]) -> Arc<ServerConfig> {
        let server = server_builder(&self.setup.authority).policy(policy(self.version));
        let keys = || Arc::clone(&self.setup.keys);
        let has = elsewhere.contains(&Role::Server);
        if has { server.sessions_elsewhere() } else { server.ticket_keys(keys()) }.build().unwrap()
    }

    fn connect(&self, elsewhere: &[Role], find: Finder<'_>) -> bool {
        let (client, server) = (self.client(elsewhere), self.server(elsewhere));
        is_resumed(&connect(&client, &server, &self.cache, find).client)
    }
}

const SIDES: [&[Role]; 3] = [&[Role::Client], &[Role::Server], &[Role::Client, Role::Server]];

fn cases() -> impl Iterator<Item = (ProtocolVersion, &'static [Role])> {
    BOTH.into_iter().flat_map(|version| SIDES.map(|sides| (version, sides)))
}

#[test]
fn what_is_found_is_resumed() {
    for (version, sides) in cases() {
        let elsewhere = Elsewhere::new(version);
        let find = |request: &FindSession| elsewhere.cache.find(request);
        assert!(!elsewhere.connect(sides, &find));
        assert_eq!(elsewhere.cache.len(), sides.len(), "{version} {sides:?}");
        for round in 0..4 {
            assert!(elsewhere.connect(sides, &find), "{version} {sides:?} {round}");
            assert_eq!(elsewhere.cache.len(), sides.len(), "{version} {sides:?} {round}");
        }
    }
}

/// Bytes that are no session of this side, another's, or a part of one: a full handshake.
#[test]
fn what_is_not_a_session_does_no_harm() {
    for (version, sides) in cases() {
        let elsewhere = Elsewhere::new(version);
        elsewhere.connect(sides, &|_| None);
        let sessions: Vec<Vec<u8>> = elsewhere.cache.sessions.borrow().values().cloned().collect();
        let len = sessions[0].len();
        assert!(!elsewhere.connect(sides, &|_| Some(Vec::new())));
        assert!(!elsewhere.connect(sides, &|_| Some(vec![0x5a; 500])));
        for part in [1, 10, len / 2, len - 1] {
            assert!(!elsewhere.connect(sides, &|_| Some(sessions[0][..part].to_vec())));
        }
        // A client's where a server asks, and the other way round.
        let other = Elsewhere::new(version);
        let other_sides: &[Role] = if sides == [Role::Client] { &[Role::Server] } else { &[Role::Client] };
        other.connect(other_sides, &|_| None);
        let foreign: Vec<Vec<u8>> = other.cache.sessions.borrow().values().cloned().collect();
        if sides.len() == 1 {
            assert!(!elsewhere.connect(sides, &|_| Some(foreign[0].clone())));
        }
    }
}

/// The session of another client's is not one that the client has the secret of.
#[test]
fn a_session_that_was_not_asked_for_is_refused_or_its_client_is() {
    for version in BOTH {
        let elsewhere = Elsewhere::new(version);
        let sides = [Role::Server];
        elsewhere.connect(&sides, &|_| None);
        let wrong: Vec<Vec<u8>> = elsewhere.cache.sessions.borrow().values().cloned().collect();
        elsewhere.connect(&sides, &|_| None);
        let mut pair = begin_at(now(), &elsewhere.client(&sides), &elsewhere.server(&sides));
        pair.handshake();
        answer(&mut pair.server, &|_| Some(wrong[0].clone()));
        pair.handshake();
        // In TLS 1.2 it is the client that notices: it cannot open what the server seals.
        let (failed, code) = match version {
            ProtocolVersion::TLS1_3 => (pair.server.error, "bad_binder"),
            _ => (pair.client.error, "bad_record"),
        };
        assert_eq!(failed.unwrap().code(), code, "{version}");
    }
}

/// A client sends nothing before it has its answer, and then what it would have sent.
#[test]
fn a_client_waits_before_its_client_hello() {
    for version in BOTH {
        let elsewhere = Elsewhere::new(version);
        let sides = [Role::Client];
        let mut pair = begin_at(now(), &elsewhere.client(&sides), &elsewhere.server(&sides));
        assert_eq!(pair.client.take_output(), []);
        let Some(Operation::FindSession(request)) = pair.client.connection.take_operation() else { panic!() };
        assert_eq!((request.role(), request.serves_once(), request.ticket()), (Role::Client, true, None));
        let answer = request.not_found();
        assert_eq!(pair.client.connection.answer(answer.clone()), Ok(Event::NeedsInput));
        pair.handshake();
        pair.assert_works();
        // What comes late, or again, is ignored.
        assert_eq!(pair.client.connection.answer(answer), Ok(Event::NeedsInput));
        assert_eq!(pair.client.connection.ignored_answers(), 1);
        pair.assert_works();
    }
}

/// A connection may go while somebody still looks for its session.
#[test]
fn a_connection_can_be_dropped_with_its_wish_outstanding() {
    let elsewhere = Elsewhere::new(ProtocolVersion::TLS1_3);
    let mut client = Connection::client(elsewhere.client(&[Role::Client]), localhost(), now()).unwrap();
    let Some(Operation::FindSession(request)) = client.take_operation() else { panic!() };
    drop(client);
    let mut other = Connection::client(elsewhere.client(&[Role::Client]), localhost(), now()).unwrap();
    assert_eq!(other.answer(request.not_found()), Ok(Event::NeedsInput));
    assert_eq!((other.ignored_answers(), other.output()), (1, [].as_slice()));
}

/// Whatever a client offers, a store is asked once.
#[test]
fn a_retry_does_not_ask_again() {
    let elsewhere = Elsewhere::new(ProtocolVersion::TLS1_3);
    let only_p384 = || SecurityPolicy {
        groups: vec![NamedGroup::SECP384R1].into(),
        key_shares: vec![NamedGroup::SECP384R1].into(),
        ..default_tls13()
    };
    let server = || {
        let server = server_builder(&elsewhere.setup.authority).policy(only_p384());
        server.sessions_elsewhere().build().unwrap()
    };
    let client = || elsewhere.setup.client().build().unwrap();
    for is_second in [false, true] {
        let find = |request: &FindSession| elsewhere.cache.find(request);
        let pair = connect(&client(), &server(), &elsewhere.cache, &find);
        let facts = pair.client.connection.facts().unwrap();
        assert_eq!((facts.hello_retry_request, facts.resumed.is_some()), (true, is_second));
        assert_eq!(*elsewhere.cache.asked.borrow(), usize::from(is_second));
    }
}

/// Tickets that a server elsewhere has sealed are opened by a service that has the keys.
#[test]
fn tickets_are_opened_elsewhere() {
    for version in BOTH {
        let setup = Setup::new();
        let client = setup.client().policy(policy(version)).build().unwrap();
        connect_at(now(), &client, &setup.server().policy(policy(version)).build().unwrap());
        // A server with other keys of its own, and one with none.
        let own = Arc::new(TicketKeys::rotating());
        let base = || server_builder(&setup.authority).policy(policy(version)).sessions_elsewhere();
        for server in [base().ticket_keys(Arc::clone(&own)), base()] {
            let server = server.build().unwrap();
            let asked = RefCell::new(0);
            let open = |request: &FindSession| {
                *asked.borrow_mut() += 1;
                // A sealed ticket is nothing that a store could know.
                assert_eq!(
                    (request.role(), request.key(), request.serves_once()),
                    (Role::Server, None, false)
                );
                setup.keys.open(request.ticket()?, now()).map(|bytes| bytes.to_vec())
            };
            let cache = Cache::default();
            let pair = connect(&client, &server, &cache, &open);
            assert!(is_resumed(&pair.client), "{version}");
            assert_eq!(asked.take(), 1);
            // For the next round: a ticket of the first server's keys.
            setup.store.take_session(&client, &localhost(), now());
            let first = setup.server().policy(policy(version)).build().unwrap();
            connect_at(now(), &client, &first);
        }
        // What is sealed here is not asked for, nor is what only looks like it.
        let server = base().ticket_keys(Arc::clone(&own)).build().unwrap();
        while setup.store.take_session(&client, &localhost(), now()).is_some() {}
        let cache = Cache::default();
        let never = |request: &FindSession| -> Option<Vec<u8>> { panic!("{request:?}") };
        connect(&client, &server, &cache, &never);
        assert!(is_resumed(&connect(&client, &server, &cache, &never).client));
        assert_eq!(cache.len(), 0);
        assert_eq!(own.open(&[7; 100], now()), None);
    }
}

/// Nobody needs to take what is kept; it goes with the connection, and there is never much.
#[test]
fn what_is_not_taken_is_bounded() {
    let elsewhere = Elsewhere::new(ProtocolVersion::TLS1_3);
    let server = elsewhere.setup.server().tickets_per_handshake(255).build().unwrap();
    let client = elsewhere.client(&[Role::Client]);
    let mut pair = begin_at(now(), &client, &server);
    answer(&mut pair.client, &|_| None);
    pair.handshake();
    pair.assert_works();
    let kept = std::iter::from_fn(|| pair.client.connection.take_kept_session()).count();
    assert_eq!(kept, 16);
}
