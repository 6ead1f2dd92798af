//! A renegotiation, which a server may ask for amid the data: a reader carries it on as it reads, and a writer, who
//! cannot send meanwhile, reads for it.

use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use tls_core::MAX_RECORD;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::error::to_io;
use crate::stream::input::hold;
use crate::stream::{Side, TlsState, TlsStream};

/// Data that a writer keeps for the reader at most, but for the last bytes that it read: a server answers at once, with
/// little on the way before its answer.
const MAX_HELD: usize = 1 << 16;

impl TlsState {
    pub(super) fn is_renegotiating(&self) -> bool {
        self.connection.is_handshaking() && (self.is_early || self.connection.facts().is_some())
    }
}

impl<IO> TlsStream<IO> {
    /// A waker for the transport's reading side that wakes both halves: it remembers only the last one it saw, and
    /// during a renegotiation both wait for what it brings.
    pub(super) fn reading_waker(&mut self, cx: &Context<'_>, side: Side) -> Waker {
        let waiters = Arc::clone(self.readers.get_or_insert_default());
        waiters.register(side, cx.waker());
        Waker::from(waiters)
    }

    /// Carries on with what a renegotiation asks of the program; whether it has had an answer.
    pub(super) fn poll_asked(&mut self, cx: &mut Context<'_>, side: Side) -> io::Result<bool> {
        if !self.state.is_renegotiating() {
            return Ok(false);
        }
        let waker = self.reading_waker(cx, side);
        match self.poll_operations(&mut Context::from_waker(&waker)) {
            Poll::Ready(answered) => answered.map_err(to_io),
            Poll::Pending => Ok(false),
        }
    }

    /// Wakes the half that waits for what the other one has just done.
    pub(super) fn wake_reading(&self, side: Side) {
        if let Some(waiters) = &self.readers {
            waiters.wake_one(side);
        }
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> TlsStream<IO> {
    /// Has a writer read until the renegotiation is done. Data that comes before its end is kept for the reader; where
    /// that is much, the writer waits until the reader has taken it.
    pub(super) fn poll_renegotiation(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut result = self.state.input.hold(&mut self.state.connection);
        loop {
            if result.is_ok() && self.poll_asked(cx, Side::Writer)? {
                result = self.state.input.hold(&mut self.state.connection);
            }
            if !self.state.connection.is_handshaking() || self.state.input.held() > 0 {
                self.wake_reading(Side::Reader);
            }
            // What the handshake has to say goes first; but while the peer does not take it, it may still be talking.
            let drained = self.poll_drain(cx, Side::Writer)?;
            result.map_err(to_io)?;
            if !self.state.connection.is_handshaking() {
                return drained.map(Ok);
            }
            if drained.is_ready() && self.state.is_flush_due {
                let _ = self.poll_flush_transport(cx, Side::Writer)?;
            }
            if self.state.is_at_eof {
                return Poll::Ready(self.receive_eof().map_err(to_io));
            }
            // Early data has a bound of its own.
            if self.state.input.held() >= MAX_HELD && !self.state.is_early() {
                let _ = self.reading_waker(cx, Side::Writer);
                return Poll::Pending;
            }
            let mut data = Vec::new();
            let filled = self.poll_fill(cx, Side::Writer, MAX_RECORD, |connection, bytes, progress| {
                hold(connection, bytes, progress, &mut data)
            });
            result = ready!(filled)?;
            self.state.input.add_held(data);
        }
    }
}
