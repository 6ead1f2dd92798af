//! What came from the transport and is not delivered yet.

use std::ops::Range;

use tls_core::{Connection, Error, Event};
use tokio::io::ReadBuf;

use crate::handshake;

/// Bytes that outlast the read they came with: the rest of a record's plaintext, and behind it records that were not
/// looked at, or the beginning of one. Without any it holds no memory.
#[derive(Default)]
pub(super) struct Input {
    bytes: Vec<u8>,
    /// Data that a writer came upon, before all else.
    held: Vec<u8>,
    /// How much at the front of it has been delivered.
    delivered: usize,
    /// Decrypted, and to be delivered first.
    plaintext: Range<usize>,
    /// Where the records begin.
    unread: usize,
    /// Bytes of early data that there have been.
    early_data_len: u64,
}

/// How far a connection came with some bytes.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// Bytes at the front that are done with, but for `plaintext`.
    pub(crate) consumed: usize,
    /// What was decrypted and found no room: a range of the bytes before `consumed`.
    pub(crate) plaintext: Range<usize>,
    /// Whether what follows `consumed` is less than a record.
    pub(crate) is_starved: bool,
    /// Bytes that were early data.
    pub(crate) early_data_len: usize,
}

impl Input {
    /// The records, or the beginning of one.
    pub(super) fn unread(&self) -> &[u8] {
        self.bytes.get(self.unread..).unwrap_or_default()
    }

    pub(super) fn early_data_len(&self) -> u64 {
        self.early_data_len
    }

    fn count_early_data(&mut self, progress: &Progress) {
        let len = u64::try_from(progress.early_data_len).unwrap_or(u64::MAX);
        self.early_data_len = self.early_data_len.saturating_add(len);
    }

    pub(super) fn into_unread(mut self) -> Vec<u8> {
        self.bytes.drain(..self.unread.min(self.bytes.len()));
        self.bytes
    }

    pub(super) fn capacity(&self) -> usize {
        self.bytes.capacity() + self.held.capacity()
    }

    /// Keeps what is left of `bytes`, which begin with [`Self::unread`], after `progress` in them.
    pub(super) fn keep(&mut self, bytes: &[u8], progress: Progress) {
        self.count_early_data(&progress);
        let known = self.bytes.len().saturating_sub(self.unread);
        if progress.consumed == 0 && self.unread == 0 {
            // More of a record that is still not whole.
            self.bytes.extend_from_slice(bytes.get(known..).unwrap_or_default());
            return;
        }
        let Progress { consumed, plaintext, .. } = progress;
        let start = if plaintext.is_empty() { consumed } else { plaintext.start };
        self.bytes = bytes.get(start..).unwrap_or_default().to_vec();
        self.plaintext = match plaintext.is_empty() {
            true => 0..0,
            false => 0..plaintext.end.saturating_sub(start),
        };
        self.unread = consumed.saturating_sub(start);
    }

    /// Delivers what is kept: plaintext first, then records, opened where they are.
    pub(super) fn deliver(
        &mut self,
        connection: &mut Connection,
        out: &mut ReadBuf<'_>,
    ) -> Result<(), Error> {
        self.deliver_held(out);
        let len = self.plaintext.len().min(out.remaining());
        let (now, later) = (self.plaintext.start..self.plaintext.start + len, self.plaintext.end);
        out.put_slice(self.bytes.get(now.clone()).unwrap_or_default());
        self.plaintext = now.end..later;
        if !self.plaintext.is_empty() {
            return Ok(());
        }
        let mut progress = Progress::default();
        let records = self.bytes.get_mut(self.unread..).unwrap_or_default();
        let result = absorb(connection, records, &mut progress, out);
        self.count_early_data(&progress);
        let start = self.unread;
        self.plaintext = start + progress.plaintext.start..start + progress.plaintext.end;
        self.unread += progress.consumed;
        self.release(progress.is_starved);
        result
    }

    /// Gives back the memory of what is done with.
    fn release(&mut self, is_starved: bool) {
        if !self.plaintext.is_empty() {
            return;
        }
        if self.unread >= self.bytes.len() {
            (self.bytes, self.plaintext, self.unread) = (Vec::new(), 0..0, 0);
        } else if is_starved && self.unread > 0 {
            (self.bytes, self.plaintext, self.unread) = (self.unread().to_vec(), 0..0, 0);
        }
    }

    /// Data kept for the reader by a writer, in bytes.
    pub(super) fn held(&self) -> usize {
        self.held.len().saturating_sub(self.delivered)
    }

    pub(super) fn add_held(&mut self, data: Vec<u8>) {
        match self.held.is_empty() {
            true => self.held = data,
            false => {
                // Doubling would hold far more than the bound, and no room to spare would move all for each byte.
                if self.held.capacity().saturating_sub(self.held.len()) < data.len() {
                    self.held.reserve_exact(data.len().max(self.held.len() / 8));
                }
                self.held.extend_from_slice(&data);
            }
        }
    }

    fn deliver_held(&mut self, out: &mut ReadBuf<'_>) {
        let rest = self.held.get(self.delivered..).unwrap_or_default();
        let len = rest.len().min(out.remaining());
        out.put_slice(rest.get(..len).unwrap_or_default());
        self.delivered += len;
        if self.delivered >= self.held.len() {
            (self.held, self.delivered) = (Vec::new(), 0);
        } else if self.delivered > self.held.len() / 2 {
            // Not at each read: small ones would move all the rest each time.
            self.held = self.held.split_off(std::mem::take(&mut self.delivered));
        }
    }

    /// Hands the records that are kept to a handshake that has got its answer.
    pub(super) fn resume(&mut self, connection: &mut Connection) -> Result<(), Error> {
        let mut progress = Progress::default();
        let records = self.bytes.get_mut(self.unread..).unwrap_or_default();
        let result = handshake::absorb(connection, records, &mut progress, &mut self.held);
        self.count_early_data(&progress);
        self.unread += progress.consumed;
        self.release(progress.is_starved);
        result
    }

    /// Opens the records that are kept, for a writer: what they bring for the reader is kept on.
    pub(super) fn hold(&mut self, connection: &mut Connection) -> Result<(), Error> {
        let plaintext = std::mem::take(&mut self.plaintext);
        self.held.extend_from_slice(self.bytes.get(plaintext).unwrap_or_default());
        let mut progress = Progress::default();
        let records = self.bytes.get_mut(self.unread..).unwrap_or_default();
        let result = hold(connection, records, &mut progress, &mut self.held);
        self.count_early_data(&progress);
        self.unread += progress.consumed;
        self.release(progress.is_starved);
        result
    }
}

/// Hands `input` to the connection and its data to `held`, until the handshake is done or no whole record is left.
pub(super) fn hold(
    connection: &mut Connection,
    input: &mut [u8],
    progress: &mut Progress,
    held: &mut Vec<u8>,
) -> Result<(), Error> {
    while connection.is_handshaking() {
        let start = progress.consumed;
        let received = connection.receive(input.get_mut(start..).unwrap_or_default())?;
        progress.consumed += received.consumed;
        match received.event {
            Event::NeedsInput => {
                progress.is_starved = true;
                return Ok(());
            }
            Event::Data(range) => {
                let data = input.get(start + range.start..start + range.end);
                held.extend_from_slice(data.unwrap_or_default());
            }
            Event::EarlyData(range) => {
                progress.early_data_len += range.len();
                let data = input.get(start + range.start..start + range.end);
                held.extend_from_slice(data.unwrap_or_default());
            }
            Event::PeerClosed => progress.consumed = input.len(),
            Event::OperationPending if received.consumed == 0 => return Ok(()),
            _ => {}
        }
    }
    Ok(())
}

/// Hands `input` to the connection and its data to `out`, until there is no room or no whole record left.
pub(super) fn absorb(
    connection: &mut Connection,
    input: &mut [u8],
    progress: &mut Progress,
    out: &mut ReadBuf<'_>,
) -> Result<(), Error> {
    while out.remaining() > 0 {
        let start = progress.consumed;
        let received = connection.receive(input.get_mut(start..).unwrap_or_default())?;
        progress.consumed += received.consumed;
        match received.event {
            Event::NeedsInput => {
                progress.is_starved = true;
                return Ok(());
            }
            Event::PeerClosed => {
                progress.consumed = input.len();
                return Ok(());
            }
            Event::Data(range) => progress.plaintext = put(input, start, range, out),
            Event::EarlyData(range) => {
                progress.early_data_len += range.len();
                progress.plaintext = put(input, start, range, out);
            }
            Event::OperationPending if received.consumed == 0 => return Ok(()),
            // A renegotiation goes on by itself.
            _ => {}
        }
    }
    Ok(())
}

/// Puts out what there is room for of this range, which counts from `start`; the rest of it, which counts from 0.
fn put(input: &[u8], start: usize, range: Range<usize>, out: &mut ReadBuf<'_>) -> Range<usize> {
    let (from, to) = (start + range.start, start + range.end);
    let middle = from + range.len().min(out.remaining());
    out.put_slice(input.get(from..middle).unwrap_or_default());
    middle..to
}
