//! The shapes a handshake can have.

use std::sync::Arc;
use std::time::Duration;

use tls_core::ciphersuites::{CipherSuite, Hash, NamedGroup, ProtocolVersion, SecurityPolicy};
use tls_core::{
    ClientAuthentication, ClientConfigBuilder, EarlyDataAcceptance, ExternalPsk, PreSharedKey, PreSharedKeys,
    PskEarlyData, ReplayGuard, ServerConfig, ServerConfigBuilder, ServerVerification, SessionStore,
    TicketKeys, UnixTime,
};

use crate::authority::Authority;
use crate::pair::{client_builder, only, server_builder};
use crate::relay::Setup;

/// A shape of a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "tests take it apart")]
pub struct Scenario {
    /// TLS 1.3 or TLS 1.2.
    pub version: ProtocolVersion,
    /// The client proves its identity, too.
    pub mutual: bool,
    /// The server asks for another share, with a cookie.
    pub retry: bool,
    /// The connection resumes an earlier one. In TLS 1.2 there is a new ticket.
    pub resumed: bool,
    /// The two ends have an external pre-shared key in common, and nothing else to prove themselves by.
    pub keyed: bool,
    /// It has early data, which the server accepts.
    pub early: bool,
}

const TLS1_3: Scenario = Scenario {
    version: ProtocolVersion::TLS1_3,
    mutual: false,
    retry: false,
    resumed: false,
    keyed: false,
    early: false,
};
const TLS1_2: Scenario = Scenario { version: ProtocolVersion::TLS1_2, ..TLS1_3 };

/// All shapes: four of TLS 1.3, two of TLS 1.2, three that resume, two with a pre-shared key, and two with early data.
pub const ALL: [Scenario; 13] = [
    TLS1_3,
    Scenario { mutual: true, ..TLS1_3 },
    Scenario { retry: true, ..TLS1_3 },
    Scenario { mutual: true, retry: true, ..TLS1_3 },
    TLS1_2,
    Scenario { mutual: true, ..TLS1_2 },
    Scenario { resumed: true, ..TLS1_3 },
    Scenario { resumed: true, retry: true, ..TLS1_3 },
    Scenario { resumed: true, ..TLS1_2 },
    Scenario { keyed: true, ..TLS1_3 },
    Scenario { keyed: true, retry: true, ..TLS1_3 },
    Scenario { resumed: true, early: true, ..TLS1_3 },
    Scenario { keyed: true, early: true, ..TLS1_3 },
];

/// The simplest of each version.
pub const SIMPLE: [Scenario; 2] = [ALL[0], ALL[4]];

/// Between them, these have every message.
pub const EVERY_MESSAGE: [Scenario; 7] = [ALL[0], ALL[3], ALL[5], ALL[7], ALL[8], ALL[10], ALL[11]];

/// The pre-shared keys that clients offer and servers know: imported ones for every hash, and another. The first permits
/// early data.
pub fn keys() -> Vec<PreSharedKey> {
    let external = ExternalPsk::new(b"imported", &[0x42; 32]).unwrap();
    let mut keys = external.import_for_all(b"tests").unwrap().to_vec();
    keys.push(PreSharedKey::new(b"external", &[0x41; 48], Hash::Sha384).unwrap());
    let terms = PskEarlyData::new(CipherSuite::TLS_AES_128_GCM_SHA256, 100).alpn("http/1.1");
    if let Some(first) = keys.first_mut() {
        *first = first.clone().with_early_data(terms).unwrap();
    }
    keys
}

impl Scenario {
    /// Whether it is one of TLS 1.2.
    pub fn is_tls12(self) -> bool {
        self.version == ProtocolVersion::TLS1_2
    }

    /// How many flights there are.
    pub fn flights(self) -> usize {
        match (self.is_tls12(), self.retry) {
            (true, _) if !self.resumed => 4,
            (_, true) => 5,
            _ => 3,
        }
    }

    /// The configurations, before they are built.
    pub fn builders(self, authority: &Authority) -> (ClientConfigBuilder, ServerConfigBuilder) {
        let policy = |groups: &[NamedGroup]| SecurityPolicy {
            groups: groups.to_vec().into(),
            ..only(self.version, &SecurityPolicy::P20251014)
        };
        let share = if self.retry { NamedGroup::SECP256R1 } else { NamedGroup::X25519 };
        // Shares are small.
        let client_policy = SecurityPolicy {
            key_shares: vec![share].into(),
            ..policy(&[NamedGroup::X25519, NamedGroup::SECP256R1])
        };
        let mut client = client_builder(authority).policy(client_policy).alpn(["h2", "http/1.1"]);
        // A server of one group cannot but ask for it.
        let mut server = match self.keyed {
            true => ServerConfig::builder().permit_unapproved().pre_shared_keys(PreSharedKeys::Known(keys())),
            false => server_builder(authority),
        };
        if self.keyed {
            client =
                client.pre_shared_keys(keys()).server_verification(ServerVerification::PreSharedKeysOnly);
        }
        server = server.policy(policy(&[NamedGroup::X25519])).alpn(["http/1.1"]).retry_cookie(self.retry);
        if self.mutual {
            client = client.identity(authority.localhost().identity());
            server = server.client_authentication(ClientAuthentication::Required(authority.roots()));
        }
        (client, server)
    }

    /// The configurations, with key logs.
    pub fn setup(self) -> Setup {
        self.setup_by(&Authority::new())
    }

    /// As [`Self::setup`], with certificates by this authority.
    pub fn setup_by(self, authority: &Authority) -> Setup {
        let (client, server) = self.builders(authority);
        let early_data: &[u8] = if self.early { b"early" } else { &[] };
        let client = client.early_data(self.early);
        if !self.resumed {
            let server = if self.early { taking_early_data(server) } else { server };
            return Setup { early_data, ..Setup::new(client, server) };
        }
        let store = Arc::new(SessionStore::new(1));
        let keys = Arc::new(TicketKeys::rotating());
        let client = client.session_store(Arc::clone(&store));
        // In TLS 1.3 a ticket comes after the handshake, and none is to come after those that are looked at.
        let server = server.ticket_keys(Arc::clone(&keys)).tickets_per_handshake(0);
        let (_, first_server) = self.builders(authority);
        let (server, first_server) = match self.early {
            true => (taking_early_data(server), taking_early_data(first_server.ticket_keys(keys))),
            false => (server, first_server.ticket_keys(keys)),
        };
        let setup = Setup::new(client, server).resuming(store, &first_server.build().unwrap());
        Setup { early_data, ..setup }
    }
}

/// A server of early data that has been running for long.
fn taking_early_data(server: ServerConfigBuilder) -> ServerConfigBuilder {
    let guard = ReplayGuard::once_per_client_hello(UnixTime::since_unix_epoch(Duration::ZERO));
    let guard = guard.external_keys(1 << 20);
    server.early_data(100, EarlyDataAcceptance::Guarded(Arc::new(guard)))
}
