//! The sessions that a client keeps.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use pki_types::{ServerName, UnixTime};

use crate::config::ClientConfig;
use crate::session::{Scope, Session};

/// Threads that come upon each other wait: the more shards there are, the more rarely they do.
const SHARDS: usize = 16;

/// Sessions for one server. A server that gives out more is one that expects several connections at a time; the newest
/// are the best.
const PER_SERVER: usize = 4;

/// The sessions of clients, in memory: bounded, with the servers that have been away longest forgotten first. Each
/// session is used once (RFC 9846 appendix C.4), so that connections cannot be told to be the same client's; but for those
/// by session ids of TLS 1.2, which come back, and are forgotten with a connection that ends with a fatal alert.
///
/// One store may serve many configurations: sessions are resumed only under rules by which the server would have been
/// verified.
pub struct SessionStore {
    shards: [Mutex<Shard>; SHARDS],
    hasher: RandomState,
    capacity: usize,
}

type Key = (Scope, Box<str>);

#[derive(Default)]
struct Shard {
    servers: HashMap<Key, Server>,
    /// Servers in the order of their newest sessions. Entries whose number is out of date mean nothing.
    order: VecDeque<(u64, Key)>,
    count: u64,
}

struct Server {
    sessions: VecDeque<Session>,
    number: u64,
}

impl SessionStore {
    /// A store for at most about so many servers, at least 16, with up to four sessions each.
    pub fn new(servers: usize) -> Self {
        let capacity = servers.div_ceil(SHARDS).max(1);
        Self { shards: Default::default(), hasher: RandomState::new(), capacity }
    }

    fn shard(&self, key: &Key) -> MutexGuard<'_, Shard> {
        let [first, rest @ ..] = &self.shards;
        let [.., byte] = self.hasher.hash_one(&key.1).to_be_bytes();
        let shard = usize::from(byte).checked_rem(SHARDS).and_then(|index| rest.get(index)).unwrap_or(first);
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a session, for the server that it is with; but not one that is far larger than others.
    pub fn put_session(&self, session: Session) {
        if session.is_outsized() {
            return;
        }
        let key = (session.state.scope, session.state.server_name.clone().unwrap_or_default());
        self.shard(&key).put(key, session, self.capacity);
    }

    /// Takes the newest session that a client of this configuration, which has a store, could resume with this server
    /// now.
    pub fn take_session(
        &self,
        config: &ClientConfig,
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Option<Session> {
        self.take(config.sessions.as_ref()?.scope, name, now)
    }

    /// Takes the newest session that may still be used.
    pub(crate) fn take(&self, scope: Scope, name: &ServerName<'_>, now: UnixTime) -> Option<Session> {
        let key = (scope, name.to_str().into());
        self.shard(&key).take(&key, now)
    }

    /// Forgets the session that this server knows by this session id.
    pub(crate) fn forget(&self, scope: Scope, server_name: Box<str>, id: &[u8]) {
        let key = (scope, server_name);
        self.shard(&key).forget(&key, id);
    }

    /// Sessions that there are.
    pub fn len(&self) -> usize {
        let lens = self.shards.iter().map(|shard| {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.servers.values().map(|server| server.sessions.len()).sum::<usize>()
        });
        lens.sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Shard {
    fn put(&mut self, key: Key, session: Session, capacity: usize) {
        self.count += 1;
        let number = self.count;
        let server =
            self.servers.entry(key.clone()).or_insert_with(|| Server { sessions: VecDeque::new(), number });
        server.number = number;
        server.sessions.push_back(session);
        if server.sessions.len() > PER_SERVER {
            server.sessions.pop_front();
        }
        self.order.push_back((number, key));
        while self.servers.len() > capacity {
            self.forget_oldest();
        }
        if self.order.len() > 2 * capacity + SHARDS {
            // At least half of it goes: a step like any other, on average.
            let servers = &self.servers;
            self.order
                .retain(|(number, key)| servers.get(key).is_some_and(|server| server.number == *number));
        }
    }

    /// Drops the entry at the front of the order: with its server, or, if that has been back since, without.
    fn forget_oldest(&mut self) {
        let Some((number, key)) = self.order.pop_front() else { return };
        if self.servers.get(&key).is_some_and(|server| server.number == number) {
            self.servers.remove(&key);
        }
    }

    fn forget(&mut self, key: &Key, id: &[u8]) {
        let Some(server) = self.servers.get_mut(key) else { return };
        server.sessions.retain(|session| *session.ticket != *id);
        if server.sessions.is_empty() {
            self.servers.remove(key);
        }
    }

    fn take(&mut self, key: &Key, now: UnixTime) -> Option<Session> {
        let server = self.servers.get_mut(key)?;
        let mut taken = server.sessions.pop_back();
        while taken.as_ref().is_some_and(|session| session.state.remaining(now).is_none()) {
            taken = server.sessions.pop_back();
        }
        if server.sessions.is_empty() {
            self.servers.remove(key);
        }
        taken
    }
}

impl fmt::Debug for SessionStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionStore").field("sessions", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
