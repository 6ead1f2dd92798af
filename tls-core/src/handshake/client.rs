//! How a client begins, until the server has chosen the version.

use std::sync::Arc;

use ciphersuites::ProtocolVersion;
use pki_types::{ServerName, UnixTime};

use crate::config::ClientConfig;
use crate::error::{Cause, Error};
use crate::flow::Flow;
use crate::handshake::offer::Offer;
use crate::handshake::resumption::find_session;
use crate::handshake::{Established, Previous, client12, client13, early_data};
use crate::wire::handshake::HandshakeType;
use crate::wire::server_hello::ServerHello;

/// What a client knows from the beginning.
#[derive(Debug)]
pub(crate) struct Client<'c> {
    pub(crate) config: &'c Arc<ClientConfig>,
    pub(crate) name: &'c ServerName<'static>,
    pub(crate) now: UnixTime,
    /// What is renegotiated, if something is.
    pub(crate) previous: Option<&'c Previous>,
}

/// Connects to the server of this name, or renegotiates a connection to it.
//= 9846:4.2.2 first-message
//= 9846:4.2.3 renegotiated-to-tls13
//= 9846:4.3.1 looked-at-first
//= 9846:E.1 unsupported-version
//= 9846:E.5 old-versions
pub(crate) async fn handshake(
    mut flow: Flow,
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
    now: UnixTime,
    previous: Option<Previous>,
) -> Result<Established, Error> {
    let client = Client { config: &config, name: &name, now, previous: previous.as_ref() };
    flow.configure_records(&config.shared);
    let session = find_session(&mut flow, &client).await?;
    let offer = Offer::new(&client, session)?;
    if offer.offers(ProtocolVersion::TLS1_2) {
        flow.ignore_hello_requests();
    }
    offer.send(&mut flow, None)?;
    flow.set_record_version([3, 3])?;
    early_data::begin(&mut flow, &offer)?;
    let message = flow.read_hello(HandshakeType::SERVER_HELLO).await?;
    let version = ServerHello::read(message.body())?.version()?;
    match version {
        version if !offer.offers(version) => {
            Err(Cause::NoCommonVersion { ours: offer.versions().collect(), peer: vec![version] }.into())
        }
        ProtocolVersion::TLS1_2 if offer.early_data.is_some() => {
            flow.remove_sealing_key()?;
            Err(Cause::VersionBelowEarlyData(version).into())
        }
        ProtocolVersion::TLS1_3 => client13::handshake(&mut flow, &client, offer, message).await,
        _ => client12::handshake(&mut flow, &client, offer, message).await,
    }
}

/// The application protocol that the server chose must be one that was offered (RFC 7301 §3.1).
pub(crate) fn accept_alpn<'a>(
    config: &ClientConfig,
    chosen: Option<&'a [u8]>,
) -> Result<Option<&'a [u8]>, Error> {
    match chosen {
        Some(name) if !config.shared.alpn.iter().any(|offered| offered == name) => {
            Err(Cause::IllegalParameter("an application protocol that was not offered").into())
        }
        chosen => Ok(chosen),
    }
}
