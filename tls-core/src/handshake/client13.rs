//! The client's handshake of TLS 1.3, RFC 9846 §2.

mod known;
mod server_hello;

use ciphersuites::{ProtocolVersion, SignatureScheme};

use crate::error::{Cause, Error};
use crate::flow::Flow;
use crate::handshake::certificate::{self, PathChecked, Peer};
use crate::handshake::client::{Client, accept_alpn};
use crate::handshake::client13::known::Known;
use crate::handshake::client13::server_hello::{KeyExchange, exchange_keys, receive_answer};
use crate::handshake::fragment_limits::FragmentLimits;
use crate::handshake::keys::{TrafficSecrets, application_secrets};
use crate::handshake::offer::Offer;
use crate::handshake::pre_shared_keys::ChosenKey;
use crate::handshake::{Established, Secrets, TicketReceiver, Tickets, finished};
use crate::identity::{Candidates, Identity, Usage, Wish};
use crate::role::Role;
use crate::wire::certificate_request::CertificateRequest;
use crate::wire::encrypted_extensions::EncryptedExtensions;
use crate::wire::handshake::{HandshakeType, Message};
use crate::wire::staples::Staples;

/// Goes on from a ServerHello, or a HelloRetryRequest, that chose TLS 1.3.
//= 9846:4 order-sent
//= 9846:4.5.3 keys-behind
pub(crate) async fn handshake(
    flow: &mut Flow,
    client: &Client<'_>,
    mut offer: Offer<'_>,
    message: Message,
) -> Result<Established, Error> {
    let log = offer.secret_log();
    flow.refuse_hello_requests()?;
    let answer = receive_answer(flow, client, &mut offer, message).await?;
    let (offered, server_name) = (offer.extensions(), offer.server_name());
    let KeyExchange { chosen, secret, handshake, early_data } =
        exchange_keys(flow, client, (offer, &offered), &answer, &log)?;
    drop(answer);
    let (suite, key) = (chosen.suite, chosen.key.as_ref());

    let message = flow.read(HandshakeType::ENCRYPTED_EXTENSIONS).await?;
    let encrypted = EncryptedExtensions::read(message.body(), &offered)?;
    let alpn = accept_alpn(client.config, encrypted.alpn()?)?;
    let version = ProtocolVersion::TLS1_3;
    let fragment_limits = FragmentLimits::accept(client.config, encrypted.extensions, version)?;
    fragment_limits.apply(flow, version);
    let early_data = early_data.read_answer(flow, &encrypted, key, (suite, alpn))?;

    let (request, Peer { verified, certificates, scheme }) =
        receive_authentication(flow, client, key).await?;
    let finished = finished::read(flow, handshake.server.finished(&flow.transcript_hash()?).as_ref()).await?;

    let (traffic, exporter, main) = application_secrets(flow, secret, &log)?;
    flow.set_last_opening_key(traffic.server.opening_key(suite.aead)?)?;
    let early_data = early_data.end(flow)?;
    let own = match &request {
        Some(request) => authenticate(flow, client, &CertificateRequest::read13(request.body())?).await?,
        None => None,
    };
    finished::send(flow, handshake.client.finished(&flow.transcript_hash()?).as_ref())?;
    flow.set_sealing_key(traffic.client.sealing_key(suite.aead)?)?;

    let certificate_requested = request.is_some();
    let known = Known { client, chosen: &chosen, server_name, alpn, fragment_limits, certificate_requested };
    let facts = known.facts((certificates, scheme), own, early_data);
    let session = key.and_then(ChosenKey::session);
    let tickets =
        TicketReceiver::new(client, &facts, session, || Ok(main.resumption(&flow.transcript_hash()?)))?;
    let tickets = tickets.map(Tickets::Received);
    let TrafficSecrets { client: sending, server: receiving } = traffic;
    let secrets = Secrets::Tls13 { aead: suite.aead, sending, receiving, exporter, tickets };
    Ok(Established { facts, secrets, proofs: (verified, finished) })
}

/// How the server proves itself: by the key that it goes on from, or by a certificate and a signature, behind which it may
/// have asked for the client's.
async fn receive_authentication(
    flow: &mut Flow,
    client: &Client<'_>,
    key: Option<&ChosenKey<'_>>,
) -> Result<(Option<Message>, Peer), Error> {
    let Some(key) = key else {
        let (request, path) = receive_certificate(flow, client).await?;
        let policy = &client.config.shared.policy;
        return Ok((request, certificate::receive_verify13(flow, path, Role::Server, policy).await?));
    };
    if let Some(session) = key.session() {
        // In a box, so that handshakes that resume nothing have no room for it.
        Box::pin(certificate::verify_again(flow, client, &session.session)).await?;
    }
    Ok((None, Peer::with_key(key).ok_or(Cause::Crypto)?))
}

/// Reads CertificateRequest, if there is one, and Certificate, and checks the chain in it.
async fn receive_certificate(
    flow: &mut Flow,
    client: &Client<'_>,
) -> Result<(Option<Message>, PathChecked), Error> {
    let either = [HandshakeType::CERTIFICATE, HandshakeType::CERTIFICATE_REQUEST];
    let message = flow.read_one_of(&either, "CertificateRequest or Certificate").await?;
    let (request, message) = match message.message_type {
        HandshakeType::CERTIFICATE_REQUEST => {
            CertificateRequest::read13(message.body())?;
            (Some(message), flow.read(HandshakeType::CERTIFICATE).await?)
        }
        _ => (None, message),
    };
    let chain = crate::wire::certificate::read13(message.body(), &client.config.staples)?;
    let usage = Usage::Server(client.name);
    Ok((request, PathChecked::new(flow, &chain, usage, &client.config.verifier, client.now).await?))
}

/// Answers a CertificateRequest: with an identity, if there is one that fits, or with an empty chain
/// (RFC 9846 §4.5.1). Returns the one, and how it signed.
//= 9846:4.5.1 client-sends
//= 9846:4.5.1 client-empty
//= 9846:4.5.2 scheme-client
async fn authenticate<'c>(
    flow: &mut Flow,
    client: &Client<'c>,
    request: &CertificateRequest<'_>,
) -> Result<Option<(&'c Identity, SignatureScheme)>, Error> {
    let policy = &client.config.shared.policy;
    let accepts = |scheme| request.signature_algorithms().any(|accepted| accepted == scheme);
    let fits = |identity: &Identity, scheme| identity.schemes().contains(&scheme);
    let wish =
        Wish { name: None, authorities: request.authorities, schemes: Some(request.certificate_schemes) };
    let chosen = Candidates::new(&client.config.identities, wish).select(policy, accepts, fits);
    match chosen {
        Some((identity, scheme)) => {
            certificate::send13(flow, Role::Client, identity, scheme, Staples::default()).await?;
        }
        None => flow.send(HandshakeType::CERTIFICATE, |writer| {
            crate::wire::certificate::write13(writer, &[], Staples::default());
        })?,
    }
    Ok(chosen)
}
