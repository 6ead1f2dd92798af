//! What a write promises: nothing is left behind it, and nothing is lost or doubled.

use std::future::poll_fn;
use std::io::IoSlice;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tls_tokio::TlsStream;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, duplex};

use crate::support::moody::Moody;
use crate::support::tap::Tap;
use crate::support::valve::{Handle, Valve};
use crate::support::{data, in_time, once, over, pair, send};

type Valved = TlsStream<Valve<DuplexStream>>;

/// A client behind a valve, and a server.
async fn valved() -> (Valved, Handle, TlsStream<DuplexStream>) {
    let (client, server) = duplex(1 << 20);
    let (client, handle) = Valve::new(client);
    let (client, server) = over(client, server).await;
    (client, handle, server)
}

/// What the server reads until the client has closed.
async fn received(mut client: Valved, mut server: TlsStream<DuplexStream>) -> Vec<u8> {
    let mut received = Vec::new();
    let both = async { tokio::join!(client.shutdown(), server.read_to_end(&mut received)) };
    let (closed, read) = in_time(both).await;
    closed.unwrap();
    read.unwrap();
    received
}

/// Begins to write `data` through a valve that lets `permitted` bytes through, and gives up.
async fn abandon(client: &mut Valved, valve: &Handle, permitted: usize, data: &[u8]) {
    valve.permit(permitted);
    let mut write = std::pin::pin!(client.write(data));
    assert!(once(&mut write).await.is_pending());
}

#[tokio::test]
async fn what_is_written_arrives_without_a_flush() {
    for capacity in [1, 17, 4096] {
        let (mut client, mut server) = pair(capacity).await;
        for len in [1, 100, 16_384, 16_385, 200_000] {
            send(&mut client, &mut server, &data(len)).await;
            assert_eq!(client.buffered(), 0);
        }
    }
}

#[tokio::test]
async fn a_write_returns_when_the_transport_has_all_of_it() {
    let (mut client, valve, mut server) = valved().await;
    let before = client.bytes_written();
    valve.permit(0);
    let mut write = Box::pin(client.write(b"hello"));
    // A record of five bytes has 27.
    for _ in 0..27 {
        assert!(once(&mut write).await.is_pending());
        valve.permit(1);
    }
    assert_eq!(write.await.unwrap(), 5);
    assert_eq!(client.bytes_written(), before + 27);
    assert_eq!(client.buffered(), 0);
    let mut hello = [0; 5];
    server.read_exact(&mut hello).await.unwrap();
    assert_eq!(&hello, b"hello");
}

#[tokio::test]
async fn a_large_write_is_full_records_in_one_write() {
    let (client, server) = duplex(1 << 20);
    let (mut client, _server) = over(Tap::new(client), server).await;
    client.get_mut().writes.clear();
    assert_eq!(client.write(&data(100_000)).await.unwrap(), 65_536);
    assert_eq!(client.get_ref().writes.len(), 1);
    assert_eq!(client.get_ref().records(), [16_384 + 17; 4]);
}

#[tokio::test]
async fn slices_are_gathered_into_full_records() {
    let (client, server) = duplex(1 << 20);
    let (mut client, mut server) = over(Tap::new(client), server).await;
    client.get_mut().writes.clear();
    assert!(client.is_write_vectored());
    let data = data(50_000);
    let slices: Vec<IoSlice<'_>> = data.chunks(77).map(IoSlice::new).collect();
    assert_eq!(client.write_vectored(&slices).await.unwrap(), data.len());
    assert_eq!(client.get_ref().writes.len(), 1);
    assert_eq!(client.get_ref().records(), [16_384 + 17, 16_384 + 17, 16_384 + 17, 848 + 17]);
    let mut received = vec![0; data.len()];
    server.read_exact(&mut received).await.unwrap();
    assert!(received == data);
}

#[tokio::test]
async fn an_empty_write_writes_nothing() {
    let (client, server) = duplex(1 << 20);
    let (mut client, _server) = over(Tap::new(client), server).await;
    client.get_mut().writes.clear();
    assert_eq!(client.write(b"").await.unwrap(), 0);
    assert_eq!(client.write_vectored(&[]).await.unwrap(), 0);
    assert!(client.get_ref().writes.is_empty());
}

#[tokio::test]
async fn a_dropped_write_can_be_repeated_however_it_is_cut() {
    let data = data(40_000);
    let longer = [data.as_slice(), b"and more"].concat();
    for permitted in [0, 1, 4, 5, 20_000, 40_065] {
        // As it was.
        let (mut client, valve, server) = valved().await;
        abandon(&mut client, &valve, permitted, &data).await;
        valve.open();
        client.write_all(&data).await.unwrap();
        assert!(received(client, server).await == data);
        // Grown, and in slices.
        let (mut client, valve, server) = valved().await;
        abandon(&mut client, &valve, permitted, &data).await;
        valve.open();
        let (head, tail) = longer.split_at(33);
        let written = client.write_vectored(&[IoSlice::new(head), IoSlice::new(tail)]).await.unwrap();
        assert_eq!(written, data.len());
        client.write_all(&longer[written..]).await.unwrap();
        assert!(received(client, server).await == longer);
        // In small pieces.
        let (mut client, valve, server) = valved().await;
        abandon(&mut client, &valve, permitted, &data).await;
        valve.open();
        for piece in longer.chunks(7_777) {
            client.write_all(piece).await.unwrap();
        }
        assert!(received(client, server).await == longer);
    }
}

#[tokio::test]
async fn other_data_follows_a_dropped_write() {
    let (mut client, valve, server) = valved().await;
    abandon(&mut client, &valve, 10, b"dropped, ").await;
    valve.open();
    client.write_all(b"then other, ").await.unwrap();
    client.write_all(b"dropped, ").await.unwrap();
    assert_eq!(received(client, server).await, b"dropped, then other, dropped, ");
}

#[tokio::test]
async fn a_write_that_was_dropped_before_it_began_has_taken_nothing() {
    let (mut client, valve, server) = valved().await;
    abandon(&mut client, &valve, 10, b"first, ").await;
    // The first one is still in the way.
    abandon(&mut client, &valve, 1, b"second, ").await;
    valve.open();
    client.write_all(b"third").await.unwrap();
    assert_eq!(received(client, server).await, b"first, third");
}

#[tokio::test(start_paused = true)]
async fn reading_sends_on_what_a_dropped_write_left() {
    let (mut client, valve, mut server) = valved().await;
    abandon(&mut client, &valve, 10, b"request").await;
    let respond = async {
        let mut request = [0; 7];
        server.read_exact(&mut request).await.unwrap();
        server.write_all(&request).await.unwrap();
    };
    let open_later = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        valve.open();
    };
    let mut response = [0; 7];
    let all = async { tokio::join!(client.read_exact(&mut response), respond, open_later) };
    let (read, (), ()) = in_time(all).await;
    read.unwrap();
    assert_eq!(&response, b"request");
}

#[tokio::test]
async fn flushing_sends_on_what_a_dropped_write_left() {
    let (mut client, valve, mut server) = valved().await;
    abandon(&mut client, &valve, 10, b"request").await;
    valve.open();
    client.flush().await.unwrap();
    let mut request = [0; 7];
    server.read_exact(&mut request).await.unwrap();
    // The write may still be repeated, and is not sent again.
    client.write_all(b"request").await.unwrap();
    assert_eq!(client.buffered(), 0);
    assert_eq!(received(client, server).await, b"");
}

#[tokio::test]
async fn a_write_that_fails_for_a_moment_can_be_repeated() {
    let data = data(300_000);
    for seed in 1..30 {
        let (client, server) = duplex(5_000);
        let (mut client, mut server) = over(Moody::new(client, seed), server).await;
        client.get_mut().failing_writes = 100;
        let mut failures = 0;
        let write = async {
            let mut rest = data.as_slice();
            while !rest.is_empty() {
                match client.write(rest).await {
                    Ok(len) => rest = &rest[len..],
                    Err(_) => failures += 1,
                }
            }
        };
        let mut received = vec![0; data.len()];
        let ((), read) = in_time(async { tokio::join!(write, server.read_exact(&mut received)) }).await;
        read.unwrap();
        assert!(received == data, "seed {seed}");
        assert!(failures > 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_tries_to_write_does_not_silence_the_writer() {
    let (mut client, valve, mut server) = valved().await;
    valve.permit(10);
    // Two tasks wait for one socket; the reader is the last to have tried.
    let (mut reader, mut writer) = {
        let mut write = std::pin::pin!(client.write(b"request"));
        assert!(once(&mut write).await.is_pending());
        client.into_split()
    };
    let writing = tokio::spawn(async move { writer.write_all(b"request").await });
    tokio::task::yield_now().await;
    let mut reading = tokio::spawn(async move {
        let mut byte = [0];
        reader.read(&mut byte).await
    });
    assert!(once(&mut reading).await.is_pending());
    tokio::time::sleep(Duration::from_secs(1)).await;
    reading.abort();
    valve.open();
    in_time(writing).await.unwrap().unwrap();
    let mut request = [0; 7];
    server.read_exact(&mut request).await.unwrap();
}

/// A transport that says it took nothing is one that never will.
#[tokio::test]
async fn a_transport_that_takes_nothing_is_an_error() {
    struct Full(DuplexStream, bool);
    impl AsyncRead for Full {
        fn poll_read(
            mut self: Pin<&mut Self>,
            cx: &mut std::task::Context<'_>,
            out: &mut tokio::io::ReadBuf<'_>,
        ) -> Poll<std::io::Result<()>> {
            Pin::new(&mut self.0).poll_read(cx, out)
        }
    }
    impl AsyncWrite for Full {
        fn poll_write(
            mut self: Pin<&mut Self>,
            cx: &mut std::task::Context<'_>,
            data: &[u8],
        ) -> Poll<std::io::Result<usize>> {
            if self.1 { Poll::Ready(Ok(0)) } else { Pin::new(&mut self.0).poll_write(cx, data) }
        }
        fn poll_flush(self: Pin<&mut Self>, _: &mut std::task::Context<'_>) -> Poll<std::io::Result<()>> {
            Poll::Ready(Ok(()))
        }
        fn poll_shutdown(self: Pin<&mut Self>, _: &mut std::task::Context<'_>) -> Poll<std::io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }
    let (client, server) = duplex(1 << 16);
    let (mut client, _server) = over(Full(client, false), server).await;
    client.get_mut().1 = true;
    let error = poll_fn(|cx| Pin::new(&mut client).poll_write(cx, b"x")).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::WriteZero);
}
