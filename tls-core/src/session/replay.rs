//! The guard against early data that is sent again (RFC 9846 §8).

use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pki_types::UnixTime;

use crate::facts::EarlyDataRefusal;
use crate::session::{EarlyDataAttempt, EarlyDataKey, OfferedTicket};

/// Threads that come upon each other wait: the more shards there are, the more rarely they do.
const SHARDS: usize = 16;

/// How far a ticket's age may be from what the client says: clocks that drift, and slow networks.
const WINDOW: Duration = Duration::from_secs(10);

/// Entries of one generation, of which there are two: about ten thousand connections a second with the usual window,
/// and about ten megabytes.
const CAPACITY: usize = 1 << 18;

/// Times are whole seconds: two of them differ by up to so much less than they say, in milliseconds.
const ROUNDING: u64 = 1000;

/// Sees to it that early data is accepted at most once, among all connections that share the guard. Anyone can copy early
/// data on its way and send it again, and nothing in it tells the copy from the original: somebody has to remember.
///
/// Only ClientHellos that are as old as they should be are accepted, so that none must be remembered for long. What is
/// remembered is bounded: when it is full, early data is rejected for a while, and full handshakes and resumptions go on
/// as ever. A guard that has just begun rejects what another one may have accepted before it, in a server that was
/// restarted, say: for about the window. It knows of nothing that other processes accept: servers that share ticket keys
/// need a common decision, by [`EarlyDataAcceptance::Asked`](crate::EarlyDataAcceptance::Asked), or early data that
/// does no harm when it is acted on once by each.
///
/// Early data by external pre-shared keys is another matter, for nothing says how old that is: see
/// [`external_keys`](Self::external_keys).
pub struct ReplayGuard {
    rule: Rule,
    window: u64,
    started_at: u64,
    capacity: usize,
    hasher: RandomState,
    shards: [Mutex<Shard>; SHARDS],
    external: Mutex<Unforgotten>,
}

/// What is accepted once.
#[derive(Clone, Copy, Debug)]
enum Rule {
    ClientHello,
    /// Of at most so many seconds.
    Ticket(u64),
}

/// Those seen in the time that begins then, and those of the time before.
#[derive(Debug, Default)]
struct Shard {
    current: HashSet<[u8; 16]>,
    previous: HashSet<[u8; 16]>,
    began_at: u64,
}

/// ClientHellos that are remembered for good.
#[derive(Debug, Default)]
struct Unforgotten {
    seen: HashSet<[u8; 16]>,
    capacity: usize,
}

impl ReplayGuard {
    /// Accepts each ClientHello once (RFC 9846 §8.2). `now` is when the server begins.
    pub fn once_per_client_hello(now: UnixTime) -> Self {
        Self::new(Rule::ClientHello, now)
    }

    /// Accepts each ticket once (RFC 9846 §8.1), and only in its first `max_age`, for which it is remembered. Tickets
    /// that were given out before `now`, when the server begins, are not accepted.
    pub fn once_per_ticket(now: UnixTime, max_age: Duration) -> Self {
        Self::new(Rule::Ticket(max_age.as_secs()), now)
    }

    fn new(rule: Rule, now: UnixTime) -> Self {
        let (window, hasher) = (WINDOW.as_secs(), RandomState::new());
        let capacity = CAPACITY.div_ceil(SHARDS);
        let started_at = now.as_secs();
        let (shards, external) = Default::default();
        Self { rule, window, started_at, capacity, hasher, shards, external }
    }

    /// How far the age of a ticket may be from what the client says, to the second. Ten seconds unless set.
    #[must_use]
    pub fn window(mut self, window: Duration) -> Self {
        self.window = window.as_secs();
        self
    }

    /// How much is remembered at most: about so many acceptances in each of two windows (or, once per ticket, in each of
    /// two times the maximum age), of about 20 bytes. 262,144 unless set.
    #[must_use]
    pub fn capacity(mut self, entries: usize) -> Self {
        self.capacity = entries.div_ceil(SHARDS);
        self
    }

    /// Accepts early data by external pre-shared keys, too, on so many connections, and then no more; each is remembered,
    /// in about 20 bytes, for as long as the guard is there. On none unless set.
    ///
    /// A ClientHello by such a key does not say when it was made (RFC 9846 §4.3.11), so that a copy is as good as the
    /// original as long as the key is known. A guard can but never forget, and it knows nothing of what others have
    /// accepted, not even of an earlier one of the same server. So that nothing is delivered twice, a server that starts
    /// again needs other keys, or another [context](crate::ServerConfigBuilder::early_data_context), which both ends know;
    /// or someone who remembers longer, by [`EarlyDataAcceptance::Asked`](crate::EarlyDataAcceptance::Asked).
    #[must_use]
    pub fn external_keys(mut self, connections: usize) -> Self {
        self.external = Mutex::new(Unforgotten { seen: HashSet::new(), capacity: connections });
        self
    }

    /// Accepts it, and remembers it: the next time it is refused.
    ///
    /// # Errors
    /// Why it is not accepted.
    //= 9846:4.3.10 ticket-age
    //= 9846:8 once
    //= 9846:8.2 false-positives
    pub fn admit(&self, attempt: &EarlyDataAttempt) -> Result<(), EarlyDataRefusal> {
        match &attempt.key {
            EarlyDataKey::Ticket(ticket) => self.admit_ticket(attempt, ticket),
            EarlyDataKey::External(_) => {
                let mut external = self.external.lock().unwrap_or_else(PoisonError::into_inner);
                external.admit(attempt.client_hello)
            }
        }
    }

    fn admit_ticket(
        &self,
        attempt: &EarlyDataAttempt,
        ticket: &OfferedTicket,
    ) -> Result<(), EarlyDataRefusal> {
        let window = self.window.saturating_mul(1000).saturating_add(ROUNDING);
        let now = attempt.now.as_secs();
        if now.saturating_mul(1000).abs_diff(ticket.offered_at()) > window {
            return Err(EarlyDataRefusal::NotFresh);
        }
        let (key, span) = match self.rule {
            Rule::ClientHello => {
                // Whoever was here before may have accepted it up to a window before it should have arrived.
                let started_at = self.started_at.saturating_mul(1000).saturating_add(ROUNDING);
                if ticket.offered_at().saturating_sub(window) < started_at {
                    return Err(EarlyDataRefusal::Starting);
                }
                (attempt.client_hello, window.saturating_mul(2).div_ceil(1000))
            }
            Rule::Ticket(max_age) => {
                let issued_at = ticket.issued_at.as_secs();
                if issued_at <= self.started_at {
                    return Err(EarlyDataRefusal::Starting);
                }
                if now.saturating_sub(issued_at) > max_age {
                    return Err(EarlyDataRefusal::NotFresh);
                }
                (ticket.id, max_age)
            }
        };
        self.shard(&key).admit(key, now, span.saturating_add(1), self.capacity)
    }

    fn shard(&self, key: &[u8; 16]) -> MutexGuard<'_, Shard> {
        let [first, rest @ ..] = &self.shards;
        let [.., byte] = self.hasher.hash_one(key).to_be_bytes();
        let shard = usize::from(byte).checked_rem(SHARDS).and_then(|index| rest.get(index)).unwrap_or(first);
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shard {
    /// `span`: for so many seconds each of them is remembered, at least.
    fn admit(&mut self, key: [u8; 16], now: u64, span: u64, capacity: usize) -> Result<(), EarlyDataRefusal> {
        // A connection that began before what is remembered did, and that took its time: what was accepted since may
        // be forgotten already.
        let Some(age) = now.checked_sub(self.began_at) else { return Err(EarlyDataRefusal::NotFresh) };
        if age >= span {
            let current = std::mem::take(&mut self.current);
            self.previous = if age < span.saturating_mul(2) { current } else { HashSet::new() };
            self.began_at = now;
        }
        if self.previous.contains(&key) || self.current.contains(&key) {
            return Err(EarlyDataRefusal::Replayed);
        }
        if self.current.len() >= capacity {
            return Err(EarlyDataRefusal::Full);
        }
        self.current.insert(key);
        Ok(())
    }
}

impl Unforgotten {
    fn admit(&mut self, key: [u8; 16]) -> Result<(), EarlyDataRefusal> {
        match () {
            () if self.capacity == 0 => Err(EarlyDataRefusal::ExternalKey),
            () if self.seen.contains(&key) => Err(EarlyDataRefusal::Replayed),
            () if self.seen.len() >= self.capacity => Err(EarlyDataRefusal::Full),
            () => {
                self.seen.insert(key);
                Ok(())
            }
        }
    }
}

impl fmt::Debug for ReplayGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplayGuard")
            .field("rule", &self.rule)
            .field("window", &self.window)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
