//! What a connection leaves behind for later ones, on both sides: tickets and the keys that seal them, the sessions that
//! a client keeps, and what is looked at again before one of them is resumed.

mod scope;
mod state;
mod store;
mod ticket_keys;

use ciphersuites::Hash;
use zeroize::Zeroizing;

use crate::facts::PeerCertificates;

pub use self::state::MalformedSession;
pub use self::store::SessionStore;
pub use self::ticket_keys::{TicketKey, TicketKeyError, TicketKeys};

pub(crate) use self::scope::Scope;
pub(crate) use self::state::{ClientIdentity, State};

/// A session that a client can resume: what it shares with the server, and the ticket by which the server will know it.
///
/// It is as secret as the connection's keys: who has it can resume it in the client's name.
#[derive(Clone, Debug)]
pub struct Session {
    pub(crate) state: State,
    pub(crate) ticket: Box<[u8]>,
    /// The server's chain, as it was verified when the session began.
    pub(crate) certificates: PeerCertificates,
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

    pub(crate) fn hash(&self) -> Option<Hash> {
        ciphersuites::Tls13Suite::from_id(self.state.cipher_suite).map(|suite| suite.hash)
    }
}
