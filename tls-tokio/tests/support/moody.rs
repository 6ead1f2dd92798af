//! A transport that is ready when it likes, and takes and gives what it likes.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Random;

/// Every second operation or so is not ready, and the others are cut short.
#[derive(Debug)]
pub(crate) struct Moody<IO> {
    inner: IO,
    random: Random,
    /// Writes in a thousand that fail for no reason, and would succeed if repeated.
    pub(crate) failing_writes: usize,
}

impl<IO> Moody<IO> {
    pub(crate) fn new(inner: IO, seed: u64) -> Self {
        Self { inner, random: Random(seed * 2 + 1), failing_writes: 0 }
    }

    fn is_ready(&mut self, cx: &mut Context<'_>) -> bool {
        let is_ready = self.random.below(2) == 0;
        if !is_ready {
            cx.waker().wake_by_ref();
        }
        is_ready
    }

    fn some(&mut self, len: usize) -> usize {
        let most = [1, 7, 100, 5_000, usize::MAX][self.random.below(5)];
        len.min(most)
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Moody<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.is_ready(cx) {
            return Poll::Pending;
        }
        let len = self.some(out.remaining());
        let mut some = ReadBuf::new(out.initialize_unfilled_to(len));
        let polled = Pin::new(&mut self.inner).poll_read(cx, &mut some);
        let len = some.filled().len();
        out.advance(len);
        polled
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Moody<IO> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        if !self.is_ready(cx) {
            return Poll::Pending;
        }
        if self.random.below(1000) < self.failing_writes {
            return Poll::Ready(Err(io::ErrorKind::Interrupted.into()));
        }
        let len = self.some(data.len());
        Pin::new(&mut self.inner).poll_write(cx, &data[..len])
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.is_ready(cx) {
            return Poll::Pending;
        }
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.is_ready(cx) {
            return Poll::Pending;
        }
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
