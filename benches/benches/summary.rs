//! Ours beside rustls and the bare AEAD as a table of ratios, below one where ours is faster.
//!
//! All stacks take turns within a round, and a ratio is the median of the ratios of each round: what slows the
//! machine for a while slows both.

#![allow(clippy::print_stdout, clippy::as_conversions, reason = "a report of approximate figures")]

use std::time::Duration;

use benches::bare::Bare;
use benches::handshake::{Halves, Pipes, Side, run};
use benches::ours::Ours;
use benches::peer::Rustls;
use benches::records::{Direction, Established, Records, SIZES, time};
use benches::rounds::{median, paired_ratio};
use benches::stack::{GROUPS, SUITES, Scenario, Stack};

/// As many rounds as a figure needs to settle; one, if this is only a test of the benchmark.
fn rounds() -> usize {
    if std::env::args().any(|argument| argument == "--bench") { 41 } else { 1 }
}

/// Median nanoseconds of each half over some handshakes.
fn handshakes<S: Stack>(stack: &S, pipes: &mut Pipes) -> Halves<f64> {
    const HANDSHAKES: usize = 40;
    let (mut client, mut server) = (Vec::new(), Vec::new());
    for _ in 0..HANDSHAKES {
        let mut times = Halves::<Duration>::default();
        run(stack, &mut times, pipes);
        client.push(times.client.as_nanos() as f64);
        server.push(times.server.as_nanos() as f64);
    }
    Halves { client: median(&client), server: median(&server) }
}

fn handshake_rows() {
    println!("{:24} {:>12} {:>12} {:>14}", "handshake", "ours us", "rustls us", "ours / rustls");
    for (name, group) in GROUPS {
        let scenario = Scenario::handshake(group);
        let (ours, rustls) = (Ours::new(&scenario), Rustls::new(&scenario));
        let mut pipes = Pipes::default();
        let mut samples = Halves::<[Vec<f64>; 2]>::default();
        for _ in 0..rounds() {
            let round = [handshakes(&ours, &mut pipes), handshakes(&rustls, &mut pipes)];
            for side in Side::BOTH {
                for (samples, halves) in samples.of_mut(side).iter_mut().zip(&round) {
                    samples.push(*halves.of(side));
                }
            }
        }
        for side in Side::BOTH {
            let [ours, rustls] = samples.of(side);
            println!(
                "{:24} {:>12.1} {:>12.1} {:>14.3}",
                format!("{name} {}", side.name()),
                median(ours) / 1e3,
                median(rustls) / 1e3,
                paired_ratio(ours, rustls),
            );
        }
    }
}

/// Nanoseconds a record.
fn record(records: &mut impl Records, direction: Direction, len: usize) -> f64 {
    let count: u64 = if len > 4096 { 128 } else { 1024 };
    time(records, direction, len, count).as_nanos() as f64 / count as f64
}

fn record_rows() {
    println!(
        "\n{:24} {:>9} {:>9} {:>9} {:>14} {:>12}",
        "record", "ours ns", "rustls ns", "bare ns", "ours / rustls", "ours / bare"
    );
    for (name, suite) in SUITES {
        for direction in Direction::BOTH {
            let mut ours = Established::<Ours>::new(suite);
            let mut rustls = Established::<Rustls>::new(suite);
            let mut bare = Bare::new(suite);
            for len in SIZES {
                let mut samples = <[Vec<f64>; 3]>::default();
                for _ in 0..rounds() {
                    samples[0].push(record(&mut ours, direction, len));
                    samples[1].push(record(&mut rustls, direction, len));
                    samples[2].push(record(&mut bare, direction, len));
                }
                let [ours, rustls, bare] = &samples;
                println!(
                    "{:24} {:>9.0} {:>9.0} {:>9.0} {:>14.3} {:>12.3}",
                    format!("{name} {} {len}", direction.name()),
                    median(ours),
                    median(rustls),
                    median(bare),
                    paired_ratio(ours, rustls),
                    paired_ratio(ours, bare),
                );
            }
        }
    }
}

fn main() {
    handshake_rows();
    record_rows();
}
