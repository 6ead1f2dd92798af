//! The server's HTTP mode, read by a client that counts records.

use std::io::{IoSlice, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use tls_core::ciphersuites::{CipherSuite, SecurityPolicy};
use tls_core::{
    ClientConfig, ClientConfigBuilder, Connection, Event, MAX_SEALED_RECORD, MaxFragmentLength, ServerName,
    ServerVerification, UnixTime,
};

use crate::programs::Server;

/// The application data records that come in answer to a request.
fn get(port: u16) -> Vec<Vec<u8>> {
    get_by(port, ClientConfig::builder())
}

fn get_by(port: u16, builder: ClientConfigBuilder) -> Vec<Vec<u8>> {
    let config = builder.server_verification(ServerVerification::Insecure).build().unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut connection = Connection::client(config, name, UnixTime::now()).unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let (mut input, mut records) = (Vec::new(), Vec::new());
    loop {
        let received = connection.receive(&mut input).unwrap();
        stream.write_all(connection.output()).unwrap();
        connection.output_sent(connection.output().len());
        match received.event {
            Event::Established => {
                let mut out = vec![0; MAX_SEALED_RECORD + 1024];
                let request = IoSlice::new(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
                let sent = connection.send(&[request], &mut out).unwrap();
                stream.write_all(&out[..sent.written]).unwrap();
            }
            Event::Data(range) => records.push(input[range].to_vec()),
            Event::PeerClosed => return records,
            _ => {
                let mut chunk = [0; 4096];
                let len = stream.read(&mut chunk).unwrap();
                assert!(len > 0, "the server hung up without close_notify");
                input.extend_from_slice(&chunk[..len]);
            }
        }
        input.drain(..received.consumed);
    }
}

fn split(response: &[u8]) -> (String, &[u8]) {
    let end = response.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    (String::from_utf8(response[..end].to_vec()).unwrap(), &response[end..])
}

#[test]
fn a_page_comes_in_one_record() {
    let server = Server::start(&["--https-server"]);
    for _ in 0..3 {
        let records = get(server.port);
        assert_eq!(records.len(), 1);
        let (head, body) = split(&records[0]);
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())), "{head}");
        let body = std::str::from_utf8(body).unwrap();
        assert!(
            body.contains("KEM Group: X25519MLKEM768") && body.contains("Server name: localhost"),
            "{body}"
        );
    }
}

#[test]
fn a_client_that_forgot_tls_is_told_in_http() {
    let server = Server::start(&["-w"]);
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n") && answer.contains("https://"), "{answer}");
    assert!(server.error_line().contains("does not speak TLS"));
}

#[test]
fn a_benchmark_gets_all_its_zeros_in_full_records() {
    let server = Server::start(&["-w", "-b", "1000000"]);
    let records = get(server.port);
    let response = records.concat();
    let (head, body) = split(&response);
    assert!(head.contains("Content-Length: 1000000\r\n"), "{head}");
    assert!(body.len() == 1_000_000 && body.iter().all(|byte| *byte == 0));
    assert!(records.len() <= 64, "{} records for a million bytes", records.len());
    server.wait_for("Sending 1000000 bytes...");
    server.wait_for("Done. Closing connection.");
}

#[test]
fn records_are_as_small_as_the_client_asks_if_it_may() {
    let tls12 = SecurityPolicy {
        cipher_suites: vec![CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256].into(),
        ..SecurityPolicy::DEFAULT
    };
    for (options, longest) in [(&["--enable-mfl"][..], 512), (&[], 1 << 14)] {
        let server = Server::start(&[&["-w", "-b", "100000"], options].concat());
        for policy in [SecurityPolicy::DEFAULT, tls12.clone()] {
            let builder = ClientConfig::builder();
            let builder = builder.policy(policy).max_fragment_length(MaxFragmentLength::Bytes512);
            let records = get_by(server.port, builder);
            assert_eq!(records.iter().map(Vec::len).max(), Some(longest), "{options:?}");
        }
    }
}
