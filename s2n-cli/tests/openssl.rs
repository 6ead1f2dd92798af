//! The programs against this machine's own OpenSSL, in both versions, as a newcomer tries them.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Receiver;
use std::thread;

use rcgen::{PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384};
use tests::authority::Authority;

use crate::programs::{Folder, Outcome, PATIENCE, S2NC, Server, finish, lines, run, spawn};

/// No extended main secret: there is no option of the command line for this.
const WITHOUT_EMS: &str = "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = server\n[server]\n\
                           Options = -ExtendedMasterSecret\n";

/// A running `openssl s_server`.
pub(crate) struct OpenSsl {
    child: Child,
    pub(crate) port: u16,
    folder: Folder,
    stdout: Receiver<String>,
}

impl OpenSsl {
    pub(crate) fn start(options: &[&str]) -> Self {
        Self::start_by(options, "")
    }

    /// With this for its openssl.cnf.
    fn start_by(options: &[&str], settings: &str) -> Self {
        let (folder, authority) = (Folder::new(), Authority::new());
        let pem = authority.issue(&["localhost"], &PKCS_ECDSA_P256_SHA256);
        let (cert, key) = (folder.file("cert.pem", &pem.chain), folder.file("key.pem", &pem.key));
        let settings = folder.file("openssl.cnf", settings);
        let mut command = Command::new("openssl");
        command.env("OPENSSL_CONF", settings);
        command.args(["s_server", "-accept", "127.0.0.1:0", "-cert", &cert, "-key", &key]).args(options);
        // At the end of its input it would leave.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the openssl of this machine");
        let stdout = lines(child.stdout.take().unwrap());
        let port = stdout.iter().find_map(|line| line.strip_prefix("ACCEPT 127.0.0.1:")?.parse().ok());
        Self { child, port: port.unwrap(), folder, stdout }
    }

    /// Types a line, which is a command or is sent.
    fn type_line(&mut self, line: &str) {
        self.child.stdin.as_mut().unwrap().write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    pub(crate) fn client(&self, options: &[&str]) -> Outcome {
        self.client_at(self.port, options)
    }

    fn client_at(&self, port: u16, options: &[&str]) -> Outcome {
        let port = port.to_string();
        run(S2NC, &[&["-i", "-n", "localhost"], options, &["127.0.0.1", &port]].concat(), "")
    }
}

impl Drop for OpenSsl {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs `openssl s_client` to its end.
fn s_client(server: &Server, options: &[&str]) -> bool {
    let address = format!("127.0.0.1:{}", server.port);
    let mut command = Command::new("openssl");
    command.args(["s_client", "-connect", &address, "-servername", "localhost"]).args(options);
    command.stdin(Stdio::null()).output().expect("the openssl of this machine").status.success()
}

const BLOCK_12: [&str; 11] = [
    "CONNECTED:",
    "Handshake: NEGOTIATED|FULL_HANDSHAKE|TLS12_PERFECT_FORWARD_SECRECY",
    "Client hello version: 33",
    "Client protocol version: 33",
    "Server protocol version: 34",
    "Actual protocol version: 33",
    "Server name: localhost",
    "Curve: secp256r1",
    "Group chosen because: the policy has it before all others in common",
    "Cipher negotiated: ECDHE-ECDSA-AES128-GCM-SHA256",
    "Server signature negotiated: ECDSA+SHA256",
];

#[test]
fn s_client_is_served_in_both_versions() {
    // What `default` is where there is no FIPS module.
    let server = Server::start(&["-c", "20251014"]);
    assert!(s_client(&server, &["-tls1_2"]));
    let block: Vec<String> = std::iter::repeat_with(|| server.line()).take(11).collect();
    assert_eq!(block, BLOCK_12);
    assert!(s_client(&server, &[]));
    for line in ["Client protocol version: 34", "Actual protocol version: 34", "Curve: x25519"] {
        server.wait_for(line);
    }
    assert!(!s_client(&server, &["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"]));
    let line = server.error_line();
    assert!(line.contains("outdated client: it speaks TLS 1.1 at best"), "{line}");
}

#[test]
fn s_server_is_talked_to_in_both_versions() {
    for (options, versions, flow) in [
        (&["-tls1_2"][..], [34, 33, 33], "TLS12_PERFECT_FORWARD_SECRECY"),
        (&[], [34, 34, 34], "MIDDLEBOX_COMPAT"),
    ] {
        let outcome = OpenSsl::start(options).client(&[]);
        outcome.assert_success();
        let [client, server, actual] = versions;
        let expected = format!(
            "CONNECTED:\nHandshake: NEGOTIATED|FULL_HANDSHAKE|{flow}\nClient hello version: 33\n\
             Client protocol version: {client}\nServer protocol version: {server}\n\
             Actual protocol version: {actual}\nServer name: localhost\n"
        );
        assert!(outcome.stdout.starts_with(&expected), "{expected}\n{outcome:?}");
    }
}

#[test]
fn the_client_shows_the_certificate_that_the_server_can_verify() {
    let (folder, authority) = (Folder::new(), Authority::new());
    let mut certificates = Vec::new();
    for (name, algorithm) in [("p256", &PKCS_ECDSA_P256_SHA256), ("p384", &PKCS_ECDSA_P384_SHA384)] {
        let pem = authority.issue(&["client.example"], algorithm);
        certificates.extend(["--cert".to_owned(), folder.file(&format!("{name}.pem"), &pem.chain)]);
        certificates.extend(["--key".to_owned(), folder.file(&format!("{name}.key"), &pem.key)]);
    }
    let certificates: Vec<&str> = certificates.iter().map(String::as_str).collect();
    for scheme in ["ECDSA+SHA256", "ECDSA+SHA384"] {
        for version in ["-tls1_2", "-tls1_3"] {
            let outcome =
                OpenSsl::start(&["-Verify", "1", "-client_sigalgs", scheme, version]).client(&certificates);
            outcome.assert_success();
            let line = format!("Client signature negotiated: {scheme}\n");
            assert!(outcome.stdout.contains(&line), "{version}: {outcome:?}");
        }
    }
}

#[test]
fn every_suite_has_openssls_name() {
    for suite in [
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "ECDHE-ECDSA-AES128-SHA256",
        "ECDHE-ECDSA-AES256-SHA384",
    ] {
        let outcome = OpenSsl::start(&["-tls1_2", "-cipher", suite]).client(&["-c", "default_tls13"]);
        assert!(outcome.stdout.contains(&format!("Cipher negotiated: {suite}\n")), "{outcome:?}");
    }
}

#[test]
fn what_tls12_lacks_is_said() {
    let server = OpenSsl::start(&["-tls1_2"]);
    for (server, extended) in [(&server, true), (&OpenSsl::start_by(&["-tls1_2"], WITHOUT_EMS), false)] {
        let json = server.client(&["--json"]).json();
        assert_eq!(
            (&json["protocol_version"], &json["extended_main_secret"]),
            (&"TLS 1.2".into(), &extended.into())
        );
    }
    let outcome = server.client(&["--key-update"]);
    outcome.assert_fails(3, &["TLS 1.2, which cannot change keys"]);
    let strict = OpenSsl::start(&["-tls1_2", "-Verify", "1"]);
    strict.client(&[]).assert_fails(2, &["handshake_failure", "wants a certificate", "--cert"]);
    let old = OpenSsl::start(&["-tls1_2", "-cipher", "AES128-SHA:DHE-RSA-AES128-SHA"]);
    old.client(&[]).assert_fails(2, &["only static RSA or DHE", "RFC 10015"]);
}

/// A record's content type.
const APPLICATION_DATA: u8 = 23;

/// Carries one connection to this port, and returns its own port and the lengths of the records with data that the client sends.
fn counting_relay(to: u16) -> (u16, thread::JoinHandle<Vec<usize>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let counted = thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut server = TcpStream::connect(("127.0.0.1", to)).unwrap();
        let (mut from, mut back) = (server.try_clone().unwrap(), client.try_clone().unwrap());
        thread::spawn(move || {
            let _ = std::io::copy(&mut from, &mut back);
            let _ = back.shutdown(std::net::Shutdown::Write);
        });
        let mut lengths = Vec::new();
        let mut header = [0; 5];
        while client.read_exact(&mut header).is_ok() {
            let mut body = vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))];
            if client.read_exact(&mut body).is_err()
                || server.write_all(&[&header, &body[..]].concat()).is_err()
            {
                break;
            }
            if header[0] == APPLICATION_DATA {
                lengths.push(body.len());
            }
        }
        lengths
    });
    (port, counted)
}

#[test]
fn records_are_as_small_as_was_asked_for() {
    // A record of TLS 1.2 under AES-GCM is 24 bytes longer than its content, one of TLS 1.3 17.
    for (version, overhead) in [("-tls1_2", 24), ("-tls1_3", 17)] {
        let server = OpenSsl::start(&[version]);
        let file = server.folder.file("content", "x".repeat(20_000));
        for (mfl, content) in [("1024", 1024), ("0", 1 << 14)] {
            let (port, counted) = counting_relay(server.port);
            let outcome = server.client_at(port, &["-m", mfl, "--send-file", &file]);
            outcome.assert_success();
            assert_eq!(
                counted.join().unwrap().into_iter().max(),
                Some(content + overhead),
                "{version} {mfl}"
            );
        }
    }
}

/// `s2nc --echo` against OpenSSL, with what it prints, from the line that says that it is ready.
fn echo(server: &OpenSsl, options: &[&str]) -> (Child, Receiver<String>) {
    let port = server.port.to_string();
    let mut client =
        spawn(S2NC, &[&["-i", "-e", "-n", "localhost"], options, &["127.0.0.1", &port]].concat());
    let stdout = lines(client.stdout.take().unwrap());
    wait_for(&stdout, &format!("Connected to 127.0.0.1:{port}"));
    (client, stdout)
}

/// The lines up to this one.
#[track_caller]
fn wait_for(lines: &Receiver<String>, wanted: &str) -> Vec<String> {
    let mut seen = Vec::new();
    while seen.last().is_none_or(|line| line != wanted) {
        seen.push(lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no \"{wanted}\" after {seen:?}")));
    }
    seen
}

#[test]
fn renegotiations_are_accepted_and_told() {
    let mut server = OpenSsl::start(&["-tls1_2"]);
    let (mut client, stdout) = echo(&server, &["--renegotiation", "accept"]);
    for command in ["r", "R"] {
        server.type_line(command);
        let block = wait_for(&stdout, "s2n is ready, again");
        assert_eq!(block[..2], ["RENEGOTIATE", "CONNECTED:"]);
        let asked = if command == "R" { "CLIENT_AUTH|NO_CLIENT_CERT|" } else { "" };
        let flow = format!("Handshake: NEGOTIATED|FULL_HANDSHAKE|{asked}TLS12_PERFECT_FORWARD_SECRECY");
        assert_eq!(block[2], flow);
        server.type_line("from openssl");
        assert_eq!(wait_for(&stdout, "from openssl").len(), 1);
        client.stdin.as_mut().unwrap().write_all(b"from s2nc\n").unwrap();
        wait_for(&server.stdout, "from s2nc");
    }
    drop(client.stdin.take());
    assert_eq!(client.wait().unwrap().code(), Some(0));
    assert_eq!(wait_for(&stdout, "Connection closed by peer").len(), 1);
}

/// OpenSSL does not go on with a client that declines.
#[test]
fn renegotiations_are_rejected_unless_chosen() {
    for options in [&["--renegotiation", "reject"][..], &[]] {
        let mut server = OpenSsl::start(&["-tls1_2"]);
        let port = server.port.to_string();
        let client =
            spawn(S2NC, &[&["-i", "-e", "-n", "localhost"], options, &["127.0.0.1", &port]].concat());
        wait_for(&server.stdout, "Secure Renegotiation IS supported");
        server.type_line("r");
        let outcome = finish(client);
        outcome
            .assert_fails(3, &["ended the connection with the alert handshake_failure", "--renegotiation"]);
        assert!(!outcome.stdout.contains("RENEGOTIATE") && !outcome.stdout.contains("again"), "{outcome:?}");
    }
}
