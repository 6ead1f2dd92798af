//! The two halves of a stream.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::{error, fmt};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::stream::TlsStream;

/// The half of a [`TlsStream`] that reads.
#[derive(Debug)]
pub struct ReadHalf<IO>(Arc<Mutex<TlsStream<IO>>>);

/// The half of a [`TlsStream`] that writes. Dropped without [`shutdown`](tokio::io::AsyncWrite::poll_shutdown), it says
/// nothing to the peer.
#[derive(Debug)]
pub struct WriteHalf<IO>(Arc<Mutex<TlsStream<IO>>>);

/// Two halves that are not of one stream.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "to take the halves back is what it is for")]
pub struct ReuniteError<IO>(pub ReadHalf<IO>, pub WriteHalf<IO>);

pub(super) fn split<IO>(stream: TlsStream<IO>) -> (ReadHalf<IO>, WriteHalf<IO>) {
    let shared = Arc::new(Mutex::new(stream));
    (ReadHalf(Arc::clone(&shared)), WriteHalf(shared))
}

/// A panic of the transport while the other half used it does not make the stream worse than the transport is.
fn lock<IO>(stream: &Mutex<TlsStream<IO>>) -> MutexGuard<'_, TlsStream<IO>> {
    stream.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<IO> ReadHalf<IO> {
    /// Makes one stream of the two halves again.
    pub fn reunite(self, write: WriteHalf<IO>) -> Result<TlsStream<IO>, ReuniteError<IO>> {
        if !Arc::ptr_eq(&self.0, &write.0) {
            return Err(ReuniteError(self, write));
        }
        let Self(shared) = self;
        drop(write);
        match Arc::try_unwrap(shared) {
            Ok(stream) => Ok(stream.into_inner().unwrap_or_else(PoisonError::into_inner)),
            // There are never more than the two halves.
            Err(shared) => Err(ReuniteError(Self(Arc::clone(&shared)), WriteHalf(shared))),
        }
    }
}

impl<IO> fmt::Display for ReuniteError<IO> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the two halves belong to different streams")
    }
}

impl<IO: fmt::Debug> error::Error for ReuniteError<IO> {}

impl<IO: AsyncRead + AsyncWrite + Unpin> AsyncRead for ReadHalf<IO> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *lock(&self.0)).poll_read(cx, out)
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> AsyncWrite for WriteHalf<IO> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut *lock(&self.0)).poll_write(cx, data)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *lock(&self.0)).poll_write_vectored(cx, data)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *lock(&self.0)).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *lock(&self.0)).poll_shutdown(cx)
    }
}
