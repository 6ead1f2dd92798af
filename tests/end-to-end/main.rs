//! End-to-end tests of the public API.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod alteration;
mod application_protocols;
mod boundary;
mod bug_classes;
mod cases;
mod certificate_choice;
mod certificate_signatures;
mod certificates;
mod client_authentication;
mod client_hello;
mod closure;
mod configuration;
mod delivery;
mod early_data;
mod end_of_file;
mod evidence;
mod explanations;
mod exporters;
#[cfg(feature = "fips")]
mod fips;
mod floods;
mod fragment_limits;
mod grease;
mod handshake;
mod key_update;
mod negotiation;
mod operations;
mod order;
mod policies;
mod policy_matrix;
mod post_quantum_required;
mod pre_shared_keys;
mod protected_messages;
mod record_layer;
mod resumption;
mod second_client_hello;
mod sent_messages;
mod server_hello;
mod server_identity;
mod stapling;
mod state_machine;
mod tls12;
mod tolerance;
mod versions;
