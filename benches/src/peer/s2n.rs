//! s2n-tls, through its stream for tokio: the connection itself is given its transport by unsafe code only.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use s2n_tls::callbacks::{SessionTicket, SessionTicketCallback};
use s2n_tls::config::{self, Config};
use s2n_tls::connection::{Builder, Connection};
use s2n_tls::enums::Mode;
use s2n_tls::error::Error;
use s2n_tls::security::Policy;
use s2n_tls_tokio::{TlsAcceptor, TlsConnector, TlsStream};
use tls_core::ciphersuites::{CipherSuite, NamedGroup};

use crate::peer::polled::{Lent, Polled, Stream};
use crate::stack::{Scenario, Stack};
use crate::wire::Wire;

/// Both ends' configurations.
#[expect(missing_debug_implementations, reason = "s2n-tls' have none")]
pub struct S2n {
    client: TlsConnector<Resuming>,
    server: TlsAcceptor,
    lent: Lent,
}

/// The newest ticket.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Option<Vec<u8>>>>);

impl SessionTicketCallback for Kept {
    fn on_session_ticket(&self, _: &mut Connection, ticket: &SessionTicket) {
        let mut bytes = vec![0; ticket.len().unwrap()];
        ticket.data(&mut bytes).unwrap();
        *self.0.lock().unwrap() = Some(bytes);
    }
}

/// Makes clients that resume, once there is a ticket.
#[derive(Clone)]
struct Resuming {
    config: Config,
    kept: Kept,
}

impl Builder for Resuming {
    type Output = Connection;

    fn build_connection(&self, mode: Mode) -> Result<Connection, Error> {
        let mut connection = self.config.build_connection(mode)?;
        if let Some(ticket) = &*self.kept.0.lock().unwrap() {
            connection.set_session_ticket(ticket)?;
        }
        Ok(connection)
    }
}

/// s2n-tls has policies by name only: one that has the scenario's suite and group before any others, and by which clients
/// make a key share for that group alone.
fn policy(scenario: &Scenario) -> &'static str {
    match (scenario.suite, scenario.group) {
        (CipherSuite::TLS_AES_128_GCM_SHA256, NamedGroup::X25519) => "CloudFront-TLS-1-3-2025-no-pq",
        (CipherSuite::TLS_AES_128_GCM_SHA256, NamedGroup::X25519MLKEM768) => "test_pq_only",
        (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, NamedGroup::SECP256R1) => "20240501",
        (suite, group) => panic!("it is not known which policy of s2n-tls has {suite} and {group} first"),
    }
}

fn config(scenario: &Scenario) -> config::Builder {
    let mut config = Config::builder();
    config.with_system_certs(false).unwrap();
    config.set_security_policy(&Policy::from_version(policy(scenario)).unwrap()).unwrap();
    config.enable_session_tickets(scenario.resumed).unwrap();
    config
}

impl Stack for S2n {
    type End = Polled<TlsStream<Lent>>;

    fn new(scenario: &Scenario) -> Self {
        let (mut client, kept) = (config(scenario), Kept::default());
        client.trust_pem(scenario.authority.root_pem().as_bytes()).unwrap();
        client.set_session_ticket_callback(kept.clone()).unwrap();
        let mut server = config(scenario);
        let pem = scenario.authority.localhost();
        server.load_pem(pem.chain.as_bytes(), pem.key.as_bytes()).unwrap();
        if scenario.resumed {
            let introduced = SystemTime::now() - Duration::from_secs(60);
            server.add_session_ticket_key(b"a name", &[7; 32], introduced).unwrap();
        }
        let client = Resuming { config: client.build().unwrap(), kept };
        Self {
            client: TlsConnector::new(client),
            server: TlsAcceptor::new(server.build().unwrap()),
            lent: Lent::default(),
        }
    }

    fn client(&self, wire: &mut Wire) -> Self::End {
        let (connector, lent) = (self.client.clone(), self.lent.clone());
        let connect = async move { connector.connect("localhost", lent).await.unwrap() };
        let mut end = Polled::new(&self.lent, connect);
        end.begin(wire);
        end
    }

    fn server(&self) -> Self::End {
        let (acceptor, lent) = (self.server.clone(), self.lent.clone());
        Polled::new(&self.lent, async move { acceptor.accept(lent).await.unwrap() })
    }
}

impl Stream for TlsStream<Lent> {
    fn is_resumed(&self) -> bool {
        self.as_ref().resumed()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::duplex;
    use tokio::runtime::Builder;

    use super::{S2n, Scenario, Stack};
    use crate::stack::HANDSHAKES;

    #[test]
    fn its_policies_lead_to_what_the_scenarios_say() {
        let names = [
            ("TLS_AES_128_GCM_SHA256", "x25519"),
            ("TLS_AES_128_GCM_SHA256", "X25519MLKEM768"),
            ("ECDHE-ECDSA-AES128-GCM-SHA256", "secp256r1"),
        ];
        let runtime = Builder::new_current_thread().build().unwrap();
        for ((_, suite, group), expected) in HANDSHAKES.into_iter().zip(names) {
            let stack = S2n::new(&Scenario::new(suite, group));
            let (client, server) = duplex(1 << 14);
            let shake_hands = async {
                tokio::join!(stack.client.connect("localhost", client), stack.server.accept(server))
            };
            let (client, server) = runtime.block_on(shake_hands);
            for stream in [client.unwrap(), server.unwrap()] {
                let connection = stream.as_ref();
                let group = connection.selected_key_exchange_group().unwrap();
                assert_eq!((connection.cipher_suite().unwrap(), group), expected);
            }
        }
    }
}
