//! What nobody who means well does: bytes that no honest peer sends, and cryptography that fails.
//!
//! A fuzz target is a function of bytes that panics where something is wrong. libFuzzer runs them for as long as there
//! is patience (`interop/scripts/fuzz`); [`bounded`] runs the same functions for a few seconds as ordinary tests, with
//! the same inputs every time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "this crate is tests"
)]

pub mod bounded;
pub mod input;
pub mod targets;

#[cfg(feature = "libfuzzer")]
use libfuzzer_sys as _;
