//! The sessions that a server keeps in memory.

use std::array;
use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use crate::session::{Handle, State};

/// Threads that come upon each other wait: the more shards there are, the more rarely they do.
const SHARDS: usize = 64;

/// The sessions of a server's clients, in memory, each by a handle that only its client has: the session id of TLS 1.2,
/// or a ticket of TLS 1.3 that is nothing but a handle. One of TLS 1.3 is given out once, whoever asks at the same
/// moment; one of TLS 1.2 as often as its client resumes it.
///
/// The store remembers the last so many sessions that were put, whatever became of them: a new one takes the place of
/// the oldest. Each step takes the same time, however many there are. One store may serve many configurations: a session
/// is resumed only where its client would have been verified by the same rules and roots.
pub struct ServerSessionStore {
    shards: Box<[Mutex<Shard>; SHARDS]>,
    /// Of each shard.
    capacity: usize,
}

#[derive(Default)]
struct Shard {
    /// Where a session is, by the first bytes of its handle.
    places: HashMap<u64, usize, BuildHasherDefault<Prefix>>,
    /// The sessions in the order in which they came, over and over.
    slots: Vec<Option<Slot>>,
    next: usize,
}

struct Slot {
    handle: Handle,
    state: Zeroizing<Box<[u8]>>,
}

impl ServerSessionStore {
    /// A store for the last so many sessions, at least 64. One takes about 300 bytes.
    pub fn new(sessions: usize) -> Self {
        let capacity = sessions.div_ceil(SHARDS).max(1);
        Self { shards: Box::new(array::from_fn(|_| Mutex::default())), capacity }
    }

    fn shard(&self, handle: &Handle) -> Option<MutexGuard<'_, Shard>> {
        let shard = self.shards.get(handle.suffix().checked_rem(SHARDS)?)?;
        Some(shard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn put(&self, handle: Handle, state: &State) {
        // A vector that shrinks would leave the secret behind in freed memory.
        let state = Zeroizing::new(state.to_bytes().as_slice().into());
        let replaced = self.shard(&handle).map(|mut shard| shard.put(Slot { handle, state }, self.capacity));
        // Outside the lock.
        drop(replaced);
    }

    /// The session of this handle; one that serves once is forgotten.
    pub(crate) fn find(&self, handle: &Handle) -> Option<State> {
        let found = self.shard(handle)?.find(handle)?;
        State::from_bytes(&found)
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
            self.forget(&oldest.handle, place);
        }
        self.places.insert(slot.handle.prefix(), place);
        match self.slots.get_mut(place) {
            Some(free) => *free = Some(slot),
            None => self.slots.push(Some(slot)),
        }
        oldest
    }

    fn find(&mut self, handle: &Handle) -> Option<Zeroizing<Box<[u8]>>> {
        let place = *self.places.get(&handle.prefix())?;
        let slot = self.slots.get_mut(place)?;
        let found = slot.as_ref().filter(|slot| slot.handle == *handle)?;
        if !handle.serves_once() {
            return Some(found.state.clone());
        }
        let taken = slot.take()?;
        self.forget(handle, place);
        Some(taken.state)
    }

    fn forget(&mut self, handle: &Handle, place: usize) {
        if self.places.get(&handle.prefix()) == Some(&place) {
            self.places.remove(&handle.prefix());
        }
    }
}

/// Handles in a store were drawn at random, here: their first bytes are as good as any hash.
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
