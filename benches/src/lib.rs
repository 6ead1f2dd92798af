//! Ours beside rustls, s2n-tls, OpenSSL and the bare AEAD of aws-lc-rs: the same work, the same wire, one process.
//!
//! - `cargo bench -p benches --bench summary`: tables of ratios, medians of interleaved rounds: full handshakes and
//!   resumptions beside all three, records beside rustls, OpenSSL and the bare AEAD. Start here; `-- resumption` is for
//!   that table alone, and so `-- handshake` and `-- record`.
//! - `cargo bench -p benches --bench handshake` and `--bench records`: full handshakes and records under criterion.
//! - `cargo bench -p benches --bench signing`: servers whose signer is two milliseconds away, beside s2n-tls.
//! - `cargo bench -p benches --bench store`: a million sessions of a server, in the hands of eight threads, beside rustls.
//! - `cargo test -p benches -- --nocapture`: allocations and heap, gated; and that all stacks do what is said here.
//! - `benches/instructions.sh`: instructions and allocations of each half, counted by valgrind; `benches/profile.sh`: where
//!   they go.
//!
//! What is alike for all: the version, the cipher suite and the group, in TLS 1.2 the extended main secret, an ECDSA P-256
//! chain of leaf and intermediate sent and verified to a trusted root, the host name checked; in full handshakes no tickets
//! and no sessions, in resumptions one ticket a connection, sealed by its server, and taken by the next. A half is
//! everything that one side does for a connection without data, from its creation to its release. Between the two ends
//! lies memory, and each byte is copied once on its way out and once on its way in, as a socket would. OpenSSL brings
//! cryptography of its own, the others share aws-lc.
//!
//! What is not alike:
//!
//! - s2n-tls' policies have names and cannot be made here. Those that were chosen have the suite and the group first, but
//!   not alone: some more code points are offered, and no more keys made. Its connections are used once, without its pool,
//!   and are polled by way of `s2n-tls-tokio`, where they have their safe interface. That takes a hundredth of the
//!   instructions.
//! - OpenSSL's clients that resume are polled by way of hyper-openssl, which takes less than a hundredth. They say goodbye,
//!   or their sessions would be thrown away; that is not measured.
//! - In TLS 1.2 s2n-tls and OpenSSL give a client no new ticket while its old one is good. Ours and rustls give one each time.

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
