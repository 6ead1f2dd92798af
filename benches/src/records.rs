//! Sealing and opening records of application data.
//!
//! Sealing ends with a slice that could be written to a socket; opening begins with a copy out of one.

use std::hint::black_box;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use tls_core::ciphersuites::CipherSuite;

use crate::handshake::{Halves, Pipes, establish};
use crate::stack::{Buffers, End, Scenario, Stack};

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
    fn seal(&mut self, data: &[u8], wire: &mut impl Write);
    /// Receives and opens what one call of [`Self::seal`] sent, and returns the length of the data.
    fn open(&mut self, wire: &[u8]) -> usize;
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
        let stack = S::new(&Scenario::records(suite));
        let (client, server) = establish(&stack, &mut Halves::<Duration>::default(), &mut Pipes::default());
        Self { client, server, buffers: Buffers::default() }
    }

    fn seal(&mut self, data: &[u8], wire: &mut impl Write) {
        self.client.seal(data, wire, &mut self.buffers);
    }

    fn open(&mut self, wire: &[u8]) -> usize {
        self.server.receive(wire, &mut self.buffers)
    }
}

/// Records enough to drown the clock, few enough to stay in the cache.
const BATCH: u64 = 32;

/// The time that `count` records of `len` bytes take.
pub fn time<R: Records>(records: &mut R, direction: Direction, len: usize, count: u64) -> Duration {
    let data = vec![0x5a; len];
    match direction {
        Direction::Seal => {
            let start = Instant::now();
            for _ in 0..count {
                records.seal(black_box(&data), &mut io::sink());
            }
            start.elapsed()
        }
        Direction::Open => time_open(records, &data, count),
    }
}

fn time_open<R: Records>(records: &mut R, data: &[u8], count: u64) -> Duration {
    let (mut wire, mut ends) = (Vec::new(), Vec::new());
    let mut elapsed = Duration::ZERO;
    let mut left = count;
    while left > 0 {
        let batch = left.min(BATCH);
        wire.clear();
        ends.clear();
        for _ in 0..batch {
            records.seal(data, &mut wire);
            ends.push(wire.len());
        }
        let mut start_of_record = 0;
        let start = Instant::now();
        for end in &ends {
            let len = records.open(black_box(&wire[start_of_record..*end]));
            assert_eq!(len, data.len());
            start_of_record = *end;
        }
        elapsed += start.elapsed();
        left -= batch;
    }
    elapsed
}
