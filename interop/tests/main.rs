//! Our stack against OpenSSL 3.6 and rustls as real peers, in both roles.
//!
//! Both peers are built into this binary, so no test can go without them. OpenSSL is built from source, which needs
//! the Debian packages `perl` and `make`. One test needs OpenSSL's command line, too, and runs
//! `interop/scripts/openssl`, which installs it into `target` where it is not there yet.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod authentication;
mod certificates;
mod command_line;
mod handshakes;
mod key_updates;
mod link;
mod negotiation;
mod ours;
mod peer;
mod refusals;
mod retries;
mod settings;
mod traffic;
