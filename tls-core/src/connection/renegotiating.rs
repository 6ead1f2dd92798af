//! A client's TLS 1.2 connection while its handshake is done again, as the server asked (RFC 5246 §7.4.1.1): what
//! was agreed on before stays in force until the server's change_cipher_spec.

use std::ops::Range;
use std::sync::{Arc, Mutex};

use crate::alert::AlertDescription;
use crate::connection::handshaking::{Handshaking, Story};
use crate::connection::traffic::Traffic;
use crate::connection::{Outcome, Output};
use crate::error::{Cause, Error};
use crate::facts::Facts;
use crate::flow::{Flow, Wire, lock};
use crate::handshake::{Previous, Secrets, client};
use crate::role::Role;

/// What is still known and done of the connection as it was.
#[derive(Debug)]
pub(super) struct Renegotiating {
    pub(super) facts: Facts,
    pub(super) secrets: Secrets,
    /// We have sent close_notify. The handshake may end, but we have no more to say for it.
    pub(super) closed: bool,
    /// The server has sent close_notify. The handshake will not end.
    pub(super) peer_closed: bool,
}

impl Handshaking {
    /// Goes on from a connection that is prepared for it, with its record layer as it stands.
    pub(super) fn renegotiate(traffic: Traffic) -> Result<Self, Error> {
        let Traffic { receiver, sender, inbox, mut secrets, facts, warnings, kept, .. } = traffic;
        let Secrets::Tls12 { renegotiable, .. } = &mut secrets else { return Err(Cause::Crypto.into()) };
        let renegotiable = *renegotiable.take().ok_or(Cause::Crypto)?;
        let previous = Previous { verify_data: renegotiable.verify_data, facts: facts.clone() };
        let mut wire = Wire::renegotiating(receiver, inbox, sender);
        wire.kept = kept;
        let wire = Arc::new(Mutex::new(wire));
        let (flow, now) = (Flow::new(Arc::clone(&wire)), renegotiable.now);
        let story: Story =
            Box::pin(client::handshake(flow, renegotiable.config, renegotiable.name, now, Some(previous)));
        let before = Renegotiating { facts, secrets, closed: false, peer_closed: false };
        Ok(Self { wire, story, role: Role::Client, warnings, before: Some(Box::new(before)) })
    }

    /// Data that the server had still to send. Under the new keys there is none before the handshake is done.
    //= 9846:5 types-received
    pub(super) fn receive_data(&self, content: Range<usize>) -> Result<Outcome, Error> {
        let wire = lock(&self.wire);
        if self.before.is_none() || wire.change_cipher_spec.has_come() {
            return Err(Cause::UnexpectedRecord("application data before the end of the handshake").into());
        }
        if !wire.inbox.is_empty() {
            return Err(Cause::UnexpectedRecord("another record in the middle of a handshake message").into());
        }
        Ok(if content.is_empty() { Outcome::Continue } else { Outcome::Data(content) })
    }

    /// A close_notify under the old keys ends the connection in order: what came before it is whole.
    pub(super) fn receive_closure(&mut self, description: AlertDescription) -> Result<Outcome, Error> {
        let is_old = !lock(&self.wire).change_cipher_spec.has_come();
        match &mut self.before {
            Some(before) if is_old && description == AlertDescription::CLOSE_NOTIFY => {
                before.peer_closed = true;
                Ok(Outcome::PeerClosed)
            }
            _ => Err(Cause::AlertReceived(description).into()),
        }
    }

    /// What data that is to be sent comes to: it waits.
    //= 9846:2 data-after-finished
    pub(super) fn check_sending(&self) -> Result<(), Error> {
        let misuse = match self.before.as_deref() {
            None if self.has_finished() => return Ok(()),
            None => "data cannot be sent before the handshake is done",
            Some(before) if before.closed => "data cannot be sent after close_notify was sent",
            Some(before) if before.peer_closed => {
                return Err(Cause::AlertReceived(AlertDescription::CLOSE_NOTIFY).into());
            }
            Some(_) => return Ok(()),
        };
        Err(Cause::Misuse(misuse).into())
    }

    /// Says that this side has nothing more to send, for the renegotiation either: the server's data may still come.
    pub(super) fn close_renegotiating(&mut self, output: &mut Output) -> Result<(), Error> {
        match &mut self.before {
            Some(before) if !before.closed => {
                before.closed = true;
                self.alert_now(AlertDescription::CLOSE_NOTIFY, output)
            }
            _ => Ok(()),
        }
    }
}
