//! Peers that know nothing newer than what is not implemented: an operator must be able to find them.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use crate::peers::against;
use crate::programs::Server;

/// Sends a first flight, and returns the client's own address and what the server answers until it hangs up.
fn offer(server: &Server, flight: &[u8]) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(flight).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    (stream.local_addr().unwrap().to_string(), answer)
}

/// A ClientHello without extensions, in one record.
fn client_hello(version: [u8; 2], suites: &[u16]) -> Vec<u8> {
    let suites: Vec<u8> = suites.iter().flat_map(|suite| suite.to_be_bytes()).collect();
    let suites_len = u8::try_from(suites.len()).unwrap();
    let body = [&version[..], &[7; 32], &[0, 0, suites_len], &suites, &[1, 0]].concat();
    let len = u8::try_from(body.len()).unwrap();
    [&[22, 3, version[1].min(1), 0, len + 4, 1, 0, 0, len], &body[..]].concat()
}

const RSA_AES_128_CBC_SHA: u16 = 0x002f;
const RSA_RC4_128_SHA: u16 = 0x0005;
const DHE_RSA_AES_128_GCM_SHA256: u16 = 0x009e;
const ECDHE_RSA_AES_128_CBC_SHA256: u16 = 0xc027;

#[test]
fn outdated_clients_are_reported_with_address_offer_and_remedy() {
    let hello12 = |suites: &[u16]| client_hello([3, 3], suites);
    let old = [RSA_AES_128_CBC_SHA];
    let cases: [(Vec<u8>, &str, Option<u8>); 6] = [
        (
            client_hello([3, 2], &old),
            "TLS 1.1 at best, which is broken and not implemented (RFC 8996)",
            Some(70),
        ),
        (client_hello([3, 1], &old), "TLS 1.0 at best", Some(70)),
        (
            client_hello([3, 0], &old),
            "SSL 3.0 at best, which is broken and not implemented (RFC 7568)",
            Some(70),
        ),
        // What Java 6 began with: TLS 1.0 in the format of SSL 2.0.
        (b"\x80\x2e\x01\x03\x01\x00\x15\x00\x00\x00\x10".to_vec(), "TLS 1.0 at best", None),
        (
            hello12(&[RSA_AES_128_CBC_SHA, RSA_RC4_128_SHA]),
            "TLS 1.2 only with static RSA (RFC 10015), RC4 (RFC 7465), which are not implemented",
            Some(40),
        ),
        (hello12(&[DHE_RSA_AES_128_GCM_SHA256]), "TLS 1.2 only with DHE (RFC 10015), which is", Some(40)),
    ];
    let server = Server::start(&[]);
    for (flight, what, alert) in cases {
        let (address, answer) = offer(&server, &flight);
        assert_eq!(answer.last().copied(), alert, "{what}");
        let line = server.error_line();
        let start = format!("Failed to negotiate: {address}: outdated client: it speaks {what}");
        assert!(line.starts_with(&start), "{start}\n{line}");
        assert!(line.contains("TLS 1.2 with ECDHE") && line.ends_with("update its TLS software"), "{line}");
    }
    server.client(&[], "").assert_success();
}

#[test]
fn scripts_find_outdated_clients_too() {
    let server = Server::start(&["--json"]);
    for (flight, offered, outdated) in [
        (client_hello([3, 2], &[RSA_AES_128_CBC_SHA]), "TLS 1.1", true),
        (client_hello([3, 3], &[RSA_AES_128_CBC_SHA]), "TLS_RSA_WITH_AES_128_CBC_SHA", true),
        (
            client_hello([3, 3], &[ECDHE_RSA_AES_128_CBC_SHA256]),
            "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
            false,
        ),
    ] {
        let (address, _) = offer(&server, &flight);
        let line: Value = serde_json::from_str(&server.line()).unwrap();
        let error = &line["error"];
        assert_eq!((&error["peer"], &error["outdated"]), (&address.into(), &outdated.into()), "{error}");
        assert_eq!(error["offered"], Value::from(vec![offered]), "{error}");
    }
}

#[test]
fn a_client_that_another_policy_would_serve_is_not_outdated() {
    let server = Server::start(&[]);
    offer(&server, &client_hello([3, 3], &[ECDHE_RSA_AES_128_CBC_SHA256]));
    let line = server.error_line();
    assert!(
        line.contains("the policy default_tls13 permits TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"),
        "{line}"
    );
    assert!(!line.contains("outdated"), "{line}");
}

#[test]
fn an_outdated_server_is_told_from_a_refusal() {
    // A ServerHello of TLS 1.1 that chooses static RSA.
    let server_hello = b"\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x02\
        rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr\x00\x00\x2f\x00";
    against(server_hello, &[]).assert_fails(
        2,
        &["outdated server: it speaks TLS 1.1 at best", "RFC 8996", "update its TLS software"],
    );
    let error = against(server_hello, &["--json"]).json();
    assert_eq!(
        (&error["error"]["code"], &error["error"]["outdated"]),
        (&"no_common_version".into(), &true.into())
    );
    against(b"\x15\x03\x02\x00\x02\x02\x46", &[])
        .assert_fails(2, &["protocol_version", "nothing newer than TLS 1.1", "RFC 8996", "Alert: 70"]);
}
