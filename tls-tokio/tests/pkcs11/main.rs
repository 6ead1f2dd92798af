//! Keys in SoftHSM, in this process and behind a socket.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod finding;
mod handshakes;
mod load;
mod recovery;
mod schemes;
mod support;
