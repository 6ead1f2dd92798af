//! Go's `crypto/tls` as a process, built by `interop/scripts/go`, in both roles.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use tls_core::KeyUpdateRequest;
use tls_core::ciphersuites::{KeyType, NamedGroup, ProtocolVersion};

use crate::certificates::{Chain, KEY_TYPES, LOCALHOST, RSA};
use crate::command_line::Files;
use crate::link::trying;
use crate::ours::GROUPS;
use crate::process::{Process, Socket, listen};
use crate::settings::{Memory, Role, Settings, VERSIONS, Wanted};

/// Larger than any record and any one read.
const LINE_LEN: usize = 100_000;

/// Where the peer's program is.
static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/go");
    let built = Command::new(script).output().unwrap();
    let why = String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success(), "interop/scripts/go cannot build the peer: {why}");
    String::from_utf8(built.stdout).unwrap().trim().into()
});

/// Connections with one Go process, in which this role is ours.
struct Go {
    process: Process,
    settings: Settings,
    reach: Reach,
}

/// How one end gets to the other.
enum Reach {
    Server(String),
    Listener(std::net::TcpListener),
}

impl Go {
    /// Go has this chain and trusts its root; so have we, as our settings say.
    fn start(role: Role, chain: &Chain, version: ProtocolVersion, settings: Settings, more: &[&str]) -> Self {
        let Files { leaf, key, root, .. } = Files::new(chain);
        let mut command = Command::new(&*PROGRAM);
        command.args(["--cert", &leaf, "--key", &key, "--root", &root]);
        command.args(["--version", &version.0.to_string()]).args(more);
        let (process, reach) = match role {
            Role::Client => {
                let process = Process::run(command.args(["--role", "server"]));
                let address = process.wait_for("ACCEPT ").replace("ACCEPT ", "");
                (process, Reach::Server(address))
            }
            Role::Server => {
                let (listener, address) = listen();
                let port = address.trim_start_matches("127.0.0.1:");
                let process = Process::run(command.args(["--role", "client", "--port", port]));
                (process, Reach::Listener(listener))
            }
        };
        Self { process, settings, reach }
    }

    /// The next connection, and what Go says was agreed on, which is what our end says, too.
    fn next(&self) -> (Socket, String) {
        let socket = match &self.reach {
            Reach::Server(address) => Socket::connect(address, &self.settings),
            Reach::Listener(listener) => Socket::accept(listener, &self.settings),
        };
        let agreed = self.process.wait_for("AGREED ");
        let facts = socket.end.connection.facts().unwrap();
        let mut exported = [0; 32];
        socket.end.connection.export(b"EXPORTER-interop", Some(b"context"), &mut exported).unwrap();
        let exported: String = exported.iter().map(|byte| format!("{byte:02x}")).collect();
        let (version, suite, group) = (facts.version.0, facts.cipher_suite.0, facts.group.0);
        let (resumed, retried) = (facts.resumed.is_some(), facts.hello_retry_request);
        let ours = format!(
            "AGREED version {version} suite {suite} group {group} alpn http/1.1 resumed {resumed} retried {retried} "
        );
        assert!(agreed.starts_with(&ours), "{agreed}\n{ours}");
        assert!(agreed.ends_with(&exported), "{agreed}\n{exported}");
        (socket, agreed)
    }

    /// Data both ways, and then each end hears the other close.
    fn converse(&self, socket: &mut Socket) {
        for line in ["a line".to_owned(), "x".repeat(LINE_LEN)] {
            socket.send_line(&line);
            socket.receive_line(&line);
        }
        socket.end.connection.close();
        socket.receive_line("and that was all");
        socket.run_until(|end| end.peer_closed);
        self.process.wait_for("CLOSED");
    }
}

fn settings(role: Role, chain: &Chain) -> Settings {
    let settings = Settings { alpn: vec!["http/1.1"], ..Settings::server(chain) };
    let wanted = if role == Role::Server { Wanted::Required } else { Wanted::No };
    Settings { client_certificate: wanted, ..settings }
}

/// With RSA: in TLS 1.2 the groups say which curves may be in certificates, too.
#[test]
fn every_group_in_both_versions() {
    for group in GROUPS {
        for (version, role) in VERSIONS.into_iter().flat_map(|version| Role::BOTH.map(|role| (version, role)))
        {
            if version == ProtocolVersion::TLS1_2 && group.is_post_quantum() {
                continue;
            }
            trying((group, version, role));
            let settings = settings(role, &RSA).groups(&[group]);
            let go = Go::start(role, &RSA, version, settings, &["--groups", &group.0.to_string()]);
            let (mut socket, _) = go.next();
            assert_eq!(socket.end.connection.facts().unwrap().group, group);
            go.converse(&mut socket);
        }
    }
}

/// What the two have in common without being told.
#[test]
fn the_defaults_of_both_are_post_quantum() {
    for role in Role::BOTH {
        trying(role);
        let go = Go::start(role, &LOCALHOST, ProtocolVersion::TLS1_3, settings(role, &LOCALHOST), &[]);
        let (mut socket, _) = go.next();
        assert_eq!(socket.end.connection.facts().unwrap().group, NamedGroup::X25519MLKEM768);
        go.converse(&mut socket);
    }
}

#[test]
fn hybrids_win_by_a_retry() {
    let hybrid = NamedGroup::SECP256R1MLKEM768;
    for role in Role::BOTH {
        trying(role);
        let ours = settings(role, &LOCALHOST).groups(&[hybrid, NamedGroup::SECP256R1]);
        let ours = Settings { key_shares: vec![NamedGroup::SECP256R1], ..ours };
        // Go's client shares X25519 and its hybrid where it may use them.
        let theirs = match role {
            Role::Client => "4587,23",
            Role::Server => "4588,29,4587",
        };
        let go = Go::start(role, &LOCALHOST, ProtocolVersion::TLS1_3, ours, &["--groups", theirs]);
        let (mut socket, agreed) = go.next();
        assert!(agreed.contains("group 4587") && agreed.contains("retried true"), "{agreed}");
        go.converse(&mut socket);
    }
}

#[test]
fn both_sides_prove_themselves_with_every_type_of_key() {
    for key_type in KEY_TYPES {
        // Go has no keys that are for PSS alone.
        if key_type == KeyType::RsaPss {
            continue;
        }
        let chain = Chain::new(key_type);
        for (version, role) in VERSIONS.into_iter().flat_map(|version| Role::BOTH.map(|role| (version, role)))
        {
            if version == ProtocolVersion::TLS1_2 && key_type.schemes12().is_empty() {
                continue;
            }
            trying((key_type, version, role));
            let go = Go::start(role, &chain, version, settings(role, &chain), &[]);
            let (mut socket, _) = go.next();
            let facts = socket.end.connection.facts().unwrap();
            assert!(facts.server_signature_scheme.is_some() && facts.client_signature_scheme.is_some());
            go.converse(&mut socket);
        }
    }
}

#[test]
fn sessions_are_resumed_in_both_versions() {
    for (version, role) in VERSIONS.into_iter().flat_map(|version| Role::BOTH.map(|role| (version, role))) {
        trying((version, role));
        let settings = Settings { memory: Some(Memory::new()), ..settings(role, &LOCALHOST) };
        let go = Go::start(role, &LOCALHOST, version, settings, &["--connections", "4"]);
        for round in 0..4 {
            let (mut socket, agreed) = go.next();
            assert!(agreed.contains(&format!("resumed {}", round > 0)), "round {round}: {agreed}");
            go.converse(&mut socket);
        }
    }
}

#[test]
fn keys_are_updated() {
    for role in Role::BOTH {
        trying(role);
        let go = Go::start(role, &LOCALHOST, ProtocolVersion::TLS1_3, settings(role, &LOCALHOST), &[]);
        let (mut socket, _) = go.next();
        for request in [KeyUpdateRequest::NotRequested, KeyUpdateRequest::Requested] {
            socket.end.connection.update_keys(request).unwrap();
            socket.send_line("under a new key");
            socket.receive_line("under a new key");
        }
        go.converse(&mut socket);
    }
}
