//! The programs `s2nc` (a client), `s2nd` (a server) and `s2n` (a demonstration), thin layers over `tls-tokio`.
//!
//! Options, exit codes and the lines they print follow s2n-tls, so that scripts written for its tools find what they
//! look for; where those exit with 255 or end a server because one client failed, these do better.

mod address;
mod certificate;
mod client;
mod demo;
mod echo;
mod failure;
mod http;
mod identity;
mod notation;
mod output;
mod program;
mod recorder;
mod report;
mod server;
mod tool;
mod trust;
mod unsupported;

pub use crate::client::Client;
pub use crate::program::{Program, Status, run};
pub use crate::server::Server;
pub use crate::tool::Tool;
