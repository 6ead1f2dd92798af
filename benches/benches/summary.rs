//! Ours beside the peers and the bare AEAD as a table of ratios, below one where ours is faster.
//!
//! All stacks take turns within a round, and a ratio is the median of the ratios of each round: what slows the
//! machine for a while slows all.

#![allow(clippy::print_stdout, clippy::as_conversions, reason = "a report of approximate figures")]

use std::time::Duration;

use benches::bare::Bare;
use benches::handshake::{Halves, Pipes, Side, establish, run};
use benches::ours::Ours;
use benches::peer::{OpenSsl, OpenSslServer, Rustls};
use benches::records::{Direction, Established, Records, SIZES, time};
use benches::rounds::{median, paired_ratio};
use benches::stack::{End, HANDSHAKES, SUITES, Scenario, Stack};
use tls_core::ciphersuites::CipherSuite;

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

/// Takes median nanoseconds of each half over some handshakes, again and again.
fn handshake_sampler<S: Stack + 'static>(scenario: &Scenario) -> HandshakeSampler {
    const HANDSHAKES: usize = 40;
    let (stack, mut pipes) = (S::new(scenario), Pipes::default());
    for resumed in [false, scenario.resumed] {
        let (client, server) = establish(&stack, &mut Halves::<Duration>::default(), &mut pipes);
        assert_eq!([client.is_resumed(), server.is_resumed()], [resumed; 2]);
    }
    Box::new(move || {
        let (mut client, mut server) = (Vec::new(), Vec::new());
        for _ in 0..HANDSHAKES {
            let mut times = Halves::<Duration>::default();
            run(&stack, &mut times, &mut pipes);
            client.push(times.client.as_nanos() as f64);
            server.push(times.server.as_nanos() as f64);
        }
        Halves { client: median(&client), server: median(&server) }
    })
}

fn handshake_rows() {
    print_head("handshake", "us", ["ours", "rustls", "openssl"]);
    for (name, suite, group) in HANDSHAKES {
        let scenario = Scenario::new(suite, group);
        print_halves(
            name,
            [
                handshake_sampler::<Ours>(&scenario),
                handshake_sampler::<Rustls>(&scenario),
                handshake_sampler::<OpenSsl>(&scenario),
            ],
        );
    }
}

/// Beside rustls both halves, beside OpenSSL the server's: its clients are given a session by unsafe code only.
fn resumption_rows() {
    print_head("resumption", "us", ["ours", "rustls"]);
    for (name, suite, group) in HANDSHAKES {
        let scenario = Scenario::resumed(suite, group);
        print_halves(name, [handshake_sampler::<Ours>(&scenario), handshake_sampler::<Rustls>(&scenario)]);
    }
    print_head("resumption", "us", ["ours", "openssl"]);
    for (name, suite, group) in HANDSHAKES {
        let scenario = Scenario::resumed(suite, group);
        let stacks = [handshake_sampler::<Ours>(&scenario), handshake_sampler::<OpenSslServer>(&scenario)];
        print_sides(&[Side::Server], name, stacks);
    }
}

fn print_halves<const N: usize>(name: &str, stacks: [HandshakeSampler; N]) {
    print_sides(&Side::BOTH, name, stacks);
}

fn print_sides<const N: usize>(sides: &[Side], name: &str, mut stacks: [HandshakeSampler; N]) {
    let mut samples = Halves { client: [(); N].map(|()| Vec::new()), server: [(); N].map(|()| Vec::new()) };
    for _ in 0..rounds() {
        let round = stacks.each_mut().map(|sample| sample());
        for side in Side::BOTH {
            for (samples, halves) in samples.of_mut(side).iter_mut().zip(&round) {
                samples.push(*halves.of(side));
            }
        }
    }
    for side in sides {
        print_row(&format!("{name} {}", side.name()), 1e3, samples.of(*side));
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
    handshake_rows();
    resumption_rows();
    record_rows();
}
