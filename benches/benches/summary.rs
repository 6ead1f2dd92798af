//! Ours beside the peers and the bare AEAD as a table of ratios, below one where ours is faster.
//!
//! All stacks take turns within a round, and a ratio is the median of the ratios of each round: what slows the
//! machine for a while slows all.
//!
//! `cargo bench -p benches --bench summary [-- handshake|resumption|record]`: all tables, or one.

#![allow(
    clippy::print_stdout,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "a report of approximate figures"
)]

use std::time::Duration;

use benches::bare::Bare;
use benches::handshake::{Halves, Pipes, Side, run};
use benches::ours::Ours;
use benches::peer::{OpenSsl, OpenSslResuming, Rustls, S2n};
use benches::records::{Direction, Established, Records, SIZES, time};
use benches::rounds::{median, paired_ratio};
use benches::stack::{HANDSHAKES, SUITES, Scenario, Stack};
use tls_core::ciphersuites::{CipherSuite, NamedGroup};

/// As many rounds as a figure needs to settle; one, if this is only a test of the benchmark.
fn rounds() -> usize {
    if std::env::args().any(|argument| argument == "--bench") { 41 } else { 1 }
}

/// The columns of a table, ours first.
fn print_head<const N: usize>(what: &str, unit: &str, columns: [&str; N]) {
    print!("\n{what:28}");
    columns.iter().for_each(|name| print!(" {:>11}", format!("{name} {unit}")));
    columns.iter().skip(1).for_each(|name| print!(" {:>14}", format!("ours / {name}")));
    println!();
}

/// One row: the median of each column, and the ratios of the first to the others.
fn print_row<const N: usize>(what: &str, unit_ns: f64, samples: &[Vec<f64>; N]) {
    print!("{what:28}");
    samples.iter().for_each(|samples| print!(" {:>11.1}", median(samples) / unit_ns));
    samples.iter().skip(1).for_each(|theirs| print!(" {:>14.3}", paired_ratio(&samples[0], theirs)));
    println!();
}

type HandshakeSampler = Box<dyn FnMut() -> Halves<f64>>;

/// Takes median nanoseconds of each half over some handshakes, again and again. Others come before that are not measured:
/// what the stack before has done to caches and clock rates is none of this one's doing.
fn handshake_sampler<S: Stack + 'static>(scenario: &Scenario) -> HandshakeSampler {
    const UNMEASURED: usize = 10;
    const MEASURED: usize = 40;
    let (stack, mut pipes, resumed) = (S::new(scenario), Pipes::default(), scenario.resumed);
    // What is resumed first.
    run(&stack, &mut Halves::<Duration>::default(), &mut pipes);
    Box::new(move || {
        let times = [(); UNMEASURED + MEASURED].map(|()| {
            let mut times = Halves::<Duration>::default();
            assert_eq!(run(&stack, &mut times, &mut pipes), resumed);
            times
        });
        let of = |side| {
            median(
                &times
                    .iter()
                    .skip(UNMEASURED)
                    .map(|times| times.of(side).as_nanos() as f64)
                    .collect::<Vec<_>>(),
            )
        };
        Halves { client: of(Side::Client), server: of(Side::Server) }
    })
}

/// Each half of the handshakes, which all resume or none; those of OpenSSL by the stack that does it.
fn handshake_rows<OpenSsl: Stack + 'static>(what: &str, scenario: fn(CipherSuite, NamedGroup) -> Scenario) {
    print_head(what, "us", ["ours", "rustls", "s2n-tls", "openssl"]);
    for (name, suite, group) in HANDSHAKES {
        let scenario = scenario(suite, group);
        let mut stacks = [
            handshake_sampler::<Ours>(&scenario),
            handshake_sampler::<Rustls>(&scenario),
            handshake_sampler::<S2n>(&scenario),
            handshake_sampler::<OpenSsl>(&scenario),
        ];
        let mut samples = Halves::<[Vec<f64>; 4]>::default();
        for round in 0..rounds() {
            for turn in 0..stacks.len() {
                // There and back again, so that none always comes after the same other.
                let stack = if round % 2 == 0 { turn } else { stacks.len() - 1 - turn };
                let halves = stacks[stack]();
                for side in Side::BOTH {
                    samples.of_mut(side)[stack].push(*halves.of(side));
                }
            }
        }
        for side in Side::BOTH {
            print_row(&format!("{name} {}", side.name()), 1e3, samples.of(side));
        }
    }
}

type RecordSampler = Box<dyn FnMut(usize) -> f64>;

/// Takes the nanoseconds of a record of the given length, again and again.
fn record_sampler<R: Records + 'static>(suite: CipherSuite, direction: Direction) -> RecordSampler {
    let mut records = R::new(suite);
    Box::new(move |len| {
        let count: u64 = if len > 4096 { 128 } else { 1024 };
        time(&mut records, direction, len, count).as_nanos() as f64 / count as f64
    })
}

fn record_rows() {
    print_head("record", "ns", ["ours", "rustls", "openssl", "bare"]);
    for (name, suite) in SUITES {
        for direction in Direction::BOTH {
            let mut stacks = [
                record_sampler::<Established<Ours>>(suite, direction),
                record_sampler::<Established<Rustls>>(suite, direction),
                record_sampler::<Established<OpenSsl>>(suite, direction),
                record_sampler::<Bare>(suite, direction),
            ];
            for len in SIZES {
                let mut samples = <[Vec<f64>; 4]>::default();
                for _ in 0..rounds() {
                    for (samples, sample) in samples.iter_mut().zip(&mut stacks) {
                        samples.push(sample(len));
                    }
                }
                print_row(&format!("{name} {} {len}", direction.name()), 1.0, &samples);
            }
        }
    }
}

fn main() {
    let only = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let is_wanted = |table| only.as_deref().is_none_or(|only| only == table);
    if is_wanted("handshake") {
        handshake_rows::<OpenSsl>("handshake", Scenario::new);
    }
    if is_wanted("resumption") {
        handshake_rows::<OpenSslResuming>("resumption", Scenario::resumed);
    }
    if is_wanted("record") {
        record_rows();
    }
}
