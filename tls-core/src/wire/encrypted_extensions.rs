//! EncryptedExtensions, RFC 9846 §4.4.1.

use crate::error::{Cause, Error};
use crate::wire::alpn::ProtocolNames;
use crate::wire::codec::Reader;
use crate::wire::early_data;
use crate::wire::extension::{ExtensionType, Extensions};
use crate::wire::ticket_request;

#[derive(Clone, Copy, Debug)]
pub(crate) struct EncryptedExtensions<'a> {
    pub(crate) extensions: Extensions<'a>,
}

impl<'a> EncryptedExtensions<'a> {
    /// Reads the message; `offered` are the extensions of the ClientHello it answers.
    //= 9846:4.3.6 answer
    //= 9846:4.3.7 servers-list
    //= 9846:4.4.1 forbidden
    //= 9846:4.5.1 openpgp
    pub(crate) fn read(body: &'a [u8], offered: &[ExtensionType]) -> Result<Self, Error> {
        let mut reader = Reader::new(body, "EncryptedExtensions");
        let extensions = Extensions::read(&mut reader, "EncryptedExtensions")?;
        reader.finish()?;
        let permitted = [
            ExtensionType::SERVER_NAME,
            ExtensionType::MAX_FRAGMENT_LENGTH,
            ExtensionType::SUPPORTED_GROUPS,
            ExtensionType::ALPN,
            ExtensionType::RECORD_SIZE_LIMIT,
            ExtensionType::EARLY_DATA,
            ExtensionType::TICKET_REQUEST,
        ];
        extensions.only(&permitted, offered)?;
        if extensions.get(ExtensionType::SERVER_NAME).is_some_and(|body| !body.is_empty()) {
            return Err(Cause::Malformed("server_name").into());
        }
        // Tickets are taken as they come: the hint bears on nothing here.
        extensions.reader(ExtensionType::TICKET_REQUEST).map(ticket_request::read_hint).transpose()?;
        Ok(Self { extensions })
    }

    /// Whether the server takes early data.
    pub(crate) fn accepts_early_data(&self) -> Result<bool, Error> {
        early_data::read(self.extensions.reader(ExtensionType::EARLY_DATA))
    }

    /// The application protocol the server chose.
    pub(crate) fn alpn(&self) -> Result<Option<&'a [u8]>, Error> {
        self.extensions.reader(ExtensionType::ALPN).map(ProtocolNames::read_selected).transpose()
    }
}
