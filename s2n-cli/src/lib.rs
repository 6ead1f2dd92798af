//! The programs `s2nc` (a client), `s2nd` (a server) and `s2n` (a demonstration), thin layers over `tls-tokio`.
//!
//! Options, exit codes and the lines they print follow s2n-tls, so that scripts written for its tools find what they
//! look for; where those exit with 255 or end a server because one client failed, these do better.

mod address;
mod certificate;
mod client;
mod columns;
mod demo;
mod echo;
mod elsewhere;
mod failure;
mod fips;
mod heading;
mod http;
mod identity;
mod notation;
mod output;
mod policy;
mod policy_file;
mod pre_shared_key;
mod program;
mod recorder;
mod report;
mod server;
mod signer;
mod style;
mod tool;
mod trust;
mod unsupported;

use std::process::ExitCode;

/// `s2nc`: parses the command line, connects, and tells how it went.
pub fn s2nc() -> ExitCode {
    program::run::<client::Client>()
}

/// `s2nd`: parses the command line, and serves.
pub fn s2nd() -> ExitCode {
    program::run::<server::Server>()
}

/// `s2n`: parses the command line, and does what its subcommand says.
pub fn s2n() -> ExitCode {
    program::run::<tool::Tool>()
}
