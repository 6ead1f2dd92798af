//! Where a connection stands.

use std::fmt;

use crate::wire::handshake::HandshakeType;

/// Where a connection stands, for errors, logs and tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// Waiting for this handshake message.
    Expecting(HandshakeType),
    /// Waiting for the configuration that this client is served by.
    SelectingConfig,
    /// Waiting for the pre-shared key to go on from.
    SelectingPreSharedKey,
    /// Waiting for a session that is kept elsewhere.
    FindingSession,
    /// Waiting for a signature by a key that is elsewhere.
    Signing,
    /// Waiting for a verdict on the peer's certificates.
    VerifyingCertificate,
    /// Waiting for a word on the client's early data.
    AcceptingEarlyData,
    /// The handshake is complete.
    Established,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expecting(message) => write!(f, "while waiting for {message}"),
            Self::SelectingConfig => f.write_str("while a configuration was being chosen"),
            Self::SelectingPreSharedKey => f.write_str("while a pre-shared key was being chosen"),
            Self::FindingSession => f.write_str("while a session was being looked for"),
            Self::Signing => f.write_str("while waiting for a signature by our key"),
            Self::VerifyingCertificate => f.write_str("while the peer's certificate was being verified"),
            Self::AcceptingEarlyData => f.write_str("while the client's early data was being decided on"),
            Self::Established => f.write_str("after the handshake"),
        }
    }
}
