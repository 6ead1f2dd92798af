//! A transport that takes just so many bytes.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Takes no more than its [`Handle`] permits; like a socket, it wakes only the last that it made wait.
#[derive(Debug)]
pub(crate) struct Valve<IO> {
    inner: IO,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug)]
struct Shared {
    budget: usize,
    waker: Option<Waker>,
}

/// Turns the valve.
#[derive(Debug)]
pub(crate) struct Handle(Arc<Mutex<Shared>>);

impl<IO> Valve<IO> {
    /// A valve that is open.
    pub(crate) fn new(inner: IO) -> (Self, Handle) {
        let shared = Arc::new(Mutex::new(Shared { budget: usize::MAX, waker: None }));
        (Self { inner, shared: Arc::clone(&shared) }, Handle(shared))
    }
}

impl Handle {
    /// Lets so many bytes through from now on.
    pub(crate) fn permit(&self, bytes: usize) {
        let mut shared = self.0.lock().unwrap();
        shared.budget = bytes;
        if let (true, Some(waker)) = (bytes > 0, shared.waker.take()) {
            waker.wake();
        }
    }

    /// Lets everything through.
    pub(crate) fn open(&self) {
        self.permit(usize::MAX);
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Valve<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, out)
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Valve<IO> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        let Self { inner, shared } = &mut *self;
        let mut shared = shared.lock().unwrap();
        if shared.budget == 0 {
            shared.waker = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let polled = Pin::new(inner).poll_write(cx, &data[..data.len().min(shared.budget)]);
        if let Poll::Ready(Ok(len)) = polled {
            shared.budget -= len;
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
