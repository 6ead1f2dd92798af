//! Which version two ends agree on, and that nobody between them can make it less (RFC 9846 §4.2.3, RFC 7507).

use tests::authority::Authority;
use tests::hello::Extended;
use tests::pair::{Pair, client_builder, only, server_builder};
use tests::relay::{Setup, Side};
use tls_core::ciphersuites::{NamedGroup, ProtocolVersion, SecurityPolicy};
use tls_core::{AlertDescription as Alert, Error, HandshakeType};

use crate::cases::ext;

const V12: ProtocolVersion = ProtocolVersion::TLS1_2;
const V13: ProtocolVersion = ProtocolVersion::TLS1_3;

fn policies() -> [SecurityPolicy; 3] {
    [only(V12, &SecurityPolicy::P20251014), only(V13, &SecurityPolicy::P20251014), SecurityPolicy::P20251014]
}

fn setup(client: &SecurityPolicy, server: &SecurityPolicy) -> Setup {
    let authority = Authority::new();
    Setup::new(
        client_builder(&authority).policy(client.clone()),
        server_builder(&authority).policy(server.clone()),
    )
}

fn connect(client: &SecurityPolicy, server: &SecurityPolicy) -> Pair {
    let mut pair = setup(client, server).pair();
    pair.handshake();
    pair
}

#[test]
fn all_pairs() {
    let [tls12, tls13, both] = &policies();
    for (client, server, expected) in [
        (tls12, tls12, Some(V12)),
        (tls12, tls13, None),
        (tls12, both, Some(V12)),
        (tls13, tls12, None),
        (tls13, tls13, Some(V13)),
        (tls13, both, Some(V13)),
        (both, tls12, Some(V12)),
        (both, tls13, Some(V13)),
        (both, both, Some(V13)),
    ] {
        let mut pair = connect(client, server);
        match expected {
            Some(version) => {
                pair.assert_works();
                for end in [&pair.client, &pair.server] {
                    assert_eq!(end.connection.facts().unwrap().version, version);
                }
            }
            None => {
                let error = pair.server.error.as_ref().unwrap();
                assert_eq!(
                    (error.code(), error.alert_sent()),
                    ("no_common_version", Some(Alert::PROTOCOL_VERSION))
                );
            }
        }
    }
}

#[test]
fn a_lowest_version_holds() {
    let lowest = SecurityPolicy { min_version: V13, ..SecurityPolicy::P20251014 };
    let [tls12, _, both] = &policies();
    connect(&lowest, both).assert_works();
    for (client, server) in [(&lowest, tls12), (tls12, &lowest)] {
        assert_eq!(connect(client, server).server.error.as_ref().map(Error::code), Some("no_common_version"));
    }
}

#[test]
fn a_hybrid_offer_ends_classical_in_tls12() {
    let [tls12, _, both] = &policies();
    let mut pair = connect(both, tls12);
    pair.assert_works();
    assert_eq!(pair.client.connection.facts().unwrap().group, NamedGroup::SECP256R1);
}

/// What is TLS 1.3's own is not in a hello for TLS 1.2, least of all ML-KEM.
#[test]
fn a_hello_for_tls12_alone() {
    for policy in [SecurityPolicy::P20251014, SecurityPolicy::DEFAULT_PQ] {
        let policy = only(V12, &policy);
        let messages = setup(&policy, &policy).messages();
        let mut hello = Extended::parse(&messages[0].content);
        let is_tls13 = [ext::KEY_SHARE, ext::SUPPORTED_VERSIONS, ext::PSK_KEY_EXCHANGE_MODES];
        assert!(is_tls13.iter().all(|extension| !hello.has(*extension)));
        let groups: Vec<NamedGroup> = hello.body_mut(ext::SUPPORTED_GROUPS)[2..]
            .chunks(2)
            .map(|group| NamedGroup(u16::from_be_bytes([group[0], group[1]])))
            .collect();
        assert!(!groups.is_empty() && groups.iter().all(|group| !group.is_post_quantum()), "{groups:?}");
        let at = hello.suites_at();
        assert!(hello.prefix[at + 2..].chunks(2).all(|suite| suite[0] != 0x13));
        assert!(messages[0].content.len() < 400);
    }
}

/// The random of a ServerHello for TLS 1.2.
fn server_random(client: &SecurityPolicy, server: &SecurityPolicy) -> Vec<u8> {
    setup(client, server).messages()[1].content[6..38].to_vec()
}

//= 9846:4.2.3 random
//= 9846:4.2.3 sentinel
#[test]
fn sentinels_are_written_by_servers_that_could_do_better() {
    let [tls12, tls13, both] = &policies();
    assert_eq!(server_random(tls12, both)[24..], *b"DOWNGRD\x01");
    for (client, server) in [(tls12, tls12), (both, tls12), (both, both), (tls13, tls13)] {
        assert_ne!(server_random(client, server)[24..31], *b"DOWNGRD");
    }
    let lowest = SecurityPolicy { min_version: V13, ..SecurityPolicy::P20251014 };
    assert_ne!(server_random(both, &lowest)[24..31], *b"DOWNGRD");
}

//= 9846:4.2.3 sentinel-checked
#[test]
fn sentinels_are_heeded_by_clients_that_could_do_better() {
    let [tls12, _, both] = &policies();
    for sentinel in [b"DOWNGRD\x01", b"DOWNGRD\x00"] {
        let setup = setup(both, tls12);
        let mut relay = setup.relay();
        relay.run_changing(1, |piece| {
            let mut hello = piece.content.clone();
            hello[30..38].copy_from_slice(sentinel);
            vec![piece.with(hello)]
        });
        relay.assert_refused(Side::Client, Alert::ILLEGAL_PARAMETER, "a sentinel");
        assert_eq!(relay.pair.client.error.as_ref().unwrap().code(), "downgrade");
    }
}

/// Someone in between makes both ends look as if they knew TLS 1.2 only.
//= 9846:4.2.3 sentinel-checked
#[test]
fn a_downgrade_by_someone_in_between() {
    type Alter = fn(&mut Extended);
    let [_, _, both] = &policies();
    let table: [Alter; 3] = [
        |hello| hello.remove(ext::SUPPORTED_VERSIONS),
        |hello| hello.set(ext::SUPPORTED_VERSIONS, &[2, 3, 3]),
        |hello| {
            hello.extensions.retain(|(extension, _)| {
                *extension == ext::SUPPORTED_GROUPS || *extension == ext::SIGNATURE_ALGORITHMS
            })
        },
    ];
    for alter in table {
        let setup = setup(both, both);
        let mut relay = setup.relay();
        relay.run_changing(0, |piece| {
            let mut hello = Extended::parse(&piece.content);
            alter(&mut hello);
            vec![piece.with(hello.bytes())]
        });
        relay.assert_refused(Side::Client, Alert::ILLEGAL_PARAMETER, "a downgrade");
        assert_eq!(relay.pair.client.error.as_ref().unwrap().code(), "downgrade");
    }
}

#[test]
fn a_client_that_fell_back() {
    let [tls12, tls13, both] = &policies();
    for (client, server, is_refused) in
        [(tls12, both, true), (tls12, tls12, false), (tls13, both, false), (both, both, false)]
    {
        let setup = setup(client, server);
        let mut relay = setup.relay();
        let mut answered = false;
        relay.run(|piece| match piece.message_type() {
            Some(HandshakeType::CLIENT_HELLO) => {
                let mut hello = Extended::parse(&piece.content);
                hello.push_suite(0x5600);
                vec![piece.with(hello.bytes())]
            }
            message_type => {
                answered |= message_type == Some(HandshakeType::SERVER_HELLO);
                vec![piece.clone()]
            }
        });
        assert_eq!(answered, !is_refused);
        if is_refused {
            relay.assert_refused(Side::Server, Alert::INAPPROPRIATE_FALLBACK, "a fallback");
            assert_eq!(relay.pair.server.error.as_ref().unwrap().code(), "inappropriate_fallback");
        }
    }
}

//= 9846:4.3.1 authoritative
#[test]
fn a_client_with_older_versions_only() {
    let [tls12, tls13, both] = &policies();
    for server in [tls12, tls13, both] {
        for versions in [&[2, 3, 2][..], &[4, 3, 2, 3, 1], &[2, 3, 0], &[4, 0x7a, 0x7a, 3, 5]] {
            let setup = setup(tls12, server);
            let mut pair = setup.pair();
            let sent = pair.client.take_output();
            let mut hello = Extended::parse(&sent[5..]);
            hello.push(ext::SUPPORTED_VERSIONS, versions);
            pair.server.deliver(&tests::relay::record(22, &hello.bytes()));
            let error = pair.server.error.as_ref().unwrap();
            assert_eq!(
                (error.code(), error.alert_sent()),
                ("no_common_version", Some(Alert::PROTOCOL_VERSION))
            );
        }
    }
}

/// What was begun as TLS 1.3 is not gone on with as TLS 1.2.
//= 9846:4.2.4 same-version
#[test]
fn another_version_after_a_retry() {
    let with_groups = |groups: &[NamedGroup], shares: &[NamedGroup]| SecurityPolicy {
        groups: groups.to_vec().into(),
        key_shares: shares.to_vec().into(),
        ..SecurityPolicy::P20251014
    };
    let (x25519, p256) = (NamedGroup::X25519, NamedGroup::SECP256R1);
    let setup = setup(&with_groups(&[p256, x25519], &[p256]), &with_groups(&[x25519], &[]));
    // The second ClientHello; the ServerHello, also with a suite of TLS 1.2.
    for (number, receiver, suite) in
        [(2, Side::Server, None), (3, Side::Client, None), (3, Side::Client, Some([0xc0, 0x2b]))]
    {
        let mut relay = setup.relay();
        let mut count = 0;
        relay.run(|piece| {
            count += usize::from(piece.message_type().is_some());
            if count <= number {
                return vec![piece.clone()];
            }
            if count > number + 1 || piece.message_type().is_none() {
                return vec![];
            }
            let mut hello = Extended::parse(&piece.content);
            hello.remove(ext::SUPPORTED_VERSIONS);
            hello.remove(ext::KEY_SHARE);
            if let Some(suite) = suite {
                let at = hello.suites_at();
                hello.prefix[at..at + 2].copy_from_slice(&suite);
            }
            vec![piece.with(hello.bytes())]
        });
        relay.cut();
        let error = relay.end(receiver).error.clone().unwrap();
        let alerts = [Alert::ILLEGAL_PARAMETER, Alert::MISSING_EXTENSION];
        assert!(error.alert_sent().is_some_and(|alert| alerts.contains(&alert)), "{number}: {error}");
        assert!(!relay.pair.client.established && !relay.pair.server.established);
    }
}

//= 9846:4.3.1 authoritative
#[test]
fn grease_is_for_both_versions() {
    let authority = Authority::new();
    let [tls12, _, both] = policies();
    for (client, server) in [(&tls12, &tls12), (&tls12, &both), (&both, &tls12)] {
        let client = client_builder(&authority).policy(client.clone()).grease(true);
        let server = server_builder(&authority).policy(server.clone()).grease(true);
        let setup = Setup::new(client, server);
        let messages = setup.messages();
        let mut hello = Extended::parse(&messages[0].content);
        let at = hello.suites_at() + 2;
        let groups = hello.body_mut(ext::SUPPORTED_GROUPS)[2..4].to_vec();
        for value in [&hello.prefix[at..at + 2], &groups] {
            assert!(value[0] == value[1] && value[0] & 0x0f == 0x0a, "{value:?}");
        }
        // To choose one of them is to choose what was not offered.
        let mut relay = setup.relay();
        relay.run_changing(1, |piece| {
            let mut answer = Extended::parse(&piece.content);
            let suite_at = answer.suites_at();
            answer.prefix[suite_at..suite_at + 2].copy_from_slice(&[0x5a, 0x5a]);
            vec![piece.with(answer.bytes())]
        });
        relay.assert_refused(Side::Client, Alert::ILLEGAL_PARAMETER, "a value that means nothing");
    }
}
