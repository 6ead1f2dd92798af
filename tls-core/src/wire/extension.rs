//! Extension types and extension blocks, RFC 9846 §4.3.

use crate::code_point::code_points;
use crate::error::{Cause, Error};
use crate::wire::codec::{Reader, Writer};

code_points! {
    /// An extension's type (RFC 9846 §4.3).
    pub struct ExtensionType(u16) {
        SERVER_NAME = 0 => "server_name",
        MAX_FRAGMENT_LENGTH = 1 => "max_fragment_length",
        STATUS_REQUEST = 5 => "status_request",
        SUPPORTED_GROUPS = 10 => "supported_groups",
        EC_POINT_FORMATS = 11 => "ec_point_formats",
        SIGNATURE_ALGORITHMS = 13 => "signature_algorithms",
        USE_SRTP = 14 => "use_srtp",
        HEARTBEAT = 15 => "heartbeat",
        ALPN = 16 => "application_layer_protocol_negotiation",
        SIGNED_CERTIFICATE_TIMESTAMP = 18 => "signed_certificate_timestamp",
        CLIENT_CERTIFICATE_TYPE = 19 => "client_certificate_type",
        SERVER_CERTIFICATE_TYPE = 20 => "server_certificate_type",
        PADDING = 21 => "padding",
        ENCRYPT_THEN_MAC = 22 => "encrypt_then_mac",
        EXTENDED_MAIN_SECRET = 23 => "extended_main_secret",
        COMPRESS_CERTIFICATE = 27 => "compress_certificate",
        RECORD_SIZE_LIMIT = 28 => "record_size_limit",
        DELEGATED_CREDENTIAL = 34 => "delegated_credential",
        SESSION_TICKET = 35 => "session_ticket",
        PRE_SHARED_KEY = 41 => "pre_shared_key",
        EARLY_DATA = 42 => "early_data",
        SUPPORTED_VERSIONS = 43 => "supported_versions",
        COOKIE = 44 => "cookie",
        PSK_KEY_EXCHANGE_MODES = 45 => "psk_key_exchange_modes",
        CERTIFICATE_AUTHORITIES = 47 => "certificate_authorities",
        OID_FILTERS = 48 => "oid_filters",
        POST_HANDSHAKE_AUTH = 49 => "post_handshake_auth",
        SIGNATURE_ALGORITHMS_CERT = 50 => "signature_algorithms_cert",
        KEY_SHARE = 51 => "key_share",
        TICKET_REQUEST = 58 => "ticket_request",
        RENEGOTIATION_INFO = 0xff01 => "renegotiation_info",
    }
}

impl ExtensionType {
    /// Whether this is a value reserved for GREASE (RFC 8701 §2).
    pub fn is_grease(self) -> bool {
        let [high, low] = self.0.to_be_bytes();
        high == low && low & 0x0f == 0x0a
    }
}

/// A well-formed extension block without duplicates.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extensions<'a>(&'a [u8]);

impl<'a> Extensions<'a> {
    /// Reads the block of the message `what`. A duplicate is an `illegal_parameter` (RFC 9846 §4.3).
    //= 9846:4.2.2 unknown-suites
    //= 9846:4.2.2 unknown-extensions
    //= 9846:4.5.1.1 status-v2
    //= 9846:9.2 extensions
    //= 9846:E.5 truncated-hmac
    pub(crate) fn read(reader: &mut Reader<'a>, what: &'static str) -> Result<Self, Error> {
        let block = reader.vec16()?;
        let mut types = Vec::with_capacity(32);
        let mut rest = Reader::nested(block, what);
        while !rest.is_empty() {
            types.push(rest.u16()?);
            rest.vec16()?;
        }
        types.sort_unstable();
        match types
            .windows(2)
            .find_map(|pair| matches!(pair, [a, b] if a == b).then(|| pair.first()).flatten())
        {
            Some(&duplicate) => Err(Cause::DuplicateExtension(ExtensionType(duplicate)).into()),
            None => Ok(Self(block)),
        }
    }

    /// Of a block that [`Self::read`] has accepted before.
    pub(crate) fn checked(block: &'a [u8]) -> Self {
        Self(block)
    }

    pub(crate) fn bytes(self) -> &'a [u8] {
        self.0
    }

    pub(crate) const fn empty() -> Self {
        Self(&[])
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = (ExtensionType, &'a [u8])> {
        let mut rest = Reader::nested(self.0, "extensions");
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            Some((ExtensionType(rest.u16().ok()?), rest.vec16().ok()?))
        })
    }

    /// The body of one extension, if it is there.
    pub(crate) fn get(self, wanted: ExtensionType) -> Option<&'a [u8]> {
        self.iter().find_map(|(extension_type, body)| (extension_type == wanted).then_some(body))
    }

    /// As [`Self::get`], as a reader that names the extension in its errors.
    pub(crate) fn reader(self, wanted: ExtensionType) -> Option<Reader<'a>> {
        self.get(wanted).map(|body| Reader::new(body, wanted.name().unwrap_or("extension")))
    }

    pub(crate) fn last(self) -> Option<ExtensionType> {
        self.iter().last().map(|(extension_type, _)| extension_type)
    }

    /// An answer may hold only what was asked for and what belongs in this message (RFC 9846 §4.3):
    /// anything that was not offered is `unsupported_extension`, and what was offered but belongs
    /// elsewhere is `illegal_parameter`.
    //= 9846:4.3 unsolicited
    //= 9846:4.3 misplaced
    pub(crate) fn only(self, permitted: &[ExtensionType], offered: &[ExtensionType]) -> Result<(), Error> {
        for (extension_type, _) in self.iter() {
            if !offered.contains(&extension_type) {
                return Err(Cause::UnsolicitedExtension(extension_type).into());
            }
            if !permitted.contains(&extension_type) {
                return Err(Cause::MisplacedExtension(extension_type).into());
            }
        }
        Ok(())
    }
}

/// Writes one extension.
//= 9846:4.3 no-trailing-data
pub(crate) fn write_extension(
    writer: &mut Writer<'_>,
    extension_type: ExtensionType,
    body: impl FnOnce(&mut Writer<'_>),
) {
    writer.u16(extension_type.0);
    writer.vec16(body);
}

/// Writes one extension whose body is a list of code points with a two-byte length.
pub(crate) fn write_code_points(
    writer: &mut Writer<'_>,
    extension_type: ExtensionType,
    code_points: impl IntoIterator<Item = u16>,
) {
    write_extension(writer, extension_type, |writer| {
        writer.vec16(|writer| code_points.into_iter().for_each(|code_point| writer.u16(code_point)));
    });
}
