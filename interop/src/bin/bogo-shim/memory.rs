//! What is remembered from one connection to the next.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tls_core::{ServerSessionStore, SessionStore, TicketKeys, UnixTime};

/// What is remembered from one connection to the next.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(crate) sessions: Arc<SessionStore>,
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
}

impl Memory {
    pub(crate) fn new() -> Self {
        let now = Cell::new(Duration::from_secs(UnixTime::now().as_secs()));
        Self { sessions: SessionStore::new(1).into(), realms: RefCell::default(), now }
    }

    pub(crate) fn realm(&self, context: &[u8]) -> Realm {
        let new = || Realm {
            ticket_keys: TicketKeys::rotating().into(),
            sessions: ServerSessionStore::new(64).into(),
        };
        self.realms.borrow_mut().entry(context.to_vec()).or_insert_with(new).clone()
    }

    /// Lets time pass.
    pub(crate) fn wait(&self, delay: Duration) {
        self.now.set(self.now.get().saturating_add(delay));
    }

    pub(crate) fn now(&self) -> UnixTime {
        UnixTime::since_unix_epoch(self.now.get())
    }
}
