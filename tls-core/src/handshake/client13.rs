//! The client's handshake of TLS 1.3, RFC 9846 §2.

use std::sync::Arc;

use ciphersuites::{NamedGroup, ProtocolVersion, SharedSecret, SignatureScheme, Tls13Suite};
use pki_types::{ServerName, UnixTime};

use crate::config::ClientConfig;
use crate::error::{Cause, Error};
use crate::facts::Facts;
use crate::flow::Flow;
use crate::handshake::keys::{SecretLog, TrafficSecrets, application_secrets, handshake_secrets};
use crate::handshake::offer::{Offer, OfferedShares};
use crate::handshake::{Established, certificate, finished};
use crate::identity::{self, Usage};
use crate::role::Role;
use crate::wire::certificate_request::CertificateRequest;
use crate::wire::encrypted_extensions::EncryptedExtensions;
use crate::wire::extension::ExtensionType;
use crate::wire::handshake::{HandshakeType, Message};
use crate::wire::key_share::{KeyShareEntry, read_selected_group};
use crate::wire::server_hello::ServerHello;

/// Connects to the server of this name.
pub(crate) async fn handshake(
    mut flow: Flow,
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
    now: UnixTime,
) -> Result<Established, Error> {
    let flow = &mut flow;
    let mut offer = Offer::new(&config, &name)?;
    let log = SecretLog::new(config.shared.key_log.as_ref(), &offer.random);
    offer.send(flow, None)?;
    flow.set_record_version([3, 3])?;

    let Answer { message, suite, retried } = receive_answer(flow, &config, &mut offer).await?;
    let hello = ServerHello::read(message.body())?;
    let offered = offer.extensions();
    let server_name = offer.server_name();
    let (group, shared_secret) = agree(&hello, offer, &offered)?;
    let (secret, handshake) = handshake_secrets(flow, suite.hash, &shared_secret, &log)?;
    if config.middlebox_compatibility && !retried {
        flow.send_change_cipher_spec()?;
    }
    flow.set_sealing_key(handshake.client.sealing_key(suite.aead)?)?;
    flow.set_opening_key(handshake.server.opening_key(suite.aead)?)?;

    let message = flow.read(HandshakeType::ENCRYPTED_EXTENSIONS).await?;
    let alpn = accept_alpn(&config, EncryptedExtensions::read(message.body(), &offered)?.alpn()?)?;
    let (request, message) = receive_certificate(flow).await?;
    let policy = &config.shared.policy;
    let server =
        certificate::verify(flow, &message, Usage::Server(&name), &config.verifier, policy, now).await?;
    let finished = finished::read(flow, &handshake.server).await?;

    let (traffic, exporter) = application_secrets(flow, secret, &log)?;
    flow.set_opening_key(traffic.server.opening_key(suite.aead)?)?;
    let client_signature_scheme = match &request {
        Some(request) => send_certificate(flow, &config, &CertificateRequest::read(request.body())?)?,
        None => None,
    };
    finished::send(flow, &handshake.client)?;
    flow.set_sealing_key(traffic.client.sealing_key(suite.aead)?)?;

    let facts = Facts {
        policy: policy.name.clone(),
        version: ProtocolVersion::TLS1_3,
        cipher_suite: suite.id,
        group,
        hello_retry_request: retried,
        server_name: server_name.map(Into::into),
        alpn: alpn.map(Into::into),
        server_signature_scheme: Some(server.scheme),
        client_signature_scheme,
        peer_certificates: Some(server.certificates),
    };
    let TrafficSecrets { client: sending, server: receiving } = traffic;
    Ok(Established {
        facts,
        aead: suite.aead,
        sending,
        receiving,
        exporter,
        proofs: (server.verified, finished),
    })
}

/// The ServerHello, with what had to happen before it.
struct Answer {
    message: Message,
    suite: Tls13Suite,
    retried: bool,
}

/// Reads the server's answer; where it is a HelloRetryRequest, offers again and reads the next.
async fn receive_answer(
    flow: &mut Flow,
    config: &ClientConfig,
    offer: &mut Offer<'_>,
) -> Result<Answer, Error> {
    let message = flow.read_hello(HandshakeType::SERVER_HELLO).await?;
    let hello = ServerHello::read(message.body())?;
    let suite = check_hello(&hello, config, offer)?;
    flow.start_transcript(suite.hash);
    if !hello.is_retry() {
        flow.add_to_transcript(&message);
        return Ok(Answer { message, suite, retried: false });
    }
    flow.roll_up_transcript();
    flow.add_to_transcript(&message);
    flow.expect_record_boundary()?;
    let wanted = offer_again(flow, config, &hello, offer)?;

    let message = flow.read(HandshakeType::SERVER_HELLO).await?;
    let hello = ServerHello::read(message.body())?;
    if hello.is_retry() {
        return Err(Cause::SecondHelloRetryRequest.into());
    }
    if hello.version()? != ProtocolVersion::TLS1_3 {
        return Err(Cause::IllegalParameter("another version than its HelloRetryRequest").into());
    }
    if check_hello(&hello, config, offer)?.id != suite.id {
        return Err(Cause::WrongCipherSuite(hello.cipher_suite).into());
    }
    if let (Some(wanted), Some(share)) = (wanted, server_share(&hello)?)
        && share.group != wanted
    {
        return Err(Cause::WrongGroup(share.group).into());
    }
    Ok(Answer { message, suite, retried: true })
}

/// What holds for a ServerHello and a HelloRetryRequest alike.
fn check_hello(
    hello: &ServerHello<'_>,
    config: &ClientConfig,
    offer: &Offer<'_>,
) -> Result<Tls13Suite, Error> {
    let version = hello.version()?;
    if version != ProtocolVersion::TLS1_3 {
        return Err(Cause::NoCommonVersion { peer: vec![version] }.into());
    }
    if hello.legacy_version != ProtocolVersion::TLS1_2 {
        return Err(Cause::WrongLegacyVersion(hello.legacy_version).into());
    }
    if hello.session_id != offer.session_id() {
        return Err(Cause::IllegalParameter("a session id other than the client's").into());
    }
    if hello.compression_method != 0 {
        return Err(Cause::IllegalParameter("a compression method other than none").into());
    }
    let offered = config.shared.policy.tls13_suites().find(|suite| suite.id == hello.cipher_suite);
    offered.ok_or_else(|| Cause::WrongCipherSuite(hello.cipher_suite).into())
}

/// Sends the second ClientHello, as the HelloRetryRequest wants it: the group that it asks for, if any.
fn offer_again(
    flow: &mut Flow,
    config: &ClientConfig,
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
    if config.middlebox_compatibility {
        flow.send_change_cipher_spec()?;
    }
    offer.send(flow, cookie)?;
    Ok(group)
}

fn server_share<'a>(hello: &ServerHello<'a>) -> Result<Option<KeyShareEntry<'a>>, Error> {
    hello.extensions.reader(ExtensionType::KEY_SHARE).map(KeyShareEntry::read_server).transpose()
}

/// The secret shared with the server, and the group it comes from.
fn agree(
    hello: &ServerHello<'_>,
    offer: Offer<'_>,
    offered: &[ExtensionType],
) -> Result<(NamedGroup, SharedSecret), Error> {
    hello.extensions.only(&[ExtensionType::SUPPORTED_VERSIONS, ExtensionType::KEY_SHARE], offered)?;
    let share = server_share(hello)?.ok_or(Cause::MissingExtension(ExtensionType::KEY_SHARE))?;
    Ok((share.group, offer.key_shares.agree(share.group, share.share)?))
}

fn accept_alpn<'a>(config: &ClientConfig, chosen: Option<&'a [u8]>) -> Result<Option<&'a [u8]>, Error> {
    match chosen {
        Some(name) if !config.shared.alpn.iter().any(|offered| offered == name) => {
            Err(Cause::IllegalParameter("an application protocol that was not offered").into())
        }
        chosen => Ok(chosen),
    }
}

/// Reads CertificateRequest, if there is one, and Certificate.
async fn receive_certificate(flow: &mut Flow) -> Result<(Option<Message>, Message), Error> {
    let either = [HandshakeType::CERTIFICATE, HandshakeType::CERTIFICATE_REQUEST];
    let message = flow.read_one_of(&either, "CertificateRequest or Certificate").await?;
    match message.message_type {
        HandshakeType::CERTIFICATE_REQUEST => {
            CertificateRequest::read(message.body())?;
            Ok((Some(message), flow.read(HandshakeType::CERTIFICATE).await?))
        }
        _ => Ok((None, message)),
    }
}

/// Answers a CertificateRequest: with the identity, if there is one that fits, or with an empty chain
/// (RFC 9846 §4.5.1).
fn send_certificate(
    flow: &mut Flow,
    config: &ClientConfig,
    request: &CertificateRequest<'_>,
) -> Result<Option<SignatureScheme>, Error> {
    let policy = &config.shared.policy;
    match identity::select(config.identity.as_slice(), None, policy, request.signature_algorithms()) {
        Ok((identity, scheme)) => {
            certificate::send(flow, Role::Client, identity, scheme)?;
            Ok(Some(scheme))
        }
        Err(_) => {
            flow.send(HandshakeType::CERTIFICATE, |writer| crate::wire::certificate::write(writer, &[]))?;
            Ok(None)
        }
    }
}
