#![allow(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use ciphersuites::{CipherSuite, NamedGroup, ProtocolVersion};

use super::*;
use crate::facts::PeerCertificates;
use crate::limits;
use crate::role::Role;
use crate::session::{KnownBy, State};
use crate::wire::certificate::Chain;

fn session(name: &str, number: u32) -> Session {
    let state = State {
        role: Role::Client,
        version: ProtocolVersion::TLS1_3,
        cipher_suite: CipherSuite::TLS_AES_128_GCM_SHA256,
        group: NamedGroup::X25519,
        server_scheme: None,
        client_scheme: None,
        server_name: Some(name.into()),
        scope: Scope::from_bytes([0; Scope::LEN]),
        established_at: 0,
        issued_at: 0,
        lifetime: 100,
        age_add: number,
        peer_expires_at: u64::MAX,
        secret: Default::default(),
        client: None,
        early_data: None,
        session_data: Default::default(),
    };
    Session {
        state,
        ticket: Box::new([0]),
        known_by: KnownBy::Ticket,
        certificates: PeerCertificates::new(&Chain::default()),
    }
}

fn take(store: &SessionStore, name: &str, seconds: u64) -> Option<u32> {
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    store.take(Scope::from_bytes([0; Scope::LEN]), &name, now).map(|session| session.state.age_add)
}

#[test]
fn the_newest_comes_first_and_once() {
    let store = SessionStore::new(100);
    (1..=6).for_each(|number| store.put_session(session("a.test", number)));
    assert_eq!(store.len(), 4);
    let taken: Vec<_> = std::iter::from_fn(|| take(&store, "a.test", 0)).collect();
    assert_eq!(taken, [6, 5, 4, 3]);
    assert!(store.is_empty());
}

//= 9846:4.3.11.1 lifetime
#[test]
fn expired_sessions_and_those_of_other_scopes_are_not_given_out() {
    let store = SessionStore::new(100);
    store.put_session(session("a.test", 1));
    let mut other = session("a.test", 2);
    other.state.scope = Scope::from_bytes([1; Scope::LEN]);
    store.put_session(other);
    assert_eq!(take(&store, "b.test", 0), None);
    assert_eq!(take(&store, "a.test", 99), Some(1));
    store.put_session(session("a.test", 3));
    assert_eq!(take(&store, "a.test", 100), None);
    assert_eq!(store.len(), 1);
}

/// Whatever is put and taken, in whatever order: the store keeps within its bounds, and so does its memory of the order.
#[test]
fn a_store_stays_within_its_capacity() {
    let store = SessionStore::new(64);
    for round in 0..20_000_u32 {
        let name = format!("server-{}.test", round % 1000);
        store.put_session(session(&name, round));
        if round % 3 == 0 {
            assert_eq!(take(&store, &name, 0), Some(round));
            store.put_session(session(&name, round));
        }
        // A busy server does not push out others.
        store.put_session(session("busy.test", round));
    }
    let shards = store.shards.iter().map(|shard| shard.lock().unwrap());
    for shard in shards {
        assert!(shard.servers.len() <= 4);
        assert!(shard.order.len() <= 2 * 4 + SHARDS);
    }
    assert_eq!(take(&store, "busy.test", 0), Some(19_999));
}

#[test]
fn the_longest_absent_are_forgotten_first() {
    let store = SessionStore::new(1);
    // All of one shard, as there is room for one server in each.
    let names: Vec<String> = (0..100).map(|number| format!("server-{number}.test")).collect();
    names.iter().for_each(|name| store.put_session(session(name, 1)));
    assert!(store.len() <= SHARDS);
    assert_eq!(take(&store, "server-99.test", 0), Some(1));
}

/// No server has room that is for many.
#[test]
fn what_is_far_too_large_is_not_kept() {
    let store = SessionStore::new(100);
    let with = |ticket: usize, chain: usize| Session {
        ticket: vec![0; ticket].into(),
        certificates: PeerCertificates::new(&Chain {
            certificates: vec![&vec![0; chain]],
            ..Chain::default()
        }),
        ..session("a.test", 1)
    };
    store.put_session(with(limits::MAX_KEPT_TICKET + 1, 0));
    store.put_session(with(1, limits::MAX_KEPT_CHAIN));
    assert!(store.is_empty());
    store.put_session(with(limits::MAX_KEPT_TICKET, limits::MAX_KEPT_CHAIN - 3));
    assert_eq!(store.len(), 1);
}
