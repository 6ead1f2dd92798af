//! Resumption in TLS 1.3, from both sides: RFC 9846 §2.2, §4.3.11 and §4.7.1. Always with a key exchange of its own.

use std::sync::Arc;

use ciphersuites::{
    Hash, ProtocolVersion, PskOrigin, PskSecret, ResumptionSecret, Tls13Suite, constant_time_eq,
};
use pki_types::{ServerName, UnixTime};

use crate::config::ClientConfig;
use crate::error::{Cause, Error};
use crate::facts::Facts;
use crate::flow::Flow;
use crate::handshake::client::Client;
use crate::handshake::server::Server;
use crate::limits;
use crate::operation::{FindSession, Found};
use crate::role::Role;
use crate::session::{ClientIdentity, EarlyDataTerms, KeptSession, KnownBy, Scope, Session, State};
use crate::wire::client_hello::ClientHello;
use crate::wire::new_session_ticket::NewSessionTicket;
use crate::wire::psk_key_exchange_modes::PskKeyExchangeMode;

/// The newest session with this server that a client may resume, here or elsewhere. It is not given out again.
//= 9846:4.7.1 name
pub(crate) async fn find_session(
    flow: &mut Flow,
    client: &Client<'_>,
) -> Result<Option<Box<Session>>, Error> {
    let Some(sessions) = client.config.sessions.as_ref().filter(|_| client.previous.is_none()) else {
        return Ok(None);
    };
    let session = match &sessions.store {
        Some(store) => store.take(sessions.scope, client.name, client.now).map(Box::new),
        None => {
            let request = FindSession::of_client(&sessions.scope, &client.name.to_str());
            flow.find_session(request).await?.and_then(Found::into_session)
        }
    };
    Ok(session.filter(|session| is_fit(client, &sessions.scope, session)))
}

/// Whether a connection of this client could go on from the session.
fn is_fit(client: &Client<'_>, scope: &Scope, session: &Session) -> bool {
    let policy = &client.config.shared.policy;
    let State { cipher_suite, version, .. } = session.state;
    let has_suite = match version {
        ProtocolVersion::TLS1_3 => {
            let hash = session.hash();
            policy.tls13_suites().any(|suite| Some(suite.hash) == hash)
        }
        _ => {
            !client.config.shared.forward_secret_tickets_only
                && policy.tls12_suites().any(|suite| suite.id == cipher_suite)
        }
    };
    has_suite && session.state.may_resume(policy, scope, Some(&client.name.to_str()), client.now)
}

/// The session that a client offers to resume.
#[derive(Debug)]
pub(crate) struct OfferedSession {
    pub(crate) session: Session,
    pub(crate) secret: PskSecret,
    now: UnixTime,
}

impl OfferedSession {
    /// A session of TLS 1.3; `None`: it is not one.
    pub(crate) fn new(session: Session, now: UnixTime) -> Option<Self> {
        let secret = PskSecret::new(session.hash()?, &session.state.secret);
        Some(Self { session, secret, now })
    }

    /// The age of its ticket as it is sent (RFC 9846 §4.3.11.1).
    pub(crate) fn obfuscated_age(&self) -> u32 {
        self.session.state.obfuscated_age(self.now)
    }
}

/// The session from which a server goes on.
#[derive(Debug)]
pub(crate) struct AcceptedSession {
    /// Its place among those that the client offers.
    pub(crate) index: u16,
    pub(crate) state: State,
    pub(crate) secret: PskSecret,
}

/// The first session that a client offers and that this server can go on from. The ClientHello is in the transcript up to
/// the binders. A ticket that is not good for anything is passed over; a client that offers a good one and does not have
/// its key is refused.
//= 9846:4.3.11 compatible
//= 9846:4.3.11 binder
pub(crate) async fn accept(
    flow: &mut Flow,
    server: &Server<'_>,
    hello: &ClientHello<'_>,
    suite: Tls13Suite,
) -> Result<Option<Box<AcceptedSession>>, Error> {
    let Some(offered) = hello.pre_shared_keys()? else { return Ok(None) };
    let Some(sessions) = &server.config.sessions else { return Ok(None) };
    if !permits_key_exchange(hello)? {
        return Ok(None);
    }
    for (index, (ticket, _)) in (0..).zip(offered.iter().take(limits::MAX_TICKETS_TRIED)) {
        let Some(state) = sessions.open(ProtocolVersion::TLS1_3, ticket, server.now) else { continue };
        if let Some(accepted) = check(flow, server, hello, suite, (index, state))? {
            return Ok(Some(accepted));
        }
    }
    let ask = |(ticket, _)| sessions.ask_for_ticket(ProtocolVersion::TLS1_3, ticket);
    let Some(request) = offered.iter().next().and_then(ask) else { return Ok(None) };
    match flow.find_session(request).await?.and_then(Found::into_state) {
        Some(state) => check(flow, server, hello, suite, (0, *state)),
        None => Ok(None),
    }
}

/// Whether the server can go on from the state of what the client offers in this place, whose binder must be right then.
fn check(
    flow: &mut Flow,
    server: &Server<'_>,
    hello: &ClientHello<'_>,
    suite: Tls13Suite,
    (index, state): (u16, State),
) -> Result<Option<Box<AcceptedSession>>, Error> {
    let (Some(offered), Some(sessions)) = (hello.pre_shared_keys()?, &server.config.sessions) else {
        return Ok(None);
    };
    let (policy, name) = (&server.config.shared.policy, hello.server_name()?);
    if !state.may_resume(policy, &sessions.scope, name, server.now) || hash(&state) != Some(suite.hash) {
        return Ok(None);
    }
    let secret = PskSecret::new(suite.hash, &state.secret);
    let expected = secret.binder(PskOrigin::Session, &flow.hash_so_far(suite.hash));
    let binder = offered.iter().nth(index.into()).map(|(_, binder)| binder);
    match constant_time_eq(expected.as_ref(), binder.unwrap_or_default()) {
        true => Ok(Some(Box::new(AcceptedSession { index, state, secret }))),
        false => Err(Cause::BadBinder.into()),
    }
}

fn hash(state: &State) -> Option<Hash> {
    Tls13Suite::from_id(state.cipher_suite).map(|suite| suite.hash)
}

/// Whether the client would use a pre-shared key with a key exchange: without one, keys are of no use here.
//= 9846:4.2.1 psk-mode
pub(crate) fn permits_key_exchange(hello: &ClientHello<'_>) -> Result<bool, Error> {
    let modes = hello.psk_key_exchange_modes()?;
    Ok(modes.is_some_and(|mut modes| modes.any(|mode| mode == PskKeyExchangeMode::PSK_DHE_KE)))
}

/// What a client must know to make sessions of the tickets that come.
#[derive(Debug)]
pub(crate) struct TicketReceiver {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
    now: UnixTime,
    secret: ResumptionSecret,
    origin: Origin,
    received: u8,
}

impl TicketReceiver {
    /// `None`: this client keeps no sessions.
    pub(crate) fn new(
        client: &Client<'_>,
        facts: &Facts,
        accepted: Option<&OfferedSession>,
        secret: impl FnOnce() -> Result<ResumptionSecret, Error>,
    ) -> Result<Option<Box<Self>>, Error> {
        // Where there are no certificates, there was an external key, which leaves no sessions.
        if client.config.sessions.is_none() || facts.peer_certificates.is_none() {
            return Ok(None);
        }
        let origin = match accepted {
            Some(accepted) => Origin::of_state(&accepted.session.state),
            None => Origin::of_server(facts, client.now),
        };
        Ok(Some(Box::new(Self {
            config: Arc::clone(client.config),
            name: client.name.clone(),
            now: client.now,
            secret: secret()?,
            origin,
            received: 0,
        })))
    }

    /// Keeps the session that a ticket stands for; what is returned is for the caller to keep. A server that gives more
    /// than anyone has a use for is not heard.
    pub(crate) fn receive(&mut self, ticket: &NewSessionTicket<'_>, facts: &Facts) -> Option<KeptSession> {
        let (sessions, certificates) = (self.config.sessions.as_ref()?, facts.peer_certificates.as_ref()?);
        if self.received >= limits::MAX_TICKETS_KEPT || ticket.lifetime == 0 {
            return None;
        }
        self.received += 1;
        let name = self.name.to_str();
        let state = State {
            role: Role::Client,
            lifetime: ticket.lifetime,
            age_add: ticket.age_add,
            secret: self.secret.psk(ticket.nonce),
            early_data: EarlyDataTerms::new(ticket.max_early_data, facts, &[]),
            ..self.origin.state(facts, Some(&name), sessions.scope, self.now)
        };
        sessions.keep(Session {
            state,
            ticket: ticket.ticket.into(),
            known_by: KnownBy::Ticket,
            certificates: certificates.clone(),
        })
    }
}

/// Where a session began: what resumptions of it inherit.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    established_at: u64,
    peer_expires_at: u64,
    client: Option<ClientIdentity>,
    pub(crate) session_data: Box<[u8]>,
}

impl Origin {
    /// In the handshake that a session comes from.
    pub(crate) fn of_state(state: &State) -> Self {
        let State { established_at, peer_expires_at, client, .. } = *state;
        Self { established_at, peer_expires_at, client, session_data: state.session_data.clone() }
    }

    /// In a client's handshake, now, with this server.
    pub(crate) fn of_server(facts: &Facts, now: UnixTime) -> Self {
        let chain = facts.peer_certificates.as_ref();
        let peer_expires_at = chain.map_or(u64::MAX, |chain| chain.expire_at(now));
        Self {
            established_at: now.as_secs(),
            peer_expires_at,
            client: None,
            session_data: Default::default(),
        }
    }

    /// In a server's handshake, now, with this client.
    pub(crate) fn of_client(facts: &Facts, server: &Server<'_>) -> Self {
        let client = facts.peer_certificates.as_ref().map(|chain| {
            let digest = Hash::Sha256.digest(chain.leaf());
            ClientIdentity { fingerprint: digest.as_ref().first_chunk().copied().unwrap_or_default() }
        });
        let sessions = server.config.sessions.as_ref();
        let session_data = sessions.map(|sessions| sessions.session_data.clone()).unwrap_or_default();
        Self { client, session_data, ..Self::of_server(facts, server.now) }
    }

    /// The state of a connection that goes back to here; the rest is for the caller to fill in.
    pub(crate) fn state(
        &self,
        facts: &Facts,
        server_name: Option<&str>,
        scope: Scope,
        now: UnixTime,
    ) -> State {
        State {
            role: Role::Client,
            version: facts.version,
            cipher_suite: facts.cipher_suite,
            group: facts.group,
            server_scheme: facts.server_signature_scheme,
            client_scheme: facts.client_signature_scheme,
            server_name: server_name.map(Into::into),
            scope,
            established_at: self.established_at,
            issued_at: now.as_secs(),
            lifetime: 0,
            age_add: 0,
            peer_expires_at: self.peer_expires_at,
            secret: Default::default(),
            client: self.client,
            early_data: None,
            session_data: self.session_data.clone(),
        }
    }
}
