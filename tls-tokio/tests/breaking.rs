//! Transports that break at every byte of a handshake, in either direction: a failure that says so, soon.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tests::pair::localhost;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf, duplex};

use crate::support::{acceptor, connector, in_time};

/// Takes one byte at a time, so many; then it fails. Gives so many, and then it ends.
#[derive(Debug)]
struct Fragile<IO> {
    inner: IO,
    writable: usize,
    readable: usize,
}

impl<IO: AsyncRead + Unpin> AsyncRead for Fragile<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let len = out.remaining().min(self.readable);
        if len == 0 {
            return Poll::Ready(Ok(()));
        }
        let mut some = ReadBuf::new(out.initialize_unfilled_to(len));
        let polled = Pin::new(&mut self.inner).poll_read(cx, &mut some);
        let len = some.filled().len();
        out.advance(len);
        self.readable -= len;
        polled
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Fragile<IO> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        if self.writable == 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let polled = Pin::new(&mut self.inner).poll_write(cx, &data[..data.len().min(1)]);
        if let Poll::Ready(Ok(len)) = polled {
            self.writable -= len;
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

/// The outcomes of a handshake in which the client's transport breaks after so many bytes.
async fn handshake(writable: usize, readable: usize) -> [Result<(), &'static str>; 2] {
    let (client, server) = duplex(1 << 16);
    let client = Fragile { inner: client, writable, readable };
    let server = tokio::spawn(acceptor().accept(server));
    // The client's end is dropped when it fails, and kept when it succeeds.
    let client = in_time(connector().connect(localhost(), client)).await;
    let outcome = client.as_ref().map(drop).map_err(|error| error.code());
    drop(client);
    let server = in_time(server).await.unwrap();
    [outcome, server.map(drop).map_err(|error| error.code())]
}

#[tokio::test]
async fn writes_of_one_byte_that_fail_at_every_byte() {
    let mut writable = 0;
    loop {
        let [client, server] = handshake(writable, usize::MAX).await;
        if client.is_ok() {
            assert_eq!(server, Ok(()), "after {writable}");
            break;
        }
        assert_eq!(client, Err("io"), "after {writable}");
        assert!(matches!(server, Err("truncated")), "{server:?} after {writable}");
        writable += 1;
    }
    assert!(writable > 1300, "{writable}: less than a hybrid ClientHello");
}

#[tokio::test]
async fn reads_that_end_at_every_byte() {
    let mut readable = 0;
    loop {
        let [client, server] = handshake(usize::MAX, readable).await;
        if client.is_ok() {
            assert_eq!(server, Ok(()), "after {readable}");
            break;
        }
        assert_eq!(client, Err("truncated"), "after {readable}");
        assert!(matches!(server, Err("truncated" | "io" | "alert_received")), "{server:?} after {readable}");
        readable += 7;
    }
    assert!(readable > 1300, "{readable}: less than a server's flight");
}
