//! The client's handshake of TLS 1.3, RFC 9846 §2.

use std::sync::Arc;

use ciphersuites::{
    EarlySecret, NamedGroup, ProtocolVersion, SecurityPolicy, SharedSecret, SignatureScheme, Tls13Suite,
};

use crate::error::{Cause, Error};
use crate::facts::{Facts, GroupReason};
use crate::flow::Flow;
use crate::handshake::certificate::{self, PathChecked, Peer};
use crate::handshake::client::{Client, accept_alpn};
use crate::handshake::early_data::{self, Unanswered};
use crate::handshake::fragment_limits::FragmentLimits;
use crate::handshake::keys::{TrafficSecrets, application_secrets, handshake_secrets};
use crate::handshake::offer::{Offer, OfferedShares};
use crate::handshake::pre_shared_keys::{ChosenKey, OfferedKeys};
use crate::handshake::{Established, Secrets, TicketReceiver, Tickets, finished};
use crate::identity::{self, Candidates, Identity, Usage, Verifier, Wish};
use crate::role::Role;
use crate::wire::certificate_request::CertificateRequest;
use crate::wire::encrypted_extensions::EncryptedExtensions;
use crate::wire::extension::ExtensionType;
use crate::wire::handshake::{HandshakeType, Message};
use crate::wire::key_share::{KeyShareEntry, read_selected_group};
use crate::wire::server_hello::ServerHello;
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
    let (config, policy) = (client.config, &client.config.shared.policy);
    let log = offer.secret_log();
    flow.refuse_hello_requests()?;
    let Answer { message, suite, retried } = receive_answer(flow, client, &mut offer, message).await?;
    let hello = ServerHello::read(message.body())?;
    let offered = offer.extensions();
    let server_name = offer.server_name();
    let keys = offer.keys.take();
    let early_data = offer.early_data.take();
    let (group, shared_secret) = agree(&hello, offer, &offered)?;
    let key = choose_key(client, &hello, keys, suite)?;
    let early = EarlySecret::new(suite.hash, key.as_ref().map(ChosenKey::secret));
    let (secret, handshake) = handshake_secrets(flow, early, &shared_secret, &log)?;
    if config.middlebox_compatibility && !retried && early_data.is_none() {
        flow.send_change_cipher_spec()?;
    }
    let early_data = Unanswered::new(flow, early_data, handshake.client.sealing_key(suite.aead)?)?;
    flow.set_opening_key(handshake.server.opening_key(suite.aead)?)?;

    let message = flow.read(HandshakeType::ENCRYPTED_EXTENSIONS).await?;
    let encrypted = EncryptedExtensions::read(message.body(), &offered)?;
    let alpn = accept_alpn(config, encrypted.alpn()?)?;
    let fragment_limits = FragmentLimits::accept(config, encrypted.extensions, ProtocolVersion::TLS1_3)?;
    fragment_limits.apply(flow, ProtocolVersion::TLS1_3);
    let early_data = early_data.read_answer(flow, &encrypted, key.as_ref(), (suite, alpn))?;
    let (request, server) = match &key {
        Some(key) => {
            if let Some(session) = key.session() {
                // In a box, so that handshakes that resume nothing have no room for it.
                Box::pin(certificate::verify_again(flow, client, &session.session)).await?;
            }
            (None, Peer::with_key(key).ok_or(Cause::Crypto)?)
        }
        None => {
            let (request, path) = receive_certificate(flow, client).await?;
            (request, certificate::receive_verify13(flow, path, Role::Server, policy).await?)
        }
    };
    let finished = finished::read(flow, handshake.server.finished(&flow.transcript_hash()?).as_ref()).await?;

    let (traffic, exporter, main) = application_secrets(flow, secret, &log)?;
    flow.set_last_opening_key(traffic.server.opening_key(suite.aead)?)?;
    let early_data = early_data.end(flow)?;
    let own = match &request {
        Some(request) => send_certificate(flow, client, &CertificateRequest::read13(request.body())?).await?,
        None => None,
    };
    finished::send(flow, handshake.client.finished(&flow.transcript_hash()?).as_ref())?;
    flow.set_sealing_key(traffic.client.sealing_key(suite.aead)?)?;

    let session = key.as_ref().and_then(ChosenKey::session);
    let external = key.as_ref().and_then(ChosenKey::external);
    let facts = Facts {
        policy: policy.name.clone(),
        version: ProtocolVersion::TLS1_3,
        cipher_suite: suite.id,
        group,
        group_reason: group_reason(policy, group),
        hello_retry_request: retried,
        renegotiations: 0,
        extended_main_secret: true,
        server_name: server_name.map(Into::into),
        alpn: alpn.map(Into::into),
        fragment_limits,
        identity: own.and_then(|(identity, _)| identity::place(&config.identities, identity)),
        certificate_requested: request.is_some(),
        server_signature_scheme: server.scheme,
        client_signature_scheme: match session {
            Some(session) => session.session.state.client_scheme,
            None => own.map(|(_, scheme)| scheme),
        },
        peer_certificates: server.certificates,
        pre_shared_key: external.map(|key| Arc::clone(key.identity())),
        resumed: session.map(|session| session.session.state.resumed()),
        early_data,
    };
    let tickets =
        TicketReceiver::new(client, &facts, session, || Ok(main.resumption(&flow.transcript_hash()?)))?;
    let tickets = tickets.map(Tickets::Received);
    let TrafficSecrets { client: sending, server: receiving } = traffic;
    let secrets = Secrets::Tls13 { aead: suite.aead, sending, receiving, exporter, tickets };
    Ok(Established { facts, secrets, proofs: (server.verified, finished) })
}

/// The ServerHello, with what had to happen before it.
struct Answer {
    message: Message,
    suite: Tls13Suite,
    retried: bool,
}

/// Looks at the server's answer; where it is a HelloRetryRequest, offers again and reads the next.
//= 9846:4.2.4 fields-checked
//= 9846:4.2.4 second
//= 9846:4.2.4 same-suite-checked
//= 9846:4.2.4 same-version
//= 9846:4.3.8 retry-group-kept
//= 9846:4.3.11 compatible
async fn receive_answer(
    flow: &mut Flow,
    client: &Client<'_>,
    offer: &mut Offer<'_>,
    message: Message,
) -> Result<Answer, Error> {
    let hello = ServerHello::read(message.body())?;
    let suite = check_hello(&hello, client, offer)?;
    flow.start_transcript(suite.hash);
    if !hello.is_retry() {
        flow.add_to_transcript(&message);
        return Ok(Answer { message, suite, retried: false });
    }
    flow.roll_up_transcript();
    flow.add_to_transcript(&message);
    flow.expect_record_boundary()?;
    early_data::retry(flow, offer)?;
    offer.keys = offer.keys.take().and_then(|keys| keys.only(suite.hash));
    let wanted = offer_again(flow, &hello, offer)?;

    let message = flow.read(HandshakeType::SERVER_HELLO).await?;
    let hello = ServerHello::read(message.body())?;
    if hello.is_retry() {
        return Err(Cause::SecondHelloRetryRequest.into());
    }
    if hello.version()? != ProtocolVersion::TLS1_3 {
        return Err(Cause::IllegalParameter("another version than its HelloRetryRequest").into());
    }
    if check_hello(&hello, client, offer)?.id != suite.id {
        return Err(Cause::WrongCipherSuite(hello.cipher_suite).into());
    }
    if let (Some(wanted), Some(share)) = (wanted, server_share(&hello)?)
        && share.group != wanted
    {
        return Err(Cause::WrongGroup(share.group).into());
    }
    Ok(Answer { message, suite, retried: true })
}

/// The key that the server goes on from. Where none but a key is good enough, there must be one.
//= 9846:4.3.11 selection-checked
fn choose_key<'c>(
    client: &Client<'_>,
    hello: &ServerHello<'_>,
    keys: Option<Box<OfferedKeys<'c>>>,
    suite: Tls13Suite,
) -> Result<Option<ChosenKey<'c>>, Error> {
    match ChosenKey::of(hello, keys, suite)? {
        None if matches!(client.config.verifier, Verifier::NoCertificates) => {
            Err(Cause::NoCommonPreSharedKey.into())
        }
        key => Ok(key),
    }
}

/// What holds for a ServerHello and a HelloRetryRequest alike.
//= 9846:4.2.3 legacy-version-checked
//= 9846:4.2.3 session-id-echo
//= 9846:4.2.3 suite-offered
//= 9846:4.2.3 compression-checked
fn check_hello(hello: &ServerHello<'_>, client: &Client<'_>, offer: &Offer<'_>) -> Result<Tls13Suite, Error> {
    if hello.legacy_version != ProtocolVersion::TLS1_2 {
        return Err(Cause::WrongLegacyVersion(hello.legacy_version).into());
    }
    if hello.session_id != offer.session_id() {
        return Err(Cause::IllegalParameter("a session id other than the client's").into());
    }
    if hello.compression_method != 0 {
        return Err(Cause::IllegalParameter("a compression method other than none").into());
    }
    let offered = client.config.shared.policy.tls13_suites().find(|suite| suite.id == hello.cipher_suite);
    offered.ok_or_else(|| Cause::WrongCipherSuite(hello.cipher_suite).into())
}

/// Sends the second ClientHello, as the HelloRetryRequest wants it: the group that it asks for, if any.
//= 9846:4.2.2 second-hello
//= 9846:4.2.4 changes-nothing
//= 9846:4.2.4 followed
//= 9846:4.3.2 not-kept
//= 9846:4.3.8 retry-group
fn offer_again(
    flow: &mut Flow,
    retry: &ServerHello<'_>,
    offer: &mut Offer<'_>,
) -> Result<Option<NamedGroup>, Error> {
    let permitted = [ExtensionType::SUPPORTED_VERSIONS, ExtensionType::KEY_SHARE, ExtensionType::COOKIE];
    let mut offered = offer.extensions();
    offered.push(ExtensionType::COOKIE);
    retry.extensions.only(&permitted, &offered)?;
    let group = retry.extensions.reader(ExtensionType::KEY_SHARE).map(read_selected_group).transpose()?;
    let cookie = retry.cookie()?;
    match group {
        Some(group)
            if offer.key_shares.contains(group) || !offer.groups().any(|offered| offered == group) =>
        {
            return Err(Cause::WrongGroup(group).into());
        }
        Some(group) => offer.key_shares = OfferedShares::only(group)?,
        None if cookie.is_none() => {
            return Err(Cause::IllegalParameter("a HelloRetryRequest that changes nothing").into());
        }
        None => {}
    }
    // One is enough: early data had it before.
    if offer.early_data.is_none() {
        offer.send_change_cipher_spec(flow)?;
    }
    offer.send(flow, cookie)?;
    Ok(group)
}

fn server_share<'a>(hello: &ServerHello<'a>) -> Result<Option<KeyShareEntry<'a>>, Error> {
    hello.extensions.reader(ExtensionType::KEY_SHARE).map(KeyShareEntry::read_server).transpose()
}

/// A group that had no share in the first ClientHello can but have been asked for.
fn group_reason(policy: &SecurityPolicy, group: NamedGroup) -> GroupReason {
    match policy.usable_groups().count() {
        1 => GroupReason::OnlyOne,
        _ if policy.usable_key_shares().any(|shared| shared == group) => GroupReason::ServerChose,
        _ => GroupReason::ServerAsked,
    }
}

/// The secret shared with the server, and the group it comes from.
//= 9846:4.3.9 psk-dhe-ke
//= 9846:4.3.11 selection-checked
fn agree(
    hello: &ServerHello<'_>,
    offer: Offer<'_>,
    offered: &[ExtensionType],
) -> Result<(NamedGroup, SharedSecret), Error> {
    let permitted =
        [ExtensionType::SUPPORTED_VERSIONS, ExtensionType::KEY_SHARE, ExtensionType::PRE_SHARED_KEY];
    hello.extensions.only(&permitted, offered)?;
    let share = server_share(hello)?.ok_or(Cause::MissingExtension(ExtensionType::KEY_SHARE))?;
    Ok((share.group, offer.key_shares.agree(share.group, share.share)?))
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
async fn send_certificate<'c>(
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
