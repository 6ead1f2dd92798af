//! Handshakes for `instructions.sh` and `profile.sh` to watch: `halves ours|rustls|s2n|openssl HANDSHAKE[-resumed] COUNT`.
//!
//! Each side's work happens inside a function of a name that valgrind can be told to look at.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

use benches::handshake::{Halves, Meter, Pipes, Side, run};
use benches::ours::Ours;
use benches::peer::{OpenSsl, OpenSslResuming, Rustls, S2n};
use benches::stack::{HANDSHAKES, Scenario, Stack};

struct Watched(Side);

// Both do the same. Without a difference in them, the compiler makes one function of the two.

#[inline(never)]
fn client_half<R>(work: impl FnOnce() -> R) -> R {
    black_box(Side::Client);
    work()
}

#[inline(never)]
fn server_half<R>(work: impl FnOnce() -> R) -> R {
    black_box(Side::Server);
    work()
}

impl Meter for Watched {
    fn measure<R>(&mut self, work: impl FnOnce() -> R) -> R {
        match self.0 {
            Side::Client => client_half(work),
            Side::Server => server_half(work),
        }
    }
}

fn handshakes<S: Stack>(scenario: &Scenario, count: usize) {
    let stack = S::new(scenario);
    let mut pipes = Pipes::default();
    // What is resumed first is not watched.
    run(&stack, &mut Halves::<Duration>::default(), &mut pipes);
    let mut watched = Halves { client: Watched(Side::Client), server: Watched(Side::Server) };
    for _ in 0..count {
        assert_eq!(run(&stack, &mut watched, &mut pipes), scenario.resumed);
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [stack, handshake, count] = arguments.as_slice() else { return ExitCode::FAILURE };
    let full = handshake.strip_suffix("-resumed");
    let found = HANDSHAKES.iter().find(|(name, ..)| *name == full.unwrap_or(handshake));
    let (Some((_, suite, group)), Ok(count)) = (found, count.parse()) else { return ExitCode::FAILURE };
    let scenario = Scenario { resumed: full.is_some(), ..Scenario::new(*suite, *group) };
    match stack.as_str() {
        "ours" => handshakes::<Ours>(&scenario, count),
        "rustls" => handshakes::<Rustls>(&scenario, count),
        "s2n" => handshakes::<S2n>(&scenario, count),
        "openssl" if scenario.resumed => handshakes::<OpenSslResuming>(&scenario, count),
        "openssl" => handshakes::<OpenSsl>(&scenario, count),
        _ => return ExitCode::FAILURE,
    }
    ExitCode::SUCCESS
}
