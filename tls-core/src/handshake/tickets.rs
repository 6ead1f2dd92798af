//! The tickets of TLS 1.3, as a server gives them: after the handshake, and later (RFC 9846 §4.7.1, RFC 9149).

use std::sync::Arc;

use ciphersuites::ResumptionSecret;
use pki_types::UnixTime;

use crate::config::ServerConfig;
use crate::error::{Cause, Error};
use crate::facts::Facts;
use crate::flow::Flow;
use crate::handshake::resumption::{AcceptedSession, Origin, permits_key_exchange};
use crate::handshake::server::Server;
use crate::handshake::server13::GREASE;
use crate::limits;
use crate::role::Role;
use crate::session::{Issued, KeptSession, ServerSessions, State};
use crate::wire::client_hello::ClientHello;
use crate::wire::codec::Writer;
use crate::wire::handshake::HandshakeType;
use crate::wire::new_session_ticket::NewSessionTicket;

/// How a server gives tickets to this client: `None`, if it gives none.
fn sessions<'c>(server: &Server<'c>, hello: &ClientHello<'_>) -> Result<Option<&'c ServerSessions>, Error> {
    let gives = |sessions: &&ServerSessions| sessions.tickets > 0 || sessions.later_tickets > 0;
    let sessions = server.config.sessions.as_ref().filter(gives);
    Ok(if permits_key_exchange(hello)? { sessions } else { None })
}

/// How many tickets a client asks for that will get any, as far as this server goes (RFC 9149 §3).
pub(crate) fn requested(
    server: &Server<'_>,
    hello: &ClientHello<'_>,
    resumed: Option<&AcceptedSession>,
) -> Result<Option<u8>, Error> {
    let sessions = sessions(server, hello)?.filter(|sessions| sessions.tickets > 0);
    let (Some(request), Some(_)) = (hello.ticket_request()?, sessions) else { return Ok(None) };
    let count = if resumed.is_some() { request.resumption_count } else { request.new_session_count };
    Ok(Some(count.min(limits::MAX_TICKETS_REQUESTED)))
}

/// Gives the client tickets for later, if the server has keys for them and the client a use. Returns what more can be made
/// by, if the server may want to.
pub(crate) fn send(
    flow: &mut Flow,
    server: &Server<'_>,
    hello: &ClientHello<'_>,
    (facts, accepted): (&Facts, Option<&AcceptedSession>),
    secret: impl FnOnce(&Flow) -> Result<ResumptionSecret, Error>,
) -> Result<Option<Box<TicketSender>>, Error> {
    let Some(sessions) = sessions(server, hello)? else { return Ok(None) };
    let count = requested(server, hello, accepted)?.unwrap_or(sessions.tickets);
    let left = sessions.later_tickets;
    if count == 0 && left == 0 {
        return Ok(None);
    }
    let origin = match accepted {
        Some(accepted) => Origin::of_state(&accepted.state),
        None => Origin::of_client(facts, server),
    };
    let config = Arc::clone(server.config);
    let mut sender = TicketSender { config, secret: secret(flow)?, origin, sent: 0, left };
    for _ in 0..count {
        let Some(ticket) = sender.next(facts, server.now)? else { break };
        flow.send(HandshakeType::NEW_SESSION_TICKET, |writer| ticket.write(writer))?;
        flow.keep(ticket.kept);
    }
    Ok((left > 0).then(|| Box::new(sender)))
}

/// What a server must know to give tickets.
#[derive(Debug)]
pub(crate) struct TicketSender {
    config: Arc<ServerConfig>,
    secret: ResumptionSecret,
    origin: Origin,
    /// Tickets so far: what makes the next one's nonce.
    sent: u16,
    /// How many may be sent after the handshake.
    left: u8,
}

/// A ticket on its way to the client.
#[derive(Debug)]
pub(crate) struct NewTicket {
    lifetime: u32,
    age_add: u32,
    nonce: [u8; 2],
    ticket: Vec<u8>,
    max_early_data: u32,
    grease: Option<u16>,
    /// What it stands for, if that is to be kept elsewhere.
    pub(crate) kept: Option<KeptSession>,
}

impl NewTicket {
    pub(crate) fn write(&self, writer: &mut Writer<'_>) {
        let Self { lifetime, age_add, nonce, ticket, max_early_data, grease, .. } = self;
        let (lifetime, age_add, max_early_data) = (*lifetime, *age_add, *max_early_data);
        NewSessionTicket { lifetime, age_add, nonce, ticket, max_early_data }.write(writer, *grease);
    }
}

impl TicketSender {
    /// A ticket after the handshake, if there may be one more.
    pub(crate) fn next_later(&mut self, facts: &Facts, now: UnixTime) -> Result<Option<NewTicket>, Error> {
        self.left = self.left.checked_sub(1).ok_or(Cause::Misuse(
            "as many tickets have been sent later as the configuration's later_tickets permits",
        ))?;
        self.next(facts, now)
    }

    /// What tickets from now on have of the application.
    pub(crate) fn set_session_data(&mut self, data: &[u8]) -> Result<(), Error> {
        if data.len() > limits::MAX_SESSION_DATA {
            return Err(Cause::Misuse("what sessions have of the application is at most 1,024 bytes").into());
        }
        self.origin.session_data = data.into();
        Ok(())
    }

    /// `None`: there is no key to seal one by, or the session is over.
    //= 9846:4.7.1 seven-days
    //= 9846:4.7.1 age-add
    fn next(&mut self, facts: &Facts, now: UnixTime) -> Result<Option<NewTicket>, Error> {
        let Some(sessions) = &self.config.sessions else { return Ok(None) };
        let nonce = self.sent.to_be_bytes();
        self.sent = self.sent.saturating_add(1);
        let mut age_add = [0; 4];
        ciphersuites::random(&mut age_add)?;
        let mut state = State {
            role: Role::Server,
            lifetime: sessions.lifetime,
            age_add: u32::from_be_bytes(age_add),
            secret: self.secret.psk(&nonce),
            early_data: self.config.early_data_terms(facts),
            ..self.origin.state(facts, facts.server_name.as_deref(), sessions.scope, now)
        };
        state.limit_lifetime(now);
        let Some(Issued { ticket, kept }) = sessions.issue(&mut state, now).filter(|_| state.lifetime > 0)
        else {
            return Ok(None);
        };
        let State { lifetime, age_add, .. } = state;
        let max_early_data = state.early_data.map_or(0, |terms| terms.max_size);
        let grease = self.config.grease.then_some(GREASE);
        Ok(Some(NewTicket { lifetime, age_add, nonce, ticket, max_early_data, grease, kept }))
    }
}
