//! rustls as a peer, on aws-lc-rs.

use std::io::{Read, Write};
use std::sync::Arc;

use pki_types::pem::PemObject;
use pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::client::TicketRequest;
use rustls::crypto::aws_lc_rs::{Ticketer, default_provider, kx_group};
use rustls::crypto::{CryptoProvider, SupportedKxGroup};
use rustls::server::WebPkiClientVerifier;
use rustls::{
    ALL_VERSIONS, ClientConfig, ClientConnection, Connection, HandshakeKind, RootCertStore, ServerConfig,
    ServerConnection, SupportedCipherSuite, SupportedProtocolVersion,
};
use tls_core::AlertDescription;
use tls_core::ciphersuites::{CipherSuite, NamedGroup, ProtocolVersion};

use crate::peer::{Failure, Peer, PeerFacts, Progress};
use crate::settings::{Kept, Role, Settings, Wanted};

/// One end of a connection.
pub(crate) struct Rustls {
    config: Config,
    connection: Connection,
    progress: Progress,
}

#[derive(Clone)]
enum Config {
    Client(Arc<ClientConfig>, ServerName<'static>),
    Server(Arc<ServerConfig>),
}

impl Rustls {
    pub(crate) fn new(role: Role, settings: &Settings) -> Self {
        Self::with(match role {
            Role::Client => {
                Config::Client(client_config(settings), ServerName::try_from(settings.name).unwrap())
            }
            Role::Server => Config::Server(server_config(settings)),
        })
    }

    fn with(config: Config) -> Self {
        let mut connection: Connection = match config.clone() {
            Config::Client(config, name) => ClientConnection::new(config, name).unwrap().into(),
            Config::Server(config) => ServerConnection::new(config).unwrap().into(),
        };
        connection.set_buffer_limit(None);
        Self { config, connection, progress: Progress::default() }
    }

    /// Changes its keys, and asks us to change ours.
    pub(crate) fn update_keys(&mut self) {
        self.connection.refresh_traffic_keys().unwrap();
    }

    fn process(&mut self) -> Result<(), rustls::Error> {
        let state = self.connection.process_new_packets()?;
        if let Connection::Server(connection) = &mut self.connection
            && let Some(mut early) = connection.early_data()
        {
            early.read_to_end(&mut self.progress.received_early).unwrap();
        }
        let mut data = vec![0; state.plaintext_bytes_to_read()];
        self.connection.reader().read_exact(&mut data).unwrap();
        self.progress.received.append(&mut data);
        self.progress.established = !self.connection.is_handshaking();
        self.progress.closed = state.peer_has_closed();
        Ok(())
    }
}

impl Peer for Rustls {
    fn deliver(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && self.progress.failure.is_none() {
            self.connection.read_tls(&mut bytes).unwrap();
            if let Err(error) = self.process() {
                let alert = match &error {
                    rustls::Error::AlertReceived(alert) => Some(AlertDescription(u8::from(*alert))),
                    _ => None,
                };
                self.progress.failure = Some(Failure { alert, text: error.to_string() });
            }
        }
    }

    fn take_output(&mut self) -> Vec<u8> {
        let mut output = Vec::new();
        while self.connection.wants_write() {
            self.connection.write_tls(&mut output).unwrap();
        }
        output
    }

    fn send(&mut self, data: &[u8]) {
        self.connection.writer().write_all(data).unwrap();
    }

    fn send_early(&mut self, data: &[u8]) {
        let Connection::Client(connection) = &mut self.connection else {
            panic!("only clients send early data")
        };
        connection.early_data().expect("a session that permits early data").write_all(data).unwrap();
    }

    fn close(&mut self) {
        self.connection.send_close_notify();
    }

    fn export(&self, label: &str, context: Option<&[u8]>) -> [u8; 32] {
        self.connection.export_keying_material([0; 32], label.as_bytes(), context).unwrap()
    }

    fn progress(&self) -> &Progress {
        &self.progress
    }

    fn facts(&self) -> PeerFacts {
        PeerFacts {
            alpn: self.connection.alpn_protocol().map(<[u8]>::to_vec),
            server_name: match &self.connection {
                Connection::Client(_) => None,
                Connection::Server(connection) => connection.server_name().map(str::to_owned),
            },
            certificate: self.connection.peer_certificates().map(|chain| chain[0].to_vec()),
            ocsp_response: None,
            pre_shared_key: None,
            resumed: self.connection.handshake_kind() == Some(HandshakeKind::Resumed),
            early_data_accepted: match &self.connection {
                Connection::Client(connection) => Some(connection.is_early_data_accepted()),
                Connection::Server(_) => None,
            },
        }
    }

    fn again(&self) -> Box<dyn Peer> {
        Box::new(Self::with(self.config.clone()))
    }
}

/// The group of this name, if rustls has it.
pub(super) fn group(group: NamedGroup) -> Option<&'static dyn SupportedKxGroup> {
    let all = [
        kx_group::X25519,
        kx_group::SECP256R1,
        kx_group::SECP384R1,
        kx_group::X25519MLKEM768,
        kx_group::SECP256R1MLKEM768,
        kx_group::MLKEM1024,
    ];
    all.into_iter().find(|known| u16::from(known.name()) == group.0)
}

fn id(suite: SupportedCipherSuite) -> CipherSuite {
    CipherSuite(suite.suite().into())
}

/// Whether rustls has this suite.
pub(super) fn has_suite(suite: CipherSuite) -> bool {
    default_provider().cipher_suites.into_iter().any(|known| id(known) == suite)
}

fn versions(settings: &Settings) -> Vec<&'static SupportedProtocolVersion> {
    let has =
        |known: &SupportedProtocolVersion| settings.versions.contains(&ProtocolVersion(known.version.into()));
    ALL_VERSIONS.iter().copied().filter(|known| has(known)).collect()
}

fn provider(settings: &Settings) -> Arc<CryptoProvider> {
    let mut provider = default_provider();
    if !settings.groups.is_empty() {
        provider.kx_groups = settings.groups.iter().map(|id| group(*id).unwrap()).collect();
    }
    if !settings.suites.is_empty() {
        provider.cipher_suites.retain(|suite| settings.suites.contains(&id(*suite)));
    }
    Arc::new(provider)
}

fn roots(settings: &Settings) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(settings.root.as_bytes()).unwrap()).unwrap();
    roots
}

fn identity(settings: &Settings) -> Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)> {
    let pem = settings.identity.as_ref()?;
    let chain = CertificateDer::pem_slice_iter(pem.chain.as_bytes()).collect::<Result<_, _>>().unwrap();
    Some((chain, PrivateKeyDer::from_pem_slice(pem.key.as_bytes()).unwrap()))
}

macro_rules! finish {
    ($config:expr, $settings:expr) => {{
        let mut config = $config;
        config.alpn_protocols = $settings.alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        if let Some(lines) = &$settings.key_log {
            config.key_log = lines.clone();
        }
        Arc::new(config)
    }};
}

fn client_config(settings: &Settings) -> Arc<ClientConfig> {
    let builder = ClientConfig::builder_with_provider(provider(settings));
    let builder =
        builder.with_protocol_versions(&versions(settings)).unwrap().with_root_certificates(roots(settings));
    let mut config = match identity(settings) {
        Some((chain, key)) => builder.with_client_auth_cert(chain, key).unwrap(),
        None => builder.with_no_client_auth(),
    };
    config.enable_early_data = settings.early_data.is_some();
    config.send_ticket_request = settings
        .ticket_request
        .map(|(new_session_count, resumption_count)| TicketRequest { new_session_count, resumption_count });
    finish!(config, settings)
}

fn server_config(settings: &Settings) -> Arc<ServerConfig> {
    let provider = provider(settings);
    let verifier = WebPkiClientVerifier::builder_with_provider(roots(settings).into(), Arc::clone(&provider));
    let verifier = match settings.client_certificate {
        Wanted::No => WebPkiClientVerifier::no_client_auth(),
        Wanted::Optional => verifier.allow_unauthenticated().build().unwrap(),
        Wanted::Required => verifier.build().unwrap(),
    };
    let builder = ServerConfig::builder_with_provider(provider);
    let builder = builder.with_protocol_versions(&versions(settings)).unwrap();
    let (chain, key) = identity(settings).unwrap();
    let builder = builder.with_client_cert_verifier(verifier);
    let mut config = match settings.ocsp_response.clone() {
        Some(response) => builder.with_single_cert_with_ocsp(chain, key, response).unwrap(),
        None => builder.with_single_cert(chain, key).unwrap(),
    };
    // Otherwise it keeps its sessions, and gives tickets in TLS 1.3 alone.
    if settings.kept == Kept::InTickets && settings.versions.contains(&ProtocolVersion::TLS1_2) {
        config.ticketer = Ticketer::new().unwrap();
    }
    config.max_early_data_size = settings.early_data.unwrap_or(0);
    config.max_tls13_tickets = if settings.ticket_request.is_some() { 10 } else { 0 };
    // For whoever sends before the client has finished.
    config.send_half_rtt_data = true;
    finish!(config, settings)
}
