//! How a server begins, until it has chosen the version.

use std::sync::Arc;

use ciphersuites::ProtocolVersion;
use pki_types::UnixTime;

use crate::config::{ClientVerification, ServerConfig};
use crate::error::{Cause, Error};
use crate::flow::Flow;
use crate::handshake::certificate::PathChecked;
use crate::handshake::keys::SecretLog;
use crate::handshake::negotiate::{self, Terms};
use crate::handshake::{Established, server12, server13};
use crate::identity::Usage;
use crate::wire::alpn;
use crate::wire::certificate::Chain;
use crate::wire::client_hello::ClientHello;
use crate::wire::codec::Writer;
use crate::wire::extension::{ExtensionType, write_extension};
use crate::wire::handshake::{HandshakeType, Message};

/// What a server knows from the beginning.
#[derive(Debug)]
pub(crate) struct Server<'c> {
    pub(crate) config: &'c Arc<ServerConfig>,
    pub(crate) now: UnixTime,
}

impl<'c> Server<'c> {
    /// What it chooses by.
    pub(crate) fn terms(&self) -> Terms<'c> {
        let ServerConfig { shared, identities, .. } = &**self.config;
        Terms { policy: &shared.policy, identities, alpn: &shared.alpn }
    }

    /// The key log of the connection with this ClientHello.
    pub(crate) fn secret_log(&self, hello: &ClientHello<'_>) -> SecretLog {
        SecretLog::new(self.config.shared.key_log.as_ref(), hello.random)
    }
}

impl ClientVerification {
    /// Checks the chain that a client sent; an empty one is its way to decline.
    pub(crate) async fn check(
        &self,
        flow: &mut Flow,
        chain: &Chain<'_>,
        version: ProtocolVersion,
        now: UnixTime,
    ) -> Result<Option<PathChecked>, Error> {
        match chain.certificates.is_empty() {
            true if self.required => Err(Cause::CertificateRequired(version).into()),
            true => Ok(None),
            false => PathChecked::new(flow, chain, Usage::Client, &self.verifier, now).await.map(Some),
        }
    }
}

/// Accepts a client.
pub(crate) async fn handshake(
    mut flow: Flow,
    config: Arc<ServerConfig>,
    now: UnixTime,
) -> Result<Established, Error> {
    flow.configure_records(&config.shared);
    let message = flow.read_hello(HandshakeType::CLIENT_HELLO).await?;
    let config = select_config(&mut flow, config, &message).await?;
    let server = Server { config: &config, now };
    match negotiate::choose_version(&config.shared.policy, &ClientHello::read(message.body())?)? {
        ProtocolVersion::TLS1_3 => server13::handshake(&mut flow, &server, message).await,
        _ => server12::handshake(&mut flow, &server, message).await,
    }
}

/// The configuration that serves this client: where the first one says so, the caller's choice.
async fn select_config(
    flow: &mut Flow,
    config: Arc<ServerConfig>,
    message: &Message,
) -> Result<Arc<ServerConfig>, Error> {
    if !config.asks_for_config {
        return Ok(config);
    }
    let choice = flow.select_config(crate::client_hello::ClientHello::of(message)?).await?;
    let config = choice.map_err(Cause::Aborted)?.unwrap_or(config);
    flow.configure_records(&config.shared);
    Ok(config)
}

/// Acknowledges the client's name for this server where it could decide something: not where a session is resumed
/// (RFC 6066 §3).
pub(crate) fn acknowledge_name(writer: &mut Writer<'_>, config: &ServerConfig, hello: &ClientHello<'_>) {
    if hello.has(ExtensionType::SERVER_NAME) && config.identities.len() > 1 {
        write_extension(writer, ExtensionType::SERVER_NAME, |_| {});
    }
}

pub(crate) fn write_alpn(writer: &mut Writer<'_>, alpn: Option<&[u8]>) {
    if let Some(protocol) = alpn {
        alpn::write(writer, [protocol]);
    }
}
