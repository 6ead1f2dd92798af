//! The keys that seal tickets: one server's, or a fleet's.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use ciphersuites::{TICKET_OVERHEAD, TicketSecret};
use pki_types::UnixTime;
use zeroize::Zeroizing;

use crate::session::State;

/// How long keys serve, in seconds.
#[derive(Clone, Copy, Debug)]
struct Periods {
    /// To seal tickets, and open them.
    sealing: u64,
    /// Then to open them still.
    opening: u64,
}

/// Those of s2n-tls.
const USUAL: Periods = Periods { sealing: 2 * 3600, opening: 13 * 3600 };

impl Periods {
    fn total(self) -> u64 {
        self.sealing.saturating_add(self.opening)
    }
}

/// Keys that are held at a time.
const MAX_KEYS: usize = 48;

const NAME_LEN: usize = 16;

/// The keys that seal a server's tickets. Cheap to look up in, safe to share between threads.
///
/// A key seals tickets for two hours from its introduction, and opens them for thirteen more; or for
/// [other periods](Self::with_periods). Of several that seal, one is drawn for each ticket, with a weight that rises for an
/// hour and falls for another: a fleet whose clocks differ comes to use a new key gradually.
///
/// [`rotating`](Self::rotating) keys make their own successors. With [`manual`](Self::manual) ones, add a key every hour,
/// on every server before its introduction. Without a key that seals, clients get no tickets, and their handshakes are
/// full ones.
pub struct TicketKeys {
    keys: RwLock<Vec<Arc<Key>>>,
    rotates: bool,
    periods: Periods,
}

/// A key to seal tickets with, as it is handed from server to server.
#[derive(Clone)]
pub struct TicketKey {
    /// Tells it from others; not secret. Should be random.
    pub name: [u8; NAME_LEN],
    /// 32 bytes, uniformly random.
    pub secret: Zeroizing<[u8; 32]>,
    /// When it begins to seal.
    pub introduced_at: UnixTime,
}

impl fmt::Debug for TicketKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TicketKey")
            .field("name", &self.name)
            .field("introduced_at", &self.introduced_at)
            .finish_non_exhaustive()
    }
}

/// Why a key is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TicketKeyError {
    /// Another key has the name.
    DuplicateName,
    /// There are as many keys as there can be, none of which has expired.
    TooMany,
    /// It has opened its last ticket already.
    Expired,
    /// The secret is all zeroes: nobody has filled it.
    ZeroSecret,
}

impl fmt::Display for TicketKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DuplicateName => {
                f.write_str("another ticket key has the same name: names should be random")
            }
            Self::TooMany => {
                write!(f, "there are {MAX_KEYS} ticket keys already, and none of them has expired")
            }
            Self::Expired => {
                f.write_str("the ticket key was introduced so long ago that it opens nothing any more")
            }
            Self::ZeroSecret => f.write_str("the ticket key's secret is all zeroes"),
        }
    }
}

impl std::error::Error for TicketKeyError {}

struct Key {
    key: TicketKey,
    secret: TicketSecret,
}

impl Key {
    fn new(key: TicketKey) -> Self {
        Self { secret: TicketSecret::new(&key.secret), key }
    }

    /// Its age in seconds; `None`: it has not been introduced.
    fn age(&self, now: UnixTime) -> Option<u64> {
        now.as_secs().checked_sub(self.key.introduced_at.as_secs())
    }

    fn opens(&self, now: UnixTime, periods: Periods) -> bool {
        self.age(now).is_none_or(|age| age < periods.total())
    }

    /// How likely it is to be chosen; 0: it does not seal.
    fn weight(&self, now: UnixTime, periods: Periods) -> u64 {
        match self.age(now) {
            Some(age) if age < periods.sealing => (age + 1).min(periods.sealing - age),
            _ => 0,
        }
    }
}

impl TicketKeys {
    /// Keys that are made here, when they are needed, and replaced every hour.
    pub fn rotating() -> Self {
        Self { keys: RwLock::default(), rotates: true, periods: USUAL }
    }

    /// Keys that are given by the caller, and no others.
    pub fn manual() -> Self {
        Self { keys: RwLock::default(), rotates: false, periods: USUAL }
    }

    /// The same keys for other periods, in whole seconds: how long a key seals tickets, and how long it opens them
    /// afterwards. Rotating keys make a new one when half of the first period is over, and the oldest of more than 48 goes;
    /// where the caller adds them, that is when to add one. All servers that share keys should have the same periods.
    #[must_use]
    pub fn with_periods(self, sealing: Duration, opening: Duration) -> Self {
        Self { periods: Periods { sealing: sealing.as_secs(), opening: opening.as_secs() }, ..self }
    }

    /// Adds a key. Those that have expired are forgotten.
    ///
    /// # Errors
    /// See [`TicketKeyError`].
    pub fn add(&self, key: TicketKey, now: UnixTime) -> Result<(), TicketKeyError> {
        if key.secret.iter().all(|byte| *byte == 0) {
            return Err(TicketKeyError::ZeroSecret);
        }
        let key = Key::new(key);
        if !key.opens(now, self.periods) {
            return Err(TicketKeyError::Expired);
        }
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.retain(|key| key.opens(now, self.periods));
        if keys.iter().any(|other| other.key.name == key.key.name) {
            return Err(TicketKeyError::DuplicateName);
        }
        if keys.len() >= MAX_KEYS {
            return Err(TicketKeyError::TooMany);
        }
        keys.push(Arc::new(key));
        Ok(())
    }

    /// The keys that open tickets at this time, to be given to another server.
    pub fn export(&self, now: UnixTime) -> Vec<TicketKey> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.iter().filter(|key| key.opens(now, self.periods)).map(|key| key.key.clone()).collect()
    }

    /// The key for the next ticket, if there is one.
    fn sealing(&self, now: UnixTime) -> Option<Arc<Key>> {
        if self.rotates {
            self.rotate(now);
        }
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let total: u64 = keys.iter().map(|key| key.weight(now, self.periods)).sum();
        let mut random = [0; 8];
        if total == 0
            || keys.iter().filter(|key| key.weight(now, self.periods) > 0).nth(1).is_some()
                && ciphersuites::random(&mut random).is_err()
        {
            return None;
        }
        let mut drawn = u64::from_be_bytes(random).checked_rem(total)?;
        keys.iter().find_map(|key| match drawn.checked_sub(key.weight(now, self.periods)) {
            Some(rest) => {
                drawn = rest;
                None
            }
            None => Some(Arc::clone(key)),
        })
    }

    /// Makes a key if none has come since an hour ago.
    fn rotate(&self, now: UnixTime) {
        let half = self.periods.sealing.div_ceil(2);
        let is_fresh = |keys: &[Arc<Key>]| keys.iter().any(|key| key.age(now).is_some_and(|age| age < half));
        if half == 0 || is_fresh(&self.keys.read().unwrap_or_else(PoisonError::into_inner)) {
            return;
        }
        let mut random = [0; NAME_LEN + 32];
        let (mut name, mut secret) = ([0; NAME_LEN], Zeroizing::new([0; 32]));
        if ciphersuites::random(&mut random).is_err() {
            return;
        }
        if let Some((first, rest)) = random.split_first_chunk()
            && let Some(last) = rest.first_chunk()
        {
            (name, *secret) = (*first, *last);
        }
        zeroize::Zeroize::zeroize(&mut random);
        let key = Key::new(TicketKey { name, secret, introduced_at: now });
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have been faster.
        if !is_fresh(&keys) {
            keys.retain(|key| key.opens(now, self.periods));
            if keys.len() >= MAX_KEYS {
                keys.remove(0);
            }
            keys.push(Arc::new(key));
        }
    }

    /// Seals what a server must know to resume a connection. Its lifetime ends when its key does, at the latest.
    /// `None`: there is no key.
    pub(crate) fn seal(&self, state: &mut State, now: UnixTime) -> Option<Vec<u8>> {
        let key = self.sealing(now)?;
        let rest = self.periods.total().saturating_sub(key.age(now).unwrap_or_default());
        state.lifetime = state.lifetime.min(u32::try_from(rest).unwrap_or(u32::MAX));
        let content = state.to_bytes();
        let mut ticket = Vec::with_capacity(NAME_LEN + content.len() + TICKET_OVERHEAD);
        ticket.extend_from_slice(&key.key.name);
        key.secret.seal(&key.key.name, &content, &mut ticket).ok()?;
        Some(ticket)
    }

    /// Whether a key of the ticket's name is here, though it may open nothing any more.
    pub(crate) fn know(&self, ticket: &[u8]) -> bool {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        ticket.first_chunk().is_some_and(|name| keys.iter().any(|key| key.key.name == *name))
    }

    /// Opens a ticket that this server, or another with the same keys, has sealed.
    pub(crate) fn open_state(&self, ticket: &[u8], now: UnixTime) -> Option<State> {
        self.open_to(ticket, now, State::from_bytes)
    }

    /// Opens a ticket that a server with one of these keys has sealed, for one that has not: what is in the ticket answers
    /// [`FindSession`](crate::FindSession). It is as secret as the connection's keys. `None`: none of these keys has sealed
    /// it, or none that opens tickets at this time.
    pub fn open(&self, ticket: &[u8], now: UnixTime) -> Option<Zeroizing<Vec<u8>>> {
        self.open_to(ticket, now, |content| Some(Zeroizing::new(content.to_vec())))
    }

    fn open_to<T>(&self, ticket: &[u8], now: UnixTime, read: impl FnOnce(&[u8]) -> Option<T>) -> Option<T> {
        let (name, sealed) = ticket.split_first_chunk::<NAME_LEN>()?;
        let key = {
            let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(keys.iter().find(|key| key.key.name == *name && key.opens(now, self.periods))?)
        };
        let mut sealed = Zeroizing::new(sealed.to_vec());
        read(key.secret.open(name, &mut sealed).ok()?)
    }
}

impl fmt::Debug for TicketKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("TicketKeys").field("keys", &keys.len()).field("rotates", &self.rotates).finish()
    }
}

#[cfg(test)]
mod tests;
