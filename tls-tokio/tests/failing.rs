//! Connections that fail after their handshake.

use std::io;

use tls_tokio::tls_core::AlertDescription;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use crate::support::tap::Tap;
use crate::support::{in_time, over, pair, tls};

#[tokio::test]
async fn an_altered_record_ends_the_connection_at_both_ends() {
    let (client, server) = duplex(1 << 16);
    let (mut client, mut server) = over(client, Tap::new(server)).await;
    client.write_all(b"intact").await.unwrap();
    let mut buffer = [0; 64];
    assert_eq!(server.read(&mut buffer).await.unwrap(), 6);
    server.get_mut().corrupts = true;
    client.write_all(b"altered").await.unwrap();
    for _ in 0..2 {
        let error = server.read(&mut buffer).await.unwrap_err();
        assert_eq!((error.kind(), tls(&error).code()), (io::ErrorKind::InvalidData, "bad_record"));
    }
    assert_eq!(tls(&server.write(b"x").await.unwrap_err()).code(), "bad_record");
    // The alert has left with the read that failed.
    let error = client.read(&mut buffer).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionAborted);
    assert_eq!(tls(&error).alert_received(), Some(AlertDescription::BAD_RECORD_MAC));
    assert!(server.facts().is_none());
}

#[tokio::test]
async fn data_before_a_failure_is_delivered_first() {
    let (mut client, mut server) = pair(1 << 16).await;
    client.write_all(b"good").await.unwrap();
    client
        .get_mut()
        .write_all(&[23, 3, 3, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        .await
        .unwrap();
    let mut received = Vec::new();
    let error = server.read_to_end(&mut received).await.unwrap_err();
    assert_eq!(tls(&error).code(), "bad_record");
    assert_eq!(received, b"good");
}

#[tokio::test]
async fn an_alert_for_which_there_is_no_room_goes_with_the_next_flush() {
    let (mut client, server) = pair(1).await;
    let (mut server, state) = server.into_parts();
    client.get_mut().write_all(&[22]).await.unwrap();
    let mut server = {
        // The first byte of a record of a type that may not come any more, in a pipe of one byte.
        let mut byte = [0];
        server.read_exact(&mut byte).await.unwrap();
        tls_tokio::TlsStream::from_parts(server, state)
    };
    let rest = async {
        client.get_mut().write_all(&[22, 3, 3, 0, 1, 0]).await.unwrap();
        client
    };
    let mut buffer = [0; 8];
    let (error, mut client) = tokio::join!(server.read(&mut buffer), rest);
    assert_eq!(tls(&error.unwrap_err()).code(), "unexpected_record");
    let both = async { tokio::join!(server.flush(), client.read(&mut buffer)) };
    let (flushed, error) = in_time(both).await;
    flushed.unwrap();
    assert_eq!(tls(&error.unwrap_err()).alert_received(), Some(AlertDescription::UNEXPECTED_MESSAGE));
}
