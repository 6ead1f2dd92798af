//! Sessions that a server keeps: peers resume them by session ids in TLS 1.2, by tickets that are nothing but handles in
//! TLS 1.3, and so do we.

use tls_core::ciphersuites::ProtocolVersion;

use crate::certificates::LOCALHOST;
use crate::command_line::Installation;
use crate::link::trying;
use crate::peer::Stack;
use crate::process::{assert_works, file};
use crate::resumption::{
    MUTUAL, PAIRINGS, assert_brings, assert_forgotten, assert_resumes, by_version, of_s2n_tls,
    pairings_by_group,
};
use crate::settings::{Kept, Memory, Role, Settings, Wanted};

fn client() -> Settings {
    Settings { memory: Some(Memory::new()), ..Settings::client(&LOCALHOST) }
}

fn server() -> Settings {
    Settings { memory: Some(Memory::new()), kept: Kept::InStore, ..Settings::server(&LOCALHOST) }
}

#[test]
fn every_version_resumes() {
    for (pairing, version, group) in pairings_by_group() {
        // s2n-tls's servers keep sessions of TLS 1.2 alone.
        if version == ProtocolVersion::TLS1_3 && pairing == (Stack::S2nTls, Role::Client) {
            continue;
        }
        trying((pairing, version, group));
        let server = server().at(version).groups(&[group]);
        let link = assert_resumes(pairing, &client().at(version).groups(&[group]), &server);
        assert_eq!((link.facts().version, link.facts().group), (version, group));
        let is_ours = pairing.1 == Role::Server;
        assert_eq!(server.memory.as_ref().is_some_and(|memory| !memory.store.is_empty()), is_ours);
    }
}

/// A client that offers both versions resumes what is of the older one.
#[test]
fn session_ids_are_resumed_by_clients_of_both_versions() {
    for pairing in PAIRINGS {
        trying(pairing);
        assert_resumes(pairing, &client(), &server().at(ProtocolVersion::TLS1_2));
    }
}

#[test]
fn clients_are_known_again() {
    for (pairing, version) in by_version(MUTUAL) {
        trying((pairing, version));
        let client = Settings { identity: Some(LOCALHOST.leaf.clone()), ..client() };
        let server = Settings { client_certificate: Wanted::Required, ..server() };
        assert_resumes(pairing, &client.at(version), &server.at(version));
    }
}

/// A server that has been started again knows nobody.
#[test]
fn handles_of_another_server_lead_to_full_handshakes() {
    for (pairing, version) in by_version(PAIRINGS) {
        trying((pairing, version));
        assert_forgotten(pairing, &client().at(version), || server().at(version));
    }
}

/// A client that brings a session of TLS 1.3 a second time is one that has none.
#[test]
fn a_handle_of_tls13_is_good_for_one_connection() {
    for (version, is_known_again) in [(ProtocolVersion::TLS1_2, true), (ProtocolVersion::TLS1_3, false)] {
        trying(version);
        let server = server().at(version);
        let first = of_s2n_tls(&client(), &server);
        let session = first.peer.session();
        for is_resumed in [true, is_known_again] {
            assert_brings(&first, &session, &server, is_resumed);
        }
    }
}

/// OpenSSL's client keeps the session in a file. In TLS 1.2 it takes no tickets here. A ticket of TLS 1.3 is good for one
/// connection.
#[test]
fn the_command_line_resumes_what_we_store() {
    let cases = [("-tls1_2", "TLSv1.2"), ("-no_tls1_3", "TLSv1.2"), ("-tls1_3", "TLSv1.3")];
    for ((flag, version), installation) in cases
        .into_iter()
        .flat_map(|case| [Installation::New, Installation::Machine].map(|installation| (case, installation)))
    {
        trying((installation, flag));
        let path = file("stored-session.pem", "");
        let server = server();
        let arguments = [flag, "-no_ticket", "-groups", "secp256r1", "-sess_out", &path];
        let (mut openssl, mut socket) = installation.connect(&LOCALHOST, &arguments, &server);
        openssl.wait_for(&format!("New, {version}"));
        if version == "TLSv1.3" {
            openssl.wait_for("Post-Handshake New Session Ticket arrived");
        }
        // Each ticket is written over the one before: once it leaves, it is done with that.
        openssl.type_line("Q");
        socket.run_until(|end| end.peer_closed);
        let mut resumed = Vec::new();
        for _ in 0..2 {
            let arguments = [&arguments[..4], &["-sess_in", &path]].concat();
            let (mut openssl, mut socket) = installation.connect(&LOCALHOST, &arguments, &server);
            assert_works(&mut openssl, &mut socket);
            resumed.push(socket.end.connection.facts().unwrap().resumed.is_some());
        }
        // The second time the session is the same as the first.
        assert_eq!(resumed, [true, version == "TLSv1.2"], "{flag}");
    }
}
