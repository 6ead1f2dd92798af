//! Tickets of servers that are opened elsewhere, as BoringSSL's caller can do it.

use std::sync::Arc;

use tls_core::{Answer, FindSession, TicketKey, TicketKeys, UnixTime};

use crate::failure::Failure;

/// Makes keys that this connection alone seals with. `everywhere` can open its tickets: the next connection cannot.
pub(crate) fn keys_of_connection(everywhere: &TicketKeys, now: UnixTime) -> Result<Arc<TicketKeys>, Failure> {
    let own = TicketKeys::manual();
    let number =
        u8::try_from(everywhere.export(now).len() + 1).map_err(|_| Failure::other("too many connections"))?;
    let key = TicketKey { name: [number; 16], secret: [number; 32].into(), introduced_at: now };
    for keys in [everywhere, &own] {
        keys.add(key.clone(), now).map_err(|error| Failure::Other(error.to_string()))?;
    }
    Ok(own.into())
}

/// Opens the ticket of one connection.
#[derive(Debug)]
pub(crate) struct Opener {
    keys: Arc<TicketKeys>,
    now: UnixTime,
    has_opened: bool,
}

impl Opener {
    pub(crate) fn new(keys: Arc<TicketKeys>, now: UnixTime) -> Self {
        Self { keys, now, has_opened: false }
    }

    /// # Errors
    /// It was asked before.
    pub(crate) fn answer(&mut self, asked: FindSession) -> Result<Answer, Failure> {
        let Some(ticket) = asked.ticket() else { return Ok(asked.not_found()) };
        if std::mem::replace(&mut self.has_opened, true) {
            return Err(Failure::other("a second ticket is to be opened"));
        }
        Ok(match self.keys.open(ticket, self.now) {
            Some(content) => asked.found(&content),
            None => asked.not_found(),
        })
    }
}
