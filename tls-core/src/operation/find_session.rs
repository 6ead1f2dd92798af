//! Sessions that are kept elsewhere, and tickets that are opened elsewhere.

use std::fmt;

use crate::operation::{Answer, OperationId, Reply};
use crate::role::Role;
use crate::session::{Handle, Scope, Session, SessionKey, State, client_key, server_key};

/// A connection's wish for a session that it could resume. A client asks before it sends anything, a server when it has
/// the ClientHello. Whatever is answered, the connection comes about: by a full handshake, if it is nothing.
#[derive(Debug)]
pub struct FindSession {
    id: OperationId,
    role: Role,
    key: Option<SessionKey>,
    ticket: Option<Box<[u8]>>,
    serves_once: bool,
}

impl FindSession {
    /// A client's wish for a session with the server of this name.
    pub(crate) fn of_client(scope: &Scope, server_name: &str) -> Self {
        let key = Some(client_key(scope, server_name));
        Self { id: OperationId::next(), role: Role::Client, key, ticket: None, serves_once: true }
    }

    /// A server's wish for what this ticket stands for, or is. It may be a handle.
    pub(crate) fn of_ticket(ticket: &[u8], handle: Option<Handle>) -> Self {
        Self { ticket: Some(ticket.into()), ..Self::of_handle(handle) }
    }

    /// A server's wish for the session of this session id.
    pub(crate) fn of_session_id(id: Handle) -> Self {
        Self::of_handle(Some(id))
    }

    fn of_handle(handle: Option<Handle>) -> Self {
        Self {
            id: OperationId::next(),
            role: Role::Server,
            key: handle.as_ref().map(server_key),
            ticket: None,
            serves_once: handle.is_some_and(|handle| handle.serves_once()),
        }
    }

    /// What tells this operation from every other of the process.
    pub fn id(&self) -> OperationId {
        self.id
    }

    /// Who asks.
    pub fn role(&self) -> Role {
        self.role
    }

    /// What the session would be kept under: the [key](crate::KeptSession::key) of a session that was handed out. A digest,
    /// whatever the peer sent. `None`: what the client has is a ticket, and not one that stands for a session in a store.
    pub fn key(&self) -> Option<&[u8; 32]> {
        self.key.as_ref()
    }

    /// What the client sent in place of a session, where that is a ticket that no key here opens: for a service that has more
    /// keys, to be opened by [`TicketKeys::open`](crate::TicketKeys::open).
    pub fn ticket(&self) -> Option<&[u8]> {
        self.ticket.as_deref()
    }

    /// Whether a store must give the session to nobody else, and forget it: all but the session ids of TLS 1.2 stand for
    /// one more connection. A store must see to it even if it is asked from two sides at once.
    pub fn serves_once(&self) -> bool {
        self.serves_once
    }

    /// Answers with a session: the [bytes](crate::KeptSession::bytes) that were kept, or those of a ticket that was opened.
    /// What is no session, or none that this connection could have, is as good as nothing.
    pub fn found(self, bytes: &[u8]) -> Answer {
        let found = match self.role {
            Role::Client => Session::from_bytes(bytes).ok().map(|session| Found::Client(Box::new(session))),
            Role::Server => State::from_bytes(bytes).map(|state| Found::Server(Box::new(state))),
        };
        self.answer(found)
    }

    /// Answers: there is none, or there is no telling in time.
    pub fn not_found(self) -> Answer {
        self.answer(None)
    }

    fn answer(self, found: Option<Found>) -> Answer {
        Answer { id: self.id, reply: Reply::FindSession(found) }
    }
}

/// A session that was found elsewhere.
#[derive(Clone)]
pub(crate) enum Found {
    Client(Box<Session>),
    Server(Box<State>),
}

impl Found {
    pub(crate) fn into_session(self) -> Option<Box<Session>> {
        match self {
            Self::Client(session) => Some(session),
            Self::Server(_) => None,
        }
    }

    pub(crate) fn into_state(self) -> Option<Box<State>> {
        match self {
            Self::Server(state) => Some(state),
            Self::Client(_) => None,
        }
    }
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a session")
    }
}
