//! What a connection leaves behind for later ones, on both sides: tickets and the keys that seal them, the sessions that
//! a client keeps, and what is looked at again before one of them is resumed.

mod by_id;
mod early_data;
mod handle;
mod kept;
mod replay;
mod scope;
mod server;
mod server_store;
mod state;
mod store;
mod ticket_keys;

use ciphersuites::Hash;
use zeroize::Zeroizing;

use crate::facts::PeerCertificates;
use crate::limits;

pub use self::early_data::{EarlyDataAttempt, OfferedTicket};
pub use self::kept::KeptSession;
pub use self::replay::ReplayGuard;
pub use self::server_store::ServerSessionStore;
pub use self::state::MalformedSession;
pub use self::store::SessionStore;
pub use self::ticket_keys::{TicketKey, TicketKeyError, TicketKeys};

pub(crate) use self::by_id::SessionById;
pub(crate) use self::early_data::{EarlyDataKey, EarlyDataTerms};
pub(crate) use self::handle::Handle;
pub(crate) use self::kept::{SessionKey, client_key, server_key};
pub(crate) use self::scope::Scope;
pub(crate) use self::server::{Issued, ServerSessions};
pub(crate) use self::state::{ClientIdentity, State};

/// A session that a client can resume: what it shares with the server, and the ticket, or session id, by
/// which the server will know it.
///
/// It is as secret as the connection's keys: who has it can resume it in the client's name.
#[derive(Clone, Debug)]
pub struct Session {
    pub(crate) state: State,
    /// What the server knows it by, and what kind of thing that is.
    pub(crate) ticket: Box<[u8]>,
    pub(crate) known_by: KnownBy,
    /// The server's chain, as it was verified when the session began.
    pub(crate) certificates: PeerCertificates,
}

/// By what a server knows which session is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KnownBy {
    Ticket,
    /// TLS 1.2 only (RFC 5246 §7.4.1.2).
    SessionId,
}

impl Session {
    /// Encodes the session, to be kept somewhere safe.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        state::encode_session(self)
    }

    /// Reads what [`to_bytes`](Self::to_bytes) made.
    ///
    /// # Errors
    /// The bytes are something else, or were made by a version of this crate with another encoding.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, MalformedSession> {
        state::decode_session(bytes)
    }

    /// Whether it is far larger than others. Kept, one server would have memory that is for many; not kept, there is a full
    /// handshake next time.
    pub(crate) fn is_outsized(&self) -> bool {
        let chain = self.certificates.as_bytes();
        self.ticket.len() > limits::MAX_KEPT_TICKET || chain.len() > limits::MAX_KEPT_CHAIN
    }

    /// How much early data the server permits with it, in bytes; 0: none.
    pub fn max_early_data_size(&self) -> u32 {
        self.state.early_data.as_ref().map_or(0, |terms| terms.max_size)
    }

    pub(crate) fn hash(&self) -> Option<Hash> {
        ciphersuites::Tls13Suite::from_id(self.state.cipher_suite).map(|suite| suite.hash)
    }
}
