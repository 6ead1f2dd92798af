//! What an established connection receives besides data: KeyUpdate, tickets, wishes to renegotiate, alerts.

use pki_types::UnixTime;

use crate::alert::{Alert, AlertDescription};
use crate::connection::Outcome;
use crate::connection::traffic::Traffic;
use crate::error::{Cause, Error};
use crate::handshake::{Secrets, Tickets};
use crate::limits;
use crate::record::{ContentType, MAX_SEALED_RECORD};
use crate::role::Role;
use crate::wire::handshake::{HandshakeType, Message, write_message};
use crate::wire::key_update::KeyUpdateRequest;
use crate::wire::new_session_ticket::NewSessionTicket;

impl Traffic {
    /// Takes in a record that is not simply data.
    //= 9846:5.1 not-interleaved
    #[cold]
    pub(super) fn receive_control(
        &mut self,
        content_type: ContentType,
        content: &[u8],
        output: &mut Vec<u8>,
    ) -> Result<Outcome, Error> {
        match content_type {
            ContentType::HANDSHAKE => {
                self.inbox.push(content);
                self.receive_messages(output)
            }
            _ if !self.inbox.is_empty() => {
                Err(Cause::UnexpectedRecord("another record in the middle of a handshake message").into())
            }
            ContentType::ALERT => self.receive_alert(content),
            _ => Err(Cause::UnexpectedRecord("change_cipher_spec after the handshake").into()),
        }
    }

    //= 9846:4.2.2 hello-again
    //= 9846:4.7.2 unasked
    fn receive_messages(&mut self, output: &mut Vec<u8>) -> Result<Outcome, Error> {
        while let Some(received) = self.inbox.peek() {
            let (is_permitted, expected) = match (&self.secrets, self.role, received) {
                (Secrets::Tls13 { .. }, _, HandshakeType::KEY_UPDATE)
                | (Secrets::Tls13 { .. }, Role::Client, HandshakeType::NEW_SESSION_TICKET)
                | (Secrets::Tls12 { .. }, Role::Client, HandshakeType::HELLO_REQUEST) => (true, ""),
                (Secrets::Tls12 { .. }, Role::Server, HandshakeType::CLIENT_HELLO) => {
                    return Err(Cause::RenegotiationRefused.into());
                }
                (Secrets::Tls13 { .. }, Role::Client, _) => (false, "KeyUpdate or NewSessionTicket"),
                (Secrets::Tls13 { .. }, Role::Server, _) => (false, "KeyUpdate"),
                (Secrets::Tls12 { .. }, ..) => (false, "application data"),
            };
            if !is_permitted {
                return Err(Cause::UnexpectedMessage { expected, received }.into());
            }
            let Some(message) = self.inbox.take()? else { return Ok(Outcome::Continue) };
            if message.message_type == HandshakeType::HELLO_REQUEST && self.accepts_renegotiation() {
                return message.check_empty().map(|()| Outcome::Renegotiate);
            }
            self.receive_message(&message, output)?;
        }
        self.inbox.release();
        Ok(Outcome::Continue)
    }

    fn accepts_renegotiation(&self) -> bool {
        let is_prepared = matches!(self.secrets, Secrets::Tls12 { renegotiable: Some(_), .. });
        is_prepared && !self.closed && self.facts.renegotiations < limits::MAX_RENEGOTIATIONS
    }

    fn receive_message(&mut self, message: &Message, output: &mut Vec<u8>) -> Result<(), Error> {
        match message.message_type {
            HandshakeType::KEY_UPDATE => {
                self.receive_key_update(KeyUpdateRequest::read(message.body())?, output)
            }
            HandshakeType::HELLO_REQUEST => self.decline_renegotiation(message, output),
            _ => self.receive_ticket(&NewSessionTicket::read(message.body())?),
        }
    }

    /// A client that does not resume ignores tickets (RFC 9846 §4.7.1).
    //= 9846:4.7.1 ignored
    fn receive_ticket(&mut self, ticket: &NewSessionTicket<'_>) -> Result<(), Error> {
        if let Secrets::Tls13 { tickets: Some(Tickets::Received(receiver)), .. } = &mut self.secrets {
            self.kept.extend(receiver.receive(ticket, &self.facts));
        }
        Ok(())
    }

    /// Queues a ticket (RFC 9846 §4.7.1).
    #[cold]
    pub(super) fn send_ticket(&mut self, now: UnixTime, output: &mut Vec<u8>) -> Result<(), Error> {
        if self.closed {
            return Err(Cause::Misuse("tickets cannot be sent after close_notify was sent").into());
        }
        let tickets = self.secrets.ticket_sender()?;
        let Some(ticket) = tickets.next_later(&self.facts, now)? else { return Ok(()) };
        let mut message = Vec::new();
        write_message(&mut message, HandshakeType::NEW_SESSION_TICKET, |writer| ticket.write(writer))?;
        for fragment in message.chunks(self.sender.max_fragment()) {
            self.sender.append(output, ContentType::HANDSHAKE, fragment)?;
        }
        self.kept.extend(ticket.kept);
        Ok(())
    }

    //= 9846:4.7.3 peers-keys
    //= 9846:4.7.3 answered
    //= 9846:4.7.3 enforced
    //= 9846:4.7.3 epochs-received
    fn receive_key_update(&mut self, request: KeyUpdateRequest, output: &mut Vec<u8>) -> Result<(), Error> {
        if !self.inbox.is_empty() {
            return Err(Cause::ExcessHandshakeData.into());
        }
        self.key_updates += 1;
        if self.key_updates > limits::MAX_KEY_UPDATES {
            return Err(Cause::TooMany("KeyUpdates without data between them").into());
        }
        if let Secrets::Tls13 { aead, receiving, .. } = &mut self.secrets {
            *receiving = receiving.next();
            self.receiver.set_key(receiving.opening_key(*aead)?);
        }
        self.update_requested = false;
        if request == KeyUpdateRequest::Requested && !self.update_queued && !self.closed {
            self.update_keys(KeyUpdateRequest::NotRequested, output)?;
        }
        Ok(())
    }

    /// A server may ask; a client need not (RFC 5246 §7.4.1.1).
    fn decline_renegotiation(&mut self, message: &Message, output: &mut Vec<u8>) -> Result<(), Error> {
        message.check_empty()?;
        self.warnings.count()?;
        if self.closed {
            return Ok(());
        }
        self.sender.append(output, ContentType::ALERT, &AlertDescription::NO_RENEGOTIATION.as_warning())
    }

    fn receive_alert(&mut self, content: &[u8]) -> Result<Outcome, Error> {
        let is_tls12 = matches!(self.secrets, Secrets::Tls12 { .. });
        match Alert::read(content, is_tls12)? {
            Alert::Final(AlertDescription::CLOSE_NOTIFY) => {
                self.peer_closed = true;
                Ok(Outcome::PeerClosed)
            }
            Alert::Final(description) => Err(Cause::AlertReceived(description).into()),
            Alert::Ignorable => self.warnings.count().map(|()| Outcome::Continue),
        }
    }

    /// Queues a KeyUpdate under the old key; what follows goes under the next one (RFC 9846 §4.7.3).
    //= 9846:4.7.3 own-keys
    //= 9846:4.7.3 asked-once
    //= 9846:4.7.3 epochs
    pub(super) fn update_keys(
        &mut self,
        request: KeyUpdateRequest,
        output: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let Secrets::Tls13 { aead, sending, .. } = &mut self.secrets else {
            return Err(Cause::Misuse("TLS 1.2 cannot update its keys").into());
        };
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
        *sending = sending.next();
        self.sender.set_key(sending.sealing_key(*aead)?);
        self.update_queued = true;
        self.update_requested |= request == KeyUpdateRequest::Requested;
        Ok(())
    }

    /// Updates the sending keys before their cipher's limit is reached (RFC 9846 §5.5): the KeyUpdate goes to the
    /// front of `out`, if there is room for it. TLS 1.2 has no such message: its connections end there.
    //= 9846:5.3 wrap
    //= 9846:5.5 limits
    #[cold]
    pub(super) fn update_before_limit(&mut self, out: &mut [u8]) -> Result<Option<usize>, Error> {
        if matches!(self.secrets, Secrets::Tls12 { .. }) {
            return Err(Cause::KeysExhausted.into());
        }
        // A KeyUpdate and its padding take no more.
        if out.len() < MAX_SEALED_RECORD {
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
}
