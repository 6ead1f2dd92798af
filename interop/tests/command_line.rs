//! OpenSSL's own command line over TCP, for what only it can be made to do: to begin a KeyUpdate. We write one byte
//! at a time.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use tests::pair::End;
use tls_core::KeyUpdateRequest;

use crate::certificates::LOCALHOST;
use crate::link::trying;
use crate::ours;
use crate::settings::{Role, Settings};

/// Longer than anything here takes on a busy machine; a hanging test ends.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running `openssl s_client` or `s_server`.
struct OpenSsl {
    child: Child,
    input: ChildStdin,
    output: Receiver<String>,
}

impl OpenSsl {
    fn run(arguments: &[&str]) -> Self {
        let mut command = Command::new(program());
        command.args(arguments).args(["-tls1_3", "-msg"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let (sender, output) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { input: child.stdin.take().unwrap(), child, output }
    }

    /// Types a line, all at once: OpenSSL takes what one read gives it for one line.
    fn type_line(&mut self, line: &str) {
        self.input.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// Waits for a line of output that has this in it.
    fn wait_for(&self, text: &str) -> String {
        let mut seen = String::new();
        loop {
            match self.output.recv_timeout(PATIENCE) {
                Ok(line) if line.contains(text) => return line,
                Ok(line) => seen.extend([&line, "\n"]),
                Err(_) => panic!("OpenSSL never said \"{text}\", but:\n{seen}"),
            }
        }
    }
}

impl Drop for OpenSsl {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program, installed if it is not there yet.
fn program() -> PathBuf {
    let interop = Path::new(env!("CARGO_MANIFEST_DIR"));
    let installation = Command::new(interop.join("scripts/openssl")).output().unwrap();
    let why = String::from_utf8_lossy(&installation.stderr);
    assert!(
        installation.status.success(),
        "interop/scripts/openssl cannot install OpenSSL's command line: {why}"
    );
    interop.join("../target/peers/openssl/openssl")
}

/// Our end on a socket.
struct Socket {
    end: End,
    stream: TcpStream,
}

impl Socket {
    fn new(end: End, stream: TcpStream) -> Self {
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut socket = Self { end, stream };
        socket.run_until(|end| end.established);
        socket
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.chunks(1).for_each(|byte| self.stream.write_all(byte).unwrap());
    }

    fn flush(&mut self) -> usize {
        let output = self.end.take_output();
        self.write(&output);
        output.len()
    }

    fn run_until(&mut self, is_done: impl Fn(&End) -> bool) {
        let mut buffer = [0; 4096];
        self.flush();
        while !is_done(&self.end) {
            let len = self.stream.read(&mut buffer).unwrap();
            assert_ne!(len, 0, "OpenSSL closed the socket");
            self.end.deliver(&buffer[..len]);
            assert_eq!(self.end.error, None);
            self.flush();
        }
    }

    fn send_line(&mut self, line: &str) {
        let sealed = self.end.seal(format!("{line}\n").as_bytes());
        self.write(&sealed);
    }

    fn receive_line(&mut self, line: &str) {
        self.run_until(|end| end.received.ends_with(format!("{line}\n").as_bytes()));
    }
}

/// A file for the program to read.
fn file(name: &str, content: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).unwrap();
    path.into_os_string().into_string().unwrap()
}

fn connect_to_server() -> (OpenSsl, Socket) {
    let chain = &LOCALHOST.leaf.chain;
    let leaf = file("server.pem", chain);
    let issuer = file("issuer.pem", &chain[chain.rfind("-----BEGIN").unwrap()..]);
    let key = file("server.key", &LOCALHOST.leaf.key);
    let certificate = ["-cert", &leaf, "-cert_chain", &issuer, "-key", &key];
    let server = OpenSsl::run(&[&["s_server", "-accept", "127.0.0.1:0"], &certificate[..]].concat());
    let listening = server.wait_for("ACCEPT ");
    let stream = TcpStream::connect(listening.trim_start_matches("ACCEPT ")).unwrap();
    let end = ours::begin(Role::Client, &Settings::client(&LOCALHOST));
    (server, Socket::new(end, stream))
}

fn accept_client() -> (OpenSsl, Socket) {
    let root = file("client-root.pem", &LOCALHOST.root);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let client = OpenSsl::run(&["s_client", "-connect", &address, "-CAfile", &root, "-verify_return_error"]);
    client.wait_for("CONNECTED");
    let (stream, _) = listener.accept().unwrap();
    let end = ours::begin(Role::Server, &Settings::server(&LOCALHOST));
    (client, Socket::new(end, stream))
}

#[test]
fn openssl_and_we_follow_each_others_key_updates() {
    for begin in [connect_to_server, accept_client] {
        let (mut openssl, mut socket) = begin();
        trying(socket.end.connection.facts());
        socket.send_line("from us");
        openssl.wait_for("from us");
        openssl.type_line("from openssl");
        socket.receive_line("from openssl");

        // OpenSSL begins: `K` asks for ours, `k` does not. The update goes out with what is sent next.
        for (command, is_answered) in [("K", true), ("k", false)] {
            openssl.type_line(command);
            openssl.wait_for(">>> TLS 1.3, Handshake [length 0005], KeyUpdate");
            openssl.type_line("under a new key");
            socket.receive_line("under a new key");
            socket.send_line("and back");
            if is_answered {
                openssl.wait_for("<<< TLS 1.3, Handshake [length 0005], KeyUpdate");
            }
            openssl.wait_for("and back");
        }

        // We begin, and OpenSSL answers.
        socket.end.connection.update_keys(KeyUpdateRequest::Requested).unwrap();
        socket.send_line("under our new key");
        openssl.wait_for("<<< TLS 1.3, Handshake [length 0005], KeyUpdate");
        openssl.wait_for("under our new key");
        openssl.type_line("and from openssl");
        socket.receive_line("and from openssl");
    }
}
