//! Certificates that must be refused, and peers of the past; each with the alert that the other end sees.

use rcgen::{CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tests::authority::{Authority, Pem};
use tls_core::AlertDescription;

use crate::certificates::{Chain, LOCALHOST};
use crate::link::{Link, pairings, trying};
use crate::peer::Stack;
use crate::settings::{Role, Settings, Wanted};

/// A certificate, the root that the other side trusts, our code for what is wrong, and the alert.
type Case = (Pem, String, &'static str, AlertDescription);

/// What is wrong for servers and clients alike.
fn bad_certificates(authority: &Authority) -> [Case; 2] {
    let expired = authority.issue_with(&["localhost"], KeyPair::generate().unwrap(), |params| {
        params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    });
    [
        (expired, authority.root_pem(), "certificate_expired", AlertDescription::CERTIFICATE_EXPIRED),
        (authority.localhost(), stranger(), "certificate_unknown_issuer", AlertDescription::UNKNOWN_CA),
    ]
}

/// A root that has issued nothing.
fn stranger() -> String {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Stranger");
    params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap().pem()
}

#[test]
fn a_server_with_a_bad_certificate_is_refused() {
    let authority = Authority::new();
    let elsewhere = authority.issue(&["elsewhere.example"], &rcgen::PKCS_ECDSA_P256_SHA256);
    let (name, alert) = ("certificate_name_mismatch", AlertDescription::BAD_CERTIFICATE);
    let wrong_name = (elsewhere, authority.root_pem(), name, alert);
    for (leaf, root, code, alert) in bad_certificates(&authority).into_iter().chain([wrong_name]) {
        let chain = Chain { root, leaf };
        for pairing in pairings() {
            trying((pairing, code));
            let mut link = Link::new(pairing, &Settings::client(&chain), &Settings::server(&chain));
            link.run();
            match pairing.1 {
                Role::Client => link.assert_we_refuse(code, alert),
                Role::Server => link.assert_peer_refuses(alert),
            }
        }
    }
}

#[test]
fn a_client_with_a_bad_certificate_is_refused() {
    let authority = Authority::new();
    for (leaf, root, code, alert) in bad_certificates(&authority) {
        let client = Settings { identity: Some(leaf), ..Settings::client(&LOCALHOST) };
        let server = Settings { root, client_certificate: Wanted::Optional, ..Settings::server(&LOCALHOST) };
        for pairing in pairings() {
            trying((pairing, code));
            let mut link = Link::new(pairing, &client, &server);
            link.run();
            match pairing.1 {
                Role::Client => link.assert_peer_refuses(alert),
                Role::Server => link.assert_we_refuse(code, alert),
            }
        }
    }
}

#[test]
fn a_peer_that_speaks_only_tls12_is_refused() {
    let past = |settings| Settings { only_tls12: true, ..settings };
    let (client, server) = (past(Settings::client(&LOCALHOST)), past(Settings::server(&LOCALHOST)));
    let alert = AlertDescription::PROTOCOL_VERSION;

    let mut link = Link::new((Stack::OpenSsl, Role::Server), &client, &server);
    link.run();
    link.assert_we_refuse("no_common_version", alert);
    let error = link.ours.error.unwrap().to_string();
    assert!(error.contains("TLS 1.2") || error.contains("TLSv1.2"), "{error}");

    let mut link = Link::new((Stack::OpenSsl, Role::Client), &client, &server);
    link.run();
    link.assert_peer_refuses(alert);
    let error = link.ours.error.unwrap().to_string();
    assert!(error.contains("protocol_version"), "{error}");
}
