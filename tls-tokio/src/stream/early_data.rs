//! Data before the handshake is done: a client's early data, and a server's stream that begins with it.

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::task::{Context, Poll};

use tls_core::{Error, MAX_SEALED_RECORD};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::stream::{TlsState, TlsStream};

impl TlsState {
    /// Seals as much of this as early data as there is room for, behind what is to be sent; how much that is.
    pub(crate) fn send_early_data(&mut self, data: &[u8]) -> Result<usize, Error> {
        let mut rest = data;
        let mut out = vec![0; MAX_SEALED_RECORD];
        loop {
            let sent = self.connection.send_early_data(&[IoSlice::new(rest)], &mut out)?;
            self.outgoing.add_sealed(out.get(..sent.written).unwrap_or_default());
            rest = rest.get(sent.consumed..).unwrap_or_default();
            if sent.written == 0 {
                return Ok(data.len().saturating_sub(rest.len()));
            }
        }
    }

    /// Whether this stream was given to its user before its first handshake was done, and still is not.
    pub(super) fn is_early(&self) -> bool {
        self.is_early && self.connection.is_handshaking()
    }
}

impl<IO> TlsStream<IO> {
    /// How much of what is read from this stream, from its beginning on, is early data, in bytes. More may come as long as
    /// the handshake is [not done](Self::is_handshake_done).
    ///
    /// Early data may be a copy of what a client sent in another connection, until the handshake is done: then it is
    /// this client's own, and nobody else's (RFC 9846 §8, RFC 8470 §3).
    pub fn early_data_len(&self) -> u64 {
        self.state.input.early_data_len()
    }

    /// Whether the handshake is done. It is, unless this is the stream of
    /// [`accept_with_early_data`](crate::Acceptor::accept_with_early_data).
    pub fn is_handshake_done(&self) -> bool {
        !self.state.is_early()
    }

    /// Goes on with this stream as one whose handshake is not done.
    pub(crate) fn begin_early(&mut self) {
        self.state.is_early = true;
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> TlsStream<IO> {
    /// Waits for the handshake to be done. What comes meanwhile is kept for the reader: it is bounded by what the
    /// configuration permits of early data.
    pub async fn finish_handshake(&mut self) -> io::Result<()> {
        poll_fn(|cx| self.poll_finish_handshake(cx)).await
    }

    pub(super) fn poll_finish_handshake(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.state.is_early() {
            return Poll::Ready(Ok(()));
        }
        match self.poll_renegotiation(cx) {
            // What has still to be sent is for whoever writes.
            Poll::Pending if !self.state.is_early() => Poll::Ready(Ok(())),
            poll => poll,
        }
    }
}
