//! The server's first flight, in the three parts of RFC 9846 §2: the key exchange, the server's parameters, and how it
//! proves itself.

use ciphersuites::{EarlySecret, HandshakeSecret, PskSecret, SharedSecret};

use crate::config::ServerConfig;
use crate::error::Error;
use crate::flow::Flow;
use crate::handshake::early_data::BegunEarlyData;
use crate::handshake::keys::{SecretLog, TrafficSecrets, handshake_secrets};
use crate::handshake::negotiate::Agreement;
use crate::handshake::server::{acknowledge_name, write_alpn};
use crate::handshake::server13::Proof;
use crate::handshake::server13::known::Known;
use crate::handshake::{certificate, tickets};
use crate::role::Role;
use crate::wire::client_hello::ClientHello;
use crate::wire::codec::Writer;
use crate::wire::extension::{ExtensionType, write_code_points, write_extension};
use crate::wire::handshake::HandshakeType;
use crate::wire::{certificate_authorities, pre_shared_key, server_hello, ticket_request};

/// Sends ServerHello. What the server sends from here on is sealed by the secrets of the handshake.
//= 9846:E.4 ccs-sent
pub(crate) fn exchange_keys(
    flow: &mut Flow,
    known: &Known<'_>,
    log: &SecretLog,
) -> Result<(HandshakeSecret, TrafficSecrets), Error> {
    let Known { hello, agreement, proof, retried, .. } = *known;
    let shared_secret = send_server_hello(flow, hello, agreement, proof.secret())?;
    if !hello.session_id.is_empty() && !retried {
        flow.send_change_cipher_spec()?;
    }
    let suite = agreement.suite;
    let early = EarlySecret::new(suite.hash, proof.secret().map(|(_, secret)| secret));
    let (secret, traffic) = handshake_secrets(flow, early, &shared_secret, log)?;
    flow.set_sealing_key(traffic.server.sealing_key(suite.aead)?)?;
    Ok((secret, traffic))
}

//= 9846:2 server-share-group
//= 9846:4.2.3 random
//= 9846:4.2.3 extensions
//= 9846:4.3 only-answers
//= 9846:4.3 duplicates
//= 9846:4.3.8 fresh
//= 9846:4.3.8 reuse-permitted
//= 9846:4.3.8 server-share
//= 9846:4.3.9 server
//= 9846:4.3.9 psk-dhe-ke
fn send_server_hello(
    flow: &mut Flow,
    hello: &ClientHello<'_>,
    agreement: &Agreement<'_>,
    psk: Option<(u16, &PskSecret)>,
) -> Result<SharedSecret, Error> {
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
            if let Some((index, _)) = psk {
                pre_shared_key::write_selected(writer, index);
            }
        });
    })?;
    Ok(shared_secret)
}

/// Sends EncryptedExtensions, and CertificateRequest if the client is asked for a certificate.
//= 9846:4.4.1 sent
//= 9846:4.4.2 place
//= 9846:4.4.2 not-with-resumption
pub(crate) fn send_parameters(
    flow: &mut Flow,
    known: &Known<'_>,
    early_data: &BegunEarlyData,
) -> Result<(), Error> {
    let Known { server, hello, agreement, proof, fragment_limits, .. } = *known;
    let expected_tickets = match proof {
        Proof::Key(_) => None,
        Proof::Certificate(..) | Proof::Session(_) => tickets::requested(server, hello, proof.session())?,
    };
    flow.send(HandshakeType::ENCRYPTED_EXTENSIONS, |writer| {
        writer.vec16(|writer| {
            if proof.is_certificate() {
                acknowledge_name(writer, server.config, hello);
            }
            write_alpn(writer, agreement.alpn);
            fragment_limits.write(writer);
            early_data.write(writer);
            if let Some(expected) = expected_tickets {
                ticket_request::write_hint(writer, expected);
            }
        });
    })?;
    if known.asks_for_certificate() {
        flow.send(HandshakeType::CERTIFICATE_REQUEST, |writer| {
            write_certificate_request(writer, server.config);
        })?;
    }
    Ok(())
}

/// Sends Certificate and CertificateVerify, unless the server proves itself by a pre-shared key.
pub(crate) async fn authenticate(flow: &mut Flow, known: &Known<'_>) -> Result<(), Error> {
    let Proof::Certificate(identity, scheme) = known.proof else { return Ok(()) };
    certificate::send13(flow, Role::Server, identity, *scheme, identity.staples(known.hello)?).await
}

/// An extension and a scheme that no client may choke on (RFC 8701 §4.1).
pub(crate) const GREASE: u16 = 0x2a2a;

//= 9846:4.4.2 context
//= 9846:4.4.2 schemes
fn write_certificate_request(writer: &mut Writer<'_>, config: &ServerConfig) {
    writer.vec8(|_| {});
    writer.vec16(|writer| {
        let schemes = config.shared.policy.usable_signature_schemes().map(|scheme| scheme.0);
        let grease = config.grease.then_some(GREASE);
        write_code_points(writer, ExtensionType::SIGNATURE_ALGORITHMS, grease.into_iter().chain(schemes));
        let in_certificates = &config.shared.certificate_schemes;
        if !in_certificates.is_empty() {
            let schemes = in_certificates.iter().copied();
            write_code_points(writer, ExtensionType::SIGNATURE_ALGORITHMS_CERT, schemes);
        }
        if let Some(grease) = grease {
            write_extension(writer, ExtensionType(grease), |_| {});
        }
        certificate_authorities::write(writer, &config.shared.authorities);
    });
}
