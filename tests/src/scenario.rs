//! The shapes a handshake can have.

use tls_core::ciphersuites::{NamedGroup, SecurityPolicy};
use tls_core::{ClientAuthentication, ClientConfigBuilder, ServerConfigBuilder};

use crate::authority::Authority;
use crate::pair::{client_builder, default_tls13, server_builder};
use crate::relay::Setup;

/// A shape of a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "tests take it apart")]
pub struct Scenario {
    /// The client proves its identity, too.
    pub mutual: bool,
    /// The server asks for another share, with a cookie.
    pub retry: bool,
}

/// All shapes.
pub const ALL: [Scenario; 4] = [
    Scenario { mutual: false, retry: false },
    Scenario { mutual: true, retry: false },
    Scenario { mutual: false, retry: true },
    Scenario { mutual: true, retry: true },
];

/// The policy `default`, with small key shares: only X25519's, or where a retry is wanted, only P-256's.
fn small_shares(retry: bool) -> SecurityPolicy {
    SecurityPolicy {
        groups: vec![NamedGroup::X25519, NamedGroup::SECP256R1].into(),
        key_shares: vec![if retry { NamedGroup::SECP256R1 } else { NamedGroup::X25519 }].into(),
        ..default_tls13()
    }
}

impl Scenario {
    /// The configurations, before they are built.
    pub fn builders(self, authority: &Authority) -> (ClientConfigBuilder, ServerConfigBuilder) {
        let mut client = client_builder(authority).policy(small_shares(self.retry)).alpn(["h2", "http/1.1"]);
        // A server of one group cannot but ask for it.
        let policy = SecurityPolicy { groups: vec![NamedGroup::X25519].into(), ..default_tls13() };
        let mut server = server_builder(authority).policy(policy).alpn(["http/1.1"]).retry_cookie(self.retry);
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
