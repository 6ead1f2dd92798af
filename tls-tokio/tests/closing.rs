//! How streams end: properly, half, and not.

use std::io;

use tests::pair::localhost;
use tls_tokio::{EofPolicy, TlsStream};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::net::{TcpListener, TcpStream};

use crate::support::tap::Tap;
use crate::support::{acceptor, connector, data, in_time, over, pair, send, tls};

async fn tcp() -> (TlsStream<TcpStream>, TlsStream<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (client, server) = tokio::join!(TcpStream::connect(address), listener.accept());
    over(client.unwrap(), server.unwrap().0).await
}

//= 9846:6.1 close-sent
#[tokio::test]
async fn shutdown_says_goodbye_and_shuts_the_transport_down() {
    let (client, server) = duplex(1 << 16);
    let (mut client, mut server) = over(Tap::new(client), server).await;
    client.get_mut().writes.clear();
    client.shutdown().await.unwrap();
    // close_notify: two bytes, content type and tag.
    assert_eq!(client.get_ref().records(), [2 + 17]);
    assert!(client.get_ref().is_shut_down && client.get_ref().flushes > 0);
    client.shutdown().await.unwrap();
    assert_eq!(client.get_ref().records().len(), 1, "said twice");
    assert_eq!(server.read(&mut [0; 8]).await.unwrap(), 0);
    assert_eq!(server.read(&mut [0; 8]).await.unwrap(), 0);
    let error = client.write(b"more").await.unwrap_err();
    assert_eq!((error.kind(), tls(&error).code()), (io::ErrorKind::InvalidInput, "misuse"));
}

#[tokio::test]
async fn each_direction_closes_on_its_own() {
    for is_tcp in [false, true] {
        if is_tcp {
            let (client, server) = tcp().await;
            half_close(client, server).await;
        } else {
            let (client, server) = pair(4096).await;
            half_close(client, server).await;
        }
    }
}

async fn half_close<IO>(mut client: TlsStream<IO>, mut server: TlsStream<IO>)
where
    IO: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let mut request = Vec::new();
    let ask = async {
        client.write_all(b"request").await.unwrap();
        client.shutdown().await.unwrap();
    };
    let (read, ()) = in_time(async { tokio::join!(server.read_to_end(&mut request), ask) }).await;
    read.unwrap();
    assert_eq!(request, b"request");
    send(&mut server, &mut client, &data(100_000)).await;
    let mut buffer = [0; 8];
    let (closed, read) = tokio::join!(server.shutdown(), client.read(&mut buffer));
    closed.unwrap();
    assert_eq!(read.unwrap(), 0);
}

//= 9846:6.1 end-of-data
#[tokio::test]
async fn a_stream_that_is_cut_off_is_an_error_after_its_data() {
    let (mut client, mut server) = pair(1 << 16).await;
    client.write_all(b"all there is").await.unwrap();
    drop(client);
    let mut received = Vec::new();
    let error = server.read_to_end(&mut received).await.unwrap_err();
    assert_eq!((error.kind(), tls(&error).code()), (io::ErrorKind::UnexpectedEof, "truncated"));
    assert_eq!(received, b"all there is");
    assert_eq!(server.read(&mut [0; 8]).await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
}

/// A client that tolerates a missing close_notify, and a server's bare transport after the handshake.
async fn tolerant() -> (TlsStream<DuplexStream>, TlsStream<DuplexStream>) {
    let (client, server) = duplex(1 << 16);
    let connector = connector().eof_policy(EofPolicy::Tolerate);
    let (client, server) = tokio::join!(connector.connect(localhost(), client), acceptor().accept(server));
    (client.unwrap(), server.unwrap())
}

#[tokio::test]
async fn a_missing_close_notify_can_be_tolerated() {
    let (mut client, mut server) = tolerant().await;
    server.write_all(b"all there is").await.unwrap();
    drop(server);
    let mut received = Vec::new();
    client.read_to_end(&mut received).await.unwrap();
    assert_eq!(received, b"all there is");
    assert_eq!(client.read(&mut [0; 8]).await.unwrap(), 0);
}

#[tokio::test]
async fn half_a_record_is_never_tolerated() {
    let (mut client, mut server) = tolerant().await;
    server.get_mut().write_all(&[23, 3, 3, 0, 100, 1, 2, 3]).await.unwrap();
    drop(server);
    let error = client.read(&mut [0; 8]).await.unwrap_err();
    assert_eq!(tls(&error).code(), "truncated");
}

#[tokio::test]
async fn goodbye_to_a_peer_that_has_left_is_no_error() {
    let (mut client, mut server) = tcp().await;
    server.shutdown().await.unwrap();
    assert_eq!(client.read(&mut [0; 8]).await.unwrap(), 0);
    // Unread data makes the peer's socket answer with a reset.
    client.write_all(b"nobody reads this").await.unwrap();
    drop(server);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    client.shutdown().await.unwrap();
}

#[tokio::test]
async fn what_was_written_before_a_shutdown_arrives_however_narrow_the_pipe() {
    for capacity in [1, 17] {
        let (mut client, mut server) = pair(capacity).await;
        let data = data(30_000);
        let write = async {
            client.write_all(&data).await.unwrap();
            client.shutdown().await.unwrap();
        };
        let mut received = Vec::new();
        let ((), read) = in_time(async { tokio::join!(write, server.read_to_end(&mut received)) }).await;
        read.unwrap();
        assert!(received == data);
    }
}
