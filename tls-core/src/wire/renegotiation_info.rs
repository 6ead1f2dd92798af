//! The renegotiation_info extension of TLS 1.2, RFC 5746: which handshake this one follows on its connection.

use ciphersuites::constant_time_eq;

use crate::error::{Cause, Error};
use crate::wire::codec::{Reader, Writer};
use crate::wire::extension::{ExtensionType, write_extension};

/// The peer must mean the same handshake before this one: both sides' verify_data of it as far as it says them, which
/// on a first handshake is nothing (RFC 5746 §3.4, §3.5, §3.6).
pub(crate) fn check(mut body: Reader<'_>, expected: &[u8]) -> Result<(), Error> {
    let verify_data = body.vec8()?;
    body.finish()?;
    let is_same = verify_data.len() == expected.len() && constant_time_eq(verify_data, expected);
    if is_same { Ok(()) } else { Err(Cause::UnsafeRenegotiation.into()) }
}

/// Writes the extension with what this side says of the handshake before; nothing on a first one.
pub(crate) fn write(writer: &mut Writer<'_>, verify_data: &[u8]) {
    write_extension(writer, ExtensionType::RENEGOTIATION_INFO, |writer| {
        writer.vec8(|writer| writer.bytes(verify_data));
    });
}
