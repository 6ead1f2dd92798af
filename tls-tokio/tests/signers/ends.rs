//! Both ends of handshakes of which one signs by a key elsewhere.

use std::sync::Arc;
use std::time::Duration;

use tests::authority::Authority;
use tests::pair::{client_builder, localhost, only};
use tls_tokio::signer::Signer;
use tls_tokio::tls_core::ciphersuites::{ProtocolVersion, SecurityPolicy};
use tls_tokio::tls_core::{
    AlertDescription, ClientAuthentication, ClientConfig, Identity, Role, ServerConfig, SessionStore,
    TicketKeys,
};
use tls_tokio::{Acceptor, Connector, HandshakeError};
use tokio::io::{DuplexStream, duplex};
use tokio::time::Instant;

use crate::support::assert_works;

/// Two ends, of which one signs by a key that may be elsewhere.
pub(crate) struct Ends {
    pub(crate) client: Arc<ClientConfig>,
    /// The same client, who keeps sessions.
    pub(crate) resuming: Arc<ClientConfig>,
    pub(crate) server: Arc<ServerConfig>,
    signs: Role,
}

/// How a handshake ended for who signs, and when.
pub(crate) struct Ended {
    pub(crate) result: Result<(), HandshakeError<DuplexStream>>,
    pub(crate) took: Duration,
    pub(crate) is_resumed: bool,
}

pub(crate) const EVERY: [(ProtocolVersion, Role); 4] = [
    (ProtocolVersion::TLS1_3, Role::Server),
    (ProtocolVersion::TLS1_3, Role::Client),
    (ProtocolVersion::TLS1_2, Role::Server),
    (ProtocolVersion::TLS1_2, Role::Client),
];

impl Ends {
    pub(crate) fn new(
        authority: &Authority,
        identity: impl Fn() -> Identity,
        (version, signs): (ProtocolVersion, Role),
    ) -> Self {
        let policy = only(version, &SecurityPolicy::P20251014);
        let client = || {
            let client = client_builder(authority).policy(policy.clone());
            if signs == Role::Client { client.identity(identity()) } else { client }
        };
        let server = ServerConfig::builder().permit_unapproved().policy(policy.clone());
        let server = match signs {
            Role::Server => server.identity(identity()),
            Role::Client => server
                .identity(authority.localhost().identity())
                .client_authentication(ClientAuthentication::Required(authority.roots())),
        };
        let resuming = client().session_store(Arc::new(SessionStore::new(4)));
        Self {
            client: client().build().unwrap(),
            resuming: resuming.build().unwrap(),
            server: server.ticket_keys(Arc::new(TicketKeys::rotating())).build().unwrap(),
            signs,
        }
    }

    /// A handshake with this signer. The other end must see it end alike.
    pub(crate) fn shake<S: Signer + 'static>(
        &self,
        client: &Arc<ClientConfig>,
        signer: S,
    ) -> impl Future<Output = Ended> + use<S> {
        let connector = Connector::new(Arc::clone(client));
        let acceptor = Acceptor::new(Arc::clone(&self.server));
        let (connector, acceptor) = match self.signs {
            Role::Server => (connector, acceptor.signer(signer)),
            Role::Client => (connector.signer(signer), acceptor),
        };
        let (client, server) = duplex(1 << 16);
        let (connect, accept) = (connector.connect(localhost(), client), acceptor.accept(server));
        let signs = self.signs;
        async move {
            let begun = Instant::now();
            let (client, server) = tokio::join!(connect, accept);
            let took = begun.elapsed();
            let (own, other) = match (client, server) {
                (Ok(mut client), Ok(mut server)) => {
                    assert_works(&mut client, &mut server).await;
                    let is_resumed = client.facts().unwrap().resumed.is_some();
                    return Ended { result: Ok(()), took, is_resumed };
                }
                (client, server) if signs == Role::Server => (server.err(), client.err()),
                (client, server) => (client.err(), server.err()),
            };
            let alert = other.as_ref().and_then(|error| error.tls()?.alert_received());
            assert_eq!(alert, Some(AlertDescription::INTERNAL_ERROR), "{other:?}");
            Ended { result: Err(own.expect("it has failed, too")), took, is_resumed: false }
        }
    }
}
