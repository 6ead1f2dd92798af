//! The server's handshake of TLS 1.3, RFC 9846 §2.

use ciphersuites::{EarlySecret, ProtocolVersion, SharedSecret, SignatureScheme, Tls13Suite};

use crate::config::ServerConfig;
use crate::error::Error;
use crate::facts::Facts;
use crate::flow::Flow;
use crate::handshake::certificate::{self, Peer};
use crate::handshake::fragment_limits::FragmentLimits;
use crate::handshake::keys::{TrafficSecrets, application_secrets, handshake_secrets};
use crate::handshake::negotiate::{self, Agreement};
use crate::handshake::resumption::{self, AcceptedSession};
use crate::handshake::server::{Server, acknowledge_name, write_alpn};
use crate::handshake::{Established, Secrets, finished, retry};
use crate::identity::Identity;
use crate::role::Role;
use crate::wire::client_hello::ClientHello;
use crate::wire::codec::Writer;
use crate::wire::extension::{ExtensionType, write_code_points, write_extension};
use crate::wire::handshake::{HandshakeType, Message};
use crate::wire::{pre_shared_key, server_hello};

/// Goes on from a ClientHello that leads to TLS 1.3.
pub(crate) async fn handshake(
    flow: &mut Flow,
    server: &Server<'_>,
    message: Message,
) -> Result<Established, Error> {
    let config = server.config;
    let Answered { message, agreement, proof, retried } = receive_hello(flow, server, message).await?;
    let hello = ClientHello::read(message.body())?;
    let log = server.secret_log(&hello);

    let session = proof.session();
    let shared_secret = send_server_hello(flow, &hello, &agreement, session)?;
    if !hello.session_id.is_empty() && !retried {
        flow.send_change_cipher_spec()?;
    }
    let Agreement { suite, group, group_reason, alpn } = agreement;
    let early = EarlySecret::new(suite.hash, session.map(|session| &session.secret));
    let (secret, handshake) = handshake_secrets(flow, early, &shared_secret, &log)?;
    flow.set_sealing_key(handshake.server.sealing_key(suite.aead)?)?;
    flow.set_opening_key(handshake.client.opening_key(suite.aead)?)?;

    let fragment_limits = FragmentLimits::choose(config, &hello, ProtocolVersion::TLS1_3)?;
    fragment_limits.apply(flow, ProtocolVersion::TLS1_3);
    flow.send(HandshakeType::ENCRYPTED_EXTENSIONS, |writer| {
        writer.vec16(|writer| {
            if session.is_none() {
                acknowledge_name(writer, config, &hello);
            }
            write_alpn(writer, alpn);
            fragment_limits.write(writer);
        });
    })?;
    if let Proof::Certificate(identity, scheme) = proof {
        if config.client_verification.is_some() {
            flow.send(HandshakeType::CERTIFICATE_REQUEST, |writer| {
                write_certificate_request(writer, config)
            })?;
        }
        certificate::send13(flow, Role::Server, identity, scheme).await?;
    }
    finished::send(flow, handshake.server.finished(&flow.transcript_hash()?).as_ref())?;

    let (TrafficSecrets { client, server: own }, exporter, main) = application_secrets(flow, secret, &log)?;
    flow.set_sealing_key(own.sealing_key(suite.aead)?)?;

    let peer = match session {
        None => receive_client_certificate(flow, server).await?,
        Some(_) => None,
    };
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
        certificate_requested: session.is_none() && config.client_verification.is_some(),
        server_signature_scheme: match &proof {
            Proof::Certificate(_, scheme) => Some(*scheme),
            Proof::Session(session) => session.state.server_scheme,
        },
        client_signature_scheme: match session {
            Some(session) => session.state.client_scheme,
            None => peer.as_ref().map(|peer| peer.scheme),
        },
        peer_certificates: peer.as_ref().map(|peer| peer.certificates.clone()),
        resumed: session.map(|session| session.state.resumed()),
    };
    resumption::send_tickets(flow, server, &hello, (&facts, session), |flow| {
        Ok(main.resumption(&flow.transcript_hash()?))
    })?;
    let tickets = None;
    let secrets = Secrets::Tls13 { aead: suite.aead, sending: own, receiving: client, exporter, tickets };
    let proof = match session {
        Some(session) => certificate::resumed_client(session),
        None => certificate::client_proof(peer),
    };
    Ok(Established { facts, secrets, proofs: (proof, finished) })
}

/// The ClientHello that is answered, and what was chosen from it.
struct Answered<'c> {
    message: Message,
    agreement: Agreement<'c>,
    proof: Proof<'c>,
    retried: bool,
}

/// How this server proves who it is.
enum Proof<'c> {
    /// By a certificate, and a signature by this scheme.
    Certificate(&'c Identity, SignatureScheme),
    /// By knowing the secret of a session.
    Session(Box<AcceptedSession>),
}

impl Proof<'_> {
    fn session(&self) -> Option<&AcceptedSession> {
        match self {
            Self::Certificate(..) => None,
            Self::Session(session) => Some(session),
        }
    }
}

/// Reads the ClientHello that is answered: the second one, where the first lacked the share that is wanted.
async fn receive_hello<'c>(
    flow: &mut Flow,
    server: &Server<'c>,
    first_message: Message,
) -> Result<Answered<'c>, Error> {
    let first = ClientHello::read(first_message.body())?;
    let agreement = negotiate::agree(&server.terms(), &first)?;
    let Agreement { suite, group, .. } = agreement;
    if first.has(ExtensionType::EARLY_DATA) {
        flow.skip_early_data();
    }
    if negotiate::has_share(&first, group)? {
        let proof = choose_proof(flow, server, (&first, &first_message), suite)?;
        flow.add_to_transcript(&first_message);
        flow.start_transcript(suite.hash);
        return Ok(Answered { message: first_message, agreement, proof, retried: false });
    }
    if !first.has(ExtensionType::PRE_SHARED_KEY) {
        // A client that could not be answered is told so at once.
        negotiate::choose_identity(&server.terms(), &first)?;
    }
    flow.expect_record_boundary()?;
    let mut random = [0; 32];
    let cookie = match server.config.retry_cookie {
        true => ciphersuites::random(&mut random).map(|()| Some(random.as_slice()))?,
        false => None,
    };
    flow.add_to_transcript(&first_message);
    flow.start_transcript(suite.hash);
    flow.roll_up_transcript();
    retry::send(flow, &first, suite, group, cookie)?;
    if !first.session_id.is_empty() {
        flow.send_change_cipher_spec()?;
    }
    let message = flow.read_hello(HandshakeType::CLIENT_HELLO).await?;
    let second = ClientHello::read(message.body())?;
    retry::check_second_hello(&first, &second, group, cookie)?;
    let proof = choose_proof(flow, server, (&second, &message), suite)?;
    flow.add_to_transcript(&message);
    Ok(Answered { message, agreement, proof, retried: true })
}

fn choose_proof<'c>(
    flow: &Flow,
    server: &Server<'c>,
    (hello, message): (&ClientHello<'_>, &Message),
    suite: Tls13Suite,
) -> Result<Proof<'c>, Error> {
    if let Some(session) = resumption::accept(flow, server, (hello, message), suite)? {
        return Ok(Proof::Session(Box::new(session)));
    }
    let (identity, scheme) = negotiate::choose_identity(&server.terms(), hello)?;
    Ok(Proof::Certificate(identity, scheme))
}

fn send_server_hello(
    flow: &mut Flow,
    hello: &ClientHello<'_>,
    agreement: &Agreement<'_>,
    session: Option<&AcceptedSession>,
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
            if let Some(session) = session {
                pre_shared_key::write_selected(writer, session.index);
            }
        });
    })?;
    Ok(shared_secret)
}

/// An extension and a scheme that no client may choke on (RFC 8701 §4.1).
pub(crate) const GREASE: u16 = 0x2a2a;

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
