//! Application protocols, names, exported secrets and logged ones.

use std::sync::Arc;

use tests::authority::Authority;
use tls_core::AlertDescription;
use tls_core::ciphersuites::ProtocolVersion;

use crate::certificates::{Chain, LOCALHOST};
use crate::link::{Link, pairings_by_version, trying};
use crate::settings::{Lines, Role, Settings};

fn with_alpn(settings: Settings, alpn: &[&'static str]) -> Settings {
    Settings { alpn: alpn.to_vec(), ..settings }
}

/// The server's order decides.
#[test]
fn the_application_protocol_is_agreed_on() {
    let cases: [(&[_], &[_], Option<&str>); 4] = [
        (&["h2", "http/1.1"], &["h2", "http/1.1"], Some("h2")),
        (&["http/1.1", "h2"], &["h2", "http/1.1"], Some("h2")),
        (&["http/1.1"], &[], None),
        (&[], &["h2"], None),
    ];
    for (offered, spoken, expected) in cases {
        for (pairing, version) in pairings_by_version() {
            trying((pairing, version, offered, spoken));
            let client = with_alpn(Settings::client(&LOCALHOST).at(version), offered);
            let server = with_alpn(Settings::server(&LOCALHOST).at(version), spoken);
            let link = Link::established(pairing, &client, &server);
            let expected = expected.map(str::as_bytes);
            assert_eq!(link.facts().alpn.as_deref(), expected);
            assert_eq!(link.peer.facts().alpn.as_deref(), expected);
        }
    }
}

#[test]
fn without_an_application_protocol_in_common_there_is_no_connection() {
    for (pairing, version) in pairings_by_version() {
        trying((pairing, version));
        let client = with_alpn(Settings::client(&LOCALHOST).at(version), &["h2"]);
        let server = with_alpn(Settings::server(&LOCALHOST).at(version), &["http/1.1"]);
        let mut link = Link::new(pairing, &client, &server);
        link.run();
        let alert = AlertDescription::NO_APPLICATION_PROTOCOL;
        match pairing.1 {
            Role::Client => link.assert_peer_refuses(alert),
            Role::Server => link.assert_we_refuse("no_common_application_protocol", alert),
        }
    }
}

/// The server hears a DNS name, and never an address, though the certificate is checked for it.
#[test]
fn the_server_hears_the_name_it_is_called_by() {
    let authority = Authority::new();
    let leaf = authority.issue(&["localhost", "127.0.0.1", "::1"], &rcgen::PKCS_ECDSA_P256_SHA256);
    let chain = Chain { root: authority.root_pem(), leaf };
    for (name, heard) in [("localhost", Some("localhost")), ("127.0.0.1", None), ("::1", None)] {
        for (pairing, version) in pairings_by_version() {
            trying((pairing, version, name));
            let client = Settings { name, ..Settings::client(&chain).at(version) };
            let link = Link::established(pairing, &client, &Settings::server(&chain).at(version));
            assert_eq!(link.facts().server_name.as_deref(), heard);
            if pairing.1 == Role::Client {
                assert_eq!(link.peer.facts().server_name.as_deref(), heard);
            }
        }
    }
}

//= 9846:7.5 exporter-secret
#[test]
fn both_ends_export_the_same_secrets() {
    for (pairing, version) in pairings_by_version() {
        trying((pairing, version));
        let (client, server) = (Settings::client(&LOCALHOST), Settings::server(&LOCALHOST));
        let link = Link::established(pairing, &client.at(version), &server.at(version));
        let label = "EXPERIMENTAL interop";
        let mut all = Vec::new();
        for context in [None, Some(&b""[..]), Some(b"context")] {
            let mut exported = [0; 32];
            link.ours.connection.export(label.as_bytes(), context, &mut exported).unwrap();
            assert_eq!(exported, link.peer.export(label, context));
            all.push(exported);
        }
        assert_eq!(all[0] == all[1], version == ProtocolVersion::TLS1_3);
    }
}

#[test]
fn both_ends_log_the_same_secrets() {
    for (pairing, version) in pairings_by_version() {
        trying((pairing, version));
        let logs = [Arc::<Lines>::default(), Arc::<Lines>::default()];
        let client =
            Settings { key_log: Some(Arc::clone(&logs[0])), ..Settings::client(&LOCALHOST).at(version) };
        let server =
            Settings { key_log: Some(Arc::clone(&logs[1])), ..Settings::server(&LOCALHOST).at(version) };
        Link::established(pairing, &client, &server);
        assert_eq!(logs[0].sorted(), logs[1].sorted());
        let len = if version == ProtocolVersion::TLS1_3 { 5 } else { 1 };
        assert_eq!(logs[0].sorted().len(), len);
    }
}
