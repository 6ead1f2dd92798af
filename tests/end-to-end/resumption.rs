//! Resumption: what is resumed, what is not, and that a connection comes about either way.

mod elsewhere;
mod forgotten;
mod hostile;
mod later;
mod refusals;
mod requests;
mod session_data;
mod stored;
mod tickets;
mod tls12;
mod verified_again;

use std::sync::Arc;
use std::time::Duration;

use tests::authority::Authority;
use tests::pair::{End, Pair, client_builder, default_tls13, localhost, now, server_builder};
use tls_core::ciphersuites::{NamedGroup, SecurityPolicy};
use tls_core::{
    ClientConfig, ClientConfigBuilder, Connection, ServerConfig, ServerConfigBuilder, SessionStore,
    TicketKeys, UnixTime,
};

/// A client with a store and a server with keys.
struct Setup {
    authority: Authority,
    store: Arc<SessionStore>,
    keys: Arc<TicketKeys>,
}

impl Setup {
    fn new() -> Self {
        let (store, keys) = (SessionStore::new(100), TicketKeys::rotating());
        Self { authority: Authority::new(), store: Arc::new(store), keys: Arc::new(keys) }
    }

    fn client(&self) -> ClientConfigBuilder {
        client_builder(&self.authority).session_store(Arc::clone(&self.store))
    }

    fn server(&self) -> ServerConfigBuilder {
        server_builder(&self.authority).ticket_keys(Arc::clone(&self.keys))
    }

    /// One connection of this client and server, so long after the first.
    fn connect_after(&self, seconds: u64, client: ClientConfigBuilder, server: ServerConfigBuilder) -> Pair {
        connect_at(after(seconds), &client.build().unwrap(), &server.build().unwrap())
    }

    /// One connection, at the usual time.
    fn connect(&self, client: ClientConfigBuilder, server: ServerConfigBuilder) -> Pair {
        self.connect_after(0, client, server)
    }
}

fn after(seconds: u64) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(now().as_secs() + seconds))
}

/// A connection that works, whether it is a resumed one or not.
fn connect_at(time: UnixTime, client: &Arc<ClientConfig>, server: &Arc<ServerConfig>) -> Pair {
    let mut pair = begin_at(time, client, server);
    pair.handshake();
    pair.assert_works();
    assert_eq!(is_resumed(&pair.client), is_resumed(&pair.server));
    pair
}

fn begin_at(time: UnixTime, client: &Arc<ClientConfig>, server: &Arc<ServerConfig>) -> Pair {
    Pair {
        client: End::new(Connection::client(Arc::clone(client), localhost(), time).unwrap()),
        server: End::new(Connection::server(Arc::clone(server), time).unwrap()),
    }
}

fn is_resumed(end: &End) -> bool {
    end.connection.facts().unwrap().resumed.is_some()
}

//= 9846:4.3.9 psk-dhe-ke
#[test]
fn a_second_connection_resumes_the_first() {
    let setup = Setup::new();
    let first = setup.connect(setup.client(), setup.server());
    assert!(!is_resumed(&first.client));
    for round in 1..=5 {
        let pair = setup.connect_after(round, setup.client(), setup.server());
        assert!(is_resumed(&pair.client), "round {round}");
        for end in [&pair.client, &pair.server] {
            let facts = end.connection.facts().unwrap();
            assert_eq!(facts.resumed.as_ref().unwrap().established_at, now());
            assert_eq!(facts.group, NamedGroup::X25519MLKEM768);
            assert!(facts.post_quantum());
        }
        let (first, facts) =
            (first.client.connection.facts().unwrap(), pair.client.connection.facts().unwrap());
        assert_eq!(facts.peer_certificates, first.peer_certificates);
        assert_eq!(facts.server_signature_scheme, first.server_signature_scheme);
    }
}

//= 9846:4.7.1 ignored
#[test]
fn nothing_is_kept_or_given_unless_both_want_it() {
    let setup = Setup::new();
    let plain_client = || client_builder(&setup.authority);
    let plain_server = || server_builder(&setup.authority);
    for (client, server) in [
        (plain_client(), setup.server()),
        (setup.client(), plain_server()),
        (setup.client(), setup.server().tickets_per_handshake(0)),
        (setup.client(), plain_server().ticket_keys(Arc::new(TicketKeys::manual()))),
    ] {
        setup.connect(client, server);
        assert!(setup.store.is_empty());
    }
    let len = |mut pair: Pair| {
        pair.server.take_output();
        setup.store.len()
    };
    assert_eq!(len(setup.connect(setup.client(), setup.server())), 1);
}

/// Each resumption makes a key exchange of its own.
#[test]
fn a_retry_resumes_all_the_same() {
    let setup = Setup::new();
    let only_p384 = || SecurityPolicy {
        groups: vec![NamedGroup::SECP384R1].into(),
        key_shares: vec![NamedGroup::SECP384R1].into(),
        ..default_tls13()
    };
    let server = || setup.server().policy(only_p384());
    for is_second in [false, true] {
        let pair = setup.connect(setup.client(), server());
        let facts = pair.client.connection.facts().unwrap();
        assert_eq!((facts.hello_retry_request, facts.resumed.is_some()), (true, is_second));
    }
    // The session was by a group that this policy does not have.
    let without_p384 = SecurityPolicy { groups: vec![NamedGroup::X25519].into(), ..only_p384() };
    let without_p384 = SecurityPolicy { key_shares: vec![NamedGroup::X25519].into(), ..without_p384 };
    assert!(!is_resumed(&setup.connect(setup.client(), setup.server().policy(without_p384)).client));
}

//= 9846:4.4.2 not-with-resumption
#[test]
fn a_client_that_has_proven_itself_is_known_again() {
    use tls_core::ClientAuthentication as Asked;
    let setup = Setup::new();
    let pem = setup.authority.localhost();
    let required = || setup.server().client_authentication(Asked::Required(setup.authority.roots()));
    setup.connect(setup.client().identity(pem.identity()), required());
    let pair = setup.connect(setup.client().identity(pem.identity()), required());
    let resumed = pair.server.connection.facts().unwrap().resumed.as_ref().unwrap();
    assert_eq!(resumed.client_fingerprint, Some(pem.identity().fingerprint()));
    assert!(pair.server.connection.facts().unwrap().client_signature_scheme.is_some());
    // One that was not asked is not.
    let setup = Setup::new();
    setup.connect(setup.client(), setup.server());
    let pair = setup.connect(setup.client(), setup.server());
    assert_eq!(pair.server.connection.facts().unwrap().resumed.as_ref().unwrap().client_fingerprint, None);
}

#[test]
fn every_fragmentation_resumes() {
    let setup = Setup::new();
    let (client, server) = (setup.client().build().unwrap(), setup.server().build().unwrap());
    connect_at(now(), &client, &server);
    let mut pair = begin_at(now(), &client, &server);
    pair.run(|end, bytes| bytes.chunks(1).for_each(|byte| end.deliver(byte)));
    pair.assert_works();
    assert!(is_resumed(&pair.client));
}

/// A ticket that comes late is kept like one that comes at once; so many are kept and no more.
#[test]
fn as_many_tickets_as_are_wanted() {
    let setup = Setup::new();
    setup.connect(setup.client(), setup.server().tickets_per_handshake(3));
    assert_eq!(setup.store.len(), 3);
    // The newest four of a server are kept.
    setup.connect(setup.client(), setup.server().tickets_per_handshake(200));
    assert_eq!(setup.store.len(), 4);
    for _ in 0..4 {
        let pair = setup.connect(setup.client(), setup.server().tickets_per_handshake(0));
        assert!(is_resumed(&pair.client));
    }
    assert!(setup.store.is_empty());
    let pair = setup.connect(setup.client(), setup.server().tickets_per_handshake(0));
    assert!(!is_resumed(&pair.client));
}
