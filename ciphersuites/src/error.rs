//! What can go wrong, one type per kind of operation.

use std::fmt;

use crate::{KeyType, NamedGroup, SignatureScheme};

/// A cryptographic operation failed. It carries nothing: which step failed is no one's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CryptoError;

impl fmt::Display for CryptoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cryptographic operation failed")
    }
}

impl std::error::Error for CryptoError {}

/// A key exchange failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyExchangeError {
    /// This crate does not implement the group, or the group has no classical half where one was asked for.
    UnsupportedGroup(NamedGroup),
    /// The peer's share for the group is no valid one. A hybrid never tells which half was wrong.
    InvalidShare(NamedGroup),
    /// The operation failed on our side.
    Crypto,
}

impl fmt::Display for KeyExchangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnsupportedGroup(group) => {
                write!(f, "group {group} is not supported for this key exchange")
            }
            Self::InvalidShare(group) => write!(f, "the peer's key share for group {group} is invalid"),
            Self::Crypto => write!(f, "{CryptoError}"),
        }
    }
}

impl std::error::Error for KeyExchangeError {}

/// A signature was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureError {
    /// The protocol version does not allow the scheme with this key.
    SchemeNotForKey {
        /// The scheme that was asked for.
        scheme: SignatureScheme,
        /// The key it does not fit.
        key: KeyType,
    },
    /// The signature is not one by this key over this message.
    Invalid,
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SchemeNotForKey { scheme, key } => {
                write!(f, "signature scheme {scheme} cannot be used with a key of type {key}")
            }
            Self::Invalid => f.write_str("the signature is invalid"),
        }
    }
}

impl std::error::Error for SignatureError {}

/// A private or public key could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// The input holds no PEM block at all.
    NoPemBlock,
    /// A PEM block has no end line or its body is not base64.
    MalformedPem,
    /// The private key is protected by a passphrase.
    Encrypted,
    /// The input holds a certificate but no private key.
    CertificateNotKey,
    /// The input holds PEM blocks of another kind only; the label of the first.
    UnexpectedPemBlock(String),
    /// The key is not the DER that its container promises.
    MalformedDer,
    /// The key's algorithm or curve is not supported; its object identifier in dotted form.
    UnsupportedAlgorithm(String),
    /// The key's RSASSA-PSS parameters are not one of SHA-256, SHA-384 or SHA-512 with the same hash for MGF1 and a
    /// salt of the hash's length.
    UnsupportedPssParameters,
    /// The RSA modulus has a length outside 2048 to 8192 bits.
    RsaSize {
        /// The length of the modulus.
        bits: usize,
    },
    /// The parts of the key do not belong together.
    Inconsistent,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPemBlock => {
                f.write_str("no PEM block found: a private key begins with -----BEGIN PRIVATE KEY-----")
            }
            Self::MalformedPem => {
                f.write_str("the PEM is malformed: an end line is missing or the body is not base64")
            }
            Self::Encrypted => {
                f.write_str("the private key is encrypted: decrypt it first, for example with openssl pkey")
            }
            Self::CertificateNotKey => f.write_str("found a certificate where a private key was expected"),
            Self::UnexpectedPemBlock(label) => {
                write!(f, "found a PEM block \"{label}\" where a private key was expected")
            }
            Self::MalformedDer => {
                f.write_str("the key is malformed: it is not the DER of a supported key format")
            }
            Self::UnsupportedAlgorithm(oid) => {
                write!(f, "the key's algorithm or curve {oid} is not supported")
            }
            Self::UnsupportedPssParameters => {
                f.write_str("the key's RSASSA-PSS parameters are not supported")
            }
            Self::RsaSize { bits } => write!(f, "the RSA key has {bits} bits, but 2048 to 8192 are required"),
            Self::Inconsistent => f.write_str("the parts of the key do not belong together"),
        }
    }
}

impl std::error::Error for KeyError {}

/// No security policy has the name that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownPolicy {
    /// The name as it was asked for.
    pub name: String,
    /// Whether there once was such a policy in s2n-tls, which withdrew it.
    pub deprecated: bool,
    /// The policy that takes a deprecated one's place; otherwise the known name nearest to this one. If there is any.
    pub nearest: Option<&'static str>,
    /// The names that follow the times.
    pub current: Vec<&'static str>,
}

impl fmt::Display for UnknownPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, current) = (&self.name, self.current.join(", "));
        match (self.deprecated, self.nearest) {
            (true, Some(replacement)) => {
                write!(f, "the security policy \"{name}\" is deprecated: use \"{replacement}\"")
            }
            (true, None) => {
                write!(f, "the security policy \"{name}\" is deprecated; current policies: {current}")
            }
            (false, Some(nearest)) => write!(
                f,
                "unknown security policy \"{name}\" (did you mean \"{nearest}\"?); current policies: {current}"
            ),
            (false, None) => {
                write!(f, "unknown security policy \"{name}\"; current policies: {current}")
            }
        }
    }
}

impl std::error::Error for UnknownPolicy {}

/// Nothing of its kind has the name that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName {
    /// What was asked for: a rule, a cipher suite, a group.
    pub kind: &'static str,
    /// The name as it was asked for.
    pub name: String,
    /// The known name nearest to it, if any is near.
    pub nearest: Option<&'static str>,
    /// Every known name.
    pub known: Vec<&'static str>,
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown {} \"{}\"", self.kind, self.name)?;
        match self.nearest {
            Some(nearest) => write!(f, " (did you mean \"{nearest}\"?)"),
            None => write!(f, ": known are {}", self.known.join(", ")),
        }
    }
}

impl std::error::Error for UnknownName {}
