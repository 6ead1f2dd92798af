//! Sealing and opening records of application data.
//!
//! Sealing ends with a copy to the wire; opening begins with a copy from it.

use std::hint::black_box;
use std::time::{Duration, Instant};

use tls_core::ciphersuites::{CipherSuite, NamedGroup};

use crate::handshake::{Halves, Pipes, establish};
use crate::stack::{Buffers, End, Scenario, Stack};
use crate::wire::Wire;

/// The sizes of records that are measured: application data, in bytes.
pub const SIZES: [usize; 3] = [64, 1024, 16384];

/// What is done to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there is nothing else to do with a record")]
pub enum Direction {
    /// Sealing and sending.
    Seal,
    /// Receiving and opening.
    Open,
}

impl Direction {
    /// Both directions.
    pub const BOTH: [Self; 2] = [Self::Seal, Self::Open];

    /// What reports call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Seal => "seal",
            Self::Open => "open",
        }
    }
}

/// Something that seals records, and opens in the same order what it sealed.
pub trait Records {
    /// Readies the keys.
    fn new(suite: CipherSuite) -> Self;
    /// Seals and sends one record.
    fn seal(&mut self, data: &[u8], wire: &mut Wire);
    /// Receives and opens what one call of [`Self::seal`] sent, and returns the length of the data.
    fn open(&mut self, wire: &mut Wire) -> usize;
}

/// An established connection: the client seals, the server opens.
#[derive(Debug)]
pub struct Established<S: Stack> {
    client: S::End,
    server: S::End,
    buffers: Buffers,
}

impl<S: Stack> Records for Established<S> {
    fn new(suite: CipherSuite) -> Self {
        // In TLS 1.2 the certificate's curve must be among the groups.
        let stack = S::new(&Scenario::new(suite, NamedGroup::SECP256R1));
        let (client, server) = establish(&stack, &mut Halves::<Duration>::default(), &mut Pipes::default());
        Self { client, server, buffers: Buffers::default() }
    }

    fn seal(&mut self, data: &[u8], wire: &mut Wire) {
        self.client.seal(data, wire, &mut self.buffers);
    }

    fn open(&mut self, wire: &mut Wire) -> usize {
        self.server.receive(wire, &mut self.buffers)
    }
}

/// Records enough to drown the clock, few enough to stay in the cache.
const BATCH: u64 = 32;

/// The time that `count` records of `len` bytes take.
pub fn time<R: Records>(records: &mut R, direction: Direction, len: usize, count: u64) -> Duration {
    let data = vec![0x5a; len];
    let mut wire = Wire::default();
    match direction {
        Direction::Seal => {
            let start = Instant::now();
            for _ in 0..count {
                wire.clear();
                records.seal(black_box(&data), &mut wire);
            }
            start.elapsed()
        }
        Direction::Open => time_open(records, &data, count, &mut wire),
    }
}

fn time_open<R: Records>(records: &mut R, data: &[u8], count: u64, wire: &mut Wire) -> Duration {
    let mut ends = Vec::new();
    let mut elapsed = Duration::ZERO;
    let mut left = count;
    while left > 0 {
        let batch = left.min(BATCH);
        wire.clear();
        ends.clear();
        for _ in 0..batch {
            records.seal(data, wire);
            ends.push(wire.position());
        }
        let start = Instant::now();
        for end in &ends {
            wire.deliver(*end);
            assert_eq!(records.open(black_box(wire)), data.len());
        }
        elapsed += start.elapsed();
        left -= batch;
    }
    elapsed
}
