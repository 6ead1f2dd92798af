//! A server's sessions where they are kept: a million of them, and eight threads at a time that do what a client of TLS 1.3
//! makes a server do who resumes, beside rustls' store of the same size. Its session is taken, which nobody else may have
//! then, and a new one is put.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "a report of approximate figures"
)]

use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use benches::rounds::{median, paired_ratio};
use rustls::server::{ServerSessionMemoryCache, StoresServerSessions};
use tls_core::ServerSessionStore;

const THREADS: usize = 8;

/// What a session takes, about.
const SESSION: [u8; 160] = [7; 160];

type Key = [u8; 32];

trait Store: Sync {
    fn put(&self, key: Key);
    fn take(&self, key: &Key) -> bool;
}

impl Store for ServerSessionStore {
    fn put(&self, key: Key) {
        Self::put(self, key, &SESSION);
    }

    fn take(&self, key: &Key) -> bool {
        Self::take(self, key).is_some()
    }
}

impl Store for Arc<ServerSessionMemoryCache> {
    fn put(&self, key: Key) {
        StoresServerSessions::put(&**self, key.to_vec(), SESSION.to_vec());
    }

    fn take(&self, key: &Key) -> bool {
        StoresServerSessions::take(&**self, key).is_some()
    }
}

/// Keys without end, each as good as random (splitmix64): to make them must cost little beside what is measured.
struct Keys(u64);

impl Keys {
    fn next(&mut self) -> Key {
        let mut key = [0; 32];
        for part in key.as_chunks_mut::<8>().0 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *part = (mixed ^ (mixed >> 31)).to_le_bytes();
        }
        key
    }
}

/// A full store, and its keys, of each thread the same number.
struct Full<S> {
    store: S,
    keys: Vec<Vec<Key>>,
}

impl<S: Store> Full<S> {
    fn new(store: S, sessions: usize) -> Self {
        let mut source = Keys(1);
        let keys: Vec<Vec<Key>> =
            (0..THREADS).map(|_| (0..sessions / THREADS).map(|_| source.next()).collect()).collect();
        keys.iter().flatten().for_each(|key| store.put(*key));
        Self { store, keys }
    }

    /// Nanoseconds that a resumption takes, of all threads together, over so much time.
    fn sample(&mut self, time: Duration) -> f64 {
        let (store, barrier) = (&self.store, Barrier::new(THREADS));
        let rates: Vec<f64> = thread::scope(|scope| {
            let threads: Vec<_> = self
                .keys
                .iter_mut()
                .zip(1_u64..)
                .map(|(keys, seed)| {
                    let barrier = &barrier;
                    scope.spawn(move || {
                        barrier.wait();
                        resume(store, keys, seed, time)
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        1e9 / rates.iter().sum::<f64>()
    }
}

/// Resumptions a second.
fn resume(store: &impl Store, keys: &mut [Key], seed: u64, time: Duration) -> f64 {
    let mut source = Keys(u64::from_le_bytes(keys[0][..8].try_into().unwrap()) ^ seed);
    let count = keys.len();
    let (began, mut rounds, mut found) = (Instant::now(), 0_u32, 0_u32);
    while !rounds.is_multiple_of(16) || began.elapsed() < time {
        let key = source.next();
        let index = usize::from(u16::from_le_bytes([key[0], key[1]])) << 8 | usize::from(key[2]);
        let place = &mut keys[index % count];
        found += u32::from(store.take(place));
        *place = key;
        store.put(key);
        rounds += 1;
    }
    // Those that have waited for long have made room: of the first million more than a third, at one time.
    assert!(found > rounds / 2, "{found} of {rounds} sessions were there");
    f64::from(rounds) / began.elapsed().as_secs_f64()
}

fn main() {
    // Or less of everything, if this is only a test of the benchmark.
    let (sessions, time, rounds) = match std::env::args().any(|argument| argument == "--bench") {
        true => (1_000_000, Duration::from_millis(500), 9),
        false => (8_000, Duration::from_millis(5), 1),
    };
    // Room for as many again: what is put comes before what it takes the place of has gone.
    let mut ours = Full::new(ServerSessionStore::new(2 * sessions), sessions);
    let mut rustls = Full::new(ServerSessionMemoryCache::new(2 * sessions), sessions);
    let mut samples = [Vec::new(), Vec::new()];
    for _ in 0..rounds {
        samples[0].push(ours.sample(time));
        samples[1].push(rustls.sample(time));
    }
    println!("{sessions} sessions, {THREADS} threads: take one, put another");
    for (name, samples) in ["ours", "rustls"].into_iter().zip(&samples) {
        println!("{name:8} {:>12.0} ns {:>14.0} a second", median(samples), 1e9 / median(samples));
    }
    println!("ours / rustls {:.5}", paired_ratio(&samples[0], &samples[1]));
}
