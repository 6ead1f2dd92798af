//! Certificates: files, names, dates, trust, and clients that have some of their own.

use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, date_time_ymd};
use serde_json::Value;
use tests::authority::{Authority, Pem};

use crate::programs::{Folder, Outcome, S2ND, Server, run};

/// An authority with its files.
struct Files {
    folder: Folder,
    authority: Authority,
    ca: String,
}

impl Files {
    fn new() -> Self {
        let (folder, authority) = (Folder::new(), Authority::new());
        let ca = folder.file("ca.pem", authority.root_pem());
        Self { folder, authority, ca }
    }

    fn save(&self, name: &str, pem: &Pem) -> (String, String) {
        (
            self.folder.file(&format!("{name}.pem"), &pem.chain),
            self.folder.file(&format!("{name}.key"), &pem.key),
        )
    }

    fn server(&self, pem: &Pem, options: &[&str]) -> Server {
        let (cert, key) = self.save("server", pem);
        Server::start(&[options, &["--cert", &cert, "--key", &key]].concat())
    }

    fn connect(&self, server: &Server, options: &[&str]) -> Outcome {
        server.client(&[options, &["-f", &self.ca]].concat(), "")
    }
}

#[test]
fn chains_are_verified_for_the_name_that_is_asked_for() {
    let files = Files::new();
    let server =
        files.server(&files.authority.issue(&["example.com", "127.0.0.1"], &PKCS_ECDSA_P256_SHA256), &[]);
    files.connect(&server, &[]).assert_success();
    files.connect(&server, &["-n", "example.com"]).assert_success();
    let folder = files.folder.path().to_str().unwrap();
    server.client(&["--ca-dir", folder], "").assert_success();
    files
        .connect(&server, &["-n", "example.org"])
        .assert_fails(2, &["it is for example.com", "\"example.org\" was asked for", "--name"]);
}

#[test]
fn expired_and_unknown_chains_are_refused() {
    let files = Files::new();
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let expired = files.authority.issue_with(&["127.0.0.1"], key, |params| {
        params.not_before = date_time_ymd(2019, 1, 1);
        params.not_after = date_time_ymd(2020, 1, 1);
    });
    let server = files.server(&expired, &[]);
    assert!(server.error_line().contains("expired on 2020-01-01T00:00:00Z; peers will refuse it"));
    files.connect(&server, &[]).assert_fails(2, &["has expired"]);

    let stranger = Files::new();
    let server = files.server(&files.authority.issue(&["127.0.0.1"], &PKCS_ECDSA_P256_SHA256), &[]);
    stranger.connect(&server, &[]).assert_fails(2, &["no path leads from it to a trusted root", "--ca-file"]);
    // The system's roots do not know it either.
    server.client(&[], "").assert_fails(2, &["no path leads from it to a trusted root"]);
    server.client(&["--insecure"], "").assert_success();
}

#[test]
fn keys_and_certificates_that_do_not_fit_are_named() {
    let files = Files::new();
    let (cert, key) = files.save("good", &files.authority.localhost());
    let (_, other) = files.save("other", &files.authority.localhost());
    let noise = files.folder.file("noise.key", "not PEM at all");
    let listen = |options: &[&str]| run(S2ND, &[options, &["127.0.0.1", "0"]].concat(), "");
    listen(&["--cert", &cert, "--key", &other])
        .assert_fails(1, &["good.pem", "other.key", "does not belong"]);
    listen(&["--cert", &cert, "--key", &noise]).assert_fails(1, &["noise.key", "no PEM block found"]);
    listen(&["--cert", &key, "--key", &key]).assert_fails(1, &["good.key", "no certificate found"]);
    listen(&["--cert", &cert]).assert_fails(1, &["1 --cert and 0 --key", "each certificate needs its key"]);
    listen(&["--cert", "/nonexistent.pem", "--key", &key])
        .assert_fails(1, &["/nonexistent.pem does not exist"]);
}

#[test]
fn one_of_several_certificates_is_chosen_by_name() {
    let files = Files::new();
    let (first, first_key) =
        files.save("first", &files.authority.issue(&["one.example"], &PKCS_ECDSA_P256_SHA256));
    let (second, second_key) =
        files.save("second", &files.authority.issue(&["two.example"], &PKCS_ECDSA_P384_SHA384));
    let server =
        Server::start(&["--cert", &first, "--key", &first_key, "--cert", &second, "--key", &second_key]);
    let one = files.connect(&server, &["-n", "one.example"]);
    one.assert_success();
    assert!(one.stdout.contains("Server signature negotiated: ECDSA+SHA256\n"), "{one:?}");
    let two = files.connect(&server, &["-n", "two.example"]);
    two.assert_success();
    assert!(two.stdout.contains("Server signature negotiated: ECDSA+SHA384\n"), "{two:?}");
}

#[test]
fn clients_prove_themselves_where_they_must() {
    let files = Files::new();
    let client = files.authority.issue(&["client.example"], &PKCS_ECDSA_P384_SHA384);
    let (cert, key) = files.save("client", &client);
    let server = Server::start(&["-m", "-t", &files.ca]);

    let outcome = server.client(&["-l", &cert, "-k", &key], "");
    outcome.assert_success();
    assert!(outcome.stdout.contains("|FULL_HANDSHAKE|CLIENT_AUTH|MIDDLEBOX_COMPAT\n"), "{outcome:?}");
    assert!(outcome.stdout.contains("Client signature negotiated: ECDSA+SHA384\n"), "{outcome:?}");

    let none = server.client(&[], "");
    none.assert_fails(2, &["certificate_required", "it wants a certificate from this side", "Alert: 116"]);
    assert!(server.error_line().contains("the client sent no certificate"), "the server tells it, too");

    let stranger = Files::new();
    let (cert, key) = stranger.save("stranger", &stranger.authority.localhost());
    server.client(&["-l", &cert, "-k", &key], "").assert_fails(2, &["unknown_ca", "does not trust the CA"]);
    Server::start(&["-m", "-i"]).client(&["-l", &cert, "-k", &key], "").assert_success();
}

#[test]
fn clients_may_decline_where_they_may() {
    let files = Files::new();
    let server = Server::start(&["--mutual-auth-optional", "-t", &files.ca]);
    let declined = "Handshake: NEGOTIATED|FULL_HANDSHAKE|CLIENT_AUTH|NO_CLIENT_CERT|MIDDLEBOX_COMPAT";
    let outcome = server.client(&[], "");
    outcome.assert_success();
    assert!(outcome.stdout.lines().any(|line| line == declined), "{outcome:?}");
    server.wait_for(declined);
    let json = server.client(&["--json"], "").json();
    assert_eq!(
        (&json["certificate_requested"], &json["client_signature_scheme"]),
        (&true.into(), &Value::Null)
    );
    let (cert, key) = files.save("client", &files.authority.localhost());
    server.client(&["-l", &cert, "-k", &key], "").assert_success();
    server.wait_for("Handshake: NEGOTIATED|FULL_HANDSHAKE|CLIENT_AUTH|MIDDLEBOX_COMPAT");
    run(S2ND, &["-m", "127.0.0.1", "0"], "").assert_fails(1, &["nothing says which are good", "--ca-file"]);
}
