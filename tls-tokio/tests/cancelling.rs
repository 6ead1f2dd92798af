//! Futures that are dropped at every await, and go on or leave things as they should.

use std::task::Poll;

use tests::pair::localhost;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, duplex};

use crate::support::moody::Moody;
use crate::support::{Random, acceptor, connector, data, in_time, once, over};

/// Polls a future at most so often, letting others run in between, and drops it.
async fn give_up_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = std::pin::pin!(future);
    for _ in 0..polls {
        if let Poll::Ready(output) = once(&mut future).await {
            return Some(output);
        }
        tokio::task::yield_now().await;
    }
    None
}

#[tokio::test]
async fn a_dropped_handshake_drops_its_transport() {
    let (mut dropped_clients, mut dropped_servers) = (0, 0);
    for polls in 0..400 {
        let (client, server) = duplex(64);
        let server = tokio::spawn(acceptor().accept(server));
        if give_up_after(polls, connector().connect(localhost(), client)).await.is_none() {
            dropped_clients += 1;
            let code = server.await.unwrap().map(drop).map_err(|error| error.code());
            assert!(matches!(code, Err("truncated" | "io")), "{code:?} after {polls}");
        }
        let (client, server) = duplex(64);
        let client = tokio::spawn(connector().connect(localhost(), client));
        if give_up_after(polls, acceptor().accept(server)).await.is_none() {
            dropped_servers += 1;
            // In TLS 1.3 a client may be done while its server still waits for it.
            let code = client.await.unwrap().map(drop).map_err(|error| error.code());
            assert!(matches!(code, Ok(()) | Err("truncated" | "io")), "{code:?} after {polls}");
        }
    }
    assert!(dropped_clients > 50 && dropped_servers > 50, "{dropped_clients}, {dropped_servers}");
}

/// Writes all of `data` by writes that are given up again and again.
async fn write_impatiently(writer: &mut (impl AsyncWrite + Unpin), data: &[u8], random: &mut Random) {
    let mut rest = data;
    while !rest.is_empty() {
        // What is tried need not be the same length as the time before.
        let len = rest.len().min(1 + random.below(30_000));
        let polls = 1 + random.below(4);
        if let Some(written) = give_up_after(polls, writer.write(&rest[..len])).await {
            rest = &rest[written.unwrap()..];
        } else if random.below(5) == 0 {
            give_up_after(2, writer.flush()).await;
        }
    }
    while give_up_after(2, writer.shutdown()).await.is_none() {}
}

/// Reads to the end by reads that are given up again and again.
async fn read_impatiently(reader: &mut (impl AsyncRead + Unpin), random: &mut Random) -> Vec<u8> {
    let mut received = Vec::new();
    let mut buffer = vec![0; 40_000];
    loop {
        let len = 1 + random.below(buffer.len());
        match give_up_after(1 + random.below(4), reader.read(&mut buffer[..len])).await {
            Some(Ok(0)) => return received,
            Some(len) => received.extend_from_slice(&buffer[..len.unwrap()]),
            None => {}
        }
    }
}

#[tokio::test]
async fn dropped_reads_and_writes_lose_and_double_nothing() {
    for seed in 1..25 {
        let (client, server) = duplex(1 + 100 * seed as usize);
        let (client, server) = over(Moody::new(client, seed), Moody::new(server, seed + 1000)).await;
        let (to_server, to_client) = (data(200_000), data(150_000));
        let randoms = [1, 2, 3, 4].map(|i| Random(seed * 10 + i));
        let [mut a, mut b, mut c, mut d] = randoms;
        let (mut client_reader, mut client_writer) = client.into_split();
        let (mut server_reader, mut server_writer) = server.into_split();
        let all = async {
            tokio::join!(
                write_impatiently(&mut client_writer, &to_server, &mut a),
                write_impatiently(&mut server_writer, &to_client, &mut b),
                read_impatiently(&mut server_reader, &mut c),
                read_impatiently(&mut client_reader, &mut d),
            )
        };
        let ((), (), at_server, at_client) = in_time(all).await;
        assert!(at_server == to_server && at_client == to_client, "seed {seed}");
    }
}
