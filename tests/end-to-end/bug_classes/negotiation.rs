//! What is chosen: nothing that was not offered, and nothing worse than it had to be.

use std::sync::Arc;

use tests::authority::Authority;
use tests::hello::{Extended, message};
use tests::pair::{Pair, client_builder, default_tls13, only, server_builder};
use tests::relay::{Setup, Side, content_type, record, records};
use tests::scenario::{SIMPLE, Scenario};
use tests::wire::take_messages;
use tls_core::ciphersuites::{NamedGroup, ProtocolVersion, SecurityPolicy};
use tls_core::{AlertDescription as Alert, HandshakeType};

use super::alert;
use crate::cases::{ext, number};

/// What the client makes of a ServerHello that was altered like this.
fn hello_refused(setup: &Setup, alter: impl Fn(&mut Extended)) -> Option<Alert> {
    let mut pair = setup.pair();
    let hello = pair.client.take_output();
    pair.server.deliver(&hello);
    let answer = pair.server.take_output();
    let server_hello = take_messages(&mut records(&answer)[0][5..].to_vec()).remove(0);
    let mut server_hello = Extended::parse(&server_hello);
    alter(&mut server_hello);
    pair.client.deliver(&record(content_type::HANDSHAKE, &server_hello.bytes()));
    alert(&pair.client)
}

/// What the client makes of EncryptedExtensions that were altered like this.
fn encrypted_refused(setup: &Setup, alter: impl Fn(&mut Extended)) -> Option<Alert> {
    let mut relay = setup.relay();
    relay.run_changing(number(setup, Side::Server, HandshakeType::ENCRYPTED_EXTENSIONS), |piece| {
        let mut message = Extended::parse(&piece.content);
        alter(&mut message);
        vec![piece.with(message.bytes())]
    });
    assert!(!relay.pair.client.established);
    alert(&relay.pair.client)
}

/// The receiver's alert where the last two bytes in front of a signature name another scheme.
fn scheme_refused(
    setup: &Setup,
    (side, message_type, at): (Side, HandshakeType, usize),
    scheme: u16,
) -> Option<Alert> {
    let mut relay = setup.relay();
    relay.run_changing(number(setup, side, message_type), |piece| {
        let mut content = piece.content.clone();
        content[at..at + 2].copy_from_slice(&scheme.to_be_bytes());
        vec![piece.with(content)]
    });
    alert(relay.end(side.other()))
}

/// wolfSSL CVE-2024-5814, CVE-2025-11934, CVE-2025-12889, mbedTLS CVE-2026-25834: a peer that chooses what nobody offered.
//= 9846:4.2.3 suite-offered
//= 9846:4.3.3 deprecated-pairs
//= 9846:4.5.1 openpgp
//= 9846:4.5.2 no-sha1
#[test]
fn class_04_parameters_that_were_not_offered() {
    let illegal = Some(Alert::ILLEGAL_PARAMETER);
    for scenario in SIMPLE {
        let setup = Scenario { mutual: true, ..scenario }.setup();
        let hello = Extended::parse(&setup.messages()[0].content);
        let suites_at = hello.suites_at();
        let offered: Vec<[u8; 2]> =
            hello.prefix[suites_at + 2..].chunks_exact(2).map(|suite| [suite[0], suite[1]]).collect();
        let unoffered = [0..0x100u16, 0x1300..0x1310, 0xc000..0xc100, 0xcca0..0xccb0]
            .into_iter()
            .flatten()
            .map(u16::to_be_bytes)
            .filter(|suite| !offered.contains(suite));
        for suite in unoffered {
            let refused = hello_refused(&setup, |hello| {
                let at = hello.suites_at();
                hello.prefix[at..at + 2].copy_from_slice(&suite);
            });
            assert_eq!(refused, illegal, "{scenario:?}: {suite:?}");
        }
        let (proof, at) = match scenario.is_tls12() {
            true => (HandshakeType::SERVER_KEY_EXCHANGE, 4 + 4 + 32),
            false => (HandshakeType::CERTIFICATE_VERIFY, 4),
        };
        // PKCS#1 with SHA-1, DSA, ECDSA with SHA-1, Ed448, and none at all.
        for scheme in [0x0201, 0x0202, 0x0203, 0x0808, 0] {
            assert_eq!(scheme_refused(&setup, (Side::Server, proof, at), scheme), illegal, "{scheme:04x}");
            let client = (Side::Client, HandshakeType::CERTIFICATE_VERIFY, 4);
            assert_eq!(scheme_refused(&setup, client, scheme), illegal, "{scheme:04x}");
        }
    }
    let setup = SIMPLE[0].setup();
    let hello = |alter: fn(&mut Extended)| hello_refused(&setup, alter);
    assert_eq!(hello(|hello| hello.set(ext::SUPPORTED_VERSIONS, &[3, 3])), Some(Alert::ILLEGAL_PARAMETER));
    assert_eq!(hello(|hello| hello.remove(ext::SUPPORTED_VERSIONS)), Some(Alert::PROTOCOL_VERSION));
    assert_eq!(hello(|hello| hello.body_mut(ext::KEY_SHARE)[1] = 0x18), illegal);
    assert_eq!(hello(|hello| hello.push(ext::PRE_SHARED_KEY, &[0, 0])), Some(Alert::UNSUPPORTED_EXTENSION));
    let encrypted = |alter: fn(&mut Extended)| encrypted_refused(&setup, alter);
    assert_eq!(encrypted(|message| message.set(ext::ALPN, &[0, 3, 2, b'h', b'3'])), illegal);
    assert_eq!(encrypted(|message| message.push(ext::EARLY_DATA, &[])), Some(Alert::UNSUPPORTED_EXTENSION));
    // A certificate type, and a way to compress certificates.
    assert_eq!(encrypted(|message| message.push(20, &[2])), Some(Alert::UNSUPPORTED_EXTENSION));
    let mut relay = setup.relay();
    relay.run_changing(number(&setup, Side::Server, HandshakeType::CERTIFICATE), |piece| {
        vec![piece.with(message(25, &[0, 1, 0, 0, 1, 0, 0, 1, 0]))]
    });
    relay.assert_refused(Side::Client, Alert::UNEXPECTED_MESSAGE, "a compressed certificate");
}

/// OpenSSL CVE-2026-2673, mbedTLS CVE-2024-28755: less than what both ends can do.
#[test]
fn class_05_downgrades_by_ones_own_policy() {
    let authority = Authority::new();
    let both = SecurityPolicy::P20251014;
    let versions = [ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2];
    let policies = [only(versions[0], &both), only(versions[1], &both), both.clone()];
    for client in &policies {
        for server in &policies {
            let config = client_builder(&authority).policy(client.clone()).build().unwrap();
            let server_config = server_builder(&authority).policy(server.clone()).build().unwrap();
            // Twice: what was agreed on before changes nothing.
            for _ in 0..2 {
                let mut pair = Pair::new(&config, &server_config);
                pair.handshake();
                let best = versions
                    .into_iter()
                    .find(|version| client.supports(*version) && server.supports(*version));
                match best {
                    Some(version) => {
                        pair.assert_works();
                        assert_eq!(pair.client.connection.facts().unwrap().version, version);
                    }
                    None => assert!(!pair.client.established && !pair.server.established),
                }
            }
        }
    }
    // Someone in between who takes TLS 1.3 out of the offer.
    let client = client_builder(&authority).policy(both.clone());
    let setup = Setup::new(client, server_builder(&authority).policy(both));
    let mut relay = setup.relay();
    relay.run_changing(0, |piece| {
        let mut hello = Extended::parse(&piece.content);
        hello.remove(ext::SUPPORTED_VERSIONS);
        vec![piece.with(hello.bytes())]
    });
    relay.assert_refused(Side::Client, Alert::ILLEGAL_PARAMETER, "a downgrade");
    assert_eq!(relay.pair.client.error.as_ref().unwrap().code(), "downgrade");
}

/// Servers that take a classical share because it is there, and clients that leave the post-quantum one out.
#[test]
fn class_06_omitted_post_quantum_groups() {
    const HYBRID: NamedGroup = NamedGroup::X25519MLKEM768;
    const X25519: NamedGroup = NamedGroup::X25519;
    let authority = Authority::new();
    for (groups, shares, retried) in [
        (&[HYBRID, X25519][..], &[HYBRID, X25519][..], false),
        (&[HYBRID, X25519], &[X25519], true),
        (&[X25519, HYBRID], &[X25519], true),
        (&[X25519, HYBRID], &[X25519, HYBRID], false),
    ] {
        let policy = SecurityPolicy {
            groups: groups.to_vec().into(),
            key_shares: shares.to_vec().into(),
            ..default_tls13()
        };
        let client = client_builder(&authority).policy(policy);
        let mut pair = Pair::new(&client.build().unwrap(), &server_builder(&authority).build().unwrap());
        pair.handshake();
        pair.assert_works();
        for end in [&pair.client, &pair.server] {
            let facts = end.connection.facts().unwrap();
            assert_eq!((facts.group, facts.hello_retry_request), (HYBRID, retried));
            assert!(facts.post_quantum());
        }
    }
    // What nobody chose is post-quantum, too.
    for name in ["default_pq", "20251014"] {
        let policy = SecurityPolicy::by_name(name).unwrap();
        let client = client_builder(&authority).policy(policy).build().unwrap();
        let mut pair = Pair::new(&client, &server_builder(&authority).build().unwrap());
        pair.handshake();
        assert!(pair.server.connection.facts().unwrap().post_quantum(), "{name}");
    }
}

/// Go CVE-2025-68121, mbedTLS CVE-2024-28755: what one connection leaves in an object that another uses.
//= 9846:6 after-error
#[test]
fn class_25_objects_used_again() {
    let authority = Authority::new();
    let client = client_builder(&authority).alpn(["h2"]).build().unwrap();
    let server = server_builder(&authority).alpn(["h2"]).build().unwrap();
    for round in 0..20 {
        let mut pair = Pair::new(&client, &server);
        if round % 2 == 1 {
            // One that fails in the middle.
            let hello = pair.client.take_output();
            pair.server.deliver(&hello);
            let mut answer = pair.server.take_output();
            *answer.last_mut().unwrap() ^= 1;
            pair.client.deliver(&answer);
            let error = pair.client.error.clone().unwrap();
            // It stays as it is, whatever comes.
            let mut whole = pair.server.take_output();
            assert_eq!(pair.client.connection.receive(&mut whole).unwrap_err(), error);
            assert_eq!(alert(&pair.client), Some(Alert::BAD_RECORD_MAC));
            continue;
        }
        pair.handshake();
        pair.assert_works();
        assert_eq!(pair.server.connection.facts().unwrap().alpn.as_deref(), Some(b"h2".as_slice()));
    }
    assert_eq!((Arc::strong_count(&client), Arc::strong_count(&server)), (1, 1));
}
