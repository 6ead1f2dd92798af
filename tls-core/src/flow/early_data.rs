//! What there is to send and receive before a handshake is done.

use ciphersuites::{Aead, ExporterSecret};

use crate::error::{Cause, Error};
use crate::facts::Facts;
use crate::flow::{Flow, Wire, lock};

/// Early data under way, as a client sends it or as a server receives it.
#[derive(Debug)]
pub(crate) struct EarlyTraffic {
    pub(crate) exporter: ExporterSecret,
    /// The application protocol that it is of.
    pub(crate) alpn: Option<Box<[u8]>>,
    /// Bytes that may still come; `None`: that was all.
    pub(crate) left: Option<u32>,
    /// Records that the cipher may protect under one key.
    pub(crate) max_records: u64,
    /// What a server that receives it knows of the connection.
    pub(crate) facts: Option<Facts>,
}

impl EarlyTraffic {
    pub(crate) fn new(exporter: ExporterSecret, aead: Aead, alpn: Option<Box<[u8]>>, max_size: u32) -> Self {
        let max_records = aead.confidentiality_limit();
        Self { exporter, alpn, left: Some(max_size), max_records, facts: None }
    }

    /// Forgets what is known of the connection: it has become the connection's own.
    pub(crate) fn without_facts(mut self: Box<Self>) -> Box<Self> {
        self.facts = None;
        self
    }
}

impl Wire {
    /// Takes note of so much early data that has come.
    pub(crate) fn count_early_data(&mut self, len: usize) -> Result<(), Error> {
        let left = self.early_data.as_mut().and_then(|early| early.left.as_mut());
        let Some(left) = left else {
            return Err(Cause::UnexpectedRecord("application data before the end of the handshake").into());
        };
        let rest = u32::try_from(len).ok().and_then(|len| left.checked_sub(len));
        *left = rest.ok_or(Cause::TooMany("bytes of early data"))?;
        Ok(())
    }
}

impl Flow {
    /// From here on there is early data, under keys that are already set.
    pub(crate) fn begin_early_data(&mut self, early: EarlyTraffic) {
        let mut wire = self.wire();
        wire.receiver.forget_limit();
        wire.early_data = Some(Box::new(early));
    }

    /// What there is to know of the connection while early data is received.
    pub(crate) fn set_early_facts(&mut self, facts: Facts) {
        if let Some(early) = &mut self.wire().early_data {
            early.facts = Some(facts);
        }
    }

    /// No more comes.
    pub(crate) fn end_early_data(&mut self) {
        if let Some(early) = &mut self.wire().early_data {
            early.left = None;
        }
    }

    /// There was none: the server has not read it.
    pub(crate) fn forget_early_data(&mut self) {
        self.wire().early_data = None;
    }

    /// What is sent from here on is in the clear again: the server has asked for another ClientHello.
    pub(crate) fn remove_sealing_key(&mut self) -> Result<(), Error> {
        self.wire().flight.remove_key()
    }

    /// This side has sent its Finished: its caller may send data, in so many records at most (RFC 9846 §2.3).
    pub(crate) fn permit_data(&mut self, max_records: u64) {
        self.wire().max_early_records = max_records;
    }

    /// Reads past early data that is not accepted, up to so many bytes.
    pub(crate) fn skip_early_data(&mut self, max_len: usize) {
        lock(&self.wire).receiver.skip_early_data(max_len);
    }
}
