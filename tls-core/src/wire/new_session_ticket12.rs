//! NewSessionTicket of TLS 1.2, RFC 5077 §3.3.

use crate::error::Error;
use crate::wire::codec::{Reader, Writer};

/// What a client may resume by. An empty ticket stands for none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewSessionTicket<'a> {
    /// In seconds, from when it is received; 0: the server does not say.
    pub(crate) lifetime_hint: u32,
    pub(crate) ticket: &'a [u8],
}

impl<'a> NewSessionTicket<'a> {
    pub(crate) fn read(body: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(body, "NewSessionTicket");
        let (lifetime_hint, ticket) = (reader.u32()?, reader.vec16()?);
        reader.finish()?;
        Ok(Self { lifetime_hint, ticket })
    }

    pub(crate) fn write(&self, writer: &mut Writer<'_>) {
        writer.bytes(&self.lifetime_hint.to_be_bytes());
        writer.vec16(|writer| writer.bytes(self.ticket));
    }
}
