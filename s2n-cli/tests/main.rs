//! The programs as their users meet them: real processes, real sockets, standard streams and exit codes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "this crate is tests"
)]

mod arguments;
mod connection;
mod demo;
mod early_data;
mod fips;
mod http;
mod identities;
mod json;
mod many;
mod openssl;
mod outdated;
mod peers;
mod policy;
mod pre_shared_keys;
mod programs;
mod resumption;
mod signer;
mod stapling;
mod tokens;
