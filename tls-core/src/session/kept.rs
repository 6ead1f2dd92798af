//! Sessions on their way to a store that is elsewhere.

use std::fmt;
use std::time::Duration;

use ciphersuites::Hash;
use zeroize::Zeroizing;

use crate::session::{Handle, Scope, Session, State};

/// What a session is kept under elsewhere: a digest, so that nothing that a peer makes up is ever looked for as it is.
pub(crate) type SessionKey = [u8; 32];

/// A session for a store that is elsewhere, from [`Connection::take_kept_session`](crate::Connection::take_kept_session).
/// Nothing waits for it to be stored, and if it is not, a later connection has a full handshake.
///
/// Its bytes are as secret as the connection's keys: who has a client's can resume in its name, and who has a server's can
/// read the connections that resume in TLS 1.2. A store that others can read should hold them encrypted.
#[derive(Clone)]
pub struct KeptSession {
    key: SessionKey,
    bytes: Zeroizing<Vec<u8>>,
    lifetime: Duration,
}

impl KeptSession {
    pub(crate) fn of_client(session: &Session) -> Self {
        let State { scope, server_name, lifetime, .. } = &session.state;
        Self {
            key: client_key(scope, server_name.as_deref().unwrap_or_default()),
            bytes: session.to_bytes(),
            lifetime: Duration::from_secs((*lifetime).into()),
        }
    }

    pub(crate) fn of_server(handle: &Handle, state: &State) -> Self {
        Self {
            key: server_key(handle),
            bytes: state.to_bytes(),
            lifetime: Duration::from_secs(state.lifetime.into()),
        }
    }

    /// What it will be [looked for](crate::FindSession::key) under: a client's stands for the server's name and for how the
    /// server was verified, so that one replaces another; a server's for what the client was given.
    pub fn key(&self) -> &[u8; 32] {
        &self.key
    }

    /// The session itself.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// For how long it is worth keeping, from now.
    pub fn lifetime(&self) -> Duration {
        self.lifetime
    }
}

impl fmt::Debug for KeptSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptSession").field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}

/// The key of a client's sessions with one server, in this scope.
pub(crate) fn client_key(scope: &Scope, server_name: &str) -> SessionKey {
    key(&[b"client", scope.as_bytes(), server_name.as_bytes()])
}

/// The key of the session that this handle stands for.
pub(crate) fn server_key(handle: &Handle) -> SessionKey {
    key(&[b"server", &handle.version().0.to_be_bytes(), handle.as_bytes()])
}

/// Of parts of which all but the last have one length.
fn key(parts: &[&[u8]]) -> SessionKey {
    let digest = Hash::Sha256.digest(&parts.concat());
    digest.as_ref().first_chunk().copied().unwrap_or_default()
}
