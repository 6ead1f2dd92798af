//! TLS 1.2: what it has for itself. What both versions have in common is tested where TLS 1.3 is.

mod accepted_renegotiation;
mod cbc;
mod change_cipher_spec;
mod client_authentication;
mod client_hello;
mod extended_main_secret;
mod hello_request;
mod key_exchange;
mod limits;
mod records;
mod renegotiation;
mod server_hello;
mod suites;

use tests::pair::only;
use tls_core::ciphersuites::{CipherSuite, NamedGroup, ProtocolVersion, SecurityPolicy};

/// The default policy's part for TLS 1.2.
fn default_tls12() -> SecurityPolicy {
    only(ProtocolVersion::TLS1_2, &SecurityPolicy::P20251014)
}

/// The default policy with one suite and one group for the key exchange; P-256, where it is another, is for
/// certificates.
fn only_suite(suite: CipherSuite, group: NamedGroup) -> SecurityPolicy {
    SecurityPolicy {
        cipher_suites: vec![suite].into(),
        groups: vec![group, NamedGroup::SECP256R1].into(),
        ..SecurityPolicy::P20251014
    }
}
