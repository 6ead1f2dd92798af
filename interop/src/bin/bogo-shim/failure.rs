//! Why the shim does not succeed, and how it says so.

use std::process::ExitCode;

use tls_core::Error;

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
