//! The client's connection, whose renegotiations are told as they go by: the server begins them amid the data.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::client::session::{Stream, Teller};

/// A connection with an eye on it.
#[derive(Debug)]
pub(super) struct Watched<'t> {
    stream: Stream,
    teller: &'t Teller<'t>,
    /// Since when a renegotiation has been under way.
    under_way: Option<Instant>,
    /// Renegotiations that are told.
    told: u8,
}

impl<'t> Watched<'t> {
    pub(super) fn new(stream: Stream, teller: &'t Teller<'t>) -> Self {
        Self { stream, teller, under_way: None, told: 0 }
    }

    /// Looks whether a renegotiation has begun or ended.
    fn look(&mut self) {
        let Some(facts) = self.stream.facts() else { return };
        match self.under_way {
            Some(began) if facts.renegotiations > self.told => {
                (self.under_way, self.told) = (None, facts.renegotiations);
                self.teller.tell(&self.stream, began.elapsed(), "s2n is ready, again\n");
            }
            None if self.stream.connection().is_handshaking() => {
                self.under_way = Some(Instant::now());
                self.teller.announce_renegotiation();
            }
            _ => {}
        }
    }

    fn watch<R>(&mut self, act: impl FnOnce(Pin<&mut Stream>) -> R) -> R {
        let result = act(Pin::new(&mut self.stream));
        self.look();
        result
    }
}

impl AsyncRead for Watched<'_> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.get_mut().watch(|stream| stream.poll_read(cx, out))
    }
}

impl AsyncWrite for Watched<'_> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        self.get_mut().watch(|stream| stream.poll_write(cx, data))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().watch(|stream| stream.poll_write_vectored(cx, data))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().watch(|stream| stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().watch(|stream| stream.poll_shutdown(cx))
    }
}
