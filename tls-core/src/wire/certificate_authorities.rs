//! Names of certificate authorities: certificate_authorities, RFC 9846 §4.3.4, and the same list in the
//! CertificateRequest of TLS 1.2, RFC 5246 §7.4.4.

use crate::error::Error;
use crate::wire::codec::{Reader, Writer};
use crate::wire::extension::{ExtensionType, write_extension};

/// A well-formed list of distinguished names, each in DER; perhaps empty.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Authorities<'a>(&'a [u8]);

impl<'a> Authorities<'a> {
    /// Reads the extension's body, which names at least one.
    pub(crate) fn read_extension(mut body: Reader<'a>) -> Result<Self, Error> {
        let list = body.nonempty_vec16()?;
        body.finish()?;
        Self::read(list, "certificate_authorities")
    }

    /// Reads the names that a vector of the structure `what` holds.
    pub(crate) fn read(list: &'a [u8], what: &'static str) -> Result<Self, Error> {
        let mut names = Reader::nested(list, what);
        while !names.is_empty() {
            names.nonempty_vec16()?;
        }
        Ok(Self(list))
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = &'a [u8]> {
        let mut names = Reader::nested(self.0, "certificate_authorities");
        std::iter::from_fn(move || if names.is_empty() { None } else { names.vec16().ok() })
    }
}

/// Writes the extension, if there is anything to say.
pub(crate) fn write(writer: &mut Writer<'_>, names: &[Vec<u8>]) {
    if !names.is_empty() {
        write_extension(writer, ExtensionType::CERTIFICATE_AUTHORITIES, |writer| write_names(writer, names));
    }
}

/// Writes the list itself.
pub(crate) fn write_names(writer: &mut Writer<'_>, names: &[Vec<u8>]) {
    writer.vec16(|writer| names.iter().for_each(|name| writer.vec16(|writer| writer.bytes(name))));
}
