//! Attempts to renegotiate, by OpenSSL's command line: the crate has no binding that would begin one in here.

use std::io::IoSlice;

use tls_core::ciphersuites::{CipherSuite, ProtocolVersion};
use tls_core::{AlertDescription, Renegotiation, Sent};

use crate::certificates::LOCALHOST;
use crate::command_line::Installation;
use crate::link::trying;
use crate::process::{Process, Socket};
use crate::settings::Settings;

const INSTALLATIONS: [Installation; 2] = [Installation::New, Installation::Machine];

/// Data before, during and after; OpenSSL asks for a certificate the first time (`R`), or not (`r`).
#[test]
fn a_renegotiation_is_accepted_where_that_was_chosen() {
    let client = Settings {
        identity: Some(LOCALHOST.leaf.clone()),
        alpn: vec!["h2"],
        renegotiation: Renegotiation::Accept,
        ..Settings::client(&LOCALHOST)
    };
    let suites = [
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
    ];
    for (suite, installation) in suites.into_iter().flat_map(|suite| INSTALLATIONS.map(|i| (suite, i))) {
        trying((suite, installation));
        let client = client.clone().suite(suite);
        let arguments = ["-tls1_2", "-alpn", "h2", "-cipher", "ALL:@SECLEVEL=0"];
        let (mut openssl, mut socket) = installation.serve(&LOCALHOST, &arguments, &client);
        for (round, command) in (1..).zip(["R", "r", "r", "r"]) {
            socket.send_line("before, from us");
            openssl.wait_for("before, from us");
            openssl.type_line("before, from openssl");
            socket.receive_line("before, from openssl");
            let exported = exported(&socket);

            openssl.type_line(command);
            openssl.wait_for(">>> TLS 1.2, Handshake [length 0004], HelloRequest");
            openssl.type_line("meanwhile");
            socket.run_until(|end| end.connection.is_handshaking());
            assert_eq!(socket.end.connection.facts().unwrap().renegotiations, round - 1);
            assert_eq!(socket.end.connection.send(&[IoSlice::new(b"data")], &mut [0; 1 << 15]), NOTHING);
            socket.run_until(|end| !end.connection.is_handshaking());

            let facts = socket.end.connection.facts().unwrap();
            assert_eq!((facts.renegotiations, facts.version), (round, ProtocolVersion::TLS1_2));
            assert_eq!(facts.alpn.as_deref(), Some(&b"h2"[..]));
            assert_eq!(facts.client_signature_scheme.is_some(), round == 1, "{facts:?}");
            assert!(facts.peer_certificates.is_some() && facts.extended_main_secret);
            assert_ne!(exported, self::exported(&socket));
            assert!(socket.end.received.ends_with(b"meanwhile\n"), "data before the end of it is delivered");
        }
        // Once more is once too often: it is declined.
        socket.send_line("after, from us");
        openssl.wait_for("after, from us");
        openssl.type_line("r");
        openssl.wait_for(">>> TLS 1.2, Handshake [length 0004], HelloRequest");
        openssl.type_line("after, from openssl");
        assert_is_declined(&openssl, &mut socket, "after, from openssl");
    }
}

const NOTHING: Result<Sent, tls_core::Error> = Ok(Sent { consumed: 0, written: 0 });

fn exported(socket: &Socket) -> [u8; 32] {
    let mut out = [0; 32];
    socket.end.connection.export(b"label", Some(b"context"), &mut out).unwrap();
    out
}

/// Without the extended main secret two connections could be spliced.
#[test]
fn an_unsafe_renegotiation_is_declined() {
    let client = Settings { renegotiation: Renegotiation::Accept, ..Settings::client(&LOCALHOST) };
    let (mut openssl, mut socket) =
        Installation::New.serve(&LOCALHOST, &["-tls1_2", "-no_ems"], &client.at(ProtocolVersion::TLS1_2));
    assert!(!socket.end.connection.facts().unwrap().extended_main_secret);
    openssl.type_line("r");
    openssl.wait_for(">>> TLS 1.2, Handshake [length 0004], HelloRequest");
    openssl.type_line("meanwhile");
    assert_is_declined(&openssl, &mut socket, "meanwhile");
}

/// The connection goes on for us, with what OpenSSL sent before it heard our answer. It takes no for an answer, and the
/// end of the connection.
fn assert_is_declined(openssl: &Process, socket: &mut Socket, line: &str) {
    openssl.wait_for(">>> TLS 1.2, RecordHeader [length 0005]");
    let error = socket.run_until_failure();
    openssl.wait_for("<<< TLS 1.2, Alert [length 0002], warning no_renegotiation");
    assert!(socket.end.received.ends_with(format!("{line}\n").as_bytes()), "{error}");
    assert_eq!(error.alert_received(), Some(AlertDescription::HANDSHAKE_FAILURE), "{error}");
}

#[test]
fn a_hello_request_is_declined() {
    let client = Settings::client(&LOCALHOST).at(ProtocolVersion::TLS1_2);
    for installation in INSTALLATIONS {
        trying(installation);
        let (mut openssl, mut socket) = installation.serve(&LOCALHOST, &["-tls1_2"], &client);
        openssl.type_line("r");
        openssl.wait_for(">>> TLS 1.2, Handshake [length 0004], HelloRequest");
        openssl.type_line("meanwhile");
        assert_is_declined(&openssl, &mut socket, "meanwhile");
    }
}

#[test]
fn a_client_that_wants_to_renegotiate_is_refused() {
    let server = Settings::server(&LOCALHOST).at(ProtocolVersion::TLS1_2);
    for installation in INSTALLATIONS {
        trying(installation);
        let (mut openssl, mut socket) = installation.connect(&LOCALHOST, &["-tls1_2"], &server);
        openssl.type_line("R");
        let error = socket.run_until_failure();
        assert_eq!(error.code(), "renegotiation_refused", "{error}");
        openssl.wait_for("<<< TLS 1.2, Alert [length 0002], fatal no_renegotiation");
    }
}
