//! What is remembered from one connection to the next.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tls_core::{
    ClientConfig, ReplayGuard, ServerName, ServerSessionStore, SessionStore, TicketKeys, UnixTime,
};

/// How far the age of a ticket may be from what the client says, as with BoringSSL.
pub(crate) const MAX_SKEW: Duration = Duration::from_secs(60);

/// What a guard allows for times in whole seconds; here they are exact.
const ROUNDING: Duration = Duration::from_secs(1);

/// For how long servers have been there before a test.
const GUARDED: Duration = Duration::from_secs(3600);

/// What is remembered from one connection to the next.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(crate) sessions: Arc<SessionStore>,
    /// Whether the session that the client offers permits early data; `None`: it offers none.
    pub(crate) offered_session_permits: Cell<Option<bool>>,
    /// How many sessions there are besides.
    sessions_left: Cell<usize>,
    client: RefCell<Option<(Arc<ClientConfig>, ServerName<'static>)>>,
    realms: RefCell<HashMap<Vec<u8>, Realm>>,
    /// The time. It passes only where the test says so, so that nothing depends on how long a test takes.
    now: Cell<Duration>,
}

/// What a server's connections of one context share: those of another resume none of their sessions.
#[derive(Clone, Debug)]
pub(crate) struct Realm {
    pub(crate) ticket_keys: Arc<TicketKeys>,
    /// For clients that take no tickets.
    pub(crate) sessions: Arc<ServerSessionStore>,
    pub(crate) guard: Arc<ReplayGuard>,
}

impl Memory {
    pub(crate) fn new() -> Self {
        let now = Cell::new(Duration::from_secs(UnixTime::now().as_secs()));
        Self {
            sessions: SessionStore::new(1).into(),
            offered_session_permits: Cell::default(),
            sessions_left: Cell::default(),
            client: RefCell::default(),
            realms: RefCell::default(),
            now,
        }
    }

    pub(crate) fn realm(&self, context: &[u8]) -> Realm {
        let new = || Realm {
            ticket_keys: TicketKeys::rotating().into(),
            sessions: ServerSessionStore::new(64).into(),
            guard: self.guard().into(),
        };
        self.realms.borrow_mut().entry(context.to_vec()).or_insert_with(new).clone()
    }

    /// One that has long begun.
    fn guard(&self) -> ReplayGuard {
        let start = UnixTime::since_unix_epoch(self.now.get().saturating_sub(GUARDED));
        ReplayGuard::once_per_client_hello(start).window(MAX_SKEW.saturating_sub(ROUNDING))
    }

    /// Remembers who looks for sessions.
    pub(crate) fn begin_client(&self, config: &Arc<ClientConfig>, name: &ServerName<'static>) {
        self.client.replace(Some((Arc::clone(config), name.clone())));
        self.offered_session_permits.set(self.session_permits_early_data());
    }

    /// Remembers how many sessions are left by a client that has taken what it offers.
    pub(crate) fn count_sessions(&self) {
        self.sessions_left.set(self.sessions.len());
    }

    /// Whether the client has got a session.
    pub(crate) fn has_new_session(&self) -> bool {
        self.sessions.len() > self.sessions_left.get()
    }

    /// Whether the session that the client would offer next permits early data; `None`: it has none.
    pub(crate) fn session_permits_early_data(&self) -> Option<bool> {
        let client = self.client.borrow();
        let (config, name) = client.as_ref()?;
        let session = self.sessions.take_session(config, name, self.now())?;
        let permits = session.max_early_data_size() > 0;
        self.sessions.put_session(session);
        Some(permits)
    }

    /// Lets time pass.
    pub(crate) fn wait(&self, delay: Duration) {
        self.now.set(self.now.get().saturating_add(delay));
    }

    pub(crate) fn now(&self) -> UnixTime {
        UnixTime::since_unix_epoch(self.now.get())
    }
}
