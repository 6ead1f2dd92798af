//! What two policies agree on, or why they do not.

use tests::authority::Authority;
use tests::hello::Extended;
use tests::pair::{Pair, client_builder, default_tls13, server_builder};
use tests::relay::Setup;
use tls_core::ciphersuites::{CipherSuite, NamedGroup, SecurityPolicy, SignatureScheme};
use tls_core::{AlertDescription as Alert, HandshakeType, Who};

use crate::cases::ext;

const X25519: NamedGroup = NamedGroup::X25519;
const P256: NamedGroup = NamedGroup::SECP256R1;
const P384: NamedGroup = NamedGroup::SECP384R1;
const HYBRID: NamedGroup = NamedGroup::X25519MLKEM768;
const P256_HYBRID: NamedGroup = NamedGroup::SECP256R1MLKEM768;
const P384_HYBRID: NamedGroup = NamedGroup::SECP384R1MLKEM1024;

fn groups(groups: &[NamedGroup], shares: &[NamedGroup]) -> SecurityPolicy {
    SecurityPolicy { groups: groups.to_vec().into(), key_shares: shares.to_vec().into(), ..default_tls13() }
}

fn setup(client: SecurityPolicy, server: SecurityPolicy) -> Setup {
    let authority = Authority::new();
    Setup::new(client_builder(&authority).policy(client), server_builder(&authority).policy(server))
}

fn connect(client: SecurityPolicy, server: SecurityPolicy) -> Pair {
    let mut pair = setup(client, server).pair();
    pair.handshake();
    pair
}

#[test]
fn groups_by_tuples() {
    /// The client's groups, its shares, the server's groups, the group chosen, whether by a retry.
    type Row<'a> = (&'a [NamedGroup], &'a [NamedGroup], &'a [NamedGroup], NamedGroup, bool);
    let table: &[Row<'_>] = &[
        // A post-quantum group in common wins, even at the cost of a round trip and against both orders.
        (&[X25519, HYBRID], &[X25519], &[X25519, HYBRID], HYBRID, true),
        (&[X25519, P256, P384_HYBRID], &[X25519, P256], &[P256, X25519, P384_HYBRID], P384_HYBRID, true),
        (&[HYBRID, X25519], &[HYBRID, X25519], &[X25519, HYBRID], HYBRID, false),
        (&[HYBRID, X25519], &[], &[HYBRID, X25519], HYBRID, true),
        // Within a tuple a share that is there wins over the server's order.
        (&[HYBRID, P256_HYBRID], &[HYBRID], &[P256_HYBRID, HYBRID], HYBRID, false),
        (&[X25519, P256], &[X25519], &[P256, X25519], X25519, false),
        // Without one, the server's order decides.
        (&[X25519, P256, P384], &[], &[P384, P256, X25519], P384, true),
        (&[P256_HYBRID, HYBRID, X25519], &[X25519], &[HYBRID, P256_HYBRID], HYBRID, true),
        // No post-quantum group in common: a classical one.
        (&[HYBRID, X25519], &[HYBRID, X25519], &[P256_HYBRID, X25519], X25519, false),
        (&[HYBRID, X25519], &[HYBRID], &[X25519], X25519, true),
        (&[P256_HYBRID, P256], &[P256_HYBRID, P256], &[P256], P256, false),
        (&[P384_HYBRID, P384], &[P384_HYBRID, P384], &[P384], P384, false),
        (&[NamedGroup::MLKEM1024, X25519], &[X25519], &[NamedGroup::MLKEM1024], NamedGroup::MLKEM1024, true),
    ];
    for (theirs, shares, ours, chosen, retried) in table {
        let mut pair = connect(groups(theirs, shares), groups(ours, &[]));
        pair.assert_works();
        for end in [&pair.client, &pair.server] {
            let facts = end.connection.facts().unwrap();
            assert_eq!((facts.group, facts.hello_retry_request), (*chosen, *retried), "{theirs:?} {ours:?}");
            assert_eq!(facts.post_quantum(), chosen.is_post_quantum());
        }
    }
}

//= 9846:2 server-share-group
//= 9846:4.3.8 server-share
//= 9846:9.1 suites
//= 9846:9.1 groups
//= 9846:9.3 all-offered-work
#[test]
fn every_group_and_every_suite() {
    for group in default_tls13().groups.iter().chain(&[NamedGroup::MLKEM1024]) {
        for suite in default_tls13().cipher_suites.iter() {
            let policy =
                SecurityPolicy { cipher_suites: vec![*suite].into(), ..groups(&[*group], &[*group]) };
            let mut pair = connect(policy, SecurityPolicy { groups: vec![*group].into(), ..default_tls13() });
            pair.assert_works();
            let facts = pair.client.connection.facts().unwrap();
            assert_eq!((facts.group, facts.cipher_suite), (*group, *suite));
        }
    }
}

#[test]
fn the_servers_order_of_suites_decides() {
    let [first, second] = [CipherSuite::TLS_CHACHA20_POLY1305_SHA256, CipherSuite::TLS_AES_256_GCM_SHA384];
    let suites =
        |list: &[CipherSuite]| SecurityPolicy { cipher_suites: list.to_vec().into(), ..default_tls13() };
    let mut pair = connect(suites(&[first, second]), suites(&[second, first]));
    pair.assert_works();
    assert_eq!(pair.client.connection.facts().unwrap().cipher_suite, second);
}

#[test]
fn named_policies() {
    let policies = [default_tls13(), SecurityPolicy::DEFAULT_PQ, SecurityPolicy::DEFAULT_TLS13];
    for client in &policies {
        for server in &policies {
            let mut pair = connect(client.clone(), server.clone());
            pair.assert_works();
            let classical = client.name == "default_tls13" || server.name == "default_tls13";
            let facts = pair.server.connection.facts().unwrap();
            assert_eq!(facts.post_quantum(), !classical, "{} {}", client.name, server.name);
            assert_eq!(facts.policy, server.name);
        }
    }
}

//= 9846:4.3.8 order
#[test]
fn shares_are_what_the_policy_says() {
    let table = [
        (default_tls13(), vec![(HYBRID, 1216), (X25519, 32)]),
        (SecurityPolicy::DEFAULT_PQ, vec![(HYBRID, 1216), (X25519, 32)]),
        (SecurityPolicy::DEFAULT_TLS13, vec![(P256, 65)]),
        (groups(&[P384_HYBRID, P384], &[P384_HYBRID, P384]), vec![(P384_HYBRID, 1665), (P384, 97)]),
        (groups(&[HYBRID, P256], &[]), vec![]),
    ];
    for (policy, expected) in table {
        let name = policy.name.clone();
        let setup = setup(policy, default_tls13());
        let mut hello = Extended::parse(&setup.messages()[0].content);
        let mut shares = Vec::new();
        let body = hello.body_mut(ext::KEY_SHARE);
        let mut rest = &body[2..];
        while let [a, b, c, d, tail @ ..] = rest {
            let len = usize::from(u16::from_be_bytes([*c, *d]));
            shares.push((NamedGroup(u16::from_be_bytes([*a, *b])), len));
            rest = &tail[len..];
        }
        assert_eq!(shares, expected, "{name}");
    }
}

/// Within one ClientHello the hybrid's classical half is the classical share; across connections nothing is.
//= 9846:4.3.8 independent
//= 9846:4.3.8 fresh
#[test]
fn shares_are_fresh_for_every_hello() {
    let setup = setup(default_tls13(), default_tls13());
    let shares: Vec<Vec<u8>> = (0..3)
        .map(|_| Extended::parse(&setup.messages()[0].content).body_mut(ext::KEY_SHARE).clone())
        .collect();
    for share in &shares {
        let (hybrid, x25519) = share[2..].split_at(4 + 1216);
        assert_eq!(hybrid[4 + 1184..], x25519[4..]);
    }
    assert!(shares[0] != shares[1] && shares[1] != shares[2] && shares[0] != shares[2]);
}

//= 9846:2.1 nothing-in-common
#[test]
fn nothing_in_common() {
    let suites = |suite| SecurityPolicy { cipher_suites: vec![suite].into(), ..default_tls13() };
    let schemes = |schemes: &[SignatureScheme]| SecurityPolicy {
        signature_schemes: schemes.to_vec().into(),
        ..default_tls13()
    };
    let table = [
        (
            suites(CipherSuite::TLS_AES_128_GCM_SHA256),
            suites(CipherSuite::TLS_AES_256_GCM_SHA384),
            "no_common_cipher_suite",
            "TLS_AES_128_GCM_SHA256",
        ),
        (groups(&[HYBRID, X25519], &[X25519]), groups(&[P256], &[]), "no_common_group", "x25519"),
        (
            schemes(&[SignatureScheme::ED25519]),
            schemes(&[SignatureScheme::ECDSA_SECP256R1_SHA256, SignatureScheme::ED25519]),
            "no_common_signature_scheme",
            "ed25519",
        ),
    ];
    for (client, server, code, shown) in table {
        let pair = connect(client, server);
        let error = pair.server.error.unwrap();
        assert_eq!((error.code(), error.alert_sent()), (code, Some(Alert::HANDSHAKE_FAILURE)));
        assert_eq!(error.who(), Who::Both);
        assert!(error.to_string().to_lowercase().contains(&shown.to_lowercase()), "{error}");
        let told = pair.client.error.unwrap();
        assert_eq!(told.alert_received(), Some(Alert::HANDSHAKE_FAILURE));
        assert_eq!((told.code(), told.who()), ("alert_received", Who::Peer));
        assert!(!pair.client.established && !pair.server.established);
    }
}

//= 9846:E.2 too-old
#[test]
fn older_clients_and_servers_are_told_by_protocol_version() {
    let setup = setup(default_tls13(), default_tls13());
    for number in [0, 1] {
        let mut relay = setup.relay();
        relay.run_changing(number, |piece| {
            let mut hello = Extended::parse(&piece.content);
            hello.remove(ext::SUPPORTED_VERSIONS);
            vec![piece.with(hello.bytes())]
        });
        let side = setup.messages()[number].sender.other();
        relay.assert_refused(side, Alert::PROTOCOL_VERSION, "an older peer");
        assert_eq!(relay.end(side).error.as_ref().unwrap().who(), Who::Both);
    }
}

/// A retry whose key is asked for by name: the second share is fresh and the only one.
//= 9846:4.2.4 followed
//= 9846:4.3.8 retry-share
#[test]
fn a_second_share_is_fresh_and_alone() {
    let setup = setup(groups(&[HYBRID, P256_HYBRID, X25519], &[HYBRID, X25519]), groups(&[P256_HYBRID], &[]));
    let messages = setup.messages();
    let hellos: Vec<Extended> = messages
        .iter()
        .filter(|piece| piece.message_type() == Some(HandshakeType::CLIENT_HELLO))
        .map(|piece| Extended::parse(&piece.content))
        .collect();
    let [_, mut second] = <[Extended; 2]>::try_from(hellos).unwrap();
    let share = second.body_mut(ext::KEY_SHARE);
    assert_eq!(share[..6], [4, 229, 0x11, 0xeb, 4, 225]);
    assert_eq!(share.len(), 6 + 1249);
}
