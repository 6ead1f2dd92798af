//! Early data: between our programs, and with OpenSSL in both roles.

mod pre_shared_keys;

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::openssl::OpenSsl;
use crate::programs::{Folder, Outcome, Server};

const ACCEPTED: &str = "Early Data status: ACCEPTED";

/// A server rejects what may have come before it began, for as long as that could be fresh.
fn wait_for_the_guard() {
    std::thread::sleep(Duration::from_secs(14));
}

/// The line of each connection that says what became of its early data.
fn statuses(outcome: &Outcome) -> Vec<&str> {
    outcome.assert_success();
    outcome.stdout.lines().filter_map(|line| line.strip_prefix("Early Data status: ")).collect()
}

#[test]
fn connections_that_resume_send_a_file_early() {
    let folder = Folder::new();
    let request = folder.file("request", "once upon a time");
    let server = Server::start(&["--max-early-data", "1000"]);
    // Just begun, it rejects; nothing is lost.
    let outcome = server.client(&["-r", "--early-data", &request], "");
    let [first, rest @ ..] = &statuses(&outcome)[..] else { panic!("no connection") };
    assert_eq!(*first, "NOT REQUESTED");
    assert_eq!(rest, ["REJECTED (the server did not say why)"; 5]);
    server.wait_for("Early Data status: REJECTED (the server has begun too recently to rule out a replay)");
    wait_for_the_guard();
    let outcome = server.client(&["-r", "-E", &request], "");
    assert_eq!(statuses(&outcome)[1..], ["ACCEPTED"; 5]);
    for _ in 0..5 {
        server.wait_for(ACCEPTED);
        server.wait_for("Early Data received: once upon a time");
    }
}

#[test]
fn openssl_accepts_it() {
    let folder = Folder::new();
    let request = folder.file("request", "early words\n");
    let server = OpenSsl::start(&["-tls1_3", "-early_data", "-max_early_data", "4096"]);
    let outcome = server.client(&["-r", "-E", &request]);
    assert_eq!(statuses(&outcome)[1..], ["ACCEPTED"; 5]);
}

#[test]
fn openssl_sends_it() {
    let folder = Folder::new();
    let request = folder.file("request", "words of a client");
    let session = folder.path().join("session.pem");
    // It closes first, so that OpenSSL has read all that came before.
    let server = Server::start(&["--negotiate", "--max-early-data", "1000"]);
    wait_for_the_guard();
    let address = format!("127.0.0.1:{}", server.port);
    for (arguments, status) in [
        (&["-sess_out"][..], "Early data was not sent"),
        (&["-early_data", &request, "-sess_in"], "Early data was accepted"),
    ] {
        let mut command = Command::new("openssl");
        // P-256 is in every build's default policy: without a share for it, early data would end with a retry.
        command.args(["s_client", "-connect", &address, "-servername", "localhost", "-tls1_3", "-ign_eof"]);
        command.args(["-groups", "P-256"]);
        let output = command.args(arguments).arg(&session).stdin(Stdio::null()).output().unwrap();
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert!(stdout.contains(status), "{stdout}");
    }
    server.wait_for(ACCEPTED);
}
