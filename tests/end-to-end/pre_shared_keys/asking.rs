//! Servers that ask their caller for the key.

use tls_core::{ImportedIdentity, Operation, SelectPreSharedKey, Stage, Who};

use super::*;

fn take(end: &mut End) -> SelectPreSharedKey {
    assert_eq!((&end.error, end.operations.len()), (&None, 1));
    match end.operations.pop() {
        Some(Operation::SelectPreSharedKey(select)) => select,
        other => panic!("{other:?}"),
    }
}

/// A connection whose server, with or without a certificate, has just asked.
fn asked(authority: &Authority, keys: &[PreSharedKey], has_certificate: bool) -> Pair {
    let server = match has_certificate {
        true => server_builder(authority).pre_shared_keys(PreSharedKeys::Asked),
        false => keyed_server(PreSharedKeys::Asked),
    };
    let pair = run(client(authority, keys), server);
    assert_eq!(pair.server.connection.stage(), Stage::SelectingPreSharedKey);
    pair
}

#[test]
fn the_caller_chooses_one_of_those_that_are_offered() {
    let authority = Authority::new();
    let keys = [key("a", Hash::Sha256), imported("b", b"context", Hash::Sha384), key("c", Hash::Sha384)];
    for chosen in &keys {
        for has_certificate in [true, false] {
            let mut pair = asked(&authority, &keys, has_certificate);
            let select = take(&mut pair.server);
            let identities: Vec<_> = select.identities().collect();
            assert_eq!(identities, keys.each_ref().map(|key| key.identity().as_bytes()));
            let imported = identities.iter().filter_map(|identity| ImportedIdentity::from_bytes(identity));
            assert_eq!(imported.map(|imported| imported.external_identity).collect::<Vec<_>>(), [b"b"]);
            assert_eq!(select.client_hello().server_name(), Ok(Some("localhost")));
            pair.server.answer(select.use_key(chosen.clone()));
            pair.handshake();
            assert_by(&mut pair, Some(chosen));
        }
    }
}

/// It is asked once, whatever happens between; the answer holds for the second ClientHello.
#[test]
fn a_retry_does_not_ask_again() {
    let authority = Authority::new();
    let keys = [key("a", Hash::Sha256), key("b", Hash::Sha384)];
    let groups = [NamedGroup::SECP256R1, NamedGroup::SECP384R1];
    let client = keyed_client(&authority, &keys).policy(policy(&SUITES, &groups, &groups[..1]));
    let server = keyed_server(PreSharedKeys::Asked).policy(policy(&SUITES, &groups[1..], &groups[1..]));
    let mut pair = run(client, server);
    let select = take(&mut pair.server);
    pair.server.answer(select.use_key(keys[1].clone()));
    pair.handshake();
    assert!(pair.server.operations.is_empty());
    assert_by(&mut pair, Some(&keys[1]));
}

#[test]
fn without_an_answer_there_are_certificates_or_nothing() {
    let authority = Authority::new();
    let keys = [key("a", Hash::Sha256)];
    let mut pair = asked(&authority, &keys, true);
    let select = take(&mut pair.server);
    pair.server.answer(select.use_none());
    pair.handshake();
    assert_by(&mut pair, None);

    let mut pair = asked(&authority, &keys, false);
    let select = take(&mut pair.server);
    pair.server.answer(select.use_none());
    pair.handshake();
    assert_refused(&pair.server, &pair.client, Alert::DECRYPT_ERROR, "unknown_pre_shared_key");
}

#[test]
fn the_caller_may_refuse_the_client() {
    let authority = Authority::new();
    let mut pair = asked(&authority, &[key("a", Hash::Sha256)], true);
    let select = take(&mut pair.server);
    pair.server.answer(select.refuse(Alert::UNKNOWN_PSK_IDENTITY));
    pair.handshake();
    assert_refused(&pair.server, &pair.client, Alert::UNKNOWN_PSK_IDENTITY, "aborted");
    assert_eq!(pair.server.error.as_ref().unwrap().who(), Who::Caller);
}

#[test]
fn keys_that_do_not_fit_are_not_used() {
    let authority = Authority::new();
    let offered = [key("a", Hash::Sha256)];
    // The caller's mistake: another name.
    let mut pair = asked(&authority, &offered, true);
    let select = take(&mut pair.server);
    pair.server.answer(select.use_key(key("b", Hash::Sha256)));
    pair.handshake();
    assert_refused(&pair.server, &pair.client, Alert::INTERNAL_ERROR, "aborted");
    // Another hash, or another secret: the client cannot have it.
    let other_secret = PreSharedKey::new(b"a", &[7; 32], Hash::Sha256).unwrap();
    for wrong in [key("a", Hash::Sha384), other_secret] {
        let mut pair = asked(&authority, &offered, true);
        let select = take(&mut pair.server);
        pair.server.answer(select.use_key(wrong));
        pair.handshake();
        assert_refused(&pair.server, &pair.client, Alert::DECRYPT_ERROR, "bad_binder");
    }
    // No suite for it.
    let sha256 = policy(&SUITES[..1], &[NamedGroup::SECP256R1], &[NamedGroup::SECP256R1]);
    let server = server_builder(&authority).pre_shared_keys(PreSharedKeys::Asked).policy(sha256);
    let mut pair = run(client(&authority, &offered), server);
    let select = take(&mut pair.server);
    pair.server.answer(select.use_key(key("a", Hash::Sha384)));
    pair.handshake();
    assert_by(&mut pair, None);
}

/// Clients without keys are no question, and neither are those that would use them without a key exchange.
#[test]
fn nobody_is_asked_for_nothing() {
    let authority = Authority::new();
    let server = server_builder(&authority).pre_shared_keys(PreSharedKeys::Asked);
    let mut pair = run(client(&authority, &[]), server);
    assert_by(&mut pair, None);
    assert!(pair.server.operations.is_empty());
}

/// A client may offer thousands; 32 are given.
#[test]
fn few_of_many_are_given() {
    let authority = Authority::new();
    let keys: Vec<_> = (0..100).map(|index| key(&format!("key {index}"), Hash::Sha256)).collect();
    let mut pair = asked(&authority, &keys, true);
    let select = take(&mut pair.server);
    assert_eq!(select.identities().count(), 32);
    pair.server.answer(select.use_key(keys[31].clone()));
    pair.handshake();
    assert_by(&mut pair, Some(&keys[31]));
}
