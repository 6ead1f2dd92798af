//! What stands for a session that a server keeps.

use std::fmt;

use ciphersuites::{CryptoError, ProtocolVersion};

/// Random bytes that stand for a session: the session id of TLS 1.2, or a ticket of TLS 1.3.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Handle {
    version: ProtocolVersion,
    bytes: [u8; Self::LEN],
}

impl Handle {
    /// As long as a session id may be.
    pub(crate) const LEN: usize = 32;

    pub(crate) fn new(version: ProtocolVersion) -> Result<Self, CryptoError> {
        let mut bytes = [0; Self::LEN];
        ciphersuites::random(&mut bytes)?;
        Ok(Self { version, bytes })
    }

    /// What a client presents; `None`: it cannot be one.
    pub(crate) fn read(version: ProtocolVersion, bytes: &[u8]) -> Option<Self> {
        Some(Self { version, bytes: bytes.try_into().ok()? })
    }

    pub(crate) fn version(&self) -> ProtocolVersion {
        self.version
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether its session is resumed once at the most (RFC 9846 appendix C.4). In TLS 1.2 a client has but one session
    /// id for all its connections.
    pub(crate) fn serves_once(&self) -> bool {
        self.version == ProtocolVersion::TLS1_3
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("version", &self.version).finish_non_exhaustive()
    }
}
