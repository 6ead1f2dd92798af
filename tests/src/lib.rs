//! What end-to-end tests, interop tests and benches share: certificates made on the spot, two ends of a connection
//! in one thread with the wire in the test's hands, and someone on that wire who has the keys.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "this crate is tests"
)]

pub mod authority;
pub mod hello;
pub mod pair;
pub mod protection;
pub mod relay;
pub mod scenario;
pub mod secrets;
pub mod setup;
pub mod wire;
