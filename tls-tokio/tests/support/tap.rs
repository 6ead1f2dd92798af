//! A transport that remembers what was written to it, and can alter what is read from it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Passes everything on.
#[derive(Debug)]
pub(crate) struct Tap<IO> {
    inner: IO,
    /// The bytes of each write.
    pub(crate) writes: Vec<Vec<u8>>,
    /// The flushes.
    pub(crate) flushes: usize,
    /// Whether the transport was shut down.
    pub(crate) is_shut_down: bool,
    /// Whether the last bit of every read is turned.
    pub(crate) corrupts: bool,
}

impl<IO> Tap<IO> {
    pub(crate) fn new(inner: IO) -> Self {
        Self { inner, writes: Vec::new(), flushes: 0, is_shut_down: false, corrupts: false }
    }

    /// The lengths of the bodies of the records written so far.
    pub(crate) fn records(&self) -> Vec<usize> {
        let wire = self.writes.concat();
        let mut rest = wire.as_slice();
        let mut records = Vec::new();
        while let [_, _, _, high, low, after @ ..] = rest {
            let len = usize::from(u16::from_be_bytes([*high, *low]));
            records.push(len);
            rest = &after[len..];
        }
        assert_eq!(rest, b"", "a part of a record");
        records
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Tap<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = out.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(cx, out);
        if let (true, [.., last]) = (self.corrupts, &mut out.filled_mut()[before..]) {
            *last ^= 1;
        }
        polled
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Tap<IO> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write(cx, data);
        if let Poll::Ready(Ok(len)) = polled {
            self.writes.push(data[..len].to_vec());
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.flushes += 1;
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.is_shut_down = true;
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
