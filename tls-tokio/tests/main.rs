//! Streams over transports of every temper: narrow, slow, moody, cut off, and real.

#![allow(
    clippy::as_conversions,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod asking;
mod breaking;
mod cancelling;
mod closing;
mod early_data;
mod failing;
mod handshaking;
mod https;
mod key_update;
mod memory;
mod observing;
mod parts;
mod pre_shared_keys;
mod remote_signer;
mod renegotiation;
mod sessions;
mod signers;
mod splitting;
mod support;
mod writing;
