//! The causes of failure, and the one table from cause to alert.

use std::fmt;

use ciphersuites::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme, Tls12Suite, Tls13Suite};

use crate::alert::AlertDescription;
use crate::error::certificate::CertificateError;
use crate::operation::SignFailure;
use crate::wire::extension::ExtensionType;
use crate::wire::handshake::HandshakeType;

/// Who is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Who {
    /// This side: an exhausted or failing resource.
    Local,
    /// The other end, or someone between.
    Peer,
    /// Neither alone: the two ends' settings have nothing in common.
    Both,
    /// The program that uses this connection.
    Caller,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The caller gave the connection up with this alert.
    Aborted(AlertDescription),
    /// The peer ended the connection with this alert.
    AlertReceived(AlertDescription),
    /// A handshake signature does not verify under the certificate's key.
    BadHandshakeSignature,
    /// A client offers a pre-shared key, a session's or an external one, that it does not have.
    BadBinder,
    /// A record does not open under the keys in use.
    BadRecord,
    /// The Finished message does not fit the handshake.
    BadFinished,
    /// The certificate, or its path, is not acceptable.
    Certificate(CertificateError),
    /// The client must present a certificate and did not. The alert for it is not the same in all versions.
    CertificateRequired(ProtocolVersion),
    /// A cryptographic operation or the random generator failed on this side.
    Crypto,
    /// The server warns that it would have negotiated a better version: someone between made it choose less.
    Downgrade,
    /// The same extension came twice in one message.
    DuplicateExtension(ExtensionType),
    /// A handshake message went on after the one that changes keys.
    ExcessHandshakeData,
    /// A field holds a value that is not permitted there.
    IllegalParameter(&'static str),
    /// The client offers less than it could after a failure that was none of ours.
    InappropriateFallback,
    /// A key share that has the wrong length or encodes no valid key.
    InvalidKeyShare(NamedGroup),
    /// The sending keys have protected as many records as they may, and TLS 1.2 cannot change them.
    KeysExhausted,
    /// Bytes that do not parse as the structure they should be.
    Malformed(&'static str),
    /// A handshake message longer than its type may be.
    MessageTooLong {
        /// The message.
        message_type: HandshakeType,
        /// Its length in bytes.
        len: usize,
        /// The most that is accepted.
        limit: usize,
    },
    /// An extension that this message cannot hold.
    MisplacedExtension(ExtensionType),
    /// A mandatory extension is not there.
    MissingExtension(ExtensionType),
    /// The caller asked for what this connection cannot do now.
    Misuse(&'static str),
    /// No application protocol in common.
    NoCommonApplicationProtocol {
        /// What the client offers.
        client: Vec<String>,
        /// What the server speaks.
        server: Vec<String>,
    },
    /// No cipher suite in common.
    NoCommonCipherSuite {
        /// What the peer offers.
        peer: Vec<CipherSuite>,
    },
    /// No key exchange group in common.
    NoCommonGroup {
        /// What the peer offers.
        peer: Vec<NamedGroup>,
    },
    /// No signature scheme in common that an own key could use.
    NoCommonSignatureScheme {
        /// What the peer accepts.
        peer: Vec<SignatureScheme>,
    },
    /// No own certificate has a key that the cipher suites and groups in common can be used with.
    NoSuitableKey {
        /// The cipher suites that the peer offers.
        peer: Vec<CipherSuite>,
    },
    /// Every own certificate is only for peers that name its issuer, and the peer names none of them.
    NoNamedIssuer,
    /// The policy requires the extended main secret, and the peer does not know it.
    NoExtendedMainSecret,
    /// No pre-shared key in common, and no certificate to go on by.
    NoCommonPreSharedKey,
    /// No protocol version in common.
    NoCommonVersion {
        /// What the policy of this side permits.
        ours: Vec<ProtocolVersion>,
        /// What the peer offers or chose.
        peer: Vec<ProtocolVersion>,
    },
    /// The peer does not speak TLS: these are its first bytes.
    NotTls(Vec<u8>),
    /// A message of this side is larger than its encoding permits.
    Oversized,
    /// A record or its content is larger than permitted.
    RecordOverflow,
    /// The client wants to renegotiate, which this server never does.
    RenegotiationRefused,
    /// More of something than is accepted.
    TooMany(&'static str),
    /// A second HelloRetryRequest.
    SecondHelloRetryRequest,
    /// The signature that the handshake needs was not made, or is not one: the key is elsewhere.
    SigningFailed(SignFailure),
    /// The transport ended without a close_notify alert: what was received may be incomplete.
    Truncated,
    /// A handshake message out of order.
    UnexpectedMessage {
        /// What could have come.
        expected: &'static str,
        /// What came.
        received: HandshakeType,
    },
    /// A record out of order.
    UnexpectedRecord(&'static str),
    /// The peer does not tie this handshake to the one before it on this connection, or to none, as it should: someone
    /// between may have joined two connections.
    UnsafeRenegotiation,
    /// A client offers only pre-shared keys that this server, which has no certificate, does not know.
    UnknownPreSharedKey,
    /// An answer to an extension that was not sent.
    UnsolicitedExtension(ExtensionType),
    /// A server of an older version than the one that this client has sent early data to.
    VersionBelowEarlyData(ProtocolVersion),
    /// A certificate whose key the cipher suite cannot use.
    WrongCertificateType,
    /// A cipher suite that was not offered, or not the one of the HelloRetryRequest.
    WrongCipherSuite(CipherSuite),
    /// A group that was not offered, is not the one asked for, or for which there is no key share to answer.
    WrongGroup(NamedGroup),
    /// A legacy_version that cannot accompany TLS 1.3.
    WrongLegacyVersion(ProtocolVersion),
    /// A handshake signature by a scheme that was not offered or does not fit the certificate's key.
    WrongSignatureScheme(SignatureScheme),
}

impl Cause {
    /// The one table from causes to alerts (RFC 9846 §6.2).
    //= 9846:2.1 nothing-in-common
    //= 9846:6 syntax
    //= 9846:6 semantics
    //= 9846:6.2 named-alert
    pub(crate) fn alert(&self) -> Option<AlertDescription> {
        Some(match self {
            Self::Aborted(alert) => *alert,
            Self::AlertReceived(_) | Self::Misuse(_) | Self::NotTls(_) | Self::Truncated => return None,
            Self::BadRecord => AlertDescription::BAD_RECORD_MAC,
            // For a client, a key that is not known must look like one that it does not have (RFC 9846 appendix E.6).
            Self::BadBinder | Self::UnknownPreSharedKey | Self::BadHandshakeSignature | Self::BadFinished => {
                AlertDescription::DECRYPT_ERROR
            }
            Self::Certificate(error) => error.alert(),
            Self::CertificateRequired(ProtocolVersion::TLS1_3) => AlertDescription::CERTIFICATE_REQUIRED,
            Self::Crypto | Self::Oversized | Self::KeysExhausted | Self::SigningFailed(_) => {
                AlertDescription::INTERNAL_ERROR
            }
            Self::InappropriateFallback => AlertDescription::INAPPROPRIATE_FALLBACK,
            Self::RenegotiationRefused => AlertDescription::NO_RENEGOTIATION,
            Self::WrongCertificateType => AlertDescription::UNSUPPORTED_CERTIFICATE,
            Self::DuplicateExtension(_)
            | Self::IllegalParameter(_)
            | Self::Downgrade
            | Self::InvalidKeyShare(_)
            | Self::MessageTooLong { .. }
            | Self::MisplacedExtension(_)
            | Self::WrongCipherSuite(_)
            | Self::WrongGroup(_)
            | Self::WrongSignatureScheme(_) => AlertDescription::ILLEGAL_PARAMETER,
            Self::Malformed(_) => AlertDescription::DECODE_ERROR,
            Self::MissingExtension(_) => AlertDescription::MISSING_EXTENSION,
            Self::NoCommonApplicationProtocol { .. } => AlertDescription::NO_APPLICATION_PROTOCOL,
            // TLS 1.2 has no alert of its own for a missing certificate (RFC 5246 §7.4.6).
            Self::CertificateRequired(_)
            | Self::NoCommonCipherSuite { .. }
            | Self::NoCommonGroup { .. }
            | Self::NoCommonPreSharedKey
            | Self::NoCommonSignatureScheme { .. }
            | Self::NoExtendedMainSecret
            | Self::NoNamedIssuer
            | Self::NoSuitableKey { .. }
            | Self::UnsafeRenegotiation => AlertDescription::HANDSHAKE_FAILURE,
            Self::NoCommonVersion { .. } | Self::VersionBelowEarlyData(_) | Self::WrongLegacyVersion(_) => {
                AlertDescription::PROTOCOL_VERSION
            }
            Self::RecordOverflow => AlertDescription::RECORD_OVERFLOW,
            Self::ExcessHandshakeData
            | Self::SecondHelloRetryRequest
            | Self::TooMany(_)
            | Self::UnexpectedMessage { .. }
            | Self::UnexpectedRecord(_) => AlertDescription::UNEXPECTED_MESSAGE,
            Self::UnsolicitedExtension(_) => AlertDescription::UNSUPPORTED_EXTENSION,
        })
    }

    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Aborted(_) => "aborted",
            Self::AlertReceived(_) => "alert_received",
            Self::BadHandshakeSignature => "bad_handshake_signature",
            Self::BadBinder => "bad_binder",
            Self::BadRecord => "bad_record",
            Self::BadFinished => "bad_finished",
            Self::Certificate(error) => error.code(),
            Self::CertificateRequired(_) => "certificate_required",
            Self::Crypto => "crypto",
            Self::Downgrade => "downgrade",
            Self::DuplicateExtension(_) => "duplicate_extension",
            Self::ExcessHandshakeData => "excess_handshake_data",
            Self::IllegalParameter(_) => "illegal_parameter",
            Self::InappropriateFallback => "inappropriate_fallback",
            Self::InvalidKeyShare(_) => "invalid_key_share",
            Self::KeysExhausted => "keys_exhausted",
            Self::Malformed(_) => "malformed",
            Self::MessageTooLong { .. } => "message_too_long",
            Self::MisplacedExtension(_) => "misplaced_extension",
            Self::MissingExtension(_) => "missing_extension",
            Self::Misuse(_) => "misuse",
            Self::NoCommonApplicationProtocol { .. } => "no_common_application_protocol",
            Self::NoCommonCipherSuite { .. } => "no_common_cipher_suite",
            Self::NoCommonGroup { .. } => "no_common_group",
            Self::NoCommonPreSharedKey => "no_common_pre_shared_key",
            Self::NoCommonSignatureScheme { .. } => "no_common_signature_scheme",
            Self::NoCommonVersion { .. } => "no_common_version",
            Self::NoExtendedMainSecret => "no_extended_main_secret",
            Self::NoNamedIssuer => "no_named_issuer",
            Self::NoSuitableKey { .. } => "no_suitable_key",
            Self::NotTls(_) => "not_tls",
            Self::Oversized => "oversized",
            Self::RecordOverflow => "record_overflow",
            Self::RenegotiationRefused => "renegotiation_refused",
            Self::SecondHelloRetryRequest => "second_hello_retry_request",
            Self::SigningFailed(_) => "signing_failed",
            Self::TooMany(_) => "too_many",
            Self::Truncated => "truncated",
            Self::UnexpectedMessage { .. } => "unexpected_message",
            Self::UnexpectedRecord(_) => "unexpected_record",
            Self::UnknownPreSharedKey => "unknown_pre_shared_key",
            Self::UnsafeRenegotiation => "unsafe_renegotiation",
            Self::UnsolicitedExtension(_) => "unsolicited_extension",
            Self::VersionBelowEarlyData(_) => "version_below_early_data",
            Self::WrongCertificateType => "wrong_certificate_type",
            Self::WrongCipherSuite(_) => "wrong_cipher_suite",
            Self::WrongGroup(_) => "wrong_group",
            Self::WrongLegacyVersion(_) => "wrong_legacy_version",
            Self::WrongSignatureScheme(_) => "wrong_signature_scheme",
        }
    }

    pub(crate) fn who(&self) -> Who {
        match self {
            Self::Crypto | Self::Oversized | Self::KeysExhausted | Self::SigningFailed(_) => Who::Local,
            Self::Aborted(_) | Self::Misuse(_) => Who::Caller,
            Self::NoCommonApplicationProtocol { .. }
            | Self::NoCommonCipherSuite { .. }
            | Self::NoCommonGroup { .. }
            | Self::NoCommonPreSharedKey
            | Self::NoCommonSignatureScheme { .. }
            | Self::NoCommonVersion { .. }
            | Self::NoExtendedMainSecret
            | Self::NoNamedIssuer
            | Self::NoSuitableKey { .. } => Who::Both,
            _ => Who::Peer,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Aborted(alert) => write!(f, "this side gave the connection up with the alert {alert}"),
            Self::AlertReceived(alert) => write!(f, "the peer ended the connection with the alert {alert}"),
            Self::BadHandshakeSignature => {
                f.write_str("the peer's handshake signature does not verify under its certificate's key")
            }
            Self::BadBinder => {
                f.write_str("the client offers a session or a pre-shared key without having its secret")
            }
            Self::BadRecord => {
                f.write_str("a record from the peer does not decrypt: it was altered or the keys differ")
            }
            Self::BadFinished => {
                f.write_str("the peer's Finished does not match: the handshake was altered on its way")
            }
            Self::Certificate(error) => write!(f, "{error}"),
            Self::CertificateRequired(_) => {
                f.write_str("the client sent no certificate, and this server requires one")
            }
            Self::Crypto => f.write_str("a cryptographic operation failed on this side"),
            Self::Downgrade => f.write_str(
                "the server says that it speaks TLS 1.3, but its answer is an older version: the handshake was tampered with",
            ),
            Self::DuplicateExtension(extension) => write!(f, "the peer sent the extension {extension} twice"),
            Self::ExcessHandshakeData => {
                f.write_str("the peer sent handshake bytes under keys that should already have changed")
            }
            Self::IllegalParameter(what) => write!(f, "the peer sent {what}, which is not permitted"),
            Self::InappropriateFallback => {
                f.write_str("the client retries with an older version than both sides speak (TLS_FALLBACK_SCSV)")
            }
            Self::KeysExhausted => f.write_str(
                "the keys of this TLS 1.2 connection have protected as many records as they may: open a new connection",
            ),
            Self::InvalidKeyShare(group) => write!(f, "the peer's key share for {group} is not valid"),
            Self::Malformed(what) => write!(f, "the peer's {what} is malformed"),
            Self::MessageTooLong { message_type, len, limit } => {
                write!(f, "the peer's {message_type} has {len} bytes; at most {limit} are accepted")
            }
            Self::MisplacedExtension(extension) => {
                write!(f, "the peer sent the extension {extension} in a message that cannot hold it")
            }
            Self::MissingExtension(extension) => write!(f, "the peer did not send the extension {extension}"),
            Self::Misuse(what) => f.write_str(what),
            Self::NoCommonApplicationProtocol { client, server } => {
                write!(f, "no application protocol in common: the client offers ")?;
                list(f, client)?;
                f.write_str(", the server speaks ")?;
                list(f, server)
            }
            Self::NoCommonCipherSuite { peer } => {
                f.write_str("no cipher suite in common with the policy: the peer has ")?;
                list(f, peer)?;
                match peer.iter().any(|suite| is_implemented(*suite)) {
                    true => Ok(()),
                    false => f.write_str(
                        "; none of them exists in any policy: key exchange other than ephemeral elliptic curve is deprecated (RFC 10015)",
                    ),
                }
            }
            Self::NoCommonGroup { peer } => {
                f.write_str("no key exchange group in common with the policy: the peer has ")?;
                list(f, peer)
            }
            Self::NoCommonPreSharedKey => f.write_str(
                "no pre-shared key in common for a key exchange of TLS 1.3 and the cipher suites, and without one an end has \
                 nothing to prove itself by",
            ),
            Self::NoCommonSignatureScheme { peer } => {
                f.write_str(
                    "no signature scheme in common that our key and policy allow: the peer accepts ",
                )?;
                list(f, peer)
            }
            Self::NoCommonVersion { ours, peer } => {
                f.write_str("no protocol version in common: the policy permits ")?;
                list(f, ours)?;
                f.write_str(", the peer has ")?;
                list(f, peer)?;
                match peer.iter().all(|version| *version < ProtocolVersion::TLS1_2) {
                    true => f.write_str("; versions before TLS 1.2 are broken (RFC 8996) and exist in no policy"),
                    false => Ok(()),
                }
            }
            Self::NoExtendedMainSecret => {
                f.write_str("the policy requires the extended main secret (RFC 7627), which the peer does not support")
            }
            Self::NoNamedIssuer => f.write_str(
                "every certificate of this side is only for peers that name its issuer, and the peer names none of them",
            ),
            Self::NoSuitableKey { peer } => {
                f.write_str("no certificate of this side has a key for the peer's cipher suites and curves: it has ")?;
                list(f, peer)
            }
            Self::NotTls(bytes) => {
                write!(f, "the peer does not speak TLS: it began with \"{}\"", bytes.escape_ascii())
            }
            Self::Oversized => {
                f.write_str("a message of this side is too large to send; is the certificate chain too long?")
            }
            Self::RecordOverflow => f.write_str("the peer sent a record larger than TLS permits"),
            Self::SecondHelloRetryRequest => f.write_str("the server sent a second HelloRetryRequest"),
            Self::RenegotiationRefused => f.write_str("the client wants to renegotiate, which this server never does"),
            Self::SigningFailed(failure) => write!(f, "our key made no signature: {failure}"),
            Self::TooMany(what) => write!(f, "the peer sent too many {what}"),
            Self::Truncated => f.write_str(
                "the connection was cut off: the peer's end of data came without a close_notify alert",
            ),
            Self::UnexpectedMessage { expected, received } => {
                write!(f, "the peer sent {received} where {expected} was expected")
            }
            Self::UnexpectedRecord(what) => write!(f, "the peer sent {what} where it is not permitted"),
            Self::UnknownPreSharedKey => f.write_str(
                "the client offers no pre-shared key that this server knows, by identity and hash, and it has no certificate",
            ),
            Self::UnsafeRenegotiation => {
                f.write_str("the peer does not tie this handshake to the connection's previous one as it should (RFC 5746, RFC 7627): two connections may have been spliced together")
            }
            Self::VersionBelowEarlyData(version) => write!(
                f,
                "the server chose {version} for a connection with early data, which it had permitted in TLS 1.3: it was replaced by an older one, or the handshake was tampered with; connect without early data"
            ),
            Self::WrongCertificateType => {
                f.write_str("the peer's certificate has a key that the cipher suite it chose cannot use")
            }
            Self::UnsolicitedExtension(extension) => {
                write!(f, "the peer answered with the extension {extension}, which was not offered")
            }
            Self::WrongCipherSuite(suite) => {
                write!(f, "the peer chose the cipher suite {suite}, which this side did not ask for")
            }
            Self::WrongGroup(group) => {
                write!(f, "the peer chose the key exchange group {group}, which this side did not ask for")
            }
            Self::WrongLegacyVersion(version) => {
                write!(f, "the peer speaks TLS 1.3, yet its legacy version is {version}, not TLS 1.2")
            }
            Self::WrongSignatureScheme(scheme) => {
                write!(
                    f,
                    "the peer signed with {scheme}, which was not offered or does not fit its certificate's key"
                )
            }
        }
    }
}

fn is_implemented(suite: CipherSuite) -> bool {
    Tls13Suite::from_id(suite).is_some() || Tls12Suite::from_id(suite).is_some()
}

/// Enough entries to see the point, and no more than fit a line.
fn list(f: &mut fmt::Formatter<'_>, items: &[impl fmt::Display]) -> fmt::Result {
    const SHOWN: usize = 12;
    if items.is_empty() {
        return f.write_str("none");
    }
    for (index, item) in items.iter().take(SHOWN).enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        write!(f, "{separator}{item}")?;
    }
    match items.len().checked_sub(SHOWN) {
        Some(hidden) if hidden > 0 => write!(f, " and {hidden} more"),
        _ => Ok(()),
    }
}
