//! Handshake message types and framing, RFC 9846 §4.

use crate::code_point::code_points;
use crate::error::{Cause, Error};
use crate::wire::codec::Writer;

code_points! {
    /// A handshake message's type (RFC 9846 §4).
    pub struct HandshakeType(u8) {
        HELLO_REQUEST = 0 => "HelloRequest",
        CLIENT_HELLO = 1 => "ClientHello",
        SERVER_HELLO = 2 => "ServerHello",
        NEW_SESSION_TICKET = 4 => "NewSessionTicket",
        END_OF_EARLY_DATA = 5 => "EndOfEarlyData",
        ENCRYPTED_EXTENSIONS = 8 => "EncryptedExtensions",
        CERTIFICATE = 11 => "Certificate",
        SERVER_KEY_EXCHANGE = 12 => "ServerKeyExchange",
        CERTIFICATE_REQUEST = 13 => "CertificateRequest",
        SERVER_HELLO_DONE = 14 => "ServerHelloDone",
        CERTIFICATE_VERIFY = 15 => "CertificateVerify",
        CLIENT_KEY_EXCHANGE = 16 => "ClientKeyExchange",
        FINISHED = 20 => "Finished",
        CERTIFICATE_URL = 21 => "CertificateUrl",
        CERTIFICATE_STATUS = 22 => "CertificateStatus",
        KEY_UPDATE = 24 => "KeyUpdate",
        COMPRESSED_CERTIFICATE = 25 => "CompressedCertificate",
        MESSAGE_HASH = 254 => "message_hash",
    }
}

/// Type and length in front of every handshake message, in bytes.
pub(crate) const HEADER_LEN: usize = 4;

/// A whole handshake message, header included: what the transcript is made of.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) message_type: HandshakeType,
    pub(crate) bytes: Vec<u8>,
}

impl Message {
    pub(crate) fn body(&self) -> &[u8] {
        self.bytes.get(HEADER_LEN..).unwrap_or_default()
    }

    /// It is one of those that hold nothing.
    pub(crate) fn check_empty(&self) -> Result<(), Error> {
        match self.body() {
            [] => Ok(()),
            _ => Err(Cause::Malformed(self.message_type.name().unwrap_or("message")).into()),
        }
    }
}

/// Appends one handshake message to `out`.
pub(crate) fn write_message(
    out: &mut Vec<u8>,
    message_type: HandshakeType,
    body: impl FnOnce(&mut Writer<'_>),
) -> Result<(), Error> {
    let mut writer = Writer::new(out);
    writer.u8(message_type.0);
    writer.vec24(body);
    writer.finish()
}
