//! KeyUpdates that we begin, and those that others begin: OpenSSL by its command line, for the crate has no binding
//! that would begin one in here.

use tls_core::KeyUpdateRequest;
use tls_core::ciphersuites::ProtocolVersion;

use crate::certificates::LOCALHOST;
use crate::command_line::Installation;
use crate::link::{Link, pairings, trying};
use crate::ours;
use crate::peer::{Peer, Rustls};
use crate::settings::{Role, Settings};

/// A request makes the peer change its keys, too: both directions carry on under new ones.
#[test]
fn peers_follow_our_key_updates() {
    for pairing in pairings() {
        for request in [KeyUpdateRequest::NotRequested, KeyUpdateRequest::Requested] {
            trying((pairing, request));
            let mut link =
                Link::established(pairing, &Settings::client(&LOCALHOST), &Settings::server(&LOCALHOST));
            for _ in 0..3 {
                link.ours.connection.update_keys(request).unwrap();
                link.send(b"under a new key");
                link.receive(b"and back");
            }
        }
    }
}

//= 9846:4.7.3 peers-keys
#[test]
fn we_follow_and_answer_key_updates_of_rustls() {
    for role in Role::BOTH {
        trying(role);
        let (client, server) = (Settings::client(&LOCALHOST), Settings::server(&LOCALHOST));
        let (ours, theirs) = if role == Role::Client { (&client, &server) } else { (&server, &client) };
        let mut link = Link::between(ours::begin(role, ours), Box::new(Rustls::new(role.other(), theirs)));
        link.run();
        link.assert_works();
        for _ in 0..3 {
            link.peer.update_keys();
            let update = link.peer.take_output();
            link.ours.deliver(&update);
            assert_ne!(link.ours.connection.output(), b"", "an update of our own should answer");
            link.send(b"under a new key");
            link.receive(b"and back");
        }
    }
}

#[test]
fn openssl_and_we_follow_each_others_key_updates() {
    let client = Settings::client(&LOCALHOST).at(ProtocolVersion::TLS1_3);
    let server = Settings::server(&LOCALHOST).at(ProtocolVersion::TLS1_3);
    let connections = [
        Installation::New.serve(&LOCALHOST, &["-tls1_3"], &client),
        Installation::New.connect(&LOCALHOST, &["-tls1_3"], &server),
    ];
    for (mut openssl, mut socket) in connections {
        trying(socket.end.connection.facts());
        socket.send_line("from us");
        openssl.wait_for("from us");
        openssl.type_line("from openssl");
        socket.receive_line("from openssl");

        // OpenSSL begins: `K` asks for ours, `k` does not. The update goes out with what is sent next.
        for (command, is_answered) in [("K", true), ("k", false)] {
            openssl.type_line(command);
            openssl.wait_for(">>> TLS 1.3, Handshake [length 0005], KeyUpdate");
            openssl.type_line("under a new key");
            socket.receive_line("under a new key");
            socket.send_line("and back");
            if is_answered {
                openssl.wait_for("<<< TLS 1.3, Handshake [length 0005], KeyUpdate");
            }
            openssl.wait_for("and back");
        }

        // We begin, and OpenSSL answers.
        socket.end.connection.update_keys(KeyUpdateRequest::Requested).unwrap();
        socket.send_line("under our new key");
        openssl.wait_for("<<< TLS 1.3, Handshake [length 0005], KeyUpdate");
        openssl.wait_for("under our new key");
        openssl.type_line("and from openssl");
        socket.receive_line("and from openssl");
    }
}
