//! Resumption in TLS 1.2 from both sides: by tickets (RFC 5077), or by session ids (RFC 5246 §7.4.1.2, §7.4.1.3); and
//! RFC 7627 §5.3 for the extended main secret, without which nothing is resumed. Each side's story is the short one of
//! RFC 5246 §7.3.

use std::sync::Arc;

use ciphersuites::{ProtocolVersion, Tls12Keys, Tls12MainSecret, Tls12Suite};
use zeroize::Zeroizing;

use crate::error::{Cause, Error};
use crate::facts::{EarlyData, Facts, GroupReason};
use crate::flow::Flow;
use crate::handshake::certificate;
use crate::handshake::client::Client;
use crate::handshake::client12::{Accepted, receive_ticket, renegotiable};
use crate::handshake::fragment_limits::FragmentLimits;
use crate::handshake::keys12::Randoms;
use crate::handshake::negotiate::choose_alpn;
use crate::handshake::negotiate12;
use crate::handshake::offer::Offer;
use crate::handshake::renegotiation::VerifyData;
use crate::handshake::resumption::Origin;
use crate::handshake::server::Server;
use crate::handshake::server12::{ServerHello, send_server_hello};
use crate::handshake::{Established, Secrets, finished};
use crate::operation::Found;
use crate::role::Role;
use crate::session::{Handle, KnownBy, ServerSessions, Session, SessionById, State};
use crate::wire::client_hello::ClientHello;
use crate::wire::extension::ExtensionType;
use crate::wire::handshake::{HandshakeType, Message};
use crate::wire::new_session_ticket::MAX_LIFETIME;
use crate::wire::new_session_ticket12::NewSessionTicket;
use crate::wire::staples::Staples;

/// The session that a client offers and that this server can go on from.
pub(crate) async fn accept(
    flow: &mut Flow,
    server: &Server<'_>,
    hello: &ClientHello<'_>,
) -> Result<Option<Box<State>>, Error> {
    let Some(sessions) = server.config.tls12_sessions() else { return Ok(None) };
    let (found, request) = match (offered_ticket(hello), offered_id(hello)) {
        (Some(ticket), _) => (
            sessions.open(ProtocolVersion::TLS1_2, ticket, server.now),
            sessions.ask_for_ticket(ProtocolVersion::TLS1_2, ticket),
        ),
        (None, Some(id)) => (sessions.find(&id), sessions.ask_for_id(id)),
        (None, None) => return Ok(None),
    };
    let found = match (found, request) {
        (Some(state), _) => Some(Box::new(state)),
        (None, Some(request)) => flow.find_session(request).await?.and_then(Found::into_state),
        (None, None) => None,
    };
    match found {
        Some(state) if check(server, hello, sessions, &state)? => Ok(Some(state)),
        _ => Ok(None),
    }
}

fn offered_ticket<'h>(hello: &ClientHello<'h>) -> Option<&'h [u8]> {
    hello.extensions.get(ExtensionType::SESSION_TICKET).filter(|ticket| !ticket.is_empty())
}

/// Beside a ticket, the session id is one that the client made up (RFC 5077 §3.4).
fn offered_id(hello: &ClientHello<'_>) -> Option<Handle> {
    let id = Handle::read(ProtocolVersion::TLS1_2, hello.session_id);
    id.filter(|_| offered_ticket(hello).is_none())
}

/// Whether the server can go on from this state with this client.
fn check(
    server: &Server<'_>,
    hello: &ClientHello<'_>,
    sessions: &ServerSessions,
    state: &State,
) -> Result<bool, Error> {
    let policy = &server.config.shared.policy;
    let is_fit = state.version == ProtocolVersion::TLS1_2
        && state.may_resume(policy, &sessions.scope, hello.server_name()?, server.now)
        && policy.tls12_suites().any(|suite| suite.id == state.cipher_suite)
        && hello.cipher_suites.contains(state.cipher_suite.0);
    // Who had the extended main secret and now does not is not the same client, or not unhindered (RFC 7627 §5.3).
    match is_fit && !hello.extended_main_secret()? {
        true => Err(Cause::NoExtendedMainSecret.into()),
        false => Ok(is_fit),
    }
}

/// Whether the client will be given a ticket, which the ServerHello must say.
pub(crate) fn gives_ticket(server: &Server<'_>, hello: &ClientHello<'_>, extended: bool) -> bool {
    let has_keys = server.config.tls12_sessions().is_some_and(|sessions| sessions.keys.is_some());
    extended && hello.has(ExtensionType::SESSION_TICKET) && has_keys
}

/// The session id of the session that begins, if this server will keep it.
pub(crate) fn new_session_id(server: &Server<'_>, extended: bool) -> Result<Option<Box<Handle>>, Error> {
    let keeps = server.config.tls12_sessions().is_some_and(ServerSessions::keeps);
    match extended && keeps {
        true => Ok(Some(Box::new(Handle::new(ProtocolVersion::TLS1_2)?))),
        false => Ok(None),
    }
}

/// Keeps the session that has begun under this session id, which the ServerHello has said.
pub(crate) fn keep_session(
    flow: &mut Flow,
    server: &Server<'_>,
    id: Handle,
    session: (&Facts, &Origin),
    main: &Tls12MainSecret,
) -> Box<SessionById> {
    if let Some(sessions) = server.config.tls12_sessions() {
        flow.keep(sessions.keep(id, &server_state(server, sessions, session, main)));
    }
    by_id(server, id)
}

fn by_id(server: &Server<'_>, id: Handle) -> Box<SessionById> {
    Box::new(SessionById::Server { config: Arc::clone(server.config), id })
}

fn server_state(
    server: &Server<'_>,
    sessions: &ServerSessions,
    (facts, origin): (&Facts, &Origin),
    main: &Tls12MainSecret,
) -> State {
    let mut state = State {
        role: Role::Server,
        secret: Zeroizing::new(main.expose().to_vec()),
        lifetime: sessions.lifetime,
        ..origin.state(facts, facts.server_name.as_deref(), sessions.scope, server.now)
    };
    state.limit_lifetime(server.now);
    state
}

/// Gives the client the ticket that the ServerHello has promised: an empty one, if there is no key for it now.
pub(crate) fn send_ticket(
    flow: &mut Flow,
    server: &Server<'_>,
    session: (&Facts, &Origin),
    main: &Tls12MainSecret,
) -> Result<(), Error> {
    let sealed = server.config.tls12_sessions().and_then(|sessions| {
        let mut state = server_state(server, sessions, session, main);
        let ticket = sessions.keys.as_ref()?.seal(&mut state, server.now)?;
        Some((state.lifetime, ticket))
    });
    let (lifetime_hint, ticket) = sealed.unwrap_or_default();
    let message = NewSessionTicket { lifetime_hint, ticket: &ticket };
    flow.send(HandshakeType::NEW_SESSION_TICKET, |writer| message.write(writer))
}

/// The server's story, from a ClientHello whose session is resumed. The ClientHello is in the transcript.
pub(crate) async fn resume_server(
    flow: &mut Flow,
    server: &Server<'_>,
    hello: &ClientHello<'_>,
    state: Box<State>,
) -> Result<Established, Error> {
    let config = server.config;
    negotiate12::check_form(&config.shared.policy, hello)?;
    let suite = Tls12Suite::from_id(state.cipher_suite).ok_or(Cause::Crypto)?;
    let alpn = choose_alpn(&config.shared.alpn, hello.alpn()?)?;
    let fragment_limits = FragmentLimits::choose(config, hello, ProtocolVersion::TLS1_2)?;
    flow.refuse_change_cipher_spec()?;
    flow.expect_record_boundary()?;
    flow.start_transcript(suite.hash);

    let ticket = gives_ticket(server, hello, true);
    let renegotiation_info = negotiate12::knows_safe_renegotiation(hello)?;
    let server_hello = ServerHello {
        session_id: hello.session_id,
        resumes: true,
        suite,
        alpn,
        renegotiation_info,
        extended: true,
        ticket,
        staples: Staples::default(),
        fragment_limits,
    };
    let randoms = send_server_hello(flow, config, hello, &server_hello)?;
    fragment_limits.apply(flow, ProtocolVersion::TLS1_2);
    let main = Tls12MainSecret::resumed(suite.hash, &state.secret).ok_or(Cause::Crypto)?;
    server.secret_log(hello).log("CLIENT_RANDOM", main.expose());
    let facts = Facts {
        policy: config.shared.policy.name.clone(),
        server_name: hello.server_name()?.map(Into::into),
        alpn: alpn.map(Into::into),
        fragment_limits,
        peer_certificates: None,
        ..resumed_facts(&state)
    };
    if ticket {
        send_ticket(flow, server, (&facts, &Origin::of_state(&state)), &main)?;
    }
    let Tls12Keys { client, server: own } = main.keys(suite, &randoms.client, &randoms.server)?;
    finished::send12(flow, &own, |messages| main.server_finished(messages))?;
    let (finished, _) = finished::read12(flow, &client, |messages| main.client_finished(messages)).await?;

    let limit = suite.cipher.confidentiality_limit();
    let session = offered_id(hello).map(|id| by_id(server, id));
    let secrets = Secrets::Tls12 { main, randoms, extended: true, limit, renegotiable: None, session };
    Ok(Established { facts, secrets, proofs: (certificate::resumed_client12(&state), finished) })
}

/// The client's story, from a ServerHello that resumes the session that was offered.
pub(crate) async fn resume_client(
    flow: &mut Flow,
    client: &Client<'_>,
    (offer, session): (&Offer<'_>, Box<Session>),
    (accepted, message): (Accepted<'_>, &Message),
    randoms: Randoms,
) -> Result<Established, Error> {
    let Accepted { suite, extended, alpn, fragment_limits, .. } = accepted;
    if suite.id != session.state.cipher_suite {
        return Err(Cause::WrongCipherSuite(suite.id).into());
    }
    if !extended {
        return Err(Cause::NoExtendedMainSecret.into());
    }
    flow.start_transcript(suite.hash);
    flow.add_to_transcript(message);
    certificate::verify_again(flow, client, &session).await?;
    let main = Tls12MainSecret::resumed(suite.hash, &session.state.secret).ok_or(Cause::Crypto)?;
    offer.secret_log().log("CLIENT_RANDOM", main.expose());
    let Tls12Keys { client: own, server } = main.keys(suite, &randoms.client, &randoms.server)?;
    let new_ticket = receive_ticket(flow, &accepted).await?;
    let new_ticket = new_ticket.as_ref().map(|message| NewSessionTicket::read(message.body())).transpose()?;
    let (finished, server_finished) =
        finished::read12(flow, &server, |messages| main.server_finished(messages)).await?;
    let client_finished = finished::send12(flow, &own, |messages| main.client_finished(messages))?;

    let facts = Facts {
        policy: client.config.shared.policy.name.clone(),
        server_name: offer.server_name().map(Into::into),
        alpn: alpn.map(Into::into),
        fragment_limits,
        peer_certificates: Some(session.certificates.clone()),
        ..resumed_facts(&session.state)
    };
    let proof = certificate::resumed_server12(&session);
    let session = match new_ticket.as_ref().and_then(NewSession::by_ticket) {
        Some(new) => new.keep(flow, client, (&facts, &Origin::of_state(&session.state)), &main),
        // The old one is as good as it was.
        None => keep(flow, client, *session),
    };
    let limit = suite.cipher.confidentiality_limit();
    let renegotiable = renegotiable(client, &accepted, VerifyData::new(&client_finished, &server_finished));
    let secrets = Secrets::Tls12 { main, randoms, extended: true, limit, renegotiable, session };
    Ok(Established { facts, secrets, proofs: (proof, finished) })
}

/// What a server gives a client to resume by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewSession<'a> {
    known_by: KnownBy,
    /// The ticket, or the session id.
    ticket: &'a [u8],
    /// In seconds.
    lifetime: u32,
}

impl<'a> NewSession<'a> {
    /// An empty ticket stands for nothing.
    pub(crate) fn by_ticket(message: &NewSessionTicket<'a>) -> Option<Self> {
        let lifetime = match message.lifetime_hint {
            0 => MAX_LIFETIME,
            hint => hint.min(MAX_LIFETIME),
        };
        let ticket = message.ticket;
        (!ticket.is_empty()).then_some(Self { known_by: KnownBy::Ticket, ticket, lifetime })
    }

    /// A server that gives no session id, or an empty one, keeps no session.
    pub(crate) fn by_id(id: &'a [u8]) -> Option<Self> {
        (!id.is_empty()).then_some(Self { known_by: KnownBy::SessionId, ticket: id, lifetime: ID_LIFETIME })
    }

    /// Keeps the session, if this client keeps any of TLS 1.2. Returns it as the connection is to know it.
    pub(crate) fn keep(
        self,
        flow: &mut Flow,
        client: &Client<'_>,
        (facts, origin): (&Facts, &Origin),
        main: &Tls12MainSecret,
    ) -> Option<Box<SessionById>> {
        let config = client.config;
        let (sessions, certificates) = (config.sessions.as_ref()?, facts.peer_certificates.as_ref()?);
        if config.shared.forward_secret_tickets_only || client.previous.is_some() {
            return None;
        }
        let state = State {
            role: Role::Client,
            lifetime: self.lifetime,
            secret: Zeroizing::new(main.expose().to_vec()),
            ..origin.state(facts, Some(&client.name.to_str()), sessions.scope, client.now)
        };
        let Self { known_by, ticket, .. } = self;
        keep(
            flow,
            client,
            Session { state, ticket: ticket.into(), known_by, certificates: certificates.clone() },
        )
    }
}

/// A day, in seconds: no longer should a session id be used (RFC 5246 appendix F.1.4).
const ID_LIFETIME: u32 = 24 * 3600;

fn keep(flow: &mut Flow, client: &Client<'_>, session: Session) -> Option<Box<SessionById>> {
    let sessions = client.config.sessions.as_ref()?;
    let by_id = (session.known_by == KnownBy::SessionId).then(|| {
        let (config, server_name) = (Arc::clone(client.config), client.name.to_str().into());
        Box::new(SessionById::Client { config, server_name, id: session.ticket.clone() })
    });
    flow.keep(sessions.keep(session));
    by_id
}

/// What was settled when the session began.
fn resumed_facts(state: &State) -> Facts {
    Facts {
        policy: Default::default(),
        version: ProtocolVersion::TLS1_2,
        cipher_suite: state.cipher_suite,
        group: state.group,
        group_reason: GroupReason::Resumed,
        hello_retry_request: false,
        renegotiations: 0,
        extended_main_secret: true,
        server_name: None,
        alpn: None,
        fragment_limits: FragmentLimits::Unlimited,
        identity: None,
        certificate_requested: false,
        server_signature_scheme: state.server_scheme,
        client_signature_scheme: state.client_scheme,
        peer_certificates: None,
        pre_shared_key: None,
        resumed: Some(state.resumed()),
        early_data: EarlyData::NotOffered,
    }
}
