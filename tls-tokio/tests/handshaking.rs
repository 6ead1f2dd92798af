//! Handshakes over all sorts of transports, and what becomes of those that fail.

use std::io;
use std::time::Duration;

use tests::pair::localhost;
use tls_tokio::HandshakeFailure;
use tls_tokio::tls_core::{AlertDescription, ClientConfig, ServerVerification};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::net::{TcpListener, TcpStream};

use crate::support::moody::Moody;
use crate::support::tap::Tap;
use crate::support::{acceptor, assert_works, connector, over, pair, send};

#[tokio::test]
async fn pipes_of_any_width_carry_a_handshake_and_data() {
    for capacity in [1, 17, 4096, 1 << 20] {
        let (mut client, mut server) = pair(capacity).await;
        for stream in [&client, &server] {
            assert!(stream.facts().unwrap().post_quantum());
        }
        assert_works(&mut client, &mut server).await;
        assert_eq!(client.bytes_written(), server.bytes_read());
        assert_eq!(server.bytes_written(), client.bytes_read());
        let mut keys = [[0; 32]; 2];
        client.export(b"EXPORTER-test", None, &mut keys[0]).unwrap();
        server.export(b"EXPORTER-test", None, &mut keys[1]).unwrap();
        assert_eq!(keys[0], keys[1]);
    }
}

#[tokio::test]
async fn moody_transports_carry_a_handshake_and_data() {
    for seed in 1..40 {
        let (client, server) = duplex(3000);
        let (mut client, mut server) = over(Moody::new(client, seed), Moody::new(server, seed + 100)).await;
        assert_works(&mut client, &mut server).await;
        send(&mut client, &mut server, &vec![7; 100_000]).await;
    }
}

#[tokio::test]
async fn tcp_carries_a_handshake_and_data() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (client, server) = tokio::join!(TcpStream::connect(address), listener.accept());
    let (mut client, mut server) = over(client.unwrap(), server.unwrap().0).await;
    assert_works(&mut client, &mut server).await;
    assert_eq!(client.get_ref().peer_addr().unwrap(), address);
}

#[tokio::test]
async fn a_flight_is_flushed_through_transports_with_buffers() {
    let (client, server) = duplex(1 << 16);
    let (client, server) = (tokio::io::BufWriter::new(client), tokio::io::BufWriter::new(server));
    let (mut client, mut server) = over(client, server).await;
    client.write_all(b"request").await.unwrap();
    client.flush().await.unwrap();
    let mut request = [0; 7];
    server.read_exact(&mut request).await.unwrap();
    assert_eq!(&request, b"request");
}

#[tokio::test(start_paused = true)]
async fn a_handshake_ends_in_time_and_gives_its_transport_back() {
    let (client, mut server) = duplex(1 << 16);
    let error = connector().connect(localhost(), client).await.unwrap_err();
    let HandshakeFailure::TimedOut(limit) = error.failure() else { panic!("{error}") };
    assert_eq!((*limit, error.code()), (Duration::from_secs(10), "timed_out"));
    assert_eq!(error.to_string(), "the TLS handshake was not done within 10s");
    let (mut client, unread) = error.into_parts();
    assert_eq!(unread, b"");
    client.write_all(b"still here").await.unwrap();
    let mut seen = vec![0; 1 << 16];
    let len = server.read(&mut seen).await.unwrap();
    assert!(seen[..len].ends_with(b"still here"));

    // A server that hears one byte every now and then is no more patient.
    let (mut client, server) = duplex(1 << 16);
    let slow = async {
        for byte in [22, 3, 1, 5, 0, 1] {
            client.write_all(&[byte]).await.unwrap();
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    let acceptor = acceptor().handshake_timeout(Duration::from_millis(3_500));
    let (error, ()) = tokio::join!(acceptor.accept(server), slow);
    let error = error.unwrap_err();
    assert_eq!(error.code(), "timed_out");
    assert_eq!(error.into_parts().1, [22, 3, 1, 5]);
}

#[tokio::test(start_paused = true)]
async fn a_handshake_without_a_timeout_waits() {
    let (_client, server) = duplex(1 << 16);
    let handshake = acceptor().handshake_timeout(None).accept(server);
    let day = Duration::from_secs(24 * 3600);
    assert!(tokio::time::timeout(day, handshake).await.is_err());
}

#[tokio::test]
async fn bytes_that_are_not_tls_come_back_before_anything_is_written() {
    for hello in [&b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"[..], b"\x16G", b"x"] {
        let (mut client, server) = duplex(1 << 16);
        client.write_all(hello).await.unwrap();
        let error = acceptor().accept(Tap::new(server)).await.unwrap_err();
        assert!(error.is_not_tls());
        assert_eq!(error.code(), "not_tls");
        let (mut server, unread) = error.into_parts();
        assert_eq!(unread, hello);
        assert!(server.writes.is_empty());
        server.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        drop(server);
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert_eq!(answer, "HTTP/1.1 400 Bad Request\r\n\r\n");
    }
}

#[tokio::test]
async fn both_ends_learn_why_a_certificate_is_refused() {
    let wrong = ServerVerification::Pinned(vec![[0; 32]]);
    let config = ClientConfig::builder().permit_unapproved().server_verification(wrong).build().unwrap();
    let connector = tls_tokio::Connector::new(config);
    let (client, server) = duplex(1 << 16);
    let (client, server) = tokio::join!(connector.connect(localhost(), client), acceptor().accept(server));
    let (client, server) = (client.unwrap_err(), server.unwrap_err());
    let sent = client.tls().unwrap().alert_sent().unwrap();
    assert_eq!(server.tls().unwrap().alert_received(), Some(sent));
    assert_eq!(io::Error::from(server).kind(), io::ErrorKind::ConnectionAborted);
    assert_eq!(io::Error::from(client).kind(), io::ErrorKind::InvalidData);
}

/// A ClientHello that is none.
const MALFORMED: [u8; 10] = [22, 3, 1, 0, 5, 1, 0, 0, 1, 0];

async fn alert_of(mut peer: DuplexStream) -> Vec<u8> {
    let mut alert = Vec::new();
    peer.read_to_end(&mut alert).await.unwrap();
    alert
}

#[tokio::test]
async fn the_alert_is_sent_before_the_error_is_returned() {
    for timeout in [Some(Duration::from_secs(10)), None] {
        let (mut client, server) = duplex(1 << 16);
        client.write_all(&MALFORMED).await.unwrap();
        let error = acceptor().handshake_timeout(timeout).accept(server).await.unwrap_err();
        assert_eq!(error.code(), "malformed");
        let (server, _) = error.into_parts();
        drop(server);
        let decode_error = AlertDescription::DECODE_ERROR.0;
        assert_eq!(alert_of(client).await, [21, 3, 3, 0, 2, 2, decode_error]);
    }
}

#[tokio::test(start_paused = true)]
async fn an_alert_that_nobody_takes_is_not_waited_for_long() {
    let (mut client, server) = duplex(1);
    let send = client.write_all(&MALFORMED);
    let start = tokio::time::Instant::now();
    let (_, error) = tokio::join!(send, acceptor().accept(server));
    assert_eq!(error.unwrap_err().code(), "malformed");
    assert_eq!(start.elapsed(), Duration::from_secs(1));
}

#[tokio::test]
async fn a_peer_that_leaves_cuts_the_handshake_off() {
    let (mut client, server) = duplex(1 << 16);
    client.write_all(&MALFORMED[..7]).await.unwrap();
    drop(client);
    let error = acceptor().accept(server).await.unwrap_err();
    assert_eq!(error.code(), "truncated");
    assert_eq!(io::Error::from(error).kind(), io::ErrorKind::UnexpectedEof);
}

#[tokio::test]
async fn a_transport_that_fails_is_reported_as_such() {
    let (client, server) = duplex(1 << 16);
    drop(server);
    let error = connector().connect(localhost(), client).await.unwrap_err();
    assert_eq!(error.code(), "io");
    let HandshakeFailure::Io(inner) = error.failure() else { panic!("{error}") };
    assert_eq!(inner.kind(), io::ErrorKind::BrokenPipe);
}
