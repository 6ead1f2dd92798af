//! Handshake messages, joined from the fragments that records bring.

use crate::error::{Cause, Error};
use crate::limits;
use crate::wire::handshake::{HEADER_LEN, HandshakeType, Message};

/// Handshake bytes that have been received and not yet read. Bounded: a message that is too long is
/// refused by its header, and no record is taken while a whole message waits.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    bytes: Vec<u8>,
    read: usize,
}

impl Inbox {
    pub(crate) fn push(&mut self, fragment: &[u8]) {
        self.bytes.extend_from_slice(fragment);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.len() == self.read
    }

    /// Bytes that wait.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len().saturating_sub(self.read)
    }

    /// The type of the message that is arriving.
    pub(crate) fn peek(&self) -> Option<HandshakeType> {
        self.bytes.get(self.read).copied().map(HandshakeType)
    }

    /// Takes the next message if it has arrived whole.
    pub(crate) fn take(&mut self) -> Result<Option<Message>, Error> {
        let pending = self.bytes.get(self.read..).unwrap_or_default();
        let Some(&[message_type, a, b, c]) = pending.first_chunk::<HEADER_LEN>() else { return Ok(None) };
        let message_type = HandshakeType(message_type);
        let len = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
        let limit = limits::max_message_len(message_type);
        if len > limit {
            return Err(Cause::MessageTooLong { message_type, len, limit }.into());
        }
        let Some(bytes) = pending.get(..HEADER_LEN + len) else { return Ok(None) };
        let message = Message { message_type, bytes: bytes.to_vec() };
        self.read += message.bytes.len();
        if self.is_empty() {
            self.bytes.clear();
            self.read = 0;
        }
        Ok(Some(message))
    }

    /// Gives its memory back.
    pub(crate) fn release(&mut self) {
        if self.is_empty() {
            *self = Self::default();
        }
    }
}
