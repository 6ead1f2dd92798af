//! The server's handshake of TLS 1.3, RFC 9846 §2.

mod client_hello;
mod first_flight;
mod known;
mod proof;

use ciphersuites::ProtocolVersion;

use crate::error::Error;
use crate::facts::EarlyData;
use crate::flow::Flow;
use crate::handshake::certificate::{self, Peer};
use crate::handshake::early_data;
use crate::handshake::fragment_limits::FragmentLimits;
use crate::handshake::keys::{TrafficSecrets, application_secrets};
use crate::handshake::server::Server;
use crate::handshake::server13::client_hello::{Answered, receive_hello};
use crate::handshake::server13::first_flight::{authenticate, exchange_keys, send_parameters};
use crate::handshake::server13::known::Known;
use crate::handshake::{Established, Secrets, Tickets, finished, tickets};
use crate::role::Role;
use crate::wire::client_hello::ClientHello;
use crate::wire::handshake::{HandshakeType, Message};

pub(crate) use self::first_flight::GREASE;
pub(crate) use self::proof::Proof;

/// Goes on from a ClientHello that leads to TLS 1.3.
//= 9846:4 order-sent
//= 9846:4.3.11.3 no-deadlock
//= 9846:4.5.3 keys-behind
//= 9846:4.7.1 reported-name
pub(crate) async fn handshake(
    flow: &mut Flow,
    server: &Server<'_>,
    message: Message,
) -> Result<Established, Error> {
    let Answered { message, agreement, proof, retried, early_data } =
        receive_hello(flow, server, message).await?;
    let hello = ClientHello::read(message.body())?;
    let log = server.secret_log(&hello);
    let early_data = match early_data {
        Some(early_data) => early_data,
        None => early_data::receive(flow, server, &hello, (&agreement, &proof), &log).await?,
    };

    let aead = agreement.suite.aead;
    let fragment_limits = FragmentLimits::choose(server.config, &hello, ProtocolVersion::TLS1_3)?;
    let known =
        Known { server, hello: &hello, agreement: &agreement, proof: &proof, retried, fragment_limits };
    let (secret, handshake) = exchange_keys(flow, &known, &log)?;
    fragment_limits.apply(flow, ProtocolVersion::TLS1_3);
    let early_data = early_data.begin(flow, handshake.client.opening_key(aead)?)?;
    send_parameters(flow, &known, &early_data)?;
    authenticate(flow, &known).await?;
    finished::send(flow, handshake.server.finished(&flow.transcript_hash()?).as_ref())?;

    let (TrafficSecrets { client, server: own }, exporter, main) = application_secrets(flow, secret, &log)?;
    flow.set_sealing_key(own.sealing_key(aead)?)?;
    if !known.asks_for_certificate() {
        flow.permit_data(aead.confidentiality_limit());
    }
    if early_data.is_accepted() {
        flow.set_early_facts(known.facts(None, EarlyData::Accepted)?);
    }
    let early_data = early_data.end(flow).await?;
    let peer = receive_authentication(flow, &known).await?;
    let finished = finished::read(flow, handshake.client.finished(&flow.transcript_hash()?).as_ref()).await?;
    flow.set_last_opening_key(client.opening_key(aead)?)?;

    let facts = known.facts(peer.as_ref(), early_data)?;
    // A key leaves no sessions: they could outlive it.
    let tickets = match &proof {
        Proof::Key(_) => None,
        Proof::Certificate(..) | Proof::Session(_) => {
            let secret = |flow: &Flow| Ok(main.resumption(&flow.transcript_hash()?));
            tickets::send(flow, server, &hello, (&facts, proof.session()), secret)?
        }
    };
    let tickets = tickets.map(Tickets::Sent);
    let secrets = Secrets::Tls13 { aead, sending: own, receiving: client, exporter, tickets };
    Ok(Established { facts, secrets, proofs: (proof.of_client(peer), finished) })
}

/// Reads and verifies the client's certificate, if it was asked for one and sent one.
async fn receive_authentication(flow: &mut Flow, known: &Known<'_>) -> Result<Option<Peer>, Error> {
    let Server { config, now } = *known.server;
    let client = config.client_verification.as_ref().filter(|_| known.asks_for_certificate());
    let Some(client) = client else { return Ok(None) };
    let message = flow.read(HandshakeType::CERTIFICATE).await?;
    let chain = crate::wire::certificate::read13(message.body(), &[])?;
    let Some(path) = client.check(flow, &chain, ProtocolVersion::TLS1_3, now).await? else {
        return Ok(None);
    };
    certificate::receive_verify13(flow, path, Role::Client, &config.shared.policy).await.map(Some)
}
