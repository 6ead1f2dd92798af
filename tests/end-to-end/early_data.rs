//! Early data (RFC 9846 §2.3, §4.3.10): what is accepted, what is not, and that a connection comes about either way.

mod accepted;
mod external;
mod half_rtt;
mod hostile;
mod looked_up;
mod operation;
mod rejected;
mod replays;
mod skipped;

use std::sync::Arc;
use std::time::Duration;

use tests::authority::Authority;
use tests::pair::{End, Pair, client_builder, localhost, now, server_builder};
use tls_core::{
    ClientConfig, ClientConfigBuilder, Connection, EarlyData, EarlyDataAcceptance,
    EarlyDataRefusal as Refusal, ReplayGuard, ServerConfig, ServerConfigBuilder, Session, SessionStore,
    TicketKeys, UnixTime,
};

/// Bytes of early data that tickets permit.
const MAX: u32 = 1000;

/// A client with a store, and a server with keys and a guard, which both take early data.
struct Setup {
    authority: Authority,
    store: Arc<SessionStore>,
    keys: Arc<TicketKeys>,
    guard: Arc<ReplayGuard>,
}

/// So long after the first connections of a test.
fn after(seconds: u64) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(now().as_secs() + seconds))
}

/// When second connections begin: the guard has long begun.
const LATER: u64 = 100;

impl Setup {
    fn new() -> Self {
        Self {
            authority: Authority::new(),
            store: Arc::new(SessionStore::new(100)),
            keys: Arc::new(TicketKeys::rotating()),
            guard: Arc::new(ReplayGuard::once_per_client_hello(now())),
        }
    }

    fn client(&self) -> ClientConfigBuilder {
        client_builder(&self.authority).session_store(Arc::clone(&self.store)).early_data(true)
    }

    fn server(&self) -> ServerConfigBuilder {
        let acceptance = EarlyDataAcceptance::Guarded(Arc::clone(&self.guard));
        self.server_without().early_data(MAX, acceptance)
    }

    /// One that takes no early data.
    fn server_without(&self) -> ServerConfigBuilder {
        server_builder(&self.authority).ticket_keys(Arc::clone(&self.keys))
    }

    /// A first connection of these, and its session.
    fn session(&self, client: &Arc<ClientConfig>, server: &Arc<ServerConfig>) -> Session {
        let mut pair = begin(0, client, server);
        pair.handshake();
        pair.assert_works();
        self.store.take_session(client, &localhost(), now()).unwrap()
    }

    /// A second connection of these, which has but begun.
    fn resume(&self, client: ClientConfigBuilder, server: ServerConfigBuilder) -> Pair {
        let (client, server) = (client.build().unwrap(), server.build().unwrap());
        self.resume_at(LATER, &client, [&server, &server])
    }

    /// The same, of a first server and a second, so much later.
    fn resume_at(
        &self,
        seconds: u64,
        client: &Arc<ClientConfig>,
        [first, second]: [&Arc<ServerConfig>; 2],
    ) -> Pair {
        let session = self.session(client, first);
        self.store.put_session(session);
        begin(seconds, client, second)
    }
}

fn begin(seconds: u64, client: &Arc<ClientConfig>, server: &Arc<ServerConfig>) -> Pair {
    Pair {
        client: End::new(Connection::client(Arc::clone(client), localhost(), after(seconds)).unwrap()),
        server: End::new(Connection::server(Arc::clone(server), after(seconds)).unwrap()),
    }
}

fn early_data(end: &End) -> EarlyData {
    end.connection.facts().unwrap().early_data
}

/// The server hears the client before it has answered.
#[track_caller]
fn assert_heard_at_once(pair: &mut Pair) {
    assert_eq!(pair.client.send_early(b"GET /"), 5);
    let flight = pair.client.take_output();
    pair.server.deliver(&flight);
    assert_eq!(
        (pair.server.received_early.as_slice(), pair.server.established),
        (b"GET /".as_slice(), false)
    );
}

/// What the client says comes to nothing, for these reasons, as it and the server know them; the connection comes about.
#[track_caller]
fn assert_comes_to_nothing(pair: &mut Pair, [told, known]: [Refusal; 2]) {
    assert_eq!(pair.client.send_early(b"early"), 5);
    pair.handshake();
    pair.assert_works();
    assert!(pair.server.received_early.is_empty());
    assert_eq!(early_data(&pair.client), EarlyData::Rejected(told), "what the client is told");
    assert_eq!(early_data(&pair.server), EarlyData::Rejected(known), "what the server knows");
    for end in [&pair.client, &pair.server] {
        assert_eq!(end.connection.export_early(b"label", b"", &mut [0; 32]).unwrap_err().code(), "misuse");
    }
}

/// Both ends say that it was accepted, and the connection works.
fn assert_accepted(pair: &mut Pair, sent: &[u8]) {
    pair.assert_works();
    assert_eq!([early_data(&pair.client), early_data(&pair.server)], [EarlyData::Accepted; 2]);
    assert_eq!(pair.server.received_early, sent);
    assert!(pair.client.received_early.is_empty());
}
