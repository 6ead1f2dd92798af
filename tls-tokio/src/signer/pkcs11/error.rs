use std::fmt;
use std::path::PathBuf;

use tls_core::{KeyId, SignFailureKind};

use super::module::MODULE_VARIABLE;
use super::pin::PIN_VARIABLE;

/// Why a key in a token cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pkcs11Error {
    /// Nothing names a module.
    NoModule,
    /// The module cannot be loaded or initialised.
    Module {
        /// Its file.
        path: PathBuf,
        /// What the system's loader or the module said.
        why: String,
    },
    /// No token matches the URI.
    NoToken {
        /// The URI.
        uri: String,
        /// The tokens that there are.
        present: Vec<String>,
    },
    /// Several tokens match the URI.
    SeveralTokens {
        /// The URI.
        uri: String,
        /// The tokens that match.
        matching: Vec<String>,
    },
    /// The token wants a PIN, and there is none.
    NoPin {
        /// The token's label.
        token: String,
    },
    /// The PIN cannot be read from where it is said to be.
    PinSource {
        /// Where that is.
        source: String,
        /// What went wrong.
        why: String,
    },
    /// The token did not accept the PIN. It is not tried again, so that the token is not locked.
    PinRefused {
        /// The token's label.
        token: String,
        /// What the token said.
        why: String,
    },
    /// The token says that one more wrong PIN locks it, so that none was tried.
    PinLastTry {
        /// The token's label.
        token: String,
    },
    /// The URI names an object that is no private key.
    NotPrivate,
    /// No private key of the token matches the URI, or the certificate.
    NoKey {
        /// The URI.
        uri: String,
        /// The private keys that there are.
        present: Vec<String>,
    },
    /// Several private keys match the URI.
    SeveralKeys {
        /// The URI.
        uri: String,
        /// The keys that match.
        matching: Vec<String>,
    },
    /// The token does not tell which public key belongs to the private one.
    NoPublicKey,
    /// The key in the token is not the one of the certificate.
    KeyMismatch {
        /// The key in the token.
        token: KeyId,
        /// The key of the certificate.
        certificate: KeyId,
    },
    /// The key may not be used for signatures, or asks for the PIN each time.
    NotUsable {
        /// What it is.
        why: &'static str,
    },
    /// The token has no mechanism by which the key could sign for TLS.
    NoScheme,
    /// A call of the token failed.
    Call {
        /// What kind of failure it is.
        kind: SignFailureKind,
        /// Which call, and what it returned.
        what: String,
    },
}

impl Pkcs11Error {
    /// What kind of failure it is to who wants a signature.
    pub fn kind(&self) -> SignFailureKind {
        match self {
            Self::NoModule | Self::Module { .. } | Self::NoToken { .. } | Self::SeveralTokens { .. } => {
                SignFailureKind::Unavailable
            }
            Self::NoPin { .. }
            | Self::PinSource { .. }
            | Self::PinRefused { .. }
            | Self::PinLastTry { .. } => SignFailureKind::Denied,
            Self::NotPrivate
            | Self::NoKey { .. }
            | Self::SeveralKeys { .. }
            | Self::NoPublicKey
            | Self::KeyMismatch { .. } => SignFailureKind::UnknownKey,
            Self::NotUsable { .. } | Self::NoScheme => SignFailureKind::Unsupported,
            Self::Call { kind, .. } => *kind,
        }
    }
}

impl fmt::Display for Pkcs11Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoModule => write!(
                f,
                "no PKCS#11 module is named: put module-path=FILE after a question mark at the end of the URI, or set \
                 {MODULE_VARIABLE}"
            ),
            Self::Module { path, why } => write!(f, "the PKCS#11 module {} does not load: {why}", path.display()),
            Self::NoToken { uri, present } => {
                write!(f, "no token matches {uri}; there {}", List(present))
            }
            Self::SeveralTokens { uri, matching } => {
                write!(f, "several tokens match {uri}: there {}; add serial or slot-id", List(matching))
            }
            Self::NoPin { token } => write!(
                f,
                "the token \"{token}\" wants a PIN: put pin-source=FILE after a question mark at the end of the URI, or \
                 set {PIN_VARIABLE}"
            ),
            Self::PinSource { source, why } => write!(f, "the PIN cannot be read from {source}: {why}"),
            Self::PinRefused { token, why } => write!(
                f,
                "the token \"{token}\" refused the PIN ({why}); it was tried once and will not be tried again, so that \
                 the token is not locked"
            ),
            Self::PinLastTry { token } => write!(
                f,
                "the token \"{token}\" would be locked by one more wrong PIN, so none was tried: log in by another \
                 program first"
            ),
            Self::NotPrivate => f.write_str("the URI must name a private key: leave out its type, or say type=private"),
            Self::NoKey { uri, present } => {
                write!(f, "no private key matches {uri}; in this token there {}", List(present))
            }
            Self::SeveralKeys { uri, matching } => {
                write!(f, "several private keys match {uri}: there {}; add id or object", List(matching))
            }
            Self::NoPublicKey => f.write_str(
                "the token has no public key or certificate with the private key's id: say which certificate it is for",
            ),
            Self::KeyMismatch { token, certificate } => {
                write!(f, "the key in the token ({token}) is not the certificate's ({certificate})")
            }
            Self::NotUsable { why } => write!(f, "the key cannot be used: {why}"),
            Self::NoScheme => f.write_str("the token has no mechanism by which this key could sign for TLS"),
            Self::Call { what, .. } => f.write_str(what),
        }
    }
}

/// What there is, in a sentence.
struct List<'a>(&'a [String]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [] => f.write_str("is none"),
            [one] => write!(f, "is {one}"),
            several => write!(f, "are {}", several.join(", ")),
        }
    }
}

impl std::error::Error for Pkcs11Error {}
