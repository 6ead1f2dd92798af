//! Ours beside rustls, OpenSSL and the bare AEAD of aws-lc-rs: the same work, the same wire, one process.
//!
//! - `cargo bench -p benches --bench summary`: a table of ratios, medians of interleaved rounds. Start here.
//! - `cargo bench -p benches --bench handshake` and `--bench records`: the same work under criterion.
//! - `cargo bench -p benches --bench signing`: servers whose signer is two milliseconds away, beside s2n-tls.
//! - `cargo bench -p benches --bench store`: a million sessions of a server, in the hands of eight threads, beside rustls.
//! - `cargo test -p benches -- --nocapture`: allocations and heap, gated.
//! - `benches/instructions.sh`: instructions and allocations of each half, counted by valgrind; `benches/profile.sh`: where
//!   they go.
//!
//! What is alike for all: the version and the cipher suite (one is offered), the group (one is offered), in TLS 1.2 the
//! extended main secret, an ECDSA P-256 chain of leaf and intermediate sent and verified to a trusted root, the host
//! name checked, no tickets and no sessions. Between the two ends lies memory, and each byte is copied once on its way
//! out and once on its way in, as a socket would. OpenSSL brings cryptography of its own, the others share aws-lc.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "this crate is measurement"
)]

pub mod bare;
pub mod handshake;
pub mod ours;
pub mod peer;
pub mod records;
pub mod rounds;
pub mod stack;
pub mod wire;
