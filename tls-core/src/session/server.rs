//! Where a server has its clients' sessions.

use std::sync::Arc;

use ciphersuites::ProtocolVersion;
use pki_types::UnixTime;

use crate::operation::FindSession;
use crate::session::{Handle, KeptSession, Scope, ServerSessionStore, State, TicketKeys, server_key};

/// How a server's clients resume. What there are keys for is sealed in a ticket; what is not is kept in the store here, or
/// else elsewhere.
#[derive(Debug)]
pub(crate) struct ServerSessions {
    pub(crate) keys: Option<Arc<TicketKeys>>,
    pub(crate) store: Option<Arc<ServerSessionStore>>,
    /// Whether the caller is asked for what is not known here, and given what is not kept here.
    pub(crate) elsewhere: bool,
    pub(crate) scope: Scope,
    /// Given out after each handshake, unless the client says how many it wants.
    pub(crate) tickets: u8,
    /// How many a connection may give out later.
    pub(crate) later_tickets: u8,
    /// In seconds.
    pub(crate) lifetime: u32,
    /// What sessions that begin here have of the application.
    pub(crate) session_data: Box<[u8]>,
}

/// What a client is given to resume by.
#[derive(Debug)]
pub(crate) struct Issued {
    pub(crate) ticket: Vec<u8>,
    /// What the ticket stands for, if that is to be kept elsewhere.
    pub(crate) kept: Option<KeptSession>,
}

impl ServerSessions {
    /// Whether sessions are kept, here or elsewhere.
    pub(crate) fn keeps(&self) -> bool {
        self.store.is_some() || self.elsewhere
    }

    /// What a ticket holds or stands for, if that is known here. What stands for one connection is forgotten.
    pub(crate) fn open(&self, version: ProtocolVersion, ticket: &[u8], now: UnixTime) -> Option<State> {
        let opened = self.keys.as_ref().and_then(|keys| keys.open_state(ticket, now));
        opened.or_else(|| self.find(&Handle::read(version, ticket)?))
    }

    /// The session of this handle, if it is kept here. One that serves once is forgotten.
    pub(crate) fn find(&self, handle: &Handle) -> Option<State> {
        let (store, key) = (self.store.as_ref()?, server_key(handle));
        let found = if handle.serves_once() { store.take(&key) } else { store.get(&key) };
        State::from_bytes(&found?)
    }

    /// What to ask the caller for a ticket that was [not opened](Self::open) here. Where a key here has the ticket's name,
    /// nobody else can know more of it.
    pub(crate) fn ask_for_ticket(&self, version: ProtocolVersion, ticket: &[u8]) -> Option<FindSession> {
        let is_known = self.keys.as_ref().is_some_and(|keys| keys.know(ticket));
        (self.elsewhere && !is_known).then(|| FindSession::of_ticket(ticket, Handle::read(version, ticket)))
    }

    /// What to ask the caller for a session id that was [not found](Self::find) here.
    pub(crate) fn ask_for_id(&self, id: Handle) -> Option<FindSession> {
        self.elsewhere.then(|| FindSession::of_session_id(id))
    }

    /// Makes a ticket for this state, whose lifetime is no longer than the key's then. `None`: there is no key, and no
    /// store either.
    pub(crate) fn issue(&self, state: &mut State, now: UnixTime) -> Option<Issued> {
        if let Some(keys) = &self.keys {
            return keys.seal(state, now).map(|ticket| Issued { ticket, kept: None });
        }
        let handle = Handle::new(state.version).ok()?;
        self.keeps().then(|| Issued { ticket: handle.as_bytes().to_vec(), kept: self.keep(handle, state) })
    }

    /// Keeps the session of this handle; what is returned is for the caller to keep.
    pub(crate) fn keep(&self, handle: Handle, state: &State) -> Option<KeptSession> {
        match &self.store {
            Some(store) => {
                store.put(server_key(&handle), &state.to_bytes());
                None
            }
            None => self.elsewhere.then(|| KeptSession::of_server(&handle, state)),
        }
    }
}
