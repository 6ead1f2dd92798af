//! The application_layer_protocol_negotiation extension, RFC 7301.

use crate::error::Error;
use crate::wire::codec::{Reader, Writer};
use crate::wire::extension::{ExtensionType, write_extension};

/// The protocols a client offers, at least one, none empty.
#[derive(Clone, Debug)]
pub(crate) struct ProtocolNames<'a>(Reader<'a>);

impl<'a> ProtocolNames<'a> {
    pub(crate) fn read(mut body: Reader<'a>) -> Result<Self, Error> {
        let names = Reader::new(body.nonempty_vec16()?, "application_layer_protocol_negotiation");
        body.finish()?;
        let mut rest = names.clone();
        while !rest.is_empty() {
            if rest.vec8()?.is_empty() {
                return rest.error();
            }
        }
        Ok(Self(names))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut rest = self.0.clone();
        std::iter::from_fn(move || if rest.is_empty() { None } else { rest.vec8().ok() })
    }

    /// A server's answer: exactly one name (RFC 7301 §3.1).
    pub(crate) fn read_selected(body: Reader<'a>) -> Result<&'a [u8], Error> {
        let names = Self::read(body)?;
        let mut iter = names.iter();
        match (iter.next(), iter.next()) {
            (Some(name), None) => Ok(name),
            _ => names.0.error(),
        }
    }
}

pub(crate) fn write<'n>(writer: &mut Writer<'_>, names: impl IntoIterator<Item = &'n [u8]>) {
    write_extension(writer, ExtensionType::ALPN, |writer| {
        writer.vec16(|writer| {
            names.into_iter().for_each(|name| writer.vec8(|writer| writer.bytes(name)));
        });
    });
}
