//! NewSessionTicket of TLS 1.3, RFC 9846 §4.7.1.

use crate::error::{Cause, Error};
use crate::wire::codec::{Reader, Writer};
use crate::wire::early_data;
use crate::wire::extension::{ExtensionType, Extensions, write_extension};

/// Lifetimes beyond a week are forbidden, in seconds.
pub(crate) const MAX_LIFETIME: u32 = 604_800;

/// What a client may resume by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewSessionTicket<'a> {
    /// In seconds, from when it is received.
    pub(crate) lifetime: u32,
    pub(crate) age_add: u32,
    pub(crate) nonce: &'a [u8],
    pub(crate) ticket: &'a [u8],
    /// Bytes of early data with which the ticket may be used.
    pub(crate) max_early_data: u32,
}

impl<'a> NewSessionTicket<'a> {
    //= 9846:4.7.1 seven-days-client
    //= 9846:4.7.1 unknown
    pub(crate) fn read(body: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(body, "NewSessionTicket");
        let (lifetime, age_add) = (reader.u32()?, reader.u32()?);
        let (nonce, ticket) = (reader.vec8()?, reader.nonempty_vec16()?);
        let extensions = Extensions::read(&mut reader, "NewSessionTicket")?;
        reader.finish()?;
        let max_early_data = early_data::read_max_size(extensions.reader(ExtensionType::EARLY_DATA))?;
        if lifetime > MAX_LIFETIME {
            return Err(
                Cause::IllegalParameter("NewSessionTicket.ticket_lifetime of more than a week").into()
            );
        }
        Ok(Self { lifetime, age_add, nonce, ticket, max_early_data })
    }

    /// Writes it, with an extension that clients do not know if there is one for that (RFC 8701 §4.1).
    pub(crate) fn write(&self, writer: &mut Writer<'_>, grease: Option<u16>) {
        writer.bytes(&self.lifetime.to_be_bytes());
        writer.bytes(&self.age_add.to_be_bytes());
        writer.vec8(|writer| writer.bytes(self.nonce));
        writer.vec16(|writer| writer.bytes(self.ticket));
        writer.vec16(|writer| {
            if self.max_early_data > 0 {
                early_data::write_max_size(writer, self.max_early_data);
            }
            if let Some(grease) = grease {
                write_extension(writer, ExtensionType(grease), |_| {});
            }
        });
    }
}
