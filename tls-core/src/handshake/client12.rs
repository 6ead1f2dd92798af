//! The client's handshake of TLS 1.2, RFC 5246 §7.3 with ECDHE by RFC 8422.

use std::sync::Arc;

use ciphersuites::{
    KeyType, NamedGroup, ProtocolVersion, SharedSecret, SignatureScheme, Tls12Keys, Tls12Suite,
};

use crate::config::Renegotiation;
use crate::error::{Cause, CertificateError, Error};
use crate::facts::{EarlyData, Facts, GroupReason};
use crate::flow::Flow;
use crate::handshake::certificate::{self, PathChecked, Peer, curve};
use crate::handshake::client::{Client, accept_alpn};
use crate::handshake::fragment_limits::FragmentLimits;
use crate::handshake::keys12::{Randoms, main_secret};
use crate::handshake::offer::Offer;
use crate::handshake::renegotiation::{VerifyData, is_bound};
use crate::handshake::resumption::Origin;
use crate::handshake::resumption12::NewSession;
use crate::handshake::{Established, Renegotiable, Secrets, finished, resumption12};
use crate::identity::{self, Candidates, Identity, Usage, Wish};
use crate::wire::alpn::ProtocolNames;
use crate::wire::certificate_request::CertificateRequest;
use crate::wire::extension::ExtensionType;
use crate::wire::handshake::{HandshakeType, Message};
use crate::wire::key_exchange12::{self, ServerKeyExchange};
use crate::wire::new_session_ticket12::NewSessionTicket;
use crate::wire::point_formats;
use crate::wire::server_hello::ServerHello;
use crate::wire::staples::{self, Staples};

/// Goes on from a ServerHello that chose TLS 1.2.
//= 9846:E.3 early-data-and-tls12
pub(crate) async fn handshake(
    flow: &mut Flow,
    client: &Client<'_>,
    mut offer: Offer<'_>,
    message: Message,
) -> Result<Established, Error> {
    let hello = ServerHello::read(message.body())?;
    let accepted = accept(&hello, client, &offer)?;
    let Accepted { suite, extended, fragment_limits, resumes, .. } = accepted;
    let randoms = Randoms { client: offer.random, server: *hello.random };
    flow.refuse_change_cipher_spec()?;
    fragment_limits.apply(flow, ProtocolVersion::TLS1_2);
    if let Some(session) = offer.session12.take().filter(|_| resumes) {
        let session = (&offer, session);
        let resume = resumption12::resume_client(flow, client, session, (accepted, &message), randoms);
        // In a box, so that handshakes that resume nothing have no room for it.
        return Box::pin(resume).await;
    }
    if !client.config.identities.is_empty() {
        flow.keep_messages();
    }
    flow.start_transcript(suite.hash);
    flow.add_to_transcript(&message);

    let (path, message) = receive_certificate(flow, client, &accepted).await?;
    let exchange = ServerKeyExchange::read(message.body())?;
    let peer = verify_exchange(client, path, &exchange, &randoms)?;
    let request = receive_hello_done(flow).await?;
    flow.expect_record_boundary()?;

    let identity = request.as_ref().map(|request| send_certificate(flow, client, request)).transpose()?;
    let premaster = send_key_exchange(flow, &exchange)?;
    let main = main_secret(flow, suite, &premaster, &randoms, extended, &offer.secret_log())?;
    if let Some(Some((identity, scheme))) = identity {
        certificate::send_verify12(flow, identity, scheme).await?;
    }
    let Tls12Keys { client: own, server } = main.keys(suite, &randoms.client, &randoms.server)?;
    let client_finished = finished::send12(flow, &own, |messages| main.client_finished(messages))?;

    let ticket = receive_ticket(flow, &accepted).await?;
    let ticket = ticket.as_ref().map(|message| NewSessionTicket::read(message.body())).transpose()?;
    let (finished, server_finished) =
        finished::read12(flow, &server, |messages| main.server_finished(messages)).await?;

    let facts = facts(client, &offer, &accepted, (exchange.group, identity), &peer);
    let by_ticket = ticket.as_ref().and_then(NewSession::by_ticket);
    let new = by_ticket.or_else(|| NewSession::by_id(accepted.session_id)).filter(|_| extended);
    let session = new.and_then(|new| {
        let origin = Origin::of_server(&facts, client.now);
        new.keep(flow, client, (&facts, &origin), &main)
    });
    let renegotiable = renegotiable(client, &accepted, VerifyData::new(&client_finished, &server_finished));
    let limit = suite.cipher.confidentiality_limit();
    let secrets = Secrets::Tls12 { main, randoms, extended, limit, renegotiable, session };
    Ok(Established { facts, secrets, proofs: (peer.verified, finished) })
}

/// The server has proven itself by its signature of the key exchange, in which there must be a group that was offered.
fn verify_exchange(
    client: &Client<'_>,
    path: PathChecked,
    exchange: &ServerKeyExchange<'_>,
    randoms: &Randoms,
) -> Result<Peer, Error> {
    let policy = &client.config.shared.policy;
    if !policy.tls12_groups().any(|group| group == exchange.group) {
        return Err(Cause::WrongGroup(exchange.group).into());
    }
    let signed = randoms.signed_with(exchange.params);
    path.verify12(policy, exchange.scheme, &signed, exchange.signature)
}

/// Answers a CertificateRequest: with the chain of an identity that fits, or with an empty one.
fn send_certificate<'c>(
    flow: &mut Flow,
    client: &Client<'c>,
    request: &Message,
) -> Result<Presented<'c>, Error> {
    let presented = choose_identity(client, &CertificateRequest::read12(request.body())?);
    certificate::send12(flow, presented.map(|(identity, _)| identity))?;
    Ok(presented)
}

fn send_key_exchange(flow: &mut Flow, exchange: &ServerKeyExchange<'_>) -> Result<SharedSecret, Error> {
    let mut share = Vec::new();
    let premaster = ciphersuites::respond(exchange.group, exchange.share, &mut share)?;
    flow.send(HandshakeType::CLIENT_KEY_EXCHANGE, |writer| key_exchange12::write_client(writer, &share))?;
    Ok(premaster)
}

/// Reads the ticket that the ServerHello has announced, if it has.
pub(crate) async fn receive_ticket(
    flow: &mut Flow,
    accepted: &Accepted<'_>,
) -> Result<Option<Message>, Error> {
    match accepted.ticket {
        true => flow.read(HandshakeType::NEW_SESSION_TICKET).await.map(Some),
        false => Ok(None),
    }
}

/// What is kept of a handshake that may be followed by another one: `None`, if it may not.
pub(crate) fn renegotiable(
    client: &Client<'_>,
    accepted: &Accepted<'_>,
    verify_data: VerifyData,
) -> Option<Box<Renegotiable>> {
    let Client { config, name, now, .. } = *client;
    let is_accepted = config.renegotiation == Renegotiation::Accept;
    (is_accepted && accepted.bound && accepted.extended)
        .then(|| Box::new(Renegotiable { config: Arc::clone(config), name: name.clone(), now, verify_data }))
}

fn facts(
    client: &Client<'_>,
    offer: &Offer<'_>,
    accepted: &Accepted<'_>,
    (group, identity): (NamedGroup, Option<Presented<'_>>),
    peer: &Peer,
) -> Facts {
    let policy = &client.config.shared.policy;
    let previous = client.previous.map(|previous| &previous.facts);
    Facts {
        policy: policy.name.clone(),
        version: ProtocolVersion::TLS1_2,
        cipher_suite: accepted.suite.id,
        group,
        group_reason: match policy.tls12_groups().count() {
            1 => GroupReason::OnlyOne,
            _ => GroupReason::ServerChose,
        },
        hello_retry_request: false,
        renegotiations: previous.map_or(0, |previous| previous.renegotiations.saturating_add(1)),
        extended_main_secret: accepted.extended,
        server_name: offer.server_name().map(Into::into),
        alpn: previous.map_or_else(|| accepted.alpn.map(Into::into), |previous| previous.alpn.clone()),
        fragment_limits: accepted.fragment_limits,
        identity: identity
            .flatten()
            .and_then(|(identity, _)| identity::place(&client.config.identities, identity)),
        certificate_requested: identity.is_some(),
        server_signature_scheme: peer.scheme,
        client_signature_scheme: identity.flatten().map(|(_, scheme)| scheme),
        peer_certificates: peer.certificates.clone(),
        pre_shared_key: None,
        resumed: None,
        early_data: EarlyData::NotOffered,
    }
}

/// What a ServerHello says that is acceptable.
#[derive(Clone, Copy)]
pub(crate) struct Accepted<'a> {
    pub(crate) suite: Tls12Suite,
    pub(crate) extended: bool,
    /// By renegotiation_info.
    bound: bool,
    pub(crate) alpn: Option<&'a [u8]>,
    /// Whether a ticket will follow.
    ticket: bool,
    /// Whether a CertificateStatus may follow.
    status: bool,
    timestamps: Option<&'a [u8]>,
    pub(crate) fragment_limits: FragmentLimits,
    /// The session that was offered, if it is resumed; or one that begins; or none.
    session_id: &'a [u8],
    /// Whether the session that was offered is resumed.
    resumes: bool,
}

/// The extensions that a ServerHello may have.
const PERMITTED: [ExtensionType; 11] = [
    ExtensionType::SERVER_NAME,
    ExtensionType::MAX_FRAGMENT_LENGTH,
    ExtensionType::RECORD_SIZE_LIMIT,
    ExtensionType::EC_POINT_FORMATS,
    // It means nothing here, but there are servers that send it.
    ExtensionType::SUPPORTED_GROUPS,
    ExtensionType::ALPN,
    ExtensionType::EXTENDED_MAIN_SECRET,
    ExtensionType::RENEGOTIATION_INFO,
    ExtensionType::SESSION_TICKET,
    ExtensionType::STATUS_REQUEST,
    ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP,
];

/// Those of them that are but there or not.
const EMPTY: [ExtensionType; 4] = [
    ExtensionType::SERVER_NAME,
    ExtensionType::EXTENDED_MAIN_SECRET,
    ExtensionType::SESSION_TICKET,
    ExtensionType::STATUS_REQUEST,
];

/// Every value must have been offered, and a server that could have had TLS 1.3 must have had it (RFC 9846 §4.2.3).
//= 9846:4.2.3 sentinel-checked
fn accept<'a>(
    hello: &ServerHello<'a>,
    client: &Client<'_>,
    offer: &Offer<'_>,
) -> Result<Accepted<'a>, Error> {
    let illegal = |what| Err(Cause::IllegalParameter(what).into());
    let policy = &client.config.shared.policy;
    if offer.offers(ProtocolVersion::TLS1_3) && hello.warns_of_downgrade() {
        return Err(Cause::Downgrade.into());
    }
    let Some(suite) = policy.tls12_suites().find(|suite| suite.id == hello.cipher_suite) else {
        return Err(Cause::WrongCipherSuite(hello.cipher_suite).into());
    };
    if hello.compression_method != 0 {
        return illegal("a compression method other than none");
    }
    let resumes = !hello.session_id.is_empty() && hello.session_id == offer.session_id();
    if resumes && offer.session12.is_none() {
        return illegal("the session id of a session that never was");
    }
    hello.extensions.only(&PERMITTED, &offer.extensions())?;
    let bound = is_bound(hello.extensions, client.previous)?;
    for empty in EMPTY {
        hello.extensions.reader(empty).map_or(Ok(()), |body| body.finish())?;
    }
    hello.extensions.reader(ExtensionType::EC_POINT_FORMATS).map_or(Ok(()), point_formats::read)?;
    let extended = hello.extensions.get(ExtensionType::EXTENDED_MAIN_SECRET).is_some();
    if policy.extended_main_secret_required && !extended {
        return Err(Cause::NoExtendedMainSecret.into());
    }
    if client.previous.is_some() && !extended {
        return Err(Cause::UnsafeRenegotiation.into());
    }
    let alpn = hello.extensions.reader(ExtensionType::ALPN).map(ProtocolNames::read_selected).transpose()?;
    let alpn = accept_alpn(client.config, alpn)?;
    let ticket = hello.extensions.get(ExtensionType::SESSION_TICKET).is_some();
    let status = hello.extensions.get(ExtensionType::STATUS_REQUEST).is_some();
    let timestamps = hello.extensions.get(ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP);
    let timestamps = timestamps.map(staples::read_timestamps).transpose()?;
    let fragment_limits = FragmentLimits::accept(client.config, hello.extensions, ProtocolVersion::TLS1_2)?;
    let session_id = hello.session_id;
    Ok(Accepted {
        suite,
        extended,
        bound,
        alpn,
        ticket,
        status,
        timestamps,
        fragment_limits,
        session_id,
        resumes,
    })
}

/// Reads the server's chain, with the OCSP response that may follow it, and the ServerKeyExchange behind them.
async fn receive_certificate(
    flow: &mut Flow,
    client: &Client<'_>,
    accepted: &Accepted<'_>,
) -> Result<(PathChecked, Message), Error> {
    let message = flow.read(HandshakeType::CERTIFICATE).await?;
    // A server that has announced a response may still send none (RFC 6066 §8).
    let either = [HandshakeType::CERTIFICATE_STATUS, HandshakeType::SERVER_KEY_EXCHANGE];
    let next = match accepted.status {
        true => Some(flow.read_one_of(&either, "CertificateStatus or ServerKeyExchange").await?),
        false => None,
    };
    let is_status = |message: &Message| message.message_type == HandshakeType::CERTIFICATE_STATUS;
    let status = next.as_ref().filter(|next| is_status(next));
    let ocsp_response = status.map(|status| staples::read_status_message(status.body())).transpose()?;
    let staples = Staples { ocsp_response, timestamps: accepted.timestamps };
    let chain = crate::wire::certificate::read12(message.body(), staples)?;
    client.previous.map_or(Ok(()), |previous| previous.check_server(chain.certificates.first().copied()))?;
    let usage = Usage::Server(client.name);
    let path = PathChecked::new(flow, &chain, usage, &client.config.verifier, client.now).await?;
    check_key_type(path.key_type(), client, accepted.suite)?;
    match next.filter(|next| !is_status(next)) {
        Some(exchange) => Ok((path, exchange)),
        None => Ok((path, flow.read(HandshakeType::SERVER_KEY_EXCHANGE).await?)),
    }
}

/// The server's key must be of the kind that the suite is for, and on a curve that was offered (RFC 8422 §5.3).
fn check_key_type(key_type: KeyType, client: &Client<'_>, suite: Tls12Suite) -> Result<(), Error> {
    if key_type.authentication() != Some(suite.authentication) {
        return Err(Cause::WrongCertificateType.into());
    }
    let mut offered = client.config.shared.policy.tls12_groups();
    match curve(key_type) {
        Some(curve) if !offered.any(|group| group == curve) => Err(CertificateError::KeyNotSupported.into()),
        _ => Ok(()),
    }
}

/// Reads CertificateRequest, if there is one, and ServerHelloDone.
async fn receive_hello_done(flow: &mut Flow) -> Result<Option<Message>, Error> {
    let either = [HandshakeType::SERVER_HELLO_DONE, HandshakeType::CERTIFICATE_REQUEST];
    let message = flow.read_one_of(&either, "CertificateRequest or ServerHelloDone").await?;
    let (request, done) = match message.message_type {
        HandshakeType::CERTIFICATE_REQUEST => {
            (Some(message), flow.read(HandshakeType::SERVER_HELLO_DONE).await?)
        }
        _ => (None, message),
    };
    done.check_empty().map(|()| request)
}

/// The identity that answers a CertificateRequest, and the scheme it signs by; `None`, if none fits.
type Presented<'c> = Option<(&'c Identity, SignatureScheme)>;

fn choose_identity<'c>(client: &Client<'c>, request: &CertificateRequest<'_>) -> Presented<'c> {
    let accepts = |scheme| request.signature_algorithms().any(|accepted| accepted == scheme);
    let fits = |identity: &Identity, scheme| {
        identity.authentication().is_some_and(|authentication| request.permits(authentication))
            && identity.tls12_schemes().contains(&scheme)
    };
    let wish =
        Wish { name: None, authorities: request.authorities, schemes: Some(request.certificate_schemes) };
    Candidates::new(&client.config.identities, wish).select(&client.config.shared.policy, accepts, fits)
}
