//! Data before a handshake is done: a client's early data, and what a server has to say as soon as it has finished.

use std::io::IoSlice;
use std::ops::Range;

use crate::connection::handshaking::Handshaking;
use crate::connection::{Connection, Outcome, Output, State};
use crate::error::{Cause, Error};
use crate::event::Sent;
use crate::facts::Facts;
use crate::flow::{Wire, lock};
use crate::record::Gather;
use crate::role::Role;

/// What a client may send before its handshake is done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EarlyDataOffer {
    /// Bytes that there is still room for.
    pub left: u32,
    /// The application protocol of the session, or of the external key, which the server must choose to accept.
    pub alpn: Option<Box<[u8]>>,
}

impl Connection {
    /// What a client may send at this moment by [`Self::send_early_data`]: from the beginning, if it resumes a session, or
    /// offers first an external key, that permits early data, and until the server has finished its part of the handshake, or rejects it.
    pub fn early_data_offer(&self) -> Option<EarlyDataOffer> {
        let State::Handshaking(handshaking) = &self.state else { return None };
        let wire = lock(&handshaking.wire);
        let early = wire.early_data.as_ref().filter(|_| handshaking.role == Role::Client)?;
        early.left.map(|left| EarlyDataOffer { left, alpn: early.alpn.clone() })
    }

    /// Seals as much of `data` as early data as there is [room](Self::early_data_offer) for, and as fits into `out`;
    /// otherwise like [`Self::send`]. Whether the server has read it, whole, or nothing of it, is known once the handshake
    /// is done: see [`Facts::early_data`](crate::Facts::early_data). What was rejected is not sent again by itself.
    ///
    /// Early data can be copied by anyone on its way and sent to the server again, which may act on it again; and it has no
    /// forward secrecy (RFC 9846 §8, appendix F.5): it should be nothing but requests that do no harm when they are
    /// repeated.
    ///
    /// # Errors
    /// There can be no early data now, or the connection has failed.
    pub fn send_early_data(&mut self, data: &[IoSlice<'_>], out: &mut [u8]) -> Result<Sent, Error> {
        match &mut self.state {
            State::Handshaking(handshaking) if handshaking.role == Role::Client => {
                handshaking.send_early_data(&mut self.output, data, out)
            }
            State::Failed(error, _) => Err(error.clone()),
            _ => Err(no_early_data()),
        }
    }

    /// Whether [`Self::send`] takes data at this moment. A server may send before the handshake is done, as soon as its own
    /// part is, to a client that need not prove who it is by a certificate: then it does not know yet whether it speaks
    /// to the client, or answers a copy of its ClientHello; but only the client itself can read it (RFC 9846 §2.3,
    /// appendix F.5).
    //= 9846:5.5 early-limits
    pub fn may_send(&self) -> bool {
        match &self.state {
            State::Traffic(traffic) => !traffic.closed,
            State::Handshaking(handshaking) => handshaking.may_send(),
            State::Failed(..) => false,
        }
    }

    /// What a server knows of a connection whose early data it has accepted, before the handshake is done: what
    /// [`Self::facts`] will say if it is. The client is who it says, but what has come so far may be a copy.
    pub fn early_facts(&self) -> Option<Facts> {
        let State::Handshaking(handshaking) = &self.state else { return None };
        lock(&handshaking.wire).early_data.as_ref()?.facts.clone()
    }

    /// As [`Self::export`], by the secret of early data, from its beginning on and for as long as it is not rejected.
    /// Copies of a ClientHello lead to the same keying material (RFC 9846 §7.5, appendix F.5.1).
    ///
    /// # Errors
    /// There is no early data, or `label` or `out` are too long.
    pub fn export_early(&self, label: &[u8], context: &[u8], out: &mut [u8]) -> Result<(), Error> {
        let export = |wire: &Wire, out: &mut [u8]| match &wire.early_data {
            Some(early) => Ok(early.exporter.export(label, context, out)?),
            None => Err(no_early_data()),
        };
        match &self.state {
            State::Handshaking(handshaking) => export(&lock(&handshaking.wire), out),
            State::Traffic(traffic) => match &traffic.early_data {
                Some(early) => Ok(early.exporter.export(label, context, out)?),
                None => Err(no_early_data()),
            },
            State::Failed(error, _) => Err(error.clone()),
        }
    }
}

fn no_early_data() -> Error {
    Cause::Misuse("this connection has no early data now: it was not offered, or rejected, or is over").into()
}

impl Handshaking {
    /// Whether this side has, and need not wait for the other with data.
    pub(super) fn has_finished(&self) -> bool {
        lock(&self.wire).max_early_records > 0
    }

    pub(super) fn may_send(&self) -> bool {
        let mut wire = lock(&self.wire);
        let max_records = wire.max_early_records.min(wire.rekey_after);
        self.before.is_none() && wire.flight.sender().records_sealed() < max_records
    }

    /// Seals data of a server that has finished before its client has.
    pub(super) fn send(
        &mut self,
        output: &mut Output,
        data: &[IoSlice<'_>],
        out: &mut [u8],
    ) -> Result<Sent, Error> {
        let mut wire = lock(&self.wire);
        let max_records = wire.max_early_records.min(wire.rekey_after);
        wire.seal(output, Gather::new(data), max_records, out)
    }

    fn send_early_data(
        &mut self,
        output: &mut Output,
        data: &[IoSlice<'_>],
        out: &mut [u8],
    ) -> Result<Sent, Error> {
        let mut wire = lock(&self.wire);
        let early = wire.early_data.as_ref();
        let Some((left, max_records)) = early.and_then(|early| Some((early.left?, early.max_records))) else {
            return Err(no_early_data());
        };
        let mut data = Gather::new(data);
        data.limit(usize::try_from(left).unwrap_or(usize::MAX));
        let sent = wire.seal(output, data, max_records, out)?;
        wire.count_early_data(sent.consumed)?;
        Ok(sent)
    }

    /// Whether what comes now can be early data.
    pub(super) fn has_early_data(&self) -> bool {
        let wire = lock(&self.wire);
        self.role == Role::Server && wire.early_data.as_ref().is_some_and(|early| early.left.is_some())
    }

    pub(super) fn receive_early_data(&self, content: Range<usize>) -> Result<Outcome, Error> {
        let mut wire = lock(&self.wire);
        if !wire.inbox.is_empty() {
            return Err(Cause::UnexpectedRecord("another record in the middle of a handshake message").into());
        }
        wire.count_early_data(content.len())?;
        Ok(if content.is_empty() { Outcome::Continue } else { Outcome::EarlyData(content) })
    }
}

impl Wire {
    /// Seals data behind what waits to be sent, up to so many records under this key.
    fn seal(
        &mut self,
        output: &mut Output,
        mut data: Gather<'_, '_>,
        max_records: u64,
        out: &mut [u8],
    ) -> Result<Sent, Error> {
        let mut sent = Sent { consumed: 0, written: output.move_to(out) };
        if !output.is_empty() {
            return Ok(sent);
        }
        let sender = self.flight.sender();
        while data.remaining() > 0 && sender.records_sealed() < max_records {
            let rest = out.get_mut(sent.written..).unwrap_or_default();
            let (consumed, written) = sender.seal(&mut data, rest)?;
            if written == 0 {
                break;
            }
            sent.consumed += consumed;
            sent.written += written;
        }
        Ok(sent)
    }
}
