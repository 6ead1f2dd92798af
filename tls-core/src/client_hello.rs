//! A ClientHello to look at: for whoever chooses a configuration by it, records it or asks what would come of it.

mod ja4;

use std::fmt;

use ciphersuites::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme};

use crate::error::{Cause, Error};
use crate::record::{ContentType, Inbox, RecordReceiver};
use crate::wire;
use crate::wire::codec::CodePoints;
use crate::wire::extension::{ExtensionType, Extensions};
use crate::wire::handshake::{HandshakeType, Message};
use crate::wire::psk_key_exchange_modes::PskKeyExchangeMode;

/// A ClientHello as a client sent it (RFC 9846 §4.2.2), GREASE included.
///
/// Its form is checked: the lengths of everything, and that no extension comes twice. What is inside an extension is
/// read, and refused if it is malformed, when it is asked for; without the extension there is nothing in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientHello {
    legacy_version: ProtocolVersion,
    random: [u8; 32],
    session_id: Box<[u8]>,
    cipher_suites: Box<[u8]>,
    compression_methods: Box<[u8]>,
    extensions: Box<[u8]>,
}

/// Why bytes are no ClientHello.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientHelloError {
    /// They end before it does.
    Incomplete,
    /// Something follows it that does not belong to it.
    Excess,
    /// They are something else, or against the rules.
    Invalid(Error),
}

impl fmt::Display for ClientHelloError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incomplete => f.write_str("the bytes end before the ClientHello does"),
            Self::Excess => f.write_str("bytes follow the ClientHello that do not belong to it"),
            Self::Invalid(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for ClientHelloError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Invalid(error) => Some(error),
            Self::Incomplete | Self::Excess => None,
        }
    }
}

impl From<Error> for ClientHelloError {
    fn from(error: Error) -> Self {
        Self::Invalid(error)
    }
}

impl ClientHello {
    /// Reads one from a handshake message, or from the records that carry it: a connection's first bytes. Records that
    /// follow it are not looked at.
    ///
    /// # Errors
    /// See [`ClientHelloError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ClientHelloError> {
        let mut inbox = Inbox::default();
        let message = match bytes.first().copied().map(HandshakeType) {
            Some(HandshakeType::CLIENT_HELLO) => {
                inbox.push(bytes);
                inbox.take()?
            }
            _ => first_message(&mut inbox, bytes)?,
        };
        match message {
            None => Err(ClientHelloError::Incomplete),
            Some(_) if !inbox.is_empty() => Err(ClientHelloError::Excess),
            Some(message) => Ok(Self::of(&message)?),
        }
    }

    /// Reads one from a message that has been received.
    pub(crate) fn of(message: &Message) -> Result<Self, Error> {
        if message.message_type != HandshakeType::CLIENT_HELLO {
            let received = message.message_type;
            return Err(Cause::UnexpectedMessage { expected: "ClientHello", received }.into());
        }
        let hello = wire::client_hello::ClientHello::read(message.body())?;
        Ok(Self {
            legacy_version: hello.legacy_version,
            random: *hello.random,
            session_id: hello.session_id.into(),
            cipher_suites: hello.cipher_suites.bytes().into(),
            compression_methods: hello.compression_methods.into(),
            extensions: hello.extensions.bytes().into(),
        })
    }

    /// As the handshake sees it.
    pub(crate) fn view(&self) -> wire::client_hello::ClientHello<'_> {
        wire::client_hello::ClientHello {
            legacy_version: self.legacy_version,
            random: &self.random,
            session_id: &self.session_id,
            cipher_suites: CodePoints::checked(&self.cipher_suites),
            compression_methods: &self.compression_methods,
            extensions: Extensions::checked(&self.extensions),
        }
    }

    /// TLS 1.2 since there is TLS 1.3, which has [`versions`](Self::versions) of its own.
    pub fn legacy_version(&self) -> ProtocolVersion {
        self.legacy_version
    }

    /// The client's random value.
    pub fn random(&self) -> &[u8; 32] {
        &self.random
    }

    /// At most 32 bytes; in TLS 1.3 of no meaning.
    pub fn session_id(&self) -> &[u8] {
        &self.session_id
    }

    /// The suites, best first, and the values that signal something among them.
    pub fn cipher_suites(&self) -> impl Iterator<Item = CipherSuite> + Clone {
        self.view().cipher_suites.iter().map(CipherSuite)
    }

    /// The compression methods; 0 is none.
    pub fn compression_methods(&self) -> &[u8] {
        &self.compression_methods
    }

    /// Type and body of each extension, in their order.
    pub fn extensions(&self) -> impl Iterator<Item = (ExtensionType, &[u8])> {
        self.view().extensions.iter()
    }

    /// The body of one extension, if it is there.
    pub fn extension(&self, wanted: ExtensionType) -> Option<&[u8]> {
        self.view().extensions.get(wanted)
    }

    /// The versions that the client offers: those of supported_versions; without it TLS 1.2 or, if that is older, the
    /// legacy version (RFC 9846 §4.3.1).
    ///
    /// # Errors
    /// The extension is malformed.
    pub fn versions(&self) -> Result<impl Iterator<Item = ProtocolVersion> + Clone, Error> {
        self.view().versions()
    }

    /// The DNS name of the server that the client wants (RFC 6066 §3).
    ///
    /// # Errors
    /// The extension is malformed or holds no DNS name.
    pub fn server_name(&self) -> Result<Option<&str>, Error> {
        self.view().server_name()
    }

    /// The application protocols, best first (RFC 7301).
    ///
    /// # Errors
    /// The extension is malformed.
    pub fn alpn(&self) -> Result<impl Iterator<Item = &[u8]>, Error> {
        Ok(self.view().alpn()?.into_iter().flat_map(|names| names.iter()))
    }

    /// The groups, best first (RFC 9846 §4.3.7).
    ///
    /// # Errors
    /// The extension is malformed.
    pub fn supported_groups(&self) -> Result<impl Iterator<Item = NamedGroup> + Clone, Error> {
        Ok(self.view().supported_groups()?.into_iter().flatten())
    }

    /// The groups that the client has sent key shares for, each with the share's length in bytes (RFC 9846 §4.3.8).
    ///
    /// # Errors
    /// The extension is malformed, or a group comes twice.
    pub fn key_shares(&self) -> Result<impl Iterator<Item = (NamedGroup, usize)>, Error> {
        let shares = self.view().key_shares()?.into_iter().flat_map(|shares| shares.iter());
        Ok(shares.map(|entry| (entry.group, entry.share.len())))
    }

    /// The schemes that the server may sign the handshake with, best first (RFC 9846 §4.3.3).
    ///
    /// # Errors
    /// The extension is malformed.
    pub fn signature_algorithms(&self) -> Result<impl Iterator<Item = SignatureScheme> + Clone, Error> {
        Ok(self.view().signature_algorithms()?.into_iter().flatten())
    }

    /// The schemes that certificates may be signed with, where they are not those of
    /// [`signature_algorithms`](Self::signature_algorithms) (RFC 9846 §4.3.3).
    ///
    /// # Errors
    /// The extension is malformed.
    pub fn signature_algorithms_cert(&self) -> Result<impl Iterator<Item = SignatureScheme> + Clone, Error> {
        Ok(self.view().signature_algorithms_cert()?.into_iter().flatten())
    }

    /// How the client would use a pre-shared key (RFC 9846 §4.3.9).
    ///
    /// # Errors
    /// The extension is malformed.
    pub fn psk_key_exchange_modes(&self) -> Result<impl Iterator<Item = PskKeyExchangeMode>, Error> {
        Ok(self.view().psk_key_exchange_modes()?.into_iter().flatten())
    }

    /// What stands for the pre-shared keys that the client offers, sessions' among them, best first (RFC 9846 §4.3.11).
    ///
    /// # Errors
    /// The extension is malformed.
    pub fn pre_shared_key_identities(&self) -> Result<impl Iterator<Item = &[u8]>, Error> {
        let offered = self.view().pre_shared_keys()?.into_iter().flat_map(|offered| offered.iter());
        Ok(offered.map(|(identity, _)| identity))
    }

    /// Whether data follows that a server may take before the handshake is done (RFC 9846 §4.3.10).
    pub fn early_data(&self) -> bool {
        self.extension(ExtensionType::EARLY_DATA).is_some()
    }

    /// The JA4 fingerprint: which software the client is, as far as its ClientHello shows it. It tells clients apart
    /// that do not hide, and proves nothing.
    ///
    /// # Errors
    /// An extension that goes into it is malformed.
    pub fn ja4(&self) -> Result<String, Error> {
        ja4::fingerprint(self)
    }
}

/// The first handshake message of a stream of records, if it is there whole.
fn first_message(inbox: &mut Inbox, bytes: &[u8]) -> Result<Option<Message>, Error> {
    let mut bytes = bytes.to_vec();
    let mut rest = bytes.as_mut_slice();
    let mut receiver = RecordReceiver::default();
    while let Some(record) = receiver.next(rest)? {
        if record.content_type != ContentType::HANDSHAKE {
            let what = record.content_type.name().unwrap_or("a record of unknown type");
            return Err(Cause::UnexpectedRecord(what).into());
        }
        inbox.push(rest.get(record.content).unwrap_or_default());
        if let Some(message) = inbox.take()? {
            return Ok(Some(message));
        }
        rest = rest.get_mut(record.len..).unwrap_or_default();
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
