//! The sessions of TLS 1.2 that are kept under a session id, for as long as a connection goes by one.

use std::fmt;
use std::sync::Arc;

use crate::config::{ClientConfig, ServerConfig};
use crate::session::{Handle, SessionKey, client_key, server_key};

/// A session that is kept under a session id, here or elsewhere, as a connection knows it that began or resumed it. It is
/// forgotten with a connection that ends with a fatal alert (RFC 5246 §7.2.2).
pub(crate) enum SessionById {
    Client { config: Arc<ClientConfig>, server_name: Box<str>, id: Box<[u8]> },
    Server { config: Arc<ServerConfig>, id: Handle },
}

impl SessionById {
    /// Forgets it where it is kept here; what is returned is for the caller to forget.
    pub(crate) fn forget(self) -> Option<SessionKey> {
        match self {
            Self::Client { config, server_name, id } => {
                let sessions = config.sessions.as_ref()?;
                match &sessions.store {
                    Some(store) => {
                        store.forget(sessions.scope, server_name, &id);
                        None
                    }
                    None => Some(client_key(&sessions.scope, &server_name)),
                }
            }
            Self::Server { config, id } => {
                let (sessions, key) = (config.sessions.as_ref()?, server_key(&id));
                if let Some(store) = &sessions.store {
                    store.take(&key);
                }
                sessions.elsewhere.then_some(key)
            }
        }
    }
}

impl fmt::Debug for SessionById {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a session that is kept under its id")
    }
}
