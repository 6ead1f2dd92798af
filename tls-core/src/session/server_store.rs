//! The sessions that a server keeps in memory.

use std::array;
use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use crate::session::SessionKey;

/// Threads that come upon each other wait: the more shards there are, the more rarely they do.
const SHARDS: usize = 64;

/// The sessions of a server's clients, in memory: of those with a session id of TLS 1.2, and of those with a ticket of
/// TLS 1.3 that stands for a session. One of TLS 1.3 is resumed once, whoever asks for it at the same moment; one of TLS 1.2
/// as often as its client likes, until one of its connections ends with a fatal alert (RFC 5246 §7.2.2).
///
/// The store remembers the last so many sessions that were put, whatever became of them: a new one takes the place of
/// the oldest. Each step takes the same time, however many there are. One store may serve many configurations: a session
/// is resumed only where its client would have been verified by the same rules and roots.
///
/// A [configuration](crate::ServerConfigBuilder::session_store) does all that by itself. A process that keeps sessions for
/// others does it by [`put`](Self::put), [`get`](Self::get) and [`take`](Self::take), of what their connections
/// [hand out](crate::KeptSession) and [ask for](crate::FindSession).
pub struct ServerSessionStore {
    shards: Box<[Mutex<Shard>; SHARDS]>,
    /// Of each shard.
    capacity: usize,
}

#[derive(Default)]
struct Shard {
    /// Where a session is, by the first bytes of its key.
    places: HashMap<u64, usize, BuildHasherDefault<Prefix>>,
    /// The sessions in the order in which they came, over and over.
    slots: Vec<Option<Slot>>,
    next: usize,
}

struct Slot {
    key: SessionKey,
    session: Zeroizing<Box<[u8]>>,
}

impl ServerSessionStore {
    /// A store for the last so many sessions, at least 64. One takes about 300 bytes.
    pub fn new(sessions: usize) -> Self {
        let capacity = sessions.div_ceil(SHARDS).max(1);
        Self { shards: Box::new(array::from_fn(|_| Mutex::default())), capacity }
    }

    fn shard(&self, key: &SessionKey) -> Option<MutexGuard<'_, Shard>> {
        // Not the bytes by which a shard finds its sessions.
        let [.., last] = key;
        let shard = self.shards.get(usize::from(*last).checked_rem(SHARDS)?)?;
        Some(shard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps the bytes of a session under a key, which must be random or a digest: no peer may choose one.
    pub fn put(&self, key: [u8; 32], session: &[u8]) {
        let slot = Slot { key, session: Zeroizing::new(session.into()) };
        let replaced = self.shard(&key).map(|mut shard| shard.put(slot, self.capacity));
        // Outside the lock.
        drop(replaced);
    }

    /// The bytes under this key.
    pub fn get(&self, key: &[u8; 32]) -> Option<Zeroizing<Box<[u8]>>> {
        self.shard(key)?.get(key)
    }

    /// The bytes under this key, which are gone with this: two who ask do not both get them.
    pub fn take(&self, key: &[u8; 32]) -> Option<Zeroizing<Box<[u8]>>> {
        self.shard(key)?.take(key)
    }

    /// Sessions that there are, expired ones among them.
    pub fn len(&self) -> usize {
        let lens = self.shards.iter().map(|shard| {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.places.len()
        });
        lens.sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Shard {
    /// Returns the session whose place it takes.
    fn put(&mut self, slot: Slot, capacity: usize) -> Option<Slot> {
        let place = self.next;
        self.next = (place + 1).checked_rem(capacity).unwrap_or_default();
        let oldest = self.slots.get_mut(place).and_then(Option::take);
        if let Some(oldest) = &oldest {
            self.forget(&oldest.key, place);
        }
        self.places.insert(prefix(&slot.key), place);
        match self.slots.get_mut(place) {
            Some(free) => *free = Some(slot),
            None => self.slots.push(Some(slot)),
        }
        oldest
    }

    fn get(&self, key: &SessionKey) -> Option<Zeroizing<Box<[u8]>>> {
        let slot = self.slots.get(*self.places.get(&prefix(key))?)?.as_ref();
        Some(slot.filter(|slot| slot.key == *key)?.session.clone())
    }

    fn take(&mut self, key: &SessionKey) -> Option<Zeroizing<Box<[u8]>>> {
        let place = *self.places.get(&prefix(key))?;
        let taken = self.slots.get_mut(place)?.take_if(|slot| slot.key == *key)?;
        self.forget(key, place);
        Some(taken.session)
    }

    fn forget(&mut self, key: &SessionKey, place: usize) {
        if self.places.get(&prefix(key)) == Some(&place) {
            self.places.remove(&prefix(key));
        }
    }
}

fn prefix(key: &SessionKey) -> u64 {
    key.first_chunk().map_or(0, |prefix| u64::from_be_bytes(*prefix))
}

/// Keys are random or digests: their first bytes are as good as any hash.
#[derive(Default)]
struct Prefix(u64);

impl Hasher for Prefix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, prefix: u64) {
        self.0 = prefix;
    }
}

impl fmt::Debug for ServerSessionStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerSessionStore").field("sessions", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
