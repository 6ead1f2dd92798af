//! `s2n signer`, and the programs whose keys it has.

use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::Instant;

use rcgen::{PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, SignatureAlgorithm};
use serde_json::Value;
use tests::authority::Authority;

use crate::programs::{Folder, PATIENCE, S2N, S2ND, Server, finish, lines, run, spawn};

/// An authority, a key to sign with, and what the signer and its client know each other by.
struct Site {
    folder: Folder,
    ca: String,
    signer: (String, String),
    client: (String, String),
    web: (String, String),
}

impl Site {
    fn new(algorithm: &'static SignatureAlgorithm) -> Self {
        let (folder, authority) = (Folder::new(), Authority::new());
        let ca = folder.file("ca.pem", authority.root_pem());
        let save = |name: &str, names: &[&str], algorithm| {
            let pem = authority.issue(names, algorithm);
            (folder.file(&format!("{name}.pem"), pem.chain), folder.file(&format!("{name}.key"), pem.key))
        };
        let local = ["localhost", "127.0.0.1"];
        let signer = save("signer", &local, &PKCS_ECDSA_P256_SHA256);
        let client = save("client", &["client.test"], &PKCS_ECDSA_P256_SHA256);
        let web = save("web", &local, algorithm);
        Self { folder, ca, signer, client, web }
    }

    /// What `s2n signer` always needs, and its own address.
    fn serving<'a>(&'a self, options: &[&'a str], address: &'a str) -> Vec<&'a str> {
        let own = ["signer", "--tls-cert", &self.signer.0, "--tls-key", &self.signer.1, "--key", &self.web.1];
        [&own[..], options, &[address]].concat()
    }

    /// What s2nd and s2nc need to ask it.
    fn asking<'a>(&'a self, address: &'a str) -> Vec<&'a str> {
        self.trusting(address, ["--remote-signer-ca", self.ca.as_str()])
    }

    /// The same, where the signer is known by this.
    fn trusting<'a>(&'a self, address: &'a str, trust: [&'a str; 2]) -> Vec<&'a str> {
        let (cert, key) = (self.client.0.as_str(), self.client.1.as_str());
        let own = ["--remote-signer-cert", cert, "--remote-signer-key", key];
        [&["--cert", self.web.0.as_str(), "--remote-signer", address][..], &trust, &own].concat()
    }
}

/// A running `s2n signer`.
struct Signer {
    child: Child,
    address: String,
    /// What it says that it has: keys, and its own certificate.
    keys: Vec<String>,
    stderr: Receiver<String>,
}

impl Signer {
    fn start(arguments: &[&str]) -> Self {
        let mut child = spawn(S2N, arguments);
        let (stdout, stderr) = (lines(child.stdout.take().unwrap()), lines(child.stderr.take().unwrap()));
        let mut keys = Vec::new();
        loop {
            let line = stdout.recv_timeout(PATIENCE).unwrap_or_else(|_| {
                panic!("s2n signer does not listen: {:?}", stderr.try_iter().collect::<Vec<_>>())
            });
            match line.strip_prefix("Listening on ") {
                Some(address) => return Self { child, address: address.to_owned(), keys, stderr },
                None => keys.push(line),
            }
        }
    }

    /// The next request in its audit log.
    fn request(&self) -> Value {
        loop {
            let line = self.stderr.recv_timeout(PATIENCE).expect("a line of the audit log");
            let event: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
            if event["event"] == "request" {
                return event;
            }
        }
    }

    fn end(&mut self, signal: &str) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        panic!("s2n signer does not end");
    }
}

impl Drop for Signer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs this machine's `openssl s_client` to its end.
fn s_client(site: &Site, server: &Server, version: &str) -> bool {
    let address = format!("127.0.0.1:{}", server.port);
    let mut command = Command::new("openssl");
    command.args(["s_client", "-connect", &address, "-CAfile", &site.ca, "-verify_return_error", version]);
    command.stdin(Stdio::null()).output().expect("the openssl of this machine").status.success()
}

#[test]
fn openssl_shakes_hands_with_a_server_whose_key_is_with_the_signer() {
    for (algorithm, name, schemes) in [
        (&PKCS_ECDSA_P256_SHA256, "ECDSA P-256", ["ecdsa_secp256r1_sha256"; 2]),
        (&PKCS_RSA_SHA256, "RSA", ["rsa_pss_rsae_sha256"; 2]),
    ] {
        let site = Site::new(algorithm);
        let signer = Signer::start(&site.serving(&["--client-cert", &site.client.0], "127.0.0.1:0"));
        assert!(signer.keys[0].starts_with("Key ") && signer.keys[0].contains(name), "{:?}", signer.keys);
        let server = Server::start(&site.asking(&signer.address));
        for (version, used_as, scheme) in
            [("-tls1_3", "tls13-server", schemes[0]), ("-tls1_2", "tls12-server", schemes[1])]
        {
            assert!(s_client(&site, &server, version), "{version} {name}");
            let request = signer.request();
            assert_eq!((&request["outcome"], &request["use"]), (&"signed".into(), &used_as.into()));
            assert_eq!(
                (&request["scheme"], &request["client"]),
                (&scheme.into(), &site.client.0.as_str().into())
            );
            assert!(signer.keys[0].contains(request["key"].as_str().unwrap()), "{request}");
            assert_eq!(request["message_sha256"].as_str().map(str::len), Some(64));
        }
        let made_by = format!("Signature made by: remote signer {} in ", signer.address);
        while !server.line().starts_with(&made_by) {}
    }
}

#[test]
fn a_client_proves_itself_with_a_key_that_the_signer_has() {
    let site = Site::new(&PKCS_ECDSA_P256_SHA256);
    let uses = "use=tls13-client,tls12-client";
    let line = format!("# clients\nagent cert={} {uses} keys={}\n", site.client.0, site.web.1);
    let permissions = site.folder.file("permissions", line);
    let signer = Signer::start(&site.serving(&["--permissions", &permissions], "127.0.0.1:0"));
    for (policy, used_as) in
        [("default", "tls13-client"), ("ELBSecurityPolicy-TLS-1-2-2017-01", "tls12-client")]
    {
        let server = Server::start(&["-m", "-t", &site.ca, "-c", "default_tls13"]);
        let options = [&site.asking(&signer.address)[..], &["-c", policy, "--json"]].concat();
        let outcome = server.client(&options, "");
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        let made_by = format!("remote signer {}", signer.address);
        assert_eq!(outcome.json()["signing"]["made_by"], made_by.as_str());
        let request = signer.request();
        assert_eq!((&request["use"], &request["client"]), (&used_as.into(), &"agent".into()));
    }
    // It may not be a server.
    let server = Server::start(&site.asking(&signer.address));
    assert_eq!(server.client(&["-f", &site.ca], "").code, Some(2));
    let line = server.error_line();
    assert!(line.contains("agent may not use keys as tls13-server"), "{line}");
    assert_eq!(signer.request()["outcome"], "denied");
}

#[test]
fn a_unix_socket_and_a_log_in_a_file() {
    let site = Site::new(&PKCS_ECDSA_P256_SHA256);
    let path = site.folder.path().join("socket");
    let address = format!("unix:{}", path.display());
    let log = site.folder.path().join("audit.log");
    let options = [
        "--client-cert",
        &site.client.0,
        "--rate",
        "3",
        "--client-ca",
        &site.ca,
        "--audit-log",
        log.to_str().unwrap(),
    ];
    let mut signer = Signer::start(&site.serving(&options, &address));
    assert_eq!(signer.address, address);
    // Certificate SHA-256 HEX: FILE
    let pin = signer.keys[1].split([' ', ':']).nth(2).unwrap().to_owned();
    let server = Server::start(&site.trusting(&address, ["--remote-signer-pin", &pin]));
    let codes: Vec<Option<i32>> = (0..12).map(|_| server.client(&["-f", &site.ca], "").code).collect();
    assert_eq!(codes[..3], [Some(0); 3]);
    assert_eq!(signer.end("-TERM"), Some(0));
    assert!(!path.exists());
    let log = std::fs::read_to_string(log).unwrap();
    let events: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let count = |outcome: &str| events.iter().filter(|event| event["outcome"] == outcome).count();
    assert_eq!(count("signed"), codes.iter().filter(|code| **code == Some(0)).count());
    assert_eq!(count("signed") + count("overloaded"), 12);
    assert!(events.iter().any(|event| event["event"] == "disconnected"), "{log}");
}

#[test]
fn a_signer_that_comes_late_is_waited_for_and_missed_in_words() {
    let site = Site::new(&PKCS_ECDSA_P256_SHA256);
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let asking = [&site.asking(&free)[..], &["--sign-timeout", "300"]].concat();
    let server = Server::start(&asking);
    let outcome = server.client(&["-f", &site.ca], "");
    outcome.assert_fails(2, &["internal_error"]);
    let line = server.error_line();
    assert!(line.contains("the signer cannot be reached") && line.contains("refused"), "{line}");
    loop {
        let line = server.error_line();
        if line.starts_with("Warning: ") {
            assert!(line.contains("handshakes fail until it is there"), "{line}");
            break;
        }
    }
    let _signer = Signer::start(&site.serving(&["--client-cert", &site.client.0], &free));
    let deadline = Instant::now() + PATIENCE;
    while server.client(&["-f", &site.ca], "").code != Some(0) {
        assert!(Instant::now() < deadline, "it is not found");
    }
}

/// Two signers with the same key: one goes, and nobody notices; the other goes, too, and it is said why.
#[test]
fn one_signer_takes_over_from_another() {
    let site = Site::new(&PKCS_ECDSA_P256_SHA256);
    let serving = site.serving(&["--client-cert", &site.client.0], "127.0.0.1:0");
    let (mut one, mut other) = (Signer::start(&serving), Signer::start(&serving));
    let addresses = [one.address.clone(), other.address.clone()];
    let more = ["--remote-signer", &addresses[1], "--sign-test", "--sign-timeout", "5000"];
    let server = Server::start(&[&site.asking(&addresses[0])[..], &more].concat());
    let connect = || server.client(&["-f", &site.ca], "").code;
    assert!((0..10).all(|_| connect() == Some(0)));
    one.end("-KILL");
    assert!((0..10).all(|_| connect() == Some(0)));
    let made_by = format!("Signature made by: remote signer {} in ", addresses[1]);
    while !server.line().starts_with(&made_by) {}
    other.end("-KILL");
    assert_eq!(connect(), Some(2));
    let line = server.error_line();
    assert!(line.contains("the signer cannot be reached: 127.0.0.1:"), "{line}");
}

#[test]
fn mistakes_are_named() {
    let site = Site::new(&PKCS_ECDSA_P256_SHA256);
    let signer = |options: &[&str]| run(S2N, &site.serving(options, "127.0.0.1:0"), "");
    signer(&[]).assert_fails(1, &["nobody may ask for signatures", "--client-cert", "--permissions"]);
    signer(&["--key", &site.ca, "--client-cert", &site.client.0]).assert_fails(1, &["ca.pem", "private key"]);
    signer(&["--client-cert", "/nowhere.pem"]).assert_fails(1, &["/nowhere.pem does not exist"]);
    let file = |line: &str| site.folder.file("permissions", format!("\n{line}\n"));
    let wrong = file(&format!("web cert={} use=server", site.client.0));
    signer(&["--permissions", &wrong]).assert_fails(1, &["permissions, line 2: \"server\"", "tls13-server"]);
    let twice = file(&format!("web cert={0}\nweb cert={0}", site.client.0));
    signer(&["--permissions", &twice]).assert_fails(1, &["line 3: \"web\" is there twice"]);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let outcome = run(S2N, &site.serving(&["--client-cert", &site.client.0], &address), "");
    outcome.assert_fails(1, &["cannot listen on", "the port is in use"]);
    let gone = run(S2N, &site.serving(&["--client-cert", &site.client.0], "unix:/nowhere/socket"), "");
    gone.assert_fails(1, &["cannot listen on unix:/nowhere/socket", "the folder does not exist"]);

    // These are told by the usage.
    for (program, arguments, piece) in [
        (S2N, &["signer", "nowhere"][..], "HOST:PORT, [IPV6]:PORT or unix:PATH"),
        (S2N, &["signer", "localhost:0"], "--tls-cert"),
        (S2ND, &["--remote-signer", "localhost:1", "localhost", "0"], "--remote-signer-cert"),
        (S2ND, &["--remote-signer-pin", "12", "localhost", "0"], "64 hexadecimal digits"),
    ] {
        let outcome = run(program, arguments, "");
        assert_eq!(outcome.code, Some(1), "{outcome:?}");
        assert!(outcome.stderr.contains(piece), "{outcome:?}");
    }
    let help = finish(spawn(S2N, &["signer", "--help"]));
    help.assert_success();
    for piece in ["--client-cert", "--permissions", "--audit-log", "unix:PATH"] {
        assert!(help.stdout.contains(piece), "{}", help.stdout);
    }
}

#[test]
fn a_server_can_test_its_signer_before_it_serves() {
    let site = Site::new(&PKCS_ECDSA_P256_SHA256);
    let serving = |options: &[&str]| Signer::start(&site.serving(options, "127.0.0.1:0"));
    let whole = serving(&["--client-cert", &site.client.0]);
    let server = Server::start(&[&site.asking(&whole.address)[..], &["--sign-test"]].concat());
    let tested = [whole.request(), whole.request()].map(|request| request["use"].clone());
    assert_eq!(tested, ["tls13-server", "tls12-server"]);
    assert_eq!(server.client(&["-f", &site.ca], "").code, Some(0));
    // One that may sign for TLS 1.3 only is not enough for a policy of both versions.
    let permissions = site.folder.file("tls13", format!("web cert={} use=tls13-server\n", site.client.0));
    let half = serving(&["--permissions", &permissions]);
    let asking =
        |policy| [&site.asking(&half.address)[..], &["--sign-test", "-c", policy, "127.0.0.1", "0"]].concat();
    let outcome = run(S2ND, &asking("default"), "");
    outcome.assert_fails(1, &["TLS 1.2", "may not use the key for this", "tls12-server"]);
    assert!(!outcome.stderr.contains("in TLS 1.3"), "{}", outcome.stderr);
    // Nor is one that is not there.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let options = [&site.asking(&free)[..], &["--sign-test", "127.0.0.1", "0"]].concat();
    run(S2ND, &options, "").assert_fails(1, &["the signer cannot be reached", &free, "refused"]);
}
