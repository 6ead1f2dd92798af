//! What went wrong, who caused it, what the peer is told, and what to do about it.

mod cause;
mod certificate;

pub use self::cause::{Cause, Who};
pub use self::certificate::CertificateError;

use std::fmt;

use crate::alert::AlertDescription;
use crate::operation::SignFailure;
use crate::stage::Stage;

/// A connection's failure. Its `Display` is one sentence; [`Error::code`] is stable and made for machines.
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    cause: Cause,
    stage: Option<Stage>,
}

impl Error {
    /// What went wrong.
    pub fn cause(&self) -> &Cause {
        &self.0.cause
    }

    /// A stable name for the cause, in snake case.
    pub fn code(&self) -> &'static str {
        self.0.cause.code()
    }

    /// Who is at fault.
    pub fn who(&self) -> Who {
        self.0.cause.who()
    }

    /// Where the connection stood, if it had begun.
    pub fn stage(&self) -> Option<Stage> {
        self.0.stage
    }

    /// The alert that the peer is sent because of this, if any.
    pub fn alert_sent(&self) -> Option<AlertDescription> {
        self.0.cause.alert()
    }

    /// The alert by which the peer ended the connection, if it did.
    pub fn alert_received(&self) -> Option<AlertDescription> {
        match self.0.cause {
            Cause::AlertReceived(description) => Some(description),
            _ => None,
        }
    }

    /// The first bytes of a peer that does not speak TLS.
    pub fn not_tls_bytes(&self) -> Option<&[u8]> {
        match &self.0.cause {
            Cause::NotTls(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Notes where the connection stood; the innermost note stays.
    pub(crate) fn at(mut self, stage: Stage) -> Self {
        self.0.stage.get_or_insert(stage);
        self
    }
}

impl From<Cause> for Error {
    #[cold]
    fn from(cause: Cause) -> Self {
        Self(Box::new(Inner { cause, stage: None }))
    }
}

impl From<CertificateError> for Error {
    fn from(error: CertificateError) -> Self {
        Cause::Certificate(error).into()
    }
}

impl From<SignFailure> for Error {
    fn from(failure: SignFailure) -> Self {
        Cause::SigningFailed(failure).into()
    }
}

impl From<ciphersuites::CryptoError> for Error {
    fn from(_: ciphersuites::CryptoError) -> Self {
        Cause::Crypto.into()
    }
}

impl From<ciphersuites::KeyExchangeError> for Error {
    fn from(error: ciphersuites::KeyExchangeError) -> Self {
        match error {
            ciphersuites::KeyExchangeError::InvalidShare(group) => Cause::InvalidKeyShare(group).into(),
            _ => Cause::Crypto.into(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.stage {
            Some(stage) => write!(f, "{} ({stage})", self.0.cause),
            None => write!(f, "{}", self.0.cause),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error").field("cause", &self.0.cause).field("stage", &self.0.stage).finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.cause {
            Cause::Certificate(error) => Some(error),
            Cause::SigningFailed(failure) => Some(failure),
            _ => None,
        }
    }
}
