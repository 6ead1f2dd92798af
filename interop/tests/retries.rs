//! HelloRetryRequest in both roles.

use tls_core::ciphersuites::NamedGroup as Group;

use crate::certificates::LOCALHOST;
use crate::link::{Link, pairings, trying};
use crate::peer::Stack;
use crate::settings::{Role, Settings};

/// What a client offers, the only share it sends, and what the server takes.
const CASES: [(&[Group], Group, &[Group], Group); 5] = [
    // The server could use the share that it has, and rather spends a round trip on a post-quantum group.
    (
        &[Group::X25519, Group::X25519MLKEM768],
        Group::X25519,
        &[Group::X25519MLKEM768, Group::X25519],
        Group::X25519MLKEM768,
    ),
    (
        &[Group::X25519, Group::SECP256R1MLKEM768],
        Group::X25519,
        &[Group::SECP256R1MLKEM768],
        Group::SECP256R1MLKEM768,
    ),
    (
        &[Group::SECP384R1, Group::SECP384R1MLKEM1024],
        Group::SECP384R1,
        &[Group::SECP384R1MLKEM1024],
        Group::SECP384R1MLKEM1024,
    ),
    (
        &[Group::X25519MLKEM768, Group::MLKEM1024],
        Group::X25519MLKEM768,
        &[Group::MLKEM1024],
        Group::MLKEM1024,
    ),
    (&[Group::X25519, Group::SECP256R1], Group::X25519, &[Group::SECP256R1], Group::SECP256R1),
];

/// The groups that a server of this implementation must be told so that it asks for a post-quantum one.
fn server_groups((stack, role): (Stack, Role), groups: &[Group]) -> &[Group] {
    match (stack, role) {
        // rustls as a server takes a share that it has.
        (Stack::Rustls, Role::Client) => &groups[..1],
        _ => groups,
    }
}

#[test]
fn a_server_asks_for_the_group_it_wants() {
    for (offered, shared, accepted, expected) in CASES {
        for pairing in pairings().filter(|(stack, _)| offered.iter().all(|group| stack.has_group(*group))) {
            trying((pairing, offered, accepted));
            let client =
                Settings { key_shares: vec![shared], ..Settings::client(&LOCALHOST).groups(offered) };
            let server = Settings::server(&LOCALHOST).groups(server_groups(pairing, accepted));
            let link = Link::established(pairing, &client, &server);
            assert_eq!((link.facts().group, link.facts().hello_retry_request), (expected, true));
        }
    }
}

/// Our client returns OpenSSL's cookie, and both clients return ours.
//= 9846:4.3.2 copied
#[test]
fn cookies_come_back() {
    let cases =
        [(Stack::OpenSsl, Role::Client), (Stack::OpenSsl, Role::Server), (Stack::Rustls, Role::Server)];
    for pairing in cases {
        trying(pairing);
        let groups = [Group::X25519, Group::SECP256R1];
        let client = Settings::client(&LOCALHOST).groups(&groups);
        let client = Settings { key_shares: vec![Group::X25519], ..client };
        let server = Settings { cookie: true, ..Settings::server(&LOCALHOST).groups(&groups[1..]) };
        let link = Link::established(pairing, &client, &server);
        assert!(link.facts().hello_retry_request);
    }
}
