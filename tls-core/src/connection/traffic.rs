//! An established connection: application data both ways, and the few messages that follow a handshake.

use std::io::IoSlice;

use ciphersuites::{Aead, ExporterSecret, TrafficSecret};

use crate::alert::AlertDescription;
use crate::connection::{Outcome, Step};
use crate::error::{Cause, Error};
use crate::event::Sent;
use crate::facts::Facts;
use crate::flow::Wire;
use crate::handshake::Established;
use crate::limits;
use crate::record::{ContentType, Gather, Inbox, RecordReceiver, RecordSender};
use crate::role::Role;
use crate::wire::handshake::{HandshakeType, write_message};
use crate::wire::key_update::KeyUpdateRequest;
use crate::wire::new_session_ticket;

/// What is left of a connection when its handshake is done.
#[derive(Debug)]
pub(super) struct Traffic {
    receiver: RecordReceiver,
    sender: RecordSender,
    role: Role,
    aead: Aead,
    inbox: Inbox,
    sending: TrafficSecret,
    receiving: TrafficSecret,
    exporter: ExporterSecret,
    facts: Box<Facts>,
    rekey_after: u64,
    peer_closed: bool,
    closed: bool,
    /// A KeyUpdate of ours is queued and not yet sent: it answers whatever the peer asks meanwhile.
    update_queued: bool,
    /// We asked the peer for a KeyUpdate that has not come yet: asking twice is not permitted (RFC 9846 §4.7.3).
    update_requested: bool,
    key_updates: u8,
    warnings: u8,
}

impl Traffic {
    pub(super) fn new(role: Role, wire: Wire, established: Established, rekey_after: u64) -> Self {
        let Established { facts, aead, sending, receiving, exporter, proofs: _ } = established;
        let Wire { receiver, mut inbox, flight, .. } = wire;
        inbox.release();
        Self {
            receiver,
            sender: flight.into_sender(),
            role,
            aead,
            inbox,
            sending,
            receiving,
            exporter,
            facts: Box::new(facts),
            rekey_after: rekey_after.min(aead.confidentiality_limit()),
            peer_closed: false,
            closed: false,
            update_queued: false,
            update_requested: false,
            key_updates: 0,
            warnings: 0,
        }
    }

    pub(super) fn facts(&self) -> &Facts {
        &self.facts
    }

    pub(super) fn peer_closed(&self) -> bool {
        self.peer_closed
    }

    pub(super) fn output_drained(&mut self) {
        self.update_queued = false;
    }

    pub(super) fn export(&self, label: &[u8], context: &[u8], out: &mut [u8]) -> Result<(), Error> {
        Ok(self.exporter.export(label, context, out)?)
    }

    /// Takes in one record.
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

    #[cold]
    fn receive_control(
        &mut self,
        content_type: ContentType,
        content: &[u8],
        output: &mut Vec<u8>,
    ) -> Result<Outcome, Error> {
        match content_type {
            ContentType::HANDSHAKE => {
                self.inbox.push(content);
                self.receive_messages(output).map(|()| Outcome::Continue)
            }
            _ if !self.inbox.is_empty() => {
                Err(Cause::UnexpectedRecord("another record in the middle of a handshake message").into())
            }
            ContentType::ALERT => self.receive_alert(content),
            _ => Err(Cause::UnexpectedRecord("change_cipher_spec after the handshake").into()),
        }
    }

    fn receive_messages(&mut self, output: &mut Vec<u8>) -> Result<(), Error> {
        while let Some(received) = self.inbox.peek() {
            let is_permitted = match received {
                HandshakeType::KEY_UPDATE => true,
                HandshakeType::NEW_SESSION_TICKET => self.role == Role::Client,
                _ => false,
            };
            if !is_permitted {
                let expected = "KeyUpdate or NewSessionTicket";
                return Err(Cause::UnexpectedMessage { expected, received }.into());
            }
            let Some(message) = self.inbox.take()? else { return Ok(()) };
            match message.message_type {
                HandshakeType::KEY_UPDATE => {
                    self.receive_key_update(KeyUpdateRequest::read(message.body())?, output)?;
                }
                // A client that does not resume ignores tickets (RFC 9846 §4.7.1).
                _ => new_session_ticket::check(message.body())?,
            }
        }
        self.inbox.release();
        Ok(())
    }

    fn receive_key_update(&mut self, request: KeyUpdateRequest, output: &mut Vec<u8>) -> Result<(), Error> {
        if !self.inbox.is_empty() {
            return Err(Cause::ExcessHandshakeData.into());
        }
        self.key_updates += 1;
        if self.key_updates > limits::MAX_KEY_UPDATES {
            return Err(Cause::TooMany("KeyUpdates without data between them").into());
        }
        self.receiving = self.receiving.next();
        self.receiver.set_key(self.receiving.opening_key(self.aead)?);
        self.update_requested = false;
        if request == KeyUpdateRequest::Requested && !self.update_queued && !self.closed {
            self.update_keys(KeyUpdateRequest::NotRequested, output)?;
        }
        Ok(())
    }

    fn receive_alert(&mut self, content: &[u8]) -> Result<Outcome, Error> {
        let &[_, description] = content else { return Err(Cause::Malformed("alert").into()) };
        match AlertDescription(description) {
            AlertDescription::CLOSE_NOTIFY => {
                self.peer_closed = true;
                Ok(Outcome::PeerClosed)
            }
            AlertDescription::USER_CANCELED if self.warnings < limits::MAX_WARNING_ALERTS => {
                self.warnings += 1;
                Ok(Outcome::Continue)
            }
            AlertDescription::USER_CANCELED => Err(Cause::TooMany("warning alerts").into()),
            description => Err(Cause::AlertReceived(description).into()),
        }
    }

    /// Queues a KeyUpdate under the old key; what follows goes under the next one.
    pub(super) fn update_keys(
        &mut self,
        request: KeyUpdateRequest,
        output: &mut Vec<u8>,
    ) -> Result<(), Error> {
        if self.closed {
            return Err(Cause::Misuse("keys cannot be updated after close_notify was sent").into());
        }
        let request = match request {
            KeyUpdateRequest::Requested if self.update_requested => KeyUpdateRequest::NotRequested,
            request => request,
        };
        let mut message = Vec::new();
        write_message(&mut message, HandshakeType::KEY_UPDATE, |writer| writer.u8(request.code()))?;
        self.sender.append(output, ContentType::HANDSHAKE, &message)?;
        self.sending = self.sending.next();
        self.sender.set_key(self.sending.sealing_key(self.aead)?);
        self.update_queued = true;
        self.update_requested |= request == KeyUpdateRequest::Requested;
        Ok(())
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
                let Some(update) = self.rekey(rest)? else { break };
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

    /// Updates the sending keys before their cipher's limit is reached (RFC 9846 §5.5): the KeyUpdate goes to the
    /// front of `out`, if there is room for it.
    #[cold]
    fn rekey(&mut self, out: &mut [u8]) -> Result<Option<usize>, Error> {
        /// More than a KeyUpdate and its padding take.
        const ROOM: usize = crate::record::MAX_SEALED_RECORD;
        if out.len() < ROOM {
            return Ok(None);
        }
        let mut update = Vec::new();
        self.update_keys(KeyUpdateRequest::NotRequested, &mut update)?;
        self.update_queued = false;
        if let Some(target) = out.get_mut(..update.len()) {
            target.copy_from_slice(&update);
        }
        Ok(Some(update.len()))
    }

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
