//! Failures: one sentence that names the thing and the remedy, a code for scripts, and the program's exit code.

mod offered;
mod remedy;

use std::fmt::Write;
use std::io;
use std::path::Path;

use serde_json::{Value, json};
use tls_core::{AlertDescription, Error};
use tls_tokio::HandshakeFailure;

use crate::failure::offered::Offered;
use crate::program::Status;

/// Why a program, or one connection of a server, ended before its time.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    status: Status,
    code: String,
    sentence: String,
    stage: String,
    peer: Option<Box<str>>,
    offered: Box<Offered>,
    alert_sent: Option<AlertDescription>,
    alert_received: Option<AlertDescription>,
}

impl Failure {
    /// What is needed before a handshake is not to be had.
    pub(crate) fn set_up(code: &str, sentence: impl Into<String>) -> Self {
        Self::new(Status::SetUp, code, sentence, "set-up")
    }

    /// What failed after a handshake, for another reason than the protocol.
    pub(crate) fn later(code: &str, sentence: impl Into<String>) -> Self {
        Self::new(Status::Later, code, sentence, "after the handshake")
    }

    fn new(status: Status, code: &str, sentence: impl Into<String>, stage: &str) -> Self {
        Self {
            status,
            code: code.to_owned(),
            sentence: sentence.into(),
            stage: stage.to_owned(),
            peer: None,
            offered: Box::default(),
            alert_sent: None,
            alert_received: None,
        }
    }

    /// A file or folder that cannot be read.
    pub(crate) fn unreadable(what: &str, path: &Path, error: &io::Error) -> Self {
        let path = path.display();
        let sentence = match error.kind() {
            io::ErrorKind::NotFound => format!("the {what} {path} does not exist; check the path"),
            io::ErrorKind::PermissionDenied => format!("the {what} {path} may not be read by this user"),
            _ => format!("the {what} {path} cannot be read: {}", plain(error)),
        };
        Self::set_up("unreadable_file", sentence)
    }

    /// The protocol's own failure, in the handshake or after it.
    pub(crate) fn tls(status: Status, error: &Error) -> Self {
        let offered = Offered::of(error);
        let sentence = offered.sentence(error).unwrap_or_else(|| match remedy::of(error) {
            Some(remedy) => format!("{error}; {remedy}"),
            None => error.to_string(),
        });
        Self {
            status,
            code: error.code().to_owned(),
            sentence,
            stage: error.stage().map_or_else(String::new, |stage| stage.to_string()),
            peer: None,
            offered: Box::new(offered),
            alert_sent: error.alert_sent(),
            alert_received: error.alert_received(),
        }
    }

    /// A handshake with `peer` that failed.
    pub(crate) fn of_handshake(peer: &str, failure: &HandshakeFailure) -> Self {
        let other = |code, sentence| Self::new(Status::Handshake, code, sentence, "handshake");
        let failure = match failure {
            HandshakeFailure::Tls(error) => Self::tls(Status::Handshake, error),
            HandshakeFailure::Io(error) => other(
                "connection_lost",
                format!("the connection was lost during the handshake: {}", plain(error)),
            ),
            HandshakeFailure::TimedOut(limit) => other(
                "handshake_timeout",
                format!(
                    "the handshake was not done within {} s; does a TLS peer listen there?",
                    limit.as_secs()
                ),
            ),
            failure => other("handshake_failed", failure.to_string()),
        };
        Self { sentence: format!("{peer}: {}", failure.sentence), peer: Some(peer.into()), ..failure }
    }

    /// An error of a stream after its handshake: the protocol's if that is what it wraps, else the socket's.
    pub(crate) fn of_stream(error: &io::Error) -> Self {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
        match inner {
            // A server judges the client's certificate after the client's side of the handshake is done.
            Some(error) if error.alert_received().is_some_and(is_about_certificate) => {
                Self::tls(Status::Handshake, error)
            }
            Some(error) => Self::tls(Status::Later, error),
            None => Self::later("connection_lost", format!("the connection was lost: {}", plain(error))),
        }
    }

    /// What went wrong.
    pub(crate) fn sentence(&self) -> &str {
        &self.sentence
    }

    pub(crate) fn status(&self) -> Status {
        self.status
    }

    /// For standard error. A failed handshake is told in s2n-tls's words, with the alert's number on a second line.
    pub(crate) fn to_text(&self, program: &str) -> String {
        let mut text = match self.status {
            Status::Handshake => format!("Failed to negotiate: {}", self.sentence),
            _ => format!("{program}: {}", self.sentence),
        };
        if let Some(alert) = self.alert_received {
            let label = if self.status == Status::Handshake { "Alert" } else { "Received alert" };
            let _ = write!(text, "\n{label}: {}", alert.0);
        }
        text
    }

    /// For scripts.
    pub(crate) fn to_json(&self) -> Value {
        let name = |alert: Option<AlertDescription>| alert.map(|alert| alert.to_string());
        json!({ "error": {
            "code": self.code,
            "message": self.sentence,
            "stage": self.stage,
            "peer": self.peer,
            "offered": self.offered.names,
            "outdated": self.offered.outdated.is_some(),
            "alert_sent": name(self.alert_sent),
            "alert_received": name(self.alert_received),
        }})
    }
}

fn is_about_certificate(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::BAD_CERTIFICATE
            | AlertDescription::CERTIFICATE_EXPIRED
            | AlertDescription::CERTIFICATE_REQUIRED
            | AlertDescription::CERTIFICATE_REVOKED
            | AlertDescription::CERTIFICATE_UNKNOWN
            | AlertDescription::UNKNOWN_CA
            | AlertDescription::UNSUPPORTED_CERTIFICATE
    )
}

/// The system's words for an error, without the number that Rust puts behind them.
pub(crate) fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text.get(..end).unwrap_or_default().to_lowercase()
}
