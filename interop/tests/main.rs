//! Our stack against OpenSSL 3.6, rustls 0.23 and s2n-tls 0.3 as real peers, in both roles, and against OpenSSL's command
//! line, Python's `ssl` and Go's `crypto/tls` as processes of their own.
//!
//! The first two are built into this binary, and s2n-tls into a program of ours in C (`interop/peers`), which cargo builds
//! with it: no test can go without them. OpenSSL is built from source, which needs the Debian packages `perl` and `make`.
//! The processes need the packages `openssl` and `python3`, and a newer OpenSSL and Go, which `interop/scripts/openssl` and
//! `interop/scripts/go` install into `target` where they are not there yet.
//!
//! # Sessions, keys and early data
//! What is shown with which peer: C with its servers, when we are the client, and S with its clients. OpenSSL's clients are
//! those of its command line, for only unsafe code can give them a session otherwise.
//!
//! | | OpenSSL | rustls | s2n-tls | where |
//! |-|-|-|-|-|
//! | tickets of TLS 1.2 and 1.3, hybrids, a retry | C S | C S | C S | `resumption` |
//! | session ids of TLS 1.2 | C S | C S | C S | `stored_sessions` |
//! | handles of TLS 1.3 that are good once | C S | C S | S (1) | `stored_sessions` |
//! | clients that are known again by certificate | C S | C S | (2) | `resumption`, `stored_sessions` |
//! | several tickets; later ones | C S | C S | C S | `resumption::tickets` |
//! | as many tickets as are asked for (RFC 9149) | (3) | C S | (3) | `resumption::tickets` |
//! | no tickets | C S (4) | C S | C S | `resumption::tickets` |
//! | sessions exported and imported by our client | C | C | C | `resumption::elsewhere` |
//! | ticket keys brought to another server | S | S | S | `resumption::elsewhere` |
//! | tickets of another server, time, version, policy | C S | C S | C S | `resumption`, `resumption::refused` |
//! | forged and truncated tickets | C S | C (7) | C S | `resumption::refused` |
//! | external keys of both hashes, several, a retry | C S | (5) | C S | `pre_shared_keys` |
//! | early data accepted, rejected, after a retry | C S | C S | C S | `early_data` |
//! | early data sent twice | S | S | S | `early_data::rejected` |
//! | more early data than is read past | S | S | S | `early_data::rejected` |
//! | early data with client certificates | C S | C S | (2) | `early_data` |
//! | early data by external keys | C S (4) | (5) | C S | `pre_shared_keys::early_data` |
//! | 0.5-RTT | C S | C S | S (6) | `early_data::half` |
//! | the early exporter | C S | (6) | (6) | `early_data::exporters` |
//!
//! 1. Its servers keep sessions of TLS 1.2 alone (`s2n_conn_set_handshake_type`).
//! 2. It gives no tickets and takes up no sessions where clients prove who they are (`s2n_tls13_server_nst_send`,
//!    `s2n_allowed_to_cache_connection`).
//! 3. It knows no such extension, and as a server gives as many as without.
//! 4. Our programs show it with OpenSSL's: `s2n-cli/tests/resumption.rs`, `s2n-cli/tests/early_data`.
//! 5. It has no external keys. None of the three has the importer of RFC 9258, whose binders have a label of their own:
//!    BoGo has (`interop/scripts/bogo`).
//! 6. It has no function for that.
//! 7. Its client shows its tickets to nobody.

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
