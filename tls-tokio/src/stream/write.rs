//! Writing: as many records as a batch holds are sealed in the thread's scratch space and written at once. The
//! crate's documentation says what is promised, and why not more.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use tokio::io::{AsyncRead, AsyncWrite};

use crate::error::to_io;
use crate::scratch;
use crate::stream::{Side, TlsState, TlsStream};

impl TlsState {
    /// What goes to the transport next: what it once refused, then what the protocol has to say.
    fn next_outgoing(&self) -> &[u8] {
        match self.outgoing.sealed() {
            [] => self.connection.output(),
            sealed => sealed,
        }
    }

    fn note_sent(&mut self, len: usize) {
        match self.outgoing.sealed().is_empty() {
            true => self.connection.output_sent(len),
            false => self.outgoing.sealed_sent(len),
        }
    }
}

impl<IO: AsyncWrite + Unpin> TlsStream<IO> {
    /// Asks something of the transport's writing side, so that both halves are woken when it is ready.
    fn poll_transport<R>(
        &mut self,
        cx: &mut Context<'_>,
        side: Side,
        mut ask: impl FnMut(Pin<&mut IO>, &mut TlsState, &mut Context<'_>) -> Poll<R>,
    ) -> Poll<R> {
        if let Poll::Ready(answer) = ask(Pin::new(&mut self.io), &mut self.state, cx) {
            return Poll::Ready(answer);
        }
        let waiters = Arc::clone(self.waiters.get_or_insert_default());
        waiters.register(side, cx.waker());
        let waker = Waker::from(waiters);
        ask(Pin::new(&mut self.io), &mut self.state, &mut Context::from_waker(&waker))
    }

    /// Writes some of `bytes`: at least one.
    fn poll_write_some(&mut self, cx: &mut Context<'_>, side: Side, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let len = ready!(self.poll_transport(cx, side, |io, _, cx| io.poll_write(cx, bytes)))?;
        self.state.count_written(len)?;
        Poll::Ready(Ok(len))
    }

    /// Writes everything that is sealed and waits.
    pub(crate) fn poll_drain(&mut self, cx: &mut Context<'_>, side: Side) -> Poll<io::Result<()>> {
        while !self.state.next_outgoing().is_empty() {
            let len = ready!(
                self.poll_transport(cx, side, |io, state, cx| io.poll_write(cx, state.next_outgoing()))
            )?;
            self.state.count_written(len)?;
            self.state.note_sent(len);
        }
        Poll::Ready(Ok(()))
    }

    /// Has the transport send on what it was given.
    pub(crate) fn poll_flush_transport(&mut self, cx: &mut Context<'_>, side: Side) -> Poll<io::Result<()>> {
        ready!(self.poll_transport(cx, side, |io, _, cx| io.poll_flush(cx)))?;
        self.state.is_flush_due = false;
        Poll::Ready(Ok(()))
    }

    fn poll_write_slices(&mut self, cx: &mut Context<'_>, data: &[IoSlice<'_>]) -> Poll<io::Result<usize>>
    where
        IO: AsyncRead,
    {
        ready!(self.poll_drain(cx, Side::Writer))?;
        let credit = self.state.outgoing.credit(data);
        if credit > 0 {
            return Poll::Ready(Ok(credit));
        }
        if !self.state.connection.may_send()
            && self.state.connection.is_handshaking()
            && data.iter().any(|slice| !slice.is_empty())
        {
            let renegotiated = ready!(self.poll_renegotiation(cx));
            self.keep_sessions();
            renegotiated?;
        }
        scratch::with(|scratch| {
            let batch = scratch.get_mut(..scratch::BATCH).unwrap_or_default();
            let sent = self.state.connection.send(data, batch).map_err(to_io)?;
            let mut rest = batch.get(..sent.written).unwrap_or_default();
            while !rest.is_empty() {
                match self.poll_write_some(cx, Side::Writer, rest) {
                    Poll::Ready(Ok(len)) => rest = rest.get(len..).unwrap_or_default(),
                    Poll::Ready(Err(error)) => {
                        self.state.outgoing.keep(rest, data, sent.consumed);
                        return Poll::Ready(Err(error));
                    }
                    Poll::Pending => {
                        self.state.outgoing.keep(rest, data, sent.consumed);
                        return Poll::Pending;
                    }
                }
            }
            Poll::Ready(Ok(sent.consumed))
        })
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>>
    where
        IO: AsyncRead,
    {
        // A client that is not heard out takes what it was told for cut off.
        ready!(self.poll_finish_handshake(cx))?;
        self.state.connection.close();
        self.state.outgoing.forget_uncredited();
        ready!(self.poll_drain(cx, Side::Writer))?;
        ready!(self.poll_flush_transport(cx, Side::Writer))?;
        self.poll_transport(cx, Side::Writer, |io, _, cx| io.poll_shutdown(cx))
    }
}

impl TlsState {
    fn count_written(&mut self, len: usize) -> io::Result<()> {
        if len == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        self.is_flush_due = true;
        self.bytes_written = self.bytes_written.saturating_add(u64::try_from(len).unwrap_or(u64::MAX));
        Ok(())
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> AsyncWrite for TlsStream<IO> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        self.get_mut().poll_write_slices(cx, &[IoSlice::new(data)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().poll_write_slices(cx, data)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let stream = self.get_mut();
        ready!(stream.poll_drain(cx, Side::Writer))?;
        stream.poll_flush_transport(cx, Side::Writer)
    }

    /// Sends close_notify and shuts the transport down for writing. That the peer is gone already is no error if it
    /// had said goodbye, or if the transport was no longer connected.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let stream = self.get_mut();
        let result = ready!(stream.poll_close(cx));
        Poll::Ready(match result {
            Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(()),
            Err(error) if stream.connection().peer_closed() && is_gone(error.kind()) => Ok(()),
            result => result,
        })
    }
}

fn is_gone(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted
    )
}
