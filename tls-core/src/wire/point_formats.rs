//! The ec_point_formats extension, RFC 8422 §5.1.2: a list that must hold the one format left.

use crate::error::{Cause, Error};
use crate::wire::codec::{Reader, Writer};
use crate::wire::extension::{ExtensionType, write_extension};

const UNCOMPRESSED: u8 = 0;

pub(crate) fn read(mut body: Reader<'_>) -> Result<(), Error> {
    let formats = body.vec8()?;
    body.finish()?;
    match formats.contains(&UNCOMPRESSED) {
        true => Ok(()),
        false => Err(Cause::IllegalParameter("ec_point_formats without uncompressed points").into()),
    }
}

pub(crate) fn write(writer: &mut Writer<'_>) {
    write_extension(writer, ExtensionType::EC_POINT_FORMATS, |writer| {
        writer.vec8(|writer| writer.u8(UNCOMPRESSED))
    });
}
