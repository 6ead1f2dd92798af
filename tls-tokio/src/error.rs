//! Failed handshakes, and the protocol's errors as tokio's traits want them.

use std::time::Duration;
use std::{error, fmt, io};

use tls_core::{Cause, Error, Who};

/// Why a handshake failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum HandshakeFailure {
    /// The protocol says why; the peer has been told if it concerns it.
    Tls(Error),
    /// The transport failed.
    Io(io::Error),
    /// The handshake took longer than this.
    TimedOut(Duration),
}

impl fmt::Display for HandshakeFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tls(error) => write!(f, "the TLS handshake failed: {error}"),
            Self::Io(error) => write!(f, "the connection failed during the TLS handshake: {error}"),
            Self::TimedOut(limit) => write!(f, "the TLS handshake was not done within {limit:?}"),
        }
    }
}

/// A handshake that failed, with the transport it failed on.
pub struct HandshakeError<IO> {
    failure: HandshakeFailure,
    io: IO,
    unread: Vec<u8>,
}

impl<IO> HandshakeError<IO> {
    pub(crate) fn new(failure: HandshakeFailure, io: IO, unread: Vec<u8>) -> Self {
        Self { failure, io, unread }
    }

    /// Why it failed.
    pub fn failure(&self) -> &HandshakeFailure {
        &self.failure
    }

    /// The protocol's error, if that is why.
    pub fn tls(&self) -> Option<&Error> {
        match &self.failure {
            HandshakeFailure::Tls(error) => Some(error),
            _ => None,
        }
    }

    /// A stable name for the reason, in snake case: the code of the protocol's error, `io` or `timed_out`.
    pub fn code(&self) -> &'static str {
        match &self.failure {
            HandshakeFailure::Tls(error) => error.code(),
            HandshakeFailure::Io(_) => "io",
            HandshakeFailure::TimedOut(_) => "timed_out",
        }
    }

    /// Whether the peer does not speak TLS. It has been sent nothing by a server then, and can be answered in its own
    /// language: [`Self::into_parts`] has the transport and the bytes read from it.
    pub fn is_not_tls(&self) -> bool {
        self.tls().is_some_and(|error| error.not_tls_bytes().is_some())
    }

    /// The transport, and the bytes that were read from it and are not consumed. From a peer that does not speak TLS
    /// these are all that were read.
    pub fn into_parts(self) -> (IO, Vec<u8>) {
        (self.io, self.unread)
    }

    /// The transport, and why it failed.
    pub fn into_io_and_failure(self) -> (IO, HandshakeFailure) {
        (self.io, self.failure)
    }
}

impl<IO> fmt::Debug for HandshakeError<IO> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandshakeError").field("failure", &self.failure).finish_non_exhaustive()
    }
}

impl<IO> fmt::Display for HandshakeError<IO> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.failure.fmt(f)
    }
}

impl<IO> error::Error for HandshakeError<IO> {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.failure {
            HandshakeFailure::Tls(error) => Some(error),
            HandshakeFailure::Io(error) => Some(error),
            HandshakeFailure::TimedOut(_) => None,
        }
    }
}

impl From<HandshakeFailure> for io::Error {
    fn from(failure: HandshakeFailure) -> Self {
        match failure {
            HandshakeFailure::Tls(error) => to_io(error),
            HandshakeFailure::Io(error) => error,
            HandshakeFailure::TimedOut(_) => Self::new(io::ErrorKind::TimedOut, failure.to_string()),
        }
    }
}

impl<IO> From<HandshakeError<IO>> for io::Error {
    fn from(error: HandshakeError<IO>) -> Self {
        error.failure.into()
    }
}

/// The protocol's error in the type of tokio's traits; the crate's documentation lists the kinds.
#[cold]
pub(crate) fn to_io(error: Error) -> io::Error {
    let kind = match (error.cause(), error.who()) {
        (Cause::Truncated, _) => io::ErrorKind::UnexpectedEof,
        (Cause::AlertReceived(_), _) => io::ErrorKind::ConnectionAborted,
        (_, Who::Caller) => io::ErrorKind::InvalidInput,
        (_, Who::Local) => io::ErrorKind::Other,
        _ => io::ErrorKind::InvalidData,
    };
    io::Error::new(kind, error)
}
