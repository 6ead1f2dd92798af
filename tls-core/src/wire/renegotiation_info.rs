//! The renegotiation_info extension of TLS 1.2, RFC 5746: on a first handshake it says "I know", and nothing else.

use crate::error::{Cause, Error};
use crate::wire::codec::{Reader, Writer};
use crate::wire::extension::{ExtensionType, write_extension};

/// On a first handshake there is nothing to be renegotiated yet (RFC 5746 §3.4, §3.6).
pub(crate) fn read_initial(mut body: Reader<'_>) -> Result<(), Error> {
    let verify_data = body.vec8()?;
    body.finish()?;
    if verify_data.is_empty() { Ok(()) } else { Err(Cause::UnsafeRenegotiation.into()) }
}

pub(crate) fn write_initial(writer: &mut Writer<'_>) {
    write_extension(writer, ExtensionType::RENEGOTIATION_INFO, |writer| writer.vec8(|_| {}));
}
