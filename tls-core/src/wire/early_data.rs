//! The early_data extension, RFC 9846 §4.3.10.

use crate::error::Error;
use crate::wire::codec::{Reader, Writer};
use crate::wire::extension::{ExtensionType, write_extension};

/// Reads the form that is but there or not, in ClientHello and EncryptedExtensions; `None`: it is not there.
pub(crate) fn read(body: Option<Reader<'_>>) -> Result<bool, Error> {
    match body {
        Some(body) => body.finish().map(|()| true),
        None => Ok(false),
    }
}

pub(crate) fn write(writer: &mut Writer<'_>) {
    write_extension(writer, ExtensionType::EARLY_DATA, |_| {});
}

/// Reads a ticket's max_early_data_size, in bytes. Without one there may be no early data.
pub(crate) fn read_max_size(body: Option<Reader<'_>>) -> Result<u32, Error> {
    let Some(mut body) = body else { return Ok(0) };
    let max_size = body.u32()?;
    body.finish().map(|()| max_size)
}

pub(crate) fn write_max_size(writer: &mut Writer<'_>, max_size: u32) {
    write_extension(writer, ExtensionType::EARLY_DATA, |writer| writer.bytes(&max_size.to_be_bytes()));
}
