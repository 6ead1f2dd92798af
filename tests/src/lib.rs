//! What end-to-end tests, interop tests and benches share: certificates made on the spot, and two ends of a
//! connection in one thread with the wire in the test's hands.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "this crate is tests"
)]

pub mod authority;
pub mod pair;
