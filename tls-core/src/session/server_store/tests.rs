#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use ciphersuites::{CipherSuite, NamedGroup, ProtocolVersion};

use super::*;
use crate::role::Role;
use crate::session::Scope;

fn state(number: u32) -> State {
    State {
        role: Role::Server,
        version: ProtocolVersion::TLS1_3,
        cipher_suite: CipherSuite::TLS_AES_128_GCM_SHA256,
        group: NamedGroup::X25519,
        server_scheme: None,
        client_scheme: None,
        server_name: Some("localhost".into()),
        scope: Scope::from_bytes([0; Scope::LEN]),
        established_at: 0,
        issued_at: 0,
        lifetime: 100,
        age_add: number,
        peer_expires_at: u64::MAX,
        secret: vec![7; 32].into(),
        client: None,
        early_data: None,
    }
}

/// Handles of one shard: the last bytes say which.
fn handle(version: ProtocolVersion, number: u32) -> Handle {
    let mut bytes = [0; Handle::LEN];
    bytes[..8].copy_from_slice(&u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    bytes[8..12].copy_from_slice(&number.to_be_bytes());
    Handle::read(version, &bytes).unwrap()
}

fn find(store: &ServerSessionStore, handle: &Handle) -> Option<u32> {
    store.find(handle).map(|state| state.age_add)
}

#[test]
fn a_session_of_tls13_is_found_once_and_one_of_tls12_as_often_as_it_is_wanted() {
    let store = ServerSessionStore::new(1000);
    let (once, often) = (handle(ProtocolVersion::TLS1_3, 1), handle(ProtocolVersion::TLS1_2, 2));
    store.put(once, &state(1));
    store.put(often, &state(2));
    assert_eq!([find(&store, &once), find(&store, &once)], [Some(1), None]);
    assert_eq!([find(&store, &often), find(&store, &often)], [Some(2), Some(2)]);
    assert_eq!(store.len(), 1);
}

/// What has the bytes of another version's handle, or only its first ones, finds nothing and forgets nothing.
#[test]
fn handles_are_compared_whole() {
    let store = ServerSessionStore::new(1000);
    store.put(handle(ProtocolVersion::TLS1_2, 1), &state(1));
    assert_eq!(find(&store, &handle(ProtocolVersion::TLS1_3, 1)), None);
    let mut bytes = handle(ProtocolVersion::TLS1_2, 1).as_bytes().to_vec();
    for index in 0..Handle::LEN {
        bytes[index] ^= 1;
        assert_eq!(find(&store, &Handle::read(ProtocolVersion::TLS1_2, &bytes).unwrap()), None, "{index}");
        bytes[index] ^= 1;
    }
    assert_eq!(find(&store, &handle(ProtocolVersion::TLS1_2, 1)), Some(1));
    assert_eq!(Handle::read(ProtocolVersion::TLS1_2, &bytes[1..]), None);
}

/// However many come: the last so many are there, and no others.
#[test]
fn the_oldest_gives_way() {
    let store = ServerSessionStore::new(64 * 100);
    for number in 0..10_000 {
        store.put(handle(ProtocolVersion::TLS1_3, number), &state(number));
        if number % 3 == 0 {
            assert_eq!(find(&store, &handle(ProtocolVersion::TLS1_3, number)), Some(number));
        }
        let shard = store.shards[0].lock().unwrap();
        assert!(shard.slots.len() <= 100 && shard.places.len() <= 100);
    }
    for number in 0..10_000 {
        let is_there = number >= 9900 && number % 3 != 0;
        let found = find(&store, &handle(ProtocolVersion::TLS1_3, number));
        assert_eq!(found, is_there.then_some(number));
    }
    assert!(store.is_empty());
}

/// Two that begin alike, which cannot happen by chance, and one that comes twice: at worst a full handshake.
#[test]
fn handles_that_begin_alike_do_no_harm() {
    let store = ServerSessionStore::new(64);
    let [first, second] = [1, 2].map(|last| {
        let mut bytes = [9; Handle::LEN];
        bytes[20] = last;
        Handle::read(ProtocolVersion::TLS1_3, &bytes).unwrap()
    });
    let store_of_two = ServerSessionStore::new(128);
    for (handle, number) in [(first, 1), (second, 2), (second, 3)] {
        store.put(handle, &state(number));
        store_of_two.put(handle, &state(number));
    }
    for store in [store, store_of_two] {
        assert_eq!(find(&store, &first), None);
        assert_eq!([find(&store, &second), find(&store, &second)], [Some(3), None]);
    }
}

/// Threads that ask for the same session at the same moment: one of them gets it.
#[test]
fn nothing_is_taken_twice() {
    let store = ServerSessionStore::new(64_000);
    let handles: Vec<Handle> = (0..1000).map(|_| Handle::new(ProtocolVersion::TLS1_3).unwrap()).collect();
    handles.iter().for_each(|handle| store.put(*handle, &state(1)));
    let taken = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let found = handles.iter().filter(|handle| store.find(handle).is_some()).count();
                taken.fetch_add(found, Ordering::Relaxed);
            });
        }
    });
    assert_eq!(taken.into_inner(), 1000);
    assert!(store.is_empty());
}

#[test]
fn handles_spread_over_the_shards() {
    let store = ServerSessionStore::new(64_000);
    (0..10_000).for_each(|number| store.put(Handle::new(ProtocolVersion::TLS1_3).unwrap(), &state(number)));
    let lens: Vec<usize> = store.shards.iter().map(|shard| shard.lock().unwrap().places.len()).collect();
    assert!(lens.iter().all(|len| (80..250).contains(len)), "{lens:?}");
    assert_eq!(store.len(), 10_000);
    let names: HashSet<_> =
        (0..1000).map(|_| Handle::new(ProtocolVersion::TLS1_3).unwrap().prefix()).collect();
    assert_eq!(names.len(), 1000);
}

#[test]
fn nothing_of_a_session_is_printed() {
    let store = ServerSessionStore::new(1);
    store.put(handle(ProtocolVersion::TLS1_3, 1), &state(1));
    assert_eq!(format!("{store:?}"), "ServerSessionStore { sessions: 1, .. }");
    let handle = format!("{:?}", handle(ProtocolVersion::TLS1_3, 1));
    assert!(!handle.contains('['), "{handle}");
}
