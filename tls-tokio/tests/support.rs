//! Two ends of a connection, and transports that can be watched and steered.

pub(crate) mod moody;
pub(crate) mod tap;
pub(crate) mod valve;

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::task::Poll;
use std::time::Duration;

use tests::authority::Authority;
use tests::pair::{client_builder, localhost, server_builder};
use tls_tokio::tls_core::{ClientConfig, Error, ServerConfig};
use tls_tokio::{Acceptor, Connector, TlsStream};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, duplex};

static CONFIGS: LazyLock<(Arc<ClientConfig>, Arc<ServerConfig>)> = LazyLock::new(|| {
    let authority = Authority::new();
    (client_builder(&authority).build().unwrap(), server_builder(&authority).build().unwrap())
});

pub(crate) fn connector() -> Connector {
    Connector::new(Arc::clone(&CONFIGS.0))
}

pub(crate) fn acceptor() -> Acceptor {
    Acceptor::new(Arc::clone(&CONFIGS.1))
}

/// Makes a connection of two connected transports: client, server.
pub(crate) async fn over<C, S>(client: C, server: S) -> (TlsStream<C>, TlsStream<S>)
where
    C: AsyncRead + AsyncWrite + Unpin,
    S: AsyncRead + AsyncWrite + Unpin,
{
    let connect = connector().connect(localhost(), client);
    let (client, server) = in_time(async { tokio::join!(connect, acceptor().accept(server)) }).await;
    (client.unwrap(), server.unwrap())
}

/// A connection over a pipe that holds so many bytes each way.
pub(crate) async fn pair(capacity: usize) -> (TlsStream<DuplexStream>, TlsStream<DuplexStream>) {
    let (client, server) = duplex(capacity);
    over(client, server).await
}

/// Bytes without a period that a mistake could hide in.
pub(crate) fn data(len: usize) -> Vec<u8> {
    (0..len as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

/// Sends `data` without ever flushing, while the other end reads as much.
pub(crate) async fn send<W, R>(writer: &mut W, reader: &mut R, data: &[u8])
where
    W: AsyncWrite + Unpin,
    R: AsyncRead + Unpin,
{
    let mut received = vec![0; data.len()];
    let both = async { tokio::join!(writer.write_all(data), reader.read_exact(&mut received)) };
    let (sent, read) = in_time(both).await;
    sent.unwrap();
    read.unwrap();
    assert!(received == data, "altered on its way");
}

/// Sends something each way.
pub(crate) async fn assert_works<C, S>(client: &mut C, server: &mut S)
where
    C: AsyncRead + AsyncWrite + Unpin,
    S: AsyncRead + AsyncWrite + Unpin,
{
    send(client, server, b"request").await;
    send(server, client, b"response").await;
}

/// What hangs has failed.
pub(crate) async fn in_time<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(60), future).await.expect("it hangs")
}

/// Polls a future once.
pub(crate) async fn once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    poll_fn(|cx| Poll::Ready(Pin::new(&mut *future).poll(cx))).await
}

/// The protocol's error in an I/O error.
pub(crate) fn tls(error: &std::io::Error) -> &Error {
    error.get_ref().expect("an inner error").downcast_ref().expect("an error of the protocol")
}

/// Random numbers that are the same in every run (xorshift64*).
#[derive(Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }
}
