//! Someone in the middle who wants two ends that have TLS 1.3 to speak TLS 1.2.

use tests::hello::Extended;
use tests::wire::{content_type, record, records};
use tls_core::AlertDescription;
use tls_core::ciphersuites::ProtocolVersion;

use crate::certificates::LOCALHOST;
use crate::link::{Link, pairings, trying};
use crate::settings::{Role, Settings};

const SUPPORTED_VERSIONS: u16 = 43;

/// Where a ServerHello's warning is in the server's first record: the end of its random.
const WARNING: std::ops::Range<usize> = 5 + 4 + 2 + 24..5 + 4 + 2 + 32;

/// A ClientHello as from a client without TLS 1.3.
fn stripped(flight: &[u8]) -> Vec<u8> {
    let [hello] = records(flight)[..] else { panic!("a ClientHello in one record") };
    let mut hello = Extended::parse(&hello[5..]);
    assert!(hello.has(SUPPORTED_VERSIONS));
    hello.remove(SUPPORTED_VERSIONS);
    record(content_type::HANDSHAKE, &hello.bytes())
}

/// Runs a handshake with someone in between who alters the ClientHello and the server's first flight.
fn meddle(link: &mut Link, role: Role, hello: fn(&[u8]) -> Vec<u8>, flight: impl Fn(&mut Vec<u8>)) {
    if role == Role::Client {
        let bytes = hello(&link.ours.take_output());
        link.peer.deliver(&bytes);
        let mut answer = link.peer.take_output();
        flight(&mut answer);
        link.ours.deliver(&answer);
    } else {
        let bytes = hello(&link.peer.take_output());
        link.ours.deliver(&bytes);
        let mut answer = link.ours.take_output();
        flight(&mut answer);
        link.peer.deliver(&answer);
    }
    link.run();
}

#[test]
fn a_server_that_is_made_to_see_less_warns_the_client() {
    for pairing in pairings() {
        trying(pairing);
        let mut link = Link::new(pairing, &Settings::client(&LOCALHOST), &Settings::server(&LOCALHOST));
        meddle(&mut link, pairing.1, stripped, |flight| assert_eq!(&flight[WARNING], b"DOWNGRD\x01"));
        match pairing.1 {
            Role::Client => link.assert_we_refuse("downgrade", AlertDescription::ILLEGAL_PARAMETER),
            Role::Server => link.assert_peer_refuses(AlertDescription::ILLEGAL_PARAMETER),
        }
    }
}

/// The server's key exchange signs its random.
#[test]
fn the_warning_cannot_be_taken_out() {
    for pairing in pairings() {
        trying(pairing);
        let mut link = Link::new(pairing, &Settings::client(&LOCALHOST), &Settings::server(&LOCALHOST));
        meddle(&mut link, pairing.1, stripped, |flight| flight[WARNING].fill(7));
        match pairing.1 {
            Role::Client => {
                link.assert_we_refuse("bad_handshake_signature", AlertDescription::DECRYPT_ERROR);
            }
            Role::Server => link.assert_peer_refuses(AlertDescription::DECRYPT_ERROR),
        }
    }
}

/// Both warnings count, that of a server with TLS 1.2 at most, too.
#[test]
fn we_heed_both_warnings_in_a_server_hello() {
    for pairing in pairings().filter(|(_, role)| *role == Role::Client) {
        for warning in [b"DOWNGRD\x00", b"DOWNGRD\x01"] {
            trying((pairing, warning));
            let server = Settings::server(&LOCALHOST).at(ProtocolVersion::TLS1_2);
            let mut link = Link::new(pairing, &Settings::client(&LOCALHOST), &server);
            meddle(&mut link, pairing.1, <[u8]>::to_vec, |flight| flight[WARNING].copy_from_slice(warning));
            link.assert_we_refuse("downgrade", AlertDescription::ILLEGAL_PARAMETER);
        }
    }
}
