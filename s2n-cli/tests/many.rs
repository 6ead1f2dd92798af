//! Many connections at once, some of which fail.

use std::io::Write;
use std::net::TcpStream;
use std::thread;

use crate::programs::{S2NC, Server, run};

#[test]
fn a_server_survives_every_client() {
    let mut server = Server::start(&[]);
    let port = server.port;
    // Held open through all that follows, without ever saying a word.
    let silent: Vec<TcpStream> = (0..8).map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap()).collect();
    thread::scope(|scope| {
        for number in 0..24 {
            let arguments = server.client_arguments(&["-e"]);
            scope.spawn(move || match number % 4 {
                0 => {
                    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
                    let _ = stream.write_all(b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00");
                }
                1 => {
                    let pin = "ab".repeat(32);
                    let outcome = run(S2NC, &["--pin", &pin, "127.0.0.1", &port.to_string()], "");
                    assert_eq!(outcome.code, Some(2), "{outcome:?}");
                }
                _ => {
                    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                    run(S2NC, &arguments, &format!("client {number}\n")).assert_success();
                }
            });
        }
    });
    drop(silent);
    let mut heard: Vec<String> = Vec::new();
    while heard.len() < 12 {
        let line = server.line();
        heard.extend(line.strip_prefix("client ").map(str::to_owned));
    }
    heard.sort();
    heard.dedup();
    assert_eq!(heard.len(), 12, "each client's line came once: {heard:?}");
    assert_eq!(server.interrupt(), Some(0));
}

#[test]
fn a_server_ends_after_the_connections_it_was_given() {
    let mut server = Server::start(&["-X"]);
    server.client(&[], "").assert_success();
    assert_eq!(server.wait(), Some(0));

    let mut server = Server::start(&["-X2"]);
    drop(TcpStream::connect(("127.0.0.1", server.port)).unwrap());
    server.client(&[], "").assert_success();
    assert_eq!(server.wait(), Some(2), "one of the two failed");
}
