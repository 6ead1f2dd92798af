//! What a stream holds: nothing while it is idle, and not much otherwise.

use tls_tokio::tls_core::MAX_RECORD;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{assert_works, data, in_time, once, pair, send};

#[tokio::test]
async fn an_idle_stream_holds_no_buffers() {
    let (mut client, mut server) = pair(100_000).await;
    assert_eq!((client.buffered(), server.buffered()), (0, 0));
    send(&mut client, &mut server, &data(1 << 20)).await;
    assert_works(&mut client, &mut server).await;
    // Waiting to read is no reason to hold any.
    {
        let mut buffer = [0; 100];
        let mut read = std::pin::pin!(server.read(&mut buffer));
        assert!(once(&mut read).await.is_pending());
    }
    assert_eq!((client.buffered(), server.buffered()), (0, 0));
}

#[tokio::test]
async fn what_a_small_read_leaves_is_kept_in_what_it_takes() {
    let (mut client, mut server) = pair(100_000).await;
    let data = data(60_000);
    client.write_all(&data).await.unwrap();
    let mut received = Vec::new();
    let mut byte = [0];
    while received.len() < data.len() {
        server.read_exact(&mut byte).await.unwrap();
        received.push(byte[0]);
        assert!(server.buffered() <= MAX_RECORD, "{} bytes", server.buffered());
    }
    assert!(received == data);
    assert_eq!(server.buffered(), 0);
}

#[tokio::test]
async fn the_beginning_of_a_record_is_kept_in_what_it_takes() {
    let (mut client, mut server) = pair(100_000).await;
    client.get_mut().write_all(&[23, 3, 3, 0, 100]).await.unwrap();
    let mut buffer = [0; 64];
    assert!(once(&mut std::pin::pin!(server.read(&mut buffer))).await.is_pending());
    assert!((5..=16).contains(&server.buffered()), "{} bytes", server.buffered());
}

#[tokio::test]
async fn reads_of_any_size_see_the_same_stream() {
    for size in [1, 2, 1000, 16_383, 16_384, 16_385, 50_000, 200_000] {
        let (mut client, mut server) = pair(40_000).await;
        let data = data(150_000);
        let write = async {
            for piece in data.chunks(9_999) {
                client.write_all(piece).await.unwrap();
            }
            client.shutdown().await.unwrap();
        };
        let read = async {
            let (mut received, mut buffer) = (Vec::new(), vec![0; size]);
            loop {
                match server.read(&mut buffer).await.unwrap() {
                    0 => return received,
                    len => received.extend_from_slice(&buffer[..len]),
                }
            }
        };
        let ((), received) = in_time(async { tokio::join!(write, read) }).await;
        assert!(received == data, "reads of {size}");
        assert_eq!(server.buffered(), 0);
    }
}

#[tokio::test]
async fn a_read_into_no_room_is_no_end() {
    let (mut client, mut server) = pair(4096).await;
    assert_eq!(server.read(&mut []).await.unwrap(), 0);
    assert_works(&mut client, &mut server).await;
}
