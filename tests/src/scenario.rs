//! The shapes a handshake can have.

use tls_core::ciphersuites::{NamedGroup, ProtocolVersion, SecurityPolicy};
use tls_core::{ClientAuthentication, ClientConfigBuilder, ServerConfigBuilder};

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
}

const TLS1_3: Scenario = Scenario { version: ProtocolVersion::TLS1_3, mutual: false, retry: false };
const TLS1_2: Scenario = Scenario { version: ProtocolVersion::TLS1_2, ..TLS1_3 };

/// All shapes: four of TLS 1.3, two of TLS 1.2.
pub const ALL: [Scenario; 6] = [
    TLS1_3,
    Scenario { mutual: true, ..TLS1_3 },
    Scenario { retry: true, ..TLS1_3 },
    Scenario { mutual: true, retry: true, ..TLS1_3 },
    TLS1_2,
    Scenario { mutual: true, ..TLS1_2 },
];

/// The simplest of each version.
pub const SIMPLE: [Scenario; 2] = [ALL[0], ALL[4]];

/// Between them, these have every message.
pub const EVERY_MESSAGE: [Scenario; 3] = [ALL[0], ALL[3], ALL[5]];

impl Scenario {
    /// Whether it is one of TLS 1.2.
    pub fn is_tls12(self) -> bool {
        self.version == ProtocolVersion::TLS1_2
    }

    /// How many flights there are.
    pub fn flights(self) -> usize {
        match (self.is_tls12(), self.retry) {
            (true, _) => 4,
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
        let mut server = server_builder(authority)
            .policy(policy(&[NamedGroup::X25519]))
            .alpn(["http/1.1"])
            .retry_cookie(self.retry);
        if self.mutual {
            client = client.identity(authority.localhost().identity());
            server = server.client_authentication(ClientAuthentication::Required(authority.roots()));
        }
        (client, server)
    }

    /// The configurations, with key logs.
    pub fn setup(self) -> Setup {
        let (client, server) = self.builders(&Authority::new());
        Setup::new(client, server)
    }
}
