//! Early data by external pre-shared keys, for which what it is bound to was agreed on with the key (RFC 9846 §4.3.10).

mod refused;
mod replays;

use tests::pair::default_tls13;
use tls_core::ciphersuites::{CipherSuite, Hash, NamedGroup, SecurityPolicy};
use tls_core::{
    ExternalPsk, PreSharedKey, PreSharedKeyError, PreSharedKeys, PskEarlyData, ServerVerification,
};

use super::*;

const AES_128: CipherSuite = CipherSuite::TLS_AES_128_GCM_SHA256;
const AES_256: CipherSuite = CipherSuite::TLS_AES_256_GCM_SHA384;
const CHACHA20: CipherSuite = CipherSuite::TLS_CHACHA20_POLY1305_SHA256;

fn key(name: &str, hash: Hash) -> PreSharedKey {
    PreSharedKey::new(name.as_bytes(), &name.as_bytes().repeat(16), hash).unwrap()
}

/// One that permits early data.
fn early_key(name: &str) -> PreSharedKey {
    key(name, Hash::Sha256).with_early_data(terms()).unwrap()
}

fn terms() -> PskEarlyData {
    PskEarlyData::new(AES_128, MAX)
}

/// A client that offers these keys, and trusts nothing else.
fn client(keys: impl IntoIterator<Item = PreSharedKey>) -> ClientConfigBuilder {
    ClientConfig::builder()
        .permit_unapproved()
        .policy(default_tls13())
        .server_verification(ServerVerification::PreSharedKeysOnly)
        .pre_shared_keys(keys)
        .early_data(true)
}

fn guard() -> ReplayGuard {
    ReplayGuard::once_per_client_hello(now()).external_keys(1000)
}

/// A server of these keys, without a certificate.
fn server(keys: impl IntoIterator<Item = PreSharedKey>) -> ServerConfigBuilder {
    server_by(keys, EarlyDataAcceptance::Guarded(Arc::new(guard())))
}

fn server_by(
    keys: impl IntoIterator<Item = PreSharedKey>,
    acceptance: EarlyDataAcceptance,
) -> ServerConfigBuilder {
    ServerConfig::builder()
        .permit_unapproved()
        .policy(default_tls13())
        .pre_shared_keys(PreSharedKeys::Known(keys.into_iter().collect()))
        .early_data(MAX, acceptance)
}

/// A first connection of these; there is none before it.
fn first(client: ClientConfigBuilder, server: ServerConfigBuilder) -> Pair {
    begin(0, &client.build().unwrap(), &server.build().unwrap())
}

#[track_caller]
fn assert_by(pair: &Pair, key: &PreSharedKey) {
    for end in [&pair.client, &pair.server] {
        assert_eq!(end.connection.facts().unwrap().pre_shared_key.as_ref(), Some(key.identity()));
    }
}

//= 9846:4.3.10 with-psk
//= 9846:4.3.10 three-ways
#[test]
fn arrives_on_a_first_connection() {
    let mut pair = first(client([early_key("key")]), server([early_key("key")]));
    assert_heard_at_once(&mut pair);
    // The server answers at once, and knows whom.
    let known = pair.server.connection.early_facts().unwrap();
    assert_eq!(known.pre_shared_key.unwrap().as_bytes(), b"key");
    let answer = pair.server.seal(b"200");
    pair.client.deliver(&answer);
    assert_eq!((pair.client.received.as_slice(), pair.server.established), (b"200".as_slice(), false));
    pair.client.received.clear();
    pair.handshake();
    assert_accepted(&mut pair, b"GET /");
    assert_by(&pair, &early_key("key"));
}

#[test]
fn is_as_much_as_the_key_permits() {
    let mut pair = first(client([early_key("key")]), server([early_key("key")]));
    let offer = pair.client.connection.early_data_offer().unwrap();
    assert_eq!((offer.left, offer.alpn), (MAX, None));
    let data: Vec<u8> = (0..2 * MAX).map(|at| at.to_le_bytes()[0]).collect();
    assert_eq!(pair.client.send_early(&data), 1000);
    pair.handshake();
    assert_accepted(&mut pair, &data[..1000]);
}

#[test]
fn arrives_however_it_is_cut() {
    for len in [1, 2, 7, 100] {
        let mut pair = first(client([early_key("key")]), server([early_key("key")]));
        (0..10).for_each(|_| assert_eq!(pair.client.send_early(b"0123456789"), 10));
        pair.run(|end, bytes| bytes.chunks(len).for_each(|bytes| end.deliver(bytes)));
        assert_accepted(&mut pair, &b"0123456789".repeat(10));
    }
}

/// With keys of both origins.
#[test]
fn works_with_every_suite_and_group() {
    let cases = [
        (AES_128, Hash::Sha256, NamedGroup::X25519MLKEM768),
        (AES_256, Hash::Sha384, NamedGroup::SECP384R1MLKEM1024),
        (CHACHA20, Hash::Sha256, NamedGroup::SECP256R1),
    ];
    for (suite, hash, group) in cases {
        let external = ExternalPsk::new(b"imported", &[7; 32]).unwrap().import(b"context", hash).unwrap();
        for key in [key("key", hash), external] {
            let key = key.with_early_data(PskEarlyData::new(suite, MAX)).unwrap();
            let policy = || SecurityPolicy {
                cipher_suites: vec![suite].into(),
                groups: vec![group].into(),
                key_shares: vec![group].into(),
                ..default_tls13()
            };
            let client = client([key.clone()]).policy(policy());
            let mut pair = first(client, server([key.clone()]).policy(policy()));
            pair.client.send_early(b"data");
            pair.handshake();
            assert_accepted(&mut pair, b"data");
            assert_by(&pair, &key);
        }
    }
}

/// Servers with certificates take it as those without do, and with other keys behind the first.
#[test]
fn goes_with_the_first_of_several_keys() {
    let authority = Authority::new();
    let keys = || [early_key("first"), early_key("second"), key("third", Hash::Sha384)];
    let client = client(keys()).server_verification(ServerVerification::Roots(authority.roots()));
    let mut pair = first(client, server(keys()).identity(authority.localhost().identity()));
    pair.client.send_early(b"data");
    pair.handshake();
    assert_accepted(&mut pair, b"data");
    assert_by(&pair, &early_key("first"));
}

#[test]
fn is_of_the_protocol_and_in_the_context_that_were_agreed_on() {
    let key = || key("key", Hash::Sha256).with_early_data(terms().alpn("h2").context("7")).unwrap();
    let server = server([key()]).alpn(["http/1.1", "h2"]).early_data_context("7");
    let mut pair = first(client([key()]).alpn(["h2"]), server);
    let offer = pair.client.connection.early_data_offer().unwrap();
    assert_eq!(offer.alpn.as_deref(), Some(b"h2".as_slice()));
    pair.client.send_early(b"data");
    pair.handshake();
    assert_accepted(&mut pair, b"data");
    assert_eq!(pair.server.connection.facts().unwrap().alpn.as_deref(), Some(b"h2".as_slice()));
}

#[test]
fn has_an_exporter_of_its_own() {
    let mut pair = first(client([early_key("key")]), server([early_key("key")]));
    let export = |end: &End| {
        let mut out = [0; 40];
        end.connection.export_early(b"label", b"context", &mut out).map(|()| out)
    };
    let before = export(&pair.client).unwrap();
    let flight = pair.client.take_output();
    pair.server.deliver(&flight);
    assert_eq!(export(&pair.server).unwrap(), before);
    pair.handshake();
    assert_accepted(&mut pair, b"");
    assert_eq!([&pair.client, &pair.server].map(|end| export(end).unwrap()), [before; 2]);
    // Another connection by the same key has another.
    let other = first(client([early_key("key")]), server([early_key("key")]));
    assert_ne!(export(&other.client).unwrap(), before);
}

/// A session goes first, and what it permits is what holds.
//= 9846:4.3.10 first-psk
#[test]
fn a_session_goes_before_the_key() {
    let setup = Setup::new();
    let keys = || PreSharedKeys::Known(vec![early_key("key")]);
    let keyed = || setup.client().pre_shared_keys([early_key("key")]);
    for permits in [true, false] {
        let unkeyed = if permits { setup.server() } else { setup.server_without() };
        // A session that is from a connection by certificates, for a server that has the key, too.
        let session = setup.session(&setup.client().build().unwrap(), &unkeyed.build().unwrap());
        setup.store.put_session(session);
        let server = setup.server().pre_shared_keys(keys()).build().unwrap();
        let mut pair = begin(LATER, &keyed().build().unwrap(), &server);
        assert_eq!(pair.client.connection.early_data_offer().is_some(), permits);
        if permits {
            pair.client.send_early(b"data");
        }
        pair.handshake();
        pair.assert_works();
        let facts = pair.server.connection.facts().unwrap();
        assert!(facts.resumed.is_some() && facts.pre_shared_key.is_none());
        assert_eq!(pair.server.received_early, if permits { b"data".as_slice() } else { b"" });
        let outcome = if permits { EarlyData::Accepted } else { EarlyData::NotOffered };
        assert_eq!([early_data(&pair.client), early_data(&pair.server)], [outcome; 2]);
        setup.store.take_session(&keyed().build().unwrap(), &localhost(), after(LATER));
    }
}

//= 9846:F.5 zero-rtt-off
#[test]
fn is_off_by_default() {
    let with = || early_key("key");
    let without = || key("key", Hash::Sha256);
    let acceptance = EarlyDataAcceptance::Guarded(Arc::new(guard()));
    let no_client = client([with()]).early_data(false);
    for client in [no_client, client([without()]).early_data(false)] {
        let mut pair = first(client, server_by([with()], acceptance.clone()));
        assert_eq!(pair.client.connection.early_data_offer(), None);
        pair.handshake();
        pair.assert_works();
        assert_eq!([early_data(&pair.client), early_data(&pair.server)], [EarlyData::NotOffered; 2]);
    }
}

#[test]
fn must_be_possible_at_all() {
    use tls_core::ConfigError::{EarlyDataForbidden, EarlyDataWithoutKeys};
    let with = || early_key("with");
    let without = || key("without", Hash::Sha256);
    assert_eq!(client([without(), with()]).build().unwrap_err(), EarlyDataWithoutKeys);
    assert_eq!(server([without()]).build().unwrap_err(), EarlyDataWithoutKeys);
    assert!(client([with(), without()]).build().is_ok() && server([without(), with()]).build().is_ok());
    assert!(server([with()]).pre_shared_keys(PreSharedKeys::Asked).build().is_ok());
    let forbids = || SecurityPolicy { early_data_allowed: false, ..default_tls13() };
    let forbidden = EarlyDataForbidden { policy: forbids().name.to_string() };
    assert_eq!(client([with()]).policy(forbids()).build().unwrap_err(), forbidden);
    assert_eq!(server([with()]).policy(forbids()).build().unwrap_err(), forbidden);
    // A suite of another hash, and one that is none of TLS 1.3.
    for suite in [AES_256, CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256] {
        let error = without().with_early_data(PskEarlyData::new(suite, MAX)).unwrap_err();
        assert_eq!(error, PreSharedKeyError::EarlyDataSuite(suite));
        assert!(error.to_string().starts_with("early data cannot be sealed with TLS_"), "{error}");
    }
    // None is no more than nothing.
    let none = without().with_early_data(PskEarlyData::new(AES_128, 0)).unwrap();
    assert_eq!(client([none]).build().unwrap_err(), EarlyDataWithoutKeys);
}
