//! Handshakes over every group and suite and with every type of key.

use tls_core::ciphersuites::{
    Authentication, KeyType, NamedGroup, ProtocolVersion, SecurityPolicy, Tls12Suite,
};

use crate::certificates::{Chain, KEY_TYPES, LOCALHOST, RSA};
use crate::link::{Link, pairings, pairings_by_version, trying};
use crate::ours::{GROUPS, SUITES12, SUITES13, suites_by_cipher};
use crate::peer::Stack;
use crate::settings::{Role, Settings, Wanted};

/// Each named policy meets the other implementation's defaults.
//= 9846:4.3 no-trailing-data
#[test]
fn named_policies_meet_the_defaults_of_others() {
    let policies = [
        (SecurityPolicy::P20251014, Some(NamedGroup::X25519MLKEM768)),
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
//= 9846:9.1 suites
//= 9846:9.1 groups
#[test]
fn every_group_and_suite_of_tls13() {
    let cases = GROUPS.iter().flat_map(|group| SUITES13.map(|suite| (*group, suite)));
    for (group, suite) in cases {
        for pairing in pairings().filter(|(stack, _)| stack.has_group(group)) {
            trying((pairing, group, suite));
            let only =
                |settings: Settings| settings.at(ProtocolVersion::TLS1_3).suite(suite).groups(&[group]);
            let (client, server) = (Settings::client(&LOCALHOST), Settings::server(&LOCALHOST));
            let link = Link::established(pairing, &only(client), &only(server));
            assert_eq!((link.facts().group, link.facts().cipher_suite), (group, suite));
        }
    }
}

/// The group is both ends' first; the certificate's curve must be among the groups, too (RFC 8422 §5.1.1).
#[test]
fn every_group_and_suite_of_tls12() {
    let cases = GROUPS[..4].iter().flat_map(|group| SUITES12.map(|suite| (*group, suite)));
    for (group, suite) in cases {
        let (chain, groups) = match Tls12Suite::from_id(suite).unwrap().authentication {
            Authentication::Ecdsa if group != NamedGroup::SECP256R1 => {
                (&LOCALHOST, vec![group, NamedGroup::SECP256R1])
            }
            Authentication::Ecdsa => (&LOCALHOST, vec![group]),
            Authentication::Rsa => (&RSA, vec![group]),
        };
        let is_possible = |stack: Stack| stack.has_group(group) && stack.has_suite(suite);
        for pairing in pairings().filter(|(stack, _)| is_possible(*stack)) {
            trying((pairing, group, suite));
            let only = |settings: Settings| settings.at(ProtocolVersion::TLS1_2).suite(suite).groups(&groups);
            let link =
                Link::established(pairing, &only(Settings::client(chain)), &only(Settings::server(chain)));
            assert_eq!((link.facts().group, link.facts().cipher_suite), (group, suite));
            assert!(link.facts().extended_main_secret && !link.facts().post_quantum());
        }
    }
}

/// Both ends prove themselves with a key of this type, by a chain of this type.
//= 9846:9.1 signatures
#[test]
fn every_type_of_key() {
    for key_type in KEY_TYPES {
        let chain = Chain::new(key_type);
        let client = Settings { identity: Some(chain.leaf.clone()), ..Settings::client(&chain) };
        let server = Settings { client_certificate: Wanted::Required, ..Settings::server(&chain) };
        for (pairing, version) in pairings_by_version().filter(|((stack, _), _)| stack.has_key_type(key_type))
        {
            let schemes = match version {
                ProtocolVersion::TLS1_3 => key_type.schemes13(),
                _ => key_type.schemes12(),
            };
            // ML-DSA is for TLS 1.3 alone, and in TLS 1.2 a client must have the certificate's curve as a group
            // (RFC 8422 §5.1.1), which rustls has not.
            let has_no_curve = pairing == (Stack::Rustls, Role::Server) && key_type == KeyType::EcdsaP521;
            if schemes.is_empty() || version == ProtocolVersion::TLS1_2 && has_no_curve {
                continue;
            }
            trying((pairing, version, key_type));
            let link = Link::established(pairing, &client.clone().at(version), &server.clone().at(version));
            let facts = link.facts();
            assert!(schemes.contains(&facts.server_signature_scheme.unwrap()));
            assert!(schemes.contains(&facts.client_signature_scheme.unwrap()));
            let certificate = chain.leaf.identity().certificates()[0].to_vec();
            assert_eq!(link.peer.facts().certificate.as_ref(), Some(&certificate));
            assert_eq!(facts.peer_certificates.as_ref().unwrap().leaf(), certificate);
        }
    }
}

/// Both ends sign with this scheme of TLS 1.2: RSA with either padding, ECDSA with hashes of other curves, and both with
/// SHA-1 and SHA-224.
//= 9846:4.3.3 tls12-rules
//= 9846:4.3.3 tls12-curves
//= 9846:4.3.3 tls12-pss
#[test]
fn every_signature_scheme_of_tls12() {
    for key_type in KEY_TYPES {
        let chain = Chain::new(key_type);
        for scheme in key_type.schemes12() {
            for role in Role::BOTH {
                trying((role, key_type, scheme));
                let with = |settings: Settings| Settings {
                    schemes: vec![*scheme],
                    identity: Some(chain.leaf.clone()),
                    client_certificate: Wanted::Required,
                    ..settings.at(ProtocolVersion::TLS1_2)
                };
                let (client, server) = (with(Settings::client(&chain)), with(Settings::server(&chain)));
                let link = Link::established((Stack::OpenSsl, role), &client, &server);
                let facts = link.facts();
                assert_eq!(facts.server_signature_scheme, Some(*scheme));
                assert_eq!(facts.client_signature_scheme, Some(*scheme));
            }
        }
    }
}

#[test]
fn bytes_may_arrive_one_at_a_time() {
    for (version, suite) in suites_by_cipher() {
        for pairing in pairings().filter(|(stack, _)| stack.has_suite(suite)) {
            trying((pairing, suite));
            let only = |settings: Settings| settings.at(version).suite(suite);
            let (client, server) = (Settings::client(&LOCALHOST), Settings::server(&LOCALHOST));
            let mut link = Link::new(pairing, &only(client), &only(server));
            link.piece = 1;
            link.run();
            link.assert_works();
        }
    }
}

/// OpenSSL sends two as soon as it can, even to a client that never said how it would use them: to be read, and
/// forgotten.
//= 9846:4.7.1 ignored
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
