//! A connection: it moves bytes between its caller, its handshake and its traffic.

mod control;
mod early_data;
mod handshaking;
mod renegotiating;
mod traffic;

use std::io::IoSlice;
use std::sync::Arc;

use pki_types::{ServerName, UnixTime};

use crate::alert::AlertDescription;
use crate::config::{ClientConfig, ServerConfig};
use crate::connection::handshaking::Handshaking;
use crate::connection::traffic::Traffic;
use crate::error::{Cause, Error};
use crate::event::{Event, Received, Sent};
use crate::facts::Facts;
use crate::operation::{Answer, Operation};
use crate::session::{KeptSession, SessionKey};
use crate::stage::Stage;
use crate::wire::key_update::KeyUpdateRequest;

pub use self::early_data::EarlyDataOffer;

/// One end of a TLS connection.
#[derive(Debug)]
pub struct Connection {
    state: State,
    output: Output,
    ignored_answers: u32,
}

#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "boxing the traffic state would cost every record a pointer")]
enum State {
    Handshaking(Handshaking),
    Traffic(Traffic),
    /// With the key of a session that the caller is to forget.
    Failed(Error, Option<SessionKey>),
}

/// Bytes on their way to the peer that no call of [`Connection::send`] made.
#[derive(Debug, Default)]
struct Output {
    bytes: Vec<u8>,
    sent: usize,
}

impl Output {
    fn pending(&self) -> &[u8] {
        self.bytes.get(self.sent..).unwrap_or_default()
    }

    /// Forgets `len` bytes that are sent, and the buffer with the last of them.
    fn sent(&mut self, len: usize) {
        self.sent = self.sent.saturating_add(len);
        if self.sent >= self.bytes.len() && !self.bytes.is_empty() {
            *self = Self::default();
        }
    }

    fn is_empty(&self) -> bool {
        self.pending().is_empty()
    }

    /// Moves as much as fits to the front of `out`.
    fn move_to(&mut self, out: &mut [u8]) -> usize {
        let len = self.pending().len().min(out.len());
        if let (Some(target), Some(source)) = (out.get_mut(..len), self.pending().get(..len)) {
            target.copy_from_slice(source);
        }
        self.sent(len);
        len
    }
}

impl Connection {
    /// Begins a connection to the server of this name. Its ClientHello is in [`Self::output`] at once, unless the
    /// configuration has [`sessions_elsewhere`](crate::ClientConfigBuilder::sessions_elsewhere): then an operation is to be
    /// taken first. `now` decides which certificates are valid.
    pub fn client(
        config: Arc<ClientConfig>,
        name: ServerName<'static>,
        now: UnixTime,
    ) -> Result<Self, Error> {
        Self::begin(Handshaking::client(config, name, now))
    }

    /// Awaits a client. `now` decides which certificates are valid.
    pub fn server(config: Arc<ServerConfig>, now: UnixTime) -> Result<Self, Error> {
        Self::begin(Handshaking::server(config, now))
    }

    fn begin(mut handshaking: Handshaking) -> Result<Self, Error> {
        let mut output = Output::default();
        // Nothing was received yet, so nothing can be established yet.
        handshaking.advance(&mut output)?;
        Ok(Self { state: State::Handshaking(handshaking), output, ignored_answers: 0 })
    }

    /// Takes in what the peer sent: opens records at the front of `input`, in place, until one of them means
    /// something to the caller or no whole record is left. Call it again with what it did not consume, until it
    /// says [`Event::NeedsInput`]; then [`Self::output`] may hold an answer.
    ///
    /// An error is final; [`Self::output`] then holds the alert that tells the peer.
    pub fn receive(&mut self, input: &mut [u8]) -> Result<Received, Error> {
        let mut consumed = 0;
        loop {
            let rest = input.get_mut(consumed..).unwrap_or_default();
            let step = match &mut self.state {
                State::Traffic(traffic) => traffic.receive(rest, &mut self.output.bytes),
                State::Handshaking(handshaking) => handshaking.receive(rest, &mut self.output),
                State::Failed(error, _) => return Err(error.clone()),
            };
            let step = step.map_err(|error| self.fail(error))?;
            let start = consumed;
            consumed += step.consumed;
            let event = match step.outcome {
                Outcome::Continue => continue,
                Outcome::NeedsInput => Event::NeedsInput,
                Outcome::OperationPending => Event::OperationPending,
                Outcome::Data(range) => Event::Data(start + range.start..start + range.end),
                Outcome::EarlyData(range) => Event::EarlyData(start + range.start..start + range.end),
                Outcome::PeerClosed => Event::PeerClosed,
                Outcome::Renegotiate => {
                    self.renegotiate().map_err(|error| self.fail(error))?;
                    continue;
                }
                Outcome::Established(traffic) => self.establish(*traffic),
            };
            return Ok(Received { consumed, event });
        }
    }

    #[cold]
    fn renegotiate(&mut self) -> Result<(), Error> {
        let state = std::mem::replace(&mut self.state, State::Failed(Cause::Crypto.into(), None));
        let State::Traffic(traffic) = state else { return Err(Cause::Crypto.into()) };
        let mut handshaking = Handshaking::renegotiate(traffic)?;
        let begun = handshaking.advance(&mut self.output);
        self.state = State::Handshaking(handshaking);
        begun.map(|_| ())
    }

    fn establish(&mut self, traffic: Traffic) -> Event {
        let is_first = traffic.facts.renegotiations == 0;
        self.state = State::Traffic(traffic);
        if is_first { Event::Established } else { Event::Renegotiated }
    }

    /// Takes what the handshake asks of its caller, if it does and nobody has taken it. The handshake waits for
    /// [`Self::answer`]; meanwhile the connection may be used, or dropped, as ever, and what it has to send goes out.
    pub fn take_operation(&mut self) -> Option<Operation> {
        match &mut self.state {
            State::Handshaking(handshaking) => handshaking.take_operation(),
            _ => None,
        }
    }

    /// Hands in the answer to an operation. Says what has come of it: [`Event::Established`], for one, or
    /// [`Event::NeedsInput`]; then [`Self::receive`] again what it had not consumed.
    ///
    /// An answer that is not awaited, because it came before or belongs to another connection or comes too late, is
    /// ignored and [counted](Self::ignored_answers).
    ///
    /// # Errors
    /// The answer is a failure, or leads to one. It is final, as in [`Self::receive`].
    pub fn answer(&mut self, answer: Answer) -> Result<Event, Error> {
        let handshaking = match &mut self.state {
            State::Handshaking(handshaking) if handshaking.answer(answer) => handshaking,
            _ => {
                self.ignored_answers = self.ignored_answers.saturating_add(1);
                return Ok(Event::NeedsInput);
            }
        };
        let outcome = handshaking.go_on(&mut self.output).map_err(|error| self.fail(error))?;
        Ok(match outcome {
            Outcome::Established(traffic) => self.establish(*traffic),
            Outcome::OperationPending => Event::OperationPending,
            _ => Event::NeedsInput,
        })
    }

    /// Takes a session for the caller to keep, where the configuration has sessions elsewhere: the oldest of those that have
    /// come about since the last call. There may be some once the handshake is done, and, for a client, whenever something
    /// was received. Those that nobody takes go with the connection.
    pub fn take_kept_session(&mut self) -> Option<KeptSession> {
        let kept = match &mut self.state {
            State::Traffic(traffic) => &mut traffic.kept,
            _ => return None,
        };
        (!kept.is_empty()).then(|| kept.remove(0))
    }

    /// Takes the key of a session for the caller to forget, where the configuration has sessions elsewhere: the connection went
    /// by a session id of TLS 1.2, and has ended with a fatal alert, from either side (RFC 5246 §7.2.2). It is the
    /// [key](KeptSession::key) under which the session was kept; a session by tickets is nothing that a server could
    /// forget. There may be one when the connection has failed.
    pub fn take_forgotten_session(&mut self) -> Option<[u8; 32]> {
        match &mut self.state {
            State::Failed(_, forgotten) => forgotten.take(),
            _ => None,
        }
    }

    /// Answers that were ignored, because no operation awaited them.
    pub fn ignored_answers(&self) -> u32 {
        self.ignored_answers
    }

    //= 9846:6 after-error
    //= 9846:6 forget
    #[cold]
    fn fail(&mut self, error: Error) -> Error {
        let error = error.at(self.stage());
        if let Some(alert) = error.alert_sent() {
            // The connection is lost: what cannot even be said about it is not worth another error.
            let _ = match &mut self.state {
                State::Handshaking(handshaking) => handshaking.alert(alert, &mut self.output),
                State::Traffic(traffic) => traffic.alert(alert, &mut self.output.bytes),
                State::Failed(..) => Ok(()),
            };
        }
        let is_alert = error.alert_sent().or(error.alert_received()).is_some();
        let forgotten = if is_alert { self.forget_session() } else { None };
        self.state = State::Failed(error.clone(), forgotten);
        error
    }

    /// Forgets the session of TLS 1.2 that the connection went by, if that is kept here, or says what is to be forgotten
    /// elsewhere. A first handshake that fails forgets nothing: whoever has seen a session id on its way could have it
    /// forgotten.
    fn forget_session(&mut self) -> Option<SessionKey> {
        let secrets = match &mut self.state {
            State::Traffic(traffic) => &mut traffic.secrets,
            State::Handshaking(handshaking) => &mut handshaking.before.as_mut()?.secrets,
            State::Failed(..) => return None,
        };
        secrets.take_session()?.forget()
    }

    /// Takes in that the transport has ended. Without a close_notify from the peer this is an error: what was
    /// received may be incomplete (RFC 9846 §6.1).
    //= 9846:6.1 end-of-data
    pub fn receive_eof(&mut self) -> Result<(), Error> {
        match &self.state {
            State::Failed(error, _) => Err(error.clone()),
            _ if self.peer_closed() => Ok(()),
            _ => Err(Error::from(Cause::Truncated).at(self.stage())),
        }
    }

    /// Bytes that must go to the peer now: handshake flights, KeyUpdates, alerts. After an error, too.
    pub fn output(&self) -> &[u8] {
        self.output.pending()
    }

    /// Notes that the first `len` bytes of [`Self::output`] are on their way.
    pub fn output_sent(&mut self, len: usize) {
        self.output.sent(len);
        if let (State::Traffic(traffic), true) = (&mut self.state, self.output.is_empty()) {
            traffic.output_drained();
        }
    }

    /// Seals as much of `data`, read as one, as fits into `out`, in records as large as they may be. What
    /// [`Self::output`] holds goes first. `out` should have room for [`MAX_SEALED_RECORD`](crate::MAX_SEALED_RECORD)
    /// bytes; with no room for a record, nothing is written. No data is taken while a renegotiation is under way, which
    /// [`Self::is_handshaking`] tells, until [`Self::receive`] says [`Event::Renegotiated`].
    ///
    /// Once the handshake is done, and on a server whenever [`Self::may_send`] says so, which may be before.
    pub fn send(&mut self, data: &[IoSlice<'_>], out: &mut [u8]) -> Result<Sent, Error> {
        let traffic = match &mut self.state {
            State::Traffic(traffic) => traffic,
            State::Handshaking(handshaking) => {
                handshaking.check_sending()?;
                return handshaking.send(&mut self.output, data, out);
            }
            State::Failed(error, _) => return Err(error.clone()),
        };
        let mut moved = 0;
        if !self.output.is_empty() {
            moved = self.output.move_to(out);
            if !self.output.is_empty() {
                return Ok(Sent { consumed: 0, written: moved });
            }
            traffic.output_drained();
        }
        let sent = match traffic.send(data, out.get_mut(moved..).unwrap_or_default()) {
            // What has moved must not be lost: the next call says what is wrong.
            Err(_) if moved > 0 => Sent { consumed: 0, written: 0 },
            sent => sent?,
        };
        Ok(Sent { consumed: sent.consumed, written: moved + sent.written })
    }

    /// Queues a close_notify: this side has nothing more to send. Receiving goes on until the peer closes, too. A
    /// first handshake that is under way is given up.
    pub fn close(&mut self) {
        let result = match &mut self.state {
            State::Handshaking(handshaking) if handshaking.before.is_some() => {
                handshaking.close_renegotiating(&mut self.output)
            }
            State::Handshaking(handshaking) => handshaking
                .close(&mut self.output)
                .and(Err(Cause::Aborted(AlertDescription::USER_CANCELED).into())),
            State::Traffic(traffic) => traffic.close(&mut self.output.bytes),
            State::Failed(..) => return,
        };
        if let Err(error) = result {
            self.state = State::Failed(error.at(self.stage()), None);
        }
    }

    /// Gives the connection up and queues this alert, which tells the peer why: the caller's own check of the peer
    /// has failed, say. Nothing can be sent or received afterwards.
    pub fn abort(&mut self, alert: AlertDescription) {
        if !matches!(self.state, State::Failed(..)) {
            self.fail(Cause::Aborted(alert).into());
        }
    }

    /// Changes this side's sending keys, and asks the peer to change its own, too, if `request` says so
    /// (RFC 9846 §4.7.3).
    pub fn update_keys(&mut self, request: KeyUpdateRequest) -> Result<(), Error> {
        match &mut self.state {
            State::Traffic(traffic) => traffic.update_keys(request, &mut self.output.bytes),
            State::Handshaking(_) => {
                Err(Cause::Misuse("keys cannot be updated before the handshake is done").into())
            }
            State::Failed(error, _) => Err(error.clone()),
        }
    }

    /// Queues one more ticket for the client, where the configuration permits some
    /// ([`later_tickets`](crate::ServerConfigBuilder::later_tickets)): before the last one is too old, or when the client is
    /// likely to begin more connections. Without a key to seal it, nothing is sent.
    ///
    /// # Errors
    /// The connection cannot give tickets, or has given as many as it may. It goes on all the same.
    pub fn send_ticket(&mut self, now: UnixTime) -> Result<(), Error> {
        match &mut self.state {
            State::Traffic(traffic) => traffic.send_ticket(now, &mut self.output.bytes),
            State::Handshaking(_) => {
                Err(Cause::Misuse("tickets cannot be sent before the handshake is done").into())
            }
            State::Failed(error, _) => Err(error.clone()),
        }
    }

    /// What the application wants to know again when a client resumes by a ticket that it is sent from now on, in place of
    /// what the [configuration](crate::ServerConfigBuilder::session_data) says, or of what a resumed session had. For what
    /// the application learns of a client after the handshake: without
    /// [tickets by themselves](crate::ServerConfigBuilder::tickets_per_handshake) all can have it.
    ///
    /// # Errors
    /// There are more than 1,024 bytes, or the connection cannot send tickets. It goes on all the same.
    pub fn set_session_data(&mut self, data: &[u8]) -> Result<(), Error> {
        match &mut self.state {
            State::Traffic(traffic) => traffic.secrets.ticket_sender()?.set_session_data(data),
            State::Handshaking(_) => {
                Err(Cause::Misuse("tickets cannot be sent before the handshake is done").into())
            }
            State::Failed(error, _) => Err(error.clone()),
        }
    }

    /// Fills `out` with keying material that both ends, and nobody else, can derive. No context and an empty one are
    /// the same in TLS 1.3 (RFC 9846 §7.5), but not in TLS 1.2 (RFC 5705 §4), which can export only where the extended
    /// main secret was agreed on.
    pub fn export(&self, label: &[u8], context: Option<&[u8]>, out: &mut [u8]) -> Result<(), Error> {
        match &self.state {
            State::Traffic(traffic) => traffic.secrets.export(label, context, out),
            State::Handshaking(Handshaking { before: Some(before), .. }) => {
                before.secrets.export(label, context, out)
            }
            State::Handshaking(_) => {
                Err(Cause::Misuse("nothing can be exported before the handshake is done").into())
            }
            State::Failed(error, _) => Err(error.clone()),
        }
    }

    /// What is known of the connection, once the handshake is done. During a renegotiation: what was known before.
    pub fn facts(&self) -> Option<&Facts> {
        match &self.state {
            State::Traffic(traffic) => Some(&traffic.facts),
            State::Handshaking(handshaking) => handshaking.before.as_ref().map(|before| &before.facts),
            State::Failed(..) => None,
        }
    }

    /// Whether a handshake is under way: the first, or, if there are [facts](Self::facts), a renegotiation.
    //= 9846:F.5 handshake-done
    pub fn is_handshaking(&self) -> bool {
        matches!(&self.state, State::Handshaking(handshaking) if !handshaking.peer_closed())
    }

    /// Whether the peer has said that nothing more will come from it.
    pub fn peer_closed(&self) -> bool {
        match &self.state {
            State::Traffic(traffic) => traffic.peer_closed,
            State::Handshaking(handshaking) => handshaking.peer_closed(),
            State::Failed(..) => false,
        }
    }

    /// Where the connection stands. After an error: where it stood.
    pub fn stage(&self) -> Stage {
        match &self.state {
            State::Handshaking(handshaking) => handshaking.stage(),
            State::Traffic(_) => Stage::Established,
            State::Failed(error, _) => error.stage().unwrap_or(Stage::Established),
        }
    }
}

/// One record's worth of progress.
#[derive(Debug)]
struct Step {
    consumed: usize,
    outcome: Outcome,
}

#[derive(Debug)]
enum Outcome {
    Continue,
    NeedsInput,
    OperationPending,
    Data(std::ops::Range<usize>),
    EarlyData(std::ops::Range<usize>),
    PeerClosed,
    Renegotiate,
    Established(Box<Traffic>),
}
