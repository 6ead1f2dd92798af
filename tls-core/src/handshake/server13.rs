//! The server's handshake of TLS 1.3, RFC 9846 §2.

use ciphersuites::ProtocolVersion;

use crate::config::ServerConfig;
use crate::error::Error;
use crate::facts::Facts;
use crate::flow::Flow;
use crate::handshake::certificate::{self, Peer};
use crate::handshake::fragment_limits::FragmentLimits;
use crate::handshake::keys::{TrafficSecrets, application_secrets, handshake_secrets};
use crate::handshake::negotiate::{self, Agreement};
use crate::handshake::server::{Server, write_common_extensions};
use crate::handshake::{Established, Secrets, finished, retry};
use crate::role::Role;
use crate::wire::client_hello::ClientHello;
use crate::wire::codec::Writer;
use crate::wire::extension::{ExtensionType, write_code_points, write_extension};
use crate::wire::handshake::{HandshakeType, Message};
use crate::wire::server_hello;

/// Goes on from a ClientHello that leads to TLS 1.3.
pub(crate) async fn handshake(
    flow: &mut Flow,
    server: &Server<'_>,
    message: Message,
) -> Result<Established, Error> {
    let config = server.config;
    let (message, agreement, retried) = receive_hello(flow, server, message).await?;
    let hello = ClientHello::read(message.body())?;
    let log = server.secret_log(&hello);

    let shared_secret = send_server_hello(flow, &hello, &agreement)?;
    if !hello.session_id.is_empty() && !retried {
        flow.send_change_cipher_spec()?;
    }
    let Agreement { suite, group, group_reason, alpn, identity, scheme } = agreement;
    let (secret, handshake) = handshake_secrets(flow, suite.hash, &shared_secret, &log)?;
    flow.set_sealing_key(handshake.server.sealing_key(suite.aead)?)?;
    flow.set_opening_key(handshake.client.opening_key(suite.aead)?)?;

    let fragment_limits = FragmentLimits::choose(config, &hello, ProtocolVersion::TLS1_3)?;
    fragment_limits.apply(flow, ProtocolVersion::TLS1_3);
    flow.send(HandshakeType::ENCRYPTED_EXTENSIONS, |writer| {
        writer.vec16(|writer| {
            write_common_extensions(writer, config, &hello, alpn);
            fragment_limits.write(writer);
        });
    })?;
    if config.client_verification.is_some() {
        flow.send(HandshakeType::CERTIFICATE_REQUEST, |writer| write_certificate_request(writer, config))?;
    }
    certificate::send13(flow, Role::Server, identity, scheme).await?;
    finished::send(flow, handshake.server.finished(&flow.transcript_hash()?).as_ref())?;

    let (TrafficSecrets { client, server: own }, exporter) = application_secrets(flow, secret, &log)?;
    flow.set_sealing_key(own.sealing_key(suite.aead)?)?;

    let peer = receive_client_certificate(flow, server).await?;
    let finished = finished::read(flow, handshake.client.finished(&flow.transcript_hash()?).as_ref()).await?;
    flow.set_last_opening_key(client.opening_key(suite.aead)?)?;

    let facts = Facts {
        policy: config.shared.policy.name.clone(),
        version: ProtocolVersion::TLS1_3,
        cipher_suite: suite.id,
        group,
        group_reason,
        hello_retry_request: retried,
        renegotiations: 0,
        extended_main_secret: true,
        server_name: hello.server_name()?.map(Into::into),
        alpn: alpn.map(Into::into),
        fragment_limits,
        certificate_requested: config.client_verification.is_some(),
        server_signature_scheme: Some(scheme),
        client_signature_scheme: peer.as_ref().map(|peer| peer.scheme),
        peer_certificates: peer.as_ref().map(|peer| peer.certificates.clone()),
    };
    let secrets = Secrets::Tls13 { aead: suite.aead, sending: own, receiving: client, exporter };
    Ok(Established { facts, secrets, proofs: (certificate::client_proof(peer), finished) })
}

/// Reads the ClientHello that is answered: the second one, where the first lacked the share that is wanted.
async fn receive_hello<'c>(
    flow: &mut Flow,
    server: &Server<'c>,
    first_message: Message,
) -> Result<(Message, Agreement<'c>, bool), Error> {
    let first = ClientHello::read(first_message.body())?;
    let agreement = negotiate::agree(&server.terms(), &first)?;
    flow.start_transcript(agreement.suite.hash);
    if first.has(ExtensionType::EARLY_DATA) {
        flow.skip_early_data();
    }
    let group = agreement.group;
    if negotiate::has_share(&first, group)? {
        return Ok((first_message, agreement, false));
    }
    flow.expect_record_boundary()?;
    let mut random = [0; 32];
    let cookie = match server.config.retry_cookie {
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
            server_hello::write_selected_version(writer);
            write_extension(writer, ExtensionType::KEY_SHARE, |writer| {
                writer.u16(group.0);
                writer.vec16(|writer| writer.bytes(&share));
            });
        });
    })?;
    Ok(shared_secret)
}

/// An extension and a scheme that no client may choke on (RFC 8701 §4.1).
const GREASE: u16 = 0x2a2a;

fn write_certificate_request(writer: &mut Writer<'_>, config: &ServerConfig) {
    writer.vec8(|_| {});
    writer.vec16(|writer| {
        let schemes = config.shared.policy.usable_signature_schemes().map(|scheme| scheme.0);
        let grease = config.grease.then_some(GREASE);
        write_code_points(writer, ExtensionType::SIGNATURE_ALGORITHMS, grease.into_iter().chain(schemes));
        if let Some(grease) = grease {
            write_extension(writer, ExtensionType(grease), |_| {});
        }
    });
}

/// Reads and verifies the client's certificate, if it was asked for one and sent one.
async fn receive_client_certificate(flow: &mut Flow, server: &Server<'_>) -> Result<Option<Peer>, Error> {
    let Some(client) = &server.config.client_verification else { return Ok(None) };
    let message = flow.read(HandshakeType::CERTIFICATE).await?;
    let chain = crate::wire::certificate::read13(message.body())?;
    let Some(path) = client.check(flow, &chain, ProtocolVersion::TLS1_3, server.now).await? else {
        return Ok(None);
    };
    certificate::receive_verify13(flow, path, Role::Client, &server.config.shared.policy).await.map(Some)
}
