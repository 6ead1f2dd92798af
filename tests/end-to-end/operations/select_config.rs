//! Configurations chosen when the ClientHello is known.

use std::num::NonZeroU16;

use tests::pair::default_tls13;
use tls_core::ciphersuites::NamedGroup;
use tls_core::{AlertDescription, RecordPadding, SelectConfig, Stage, Who};

use super::*;

fn take_select(end: &mut End) -> SelectConfig {
    assert_eq!((&end.error, end.operations.len()), (&None, 1));
    match end.operations.pop() {
        Some(Operation::SelectConfig(select)) => select,
        other => panic!("{other:?}"),
    }
}

fn asking_server(authority: &Authority) -> Arc<ServerConfig> {
    let other = Authority::new();
    let identity = other.issue(&["other.test"], &rcgen::PKCS_ECDSA_P256_SHA256).identity();
    let builder =
        ServerConfig::builder().permit_unapproved().policy(SecurityPolicy::P20251014).identity(identity);
    assert!(!authority.roots().is_empty());
    builder.alpn(["first"]).select_config(true).build().unwrap()
}

#[test]
fn the_whole_configuration_is_the_chosen_one() {
    let authority = Authority::new();
    for version in BOTH {
        let client = client_builder(&authority).policy(policy(version)).alpn(["first", "second"]);
        let mut pair = Pair::new(&client.build().unwrap(), &asking_server(&authority));
        run(&mut pair);
        assert_eq!(pair.server.connection.stage(), Stage::SelectingConfig);
        let select = take_select(&mut pair.server);
        assert_eq!(select.client_hello().server_name(), Ok(Some("localhost")));
        let padding = RecordPadding::Multiple(NonZeroU16::new(512).unwrap());
        let chosen = server_builder(&authority)
            .policy(policy(version))
            .alpn(["second"])
            .record_padding(padding)
            .rekey_after(3);
        pair.server.answer(select.use_config(chosen.build().unwrap()));
        run(&mut pair);
        pair.assert_works();
        let facts = pair.client.connection.facts().unwrap();
        assert_eq!(facts.alpn.as_deref(), Some(&b"second"[..]));
        if version == ProtocolVersion::TLS1_3 {
            let sealed = pair.server.seal(b"x");
            assert_eq!(sealed.len(), 5 + 512 + 16, "padded as the chosen configuration says");
            let sealed: usize = (0..9).map(|_| pair.server.seal(b"x").len()).sum();
            assert!(sealed > 9 * (5 + 512 + 16), "keys are updated as the chosen configuration says");
        }
    }
}

#[test]
fn the_first_configuration_may_stay() {
    let authority = Authority::new();
    for version in BOTH {
        let client = client_builder(&authority).policy(policy(version)).build().unwrap();
        let server = server_builder(&authority).policy(policy(version)).select_config(true).build().unwrap();
        let mut pair = Pair::new(&client, &server);
        run(&mut pair);
        let select = take_select(&mut pair.server);
        pair.server.answer(select.keep_config());
        run(&mut pair);
        pair.assert_works();
    }
}

/// A configuration that asks, chosen by one that asks, is not asked again.
#[test]
fn nobody_is_asked_twice() {
    let authority = Authority::new();
    let client = client_builder(&authority).build().unwrap();
    let server = server_builder(&authority).select_config(true).build().unwrap();
    let mut pair = Pair::new(&client, &asking_server(&authority));
    run(&mut pair);
    let select = take_select(&mut pair.server);
    pair.server.answer(select.use_config(server));
    run(&mut pair);
    pair.assert_works();
}

/// A HelloRetryRequest is an answer of the chosen configuration, and no new question.
#[test]
fn a_retry_belongs_to_the_chosen_configuration() {
    let authority = Authority::new();
    let client = client_builder(&authority).build().unwrap();
    let mut pair = Pair::new(&client, &asking_server(&authority));
    run(&mut pair);
    let select = take_select(&mut pair.server);
    let only_p384 = SecurityPolicy { groups: vec![NamedGroup::SECP384R1].into(), ..default_tls13() };
    let chosen = server_builder(&authority).policy(only_p384).build().unwrap();
    pair.server.answer(select.use_config(chosen));
    run(&mut pair);
    pair.assert_works();
    let facts = pair.server.connection.facts().unwrap();
    assert_eq!((facts.group, facts.hello_retry_request), (NamedGroup::SECP384R1, true));
}

#[test]
fn a_client_that_is_not_served_is_told_why() {
    let authority = Authority::new();
    let client = client_builder(&authority).build().unwrap();
    let mut pair = Pair::new(&client, &asking_server(&authority));
    run(&mut pair);
    let select = take_select(&mut pair.server);
    pair.server.answer(select.refuse(AlertDescription::UNRECOGNIZED_NAME));
    run(&mut pair);
    let error = pair.server.error.as_ref().unwrap();
    assert_eq!((error.code(), error.who()), ("aborted", Who::Caller));
    let received = pair.client.error.as_ref().unwrap().alert_received();
    assert_eq!(received, Some(AlertDescription::UNRECOGNIZED_NAME));
}
