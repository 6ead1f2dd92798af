//! A server on one thread whose signatures come from two milliseconds away: ours, s2n-tls by its asynchronous callback,
//! and what becomes of it if the signer blocks the thread.
//!
//! All servers are met by the same clients, on a thread of their own, over pipes in memory: TLS 1.3, X25519,
//! AES-128-GCM, an ECDSA P-256 chain. So many handshakes are in flight all the time; each latency is a client's, from its
//! ClientHello to the end. Handshakes per second are those of both threads together. The server's processor time is what
//! the system has counted for its thread, and depends least on what else the machine does.

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
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use benches::rounds::median;
use tests::authority::{Authority, Pem};
use tokio::io::DuplexStream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::clients::Clients;

/// How far away the signer is.
const AWAY: Duration = Duration::from_millis(2);

/// How many handshakes are in flight.
const IN_FLIGHT: [usize; 3] = [1, 64, 1024];

/// Serves clients with this chain and key as they come, until no more do.
type Serve = fn(&Pem, &Runtime, UnboundedReceiver<DuplexStream>);

const SERVERS: [(&str, Serve); 4] = [
    ("ours", ours::verifying),
    ("ours, signer trusted", ours::trusting),
    ("s2n-tls 0.3.47", s2n::serve),
    ("ours, signer blocks", ours::blocking),
];

/// What one run has shown.
#[derive(Debug, Default)]
struct Run {
    per_second: f64,
    p50: f64,
    p99: f64,
    /// Microseconds of the server's thread for a handshake.
    server_micros: f64,
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

/// What the calling thread has had of a processor so far, as Linux counts it.
fn processor_time() -> Duration {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(stat.split(' ').next().unwrap().parse().unwrap())
}

fn run(authority: &Authority, serve: Serve, in_flight: usize, time: Duration) -> Run {
    let pem = authority.localhost();
    let (connections, accepted) = unbounded_channel();
    let (send_time, server_time) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(|| {
            let before = processor_time();
            serve(&pem, &runtime(), accepted);
            send_time.send(processor_time() - before).unwrap();
        });
        let (took, latencies) = Clients::new(connections).shake_hands(&runtime(), in_flight, time);
        let server_time = server_time.recv().unwrap();
        let (count, micros) = (latencies.len() as f64, |time: Duration| time.as_nanos() as f64 / 1e3);
        let at = |share: f64| micros(latencies[((count - 1.0) * share) as usize]) / 1e3;
        Run {
            per_second: count / took.as_secs_f64(),
            p50: at(0.50),
            p99: at(0.99),
            server_micros: micros(server_time) / count,
        }
    })
}

fn main() {
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let (rounds, time) = if is_bench { (3, Duration::from_secs(4)) } else { (1, Duration::from_millis(20)) };
    let authority = Authority::new();
    println!(
        "{:24} {:>9} {:>13} {:>9} {:>9} {:>20}",
        "server", "in flight", "handshakes/s", "p50 ms", "p99 ms", "server us/handshake"
    );
    for in_flight in IN_FLIGHT {
        let mut runs: [Vec<Run>; SERVERS.len()] = Default::default();
        for _ in 0..rounds {
            for (runs, (_, serve)) in runs.iter_mut().zip(SERVERS) {
                runs.push(run(&authority, serve, in_flight, time));
            }
        }
        for (runs, (name, _)) in runs.iter().zip(SERVERS) {
            let of = |figure: fn(&Run) -> f64| median(&runs.iter().map(figure).collect::<Vec<_>>());
            println!(
                "{name:24} {in_flight:>9} {:>13.0} {:>9.2} {:>9.2} {:>20.0}",
                of(|run| run.per_second),
                of(|run| run.p50),
                of(|run| run.p99),
                of(|run| run.server_micros)
            );
        }
    }
}
