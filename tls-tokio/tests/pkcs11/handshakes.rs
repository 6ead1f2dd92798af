use std::fs;

use tests::authority::Authority;
use tests::pair::{client_builder, localhost, only};
use tls_tokio::signer::KeyRing;
use tls_tokio::signer::pkcs11::Pkcs11Signer;
use tls_tokio::tls_core::ciphersuites::{ProtocolVersion, SecurityPolicy, SignatureScheme};
use tls_tokio::tls_core::{ClientAuthentication, Identity, ServerConfig};
use tls_tokio::{Acceptor, Connector};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use crate::support::{alone, key_file, open, runtime};

/// A certificate of the authority for the key of this name, and the signer that has it in the token.
fn in_token(authority: &Authority, name: &str) -> (Identity, Pkcs11Signer) {
    let key = rcgen::KeyPair::from_pem(&fs::read_to_string(key_file(name)).unwrap()).unwrap();
    let chain = authority.issue_with(&["localhost"], key, |_| {}).chain;
    let signer = open(&format!("token=keys;object={name}")).unwrap();
    let identity = Identity::from_public_pem(chain.as_bytes()).unwrap();
    (identity.only_schemes(&signer.schemes()), signer)
}

#[test]
fn both_sides_shake_hands_by_keys_in_a_token() {
    alone("handshakes::both_sides_shake_hands_by_keys_in_a_token", |hsm| {
        hsm.token("keys");
        for (name, id) in [("rsa", "01"), ("p256", "02"), ("p384", "03"), ("p521", "04"), ("ed25519", "05")] {
            hsm.import("keys", name, id);
        }
        let authority = Authority::new();
        for (server, client) in [("rsa", "p384"), ("p256", "rsa"), ("p521", "p256"), ("ed25519", "ed25519")] {
            for version in [ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2] {
                let (identity, signer) = in_token(&authority, server);
                let (client_identity, client_signer) = in_token(&authority, client);
                let policy = || only(version, &with_ed25519());
                let server = ServerConfig::builder()
                    .permit_unapproved()
                    .policy(policy())
                    .identity(identity)
                    .client_authentication(ClientAuthentication::Required(authority.roots()));
                let client = client_builder(&authority).policy(policy()).identity(client_identity);
                let ring = KeyRing::new().with(signer.key_id(), signer);
                let acceptor = Acceptor::new(server.build().unwrap()).signer(ring);
                let connector = Connector::new(client.build().unwrap()).signer(client_signer);
                runtime().block_on(converse(&acceptor, &connector));
            }
        }
    });
}

/// A policy that Ed25519 has a place in, which no named one has.
fn with_ed25519() -> SecurityPolicy {
    let mut policy = SecurityPolicy::by_name("test_all").unwrap();
    policy.signature_schemes.to_mut().push(SignatureScheme::ED25519);
    policy
}

async fn converse(acceptor: &Acceptor, connector: &Connector) {
    let (client, server) = duplex(1 << 16);
    let (client, server) = tokio::join!(connector.connect(localhost(), client), acceptor.accept(server));
    let (mut client, mut server) = (client.unwrap(), server.unwrap());
    client.write_all(b"request").await.unwrap();
    let mut received = [0; 7];
    server.read_exact(&mut received).await.unwrap();
    assert_eq!(&received, b"request");
    for signing in [client.signing().unwrap(), server.signing().unwrap()] {
        assert_eq!(&*signing.made_by, "PKCS#11 token \"keys\"");
        assert!(signing.queued <= signing.elapsed);
    }
}
