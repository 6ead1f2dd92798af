//! Two configurations, and everything a test wants to begin with them.

use std::sync::Arc;

use tls_core::ciphersuites::CipherSuite;
use tls_core::{ClientConfig, ClientConfigBuilder, ServerConfig, ServerConfigBuilder, Session, SessionStore};

use crate::pair::{Pair, localhost, now};
use crate::protection::Protection;
use crate::protection::tls12::{Randoms, is_tls12, random};
use crate::relay::Relay;
use crate::secrets::Secrets;
use crate::wire::{Epoch, Piece, Side};

/// Two configurations whose secrets the test can read.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "tests take it apart")]
pub struct Setup {
    /// The client's.
    pub client: Arc<ClientConfig>,
    /// The server's.
    pub server: Arc<ServerConfig>,
    /// What the client logged of its last connection.
    pub client_secrets: Arc<Secrets>,
    /// What the server logged of its last connection.
    pub server_secrets: Arc<Secrets>,
    /// The session that every connection resumes, if they do, and where the client looks for it.
    pub session: Option<(Arc<SessionStore>, Session)>,
    /// The early data that every client sends.
    pub early_data: &'static [u8],
}

impl Setup {
    /// Adds the key logs and builds.
    pub fn new(client: ClientConfigBuilder, server: ServerConfigBuilder) -> Self {
        let (client_secrets, server_secrets) = (Arc::<Secrets>::default(), Arc::<Secrets>::default());
        Self {
            client: client.key_log(client_secrets.clone()).build().unwrap(),
            server: server.key_log(server_secrets.clone()).build().unwrap(),
            client_secrets,
            server_secrets,
            session: None,
            early_data: &[],
        }
    }

    /// The same, with every connection one that resumes a first one with this server.
    pub(crate) fn resuming(self, store: Arc<SessionStore>, first_server: &Arc<ServerConfig>) -> Self {
        let mut first = Pair::new(&self.client, first_server);
        first.handshake();
        first.assert_works();
        let session = store.take_session(&self.client, &localhost(), now()).unwrap();
        Self { session: Some((store, session)), ..self }
    }

    /// Begins a connection without anyone in between.
    pub fn pair(&self) -> Pair {
        self.client_secrets.clear();
        self.server_secrets.clear();
        if let Some((store, session)) = &self.session {
            while store.take_session(&self.client, &localhost(), now()).is_some() {}
            store.put_session(session.clone());
        }
        let mut pair = Pair::new(&self.client, &self.server);
        if !self.early_data.is_empty() {
            assert_eq!(pair.client.send_early(self.early_data), self.early_data.len());
        }
        pair
    }

    /// Begins a connection with someone in between.
    pub fn relay(&self) -> Relay<'_> {
        Relay::new(self, self.pair())
    }

    /// A connection that is established, and the keys by which the test can speak for `sender` in it, or hear it.
    pub fn established(&self, sender: Side) -> (Pair, Protection) {
        let (pair, [client, server]) = self.established_both();
        (pair, if sender == Side::Client { client } else { server })
    }

    /// As [`Self::established`], with the keys of the client and of the server.
    pub fn established_both(&self) -> (Pair, [Protection; 2]) {
        let mut pair = self.pair();
        let mut flights = Vec::new();
        pair.run(|end, bytes| {
            flights.push(bytes.to_vec());
            end.deliver(bytes);
        });
        assert!(pair.client.established && pair.server.established);
        let suite = pair.client.connection.facts().unwrap().cipher_suite;
        let [client, server] = [0, 1].map(|flight: usize| random(&flights[flight][5..]).unwrap());
        let randoms = Randoms { client, server };
        let protections = [Side::Client, Side::Server].map(|side| {
            let mut protection = self.protection(side, side, Epoch::Application, suite, &randoms).unwrap();
            if is_tls12(suite) {
                // Its Finished was the first.
                protection.skip();
            }
            protection
        });
        (pair, protections)
    }

    /// The messages of an untouched handshake, in the order in which they travel.
    pub fn messages(&self) -> Vec<Piece> {
        let mut messages = Vec::new();
        let mut relay = self.relay();
        relay.run(|piece| {
            messages.extend(piece.message_type().map(|_| piece.clone()));
            vec![piece.clone()]
        });
        relay.pair.assert_works();
        messages
    }

    /// The first keys for what `sender` sends in an epoch, by what `knower` logged; TLS 1.2 needs the randoms for it.
    pub fn protection(
        &self,
        knower: Side,
        sender: Side,
        epoch: Epoch,
        suite: CipherSuite,
        randoms: &Randoms,
    ) -> Option<Protection> {
        let secrets = if knower == Side::Client { &self.client_secrets } else { &self.server_secrets };
        if is_tls12(suite) {
            return secrets.get("CLIENT_RANDOM").map(|main| Protection::tls12(suite, &main, randoms, sender));
        }
        let label = match (sender, epoch) {
            (_, Epoch::Plain) => return None,
            (Side::Client, Epoch::Early) => "CLIENT_EARLY_TRAFFIC_SECRET",
            (Side::Server, Epoch::Early) => return None,
            (Side::Client, Epoch::Handshake) => "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
            (Side::Server, Epoch::Handshake) => "SERVER_HANDSHAKE_TRAFFIC_SECRET",
            (Side::Client, Epoch::Application) => "CLIENT_TRAFFIC_SECRET_0",
            (Side::Server, Epoch::Application) => "SERVER_TRAFFIC_SECRET_0",
        };
        secrets.get(label).map(|secret| Protection::new(suite, &secret))
    }
}
