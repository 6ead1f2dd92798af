//! What travels between two ends: records, and the messages in them.

use tls_core::HandshakeType;

/// Content types of records.
pub mod content_type {
    #![allow(missing_docs, reason = "the registered names")]
    pub const CHANGE_CIPHER_SPEC: u8 = 20;
    pub const ALERT: u8 = 21;
    pub const HANDSHAKE: u8 = 22;
    pub const APPLICATION_DATA: u8 = 23;
}

/// One of the two ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "there are two")]
pub enum Side {
    /// The client.
    Client,
    /// The server.
    Server,
}

impl Side {
    /// The other one.
    pub fn other(self) -> Self {
        if self == Self::Client { Self::Server } else { Self::Client }
    }
}

/// Which keys protect a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there are four")]
pub enum Epoch {
    /// None.
    Plain,
    /// Those of early data.
    Early,
    /// Those of the handshake of TLS 1.3.
    Handshake,
    /// The first of application data: in TLS 1.2 the only ones, for Finished, too.
    Application,
}

/// What travels: a whole handshake message, or the content of another record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "tests take it apart")]
pub struct Piece {
    /// Who sent it.
    pub sender: Side,
    /// The keys it is sent under.
    pub epoch: Epoch,
    /// The content type of its record.
    pub content_type: u8,
    /// The message, or the record's content.
    pub content: Vec<u8>,
}

impl Piece {
    /// The type of the handshake message, if it is one.
    pub fn message_type(&self) -> Option<HandshakeType> {
        let is_message = self.content_type == content_type::HANDSHAKE;
        self.content.first().filter(|_| is_message).map(|byte| HandshakeType(*byte))
    }

    /// Whether it is as long as the header of a handshake message says.
    pub fn is_whole(&self) -> bool {
        matches!(take_messages(&mut self.content.clone()).as_slice(), [message] if *message == self.content)
    }

    /// Whether it is a HelloRetryRequest.
    pub fn is_retry(&self) -> bool {
        self.message_type() == Some(HandshakeType::SERVER_HELLO)
            && self.content.get(6..10) == Some(&[0xcf, 0x21, 0xad, 0x74])
    }

    /// The same with other content.
    pub fn with(&self, content: Vec<u8>) -> Self {
        Self { content, ..self.clone() }
    }
}

/// A plaintext record.
pub fn record(content_type: u8, content: &[u8]) -> Vec<u8> {
    let len = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[content_type, 3, 3], len.as_slice(), content].concat()
}

/// The records that these bytes are.
pub fn records(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut records = Vec::new();
    while !bytes.is_empty() {
        let len = 5 + usize::from(u16::from_be_bytes([bytes[3], bytes[4]]));
        let (record, rest) = bytes.split_at(len);
        records.push(record);
        bytes = rest;
    }
    records
}

/// Takes the whole handshake messages off the front.
pub fn take_messages(bytes: &mut Vec<u8>) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    while let Some(header) = bytes.first_chunk::<4>() {
        let len = 4 + usize::try_from(u32::from_be_bytes(*header) & 0xff_ffff).unwrap();
        if bytes.len() < len {
            break;
        }
        messages.push(bytes.drain(..len).collect());
    }
    messages
}
