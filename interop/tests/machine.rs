//! The OpenSSL of this machine, as processes: what users have today.

use tls_core::ciphersuites::{Authentication, CipherSuite, ProtocolVersion, Tls12Suite};

use crate::certificates::{LOCALHOST, RSA};
use crate::command_line::Installation;
use crate::link::trying;
use crate::ours::SUITES12;
use crate::process::assert_works;
use crate::settings::{Settings, Wanted};

/// What OpenSSL calls a suite of TLS 1.2.
fn openssl_name(suite: CipherSuite) -> String {
    let name = suite.to_string().replace("TLS_", "").replace("_WITH_", "-").replace("AES_", "AES");
    name.replace("_CBC", "").replace("POLY1305_SHA256", "POLY1305").replace('_', "-")
}

#[test]
fn every_suite_of_tls12() {
    for suite in SUITES12 {
        let chain = match Tls12Suite::from_id(suite).unwrap().authentication {
            Authentication::Ecdsa => &LOCALHOST,
            Authentication::Rsa => &RSA,
        };
        let name = openssl_name(suite);
        let arguments = ["-tls1_2", "-cipher", &name];
        let (client, server) = (Settings::client(chain).suite(suite), Settings::server(chain).suite(suite));
        let connections = [
            Installation::Machine.serve(chain, &arguments, &client),
            Installation::Machine.connect(chain, &arguments, &server),
        ];
        for (mut openssl, mut socket) in connections {
            trying(socket.end.connection.facts());
            assert_eq!(socket.end.connection.facts().unwrap().cipher_suite, suite);
            assert_works(&mut openssl, &mut socket);
        }
    }
}

/// Whatever the two ends have in common, and with a client that proves itself, too.
#[test]
fn every_version_with_a_client_certificate() {
    let (tls12, tls13) = (ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3);
    const BOTH: &[&str] = &["-min_protocol", "TLSv1.2"];
    for (theirs, ours, expected) in [
        (&["-tls1_2"][..], vec![tls12], tls12),
        (&["-tls1_2"], vec![tls12, tls13], tls12),
        (&["-tls1_3"], vec![tls12, tls13], tls13),
        (BOTH, vec![tls12], tls12),
        (BOTH, vec![tls12, tls13], tls13),
    ] {
        let client = Settings {
            identity: Some(LOCALHOST.leaf.clone()),
            versions: ours.clone(),
            ..Settings::client(&LOCALHOST)
        };
        let server = Settings {
            client_certificate: Wanted::Required,
            versions: ours.clone(),
            alpn: vec!["http/1.1"],
            ..Settings::server(&LOCALHOST)
        };
        let connections = [
            Installation::Machine.serve(
                &LOCALHOST,
                &[theirs, &["-Verify", "2", "-verify_return_error"]].concat(),
                &client,
            ),
            Installation::Machine.connect(&LOCALHOST, &[theirs, &["-alpn", "h2,http/1.1"]].concat(), &server),
        ];
        for (mut openssl, mut socket) in connections {
            trying((theirs, &ours));
            let facts = socket.end.connection.facts().unwrap();
            assert_eq!(facts.version, expected);
            assert!(facts.client_signature_scheme.is_some());
            assert_works(&mut openssl, &mut socket);
        }
    }
}
