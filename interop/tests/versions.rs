//! Which version is agreed on, with every peer and every choice on either side; and peers that have none in common
//! with us, or no suite.

use tls_core::AlertDescription;
use tls_core::ciphersuites::{CipherSuite, ProtocolVersion};

use crate::certificates::{LOCALHOST, RSA};
use crate::link::{Link, pairings, trying};
use crate::ours::SUITES12;
use crate::peer::Stack;
use crate::settings::{Role, Settings, VERSIONS};

const TLS10: ProtocolVersion = ProtocolVersion::TLS1_0;
const TLS11: ProtocolVersion = ProtocolVersion::TLS1_1;
const TLS12: ProtocolVersion = ProtocolVersion::TLS1_2;
const TLS13: ProtocolVersion = ProtocolVersion::TLS1_3;

fn with(versions: &[ProtocolVersion], settings: Settings) -> Settings {
    Settings { versions: versions.to_vec(), ..settings }
}

#[test]
fn the_best_version_in_common_is_agreed_on() {
    let choices: [&[_]; 3] = [&[TLS12], &[TLS13], &VERSIONS];
    for (client, server) in choices.iter().flat_map(|client| choices.map(|server| (*client, server))) {
        for pairing in pairings() {
            trying((pairing, client, server));
            let is_possible = client.iter().any(|version| server.contains(version));
            let client = with(client, Settings::client(&LOCALHOST));
            let server = with(server, Settings::server(&LOCALHOST));
            if is_possible {
                Link::established(pairing, &client, &server);
                continue;
            }
            let mut link = Link::new(pairing, &client, &server);
            link.run();
            match pairing.1 {
                Role::Client => link.assert_peer_refuses(AlertDescription::PROTOCOL_VERSION),
                Role::Server => {
                    link.assert_we_refuse("no_common_version", AlertDescription::PROTOCOL_VERSION);
                }
            }
        }
    }
}

/// A client that falls back is let in where there is nothing better.
#[test]
fn a_needless_fallback_is_refused() {
    let pairing = (Stack::OpenSsl, Role::Server);
    let client = Settings { fallback: true, ..Settings::client(&LOCALHOST).at(TLS12) };
    Link::established(pairing, &client, &Settings::server(&LOCALHOST).at(TLS12));
    let mut link = Link::new(pairing, &client, &Settings::server(&LOCALHOST));
    link.run();
    link.assert_we_refuse("inappropriate_fallback", AlertDescription::INAPPROPRIATE_FALLBACK);
}

/// Our error names the version and why there is no policy for it.
//= 9846:E.1 unsupported-version
#[test]
fn peers_that_know_only_tls10_and_tls11_are_told_so() {
    let alert = AlertDescription::PROTOCOL_VERSION;
    for (old, best) in [(&[TLS10][..], "TLS 1.0"), (&[TLS11], "TLS 1.1"), (&[TLS10, TLS11], "TLS 1.1")] {
        trying(old);
        let (client, server) = (Settings::client(&LOCALHOST), Settings::server(&LOCALHOST));
        let mut link = Link::new((Stack::OpenSsl, Role::Server), &with(old, client.clone()), &server);
        link.run();
        link.assert_we_refuse("no_common_version", alert);
        assert_names(&link, &[best, "RFC 8996"]);

        // A server that sees supported_versions says so by itself; one that does not, answers with what it has, if
        // there is a suite for it.
        let mut link = Link::new((Stack::OpenSsl, Role::Client), &client, &with(old, server.clone()));
        link.run();
        link.assert_peer_refuses(alert);
        let client = Settings { suites: SUITES12.to_vec(), ..client.at(TLS12) };
        let mut link = Link::new((Stack::OpenSsl, Role::Client), &client, &with(old, server));
        link.run();
        // OpenSSL does not read our alert, whose record is not of the version that it chose.
        let error = link.ours.error.as_ref().expect("we should have refused");
        assert_eq!((error.code(), error.alert_sent()), ("no_common_version", Some(alert)));
        assert_names(&link, &[best, "RFC 8996"]);
    }
}

/// The same for suites without ephemeral elliptic curve keys.
#[test]
fn peers_that_know_only_static_rsa_or_dhe_are_told_so() {
    let alert = AlertDescription::HANDSHAKE_FAILURE;
    for suite in [
        CipherSuite::TLS_RSA_WITH_AES_128_CBC_SHA,
        CipherSuite::TLS_RSA_WITH_AES_128_GCM_SHA256,
        CipherSuite::TLS_DHE_RSA_WITH_AES_128_CBC_SHA,
        CipherSuite::TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,
    ] {
        trying(suite);
        let (client, server) = (Settings::client(&RSA), Settings::server(&RSA));
        let old = |settings: Settings| settings.at(TLS12).suite(suite);
        let mut link = Link::new((Stack::OpenSsl, Role::Server), &old(client.clone()), &server);
        link.run();
        link.assert_we_refuse("no_common_cipher_suite", alert);
        assert_names(&link, &[&suite.to_string(), "RFC 10015"]);

        let mut link = Link::new((Stack::OpenSsl, Role::Client), &client, &old(server));
        link.run();
        link.assert_peer_refuses(alert);
    }
}

fn assert_names(link: &Link, words: &[&str]) {
    let error = link.ours.error.as_ref().unwrap().to_string();
    assert!(words.iter().all(|word| error.contains(word)), "{error}");
}
