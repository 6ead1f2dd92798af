//! Peers that are not what they should be.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use crate::programs::{Outcome, S2NC, Server, finish, run, spawn};

/// Runs s2nc against something that answers its first bytes with these.
pub(crate) fn against(answer: &'static [u8], options: &[&str]) -> Outcome {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let peer = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut buffer = [0; 4096];
        let _ = stream.read(&mut buffer);
        let _ = stream.write_all(answer);
        // Until the client has gone, so that its answer is no reset.
        let _ = stream.shutdown(std::net::Shutdown::Write);
        while stream.read(&mut buffer).is_ok_and(|len| len > 0) {}
    });
    let outcome = run(S2NC, &[options, &["-i", "127.0.0.1", &port]].concat(), "");
    peer.join().unwrap();
    outcome
}

#[test]
fn a_peer_that_speaks_http_is_quoted() {
    let outcome = against(b"HTTP/1.1 400 Bad Request\r\n\r\n", &[]);
    outcome.assert_fails(2, &["does not speak TLS", "HTTP/1.1 400", "is this the right port?"]);
    let outcome = against(b"HTTP/1.1 400 Bad Request\r\n\r\n", &["--json"]);
    assert_eq!((outcome.code, &outcome.json()["error"]["code"]), (Some(2), &"not_tls".into()), "{outcome:?}");
}

#[test]
fn a_peer_that_hangs_up_or_sends_an_alert_is_told_apart() {
    against(b"", &[]).assert_fails(2, &["was cut off", "hung up"]);
    let alert = b"\x15\x03\x03\x00\x02\x02\x28";
    against(alert, &[]).assert_fails(2, &["handshake_failure", "--ciphers", "Alert: 40"]);
    let error = against(alert, &["--json"]).json();
    assert_eq!(error["error"]["alert_received"], "handshake_failure");
    assert_eq!(error["error"]["stage"], "while waiting for ServerHello");
}

#[test]
fn a_peer_that_says_nothing_is_given_up_on() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let outcome = run(S2NC, &["-i", "--handshake-timeout", "1", "127.0.0.1", &port], "");
    outcome.assert_fails(2, &["not done within 1 s"]);
}

#[test]
fn a_server_that_vanishes_later_is_a_failure_of_its_own() {
    let mut server = Server::start(&[]);
    let arguments = server.client_arguments(&["-e"]);
    let client = spawn(S2NC, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    server.wait_for("s2n is ready");
    server.kill();
    finish(client).assert_fails(3, &["cut off", "close_notify"]);
}

#[test]
fn a_client_that_speaks_http_is_told_and_the_server_lives() {
    let server = Server::start(&[]);
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert_eq!(answer, b"", "nothing in TLS for a peer that does not speak it");
    let line = server.error_line();
    assert!(line.contains("does not speak TLS") && line.contains("GET / HTTP/1.1"), "{line}");
    server.client(&[], "").assert_success();
}
