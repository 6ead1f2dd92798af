//! Sessions that are resumed: within one run, from file to file, and with OpenSSL.

use std::process::{Command, Stdio};

use rcgen::PKCS_ECDSA_P256_SHA256;
use tests::authority::Authority;

use crate::openssl::OpenSsl;
use crate::programs::{Folder, Outcome, S2NC, S2ND, Server, run};

const RESUMED: &str = "Resumed session";

/// The line of each connection that says what kind of handshake it was, without the name.
fn flows(outcome: &Outcome) -> Vec<&str> {
    outcome.assert_success();
    outcome.stdout.lines().filter_map(|line| line.strip_prefix("Handshake: ")).collect()
}

fn count_resumed(outcome: &Outcome) -> usize {
    outcome.stdout.lines().filter(|line| *line == RESUMED).count()
}

#[test]
fn five_connections_resume_the_first() {
    let server = Server::start(&[]);
    let outcome = server.client(&["--reconnect"], "");
    let flow = "NEGOTIATED|MIDDLEBOX_COMPAT";
    let full = "NEGOTIATED|FULL_HANDSHAKE|MIDDLEBOX_COMPAT";
    assert_eq!(flows(&outcome), [full, flow, flow, flow, flow, flow]);
    assert_eq!(count_resumed(&outcome), 5);
    for _ in 0..5 {
        server.wait_for(RESUMED);
    }
    let server = Server::start(&["--json"]);
    let outcome = server.client(&["-r", "--json"], "");
    for (number, line) in outcome.stdout.lines().enumerate() {
        for line in [line, &server.line()] {
            let json: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(json["resumed"], number > 0, "{line}");
        }
    }
}

#[test]
fn openssl_is_resumed_in_both_versions() {
    for (version, flow) in [("-tls1_2", "NEGOTIATED"), ("-tls1_3", "NEGOTIATED|MIDDLEBOX_COMPAT")] {
        // Without tickets it has session ids in TLS 1.2, and tickets that stand for what it keeps in TLS 1.3.
        for options in [&[version][..], &[version, "-no_ticket"]] {
            let outcome = OpenSsl::start(options).client(&["-r"]);
            assert_eq!(flows(&outcome)[1..], [flow; 5], "{options:?}");
            assert_eq!(count_resumed(&outcome), 5, "{options:?}");
        }
    }
}

#[test]
fn openssl_resumes_in_both_versions() {
    // It closes first, so that OpenSSL has read all that came before.
    let folder = Folder::new();
    let session = folder.path().join("session.pem");
    for (server, options, version) in [
        (&["--negotiate"][..], &["-tls1_2"][..], "TLSv1.2"),
        (&["--negotiate"], &["-tls1_3"], "TLSv1.3"),
        // By session ids.
        (&["--negotiate"], &["-tls1_2", "-no_ticket"], "TLSv1.2"),
        (&["--negotiate", "-T"], &["-tls1_2"], "TLSv1.2"),
    ] {
        let server = Server::start(server);
        let address = format!("127.0.0.1:{}", server.port);
        for (way, kind) in [("-sess_out", "New"), ("-sess_in", "Reused")] {
            let mut command = Command::new("openssl");
            command.args(["s_client", "-connect", &address, "-servername", "localhost", "-ign_eof"]);
            let command = command.args(options).arg(way).arg(&session);
            let output = command.stdin(Stdio::null()).output().unwrap();
            let stdout = String::from_utf8_lossy(&output.stdout);
            assert!(stdout.contains(&format!("{kind}, {version}")), "{stdout}");
        }
        server.wait_for(RESUMED);
    }
}

/// A server of this certificate, whose tickets any other with the key opens.
fn start(folder: &Folder, key: &str) -> Server {
    let pem = Authority::new().issue(&["localhost"], &PKCS_ECDSA_P256_SHA256);
    let (cert, private) = (folder.file("cert.pem", pem.chain), folder.file("key.pem", pem.key));
    Server::start(&["--cert", &cert, "--key", &private, "--stk-file", key])
}

#[test]
fn sessions_go_from_file_to_file_and_from_server_to_server() {
    let folder = Folder::new();
    let (key, other) = (folder.file("a", "0123456789abcdef".repeat(2)), folder.file("b", "x".repeat(48)));
    let session = folder.path().join("session").to_str().unwrap().to_owned();
    let server = start(&folder, &key);
    assert_eq!(count_resumed(&server.client(&["-i", "-n", "localhost", "--ticket-out", &session], "")), 0);
    let resume = ["-i", "-n", "localhost", "--ticket-in", &session];
    drop(server);
    for (key, resumed) in [(&key, 1), (&other, 0), (&key, 1)] {
        let outcome = start(&folder, key).client(&resume, "");
        outcome.assert_success();
        assert_eq!(count_resumed(&outcome), resumed, "{outcome:?}");
    }
    let elsewhere = ["-i", "-n", "elsewhere.test", "--ticket-in", &session];
    start(&folder, &key).client(&elsewhere, "").assert_fails(1, &["is with another server", "--ticket-in"]);
}

#[test]
fn what_cannot_be_resumed_is_said() {
    let server = Server::start(&["--no-session-ticket"]);
    server.client(&["-r"], "").assert_fails(3, &["gave no session ticket", "--reconnect"]);
    let folder = Folder::new();
    let (path, short) = (folder.file("session", "no session"), folder.file("key", "short"));
    server.client(&["--ticket-out", &path], "").assert_fails(3, &["gave no session ticket", "--ticket-out"]);
    server.client(&["--ticket-in", &path], "").assert_fails(1, &["no session of a client"]);
    server.client(&["--ticket-in", "/nowhere"], "").assert_fails(1, &["/nowhere does not exist"]);
    run(S2ND, &["--stk-file", &short, "localhost", "0"], "").assert_fails(1, &["32 random bytes", "are 5"]);
    let outcome = run(S2NC, &["-T", "-r", "localhost"], "");
    assert!(outcome.code == Some(1) && outcome.stderr.contains("cannot be used with"), "{outcome:?}");
}
