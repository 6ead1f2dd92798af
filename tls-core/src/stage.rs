//! Where a connection stands.

use std::fmt;

use crate::wire::handshake::HandshakeType;

/// Where a connection stands, for errors, logs and tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// Waiting for this handshake message.
    Expecting(HandshakeType),
    /// The handshake is complete.
    Established,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expecting(message) => write!(f, "while waiting for {message}"),
            Self::Established => f.write_str("after the handshake"),
        }
    }
}
