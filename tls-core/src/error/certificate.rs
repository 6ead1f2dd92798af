//! Why a peer's certificate was not accepted.

use std::fmt;

use crate::alert::AlertDescription;

/// Why a peer's certificate was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateError {
    /// The caller, who was asked for a verdict, does not accept the OCSP response that the server stapled to its
    /// certificate, or that it stapled none: why.
    BadStatusResponse(String),
    /// A signature in the path does not verify.
    BadSignature,
    /// The leaf's key usage does not permit signatures.
    DigitalSignatureNotPermitted,
    /// The peer presented an empty chain where it may not.
    Empty,
    /// A certificate of the path is past its validity.
    Expired,
    /// The key's algorithm or size is not supported.
    KeyNotSupported,
    /// A key in the path, the root's included, that the policy does not permit: which one.
    KeyNotPermitted(String),
    /// The DER does not parse.
    Malformed,
    /// The certificate is not for this name.
    NameMismatch {
        /// The name that was asked for.
        expected: String,
        /// The names that the certificate is for.
        presented: Vec<String>,
    },
    /// A certificate of the path is not valid yet.
    NotYetValid,
    /// The leaf is not one of the pinned ones: its SHA-256.
    NotPinned([u8; 32]),
    /// The leaf is a certificate authority's own.
    CaUsedAsEndEntity,
    /// A certificate of the path has been revoked.
    Revoked,
    /// The caller, who was asked for a verdict, refuses the certificate: why.
    Refused(String),
    /// A signature algorithm in the path that the policy does not permit.
    SignatureAlgorithmNotPermitted,
    /// The path is valid for something else than this use.
    UnsuitableUsage,
    /// No path leads to a trusted root.
    UnknownIssuer,
    /// Another rule of path validation is broken: which one.
    Other(String),
}

impl CertificateError {
    //= 9846:4.5.1.2 alert
    //= 9846:4.5.1.3 empty
    pub(crate) fn alert(&self) -> AlertDescription {
        match self {
            Self::BadStatusResponse(_) => AlertDescription::BAD_CERTIFICATE_STATUS_RESPONSE,
            Self::BadSignature => AlertDescription::DECRYPT_ERROR,
            Self::Empty | Self::Malformed => AlertDescription::DECODE_ERROR,
            Self::Expired | Self::NotYetValid => AlertDescription::CERTIFICATE_EXPIRED,
            Self::KeyNotSupported | Self::UnsuitableUsage | Self::DigitalSignatureNotPermitted => {
                AlertDescription::UNSUPPORTED_CERTIFICATE
            }
            Self::UnknownIssuer => AlertDescription::UNKNOWN_CA,
            Self::Revoked => AlertDescription::CERTIFICATE_REVOKED,
            Self::NotPinned(_) | Self::Refused(_) => AlertDescription::CERTIFICATE_UNKNOWN,
            Self::NameMismatch { .. }
            | Self::CaUsedAsEndEntity
            | Self::SignatureAlgorithmNotPermitted
            | Self::KeyNotPermitted(_)
            | Self::Other(_) => AlertDescription::BAD_CERTIFICATE,
        }
    }

    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::BadStatusResponse(_) => "certificate_bad_status_response",
            Self::BadSignature => "certificate_bad_signature",
            Self::DigitalSignatureNotPermitted => "certificate_key_usage",
            Self::Empty => "certificate_empty",
            Self::Expired => "certificate_expired",
            Self::KeyNotSupported => "certificate_key_not_supported",
            Self::KeyNotPermitted(_) => "certificate_key_not_permitted",
            Self::Malformed => "certificate_malformed",
            Self::NameMismatch { .. } => "certificate_name_mismatch",
            Self::NotYetValid => "certificate_not_yet_valid",
            Self::NotPinned(_) => "certificate_not_pinned",
            Self::CaUsedAsEndEntity => "certificate_is_a_ca",
            Self::Revoked => "certificate_revoked",
            Self::Refused(_) => "certificate_refused",
            Self::SignatureAlgorithmNotPermitted => "certificate_signature_algorithm",
            Self::UnsuitableUsage => "certificate_extended_key_usage",
            Self::UnknownIssuer => "certificate_unknown_issuer",
            Self::Other(_) => "certificate_invalid",
        }
    }
}

impl fmt::Display for CertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the peer's certificate was refused: ")?;
        match self {
            Self::BadSignature => f.write_str("a signature in its chain does not verify"),
            Self::DigitalSignatureNotPermitted => {
                f.write_str("its key usage does not permit digital signatures")
            }
            Self::Empty => f.write_str("the chain is empty"),
            Self::Expired => {
                f.write_str("it, or an issuer of it, has expired; renew it, or check this machine's clock")
            }
            Self::KeyNotSupported => f.write_str("the algorithm or size of its key is not supported"),
            Self::KeyNotPermitted(key) => {
                write!(f, "its chain holds {key}, which the security policy does not permit in certificates")
            }
            Self::Malformed => f.write_str("it does not parse as an X.509 certificate"),
            Self::NameMismatch { expected, presented } if presented.is_empty() => {
                write!(f, "it names no host at all, and \"{expected}\" was asked for")
            }
            Self::NameMismatch { expected, presented } => {
                write!(f, "it is for {}, and \"{expected}\" was asked for", presented.join(", "))
            }
            Self::NotYetValid => {
                f.write_str("it, or an issuer of it, is not valid yet; check this machine's clock")
            }
            Self::NotPinned(digest) => {
                f.write_str("it is not the pinned one; its SHA-256 is ")?;
                digest.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
            Self::CaUsedAsEndEntity => {
                f.write_str("it is a certificate authority's, not a server's or client's own")
            }
            Self::Revoked => f.write_str("it, or an issuer of it, has been revoked"),
            Self::BadStatusResponse(why) | Self::Refused(why) => f.write_str(why),
            Self::SignatureAlgorithmNotPermitted => {
                f.write_str("its chain is signed with an algorithm that the security policy does not permit")
            }
            Self::UnsuitableUsage => f.write_str("its extended key usage does not permit this use"),
            Self::UnknownIssuer => {
                f.write_str("no path leads from it to a trusted root; is the right CA file given?")
            }
            Self::Other(rule) => f.write_str(rule),
        }
    }
}

impl std::error::Error for CertificateError {}
