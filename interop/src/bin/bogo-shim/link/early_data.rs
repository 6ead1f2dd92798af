//! A client's early data on a connection.

use std::io::IoSlice;

use tls_core::{EarlyData, EarlyDataOffer, HandshakeType, MAX_SEALED_RECORD, Stage};

use crate::failure::Failure;
use crate::link::Link;

/// A client's early data.
#[derive(Debug, Default)]
pub(super) struct Early {
    pub(super) is_offered: bool,
    /// Bytes that were sent, and not rejected.
    pub(super) sent: usize,
}

impl Link<'_> {
    /// What a client may send before it knows the server.
    pub(crate) fn early_data_offer(&self) -> Option<EarlyDataOffer> {
        self.connection.early_data_offer()
    }

    /// Whether a client's early data is rejected: certificates are asked about only afterwards.
    pub(crate) fn is_retry(&self) -> bool {
        let facts = self.connection.facts();
        let is_over = || self.connection.early_data_offer().is_none();
        self.early.is_offered && facts.map_or_else(is_over, |facts| facts.early_data != EarlyData::Accepted)
    }

    /// Bytes that have arrived as early data, of those that a client says first.
    pub(crate) fn said(&self) -> usize {
        self.early.sent
    }

    /// What was rejected must be said again.
    pub(super) fn forget_rejected(&mut self) {
        if self.is_retry() {
            self.early.sent = 0;
        }
    }

    /// Goes on until this message has been received, and what it says has been looked at.
    pub(crate) fn handshake_past(&mut self, message: u8) -> Result<(), Failure> {
        self.flush()?;
        let before: &[HandshakeType] = match message {
            2 => &[HandshakeType::SERVER_HELLO],
            8 => &[HandshakeType::SERVER_HELLO, HandshakeType::ENCRYPTED_EXTENSIONS],
            _ => return Err(Failure::Unimplemented(format!("writing after the message {message}"))),
        };
        while before.iter().any(|message| self.connection.stage() == Stage::Expecting(*message)) {
            if self.step()?.is_none() && !self.fill()? {
                self.connection.receive_eof()?;
            }
        }
        Ok(())
    }

    /// Sends as much as there is room for as early data.
    pub(crate) fn write_early(&mut self, mut data: &[u8]) -> Result<(), Failure> {
        let mut out = vec![0; 2 * MAX_SEALED_RECORD];
        while !data.is_empty() && self.early_data_offer().is_some_and(|offer| offer.left > 0) {
            let sent = self.connection.send_early_data(&[IoSlice::new(data)], &mut out)?;
            data = data.get(sent.consumed..).unwrap_or_default();
            self.early.sent += sent.consumed;
            self.transmit(out.get(..sent.written).unwrap_or_default())?;
        }
        Ok(())
    }

    /// [`Self::begin_to_write`] with early data.
    pub(crate) fn begin_to_write_early(&mut self, data: &[u8]) -> Result<(), Failure> {
        self.flush()?;
        let mut record = vec![0; MAX_SEALED_RECORD];
        let sent = self.connection.send_early_data(&[IoSlice::new(data)], &mut record)?;
        self.early.sent += sent.consumed;
        record.truncate(sent.written);
        self.begin_to_transmit(record)
    }
}
