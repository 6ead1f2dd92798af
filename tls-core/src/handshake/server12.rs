//! The server's handshake of TLS 1.2, RFC 5246 §7.3 with ECDHE by RFC 8422.

use ciphersuites::{KeyPair, ProtocolVersion, Tls12Keys, Tls12MainSecret, Tls12Suite};

use crate::config::ServerConfig;
use crate::error::Error;
use crate::facts::{EarlyData, Facts};
use crate::flow::Flow;
use crate::handshake::certificate::{self, PathChecked, Peer};
use crate::handshake::fragment_limits::FragmentLimits;
use crate::handshake::keys::SecretLog;
use crate::handshake::keys12::{Randoms, main_secret};
use crate::handshake::negotiate12::{self, Agreement};
use crate::handshake::resumption::Origin;
use crate::handshake::server::{Server, acknowledge_name, write_alpn};
use crate::handshake::{Established, Secrets, finished, resumption12};
use crate::identity::{self, Identity};
use crate::session::Handle;
use crate::wire::certificate_request;
use crate::wire::client_hello::ClientHello;
use crate::wire::extension::{ExtensionType, write_extension};
use crate::wire::handshake::{HandshakeType, Message};
use crate::wire::key_exchange12::{self, ServerKeyExchange};
use crate::wire::staples::{Staples, write_status};
use crate::wire::{renegotiation_info, server_hello};

/// Goes on from a ClientHello that leads to TLS 1.2.
pub(crate) async fn handshake(
    flow: &mut Flow,
    server: &Server<'_>,
    message: Message,
) -> Result<Established, Error> {
    let config = server.config;
    flow.add_to_transcript(&message);
    let hello = ClientHello::read(message.body())?;
    if let Some(state) = resumption12::accept(flow, server, &hello).await? {
        // In a box, so that handshakes that resume nothing have no room for it.
        return Box::pin(resumption12::resume_server(flow, server, &hello, state)).await;
    }
    let agreement = negotiate12::agree(&server.terms(), &hello)?;
    let Agreement { suite, alpn, identity, extended, renegotiation_info, .. } = agreement;
    let fragment_limits = FragmentLimits::choose(config, &hello, ProtocolVersion::TLS1_2)?;
    flow.refuse_change_cipher_spec()?;
    flow.expect_record_boundary()?;
    if config.client_verification.is_some() {
        flow.keep_messages();
    }
    flow.start_transcript(suite.hash);

    let ticket = resumption12::gives_ticket(server, &hello, extended);
    let session_id = if ticket { None } else { resumption12::new_session_id(server, extended)? };
    let staples = identity.staples(&hello)?;
    let server_hello = ServerHello {
        session_id: session_id.as_deref().map(Handle::as_bytes).unwrap_or_default(),
        resumes: false,
        suite,
        alpn,
        renegotiation_info,
        extended,
        ticket,
        staples,
        fragment_limits,
    };
    let randoms = send_server_hello(flow, config, &hello, &server_hello)?;
    fragment_limits.apply(flow, ProtocolVersion::TLS1_2);
    send_certificate(flow, identity, staples)?;
    let pair = send_key_exchange(flow, &agreement, &randoms).await?;
    send_hello_done(flow, config)?;

    let log = server.secret_log(&hello);
    let (main, peer) = receive_key_exchange(flow, server, pair, (&agreement, &randoms), &log).await?;
    let Tls12Keys { client, server: own } = main.keys(suite, &randoms.client, &randoms.server)?;
    let (finished, _) = finished::read12(flow, &client, |messages| main.client_finished(messages)).await?;
    let facts = facts(config, &hello, &agreement, fragment_limits, peer.as_ref())?;
    if ticket {
        resumption12::send_ticket(flow, server, (&facts, &Origin::of_client(&facts, server)), &main)?;
    }
    finished::send12(flow, &own, |messages| main.server_finished(messages))?;
    let session = session_id.map(|id| {
        let origin = Origin::of_client(&facts, server);
        resumption12::keep_session(flow, server, *id, (&facts, &origin), &main)
    });

    let limit = suite.cipher.confidentiality_limit();
    let secrets = Secrets::Tls12 { main, randoms, extended, limit, renegotiable: None, session };
    Ok(Established { facts, secrets, proofs: (certificate::client_proof(peer), finished) })
}

/// Sends the server's chain, and the OCSP response about it, if that is to follow.
fn send_certificate(flow: &mut Flow, identity: &Identity, staples: Staples<'_>) -> Result<(), Error> {
    certificate::send12(flow, Some(identity))?;
    match staples.ocsp_response {
        Some(response) => {
            flow.send(HandshakeType::CERTIFICATE_STATUS, |writer| write_status(writer, response))
        }
        None => Ok(()),
    }
}

/// Sends a share of the group, signed. Returns the key behind it.
async fn send_key_exchange(
    flow: &mut Flow,
    agreement: &Agreement<'_>,
    randoms: &Randoms,
) -> Result<KeyPair, Error> {
    let Agreement { group, identity, scheme, .. } = *agreement;
    let pair = KeyPair::generate(group)?;
    let mut share = Vec::new();
    pair.write_share(&mut share)?;
    let params = key_exchange12::params(group, &share);
    let signature = certificate::sign(flow, identity, scheme, randoms.signing(&params)).await?;
    flow.send(HandshakeType::SERVER_KEY_EXCHANGE, |writer| {
        ServerKeyExchange::write(writer, &params, scheme, &signature);
    })?;
    Ok(pair)
}

/// Asks for the client's certificate, if this server does, and for its part of the handshake.
fn send_hello_done(flow: &mut Flow, config: &ServerConfig) -> Result<(), Error> {
    if config.client_verification.is_some() {
        let schemes = config.shared.policy.usable_signature_schemes().map(|scheme| scheme.0);
        flow.send(HandshakeType::CERTIFICATE_REQUEST, |writer| {
            certificate_request::write12(writer, schemes, &config.shared.authorities)
        })?;
    }
    flow.send(HandshakeType::SERVER_HELLO_DONE, |_| {})
}

/// The end of the random warns a client that could have had TLS 1.3 (RFC 9846 §4.2.3).
//= 9846:4.2.3 random
//= 9846:4.2.3 sentinel
fn server_random(config: &ServerConfig) -> Result<[u8; 32], Error> {
    let mut random = [0; 32];
    ciphersuites::random(&mut random)?;
    if config.shared.policy.supports(ProtocolVersion::TLS1_3)
        && let Some(end) = random.last_chunk_mut()
    {
        *end = server_hello::DOWNGRADE_TO_TLS12;
    }
    Ok(random)
}

/// What a ServerHello of TLS 1.2 says.
pub(crate) struct ServerHello<'a> {
    /// The client's, if a session is resumed; the one that the session will be kept by, if it is; or none.
    pub(crate) session_id: &'a [u8],
    pub(crate) resumes: bool,
    pub(crate) suite: Tls12Suite,
    pub(crate) alpn: Option<&'a [u8]>,
    /// Whether to say that this server knows of RFC 5746.
    pub(crate) renegotiation_info: bool,
    /// By the extended main secret.
    pub(crate) extended: bool,
    /// Whether a ticket will follow.
    pub(crate) ticket: bool,
    pub(crate) staples: Staples<'a>,
    pub(crate) fragment_limits: FragmentLimits,
}

//= 9846:4.3.1 tls12-answer
pub(crate) fn send_server_hello(
    flow: &mut Flow,
    config: &ServerConfig,
    hello: &ClientHello<'_>,
    answer: &ServerHello<'_>,
) -> Result<Randoms, Error> {
    let randoms = Randoms { client: *hello.random, server: server_random(config)? };
    flow.send(HandshakeType::SERVER_HELLO, |writer| {
        server_hello::write(writer, &randoms.server, answer.session_id, answer.suite.id, |writer| {
            if answer.renegotiation_info {
                renegotiation_info::write(writer, &[]);
            }
            if answer.extended {
                write_extension(writer, ExtensionType::EXTENDED_MAIN_SECRET, |_| {});
            }
            if answer.ticket {
                write_extension(writer, ExtensionType::SESSION_TICKET, |_| {});
            }
            if !answer.resumes {
                acknowledge_name(writer, config, hello);
            }
            write_alpn(writer, answer.alpn);
            answer.fragment_limits.write(writer);
            answer.staples.write12(writer);
        });
    })?;
    Ok(randoms)
}

/// Reads the client's share, between its certificate and the proof that it has the key of that, if it has sent one.
async fn receive_key_exchange(
    flow: &mut Flow,
    server: &Server<'_>,
    pair: KeyPair,
    (agreement, randoms): (&Agreement<'_>, &Randoms),
    log: &SecretLog,
) -> Result<(Tls12MainSecret, Option<Peer>), Error> {
    let path = receive_client_certificate(flow, server).await?;
    let message = flow.read(HandshakeType::CLIENT_KEY_EXCHANGE).await?;
    let premaster = pair.agree(key_exchange12::read_client(message.body())?)?;
    let main = main_secret(flow, agreement.suite, &premaster, randoms, agreement.extended, log)?;
    let peer = match path {
        Some(path) => Some(certificate::receive_verify12(flow, path, &server.config.shared.policy).await?),
        None => None,
    };
    Ok((main, peer))
}

/// Reads and checks the client's chain, if it was asked for one and sent one.
async fn receive_client_certificate(
    flow: &mut Flow,
    server: &Server<'_>,
) -> Result<Option<PathChecked>, Error> {
    let Some(client) = &server.config.client_verification else { return Ok(None) };
    let message = flow.read(HandshakeType::CERTIFICATE).await?;
    let chain = crate::wire::certificate::read12(message.body(), Staples::default())?;
    client.check(flow, &chain, ProtocolVersion::TLS1_2, server.now).await
}

fn facts(
    config: &ServerConfig,
    hello: &ClientHello<'_>,
    agreement: &Agreement<'_>,
    fragment_limits: FragmentLimits,
    peer: Option<&Peer>,
) -> Result<Facts, Error> {
    Ok(Facts {
        policy: config.shared.policy.name.clone(),
        version: ProtocolVersion::TLS1_2,
        cipher_suite: agreement.suite.id,
        group: agreement.group,
        group_reason: agreement.group_reason,
        hello_retry_request: false,
        renegotiations: 0,
        extended_main_secret: agreement.extended,
        server_name: hello.server_name()?.map(Into::into),
        alpn: agreement.alpn.map(Into::into),
        fragment_limits,
        identity: identity::place(&config.identities, agreement.identity),
        certificate_requested: config.client_verification.is_some(),
        server_signature_scheme: Some(agreement.scheme),
        client_signature_scheme: peer.and_then(|peer| peer.scheme),
        peer_certificates: peer.and_then(|peer| peer.certificates.clone()),
        pre_shared_key: None,
        resumed: None,
        early_data: EarlyData::NotOffered,
    })
}
