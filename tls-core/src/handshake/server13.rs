//! The server's handshake of TLS 1.3, RFC 9846 §2.

mod proof;

use std::sync::Arc;

use ciphersuites::{EarlySecret, ProtocolVersion, PskSecret, SharedSecret};

use crate::config::ServerConfig;
use crate::error::{Cause, Error};
use crate::facts::{EarlyData, Facts};
use crate::flow::Flow;
use crate::handshake::certificate::{self, Peer};
use crate::handshake::early_data::{self, ReceivedEarlyData};
use crate::handshake::fragment_limits::FragmentLimits;
use crate::handshake::keys::{TrafficSecrets, application_secrets, handshake_secrets};
use crate::handshake::negotiate::{self, Agreement};
use crate::handshake::pre_shared_keys::server::{FoundKey, find};
use crate::handshake::resumption;
use crate::handshake::server::{Server, acknowledge_name, write_alpn};
use crate::handshake::{Established, Secrets, Tickets, finished, retry, tickets};
use crate::identity;
use crate::role::Role;
use crate::wire::client_hello::ClientHello;
use crate::wire::codec::Writer;
use crate::wire::extension::{ExtensionType, write_code_points, write_extension};
use crate::wire::handshake::{HandshakeType, Message};
use crate::wire::{certificate_authorities, pre_shared_key, server_hello, ticket_request};

pub(crate) use self::proof::Proof;

/// Goes on from a ClientHello that leads to TLS 1.3.
//= 9846:4 order-sent
//= 9846:4.3.11.3 no-deadlock
//= 9846:4.4.1 sent
//= 9846:4.4.2 place
//= 9846:4.4.2 not-with-resumption
//= 9846:4.5.3 keys-behind
//= 9846:4.7.1 reported-name
//= 9846:E.4 ccs-sent
pub(crate) async fn handshake(
    flow: &mut Flow,
    server: &Server<'_>,
    message: Message,
) -> Result<Established, Error> {
    let config = server.config;
    let Answered { message, agreement, proof, retried, early_data } =
        receive_hello(flow, server, message).await?;
    let hello = ClientHello::read(message.body())?;
    let log = server.secret_log(&hello);

    let early_data = match early_data {
        Some(early_data) => early_data,
        None => early_data::receive(flow, server, &hello, (&agreement, &proof), &log).await?,
    };
    let shared_secret = send_server_hello(flow, &hello, &agreement, proof.secret())?;
    if !hello.session_id.is_empty() && !retried {
        flow.send_change_cipher_spec()?;
    }
    let Agreement { suite, alpn, .. } = agreement;
    let early = EarlySecret::new(suite.hash, proof.secret().map(|(_, secret)| secret));
    let (secret, handshake) = handshake_secrets(flow, early, &shared_secret, &log)?;
    flow.set_sealing_key(handshake.server.sealing_key(suite.aead)?)?;

    let fragment_limits = FragmentLimits::choose(config, &hello, ProtocolVersion::TLS1_3)?;
    fragment_limits.apply(flow, ProtocolVersion::TLS1_3);
    let early_data = early_data.begin(flow, handshake.client.opening_key(suite.aead)?)?;
    let expected_tickets = match &proof {
        Proof::Key(_) => None,
        Proof::Certificate(..) => tickets::requested(server, &hello, None)?,
        Proof::Session(session) => tickets::requested(server, &hello, Some(session))?,
    };
    flow.send(HandshakeType::ENCRYPTED_EXTENSIONS, |writer| {
        writer.vec16(|writer| {
            if proof.is_certificate() {
                acknowledge_name(writer, config, &hello);
            }
            write_alpn(writer, alpn);
            fragment_limits.write(writer);
            early_data.write(writer);
            if let Some(expected) = expected_tickets {
                ticket_request::write_hint(writer, expected);
            }
        });
    })?;
    if let Proof::Certificate(identity, scheme) = &proof {
        if config.client_verification.is_some() {
            flow.send(HandshakeType::CERTIFICATE_REQUEST, |writer| {
                write_certificate_request(writer, config)
            })?;
        }
        certificate::send13(flow, Role::Server, identity, *scheme, identity.staples(&hello)?).await?;
    }
    finished::send(flow, handshake.server.finished(&flow.transcript_hash()?).as_ref())?;

    let (TrafficSecrets { client, server: own }, exporter, main) = application_secrets(flow, secret, &log)?;
    flow.set_sealing_key(own.sealing_key(suite.aead)?)?;
    if !proof.is_certificate() || config.client_verification.is_none() {
        flow.permit_data(suite.aead.confidentiality_limit());
    }

    let known =
        Known { server, hello: &hello, agreement: &agreement, proof: &proof, retried, fragment_limits };
    if early_data.is_accepted() {
        flow.set_early_facts(known.facts(None, EarlyData::Accepted)?);
    }
    let early_data = early_data.end(flow).await?;
    let peer = match proof.is_certificate() {
        true => receive_client_certificate(flow, server).await?,
        false => None,
    };
    let finished = finished::read(flow, handshake.client.finished(&flow.transcript_hash()?).as_ref()).await?;
    flow.set_last_opening_key(client.opening_key(suite.aead)?)?;

    let facts = known.facts(peer.as_ref(), early_data)?;
    let session = proof.session();
    // A key leaves no sessions: they could outlive it.
    let tickets = match facts.pre_shared_key {
        None => tickets::send(flow, server, &hello, (&facts, session), |flow| {
            Ok(main.resumption(&flow.transcript_hash()?))
        })?,
        Some(_) => None,
    };
    let tickets = tickets.map(Tickets::Sent);
    let secrets = Secrets::Tls13 { aead: suite.aead, sending: own, receiving: client, exporter, tickets };
    let proof = match &proof {
        Proof::Certificate(..) => certificate::client_proof(peer),
        Proof::Session(session) => certificate::resumed_client(session),
        Proof::Key(key) => certificate::keyed_client(key),
    };
    Ok(Established { facts, secrets, proofs: (proof, finished) })
}

/// What is known of a connection when the server has finished, but for the client's certificate.
struct Known<'k> {
    server: &'k Server<'k>,
    hello: &'k ClientHello<'k>,
    agreement: &'k Agreement<'k>,
    proof: &'k Proof<'k>,
    retried: bool,
    fragment_limits: FragmentLimits,
}

impl Known<'_> {
    fn facts(&self, peer: Option<&Peer>, early_data: EarlyData) -> Result<Facts, Error> {
        let Self { server, hello, agreement, proof, retried, fragment_limits } = *self;
        let (config, session) = (server.config, proof.session());
        Ok(Facts {
            policy: config.shared.policy.name.clone(),
            version: ProtocolVersion::TLS1_3,
            cipher_suite: agreement.suite.id,
            group: agreement.group,
            group_reason: agreement.group_reason,
            hello_retry_request: retried,
            renegotiations: 0,
            extended_main_secret: true,
            server_name: hello.server_name()?.map(Into::into),
            alpn: agreement.alpn.map(Into::into),
            fragment_limits,
            identity: match proof {
                Proof::Certificate(identity, _) => identity::place(&config.identities, identity),
                _ => None,
            },
            certificate_requested: proof.is_certificate() && config.client_verification.is_some(),
            server_signature_scheme: match proof {
                Proof::Certificate(_, scheme) => Some(*scheme),
                Proof::Session(session) => session.state.server_scheme,
                Proof::Key(_) => None,
            },
            client_signature_scheme: match session {
                Some(session) => session.state.client_scheme,
                None => peer.and_then(|peer| peer.scheme),
            },
            peer_certificates: peer.and_then(|peer| peer.certificates.clone()),
            pre_shared_key: match proof {
                Proof::Key(key) => Some(Arc::clone(key.key().identity())),
                Proof::Certificate(..) | Proof::Session(_) => None,
            },
            resumed: session.map(|session| session.state.resumed()),
            early_data,
        })
    }
}

/// The ClientHello that is answered, and what was chosen from it.
struct Answered<'c> {
    message: Message,
    agreement: Agreement<'c>,
    proof: Proof<'c>,
    retried: bool,
    /// Where that is settled already.
    early_data: Option<ReceivedEarlyData>,
}

/// Reads the ClientHello that is answered: the second one, where the first lacked the share that is wanted.
//= 9846:4.2.1 retry-without-share
//= 9846:4.2.4 same-suite
//= 9846:E.4 ccs-sent
async fn receive_hello<'c>(
    flow: &mut Flow,
    server: &Server<'c>,
    first_message: Message,
) -> Result<Answered<'c>, Error> {
    let first = ClientHello::read(first_message.body())?;
    let mut agreement = negotiate::agree(&server.terms(), &first)?;
    let group = agreement.group;
    if negotiate::has_share(&first, group)? {
        let binders_len = binders_len(&first)?;
        flow.add_head_to_transcript(&first_message, binders_len);
        let proof = match resumption::accept(flow, server, &first, agreement.suite).await? {
            Some(session) => Proof::Session(session),
            None => {
                let key = find_key(flow, server, (&first, &first_message), &mut agreement).await?;
                choose_proof(flow, server, &first, key)?
            }
        };
        flow.add_tail_to_transcript(&first_message, binders_len);
        flow.start_transcript(agreement.suite.hash);
        return Ok(Answered { message: first_message, agreement, proof, retried: false, early_data: None });
    }
    let key = find_key(flow, server, (&first, &first_message), &mut agreement).await?;
    let may_resume = first.has(ExtensionType::PRE_SHARED_KEY) && server.config.sessions.is_some();
    if key.is_none() && !may_resume {
        // A client that could not be answered is told so at once.
        by_certificate(server, &first)?;
    }
    let suite = agreement.suite;
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
    let early_data = Some(ReceivedEarlyData::retry(flow, server, &first)?);
    let message = flow.read_hello(HandshakeType::CLIENT_HELLO).await?;
    let second = ClientHello::read(message.body())?;
    retry::check_second_hello(&first, &second, group, cookie)?;
    let binders_len = binders_len(&second)?;
    flow.add_head_to_transcript(&message, binders_len);
    let proof = match resumption::accept(flow, server, &second, suite).await? {
        Some(session) => Proof::Session(session),
        None => choose_proof(flow, server, &second, key)?,
    };
    flow.add_tail_to_transcript(&message, binders_len);
    Ok(Answered { message, agreement, proof, retried: true, early_data })
}

/// The end of the ClientHello that proves what goes before it (RFC 9846 §4.3.11.2).
fn binders_len(hello: &ClientHello<'_>) -> Result<usize, Error> {
    Ok(hello.pre_shared_keys()?.map_or(0, |offered| offered.binders_len))
}

/// An external key that the client offers, where this server takes any. The suite becomes one that goes with it.
async fn find_key(
    flow: &mut Flow,
    server: &Server<'_>,
    offer: (&ClientHello<'_>, &Message),
    agreement: &mut Agreement<'_>,
) -> Result<Option<Box<FoundKey>>, Error> {
    let Some(keys) = &server.config.pre_shared_keys else { return Ok(None) };
    // Few servers do: others have no room for its future.
    let key = Box::pin(find(flow, server, keys, offer)).await?;
    if let Some(key) = &key {
        agreement.suite = key.suite;
    }
    Ok(key)
}

/// By the key, which the client must prove to have, or else by a certificate.
fn choose_proof<'c>(
    flow: &mut Flow,
    server: &Server<'c>,
    hello: &ClientHello<'_>,
    key: Option<Box<FoundKey>>,
) -> Result<Proof<'c>, Error> {
    match key {
        Some(key) => Ok(Proof::Key(Box::new(key.verify(flow, hello)?))),
        None => by_certificate(server, hello),
    }
}

fn by_certificate<'c>(server: &Server<'c>, hello: &ClientHello<'_>) -> Result<Proof<'c>, Error> {
    if server.config.identities.is_empty() {
        return Err(Cause::NoCommonPreSharedKey.into());
    }
    let (identity, scheme) = negotiate::choose_identity(&server.terms(), hello)?;
    Ok(Proof::Certificate(identity, scheme))
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

/// Reads and verifies the client's certificate, if it was asked for one and sent one.
async fn receive_client_certificate(flow: &mut Flow, server: &Server<'_>) -> Result<Option<Peer>, Error> {
    let Some(client) = &server.config.client_verification else { return Ok(None) };
    let message = flow.read(HandshakeType::CERTIFICATE).await?;
    let chain = crate::wire::certificate::read13(message.body(), &[])?;
    let Some(path) = client.check(flow, &chain, ProtocolVersion::TLS1_3, server.now).await? else {
        return Ok(None);
    };
    certificate::receive_verify13(flow, path, Role::Client, &server.config.shared.policy).await.map(Some)
}
