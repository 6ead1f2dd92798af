//! Streams that are taken apart and put together again.

use tls_tokio::TlsStream;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{assert_works, data, in_time, once, pair};

#[tokio::test]
async fn a_stream_survives_being_taken_apart_with_bytes_in_transit() {
    let (mut client, mut server) = pair(10_000).await;
    let data = data(40_000);
    // A write that has begun, and a read that has left something.
    assert!(once(&mut std::pin::pin!(client.write(&data))).await.is_pending());
    let mut first = [0; 10];
    {
        let mut read = std::pin::pin!(server.read_exact(&mut first));
        assert!(once(&mut read).await.is_pending(), "the record is longer than the pipe");
    }
    let (io, state) = client.into_parts();
    let mut client = TlsStream::from_parts(io, state);
    let (io, state) = server.into_parts();
    assert!(state.connection().facts().is_some());
    let mut server = TlsStream::from_parts(io, state);
    let mut received = vec![0; data.len()];
    let both = async { tokio::join!(client.write_all(&data), server.read_exact(&mut received)) };
    let (sent, read) = in_time(both).await;
    sent.unwrap();
    read.unwrap();
    assert!(received == data);
    assert_works(&mut client, &mut server).await;
}
