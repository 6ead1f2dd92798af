//! Our stack against OpenSSL 3.6, rustls and, where those lack something, s2n-tls as real peers, in both roles, and
//! against OpenSSL's command line, Python's `ssl` and Go's `crypto/tls` as processes of their own.
//!
//! The first three are built into this binary, so no test can go without them. OpenSSL is built from source, which needs
//! the Debian packages `perl` and `make`. The processes need the packages `openssl` and `python3`, and a newer OpenSSL
//! and Go, which `interop/scripts/openssl` and `interop/scripts/go` install into `target` where they are not there yet.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod authentication;
mod certificates;
mod command_line;
mod downgrade;
mod early_data;
mod extended_main_secret;
mod fragments;
mod go;
mod handshakes;
mod key_updates;
mod link;
mod machine;
mod negotiation;
mod ours;
mod peer;
mod policies;
mod pre_shared_keys;
mod process;
mod python;
mod refusals;
mod renegotiation;
mod resumption;
mod retries;
mod settings;
mod stapling;
mod stored_sessions;
mod traffic;
mod versions;
