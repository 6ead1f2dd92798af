//! OpenSSL's own command line over TCP: the newest, installed by `interop/scripts/openssl`, for what only it can be
//! made to do, and the one of this machine.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::certificates::Chain;
use crate::process::{Process, Socket, file, listen};
use crate::settings::Settings;

/// An installation of OpenSSL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Installation {
    /// OpenSSL 3.5 or newer.
    New,
    /// Whatever this machine has, of the Debian package `openssl`.
    Machine,
}

impl Installation {
    fn command(self) -> Command {
        if self == Self::Machine {
            return Command::new("openssl");
        }
        let interop = Path::new(env!("CARGO_MANIFEST_DIR"));
        let installation = Command::new(interop.join("scripts/openssl")).output().unwrap();
        let why = String::from_utf8_lossy(&installation.stderr);
        assert!(
            installation.status.success(),
            "interop/scripts/openssl cannot install OpenSSL's command line: {why}"
        );
        Command::new(interop.join("../target/peers/openssl/openssl"))
    }

    fn run(self, arguments: &[&str], more: &[&str]) -> Process {
        Process::run(self.command().args(arguments).args(more).arg("-msg"))
    }

    /// Our client and its `s_server`, which presents this chain.
    pub(crate) fn serve(self, chain: &Chain, arguments: &[&str], client: &Settings) -> (Process, Socket) {
        let files = Files::new(chain);
        let server =
            ["s_server", "-accept", "127.0.0.1:0", "-cert", &files.leaf, "-cert_chain", &files.issuer];
        let server =
            self.run(&[&server[..], &["-key", &files.key, "-CAfile", &files.root]].concat(), arguments);
        let listening = server.wait_for("ACCEPT ");
        let socket = Socket::connect(listening.trim_start_matches("ACCEPT "), client);
        (server, socket)
    }

    /// Our server and its `s_client`, which has this chain for servers that want one.
    pub(crate) fn connect(self, chain: &Chain, arguments: &[&str], server: &Settings) -> (Process, Socket) {
        let (listener, client) = self.begin(chain, arguments);
        (client, Socket::accept(&listener, server))
    }

    /// The same, for a server that is yet to accept it.
    pub(crate) fn begin(self, chain: &Chain, arguments: &[&str]) -> (TcpListener, Process) {
        let files = Files::new(chain);
        let (listener, address) = listen();
        let client = ["s_client", "-connect", &address, "-verify_return_error", "-servername", "localhost"];
        let identity = ["-cert", &files.leaf, "-cert_chain", &files.issuer, "-key", &files.key];
        let trust = ["-CAfile", &files.root, "-verify_hostname", "localhost"];
        let client = self.run(&[&client[..], &identity, &trust].concat(), arguments);
        client.wait_for("CONNECTED");
        (listener, client)
    }
}

/// A chain as files.
pub(crate) struct Files {
    /// The whole chain.
    pub(crate) leaf: String,
    issuer: String,
    pub(crate) key: String,
    pub(crate) root: String,
}

impl Files {
    pub(crate) fn new(chain: &Chain) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = |part: &str| format!("{part}{number}.pem");
        let certificates = &chain.leaf.chain;
        let issuer = &certificates[certificates.rfind("-----BEGIN").unwrap()..];
        Self {
            leaf: file(&name("leaf"), certificates),
            issuer: file(&name("issuer"), issuer),
            key: file(&name("key"), &chain.leaf.key),
            root: file(&name("root"), &chain.root),
        }
    }
}

const SESSION: [&str; 2] = ["-----BEGIN SSL SESSION PARAMETERS-----", "-----END SSL SESSION PARAMETERS-----"];

/// A session as its files have it, from the DER in them.
pub(crate) fn session_to_pem(der: &[u8]) -> String {
    let base64 = openssl::base64::encode_block(der);
    let lines: Vec<_> = base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    [&SESSION[..1], &lines, &SESSION[1..], &[""]].concat().join("\n")
}

/// The DER in a file with a session.
pub(crate) fn session_from_pem(pem: &str) -> Vec<u8> {
    let base64: String = pem.lines().filter(|line| !SESSION.contains(line)).collect();
    openssl::base64::decode_block(&base64).unwrap()
}
