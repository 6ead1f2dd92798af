//! Certificates that must be refused, with the alert that the other end sees.

use rcgen::{CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tests::authority::{Authority, Pem};
use tls_core::AlertDescription;

use crate::certificates::{Chain, LOCALHOST};
use crate::link::{Link, pairings_by_version, trying};
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
        for (pairing, version) in pairings_by_version() {
            trying((pairing, version, code));
            let (client, server) = (Settings::client(&chain), Settings::server(&chain));
            let mut link = Link::new(pairing, &client.at(version), &server.at(version));
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
        for (pairing, version) in pairings_by_version() {
            trying((pairing, version, code));
            let (client, server) = (client.clone().at(version), server.clone().at(version));
            let mut link = Link::new(pairing, &client, &server);
            link.run();
            match pairing.1 {
                Role::Client => link.assert_peer_refuses(alert),
                Role::Server => link.assert_we_refuse(code, alert),
            }
        }
    }
}
