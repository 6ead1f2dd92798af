//! The flight being written: messages go straight into its open record, so that a flight is one record
//! and one write wherever it fits.

use crate::alert::AlertDescription;
use crate::error::Error;
use crate::record::{ContentType, HEADER_LEN, RecordSender, Sealer};

/// Room that a flight with a hybrid share and one certificate fits into: others grow once.
const USUAL_LEN: usize = 1792;

#[derive(Debug)]
pub(crate) struct Flight {
    sender: RecordSender,
    bytes: Vec<u8>,
    /// Where the open record of handshake messages begins, if there is one.
    open: Option<usize>,
    /// Whether there is more to send than a change_cipher_spec, which can wait for what follows it.
    is_due: bool,
}

impl Flight {
    pub(crate) fn new(sender: RecordSender) -> Self {
        Self { sender, bytes: Vec::new(), open: None, is_due: false }
    }

    pub(crate) fn sender(&mut self) -> &mut RecordSender {
        &mut self.sender
    }

    pub(crate) fn into_sender(self) -> RecordSender {
        self.sender
    }

    /// Where the next message's bytes will go; the caller appends one whole message.
    //= 9846:5 types-sent
    pub(crate) fn message(&mut self) -> &mut Vec<u8> {
        self.is_due = true;
        if self.bytes.capacity() == 0 {
            self.bytes.reserve_exact(USUAL_LEN);
        }
        if self.open.is_none() {
            self.open = Some(self.bytes.len());
            self.bytes.extend_from_slice(&[0; HEADER_LEN]);
        }
        &mut self.bytes
    }

    /// Seals the open record. What is longer than a record becomes several.
    pub(crate) fn close(&mut self) -> Result<(), Error> {
        let Some(start) = self.open.take() else { return Ok(()) };
        let content_start = start + HEADER_LEN;
        if self.bytes.len() <= content_start + self.sender.max_fragment() {
            return self.sender.seal_tail(&mut self.bytes, start, ContentType::HANDSHAKE);
        }
        let content = self.bytes.split_off(content_start);
        self.bytes.truncate(start);
        for fragment in content.chunks(self.sender.max_fragment()) {
            self.sender.append(&mut self.bytes, ContentType::HANDSHAKE, fragment)?;
        }
        Ok(())
    }

    /// What follows is sealed under `key`.
    //= 9846:5.1 aligned
    pub(crate) fn set_key(&mut self, key: impl Into<Sealer>) -> Result<(), Error> {
        self.close()?;
        self.sender.set_key(key);
        Ok(())
    }

    /// What follows is not protected.
    pub(crate) fn remove_key(&mut self) -> Result<(), Error> {
        self.close()?;
        self.sender.remove_key();
        Ok(())
    }

    /// The record that makes middleboxes take this for a resumed TLS 1.2 session (RFC 9846 appendix E.4).
    pub(crate) fn change_cipher_spec(&mut self) -> Result<(), Error> {
        self.close()?;
        self.sender.append(&mut self.bytes, ContentType::CHANGE_CIPHER_SPEC, &[1])
    }

    //= 9846:5.1 one-alert
    pub(crate) fn alert(&mut self, description: AlertDescription) -> Result<(), Error> {
        // Messages not yet sealed would have led nowhere.
        if let Some(start) = self.open.take() {
            self.bytes.truncate(start);
        }
        self.is_due = true;
        self.sender.append(&mut self.bytes, ContentType::ALERT, &description.encode())
    }

    /// Forgets what was to be sent.
    pub(crate) fn discard(&mut self) {
        self.bytes.clear();
        (self.open, self.is_due) = (None, false);
    }

    /// Seals what is due and moves it to the end of `output`.
    //= 9846:5.1 no-empty-handshake
    //= 9846:5.1 plaintext-length
    pub(crate) fn drain_to(&mut self, output: &mut Vec<u8>) -> Result<(), Error> {
        if !std::mem::take(&mut self.is_due) {
            return Ok(());
        }
        self.close()?;
        match output.is_empty() {
            true => std::mem::swap(output, &mut self.bytes),
            false => output.append(&mut self.bytes),
        }
        Ok(())
    }
}
