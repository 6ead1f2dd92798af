//! rustls.

use std::io::{BufRead, Write};
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::NoServerSessionStorage;
use rustls::{
    ClientConfig, ClientConnection, Connection, HandshakeKind, RootCertStore, ServerConfig, ServerConnection,
};

use crate::stack::{Buffers, End, Scenario, Stack};
use crate::wire::Wire;

/// Both ends' configurations.
#[derive(Debug)]
pub struct Rustls {
    client: Arc<ClientConfig>,
    server: Arc<ServerConfig>,
}

/// The provider with nothing but the scenario's suite and group.
fn provider(scenario: &Scenario) -> Arc<CryptoProvider> {
    let mut provider = aws_lc_rs::default_provider();
    provider.cipher_suites.retain(|suite| u16::from(suite.suite()) == scenario.suite.0);
    provider.kx_groups.retain(|group| u16::from(group.name()) == scenario.group.0);
    assert_eq!((provider.cipher_suites.len(), provider.kx_groups.len()), (1, 1));
    Arc::new(provider)
}

impl Stack for Rustls {
    type End = Connection;

    fn new(scenario: &Scenario) -> Self {
        let provider = provider(scenario);
        let version = provider.cipher_suites[0].version();
        let mut roots = RootCertStore::empty();
        let root = CertificateDer::from_pem_slice(scenario.authority.root_pem().as_bytes()).unwrap();
        roots.add(root).unwrap();
        let mut client = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        if !scenario.resumed {
            client.resumption = Resumption::disabled();
        }
        let pem = scenario.authority.localhost();
        let chain = CertificateDer::pem_slice_iter(pem.chain.as_bytes()).collect::<Result<_, _>>().unwrap();
        let key = PrivateKeyDer::from_pem_slice(pem.key.as_bytes()).unwrap();
        let mut server = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        server.send_tls13_tickets = usize::from(scenario.resumed);
        server.session_storage = Arc::new(NoServerSessionStorage {});
        if scenario.resumed {
            server.ticketer = aws_lc_rs::Ticketer::new().unwrap();
        }
        Self { client: Arc::new(client), server: Arc::new(server) }
    }

    fn client(&self, wire: &mut Wire) -> Connection {
        let name = ServerName::try_from("localhost").unwrap();
        let mut client = Connection::Client(ClientConnection::new(Arc::clone(&self.client), name).unwrap());
        client.transmit(wire);
        client
    }

    fn server(&self) -> Connection {
        Connection::Server(ServerConnection::new(Arc::clone(&self.server)).unwrap())
    }
}

impl End for Connection {
    fn receive(&mut self, wire: &mut Wire, _: &mut Buffers) -> usize {
        let mut len = 0;
        while wire.is_readable() {
            self.read_tls(wire).unwrap();
            let arrived = self.process_new_packets().unwrap().plaintext_bytes_to_read();
            if arrived > 0 {
                let mut reader = self.reader();
                let data = reader.fill_buf().unwrap().len();
                reader.consume(data);
                len += data;
            }
        }
        len
    }

    fn transmit(&mut self, wire: &mut Wire) {
        while self.wants_write() {
            self.write_tls(wire).unwrap();
        }
    }

    fn seal(&mut self, data: &[u8], wire: &mut Wire, _: &mut Buffers) {
        self.writer().write_all(data).unwrap();
        self.transmit(wire);
    }

    fn is_handshaking(&self) -> bool {
        (**self).is_handshaking()
    }

    fn is_resumed(&self) -> bool {
        self.handshake_kind() == Some(HandshakeKind::Resumed)
    }
}
