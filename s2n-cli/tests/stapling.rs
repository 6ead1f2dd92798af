//! OCSP responses, made and read by this machine's own OpenSSL.

use std::process::{Command, Stdio};

use tests::authority::Authority;

use crate::openssl::OpenSsl;
use crate::programs::{Folder, S2ND, Server, run};

/// A certificate with its key, and an OCSP response by the same key.
struct Stapled {
    folder: Folder,
    cert: String,
    key: String,
    response: String,
}

impl Stapled {
    fn new() -> Self {
        let (folder, pem) = (Folder::new(), Authority::new().localhost());
        let (cert, key) = (folder.file("cert.pem", &pem.chain), folder.file("key.pem", &pem.key));
        let (index, request, response) =
            (folder.file("index", ""), folder.file("request", ""), folder.file("response", ""));
        // A responder that knows of no certificate says so, and that is a response, too.
        ocsp(&["-issuer", &cert, "-cert", &cert, "-no_nonce", "-reqout", &request]);
        let responder = ["-index", &index, "-CA", &cert, "-rsigner", &cert, "-rkey", &key];
        ocsp(&[&responder[..], &["-reqin", &request, "-respout", &response]].concat());
        Self { folder, cert, key, response }
    }

    fn len(&self) -> u64 {
        std::fs::metadata(&self.response).unwrap().len()
    }
}

fn ocsp(arguments: &[&str]) {
    let outcome = Command::new("openssl").arg("ocsp").args(arguments).output();
    let outcome = outcome.expect("the openssl of this machine");
    assert!(outcome.status.success(), "{outcome:?}");
}

const VERSIONS: [(&str, &str); 2] =
    [("-tls1_3", "default"), ("-tls1_2", "ELBSecurityPolicy-TLS-1-2-2017-01")];

#[test]
fn s2nd_staples_and_openssl_reads() {
    let stapled = Stapled::new();
    for (version, policy) in VERSIONS {
        let Stapled { cert, key, response, .. } = &stapled;
        let server = Server::start(&["--cert", cert, "--key", key, "--ocsp", response, "-n", "-c", policy]);
        let address = format!("127.0.0.1:{}", server.port);
        let mut client = Command::new("openssl");
        client.args(["s_client", "-connect", &address, version, "-status"]).stdin(Stdio::null());
        let output = client.output().unwrap();
        let output = String::from_utf8_lossy(&output.stdout);
        assert!(output.contains("OCSP Response Status: successful"), "{version}: {output}");
    }
}

#[test]
fn s2nc_tells_of_the_response_that_it_asks_for() {
    let stapled = Stapled::new();
    let line = format!("OCSP response received, length {}", stapled.len());
    for (version, policy) in VERSIONS {
        let openssl = OpenSsl::start(&[version, "-status_file", &stapled.response]);
        for (option, is_told) in [("--status", true), ("--tls13", false)] {
            let outcome = openssl.client(&[option]);
            assert_eq!(outcome.code, Some(0), "{outcome:?}");
            assert_eq!(outcome.stdout.lines().any(|told| told == line), is_told, "{version}: {outcome:?}");
        }
        let Stapled { cert, key, response, .. } = &stapled;
        let server = Server::start(&["--cert", cert, "--key", key, "--ocsp", response, "-n", "-c", policy]);
        let outcome = server.client(&["-i", "-s", "--json"], "");
        assert_eq!(outcome.json()["ocsp_response_length"].as_u64(), Some(stapled.len()));
        let without = server.client(&["-i", "--json"], "");
        assert!(without.json()["ocsp_response_length"].is_null());
    }
}

#[test]
fn a_response_that_is_not_there() {
    let missing = Stapled::new().folder.path().join("missing");
    run(S2ND, &["--ocsp", missing.to_str().unwrap(), "localhost", "0"], "")
        .assert_fails(1, &["--ocsp", "missing", "no such file"]);
}
