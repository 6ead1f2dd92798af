//! Halves in tasks of their own.

use tls_tokio::{ReadHalf, ReuniteError, TlsStream, WriteHalf};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::support::{assert_works, data, in_time, over, pair};

const MUCH: usize = 8 << 20;

type Halves<IO> = (JoinHandle<WriteHalf<IO>>, JoinHandle<ReadHalf<IO>>);

/// Writes and reads much at the same time.
fn exchange<IO>(stream: TlsStream<IO>) -> Halves<IO>
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut reader, mut writer) = stream.into_split();
    let write = tokio::spawn(async move {
        writer.write_all(&data(MUCH)).await.unwrap();
        writer
    });
    let read = tokio::spawn(async move {
        let mut received = vec![0; MUCH];
        reader.read_exact(&mut received).await.unwrap();
        assert!(received == data(MUCH));
        reader
    });
    (write, read)
}

async fn reunite<IO>((write, read): Halves<IO>) -> TlsStream<IO> {
    let (write, read) = in_time(async { tokio::join!(write, read) }).await;
    read.unwrap().reunite(write.unwrap()).unwrap_or_else(|_| panic!("halves of one stream"))
}

async fn full_duplex<IO>(client: TlsStream<IO>, server: TlsStream<IO>)
where
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (client, server) = (exchange(client), exchange(server));
    let (mut client, mut server) = tokio::join!(reunite(client), reunite(server));
    assert_works(&mut client, &mut server).await;
    assert_eq!((client.buffered(), server.buffered()), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_mebibytes_each_way_at_once_over_a_pipe() {
    let (client, server) = pair(4096).await;
    full_duplex(client, server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_mebibytes_each_way_at_once_over_tcp() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (client, server) = tokio::join!(TcpStream::connect(address), listener.accept());
    let (client, server) = over(client.unwrap(), server.unwrap().0).await;
    full_duplex(client, server).await;
}

#[tokio::test]
async fn a_stream_in_a_stream_works() {
    let (client, server) = duplex(2_000);
    let (client, server) = over(client, server).await;
    let (client, server) = over(client, server).await;
    full_duplex(client, server).await;
}

#[tokio::test]
async fn halves_of_two_streams_do_not_make_one() {
    let (client, server) = pair(4096).await;
    let (read, write) = client.into_split();
    let (other_read, other_write) = server.into_split();
    let ReuniteError(read, other_write) = read.reunite(other_write).unwrap_err();
    let mut client = read.reunite(write).unwrap();
    let mut server = other_read.reunite(other_write).unwrap();
    assert_works(&mut client, &mut server).await;
}
