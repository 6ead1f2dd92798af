//! Python's `ssl` module as a process, in both roles.

use std::path::Path;
use std::process::Command;

use tls_core::ciphersuites::ProtocolVersion;

use crate::certificates::LOCALHOST;
use crate::command_line::Files;
use crate::link::trying;
use crate::ours::SUITES12;
use crate::process::{Process, Socket, listen};
use crate::settings::{Role, Settings, Wanted};

/// Larger than any record and any one read.
const LINE_LEN: usize = 100_000;

fn python(role: &str, more: &[&str]) -> Process {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/python_ssl.py");
    let Files { leaf, key, root, .. } = Files::new(&LOCALHOST);
    let files = ["--cert", &leaf, "--key", &key, "--root", &root];
    Process::run(Command::new("python3").arg(script).arg(role).args(files).args(more))
}

/// Begins a connection in which this role is ours.
fn begin(role: Role, settings: &Settings, more: &[&str]) -> (Process, Socket) {
    match role {
        Role::Client => {
            let server = python("server", more);
            let port = server.wait_for("ACCEPT ");
            let socket = Socket::connect(&port.replace("ACCEPT ", "127.0.0.1:"), settings);
            (server, socket)
        }
        Role::Server => {
            let (listener, address) = listen();
            let port = address.trim_start_matches("127.0.0.1:");
            let client = python("client", &[&["--port", port], more].concat());
            (client, Socket::accept(&listener, settings))
        }
    }
}

fn settings(role: Role) -> Settings {
    let settings = Settings { alpn: vec!["http/1.1"], ..Settings::server(&LOCALHOST) };
    let wanted = if role == Role::Server { Wanted::Required } else { Wanted::No };
    Settings { client_certificate: wanted, ..settings }
}

#[test]
fn data_passes_and_each_end_hears_the_other_close() {
    let (tls12, tls13) = (ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3);
    for (versions, ours, expected) in [
        ("TLSv1_2,TLSv1_2", vec![tls12, tls13], tls12),
        ("TLSv1_2,TLSv1_3", vec![tls12], tls12),
        ("TLSv1_2,TLSv1_3", vec![tls12, tls13], tls13),
        ("TLSv1_3,TLSv1_3", vec![tls12, tls13], tls13),
    ] {
        for role in Role::BOTH {
            trying((versions, &ours, role));
            let settings = Settings { versions: ours.clone(), ..settings(role) };
            let (python, mut socket) = begin(role, &settings, &["--versions", versions]);
            let agreed = python.wait_for("AGREED ");
            let name = if expected == tls12 { "TLSv1.2" } else { "TLSv1.3" };
            assert!(agreed.contains(name) && agreed.contains("http/1.1"), "{agreed}");
            assert!(agreed.contains("Test Leaf"), "{agreed}");
            let facts = socket.end.connection.facts().unwrap();
            assert_eq!((facts.version, facts.alpn.as_deref()), (expected, Some(&b"http/1.1"[..])));

            let line = "x".repeat(LINE_LEN);
            socket.send_line(&line);
            socket.receive_line(&line);
            socket.end.connection.close();
            socket.receive_line("and that was all");
            socket.run_until(|end| end.peer_closed);
            python.wait_for("CLOSED");
        }
    }
}

/// Suites of each kind, by their OpenSSL names.
#[test]
fn tls12_suites_that_python_is_told_to_use() {
    for (ciphers, suite) in [
        ("ECDHE-ECDSA-AES256-GCM-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
        ("ECDHE-ECDSA-CHACHA20-POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
        ("ECDHE-ECDSA-AES128-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"),
    ] {
        for role in Role::BOTH {
            trying((ciphers, role));
            let settings = Settings { suites: SUITES12.to_vec(), ..settings(role) };
            let more = ["--versions", "TLSv1_2,TLSv1_2", "--ciphers", ciphers];
            let (python, mut socket) = begin(role, &settings, &more);
            assert!(python.wait_for("AGREED ").contains(ciphers));
            assert_eq!(socket.end.connection.facts().unwrap().cipher_suite.to_string(), suite);
            socket.send_line("from us");
            socket.receive_line("from us");
        }
    }
}
