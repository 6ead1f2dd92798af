//! The server's handshake of TLS 1.3, RFC 9846 §2.

use std::sync::Arc;

use ciphersuites::ProtocolVersion;
use pki_types::UnixTime;

use crate::config::ServerConfig;
use crate::error::{Cause, Error};
use crate::facts::Facts;
use crate::flow::Flow;
use crate::handshake::certificate::{self, Peer, PeerVerified};
use crate::handshake::keys::{SecretLog, TrafficSecrets, application_secrets, handshake_secrets};
use crate::handshake::negotiate::{self, Agreement};
use crate::handshake::{Established, finished, retry};
use crate::identity::Usage;
use crate::role::Role;
use crate::wire::alpn;
use crate::wire::client_hello::ClientHello;
use crate::wire::codec::Writer;
use crate::wire::extension::{ExtensionType, write_code_points, write_extension};
use crate::wire::handshake::{HandshakeType, Message};
use crate::wire::server_hello;

/// Accepts a client.
pub(crate) async fn handshake(
    mut flow: Flow,
    config: Arc<ServerConfig>,
    now: UnixTime,
) -> Result<Established, Error> {
    let flow = &mut flow;
    let (message, agreement, retried) = receive_hello(flow, &config).await?;
    let hello = ClientHello::read(message.body())?;
    let log = SecretLog::new(config.shared.key_log.as_ref(), hello.random);

    let shared_secret = send_server_hello(flow, &hello, &agreement)?;
    if !hello.session_id.is_empty() && !retried {
        flow.send_change_cipher_spec()?;
    }
    let Agreement { suite, group, alpn, identity, scheme } = agreement;
    let (secret, handshake) = handshake_secrets(flow, suite.hash, &shared_secret, &log)?;
    flow.set_sealing_key(handshake.server.sealing_key(suite.aead)?)?;
    flow.set_opening_key(handshake.client.opening_key(suite.aead)?)?;

    let server_name = hello.server_name()?;
    flow.send(HandshakeType::ENCRYPTED_EXTENSIONS, |writer| {
        write_encrypted_extensions(writer, server_name.is_some() && config.identities.len() > 1, alpn);
    })?;
    if config.client_verification.is_some() {
        flow.send(HandshakeType::CERTIFICATE_REQUEST, |writer| write_certificate_request(writer, &config))?;
    }
    certificate::send(flow, Role::Server, identity, scheme)?;
    finished::send(flow, &handshake.server)?;

    let (TrafficSecrets { client, server }, exporter) = application_secrets(flow, secret, &log)?;
    flow.set_sealing_key(server.sealing_key(suite.aead)?)?;

    let peer = receive_client_certificate(flow, &config, now).await?;
    let finished = finished::read(flow, &handshake.client).await?;
    flow.set_opening_key(client.opening_key(suite.aead)?)?;

    let facts = Facts {
        policy: config.shared.policy.name.clone(),
        version: ProtocolVersion::TLS1_3,
        cipher_suite: suite.id,
        group,
        hello_retry_request: retried,
        server_name: server_name.map(Into::into),
        alpn: alpn.map(Into::into),
        server_signature_scheme: Some(scheme),
        client_signature_scheme: peer.as_ref().map(|peer| peer.scheme),
        peer_certificates: peer.as_ref().map(|peer| peer.certificates.clone()),
    };
    let verified = peer.map_or_else(PeerVerified::anonymous_client, |peer| peer.verified);
    let proofs = (verified, finished);
    Ok(Established { facts, aead: suite.aead, sending: server, receiving: client, exporter, proofs })
}

/// Reads the ClientHello that is answered: the second one, where the first lacked the share that is wanted.
async fn receive_hello<'c>(
    flow: &mut Flow,
    config: &'c ServerConfig,
) -> Result<(Message, Agreement<'c>, bool), Error> {
    let first_message = flow.read(HandshakeType::CLIENT_HELLO).await?;
    let first = ClientHello::read(first_message.body())?;
    let agreement = negotiate::agree(config, &first)?;
    flow.start_transcript(agreement.suite.hash);
    if first.has(ExtensionType::EARLY_DATA) {
        flow.skip_early_data();
    }
    let group = agreement.group;
    if first.key_shares()?.is_some_and(|shares| shares.get(group).is_some()) {
        return Ok((first_message, agreement, false));
    }
    flow.expect_record_boundary()?;
    let mut random = [0; 32];
    let cookie = match config.retry_cookie {
        true => ciphersuites::random(&mut random).map(|()| Some(random.as_slice()))?,
        false => None,
    };
    flow.roll_up_transcript();
    retry::send(flow, &first, agreement.suite, group, cookie)?;
    if !first.session_id.is_empty() {
        flow.send_change_cipher_spec()?;
    }
    let second_message = flow.read(HandshakeType::CLIENT_HELLO).await?;
    let second = ClientHello::read(second_message.body())?;
    retry::check_second_hello(&first, &second, group, cookie)?;
    Ok((second_message, agreement, true))
}

fn send_server_hello(
    flow: &mut Flow,
    hello: &ClientHello<'_>,
    agreement: &Agreement<'_>,
) -> Result<ciphersuites::SharedSecret, Error> {
    let group = agreement.group;
    let shares = hello.key_shares()?;
    let client_share = shares.and_then(|shares| shares.get(group)).unwrap_or_default();
    let mut share = Vec::new();
    let shared_secret = ciphersuites::respond(group, client_share, &mut share)?;
    let mut random = [0; 32];
    ciphersuites::random(&mut random)?;
    flow.send(HandshakeType::SERVER_HELLO, |writer| {
        server_hello::write(writer, &random, hello.session_id, agreement.suite.id, |writer| {
            write_extension(writer, ExtensionType::KEY_SHARE, |writer| {
                writer.u16(group.0);
                writer.vec16(|writer| writer.bytes(&share));
            });
        });
    })?;
    Ok(shared_secret)
}

/// The name is acknowledged where it could decide something (RFC 6066 §3).
fn write_encrypted_extensions(writer: &mut Writer<'_>, acknowledge_name: bool, alpn: Option<&[u8]>) {
    writer.vec16(|writer| {
        if acknowledge_name {
            write_extension(writer, ExtensionType::SERVER_NAME, |_| {});
        }
        if let Some(protocol) = alpn {
            alpn::write(writer, [protocol]);
        }
    });
}

/// An extension and a scheme that no client may choke on (RFC 8701 §4.1).
const GREASE: u16 = 0x2a2a;

fn write_certificate_request(writer: &mut Writer<'_>, config: &ServerConfig) {
    writer.vec8(|_| {});
    writer.vec16(|writer| {
        let schemes = config.shared.policy.signature_schemes.iter().map(|scheme| scheme.0);
        let grease = config.grease.then_some(GREASE);
        write_code_points(writer, ExtensionType::SIGNATURE_ALGORITHMS, grease.into_iter().chain(schemes));
        if let Some(grease) = grease {
            write_extension(writer, ExtensionType(grease), |_| {});
        }
    });
}

/// Reads and verifies the client's certificate, if it was asked for one and sent one.
async fn receive_client_certificate(
    flow: &mut Flow,
    config: &ServerConfig,
    now: UnixTime,
) -> Result<Option<Peer>, Error> {
    let Some(client_verification) = &config.client_verification else { return Ok(None) };
    let message = flow.read(HandshakeType::CERTIFICATE).await?;
    if crate::wire::certificate::read(message.body())?.is_empty() {
        return match client_verification.required {
            true => Err(Cause::CertificateRequired.into()),
            false => Ok(None),
        };
    }
    let policy = &config.shared.policy;
    certificate::verify(flow, &message, Usage::Client, &client_verification.verifier, policy, now)
        .await
        .map(Some)
}
