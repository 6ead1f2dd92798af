//! Handshakes over every group and suite and with every type of key.

use tls_core::ciphersuites::{NamedGroup, SecurityPolicy};

use crate::certificates::{Chain, KEY_TYPES, LOCALHOST};
use crate::link::{Link, pairings, trying};
use crate::ours::{GROUPS, SUITES};
use crate::peer::Stack;
use crate::settings::{Role, Settings, Wanted};

/// Each named policy meets the other implementation's defaults.
#[test]
fn named_policies_meet_the_defaults_of_others() {
    let policies = [
        (SecurityPolicy::DEFAULT, Some(NamedGroup::X25519MLKEM768)),
        (SecurityPolicy::DEFAULT_PQ, Some(NamedGroup::X25519MLKEM768)),
        (SecurityPolicy::DEFAULT_TLS13, None),
    ];
    for (policy, post_quantum) in policies {
        for pairing in pairings() {
            trying((pairing, &policy.name));
            let named = |settings| Settings { policy: policy.clone(), ..settings };
            let (client, server) = (Settings::client(&LOCALHOST), Settings::server(&LOCALHOST));
            let link = Link::established(pairing, &named(client), &named(server));
            let facts = link.facts();
            assert_eq!(facts.post_quantum().then_some(facts.group), post_quantum);
            assert_eq!(facts.policy, policy.name);
        }
    }
}

/// The peer has no other group and no other suite, so that it cannot have used another.
#[test]
fn every_group_and_suite() {
    let cases = GROUPS.iter().flat_map(|group| SUITES.map(|suite| (*group, suite)));
    for (group, suite) in cases {
        for pairing in pairings().filter(|(stack, _)| stack.has_group(group)) {
            trying((pairing, group, suite));
            let only = |settings: Settings| Settings { suites: vec![suite], ..settings.groups(&[group]) };
            let (client, server) = (Settings::client(&LOCALHOST), Settings::server(&LOCALHOST));
            let link = Link::established(pairing, &only(client), &only(server));
            assert_eq!((link.facts().group, link.facts().cipher_suite), (group, suite));
        }
    }
}

/// Both ends prove themselves with a key of this type, by a chain of this type.
#[test]
fn every_type_of_key() {
    for key_type in KEY_TYPES {
        let chain = Chain::new(key_type);
        let client = Settings { identity: Some(chain.leaf.clone()), ..Settings::client(&chain) };
        let server = Settings { client_certificate: Wanted::Required, ..Settings::server(&chain) };
        for pairing in pairings().filter(|(stack, _)| stack.has_key_type(key_type)) {
            trying((pairing, key_type));
            let link = Link::established(pairing, &client, &server);
            let facts = link.facts();
            assert!(key_type.schemes13().contains(&facts.server_signature_scheme.unwrap()));
            assert!(key_type.schemes13().contains(&facts.client_signature_scheme.unwrap()));
            let certificate = chain.leaf.identity().certificates()[0].to_vec();
            assert_eq!(link.peer.facts().certificate.as_ref(), Some(&certificate));
            assert_eq!(facts.peer_certificates.as_ref().unwrap().leaf(), certificate);
        }
    }
}

#[test]
fn bytes_may_arrive_one_at_a_time() {
    for pairing in pairings() {
        trying(pairing);
        let mut link = Link::new(pairing, &Settings::client(&LOCALHOST), &Settings::server(&LOCALHOST));
        link.piece = 1;
        link.run();
        link.assert_works();
    }
}

/// OpenSSL sends two as soon as it can, even to a client that never said how it would use them: to be read, and
/// forgotten.
#[test]
fn session_tickets_are_ignored() {
    let pairing = (Stack::OpenSsl, Role::Client);
    let mut link = Link::new(pairing, &Settings::client(&LOCALHOST), &Settings::server(&LOCALHOST));
    while !link.ours.established {
        let flight = link.ours.take_output();
        link.peer.deliver(&flight);
        link.ours.deliver(&link.peer.take_output());
    }
    let finished = link.ours.take_output();
    link.peer.deliver(&finished);
    let tickets = link.peer.take_output();
    // Protected records, and more than any alert or KeyUpdate would take.
    assert!(tickets.first() == Some(&23) && tickets.len() > 128, "{tickets:?}");
    link.ours.deliver(&tickets);
    assert_eq!(link.ours.connection.output(), b"");
    link.assert_works();
}
