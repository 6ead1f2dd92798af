//! Reading: records are opened in the thread's scratch space, and their data copied once, to the caller.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tls_core::{Connection, Error, MAX_RECORD};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::error::to_io;
use crate::scratch;
use crate::stream::input::{Progress, absorb};
use crate::stream::{EofPolicy, Side, TlsStream};

impl<IO: AsyncRead + AsyncWrite + Unpin> TlsStream<IO> {
    /// Reads once from the transport, as much as makes `limit` bytes with those kept, and has `absorb` make what it
    /// can of them. The outer error is the transport's.
    pub(crate) fn poll_fill(
        &mut self,
        cx: &mut Context<'_>,
        side: Side,
        limit: usize,
        absorb: impl FnOnce(&mut Connection, &mut [u8], &mut Progress) -> Result<(), Error>,
    ) -> Poll<io::Result<Result<(), Error>>> {
        let waker = self.state.is_renegotiating().then(|| self.reading_waker(cx, side));
        scratch::with(|scratch| {
            let cx = &mut Context::from_waker(waker.as_ref().unwrap_or(cx.waker()));
            let Self { io, state, .. } = self;
            let mut space = ReadBuf::new(scratch.get_mut(..limit).unwrap_or_default());
            let known = state.input.unread();
            space.put_slice(known);
            let known = known.len();
            if space.remaining() == 0 {
                // An operation holds up what there is; its answer wakes this task.
                return Poll::Pending;
            }
            ready!(Pin::new(io).poll_read(cx, &mut space))?;
            let bytes = space.filled_mut();
            let new = bytes.len().saturating_sub(known);
            state.is_at_eof = new == 0;
            if new == 0 {
                return Poll::Ready(Ok(Ok(())));
            }
            state.bytes_read = state.bytes_read.saturating_add(u64::try_from(new).unwrap_or(u64::MAX));
            let mut progress = Progress::default();
            let result = absorb(&mut state.connection, bytes, &mut progress);
            state.input.keep(bytes, progress);
            Poll::Ready(Ok(result))
        })
    }

    /// Sends on what waits to be sent, as far as the transport takes it now. A reader does not care whether that
    /// works: if not, the writer will be told.
    fn drain_by_the_way(&mut self, cx: &mut Context<'_>) {
        if let Poll::Ready(Ok(())) = self.poll_drain(cx, Side::Reader)
            && self.state.is_flush_due
        {
            let _ = self.poll_flush_transport(cx, Side::Reader);
        }
    }

    /// What the end of the transport means.
    fn end(&mut self) -> io::Result<()> {
        match (self.receive_eof(), self.state.eof_policy) {
            (Ok(()), _) => Ok(()),
            // Early data ends by a message of its own.
            (Err(error), _) if self.state.is_early() => Err(to_io(error)),
            (Err(_), EofPolicy::Tolerate) if self.state.input.unread().is_empty() => Ok(()),
            (Err(error), _) => Err(to_io(error)),
        }
    }

    fn poll_data(&mut self, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = out.filled().len();
        let mut result = self.state.input.deliver(&mut self.state.connection, out);
        loop {
            if out.filled().len() > before {
                // An error comes again with the next read.
                return Poll::Ready(Ok(()));
            }
            result.map_err(to_io)?;
            if self.state.connection.peer_closed() {
                return Poll::Ready(Ok(()));
            }
            if self.state.is_at_eof {
                return Poll::Ready(self.end());
            }
            if self.poll_asked(cx, Side::Reader)? {
                result = self.state.input.deliver(&mut self.state.connection, out);
                continue;
            }
            // A caller that takes little should not make this side hold much.
            let limit = out.remaining().saturating_add(MAX_RECORD).min(scratch::SIZE);
            result = ready!(self.poll_fill(cx, Side::Reader, limit, |connection, bytes, progress| {
                absorb(connection, bytes, progress, out)
            }))?;
        }
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> AsyncRead for TlsStream<IO> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let stream = self.get_mut();
        if out.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        stream.drain_by_the_way(cx);
        let (was_handshaking, held) = (stream.connection().is_handshaking(), stream.state.input.held());
        let result = stream.poll_data(cx, out);
        stream.keep_sessions();
        // What was received may want an answer.
        stream.drain_by_the_way(cx);
        if was_handshaking && !stream.connection().is_handshaking() || stream.state.input.held() < held {
            stream.wake_reading(Side::Writer);
        }
        result
    }
}
