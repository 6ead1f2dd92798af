//! Handshakes for `instructions.sh` and `profile.sh` to watch: `halves ours|rustls GROUP COUNT`.
//!
//! Each side's work happens inside a function of a name that valgrind can be told to look at.

use std::process::ExitCode;

use benches::handshake::{Halves, Meter, Pipes, Side, run};
use benches::ours::Ours;
use benches::peer::Rustls;
use benches::stack::{GROUPS, Scenario, Stack};
use tls_core::ciphersuites::NamedGroup;

struct Watched(Side);

#[inline(never)]
fn client_half<R>(work: impl FnOnce() -> R) -> R {
    work()
}

#[inline(never)]
fn server_half<R>(work: impl FnOnce() -> R) -> R {
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

fn handshakes<S: Stack>(group: NamedGroup, count: usize) {
    let stack = S::new(&Scenario::handshake(group));
    let mut pipes = Pipes::default();
    let mut watched = Halves { client: Watched(Side::Client), server: Watched(Side::Server) };
    for _ in 0..count {
        run(&stack, &mut watched, &mut pipes);
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [stack, group, count] = arguments.as_slice() else { return ExitCode::FAILURE };
    let (Some((_, group)), Ok(count)) = (GROUPS.iter().find(|(name, _)| name == group), count.parse()) else {
        return ExitCode::FAILURE;
    };
    match stack.as_str() {
        "ours" => handshakes::<Ours>(*group, count),
        "rustls" => handshakes::<Rustls>(*group, count),
        _ => return ExitCode::FAILURE,
    }
    ExitCode::SUCCESS
}
