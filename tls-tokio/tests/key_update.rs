//! KeyUpdates amid traffic.

use std::time::Duration;

use tls_tokio::tls_core::KeyUpdateRequest;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{assert_works, data, in_time, pair, send};

#[tokio::test]
async fn keys_change_both_ways_while_data_flows() {
    let (mut client, mut server) = pair(1000).await;
    for round in 0..20 {
        let request = [KeyUpdateRequest::NotRequested, KeyUpdateRequest::Requested][round % 2];
        client.update_keys(request).unwrap();
        if round % 3 == 0 {
            server.update_keys(request).unwrap();
        }
        let (to_server, to_client) = (data(70_000), data(30_000));
        send(&mut client, &mut server, &to_server).await;
        send(&mut server, &mut client, &to_client).await;
    }
    assert_works(&mut client, &mut server).await;
}

#[tokio::test(start_paused = true)]
async fn one_who_only_reads_answers_a_key_update() {
    for capacity in [1, 1 << 16] {
        let (mut client, mut server) = pair(capacity).await;
        let server_reads = tokio::spawn(async move {
            let read = server.read(&mut [0; 8]).await;
            (read, server)
        });
        let before = client.bytes_read();
        client.update_keys(KeyUpdateRequest::Requested).unwrap();
        client.flush().await.unwrap();
        let mut buffer = [0; 8];
        let read = tokio::time::timeout(Duration::from_secs(5), client.read(&mut buffer)).await;
        assert!(read.is_err(), "there is no data to read");
        // The answer: type, length of one, request; content type and tag; header.
        assert_eq!(client.bytes_read() - before, 5 + 5 + 17);
        client.write_all(b"done").await.unwrap();
        let (read, mut server) = in_time(server_reads).await.unwrap();
        assert_eq!(read.unwrap(), 4);
        assert_works(&mut client, &mut server).await;
    }
}
