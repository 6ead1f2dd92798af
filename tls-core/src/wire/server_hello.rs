//! ServerHello and HelloRetryRequest, RFC 9846 §4.2.3 and §4.2.4.

use ciphersuites::{CipherSuite, ProtocolVersion};

use crate::error::{Cause, Error};
use crate::wire::codec::{Reader, Writer};
use crate::wire::extension::{ExtensionType, Extensions, write_extension};

/// The value of `random` that makes a ServerHello a HelloRetryRequest: SHA-256 of that name.
pub(crate) const RETRY_RANDOM: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2,
    0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// The end of `random` by which a server that speaks TLS 1.3 says that it was made to negotiate TLS 1.2
/// (RFC 9846 §4.2.3).
pub(crate) const DOWNGRADE_TO_TLS12: [u8; 8] = *b"DOWNGRD\x01";

/// The same for anything older.
const DOWNGRADE_FURTHER: [u8; 8] = *b"DOWNGRD\x00";

#[derive(Clone, Copy, Debug)]
pub(crate) struct ServerHello<'a> {
    pub(crate) legacy_version: ProtocolVersion,
    pub(crate) random: &'a [u8; 32],
    pub(crate) session_id: &'a [u8],
    pub(crate) cipher_suite: CipherSuite,
    pub(crate) compression_method: u8,
    pub(crate) extensions: Extensions<'a>,
}

impl<'a> ServerHello<'a> {
    pub(crate) fn read(body: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(body, "ServerHello");
        let legacy_version = ProtocolVersion(reader.u16()?);
        let random = reader.array()?;
        let session_id = reader.vec8()?;
        let cipher_suite = CipherSuite(reader.u16()?);
        let compression_method = reader.u8()?;
        if session_id.len() > 32 {
            return reader.error();
        }
        // A ServerHello before TLS 1.3 may end here.
        let extensions = match reader.is_empty() {
            true => Extensions::empty(),
            false => Extensions::read(&mut reader, "ServerHello.extensions")?,
        };
        reader.finish()?;
        Ok(Self { legacy_version, random, session_id, cipher_suite, compression_method, extensions })
    }

    //= 9846:4.2.3 random-first
    pub(crate) fn is_retry(&self) -> bool {
        self.random == &RETRY_RANDOM
    }

    /// Whether the server says that it could have negotiated a better version.
    //= 9846:4.2.3 sentinel-checked
    pub(crate) fn warns_of_downgrade(&self) -> bool {
        self.random.ends_with(&DOWNGRADE_TO_TLS12) || self.random.ends_with(&DOWNGRADE_FURTHER)
    }

    /// What supported_versions says was chosen; without it the version is the legacy one.
    //= 9846:4.3.1 looked-at-first
    //= 9846:4.3.1 answer-checked
    pub(crate) fn version(&self) -> Result<ProtocolVersion, Error> {
        let Some(mut body) = self.extensions.reader(ExtensionType::SUPPORTED_VERSIONS) else {
            return Ok(self.legacy_version);
        };
        let version = ProtocolVersion(body.u16()?);
        body.finish()?;
        // The extension can select nothing else of what is offered (RFC 9846 §4.3.1).
        if version != ProtocolVersion::TLS1_3 {
            return Err(Cause::IllegalParameter(
                "supported_versions that selects another version than TLS 1.3",
            )
            .into());
        }
        Ok(version)
    }

    pub(crate) fn cookie(&self) -> Result<Option<&'a [u8]>, Error> {
        self.extensions
            .reader(ExtensionType::COOKIE)
            .map(|mut body| {
                let cookie = body.nonempty_vec16()?;
                body.finish()?;
                Ok(cookie)
            })
            .transpose()
    }
}

/// Writes a ServerHello, or a HelloRetryRequest.
//= 9846:4.2.3 legacy-version
//= 9846:4.2.3 compression
pub(crate) fn write(
    writer: &mut Writer<'_>,
    random: &[u8; 32],
    session_id: &[u8],
    cipher_suite: CipherSuite,
    extensions: impl FnOnce(&mut Writer<'_>),
) {
    writer.u16(ProtocolVersion::TLS1_2.0);
    writer.bytes(random);
    writer.vec8(|writer| writer.bytes(session_id));
    writer.u16(cipher_suite.0);
    writer.u8(0);
    let start = writer.buffer().len();
    writer.vec16(extensions);
    // Whoever sent no extensions need not know that there are any (RFC 5246 §7.4.1.2).
    if writer.buffer().get(start..) == Some(&[0, 0]) {
        writer.buffer().truncate(start);
    }
}

/// The extension that makes a ServerHello one of TLS 1.3.
//= 9846:4.2.3 supported-versions
pub(crate) fn write_selected_version(writer: &mut Writer<'_>) {
    write_extension(writer, ExtensionType::SUPPORTED_VERSIONS, |writer| {
        writer.u16(ProtocolVersion::TLS1_3.0)
    });
}
