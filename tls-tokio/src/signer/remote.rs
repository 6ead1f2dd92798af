//! Keys on another machine, or in another process: [`Server`] has them, [`RemoteSigner`] asks it to sign.
//!
//! The two speak `s2n-signer/1`, which `docs/remote-signer.md` specifies, over TLS 1.3 of this crate: both ends prove who
//! they are, and the keys come from a post-quantum group. What is asked for is never a hash or a text to sign: it is the
//! fields of a TLS handshake, from which the server makes the bytes itself. A client that has been taken over can have
//! handshakes signed for as long as it is trusted, and nothing else.
//!
//! ```no_run
//! # use std::{error::Error, sync::Arc};
//! # use tls_tokio::{tls_core, signer::{LocalSigner, remote::{AllowedClient, Endpoint, RemoteSigner, Server}}};
//! # use tls_core::{Identity, Roots, ServerName, ServerVerification, ciphersuites::PrivateKey};
//! # async fn serve(key: PrivateKey, own: Identity, client: &Identity, end: impl Future<Output = ()>)
//! # -> Result<(), Box<dyn Error>> {
//! let client = AllowedClient::by_certificate("web-1", client.fingerprint());
//! let server = Server::builder(own).key(LocalSigner::new(key)).client(client).build()?;
//! let listener = "signer.example:7300".parse::<Endpoint>()?.listen().await?;
//! server.serve(listener, end).await;
//! # Ok(())
//! # }
//! # fn ask(own: Identity, roots: Roots) -> Result<(), Box<dyn Error>> {
//! let endpoint = "signer.example:7300".parse::<Endpoint>()?;
//! let name = ServerName::try_from("signer.example")?;
//! let signer = RemoteSigner::builder(endpoint, name, own, ServerVerification::Roots(roots)).start()?;
//! # Ok(())
//! # }
//! ```

mod client;
mod codec;
mod endpoint;
mod frame;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod message;
mod messages12;
mod purpose;
mod server;

use tls_core::ciphersuites::{CipherSuite, NamedGroup, ProtocolVersion, Rule, SecurityPolicy};

pub use self::client::{Counts, RemoteSigner, RemoteSignerBuilder};
pub use self::endpoint::{Endpoint, InvalidEndpoint, Listener};
pub use self::purpose::{InvalidUse, Use};
pub use self::server::{AllowedClient, AuditEvent, Outcome, RequestRecord, ServedKey, Server, ServerBuilder};

/// The protocol and its version, as agreed on by ALPN (RFC 7301).
pub const ALPN: &[u8] = b"s2n-signer/1";

/// What protects the connection between a [`RemoteSigner`] and its [`Server`]: TLS 1.3, AES-GCM, and groups that
/// withstand a quantum computer, with nothing to fall back to.
pub fn policy() -> SecurityPolicy {
    let base = SecurityPolicy::DEFAULT_PQ;
    let post_quantum = |groups: &[NamedGroup]| -> Vec<NamedGroup> {
        groups.iter().copied().filter(|group| group.is_post_quantum()).collect()
    };
    SecurityPolicy {
        name: "s2n-signer".into(),
        min_version: ProtocolVersion::TLS1_3,
        cipher_suites: vec![CipherSuite::TLS_AES_256_GCM_SHA384, CipherSuite::TLS_AES_128_GCM_SHA256].into(),
        groups: post_quantum(&base.groups).into(),
        key_shares: post_quantum(&base.key_shares).into(),
        strongly_preferred_groups: post_quantum(&base.strongly_preferred_groups).into(),
        rules: vec![Rule::PerfectForwardSecrecy, Rule::PostQuantumKeyExchange].into(),
        ..base
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_to_fall_back_to_and_nothing_that_a_fips_module_lacks() {
        let policy = policy();
        assert!(!policy.supports(ProtocolVersion::TLS1_2));
        for rule in [Rule::PerfectForwardSecrecy, Rule::PostQuantumKeyExchange, Rule::Fips140_3Strict] {
            assert_eq!(rule.breaches(&policy), [], "{}", rule.name());
        }
    }
}
