//! What ties a client's renegotiation to the handshake before it, RFC 5746.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use ciphersuites::ProtocolVersion;
use pki_types::{ServerName, UnixTime};

use crate::config::ClientConfig;
use crate::error::{Cause, Error};
use crate::facts::Facts;
use crate::wire::extension::{ExtensionType, Extensions};
use crate::wire::renegotiation_info;

/// The verify_data of a handshake's two Finished messages, the client's first (RFC 5746 §3.1).
#[derive(Clone, Copy, Debug)]
pub(crate) struct VerifyData([u8; 24]);

impl VerifyData {
    pub(crate) fn new(client: &[u8; 12], server: &[u8; 12]) -> Self {
        let mut both = [0; 24];
        let (first, second) = both.split_at_mut(client.len());
        first.copy_from_slice(client);
        second.copy_from_slice(server);
        Self(both)
    }

    /// What a client says of it.
    pub(crate) fn client(&self) -> &[u8] {
        self.0.split_at(12).0
    }

    /// What a server answers.
    pub(crate) fn both(&self) -> &[u8] {
        &self.0
    }
}

/// What a client keeps of a connection that may be renegotiated: how it began, and what to tie the next handshake to.
#[derive(Debug)]
pub(crate) struct Renegotiable {
    pub(crate) config: Arc<ClientConfig>,
    pub(crate) name: ServerName<'static>,
    pub(crate) now: UnixTime,
    pub(crate) verify_data: VerifyData,
}

/// The handshake before a renegotiation.
#[derive(Debug)]
pub(crate) struct Previous {
    pub(crate) verify_data: VerifyData,
    pub(crate) facts: Facts,
}

impl Previous {
    /// Another version would be another connection.
    pub(crate) fn permits(&self, version: ProtocolVersion) -> bool {
        version == self.facts.version
    }

    /// The server must be the one that it was, as its own certificate shows: an application that has looked at it
    /// will not look again (RFC 7627 §6.1 tells of the attacks).
    pub(crate) fn check_server(&self, leaf: Option<&[u8]>) -> Result<(), Error> {
        let previous = self.facts.peer_certificates.as_ref().map(|chain| chain.leaf());
        match previous == leaf {
            true => Ok(()),
            false => Err(Cause::IllegalParameter("another certificate in a renegotiation").into()),
        }
    }
}

/// Whether the ServerHello ties its handshake to the connection: to the handshake before if there was one, which it
/// must (RFC 5746 §3.5), or to none, which it may do without (§3.4).
pub(crate) fn is_bound(answer: Extensions<'_>, previous: Option<&Previous>) -> Result<bool, Error> {
    let expected = previous.map(|previous| previous.verify_data.both()).unwrap_or_default();
    match answer.reader(ExtensionType::RENEGOTIATION_INFO) {
        Some(body) => renegotiation_info::check(body, expected).map(|()| true),
        None if previous.is_some() => Err(Cause::UnsafeRenegotiation.into()),
        None => Ok(false),
    }
}
