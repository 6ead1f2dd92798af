//! Early data by external pre-shared keys: on the first connection there is.

use super::*;
use crate::programs::{S2NC, run};

const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

fn psk(hash: &str) -> String {
    format!("--psk=sensor,{KEY},{hash}")
}

/// As [`Server::client`], without anything said of certificates.
fn client(server: &Server, options: &[&str]) -> Outcome {
    let port = server.port.to_string();
    run(S2NC, &[options, &["127.0.0.1", &port]].concat(), "")
}

#[test]
fn a_key_does_without_a_session() {
    let folder = Folder::new();
    let request = folder.file("request", "once upon a time\n");
    for hash in ["SHA256", "SHA384"] {
        let server = Server::start(&[&psk(hash), "--max-early-data", "1000", "--alpn", "h2,http/1.1"]);
        for _ in 0..2 {
            let outcome = client(&server, &[&psk(hash), "--early-data", &request, "--alpn", "h2"]);
            assert_eq!(statuses(&outcome), ["ACCEPTED"]);
            assert!(outcome.stdout.contains("Negotiated PSK identity: sensor"), "{}", outcome.stdout);
            server.wait_for("Early Data received: once upon a time");
        }
        // For another protocol it is not meant: it is sent afterwards.
        let outcome = client(&server, &[&psk(hash), "-E", &request, "--alpn", "http/1.1"]);
        assert!(statuses(&outcome)[0].starts_with("REJECTED"), "{}", outcome.stdout);
        server.wait_for("once upon a time");
    }
}

/// What OpenSSL reads such a key from, with what goes with it: an SSL_SESSION in DER.
fn session(folder: &Folder) -> String {
    let integer = |bytes: &[u8]| [&[2, u8::try_from(bytes.len()).unwrap()], bytes].concat();
    let octets = |bytes: &[u8]| [&[4, u8::try_from(bytes.len()).unwrap()], bytes].concat();
    let tagged =
        |tag: u8, value: Vec<u8>| [vec![0xa0 | tag, u8::try_from(value.len()).unwrap()], value].concat();
    let key: Vec<u8> =
        (0..KEY.len()).step_by(2).map(|at| u8::from_str_radix(&KEY[at..at + 2], 16).unwrap()).collect();
    let body = [
        integer(&[1]),
        integer(&[3, 4]),
        // TLS_AES_128_GCM_SHA256, no session id, the key; since when, and for how many seconds.
        octets(&[0x13, 1]),
        octets(&[]),
        octets(&key),
        tagged(1, integer(&[0x65, 0, 0, 0])),
        tagged(2, integer(&[0x7f, 0, 0, 0])),
        // So many bytes of early data.
        tagged(15, integer(&[0x10, 0])),
    ]
    .concat();
    let der = [&[0x30, u8::try_from(body.len()).unwrap()], &body[..]].concat();
    let der = folder.file("session.der", der);
    let pem = folder.path().join("session.pem").to_str().unwrap().to_owned();
    let arguments = ["sess_id", "-inform", "DER", "-in", &der, "-out", &pem];
    assert!(Command::new("openssl").args(arguments).status().unwrap().success());
    pem
}

#[test]
fn openssl_accepts_it() {
    let folder = Folder::new();
    let request = folder.file("request", "early words\n");
    let session = session(&folder);
    let key = ["-psk_identity", "sensor", "-psk_session", &session];
    let server = OpenSsl::start(&[&["-tls1_3", "-early_data", "-max_early_data", "4096"], &key[..]].concat());
    for _ in 0..2 {
        let outcome = server.client(&[&psk("SHA256"), "-E", &request]);
        assert_eq!(statuses(&outcome), ["ACCEPTED"]);
    }
}

#[test]
fn openssl_sends_it() {
    let folder = Folder::new();
    let request = folder.file("request", "words of a client");
    let session = session(&folder);
    // It closes first, so that OpenSSL has read all that came before.
    let server = Server::start(&["--negotiate", &psk("SHA256"), "--max-early-data", "4096"]);
    let address = format!("127.0.0.1:{}", server.port);
    let mut command = Command::new("openssl");
    // P-256 is in every build's default policy: without a share for it, early data would end with a retry.
    command.args(["s_client", "-connect", &address, "-tls1_3", "-ign_eof", "-groups", "P-256"]);
    command.args(["-psk_identity", "sensor", "-psk_session", &session, "-early_data", &request]);
    let output = command.stdin(Stdio::null()).output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.contains("Early data was accepted"), "{stdout}");
    server.wait_for(ACCEPTED);
}
