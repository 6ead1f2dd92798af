//! What the SDK's errors mean for signatures.

use std::error::Error;
use std::fmt;

use aws_sdk_kms::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_kms::operation::RequestId;
use tls_core::{SignFailure, SignFailureKind};

/// The most of KMS's words that is passed on, in characters.
const MAX_WORDS: usize = 400;

/// Why a key in KMS cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KmsError {
    key: String,
    failure: SignFailure,
}

impl KmsError {
    pub(super) fn new(key: String, failure: SignFailure) -> Self {
        Self { key, failure }
    }

    /// The key, as it was asked for.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What is wrong with it.
    pub fn failure(&self) -> &SignFailure {
        &self.failure
    }
}

impl fmt::Display for KmsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the KMS key \"{}\" cannot be used: {}", self.key, self.failure)
    }
}

impl Error for KmsError {}

/// What an error of the SDK means for a signature by this signer.
pub(super) fn failure<E>(signer: &str, error: &SdkError<E>) -> SignFailure
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let (kind, words) = match error {
        SdkError::ServiceError(answer) => {
            let status = answer.raw().status().as_u16();
            let (code, message) = (answer.err().code(), answer.err().message());
            (kind(code.unwrap_or_default(), status), said(code, message, status))
        }
        SdkError::TimeoutError(_) => (SignFailureKind::TimedOut, reasons(error)),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => {
            (SignFailureKind::TimedOut, reasons(error))
        }
        SdkError::DispatchFailure(_) => (SignFailureKind::Unavailable, reasons(error)),
        _ => (SignFailureKind::Failed, reasons(error)),
    };
    let request = error.request_id().map(|id| format!(" (request {})", plain(id))).unwrap_or_default();
    SignFailure::new(kind, format!("{signer}: {}{request}", plain(&words)))
}

/// The kind of failure that KMS, or what stands before it, means by a code. Errors that are common to all services come
/// with and without "Exception" at the end.
fn kind(code: &str, status: u16) -> SignFailureKind {
    match code.strip_suffix("Exception").unwrap_or(code) {
        "Throttling"
        | "Throttled"
        | "ThrottlingError"
        | "RequestThrottled"
        | "TooManyRequests"
        | "RequestLimitExceeded"
        | "LimitExceeded"
        | "BandwidthLimitExceeded"
        | "SlowDown" => SignFailureKind::Overloaded,
        "NotFound" | "Disabled" | "KMSInvalidState" | "InvalidArn" => SignFailureKind::UnknownKey,
        "AccessDenied"
        | "NotAuthorized"
        | "UnrecognizedClient"
        | "InvalidClientTokenId"
        | "IncompleteSignature"
        | "InvalidSignature"
        | "SignatureDoesNotMatch"
        | "MissingAuthenticationToken"
        | "AuthFailure"
        | "OptInRequired"
        | "ExpiredToken"
        | "RequestExpired"
        | "InvalidGrantToken" => SignFailureKind::Denied,
        "InvalidKeyUsage" | "UnsupportedOperation" | "Validation" | "ValidationError" => {
            SignFailureKind::Unsupported
        }
        "DependencyTimeout" => SignFailureKind::TimedOut,
        "KeyUnavailable" | "ServiceUnavailable" => SignFailureKind::Unavailable,
        _ => match status {
            429 => SignFailureKind::Overloaded,
            401 | 403 => SignFailureKind::Denied,
            502..=504 => SignFailureKind::Unavailable,
            _ => SignFailureKind::Failed,
        },
    }
}

/// KMS's own words. A refused signature of a request is told without them: they may repeat the request's headers, the
/// session token among them.
fn said(code: Option<&str>, message: Option<&str>, status: u16) -> String {
    match (code, message) {
        (Some(code), Some(message)) if !code.contains("Signature") => format!("{code}: {message}"),
        (Some(code), _) => code.to_owned(),
        (None, _) => format!("it answered with HTTP status {status}"),
    }
}

/// An error and what it comes from, each reason once.
fn reasons(error: &(dyn Error + 'static)) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let reason = error.to_string();
        if !words.iter().any(|word| word.contains(&reason)) {
            words.push(reason);
        }
        next = error.source();
    }
    words.join(": ")
}

/// Fit for one line of a log.
fn plain(words: &str) -> String {
    words.chars().take(MAX_WORDS).map(|char| if char.is_control() { ' ' } else { char }).collect()
}
