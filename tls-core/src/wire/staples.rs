//! What a server staples to its certificate, for a client that asks for it: an OCSP response (RFC 6066 §8,
//! RFC 9846 §4.5.1.1) and signed certificate timestamps (RFC 6962 §3.3).

use crate::error::{Cause, Error};
use crate::limits;
use crate::wire::codec::{Reader, Writer};
use crate::wire::extension::{ExtensionType, Extensions, write_extension};

/// The extensions by which staples are asked for and, in TLS 1.3, sent.
pub(crate) const EXTENSIONS: [ExtensionType; 2] =
    [ExtensionType::STATUS_REQUEST, ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP];

/// The one CertificateStatusType.
const OCSP: u8 = 1;

/// What is stapled to a certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Staples<'a> {
    /// An OCSPResponse in DER.
    pub(crate) ocsp_response: Option<&'a [u8]>,
    /// A SignedCertificateTimestampList.
    pub(crate) timestamps: Option<&'a [u8]>,
}

impl<'a> Staples<'a> {
    /// Reads those of a CertificateEntry.
    pub(crate) fn read(extensions: Extensions<'a>) -> Result<Self, Error> {
        let ocsp_response = extensions.reader(ExtensionType::STATUS_REQUEST).map(read_status).transpose()?;
        let timestamps = extensions.get(ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP);
        Ok(Self { ocsp_response, timestamps: timestamps.map(read_timestamps).transpose()? })
    }

    /// Writes the extensions of a CertificateEntry.
    pub(crate) fn write(&self, writer: &mut Writer<'_>) {
        if let Some(response) = self.ocsp_response {
            write_extension(writer, ExtensionType::STATUS_REQUEST, |writer| write_status(writer, response));
        }
        self.write_timestamps(writer);
    }

    /// Writes what a ServerHello of TLS 1.2 says of them: that a CertificateStatus will follow, and the timestamps.
    pub(crate) fn write12(&self, writer: &mut Writer<'_>) {
        if self.ocsp_response.is_some() {
            write_extension(writer, ExtensionType::STATUS_REQUEST, |_| {});
        }
        self.write_timestamps(writer);
    }

    fn write_timestamps(&self, writer: &mut Writer<'_>) {
        if let Some(timestamps) = self.timestamps {
            write_extension(writer, ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP, |writer| {
                writer.bytes(timestamps);
            });
        }
    }
}

/// Writes a client's wish for staples of this kind.
pub(crate) fn write_request(writer: &mut Writer<'_>, extension: ExtensionType) {
    write_extension(writer, extension, |writer| {
        if extension == ExtensionType::STATUS_REQUEST {
            writer.u8(OCSP);
            // Any responder will do, and there is nothing to say to it.
            writer.vec16(|_| {});
            writer.vec16(|_| {});
        }
    });
}

/// Reads a client's status_request: whether it wants an OCSP response. Other kinds of status were never defined.
pub(crate) fn read_status_request(mut body: Reader<'_>) -> Result<bool, Error> {
    if body.u8()? != OCSP {
        return Ok(false);
    }
    body.vec16()?;
    body.vec16()?;
    body.finish().map(|()| true)
}

/// Writes a CertificateStatus: the message of TLS 1.2, and the extension's body in TLS 1.3.
//= 9846:4.5.1.1 ocsp-form
pub(crate) fn write_status(writer: &mut Writer<'_>, response: &[u8]) {
    writer.u8(OCSP);
    writer.vec24(|writer| writer.bytes(response));
}

/// Reads the CertificateStatus message of TLS 1.2.
pub(crate) fn read_status_message(body: &[u8]) -> Result<&[u8], Error> {
    read_status(Reader::new(body, "CertificateStatus"))
}

fn read_status(mut body: Reader<'_>) -> Result<&[u8], Error> {
    if body.u8()? != OCSP {
        return Err(Cause::IllegalParameter("a certificate status of a kind other than OCSP").into());
    }
    let response = body.vec24()?;
    if response.is_empty() {
        return body.error();
    }
    body.finish()?;
    match response.len() > limits::MAX_STAPLE {
        true => Err(Cause::TooMany("bytes of an OCSP response").into()),
        false => Ok(response),
    }
}

/// Reads a SignedCertificateTimestampList, and returns it as it is.
pub(crate) fn read_timestamps(whole: &[u8]) -> Result<&[u8], Error> {
    let mut body = Reader::new(whole, "signed_certificate_timestamp");
    let mut list = Reader::nested(body.nonempty_vec16()?, "signed_certificate_timestamp");
    body.finish()?;
    while !list.is_empty() {
        list.nonempty_vec16()?;
    }
    match whole.len() > limits::MAX_STAPLE {
        true => Err(Cause::TooMany("bytes of certificate timestamps").into()),
        false => Ok(whole),
    }
}
