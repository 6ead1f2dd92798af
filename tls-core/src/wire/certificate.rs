//! Certificate: RFC 9846 §4.5.1 for TLS 1.3, RFC 5246 §7.4.2 for TLS 1.2.

use pki_types::CertificateDer;

use crate::error::{Cause, Error};
use crate::limits;
use crate::wire::codec::{Reader, Writer};
use crate::wire::extension::{ExtensionType, Extensions};
use crate::wire::staples::{self, Staples};

/// A peer's certificates in DER, leaf first, perhaps none, and what is stapled to the leaf.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chain<'a> {
    pub(crate) certificates: Vec<&'a [u8]>,
    pub(crate) staples: Staples<'a>,
}

/// Reads the chain of a TLS 1.3 Certificate message; `asked` are the extensions that it may have, for they were asked
/// for. What is stapled to other certificates than the leaf is ignored.
//= 9846:4.5.1 context
pub(crate) fn read13<'a>(body: &'a [u8], asked: &[ExtensionType]) -> Result<Chain<'a>, Error> {
    let mut reader = Reader::new(body, "Certificate");
    let context = reader.vec8()?;
    let list = reader.vec24()?;
    reader.finish()?;
    if !context.is_empty() {
        return Err(Cause::IllegalParameter("certificate_request_context outside of post-handshake").into());
    }
    let mut leaf = None;
    let certificates = read_entries(list, |entries| {
        let extensions = Extensions::read(entries, "CertificateEntry")?;
        extensions.only(&staples::EXTENSIONS, asked)?;
        leaf.get_or_insert(Staples::read(extensions)?);
        Ok(())
    })?;
    Ok(Chain { certificates, staples: leaf.unwrap_or_default() })
}

/// The same of TLS 1.2, where staples are elsewhere.
pub(crate) fn read12<'a>(body: &'a [u8], staples: Staples<'a>) -> Result<Chain<'a>, Error> {
    let mut reader = Reader::new(body, "Certificate");
    let list = reader.vec24()?;
    reader.finish()?;
    Ok(Chain { certificates: read_entries(list, |_| Ok(()))?, staples })
}

//= 9846:4.5.1 entry-extensions
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
//= 9846:4.5.1 context
//= 9846:4.5.1 entry-extensions
//= 9846:4.5.1 leaf-first
pub(crate) fn write13(writer: &mut Writer<'_>, chain: &[CertificateDer<'_>], staples: Staples<'_>) {
    writer.vec8(|_| {});
    writer.vec24(|writer| {
        let of_leaf = std::iter::once(staples).chain(std::iter::repeat(Staples::default()));
        for (certificate, staples) in chain.iter().zip(of_leaf) {
            writer.vec24(|writer| writer.bytes(certificate));
            writer.vec16(|writer| staples.write(writer));
        }
    });
}

/// The same of TLS 1.2.
pub(crate) fn write12(writer: &mut Writer<'_>, chain: &[CertificateDer<'_>]) {
    writer.vec24(|writer| {
        chain.iter().for_each(|certificate| writer.vec24(|writer| writer.bytes(certificate)));
    });
}
