//! A connection of this program with itself, in memory, under the eyes of the module's service indicator.

use std::sync::Arc;

use serde_json::{Value, json};
use tls_core::ciphersuites::fips::{Service, Services, observe};
use tls_core::ciphersuites::{CipherSuite, NamedGroup, SecurityPolicy};
use tls_core::{
    ClientConfig, ConfigError, Connection, Error, Event, ServerConfig, ServerName, ServerVerification,
    UnixTime,
};

use crate::failure::Failure;
use crate::program::Status;
use crate::{address, identity};

/// Who the server is.
const HOST: &str = "localhost";

/// Room for any flight of these connections.
const FLIGHT_LEN: usize = 1 << 16;

/// What a connection was, and what the indicator said of it.
#[derive(Debug)]
pub(super) struct Trial {
    version: String,
    suite: CipherSuite,
    group: NamedGroup,
    pub(super) services: Services,
}

impl Trial {
    /// Whatever two ends with `default` agree on.
    pub(super) fn of_tls13() -> Result<Self, Failure> {
        Self::with(SecurityPolicy::DEFAULT)
    }

    /// The same without TLS 1.3.
    pub(super) fn of_tls12() -> Result<Self, Failure> {
        let suites = SecurityPolicy::DEFAULT.tls12_suites().map(|suite| suite.id).collect();
        Self::with(SecurityPolicy { cipher_suites: suites, ..SecurityPolicy::DEFAULT })
    }

    fn with(policy: SecurityPolicy) -> Result<Self, Failure> {
        let identity = identity::self_signed(HOST)?;
        let verification = ServerVerification::Pinned(vec![identity.fingerprint()]);
        let configuration = |error: ConfigError| Failure::set_up("bad_configuration", error.to_string());
        let server = ServerConfig::builder().policy(policy.clone()).identity(identity);
        let client = ClientConfig::builder().policy(policy).server_verification(verification);
        let (server, client) =
            (server.build().map_err(configuration)?, client.build().map_err(configuration)?);
        let name = address::server_name(HOST)?;
        let (client, services) = observe(|| connect(client, server, name));
        let client = client.map_err(|error| Failure::tls(Status::Handshake, &error))?;
        let facts =
            client.facts().ok_or_else(|| Failure::later("no_connection", "no connection was made"))?;
        Ok(Self {
            version: facts.version.to_string(),
            suite: facts.cipher_suite,
            group: facts.group,
            services,
        })
    }

    pub(super) fn title(&self) -> String {
        format!("{} with {} and {}", self.version, self.suite, self.group)
    }

    pub(super) fn to_json(&self) -> Value {
        let unapproved =
            |service: &Service| json!({ "service": service.to_string(), "reason": reason(service) });
        json!({
            "version": self.version,
            "cipher_suite": self.suite.to_string(),
            "group": self.group.to_string(),
            "approved": self.services.approved.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "not_approved": self.services.unapproved.iter().map(unapproved).collect::<Vec<_>>(),
        })
    }
}

/// The client's end, established.
fn connect(
    client: Arc<ClientConfig>,
    server: Arc<ServerConfig>,
    name: ServerName<'static>,
) -> Result<Connection, Error> {
    let now = UnixTime::now();
    let mut client = Connection::client(client, name, now)?;
    let mut server = Connection::server(server, now)?;
    while deliver(&mut client, &mut server)? || deliver(&mut server, &mut client)? {}
    Ok(client)
}

/// Carries what one end has to send to the other; whether there was anything.
fn deliver(from: &mut Connection, to: &mut Connection) -> Result<bool, Error> {
    let mut flight = Vec::with_capacity(FLIGHT_LEN);
    flight.extend_from_slice(from.output());
    from.output_sent(flight.len());
    let is_any = !flight.is_empty();
    loop {
        let received = to.receive(&mut flight)?;
        flight.drain(..received.consumed.min(flight.len()));
        if matches!(received.event, Event::NeedsInput | Event::PeerClosed) {
            return Ok(is_any);
        }
    }
}

/// Why a configuration that is approved can have this service.
pub(super) fn reason(service: &Service) -> &'static str {
    match (service.purpose, service.algorithm) {
        (_, "X25519") => {
            "the hybrid is approved for ML-KEM's secret, to which this one is added (SP 800-56Cr2)"
        }
        (purpose, _) if purpose.starts_with("TLS 1.2 PRF") => {
            "the module's function for it is the approved one, but the indicator knows one label alone"
        }
        _ => "this should not be",
    }
}
