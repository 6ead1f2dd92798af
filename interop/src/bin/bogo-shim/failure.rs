//! Why the shim does not succeed, and how it says so.

use std::process::ExitCode;

use tls_core::ciphersuites::ProtocolVersion;
use tls_core::{AlertDescription, Cause, Error, HandshakeType, Stage};

use crate::setup::Setup;

/// Why the shim does not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The test needs what this shim, or what it tests, does not have.
    Unimplemented(String),
    /// The connection failed.
    Tls(Error),
    /// Anything else.
    Other(String),
}

impl Failure {
    pub(crate) fn other(what: impl Into<String>) -> Self {
        Self::Other(what.into())
    }

    /// A peer that has no TLS 1.3, where the test would have this side speak an older version with it, asks for what
    /// there is not yet.
    pub(crate) fn of(self, setup: &Setup) -> Self {
        match &self {
            Self::Tls(error) if !setup.requires_tls13 && has_only_older_versions(error) => {
                Self::Unimplemented(error.to_string())
            }
            _ => self,
        }
    }

    /// Writes what the runner compares with the error a test expects: the stable code, the cause in full, a sentence.
    pub(crate) fn report(self) -> ExitCode {
        match self {
            Self::Unimplemented(what) => {
                eprintln!("not implemented: {what}");
                ExitCode::from(89)
            }
            Self::Tls(error) => {
                eprintln!("{}: {:?}: {error}", error.code(), error.cause());
                ExitCode::FAILURE
            }
            Self::Other(what) => {
                eprintln!("{what}");
                ExitCode::FAILURE
            }
        }
    }
}

fn has_only_older_versions(error: &Error) -> bool {
    let older = ProtocolVersion(0x0301)..ProtocolVersion::TLS1_3;
    let answers_hello = error.stage() == Some(Stage::Expecting(HandshakeType::SERVER_HELLO));
    match error.cause() {
        Cause::NoCommonVersion { peer, .. } => peer.iter().any(|version| older.contains(version)),
        Cause::AlertReceived(alert) => *alert == AlertDescription::PROTOCOL_VERSION && answers_hello,
        _ => false,
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Tls(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Other(format!("transport: {error}"))
    }
}
