//! s2n-tls, on tokio: it takes our tickets, and we its.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use s2n_tls::callbacks::{SessionTicket, SessionTicketCallback};
use s2n_tls::config::{Builder as S2nConfig, Config};
use s2n_tls::connection::{Builder, Connection, ModifiedBuilder};
use s2n_tls::error::Error;
use s2n_tls::security::Policy;
use s2n_tls_tokio::{TlsAcceptor, TlsConnector};
use tests::pair::localhost;
use tls_core::ciphersuites::{CipherSuite, NamedGroup, SecurityPolicy};
use tls_core::{ClientConfig, Roots, ServerConfig, ServerVerification, SessionStore, TicketKeys};
use tls_tokio::{Acceptor, Connector};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, duplex};

use super::LOCALHOST;
use crate::link::trying;

const CASES: [(CipherSuite, NamedGroup); 4] = [
    (CipherSuite::TLS_AES_128_GCM_SHA256, NamedGroup::X25519),
    (CipherSuite::TLS_AES_128_GCM_SHA256, NamedGroup::X25519MLKEM768),
    (CipherSuite::TLS_AES_256_GCM_SHA384, NamedGroup::SECP384R1MLKEM1024),
    (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, NamedGroup::SECP256R1),
];

/// This suite and group, and no others.
fn policy((suite, group): (CipherSuite, NamedGroup)) -> SecurityPolicy {
    SecurityPolicy {
        cipher_suites: vec![suite].into(),
        groups: vec![group].into(),
        key_shares: vec![group].into(),
        ..SecurityPolicy::P20251014
    }
}

fn s2n() -> S2nConfig {
    let mut config = Config::builder();
    config.with_system_certs(false).unwrap();
    config.set_security_policy(&Policy::from_version("default_pq").unwrap()).unwrap();
    config.enable_session_tickets(true).unwrap();
    config
}

/// The newest ticket of an s2n-tls client, for its next connection.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Option<Vec<u8>>>>);

impl SessionTicketCallback for Kept {
    fn on_session_ticket(&self, _: &mut Connection, ticket: &SessionTicket) {
        let mut bytes = vec![0; ticket.len().unwrap()];
        ticket.data(&mut bytes).unwrap();
        *self.0.lock().unwrap() = Some(bytes);
    }
}

impl Kept {
    fn client(&self) -> impl Builder<Output = Connection> + use<> {
        let mut config = s2n();
        config.trust_pem(LOCALHOST.root.as_bytes()).unwrap();
        config.set_session_ticket_callback(self.clone()).unwrap();
        let kept = self.clone();
        ModifiedBuilder::new(config.build().unwrap(), move |connection: &mut Connection| {
            if let Some(ticket) = &*kept.0.lock().unwrap() {
                connection.set_session_ticket(ticket)?;
            }
            Ok::<_, Error>(connection)
        })
    }
}

/// Data passes both ways, and with it what comes before it: tickets.
async fn assert_works(
    one: &mut (impl AsyncRead + AsyncWrite + Unpin),
    other: &mut (impl AsyncRead + AsyncWrite + Unpin),
) {
    let mut buffer = [0; 5];
    one.write_all(b"there").await.unwrap();
    one.flush().await.unwrap();
    other.read_exact(&mut buffer).await.unwrap();
    assert_eq!(&buffer, b"there");
    other.write_all(b"again").await.unwrap();
    other.flush().await.unwrap();
    one.read_exact(&mut buffer).await.unwrap();
    assert_eq!(&buffer, b"again");
}

#[tokio::test]
async fn its_server_takes_its_tickets_back_from_us() {
    for case in CASES {
        trying(case);
        let mut theirs = s2n();
        theirs.load_pem(LOCALHOST.leaf.chain.as_bytes(), LOCALHOST.leaf.key.as_bytes()).unwrap();
        let introduced = SystemTime::now() - Duration::from_secs(60);
        theirs.add_session_ticket_key(b"a name", &[7; 32], introduced).unwrap();
        let acceptor = TlsAcceptor::new(theirs.build().unwrap());
        let config = ClientConfig::builder()
            .permit_unapproved()
            .policy(policy(case))
            .server_verification(ServerVerification::Roots(
                Roots::from_pem(LOCALHOST.root.as_bytes()).unwrap(),
            ))
            .session_store(Arc::new(SessionStore::new(10)));
        let connector = Connector::new(config.build().unwrap());
        for is_resumed in [false, true, true] {
            let (client, server) = duplex(1 << 16);
            let (client, server) =
                tokio::join!(connector.connect(localhost(), client), acceptor.accept(server));
            let (mut client, mut server) = (client.unwrap(), server.unwrap());
            assert_works(&mut client, &mut server).await;
            let facts = client.facts().unwrap();
            assert_eq!((facts.cipher_suite, facts.group), case);
            assert_eq!((facts.resumed.is_some(), server.as_ref().resumed()), (is_resumed, is_resumed));
        }
    }
}

#[tokio::test]
async fn its_client_brings_our_tickets_back() {
    for case in CASES {
        trying(case);
        let config = ServerConfig::builder()
            .permit_unapproved()
            .policy(policy(case))
            .identity(LOCALHOST.leaf.identity())
            .ticket_keys(Arc::new(TicketKeys::rotating()));
        let acceptor = Acceptor::new(config.build().unwrap());
        let kept = Kept::default();
        for is_resumed in [false, true, true] {
            let connector = TlsConnector::new(kept.client());
            let (client, server) = duplex(1 << 16);
            let (client, server) =
                tokio::join!(connector.connect("localhost", client), acceptor.accept(server));
            let (mut client, mut server) = (client.unwrap(), server.unwrap());
            assert_works(&mut client, &mut server).await;
            let facts = server.facts().unwrap();
            assert_eq!((facts.cipher_suite, facts.group), case);
            assert_eq!((facts.resumed.is_some(), client.as_ref().resumed()), (is_resumed, is_resumed));
        }
    }
}
