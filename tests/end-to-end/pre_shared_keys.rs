//! External pre-shared keys: RFC 9846 §4.3.11 and RFC 9258.

mod asking;
mod choosing;
mod configuring;
mod hostile;

use std::sync::Arc;

use tests::authority::Authority;
use tests::pair::{End, Pair, client_builder, default_tls13, server_builder};
use tls_core::ciphersuites::{CipherSuite, Hash, NamedGroup, SecurityPolicy};
use tls_core::{
    AlertDescription as Alert, ClientConfigBuilder, ExternalPsk, Facts, PreSharedKey, PreSharedKeys,
    ServerConfig, ServerConfigBuilder, ServerVerification,
};

const HASHES: [Hash; 2] = [Hash::Sha256, Hash::Sha384];

/// A key by this name, like no other.
fn key(name: &str, hash: Hash) -> PreSharedKey {
    PreSharedKey::new(name.as_bytes(), &name.as_bytes().repeat(16), hash).unwrap()
}

fn imported(name: &str, context: &[u8], target: Hash) -> PreSharedKey {
    ExternalPsk::new(name.as_bytes(), &name.as_bytes().repeat(16)).unwrap().import(context, target).unwrap()
}

/// A client that trusts the authority as well.
fn client(authority: &Authority, keys: &[PreSharedKey]) -> ClientConfigBuilder {
    client_builder(authority).pre_shared_keys(keys.to_vec())
}

/// A client that trusts nothing but keys.
fn keyed_client(authority: &Authority, keys: &[PreSharedKey]) -> ClientConfigBuilder {
    client(authority, keys).server_verification(ServerVerification::PreSharedKeysOnly)
}

/// A server with a certificate as well.
fn server(authority: &Authority, keys: &[PreSharedKey]) -> ServerConfigBuilder {
    server_builder(authority).pre_shared_keys(PreSharedKeys::Known(keys.to_vec()))
}

/// A server without a certificate.
fn keyed_server(keys: PreSharedKeys) -> ServerConfigBuilder {
    ServerConfig::builder().permit_unapproved().policy(default_tls13()).pre_shared_keys(keys)
}

fn known(keys: &[PreSharedKey]) -> PreSharedKeys {
    PreSharedKeys::Known(keys.to_vec())
}

fn run(client: ClientConfigBuilder, server: ServerConfigBuilder) -> Pair {
    let mut pair = Pair::new(&client.build().unwrap(), &server.build().unwrap());
    pair.handshake();
    pair
}

fn facts(end: &End) -> &Facts {
    end.connection.facts().unwrap()
}

/// Both ends go on from this key, and from nothing else; or from none.
#[track_caller]
fn assert_by(pair: &mut Pair, key: Option<&PreSharedKey>) {
    pair.assert_works();
    for end in [&pair.client, &pair.server] {
        let facts = facts(end);
        assert_eq!(facts.pre_shared_key.as_ref(), key.map(PreSharedKey::identity));
        assert_eq!(facts.server_signature_scheme.is_none(), key.is_some());
        assert!(facts.resumed.is_none());
        if key.is_some() {
            assert!(facts.peer_certificates.is_none() && !facts.certificate_requested);
        }
    }
    assert_eq!(facts(&pair.client).peer_certificates.is_some(), key.is_none());
}

/// This end gives up by this alert and code, and the other one is told.
#[track_caller]
fn assert_refused(end: &End, other: &End, alert: Alert, code: &str) {
    let error = end.error.as_ref().unwrap();
    assert_eq!((error.alert_sent(), error.code()), (Some(alert), code), "{error}");
    assert_eq!(other.error.as_ref().unwrap().alert_received(), Some(alert));
    assert!(!end.established && !other.established);
}

/// The default policy with these suites and groups.
fn policy(suites: &[CipherSuite], groups: &[NamedGroup], shares: &[NamedGroup]) -> SecurityPolicy {
    SecurityPolicy {
        cipher_suites: suites.to_vec().into(),
        groups: groups.to_vec().into(),
        key_shares: shares.to_vec().into(),
        ..default_tls13()
    }
}

const SUITES: [CipherSuite; 2] = [CipherSuite::TLS_AES_128_GCM_SHA256, CipherSuite::TLS_AES_256_GCM_SHA384];

//= 9846:2.2 external-psk-provisioning
#[test]
fn every_hash_group_and_origin_with_and_without_a_retry() {
    let authority = Authority::new();
    let groups = [
        NamedGroup::SECP256R1MLKEM768,
        NamedGroup::SECP384R1MLKEM1024,
        NamedGroup::X25519MLKEM768,
        NamedGroup::X25519,
    ];
    for hash in HASHES {
        for key in [key("key", hash), imported("key", b"", hash), imported("key", b"context", hash)] {
            let keys = std::slice::from_ref(&key);
            for group in groups {
                for share in [group, NamedGroup::SECP256R1] {
                    let client_policy = policy(&SUITES, &[group, NamedGroup::SECP256R1], &[share]);
                    let server_policy = policy(&SUITES, &[group], &[group]);
                    let client = keyed_client(&authority, keys).policy(client_policy);
                    let server = keyed_server(known(keys)).policy(server_policy);
                    let mut pair = run(client, server);
                    assert_by(&mut pair, Some(&key));
                    let facts = facts(&pair.client);
                    assert_eq!((facts.group, facts.hello_retry_request), (group, share != group));
                }
            }
        }
    }
}

#[test]
fn facts_say_what_a_key_goes_by() {
    let authority = Authority::new();
    let key = imported("sensor 7", b"field", Hash::Sha384);
    let keys = std::slice::from_ref(&key);
    let mut pair = run(keyed_client(&authority, keys), keyed_server(known(keys)));
    assert_by(&mut pair, Some(&key));
    for end in [&pair.client, &pair.server] {
        let identity = facts(end).pre_shared_key.as_deref().unwrap();
        let imported = identity.imported().unwrap();
        assert_eq!((imported.external_identity, imported.context), (&b"sensor 7"[..], &b"field"[..]));
        assert_eq!((identity.hash(), imported.hash), (Hash::Sha384, Some(Hash::Sha384)));
    }
}

/// The two ends derive the same, and other connections by the same key other secrets.
#[test]
fn every_connection_has_its_own_secrets() {
    let authority = Authority::new();
    let keys = [key("key", Hash::Sha256)];
    let export = || {
        let pair = run(keyed_client(&authority, &keys), keyed_server(known(&keys)));
        let mut out = [[0; 32]; 2];
        for (end, out) in [&pair.client, &pair.server].into_iter().zip(&mut out) {
            end.connection.export(b"label", None, out).unwrap();
        }
        assert_eq!(out[0], out[1]);
        out[0]
    };
    assert_ne!(export(), export());
}

/// A key leaves no sessions, whatever the two ends keep.
#[test]
fn there_is_nothing_to_resume() {
    let authority = Authority::new();
    let keys = [key("key", Hash::Sha256)];
    let store = Arc::new(tls_core::SessionStore::new(16));
    let ticket_keys = Arc::new(tls_core::TicketKeys::rotating());
    let client = |keys: &[PreSharedKey]| client(&authority, keys).session_store(Arc::clone(&store));
    let server = |keys: &[PreSharedKey]| {
        server(&authority, keys).ticket_keys(Arc::clone(&ticket_keys)).tickets_per_handshake(3)
    };
    let mut pair = run(client(&keys), server(&keys));
    assert_by(&mut pair, Some(&keys[0]));
    assert!(store.is_empty());

    // One by a certificate does, and its session goes before the key.
    let mut pair = run(client(&[]), server(&keys));
    assert_by(&mut pair, None);
    assert!(!store.is_empty());
    let mut pair = run(client(&keys), server(&keys));
    pair.assert_works();
    for end in [&pair.client, &pair.server] {
        let facts = facts(end);
        assert!(facts.resumed.is_some() && facts.pre_shared_key.is_none());
    }
    // A session that the server does not know is no obstacle.
    let server = server_builder(&authority).pre_shared_keys(known(&keys));
    let mut pair = run(client(&keys), server);
    assert_by(&mut pair, Some(&keys[0]));
}
