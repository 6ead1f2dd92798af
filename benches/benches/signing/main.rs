//! A server whose signatures come from two milliseconds away: ours, s2n-tls by its asynchronous callback, and what becomes
//! of it if the signer blocks the thread.
//!
//! All servers are met by the same clients over pipes in memory: TLS 1.3, X25519, AES-128-GCM, an ECDSA P-256 chain. So
//! many handshakes are in flight all the time; each latency is a client's, from its ClientHello to the end.
//!
//! Both sides take turns on one thread. On threads of their own, the clients would be what is measured: a client verifies
//! what the server signs, which takes longer than all that a server does, and the more often a quick server sleeps, the
//! more it costs them to wake it. So handshakes per second are those of both sides together. The server's part is the
//! time inside its futures; what the thread has had of a processor depends least on what else the machine does.

#![allow(
    clippy::print_stdout,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a report of approximate figures"
)]

mod clients;
mod ours;
mod s2n;

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use benches::rounds::{median, paired_ratio};
use tests::authority::{Authority, Pem};
use tls_tokio::BoxFuture;
use tokio::io::DuplexStream;
use tokio::runtime::Builder;

use crate::clients::{Clients, Outcome};

/// How far away the signer is.
const AWAY: Duration = Duration::from_millis(2);

/// How many handshakes are in flight.
const IN_FLIGHT: [usize; 3] = [1, 64, 1024];

/// Serves one client, to the end.
type Serve = Arc<dyn Fn(DuplexStream) -> BoxFuture<'static, ()> + Send + Sync>;

/// Makes a server of a chain and its key.
type Server = fn(&Pem) -> Serve;

const SERVERS: [(&str, Server); 4] = [
    ("ours", ours::verifying),
    ("ours, signer trusted", ours::trusting),
    ("s2n-tls 0.3.47", s2n::server),
    ("ours, signer blocks", ours::blocking),
];

/// Which of them the others are compared with.
const S2N: usize = 2;

/// What one run has shown.
#[derive(Debug, Default)]
struct Run {
    per_second: f64,
    p50: f64,
    p99: f64,
    /// Microseconds that the server has worked, for a handshake.
    server_micros: f64,
    /// Microseconds that the thread has had of a processor, for a handshake.
    thread_micros: f64,
}

/// What the calling thread has had of a processor so far, as Linux counts it.
fn processor_time() -> Duration {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(stat.split(' ').next().unwrap().parse().unwrap())
}

fn run(serve: Serve, in_flight: usize, time: Duration) -> Run {
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let before = processor_time();
    let Outcome { took, served, latencies } =
        runtime.block_on(Clients::new(serve).shake_hands(in_flight, time));
    let processor = processor_time() - before;
    let (count, micros) = (latencies.len() as f64, |time: Duration| time.as_nanos() as f64 / 1e3);
    let at = |share: f64| micros(latencies[((count - 1.0) * share) as usize]) / 1e3;
    Run {
        per_second: count / took.as_secs_f64(),
        p50: at(0.50),
        p99: at(0.99),
        server_micros: micros(served) / count,
        thread_micros: micros(processor) / count,
    }
}

/// One figure of each run.
fn each(runs: &[Run], figure: fn(&Run) -> f64) -> Vec<f64> {
    runs.iter().map(figure).collect()
}

/// A row for each server: medians, and the median of the ratios of handshakes per second to those of s2n-tls, round by
/// round.
fn print_rows(in_flight: usize, runs: &[Vec<Run>; SERVERS.len()]) {
    let theirs = each(&runs[S2N], |run| run.per_second);
    for (runs, (name, _)) in runs.iter().zip(SERVERS) {
        let of = |figure| median(&each(runs, figure));
        println!(
            "{name:24} {in_flight:>9} {:>13.0} {:>9.2} {:>9.2} {:>9.2} {:>9.0} {:>9.0}",
            of(|run| run.per_second),
            paired_ratio(&each(runs, |run| run.per_second), &theirs),
            of(|run| run.p50),
            of(|run| run.p99),
            of(|run| run.server_micros),
            of(|run| run.thread_micros)
        );
    }
}

fn main() {
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let (rounds, time) = if is_bench { (7, Duration::from_secs(2)) } else { (1, Duration::from_millis(20)) };
    let authority = Authority::new();
    println!(
        "{:24} {:>9} {:>13} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "server", "in flight", "handshakes/s", "/ s2n-tls", "p50 ms", "p99 ms", "server us", "thread us"
    );
    for in_flight in IN_FLIGHT {
        let mut runs: [Vec<Run>; SERVERS.len()] = Default::default();
        for _ in 0..rounds {
            for (runs, (_, server)) in runs.iter_mut().zip(SERVERS) {
                runs.push(run(server(&authority.localhost()), in_flight, time));
            }
        }
        print_rows(in_flight, &runs);
    }
}
