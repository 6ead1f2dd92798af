//! What the client resumes, and what it leaves for later.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use tls_core::{ClientConfig, ServerName, Session, SessionStore, UnixTime};

use crate::client::Client;
use crate::failure::{Failure, plain};
use crate::trust;

/// How many connections `--reconnect` adds, as in s2n-tls's program.
const RECONNECTIONS: u8 = 5;

/// The sessions with one server.
#[derive(Debug)]
pub(super) struct Sessions<'c> {
    client: &'c Client,
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
    store: Arc<SessionStore>,
}

impl<'c> Sessions<'c> {
    /// With the one that `--ticket-in` names.
    pub(super) fn new(
        client: &'c Client,
        config: Arc<ClientConfig>,
        name: ServerName<'static>,
        store: Arc<SessionStore>,
    ) -> Result<Self, Failure> {
        let sessions = Self { client, config, name, store };
        if let Some(path) = &client.ticket_in {
            sessions.load(path)?;
        }
        Ok(sessions)
    }

    fn load(&self, path: &Path) -> Result<(), Failure> {
        let bytes = trust::read(path, "session file")?;
        let failure = |why: String| Failure::set_up("bad_session", format!("{}: {why}", path.display()));
        let session = Session::from_bytes(&bytes).map_err(|error| failure(error.to_string()))?;
        self.store.put_session(session);
        let session = self.take().ok_or_else(|| {
            failure(
                "the session has expired, or is with another server, or is from a client with other roots or \
                 another policy: leave --ticket-in out"
                    .to_owned(),
            )
        })?;
        self.store.put_session(session);
        Ok(())
    }

    fn take(&self) -> Option<Session> {
        self.store.take_session(&self.config, &self.name, UnixTime::now())
    }

    /// How many connections follow the first, each of which is to resume a session: it must be there.
    pub(super) fn reconnections(&self) -> Result<u8, Failure> {
        match self.client.reconnect {
            true if self.store.is_empty() => Err(self.no_ticket("--reconnect")),
            true => Ok(RECONNECTIONS),
            false => Ok(0),
        }
    }

    fn no_ticket(&self, option: &str) -> Failure {
        let sentence = format!("the server gave no session ticket, by which to resume: leave {option} out");
        Failure::later("no_ticket", sentence)
    }

    /// Leaves a session where `--ticket-out` says.
    pub(super) fn save(&self) -> Result<(), Failure> {
        let Some(path) = &self.client.ticket_out else { return Ok(()) };
        let session = self.take().ok_or_else(|| self.no_ticket("--ticket-out"))?;
        write(path, &session.to_bytes()).map_err(|error| {
            let (path, why) = (path.display(), plain(&error));
            Failure::later("session_not_written", format!("the session file {path} cannot be written: {why}"))
        })
    }
}

/// Who can read the file can resume in the client's name: nobody but its owner may.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(bytes)
}
