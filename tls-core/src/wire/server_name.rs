//! The server_name extension, RFC 6066 §3.

use crate::error::{Cause, Error};
use crate::wire::codec::Reader;
use crate::wire::codec::Writer;
use crate::wire::extension::{ExtensionType, write_extension};

const HOST_NAME: u8 = 0;

/// The one host name a client may ask for: ASCII, no trailing dot, at most 255 bytes, not an address.
//= 9846:9.2 server-name
pub(crate) fn read(mut body: Reader<'_>) -> Result<&str, Error> {
    let mut list = Reader::new(body.nonempty_vec16()?, "server_name");
    body.finish()?;
    if list.u8()? != HOST_NAME {
        return Err(Cause::IllegalParameter("server_name of a type other than host_name").into());
    }
    let name = list.nonempty_vec16()?;
    list.finish()?;
    match std::str::from_utf8(name).map(pki_types::DnsName::try_from) {
        Ok(Ok(_)) if !name.ends_with(b".") => {
            std::str::from_utf8(name).map_err(|_| Cause::Malformed("server_name").into())
        }
        _ => Err(Cause::IllegalParameter("server_name that is no DNS name").into()),
    }
}

//= 9846:9.2 server-name
pub(crate) fn write(writer: &mut Writer<'_>, name: &str) {
    write_extension(writer, ExtensionType::SERVER_NAME, |writer| {
        writer.vec16(|writer| {
            writer.u8(HOST_NAME);
            writer.vec16(|writer| writer.bytes(name.as_bytes()));
        });
    });
}
