//! An established connection: application data both ways, and its end.

use std::io::IoSlice;

use crate::alert::{AlertDescription, Warnings};
use crate::connection::{Outcome, Step};
use crate::error::{Cause, Error};
use crate::event::Sent;
use crate::facts::Facts;
use crate::flow::{EarlyTraffic, Wire};
use crate::handshake::{Established, Secrets};
use crate::record::{ContentType, Gather, Inbox, RecordReceiver, RecordSender};
use crate::role::Role;
use crate::session::KeptSession;

/// What is left of a connection when its handshake is done.
#[derive(Debug)]
pub(super) struct Traffic {
    pub(super) receiver: RecordReceiver,
    pub(super) sender: RecordSender,
    pub(super) role: Role,
    pub(super) inbox: Inbox,
    pub(super) secrets: Secrets,
    pub(super) facts: Facts,
    /// If there was some: for its exporter.
    pub(super) early_data: Option<Box<EarlyTraffic>>,
    rekey_after: u64,
    pub(super) peer_closed: bool,
    pub(super) closed: bool,
    /// A KeyUpdate of ours is queued and not yet sent: it answers whatever the peer asks meanwhile.
    pub(super) update_queued: bool,
    /// We asked the peer for a KeyUpdate that has not come yet: asking twice is not permitted (RFC 9846 §4.7.3).
    pub(super) update_requested: bool,
    pub(super) key_updates: u8,
    pub(super) warnings: Warnings,
    /// What the caller is to keep elsewhere.
    pub(super) kept: Vec<KeptSession>,
}

impl Traffic {
    pub(super) fn new(role: Role, wire: Wire, established: Established) -> Self {
        let Established { facts, secrets, proofs: _ } = established;
        let limit = match &secrets {
            Secrets::Tls13 { aead, .. } => aead.confidentiality_limit(),
            Secrets::Tls12 { limit, .. } => *limit,
        };
        let Wire { receiver, mut inbox, flight, rekey_after, kept, early_data, .. } = wire;
        inbox.release();
        let early_data = early_data.map(EarlyTraffic::without_facts);
        Self {
            receiver,
            sender: flight.into_sender(),
            role,
            inbox,
            secrets,
            facts,
            early_data,
            rekey_after: rekey_after.min(limit),
            peer_closed: false,
            closed: false,
            update_queued: false,
            update_requested: false,
            key_updates: 0,
            warnings: Warnings::default(),
            kept,
        }
    }

    pub(super) fn output_drained(&mut self) {
        self.update_queued = false;
    }

    /// Takes in one record.
    //= 9846:6.1 after-close
    #[inline]
    pub(super) fn receive(&mut self, input: &mut [u8], output: &mut Vec<u8>) -> Result<Step, Error> {
        if self.peer_closed {
            // Whatever follows a close_notify is not looked at (RFC 9846 §6.1).
            return Ok(Step { consumed: input.len(), outcome: Outcome::PeerClosed });
        }
        let Some(record) = self.receiver.next(input)? else {
            return Ok(Step { consumed: 0, outcome: Outcome::NeedsInput });
        };
        let outcome = match record.content_type {
            ContentType::APPLICATION_DATA if self.inbox.is_empty() => {
                if record.content.is_empty() {
                    Outcome::Continue
                } else {
                    self.key_updates = 0;
                    Outcome::Data(record.content)
                }
            }
            content_type => {
                self.receive_control(content_type, input.get(record.content).unwrap_or_default(), output)?
            }
        };
        Ok(Step { consumed: record.len, outcome })
    }

    /// Seals data into `out` until one of them ends.
    pub(super) fn send(&mut self, data: &[IoSlice<'_>], out: &mut [u8]) -> Result<Sent, Error> {
        if self.closed {
            return Err(Cause::Misuse("data cannot be sent after close_notify was sent").into());
        }
        let mut data = Gather::new(data);
        let mut sent = Sent { consumed: 0, written: 0 };
        while data.remaining() > 0 {
            let mut rest = out.get_mut(sent.written..).unwrap_or_default();
            if self.sender.records_sealed() >= self.rekey_after {
                let update = match self.update_before_limit(rest) {
                    // What is sealed must not be lost: the next call says why no more is.
                    Err(_) if sent.consumed > 0 => break,
                    update => update?,
                };
                let Some(update) = update else { break };
                sent.written += update;
                rest = out.get_mut(sent.written..).unwrap_or_default();
            }
            let (consumed, written) = self.sender.seal(&mut data, rest)?;
            if written == 0 {
                break;
            }
            sent.consumed += consumed;
            sent.written += written;
        }
        Ok(sent)
    }

    //= 9846:6.1 close-sent
    pub(super) fn close(&mut self, output: &mut Vec<u8>) -> Result<(), Error> {
        if self.closed {
            return Ok(());
        }
        self.closed = true;
        self.sender.append(output, ContentType::ALERT, &AlertDescription::CLOSE_NOTIFY.encode())
    }

    /// Tells the peer why this side gives up.
    pub(super) fn alert(&mut self, description: AlertDescription, output: &mut Vec<u8>) -> Result<(), Error> {
        if self.closed {
            return Ok(());
        }
        self.sender.append(output, ContentType::ALERT, &description.encode())
    }
}
