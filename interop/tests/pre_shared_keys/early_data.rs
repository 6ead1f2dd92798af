//! Early data by external pre-shared keys, with s2n-tls. With OpenSSL our programs show it (`s2n-cli/tests/early_data`).

use tls_core::{EarlyData, EarlyDataRefusal};

use super::*;
use crate::settings::Memory;

const MAX: u32 = 10_000;

const SUITES: [(CipherSuite, Hash); 2] = [
    (CipherSuite::TLS_AES_128_GCM_SHA256, Hash::Sha256),
    (CipherSuite::TLS_AES_256_GCM_SHA384, Hash::Sha384),
];

fn early_key(identity: &'static str, (suite, hash): (CipherSuite, Hash)) -> SharedKey {
    SharedKey { early_data: Some((suite, MAX)), ..key(identity, 1, hash) }
}

/// An end that has keys and no certificate, and takes part in early data.
fn taking_part(keys: &[SharedKey]) -> Settings {
    Settings { memory: Some(Memory::new()), early_data: Some(MAX), ..with_keys(keys) }
}

/// A connection on which the client sends this early.
fn connect(role: Role, client: &Settings, server: &Settings, data: &[u8]) -> Link {
    let mut link = Link::new((Stack::S2nTls, role), client, server);
    match role {
        Role::Client => assert_eq!(link.ours.send_early(data), data.len()),
        Role::Server => link.peer.send_early(data),
    }
    link.run();
    link
}

fn received_early(link: &Link, role: Role) -> &[u8] {
    match role {
        Role::Client => &link.peer.progress().received_early,
        Role::Server => &link.ours.received_early,
    }
}

#[track_caller]
fn assert_rejected(mut link: Link, role: Role, refusal: EarlyDataRefusal) {
    link.assert_works();
    assert!(received_early(&link, role).is_empty());
    assert_eq!(link.facts().early_data, EarlyData::Rejected(refusal));
    assert_eq!(link.peer.facts().early_data_accepted, (role == Role::Server).then_some(false));
}

#[test]
fn is_accepted_with_every_hash_and_group() {
    let groups = [NamedGroup::X25519MLKEM768, NamedGroup::SECP256R1];
    let cases = SUITES.into_iter().flat_map(|suite| groups.map(|group| (suite, group)));
    for ((suite, group), role) in cases.flat_map(|case| Role::BOTH.map(|role| (case, role))) {
        trying((role, suite, group));
        let keys = [early_key("sensor", suite), key("other", 2, suite.1)];
        let [client, server] = [(); 2].map(|()| taking_part(&keys).groups(&[group]).suite(suite.0));
        let data = [7; 5000];
        for _ in 0..2 {
            let mut link = connect(role, &client, &server, &data);
            assert_eq!(received_early(&link, role), data, "{:?}", link.ours.error);
            link.assert_works();
            assert_by(&link, &keys[0]);
            assert_eq!((link.facts().early_data, link.facts().group), (EarlyData::Accepted, group));
            assert_eq!(link.peer.facts().early_data_accepted, (role == Role::Server).then_some(true));
        }
    }
}

/// It goes with the first key that a client offers, and with no other.
#[test]
fn is_rejected_by_who_has_another_key() {
    let suite = SUITES[0];
    for role in Role::BOTH {
        trying(role);
        let keys = [early_key("first", suite), early_key("second", suite)];
        let (client, server) = (taking_part(&keys), taking_part(&keys[1..]));
        let link = connect(role, &client, &server, b"early");
        assert_by(&link, &keys[1]);
        assert_rejected(link, role, EarlyDataRefusal::NotResumed);
    }
}

#[test]
fn is_rejected_by_a_retry() {
    let keys = [early_key("sensor", SUITES[0])];
    for role in Role::BOTH {
        trying(role);
        let groups = [NamedGroup::X25519, NamedGroup::SECP384R1MLKEM1024];
        let client = taking_part(&keys).groups(&groups);
        let client = Settings { key_shares: vec![NamedGroup::X25519], ..client };
        let server = taking_part(&keys).groups(&groups[1..]);
        let link = connect(role, &client, &server, b"early");
        assert!(link.facts().hello_retry_request);
        assert_rejected(link, role, EarlyDataRefusal::HelloRetryRequest);
    }
}

/// Nothing in it says how old it is: our server remembers it for good.
#[test]
fn is_rejected_as_a_replay() {
    let settings = taking_part(&[early_key("sensor", SUITES[0])]);
    let mut link = Link::new((Stack::S2nTls, Role::Server), &settings, &settings);
    link.peer.send_early(b"once");
    let flight = link.peer.take_output();
    link.ours.deliver(&flight);
    assert_eq!(link.ours.received_early, b"once");
    let mut copy = crate::ours::begin(Role::Server, &settings);
    copy.deliver(&flight);
    assert_eq!((copy.error, copy.received_early), (None, Vec::new()));
    link.run();
    link.assert_works();
}
