//! Client certificates: not wanted, optional, required.

use tests::authority::Authority;
use tls_core::AlertDescription;
use tls_core::ciphersuites::ProtocolVersion;

use crate::certificates::LOCALHOST;
use crate::link::{Link, pairings_by_version, trying};
use crate::peer::Stack;
use crate::settings::{Role, Settings, VERSIONS, Wanted};

/// A server's wish, whether the client has a certificate, and whether the server sees it.
const CASES: [(Wanted, bool, bool); 5] = [
    (Wanted::No, false, false),
    (Wanted::No, true, false),
    (Wanted::Optional, false, false),
    (Wanted::Optional, true, true),
    (Wanted::Required, true, true),
];

fn client(has_certificate: bool) -> Settings {
    let client = Settings::client(&LOCALHOST);
    Settings { identity: has_certificate.then(|| LOCALHOST.leaf.clone()), ..client }
}

fn server(wanted: Wanted) -> Settings {
    Settings { client_certificate: wanted, ..Settings::server(&LOCALHOST) }
}

#[test]
fn a_client_shows_its_certificate_to_who_wants_it() {
    for (wanted, has_certificate, seen) in CASES {
        for (pairing, version) in pairings_by_version() {
            trying((pairing, version, wanted, has_certificate));
            let (client, server) = (client(has_certificate).at(version), server(wanted).at(version));
            let link = Link::established(pairing, &client, &server);
            assert_eq!(link.facts().client_signature_scheme.is_some(), seen);
            let seen_by_server = match pairing.1 {
                Role::Client => link.peer.facts().certificate.is_some(),
                Role::Server => link.facts().peer_certificates.is_some(),
            };
            assert_eq!(seen_by_server, seen);
        }
    }
}

/// OpenSSL trusts one authority, and says which: the certificate that is of this one is shown, not the first.
#[test]
fn a_client_shows_the_certificate_that_the_server_asks_for_by_name() {
    for version in VERSIONS {
        for is_named in [false, true] {
            let stranger = Authority::new().localhost();
            let other_identity = Some(LOCALHOST.leaf.clone());
            let client = Settings { other_identity, identity: Some(stranger), ..client(false) };
            let named_authority = is_named.then(|| LOCALHOST.root.clone());
            let server = Settings { named_authority, ..server(Wanted::Required) };
            let pairing = (Stack::OpenSsl, Role::Client);
            let mut link = Link::new(pairing, &client.at(version), &server.at(version));
            link.run();
            match is_named {
                true => {
                    link.assert_works();
                    assert_eq!(link.facts().identity, Some(1));
                }
                false => link.assert_peer_refuses(AlertDescription::UNKNOWN_CA),
            }
        }
    }
}

#[test]
fn a_client_without_the_required_certificate_is_told_so() {
    for (pairing, version) in pairings_by_version() {
        trying((pairing, version));
        let (client, server) = (client(false).at(version), server(Wanted::Required).at(version));
        let mut link = Link::new(pairing, &client, &server);
        link.run();
        // The alert that says so is TLS 1.3's; rustls uses it regardless.
        let alert = match (version, pairing) {
            (ProtocolVersion::TLS1_2, (Stack::OpenSsl, _) | (_, Role::Server)) => {
                AlertDescription::HANDSHAKE_FAILURE
            }
            _ => AlertDescription::CERTIFICATE_REQUIRED,
        };
        match pairing.1 {
            Role::Client => link.assert_peer_refuses(alert),
            Role::Server => link.assert_we_refuse("certificate_required", alert),
        }
    }
}
