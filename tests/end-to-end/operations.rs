//! What a connection asks of its caller, and waits for.

mod select_config;
mod sign;
mod verify_certificate;
mod waiting;

use std::sync::Arc;

use tests::authority::{Authority, Pem};
use tests::pair::{End, Pair, client_builder, only, server_builder};
use tls_core::ciphersuites::{PrivateKey, ProtocolVersion, SecurityPolicy};
use tls_core::{ClientAuthentication, ClientConfig, Identity, Operation, ServerConfig, Sign, SignRequest};

const BOTH: [ProtocolVersion; 2] = [ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2];

/// A chain without its key, and the key.
struct Split {
    pem: Pem,
    key: PrivateKey,
}

impl Split {
    fn new(pem: Pem) -> Self {
        let key = PrivateKey::from_pem(pem.key.as_bytes()).unwrap();
        Self { pem, key }
    }

    fn identity(&self) -> Identity {
        Identity::from_public_pem(self.pem.chain.as_bytes()).unwrap()
    }

    fn signature(&self, request: &SignRequest) -> Vec<u8> {
        self.key.sign(request.scheme(), request.message()).unwrap()
    }
}

/// One version's part of a policy that knows keys of every kind.
fn policy(version: ProtocolVersion) -> SecurityPolicy {
    only(version, &SecurityPolicy::by_name("default_pq").unwrap())
}

/// Both sides prove themselves, by keys that are elsewhere.
fn mutual(version: ProtocolVersion, server: &Split, client: &Split, authority: &Authority) -> Pair {
    let config = ServerConfig::builder()
        .permit_unapproved()
        .policy(policy(version))
        .identity(server.identity())
        .client_authentication(ClientAuthentication::Required(authority.roots()));
    let client_config = client_builder(authority).policy(policy(version)).identity(client.identity());
    Pair::new(&client_config.build().unwrap(), &config.build().unwrap())
}

/// A client that trusts this authority, and a server with this identity.
fn configs(
    version: ProtocolVersion,
    authority: &Authority,
    identity: Identity,
) -> (Arc<ClientConfig>, Arc<ServerConfig>) {
    let client = client_builder(authority).policy(policy(version));
    let server = ServerConfig::builder().permit_unapproved().policy(policy(version)).identity(identity);
    (client.build().unwrap(), server.build().unwrap())
}

/// Runs until nothing moves.
fn run(pair: &mut Pair) {
    pair.run(|end, bytes| end.deliver(bytes));
}

/// The one operation that this end waits for, which must be a signature.
fn take_sign(end: &mut End) -> Sign {
    assert_eq!((&end.error, end.operations.len()), (&None, 1));
    match end.operations.pop() {
        Some(Operation::Sign(sign)) => sign,
        other => panic!("{other:?}"),
    }
}
