//! OCSP responses stapled to certificates.

use tls_core::PeerCertificates;

use crate::certificates::LOCALHOST;
use crate::link::{Link, pairings_by_version, trying};
use crate::peer::Stack;
use crate::settings::{Role, Settings};

/// The shortest there is, in DER: the responder has no time now. OpenSSL looks into what it staples.
const RESPONSE: &[u8] = &[0x30, 3, 0x0a, 1, 3];

#[test]
fn a_client_that_asks_is_given_the_servers_response() {
    for (pairing, version) in pairings_by_version() {
        for (asks, has) in [(true, true), (true, false), (false, true)] {
            trying((pairing, version, asks, has));
            let response = |is_there: bool| is_there.then(|| RESPONSE.to_vec());
            let client = Settings { ocsp_response: response(asks), ..Settings::client(&LOCALHOST) };
            let server = Settings { ocsp_response: response(has), ..Settings::server(&LOCALHOST) };
            // OpenSSL's server must be told what to say to a client that asks.
            if !has && pairing == (Stack::OpenSsl, Role::Client) {
                continue;
            }
            let link = Link::established(pairing, &client.at(version), &server.at(version));
            let given = match pairing {
                (_, Role::Client) => {
                    let certificates = link.facts().peer_certificates.as_ref();
                    certificates.and_then(PeerCertificates::ocsp_response).map(<[u8]>::to_vec)
                }
                (Stack::OpenSsl, Role::Server) => link.peer.facts().ocsp_response,
                // It asks always, and tells nobody but the verifier.
                (Stack::Rustls, Role::Server) | (Stack::S2nTls, _) => continue,
            };
            assert_eq!(given, response(asks && has));
        }
    }
}
