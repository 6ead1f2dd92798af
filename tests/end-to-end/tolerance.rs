//! What is passed over: a peer may know more than this side, and is not to be refused for it.

use ring::{digest, hmac};
use tests::authority::Authority;
use tests::hello::{Extended, message};
use tests::pair::{Pair, client_builder, localhost, server_builder};
use tests::protection::expand_label;
use tests::relay::{Setup, Side, content_type, record, records};
use tests::scenario::{ALL, SIMPLE, Scenario};
use tls_core::ciphersuites::{CipherSuite, Hash};
use tls_core::{HandshakeType, Identity, PreSharedKey, PreSharedKeys, ServerName};

use crate::cases::{ext, number};

/// What the server makes of a first ClientHello that was altered like this: it answers by its whole flight.
fn assert_answered(scenario: Scenario, what: &str, alter: impl Fn(&mut Extended)) {
    let mut pair = scenario.setup().pair();
    let wire = pair.client.take_output();
    let mut hello = Extended::parse(&records(&wire)[0][5..]);
    alter(&mut hello);
    pair.server.deliver(&record(content_type::HANDSHAKE, &hello.bytes()));
    assert_eq!(pair.server.error, None, "{what}");
    assert!(pair.server.take_output().len() > 300, "{what}");
}

//= 9846:4.2.2 unknown-suites
//= 9846:4.2.2 unknown-extensions
//= 9846:4.5.1.1 status-v2
//= 9846:E.5 truncated-hmac
#[test]
fn what_a_server_does_not_know_it_passes_over() {
    type Alter = fn(&mut Extended);
    let list_with = |hello: &mut Extended, extension: u16, value: [u8; 2]| {
        let body = hello.body_mut(extension);
        let len = usize::from(body[0]) << 8 | usize::from(body[1]);
        body.splice(2..2, value);
        body[..2].copy_from_slice(&u16::try_from(len + 2).unwrap().to_be_bytes());
    };
    let table: [(&str, Alter); 7] = [
        ("an unknown extension", |h| h.extensions.insert(0, (ext::UNKNOWN, vec![1, 2, 3]))),
        // truncated_hmac, status_request_v2, post_handshake_auth, certificate_authorities, quic_transport_parameters.
        ("extensions that others know", |h| {
            for (extension, body) in
                [(4, vec![]), (17, vec![0; 9]), (49, vec![]), (47, vec![0, 4, 0, 2, 0x30, 0]), (57, vec![1])]
            {
                h.extensions.insert(0, (extension, body));
            }
        }),
        ("an unknown suite", |h| h.push_suite(0x5b5b)),
        ("RC4", |h| h.push_suite(0x0005)),
        ("an unknown name protocol", |h| {
            h.set(
                ext::ALPN,
                &[0, 14, 4, b'?', b'?', b'?', 0, 8, b'h', b't', b't', b'p', b'/', b'1', b'.', b'1'],
            )
        }),
        ("an OCSP request", |h| h.extensions.insert(0, (ext::STATUS_REQUEST, vec![1, 0, 0, 0, 0]))),
        ("padding", |h| h.extensions.insert(0, (ext::PADDING, vec![0; 300]))),
    ];
    for scenario in SIMPLE {
        for (what, alter) in table {
            assert_answered(scenario, what, alter);
        }
        for (what, extension) in [("a group", ext::SUPPORTED_GROUPS), ("a scheme", ext::SIGNATURE_ALGORITHMS)]
        {
            assert_answered(scenario, what, |hello| list_with(hello, extension, [0xfe, 0xff]));
        }
    }
    assert_answered(SIMPLE[0], "a version", |hello| {
        hello.set(ext::SUPPORTED_VERSIONS, &[6, 0x7f, 0x1c, 3, 9, 3, 4])
    });
    assert_answered(SIMPLE[0], "a share", |hello| {
        let shares = hello.body_mut(ext::KEY_SHARE).clone();
        let groups = hello.body_mut(ext::SUPPORTED_GROUPS);
        groups.splice(2..2, [0xfe, 0xff]);
        groups[1] += 2;
        let unknown = [&shares[2..], &[0xfe, 0xff, 0, 1, 9]].concat();
        let len = u16::try_from(unknown.len()).unwrap().to_be_bytes();
        hello.set(ext::KEY_SHARE, &[&len[..], &unknown].concat());
    });
}

//= 9846:5.1 record-version-ignored
#[test]
fn versions_of_records_mean_nothing() {
    for scenario in SIMPLE {
        for version in [[3, 0], [3, 1], [3, 2], [3, 4], [3, 0xff]] {
            let mut pair = scenario.setup().pair();
            pair.run(|end, bytes| {
                let mut altered = Vec::new();
                let mut is_plaintext = true;
                for record in records(bytes) {
                    let mut record = record.to_vec();
                    is_plaintext &= record[0] == content_type::HANDSHAKE;
                    // Once there are keys, the header is protected, too.
                    if is_plaintext {
                        record[1..3].copy_from_slice(&version);
                    }
                    altered.extend(record);
                }
                end.deliver(&altered);
            });
            pair.assert_works();
        }
    }
}

//= 9846:4.3.8 reuse-permitted
#[test]
fn a_share_seen_before_is_as_good_as_any() {
    let setup = SIMPLE[0].setup();
    let mut pair = setup.pair();
    let hello = pair.client.take_output();
    for _ in 0..3 {
        let mut again = setup.pair();
        again.server.deliver(&hello);
        assert_eq!(again.server.error, None);
        assert!(again.server.take_output().len() > 300);
    }
}

/// Whether a connection comes about although a message of the server's was altered before it was hashed. The server
/// would notice by the transcript: it must be the client's doing alone.
fn client_accepts(setup: &Setup, message_type: HandshakeType, alter: impl Fn(&mut Extended)) {
    let mut relay = setup.relay();
    let at = number(setup, Side::Server, message_type);
    relay.run_changing(at, |piece| {
        let mut message = Extended::parse(&piece.content);
        alter(&mut message);
        vec![piece.with(message.bytes())]
    });
    // The next message that covers the transcript tells the difference, and nothing before it.
    let error = relay.pair.client.error.as_ref().unwrap();
    assert_eq!(error.code(), "bad_handshake_signature", "{error}");
}

//= 9846:4.3.7 servers-list
#[test]
fn a_servers_groups_change_nothing() {
    let setup = SIMPLE[0].setup();
    client_accepts(&setup, HandshakeType::ENCRYPTED_EXTENSIONS, |message| {
        message.push(ext::SUPPORTED_GROUPS, &[0, 4, 0x11, 0xec, 0, 0x1d]);
    });
    // The next connection offers what the first one did.
    let offered =
        |setup: &Setup| Extended::parse(&setup.messages()[0].content).body_mut(ext::SUPPORTED_GROUPS).clone();
    assert_eq!(offered(&setup), offered(&setup));
}

//= 9846:4.3.5 filters
//= 9846:4.4.2 unknown
#[test]
fn filters_for_what_a_client_does_not_recognise_are_passed_over() {
    let setup = Scenario { mutual: true, ..SIMPLE[0] }.setup();
    for (extension, body) in [
        (48, vec![0, 8, 3, 0x55, 0x1d, 0x63, 0, 2, 5, 0]),
        (48, vec![0, 0]),
        (ext::UNKNOWN, vec![1, 2, 3]),
        (47, vec![0, 4, 0, 2, 0x30, 0]),
        (50, vec![0, 2, 8, 7]),
    ] {
        client_accepts(&setup, HandshakeType::CERTIFICATE_REQUEST, |message| message.push(extension, &body));
    }
}

//= 9846:4.7.1 unknown
#[test]
fn a_tickets_unknown_extensions_are_passed_over() {
    let scenario = Scenario { resumed: true, ..SIMPLE[0] };
    let setup = scenario.setup();
    let (mut pair, mut keys) = setup.established(Side::Server);
    let extensions = [0xfe, 0, 0, 1, 9, 0, 4, 0, 0];
    let body = [&[0, 0, 1, 0, 1, 2, 3, 4, 1, 0, 0, 2, 7, 7, 0, 9][..], &extensions].concat();
    pair.client.deliver(&keys.seal(content_type::HANDSHAKE, &message(4, &body)));
    assert_eq!(pair.client.error, None);
    assert_eq!(setup.session.as_ref().unwrap().0.len(), 1);
}

//= 9846:4.5.1 extraneous
#[test]
fn chains_in_any_order_and_with_strangers_in_them() {
    let authority = Authority::new();
    let stranger = Authority::new().localhost().identity();
    let pem = authority.localhost();
    let own = pem.identity().certificates().to_vec();
    let (leaf, intermediate) = (own[0].clone(), own[1].clone());
    for chain in [
        vec![leaf.clone(), stranger.certificates()[0].clone(), intermediate.clone()],
        vec![
            leaf.clone(),
            stranger.certificates()[1].clone(),
            stranger.certificates()[0].clone(),
            intermediate.clone(),
        ],
        vec![leaf.clone(), intermediate.clone(), intermediate.clone(), leaf.clone()],
    ] {
        let key = tls_core::ciphersuites::PrivateKey::from_pem(pem.key.as_bytes()).unwrap();
        let server = tls_core::ServerConfig::builder()
            .permit_unapproved()
            .policy(tests::pair::default_tls13())
            .identity(Identity::new(chain, key).unwrap());
        let mut pair = Pair::new(&client_builder(&authority).build().unwrap(), &server.build().unwrap());
        pair.handshake();
        pair.assert_works();
    }
}

/// The name in the facts of a resumed connection is its own, not the one of the connection that it resumes.
//= 9846:4.7.1 reported-name
#[test]
fn the_name_that_counts_is_the_one_sent_last() {
    let authority = Authority::new();
    let (store, keys) = (tls_core::SessionStore::new(9), tls_core::TicketKeys::rotating());
    let (store, keys) = (std::sync::Arc::new(store), std::sync::Arc::new(keys));
    let client = |sends: bool| {
        let client = client_builder(&authority).session_store(std::sync::Arc::clone(&store));
        client.server_name_indication(sends).build().unwrap()
    };
    let server = server_builder(&authority).ticket_keys(keys).build().unwrap();
    let mut names = Vec::new();
    for sends in [true, true, false] {
        let mut pair = Pair::new(&client(sends), &server);
        pair.handshake();
        pair.assert_works();
        names.push(pair.server.connection.facts().unwrap().server_name.clone());
    }
    let localhost_name = Some("localhost".into());
    assert_eq!(names, [localhost_name.clone(), localhost_name, None]);
    // As the client spells it.
    let config = client_builder(&authority).build().unwrap();
    for name in [localhost(), ServerName::try_from("LocalHost").unwrap()] {
        let mut pair = Pair::by_name(name, &config, &server);
        pair.handshake();
        let heard = pair.server.connection.facts().unwrap().server_name.clone().unwrap();
        assert!(heard.eq_ignore_ascii_case("localhost"), "{heard}");
    }
}

/// Nothing of this depends on the order of extensions.
#[test]
fn extensions_come_in_any_order() {
    let is_plain = |scenario: &Scenario| !scenario.retry && !scenario.resumed && !scenario.keyed;
    for scenario in ALL.into_iter().filter(is_plain) {
        assert_answered(scenario, "turned round", |hello| hello.extensions.reverse());
    }
}

/// An external key has no age; whatever a client says of it, its binder counts.
//= 9846:4.3.11 external-age
#[test]
fn the_age_of_an_external_key_means_nothing() {
    let suite = CipherSuite::TLS_AES_128_GCM_SHA256;
    let known = || PreSharedKey::new(b"name", &[7; 32], Hash::Sha256).unwrap();
    let authority = Authority::new();
    let client = client_builder(&authority).pre_shared_keys(vec![known()]);
    let server = server_builder(&authority).pre_shared_keys(PreSharedKeys::Known(vec![known()]));
    let setup = Setup::new(client, server);
    let mut pair = setup.pair();
    let wire = pair.client.take_output();
    let mut hello = Extended::parse(&records(&wire)[0][5..]);
    // One identity of four bytes: its age is behind it.
    hello.body_mut(ext::PRE_SHARED_KEY)[8..12].copy_from_slice(&[1, 2, 3, 4]);
    let mut hello = hello.bytes();
    let binders_at = hello.len() - 35;
    let mac =
        |key: &[u8], data: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data).as_ref().to_vec();
    let sha256 = |data: &[u8]| digest::digest(&digest::SHA256, data).as_ref().to_vec();
    let binder_key = expand_label(suite, &mac(&[0; 32], &[7; 32]), "ext binder", &sha256(&[]), 32);
    let binder = mac(&expand_label(suite, &binder_key, "finished", &[], 32), &sha256(&hello[..binders_at]));
    hello[binders_at + 3..].copy_from_slice(&binder);
    pair.server.deliver(&record(content_type::HANDSHAKE, &hello));
    assert_eq!(pair.server.error, None);
    // By the key, and so without certificates.
    assert!(pair.server.take_output().len() < 1500);
    // The binder was looked at.
    let mut pair = setup.pair();
    *hello.last_mut().unwrap() ^= 1;
    pair.server.deliver(&record(content_type::HANDSHAKE, &hello));
    assert_eq!(pair.server.error.as_ref().unwrap().code(), "bad_binder");
}
