//! Handshakes whose keys are with a remote signer.

use rcgen::{
    PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_ML_DSA_65, PKCS_RSA_SHA256,
    SignatureAlgorithm,
};
use tests::authority::Pem;
use tests::pair::{localhost, only};
use tls_tokio::signer::Signer;
use tls_tokio::signer::remote::{AllowedClient, Endpoint, Use};
use tls_tokio::tls_core::ciphersuites::{ProtocolVersion, SecurityPolicy, SignatureScheme};
use tls_tokio::tls_core::{
    ClientAuthentication, ClientConfig, Role, ServerConfig, ServerVerification, SignRequest,
};
use tls_tokio::{Acceptor, Connector};
use tokio::io::duplex;

use super::{Running, Site, is_signed, public};
use crate::support::{assert_works, in_time};

/// Both ends of a handshake have their keys with `signer`; returns the schemes that they signed by: server, client.
async fn shake(running: &Running, site: &Site, pem: &Pem, version: ProtocolVersion) -> [SignatureScheme; 2] {
    let policy = only(version, &SecurityPolicy::DEFAULT_PQ);
    let server = ServerConfig::builder()
        .permit_unapproved()
        .policy(policy.clone())
        .identity(public(pem))
        .client_authentication(ClientAuthentication::Required(site.authority.roots()))
        .build()
        .unwrap();
    let client = ClientConfig::builder()
        .permit_unapproved()
        .policy(policy)
        .identity(public(pem))
        .server_verification(ServerVerification::Roots(site.authority.roots()))
        .build()
        .unwrap();
    let acceptor = Acceptor::new(server).signer(site.signer(&running.endpoint).start().unwrap());
    let connector = Connector::new(client).signer(site.signer(&running.endpoint).start().unwrap());
    let (client, server) = duplex(1 << 16);
    let both = async { tokio::join!(connector.connect(localhost(), client), acceptor.accept(server)) };
    let (client, server) = in_time(both).await;
    let (mut client, mut server) = (client.unwrap(), server.unwrap());
    assert_works(&mut client, &mut server).await;
    let endpoint = &running.endpoint;
    [server, client].map(|stream| {
        assert_eq!(&*stream.signing().unwrap().made_by, format!("remote signer {endpoint}"));
        stream.signing().unwrap().scheme
    })
}

async fn start(site: &Site, endpoint: &Endpoint) -> Running {
    Running::start_at(site.bare_server().key(super::local(&site.key)).client(everything(site)), endpoint)
        .await
}

fn everything(site: &Site) -> AllowedClient {
    site.allowed().only_uses(Use::ALL)
}

async fn check(
    algorithm: &'static SignatureAlgorithm,
    versions: &[ProtocolVersion],
    expected: SignatureScheme,
) {
    let site = Site::with_key(algorithm);
    let running = start(&site, &Endpoint::Tcp("127.0.0.1".to_owned(), 0)).await;
    for version in versions {
        assert_eq!(shake(&running, &site, &site.key, *version).await, [expected; 2]);
    }
    let uses = match versions {
        [_] => &[Use::Tls13Server, Use::Tls13Client][..],
        _ => &Use::ALL,
    };
    for used_as in uses {
        let record = running.record(|record| record.used_as == *used_as).await;
        assert!(is_signed(&record), "{record:?}");
        assert_eq!((record.scheme, record.key), (expected, public(&site.key).key_id()));
        assert_eq!((&*record.client, record.trace.len()), ("web", 16));
        assert!(record.message_sha256.is_some(), "{record:?}");
    }
}

const BOTH: [ProtocolVersion; 2] = [ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2];

#[tokio::test]
async fn ecdsa_keys_sign_for_both_roles_and_versions() {
    check(&PKCS_ECDSA_P256_SHA256, &BOTH, SignatureScheme::ECDSA_SECP256R1_SHA256).await;
    // In TLS 1.2, where any hash goes with any curve, the policy would have SHA-256.
    check(&PKCS_ECDSA_P384_SHA384, &BOTH[..1], SignatureScheme::ECDSA_SECP384R1_SHA384).await;
}

#[tokio::test]
async fn rsa_keys_sign_for_both_roles_and_versions() {
    check(&PKCS_RSA_SHA256, &BOTH, SignatureScheme::RSA_PSS_RSAE_SHA256).await;
}

#[tokio::test]
async fn ml_dsa_keys_sign_for_both_roles() {
    check(&PKCS_ML_DSA_65, &BOTH[..1], SignatureScheme::MLDSA65).await;
}

#[tokio::test]
async fn ed25519_keys_sign_what_they_are_asked_for() {
    let site = Site::with_key(&PKCS_ED25519);
    let running = start(&site, &Endpoint::Tcp("127.0.0.1".to_owned(), 0)).await;
    let signer = site.signer(&running.endpoint).start().unwrap();
    let (identity, key) = (public(&site.key), super::local(&site.key));
    for purpose in [super::tls13(Role::Server), super::tls13(Role::Client), super::tls12_server()] {
        let scheme = SignatureScheme::ED25519;
        let request = SignRequest::new(identity.key_id(), identity.key_type(), scheme, purpose);
        let signature = in_time(signer.sign(&request)).await.unwrap();
        // Ed25519 has one signature for a message.
        assert_eq!(signature.bytes, key.sign(&request).await.unwrap().bytes);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_unix_socket_does_as_well_and_is_taken_over_when_abandoned() {
    let site = Site::new();
    let path = std::env::temp_dir().join(format!("remote-signer-{}", std::process::id()));
    let endpoint = Endpoint::Unix(path.clone());
    let abandoned = std::os::unix::net::UnixListener::bind(&path).unwrap();
    assert!(endpoint.listen().await.is_err(), "somebody listens there");
    drop(abandoned);
    let running = start(&site, &endpoint).await;
    shake(&running, &site, &site.key, ProtocolVersion::TLS1_3).await;
    running.drain().await;
    assert!(!path.exists());
}
