//! Certificate: RFC 9846 §4.5.1 for TLS 1.3, RFC 5246 §7.4.2 for TLS 1.2.

use pki_types::CertificateDer;

use crate::error::{Cause, Error};
use crate::limits;
use crate::wire::codec::{Reader, Writer};
use crate::wire::extension::Extensions;

/// Reads the chain of a TLS 1.3 Certificate message: DER certificates, leaf first, perhaps none. No certificate
/// extension is ever asked for here, so any is `unsupported_extension`.
pub(crate) fn read13(body: &[u8]) -> Result<Vec<&[u8]>, Error> {
    let mut reader = Reader::new(body, "Certificate");
    let context = reader.vec8()?;
    let list = reader.vec24()?;
    reader.finish()?;
    if !context.is_empty() {
        return Err(Cause::IllegalParameter("certificate_request_context outside of post-handshake").into());
    }
    read_entries(list, |entries| Extensions::read(entries, "CertificateEntry")?.only(&[], &[]))
}

/// The same of TLS 1.2.
pub(crate) fn read12(body: &[u8]) -> Result<Vec<&[u8]>, Error> {
    let mut reader = Reader::new(body, "Certificate");
    let list = reader.vec24()?;
    reader.finish()?;
    read_entries(list, |_| Ok(()))
}

fn read_entries<'a>(
    list: &'a [u8],
    mut read_extensions: impl FnMut(&mut Reader<'a>) -> Result<(), Error>,
) -> Result<Vec<&'a [u8]>, Error> {
    let mut entries = Reader::new(list, "Certificate");
    let mut chain = Vec::with_capacity(4);
    while !entries.is_empty() {
        let certificate = entries.vec24()?;
        if certificate.is_empty() {
            return entries.error();
        }
        read_extensions(&mut entries)?;
        if chain.len() == limits::MAX_CHAIN_LEN {
            return Err(Cause::TooMany("certificates in a chain").into());
        }
        chain.push(certificate);
    }
    Ok(chain)
}

/// Writes a TLS 1.3 Certificate message of the main handshake; an empty chain says that there is none.
pub(crate) fn write13(writer: &mut Writer<'_>, chain: &[CertificateDer<'_>]) {
    writer.vec8(|_| {});
    writer.vec24(|writer| {
        for certificate in chain {
            writer.vec24(|writer| writer.bytes(certificate));
            writer.vec16(|_| {});
        }
    });
}

/// The same of TLS 1.2.
pub(crate) fn write12(writer: &mut Writer<'_>, chain: &[CertificateDer<'_>]) {
    writer.vec24(|writer| {
        chain.iter().for_each(|certificate| writer.vec24(|writer| writer.bytes(certificate)));
    });
}
