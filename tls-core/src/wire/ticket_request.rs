//! The ticket_request extension, RFC 9149 §3.

use crate::error::Error;
use crate::wire::codec::{Reader, Writer};
use crate::wire::extension::{ExtensionType, write_extension};

/// How many tickets a client would like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TicketRequest {
    /// If the handshake is a full one.
    pub(crate) new_session_count: u8,
    /// If it resumes a session.
    pub(crate) resumption_count: u8,
}

impl TicketRequest {
    pub(crate) fn read(mut body: Reader<'_>) -> Result<Self, Error> {
        let (new_session_count, resumption_count) = (body.u8()?, body.u8()?);
        body.finish()?;
        Ok(Self { new_session_count, resumption_count })
    }

    pub(crate) fn write(self, writer: &mut Writer<'_>) {
        write_extension(writer, ExtensionType::TICKET_REQUEST, |writer| {
            writer.u8(self.new_session_count);
            writer.u8(self.resumption_count);
        });
    }
}

/// How many tickets the server is about to send.
pub(crate) fn read_hint(mut body: Reader<'_>) -> Result<u8, Error> {
    let expected = body.u8()?;
    body.finish()?;
    Ok(expected)
}

pub(crate) fn write_hint(writer: &mut Writer<'_>, expected: u8) {
    write_extension(writer, ExtensionType::TICKET_REQUEST, |writer| writer.u8(expected));
}
