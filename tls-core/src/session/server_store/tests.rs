#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::*;

/// Keys of one shard: the last byte says which.
fn key(number: u32) -> SessionKey {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    bytes[8..12].copy_from_slice(&number.to_be_bytes());
    bytes
}

fn random_key() -> SessionKey {
    let mut key = [0; 32];
    ciphersuites::random(&mut key).unwrap();
    key
}

fn number(found: Option<Zeroizing<Box<[u8]>>>) -> Option<u32> {
    found.map(|bytes| u32::from_be_bytes(bytes.as_ref().try_into().unwrap()))
}

#[test]
fn what_is_taken_is_gone_and_what_is_got_is_not() {
    let store = ServerSessionStore::new(1000);
    store.put(key(1), b"one");
    store.put(key(2), b"two");
    assert_eq!(store.take(&key(1)).unwrap().as_ref(), b"one");
    assert_eq!((store.take(&key(1)), store.get(&key(1))), (None, None));
    for _ in 0..2 {
        assert_eq!(store.get(&key(2)).unwrap().as_ref(), b"two");
    }
    assert_eq!(store.len(), 1);
}

/// A key that is another's in all bytes but one finds nothing, and spends nothing.
#[test]
fn keys_are_compared_whole() {
    let store = ServerSessionStore::new(1000);
    store.put(key(1), b"one");
    for index in 0..32 {
        let mut other = key(1);
        other[index] ^= 1;
        assert_eq!((store.get(&other), store.take(&other)), (None, None), "{index}");
    }
    assert!(store.take(&key(1)).is_some());
}

/// However many come: the last so many are there, and no others.
#[test]
fn the_oldest_gives_way() {
    let store = ServerSessionStore::new(SHARDS * 100);
    for round in 0..10_000_u32 {
        store.put(key(round), &round.to_be_bytes());
        if round % 3 == 0 {
            assert_eq!(number(store.take(&key(round))), Some(round));
        }
        let shard = store.shards[0].lock().unwrap();
        assert!(shard.slots.len() <= 100 && shard.places.len() <= 100);
    }
    for round in 0..10_000 {
        let is_there = round >= 9900 && round % 3 != 0;
        assert_eq!(number(store.take(&key(round))), is_there.then_some(round));
    }
    assert!(store.is_empty());
}

/// Two that begin alike, which cannot happen by chance, and one that comes twice: at worst a full handshake.
#[test]
fn keys_that_begin_alike_do_no_harm() {
    let [first, second] = [1, 2].map(|middle| {
        let mut key = [9; 32];
        key[20] = middle;
        key
    });
    for store in [ServerSessionStore::new(SHARDS), ServerSessionStore::new(2 * SHARDS)] {
        for (key, round) in [(first, 1_u32), (second, 2), (second, 3)] {
            store.put(key, &round.to_be_bytes());
        }
        assert_eq!(store.take(&first), None);
        assert_eq!([number(store.take(&second)), number(store.take(&second))], [Some(3), None]);
    }
}

/// Threads that ask for the same session at the same moment: one of them gets it.
#[test]
fn nothing_is_taken_twice() {
    let store = ServerSessionStore::new(64_000);
    let keys: Vec<SessionKey> = (0..1000).map(|_| random_key()).collect();
    keys.iter().for_each(|key| store.put(*key, b"a session"));
    let taken = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let found = keys.iter().filter(|key| store.take(key).is_some()).count();
                taken.fetch_add(found, Ordering::Relaxed);
            });
        }
    });
    assert_eq!(taken.into_inner(), 1000);
    assert!(store.is_empty());
}

#[test]
fn keys_spread_over_the_shards() {
    let store = ServerSessionStore::new(64_000);
    (0..10_000).for_each(|_| store.put(random_key(), b"a session"));
    let lens: Vec<usize> = store.shards.iter().map(|shard| shard.lock().unwrap().places.len()).collect();
    assert!(lens.iter().all(|len| (80..250).contains(len)), "{lens:?}");
    assert_eq!(store.len(), 10_000);
}

#[test]
fn nothing_of_a_session_is_printed() {
    let store = ServerSessionStore::new(1);
    store.put(key(1), b"a session");
    assert_eq!(format!("{store:?}"), "ServerSessionStore { sessions: 1, .. }");
}
