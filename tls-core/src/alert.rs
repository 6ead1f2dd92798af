//! Alert descriptions, RFC 9846 §6.

use crate::code_point::code_points;
use crate::error::{Cause, Error};
use crate::limits;

code_points! {
    /// What an alert says (RFC 9846 §6). Levels are not kept: in TLS 1.3 the description alone decides.
    pub struct AlertDescription(u8) {
        CLOSE_NOTIFY = 0 => "close_notify",
        UNEXPECTED_MESSAGE = 10 => "unexpected_message",
        BAD_RECORD_MAC = 20 => "bad_record_mac",
        DECRYPTION_FAILED = 21 => "decryption_failed",
        RECORD_OVERFLOW = 22 => "record_overflow",
        DECOMPRESSION_FAILURE = 30 => "decompression_failure",
        HANDSHAKE_FAILURE = 40 => "handshake_failure",
        NO_CERTIFICATE = 41 => "no_certificate",
        BAD_CERTIFICATE = 42 => "bad_certificate",
        UNSUPPORTED_CERTIFICATE = 43 => "unsupported_certificate",
        CERTIFICATE_REVOKED = 44 => "certificate_revoked",
        CERTIFICATE_EXPIRED = 45 => "certificate_expired",
        CERTIFICATE_UNKNOWN = 46 => "certificate_unknown",
        ILLEGAL_PARAMETER = 47 => "illegal_parameter",
        UNKNOWN_CA = 48 => "unknown_ca",
        ACCESS_DENIED = 49 => "access_denied",
        DECODE_ERROR = 50 => "decode_error",
        DECRYPT_ERROR = 51 => "decrypt_error",
        TOO_MANY_CIDS_REQUESTED = 52 => "too_many_cids_requested",
        EXPORT_RESTRICTION = 60 => "export_restriction",
        PROTOCOL_VERSION = 70 => "protocol_version",
        INSUFFICIENT_SECURITY = 71 => "insufficient_security",
        INTERNAL_ERROR = 80 => "internal_error",
        INAPPROPRIATE_FALLBACK = 86 => "inappropriate_fallback",
        USER_CANCELED = 90 => "user_canceled",
        NO_RENEGOTIATION = 100 => "no_renegotiation",
        MISSING_EXTENSION = 109 => "missing_extension",
        UNSUPPORTED_EXTENSION = 110 => "unsupported_extension",
        CERTIFICATE_UNOBTAINABLE = 111 => "certificate_unobtainable",
        UNRECOGNIZED_NAME = 112 => "unrecognized_name",
        BAD_CERTIFICATE_STATUS_RESPONSE = 113 => "bad_certificate_status_response",
        BAD_CERTIFICATE_HASH_VALUE = 114 => "bad_certificate_hash_value",
        UNKNOWN_PSK_IDENTITY = 115 => "unknown_psk_identity",
        CERTIFICATE_REQUIRED = 116 => "certificate_required",
        GENERAL_ERROR = 117 => "general_error",
        NO_APPLICATION_PROTOCOL = 120 => "no_application_protocol",
        ECH_REQUIRED = 121 => "ech_required",
    }
}

impl AlertDescription {
    /// The two bytes of the alert as a warning, which TLS 1.3 does not tell from a fatal one.
    pub(crate) fn as_warning(self) -> [u8; 2] {
        [WARNING, self.0]
    }

    /// An alert's two bytes. Closure alerts are warnings, all others are fatal (RFC 9846 §6).
    //= 9846:6 level
    //= 9846:6.1 close-level
    pub(crate) fn encode(self) -> [u8; 2] {
        match self {
            Self::CLOSE_NOTIFY | Self::USER_CANCELED => self.as_warning(),
            _ => [FATAL, self.0],
        }
    }
}

/// AlertLevel (RFC 9846 §6).
const WARNING: u8 = 1;
const FATAL: u8 = 2;

/// What to make of an alert that was received.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Alert {
    /// It changes nothing.
    Ignorable,
    /// It ends the connection, in order or not.
    Final(AlertDescription),
}

impl Alert {
    /// Reads the one alert that a record holds. TLS 1.3 ignores the level and all but closure alerts are fatal; in
    /// TLS 1.2 a warning need not be (RFC 9846 §6, RFC 5246 §7.2).
    //= 9846:5.1 one-alert
    //= 9846:6 level
    //= 9846:6 unknown
    pub(crate) fn read(content: &[u8], is_tls12: bool) -> Result<Self, Error> {
        let &[level, description] = content else { return Err(Cause::Malformed("alert").into()) };
        Ok(match AlertDescription(description) {
            AlertDescription::USER_CANCELED => Self::Ignorable,
            description if is_tls12 && level == WARNING && description != AlertDescription::CLOSE_NOTIFY => {
                Self::Ignorable
            }
            description => Self::Final(description),
        })
    }
}

/// Counts alerts that change nothing, which nobody needs many of.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Warnings(u8);

impl Warnings {
    pub(crate) fn is_none(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn count(&mut self) -> Result<(), Error> {
        if self.0 == limits::MAX_WARNING_ALERTS {
            return Err(Cause::TooMany("warning alerts").into());
        }
        self.0 += 1;
        Ok(())
    }
}
