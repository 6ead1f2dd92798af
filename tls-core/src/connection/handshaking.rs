//! A connection whose handshake is under way: records become messages, and the handshake is polled for what it
//! makes of them.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use pki_types::{ServerName, UnixTime};

use crate::alert::{Alert, AlertDescription, Warnings};
use crate::config::{ClientConfig, ServerConfig};
use crate::connection::renegotiating::Renegotiating;
use crate::connection::traffic::Traffic;
use crate::connection::{Outcome, Output, Step};
use crate::error::{Cause, Error};
use crate::flow::{Flow, Wire, lock};
use crate::handshake::{Established, client, server};
use crate::operation::{Answer, Operation};
use crate::record::{ContentType, RecordSender};
use crate::role::Role;
use crate::stage::Stage;
use crate::wire::handshake::HandshakeType;

pub(super) type Story = Pin<Box<dyn Future<Output = Result<Established, Error>> + Send + Sync>>;

/// A handshake under way.
pub(super) struct Handshaking {
    pub(super) wire: Arc<Mutex<Wire>>,
    pub(super) story: Story,
    pub(super) role: Role,
    pub(super) warnings: Warnings,
    /// The connection as it was, if this is a renegotiation.
    pub(super) before: Option<Box<Renegotiating>>,
}

impl fmt::Debug for Handshaking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handshaking")
            .field("role", &self.role)
            .field("stage", &self.stage())
            .finish_non_exhaustive()
    }
}

impl Handshaking {
    pub(super) fn client(config: Arc<ClientConfig>, name: ServerName<'static>, now: UnixTime) -> Self {
        let story = |flow| -> Story { Box::pin(client::handshake(flow, config, name, now, None)) };
        Self::new(Role::Client, story)
    }

    pub(super) fn server(config: Arc<ServerConfig>, now: UnixTime) -> Self {
        let story = |flow| -> Story { Box::pin(server::handshake(flow, config, now)) };
        Self::new(Role::Server, story)
    }

    fn new(role: Role, story: impl FnOnce(Flow) -> Story) -> Self {
        let mut sender = RecordSender::default();
        let first = match role {
            Role::Client => HandshakeType::SERVER_HELLO,
            Role::Server => HandshakeType::CLIENT_HELLO,
        };
        if role == Role::Client {
            sender.set_legacy_version([3, 1]);
        }
        let wire = Arc::new(Mutex::new(Wire::new(sender, Stage::Expecting(first))));
        let story = story(Flow::new(Arc::clone(&wire)));
        Self { wire, story, role, warnings: Warnings::default(), before: None }
    }

    pub(super) fn stage(&self) -> Stage {
        lock(&self.wire).stage
    }

    /// Lets the handshake go on until it needs more from the peer. What it sent is moved to `output`.
    pub(super) fn advance(&mut self, output: &mut Output) -> Result<Option<Established>, Error> {
        let polled = self.story.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        let established = match polled {
            Poll::Ready(result) => Some(result?),
            Poll::Pending => None,
        };
        let mut wire = lock(&self.wire);
        if self.before.as_ref().is_some_and(|before| before.closed) {
            // Nothing follows a close_notify.
            wire.flight.discard();
        }
        wire.flight.drain_to(&mut output.bytes)?;
        Ok(established)
    }

    /// Takes in one record.
    //= 9846:5.1 not-interleaved
    //= 9846:6.1 after-close
    pub(super) fn receive(&mut self, input: &mut [u8], output: &mut Output) -> Result<Step, Error> {
        if self.peer_closed() {
            // Whatever follows a close_notify is not looked at (RFC 9846 §6.1).
            return Ok(Step { consumed: input.len(), outcome: Outcome::PeerClosed });
        }
        let mut wire = lock(&self.wire);
        if wire.is_full(input) {
            return Ok(Step { consumed: 0, outcome: Outcome::OperationPending });
        }
        let Some(record) = wire.receiver.next(input)? else {
            return Ok(Step { consumed: 0, outcome: Outcome::NeedsInput });
        };
        let is_in_message = wire.awaited.is_none() && !wire.inbox.is_empty();
        drop(wire);
        let content = input.get(record.content.clone()).unwrap_or_default();
        let outcome = match record.content_type {
            ContentType::HANDSHAKE => {
                lock(&self.wire).inbox.push(content);
                self.go_on(output)?
            }
            ContentType::CHANGE_CIPHER_SPEC => {
                self.receive_change_cipher_spec(content)?;
                self.go_on(output)?
            }
            ContentType::ALERT if is_in_message => {
                return Err(Cause::UnexpectedRecord("an alert in the middle of a handshake message").into());
            }
            ContentType::ALERT => self.receive_alert(content)?,
            ContentType::APPLICATION_DATA if record.is_skipped => Outcome::Continue,
            _ if self.has_early_data() => self.receive_early_data(record.content)?,
            _ => self.receive_data(record.content)?,
        };
        Ok(Step { consumed: record.len, outcome })
    }

    pub(super) fn go_on(&mut self, output: &mut Output) -> Result<Outcome, Error> {
        Ok(match self.advance(output)? {
            Some(established) => Outcome::Established(Box::new(self.finish(established))),
            None if self.has_asked() => Outcome::OperationPending,
            None => Outcome::Continue,
        })
    }

    /// Whether there is an operation that the caller has not taken.
    fn has_asked(&self) -> bool {
        lock(&self.wire).awaited.as_ref().is_some_and(|awaited| !awaited.is_taken())
    }

    pub(super) fn take_operation(&mut self) -> Option<Operation> {
        lock(&self.wire).awaited.as_mut()?.take_operation()
    }

    /// Whether the answer was awaited.
    pub(super) fn answer(&self, answer: Answer) -> bool {
        lock(&self.wire).awaited.as_mut().is_some_and(|awaited| awaited.answer(answer))
    }

    //= 9846:5 ccs-elsewhere
    fn receive_change_cipher_spec(&mut self, content: &[u8]) -> Result<(), Error> {
        let mut wire = lock(&self.wire);
        let has_begun = self.role == Role::Client || wire.has_read;
        let is_aligned = has_begun && wire.inbox.is_empty();
        wire.change_cipher_spec.receive(content, is_aligned)
    }

    /// A server may warn that it has no certificate for the name and go on (RFC 6066 §3): it does so before its
    /// ServerHello says which version's rules hold for alerts.
    fn receive_alert(&mut self, content: &[u8]) -> Result<Outcome, Error> {
        let wire = lock(&self.wire);
        let is_name_unknown = content == AlertDescription::UNRECOGNIZED_NAME.as_warning() && !wire.has_read;
        let is_tls12 = wire.change_cipher_spec.is_tls12();
        drop(wire);
        match Alert::read(content, is_tls12 || is_name_unknown)? {
            Alert::Ignorable => self.warnings.count().map(|()| Outcome::Continue),
            Alert::Final(description) => self.receive_closure(description),
        }
    }

    fn finish(&mut self, established: Established) -> Traffic {
        let mut wire = lock(&self.wire);
        let idle = Wire::new(RecordSender::default(), Stage::Established);
        let wire = std::mem::replace(&mut *wire, idle);
        let mut traffic = Traffic::new(self.role, wire, established);
        traffic.closed = self.before.as_ref().is_some_and(|before| before.closed);
        traffic
    }

    pub(super) fn peer_closed(&self) -> bool {
        self.before.as_ref().is_some_and(|before| before.peer_closed)
    }

    /// Tells the peer why this side gives up.
    pub(super) fn alert(&mut self, description: AlertDescription, output: &mut Output) -> Result<(), Error> {
        match &self.before {
            Some(before) if before.closed => Ok(()),
            _ => self.alert_now(description, output),
        }
    }

    pub(super) fn alert_now(
        &mut self,
        description: AlertDescription,
        output: &mut Output,
    ) -> Result<(), Error> {
        let mut wire = lock(&self.wire);
        wire.flight.alert(description)?;
        wire.flight.drain_to(&mut output.bytes)
    }

    /// Gives up on the caller's wish (RFC 9846 §6.1).
    //= 9846:6.1 canceled
    pub(super) fn close(&mut self, output: &mut Output) -> Result<(), Error> {
        self.alert(AlertDescription::USER_CANCELED, output)?;
        self.alert(AlertDescription::CLOSE_NOTIFY, output)
    }
}
