//! Sessions of TLS 1.2 by session ids: both ends forget one when a connection that goes by it ends with a fatal alert
//! (RFC 5246 §7.2.2), and otherwise keep it.

use tests::pair::only;
use tls_core::ciphersuites::ProtocolVersion;
use tls_core::{AlertDescription as Alert, KeptSession, Operation, ServerSessionStore, Session};

use super::*;

fn tls12() -> SecurityPolicy {
    only(ProtocolVersion::TLS1_2, &SecurityPolicy::P20251014)
}

/// A client with a store, and a server with another.
struct Ends {
    setup: Setup,
    sessions: Arc<ServerSessionStore>,
    client: Arc<ClientConfig>,
    server: Arc<ServerConfig>,
}

impl Ends {
    fn new() -> Self {
        let (setup, sessions) = (Setup::new(), Arc::new(ServerSessionStore::new(1000)));
        let client = setup.client().policy(tls12()).build().unwrap();
        let server = server_builder(&setup.authority).policy(tls12()).session_store(Arc::clone(&sessions));
        Self { client, server: server.build().unwrap(), setup, sessions }
    }

    fn connect(&self) -> Pair {
        connect_at(now(), &self.client, &self.server)
    }

    /// The first connection, or one that resumes its session.
    fn connect_as(&self, resumed: bool) -> Pair {
        let first = self.connect();
        let pair = if resumed { self.connect() } else { first };
        assert_eq!(is_resumed(&pair.client), resumed);
        assert_eq!(self.kept(), [1, 1]);
        pair
    }

    /// Sessions that the client has, and the server.
    fn kept(&self) -> [usize; 2] {
        [self.setup.store.len(), self.sessions.len()]
    }

    fn session(&self) -> Session {
        self.setup.store.take_session(&self.client, &localhost(), now()).unwrap()
    }
}

/// This end gives up, and the other one hears of it.
fn abort(end: &mut End, other: &mut End) {
    end.connection.abort(Alert::INTERNAL_ERROR);
    let alert = end.take_output();
    other.deliver(&alert);
    assert_eq!(other.error.as_ref().unwrap().alert_received(), Some(Alert::INTERNAL_ERROR));
}

#[test]
fn an_alert_from_either_side_is_the_end_of_the_session() {
    for resumed in [false, true] {
        for from_client in [true, false] {
            let ends = Ends::new();
            let Pair { mut client, mut server } = ends.connect_as(resumed);
            let session = ends.session();
            ends.setup.store.put_session(session.clone());
            match from_client {
                true => abort(&mut client, &mut server),
                false => abort(&mut server, &mut client),
            }
            assert_eq!(ends.kept(), [0, 0], "resumed: {resumed}, from the client: {from_client}");
            // Whatever the client still has, it is of no use.
            ends.setup.store.put_session(session);
            assert!(!is_resumed(&ends.connect().client));
        }
    }
}

/// Each forgets for itself: who sends the alert does not wait for the other to have it.
#[test]
fn whoever_gives_up_forgets() {
    for (by_client, kept) in [(true, [0, 1]), (false, [1, 0])] {
        let ends = Ends::new();
        let mut pair = ends.connect_as(false);
        let (victim, other) = match by_client {
            true => (&mut pair.client, &mut pair.server),
            false => (&mut pair.server, &mut pair.client),
        };
        let mut record = other.seal(b"data");
        *record.last_mut().unwrap() ^= 1;
        victim.deliver(&record);
        assert_eq!(victim.error.as_ref().unwrap().alert_sent(), Some(Alert::BAD_RECORD_MAC));
        assert_eq!(ends.kept(), kept);
    }
}

/// Connections that are closed, or cut off, or end for want of keys, have done nothing to their session.
#[test]
fn other_ends_of_connections_are_not_the_sessions() {
    let ends = Ends::new();
    let mut closed = ends.connect_as(false);
    closed.client.connection.close();
    closed.server.connection.close();
    closed.handshake();
    assert!(closed.client.peer_closed && closed.server.peer_closed);
    let mut cut = ends.connect();
    for end in [&mut cut.client, &mut cut.server] {
        assert_eq!(end.connection.receive_eof().unwrap_err().code(), "truncated");
    }
    drop(cut);
    assert_eq!(ends.kept(), [1, 1]);
    assert!(is_resumed(&ends.connect().client));
}

#[test]
fn others_are_left_alone() {
    let ends = Ends::new();
    // The sessions of two first connections, of which the second fails.
    let mut first = ends.connect();
    let spared = ends.session();
    let mut second = ends.connect();
    assert_eq!(ends.kept(), [1, 2]);
    ends.setup.store.put_session(spared);
    abort(&mut second.client, &mut second.server);
    assert_eq!(ends.kept(), [1, 1]);
    first.assert_works();
    assert!(is_resumed(&ends.connect().client));
}

/// A session id can be seen by anyone: who knows no more of it is not to have it forgotten.
#[test]
fn a_handshake_that_fails_forgets_nothing_on_the_server() {
    let ends = Ends::new();
    ends.connect();
    let session = ends.session();
    ends.setup.store.put_session(session.clone());
    let mut pair = begin_at(now(), &ends.client, &ends.server);
    let hello = pair.client.take_output();
    pair.server.deliver(&hello);
    let answer = pair.server.take_output();
    pair.client.deliver(&answer);
    let mut finished = pair.client.take_output();
    *finished.last_mut().unwrap() ^= 1;
    pair.server.deliver(&finished);
    assert_eq!(pair.server.error.unwrap().alert_sent(), Some(Alert::BAD_RECORD_MAC));
    assert_eq!(ends.sessions.len(), 1);
}

/// Tickets cannot be called back, and those of TLS 1.3 are for one connection anyway.
#[test]
fn tickets_are_not_forgotten() {
    let setup = Setup::new();
    for version in [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3] {
        let policy = || only(version, &SecurityPolicy::P20251014);
        let mut pair = setup.connect(setup.client().policy(policy()), setup.server().policy(policy()));
        assert_eq!(setup.store.len(), 1);
        abort(&mut pair.client, &mut pair.server);
        assert_eq!(setup.store.len(), 1);
        assert!(pair.client.connection.take_forgotten_session().is_none());
        assert!(pair.server.connection.take_forgotten_session().is_none());
        setup.store.take_session(&setup.client().build().unwrap(), &localhost(), now());
    }
}

/// What answers a wish for a session.
fn answer(end: &mut End, kept: &KeptSession) {
    end.deliver(&[]);
    while let Some(operation) = end.operations.pop() {
        let Operation::FindSession(request) = operation else { panic!("{operation:?}") };
        end.answer(match request.key() == Some(kept.key()) {
            true => request.found(kept.bytes()),
            false => request.not_found(),
        });
    }
}

/// Where the sessions are elsewhere, both ends say what is to be forgotten there: once, when the connection has failed.
#[test]
fn what_is_kept_elsewhere_is_said() {
    let authority = Authority::new();
    let client = client_builder(&authority).policy(tls12()).sessions_elsewhere().build().unwrap();
    let server = server_builder(&authority).policy(tls12()).sessions_elsewhere().build().unwrap();
    let mut kept: Option<[KeptSession; 2]> = None;
    for resumed in [false, true] {
        let mut pair = begin_at(now(), &client, &server);
        for _ in 0..4 {
            for (index, end) in [&mut pair.client, &mut pair.server].into_iter().enumerate() {
                match &kept {
                    Some(kept) => answer(end, &kept[index]),
                    None => {
                        end.deliver(&[]);
                        for operation in std::mem::take(&mut end.operations) {
                            let Operation::FindSession(request) = operation else { panic!("{operation:?}") };
                            end.answer(request.not_found());
                        }
                    }
                }
            }
            pair.handshake();
        }
        pair.assert_works();
        assert_eq!(is_resumed(&pair.server), resumed);
        let Pair { mut client, mut server } = pair;
        let of_client = client.connection.take_kept_session().unwrap();
        // A server that resumes keeps what it has kept.
        let of_server = server.connection.take_kept_session();
        let of_server = of_server.unwrap_or_else(|| kept.as_ref().unwrap()[1].clone());
        assert!(client.connection.take_forgotten_session().is_none());
        abort(&mut client, &mut server);
        for (end, kept) in [(&mut client, &of_client), (&mut server, &of_server)] {
            assert_eq!(end.connection.take_forgotten_session().as_ref(), Some(kept.key()));
            assert!(end.connection.take_forgotten_session().is_none());
        }
        kept = Some([of_client, of_server]);
    }
}
