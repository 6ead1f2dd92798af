//! `--psk`: between the programs, and with OpenSSL.

use std::process::{Command, Stdio};

use crate::openssl::OpenSsl;
use crate::programs::{Outcome, S2NC, Server, run};

const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const OTHER: &str = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100";

fn psk(identity: &str, key: &str, hash: &str) -> String {
    format!("--psk={identity},{key},{hash}")
}

/// As [`Server::client`], without anything said of certificates.
fn client(server: &Server, options: &[&str]) -> Outcome {
    let port = server.port.to_string();
    run(S2NC, &[options, &["127.0.0.1", &port]].concat(), "")
}

/// Reads what the server complains of up to this.
fn wait_for_error(server: &Server, wanted: &str) {
    while !server.error_line().contains(wanted) {}
}

#[test]
fn several_keys_of_which_one_is_in_common() {
    let ours = [psk("none", OTHER, "SHA256"), psk("a, b", KEY, "sha384")];
    let ours: Vec<&str> = ours.iter().map(String::as_str).collect();
    let server = Server::start(&[&psk("other", OTHER, "SHA256"), "-P", &format!("a, b,{KEY},SHA384")]);
    let outcome = client(&server, &ours);
    outcome.assert_success();
    let line = "Negotiated PSK identity: a, b";
    assert!(outcome.stdout.lines().any(|shown| shown == line), "{}", outcome.stdout);
    assert!(!outcome.stdout.contains("signature negotiated"), "{}", outcome.stdout);
    server.wait_for(line);
    let outcome = client(&server, &[&ours[..], &["--json"]].concat());
    let json = outcome.json();
    assert_eq!(json["psk_identity"], "a, b");
    assert_eq!((&json["post_quantum"], &json["peer_certificates"]), (&true.into(), &serde_json::json!([])));
}

#[test]
fn what_is_not_in_common_is_said() {
    let key = psk("sensor", KEY, "SHA256");
    let server = Server::start(&[&key]);
    for (wrong, code) in [
        (psk("sensor", OTHER, "SHA256"), "without having its secret"),
        (psk("nobody", KEY, "SHA256"), "no pre-shared key that this server knows"),
        (psk("sensor", KEY, "SHA384"), "no pre-shared key that this server knows"),
    ] {
        client(&server, &[&wrong]).assert_fails(2, &["decrypt_error"]);
        wait_for_error(&server, code);
    }
    client(&server, &["-i"]).assert_fails(2, &["handshake_failure"]);
    wait_for_error(&server, "give both sides the same --psk");
    // A client that is told nothing of certificates takes none; one that is goes on by them.
    let server = Server::start(&[]);
    client(&server, &[&key]).assert_fails(2, &["no pre-shared key in common"]);
    let outcome = client(&server, &[&key, "-i"]);
    outcome.assert_success();
    assert!(!outcome.stdout.contains("PSK identity"), "{}", outcome.stdout);
}

#[test]
fn openssl_takes_our_key() {
    let key = psk("sensor", KEY, "SHA256");
    let server = OpenSsl::start(&["-tls1_3", "-psk_identity", "sensor", "-psk", KEY]);
    let outcome = server.client(&[&key]);
    outcome.assert_success();
    assert!(outcome.stdout.contains("Negotiated PSK identity: sensor"), "{}", outcome.stdout);
}

#[test]
fn openssl_has_a_key_of_ours() {
    let server = Server::start(&["--negotiate", &psk("sensor", KEY, "SHA256")]);
    let address = format!("127.0.0.1:{}", server.port);
    let mut command = Command::new("openssl");
    command.args(["s_client", "-connect", &address, "-psk_identity", "sensor", "-psk", KEY]);
    let output = command.stdin(Stdio::null()).output().expect("the openssl of this machine");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    server.wait_for("Negotiated PSK identity: sensor");
}
