//! KeyUpdates that we begin, and those that rustls begins. OpenSSL's own are in `command_line`: the crate has no
//! binding that would begin one in here.

use tls_core::KeyUpdateRequest;

use crate::certificates::LOCALHOST;
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
