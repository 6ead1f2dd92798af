//! What certificates are signed with: those who verify them say what they accept (signature_algorithms_cert), and those
//! who have several show one that is accepted.

use rcgen::{PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, SignatureAlgorithm};
use tests::authority::Authority;
use tests::hello::Extended;
use tests::pair::{Pair, client_builder, only, server_builder};
use tests::relay::Setup;
use tls_core::ciphersuites::{ProtocolVersion, SecurityPolicy, SignatureScheme};
use tls_core::{ClientAuthentication, Identity, Roots, ServerConfig, ServerVerification};

const SIGNATURE_ALGORITHMS_CERT: u16 = 50;
const P256: SignatureScheme = SignatureScheme::ECDSA_SECP256R1_SHA256;
const P384: SignatureScheme = SignatureScheme::ECDSA_SECP384R1_SHA384;
const ED25519: SignatureScheme = SignatureScheme::ED25519;
const VERSIONS: [ProtocolVersion; 2] = [ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2];

/// A client that takes these schemes in handshakes and those in certificates.
fn policy(
    version: ProtocolVersion,
    handshake: &[SignatureScheme],
    certificates: Option<&[SignatureScheme]>,
) -> SecurityPolicy {
    SecurityPolicy {
        signature_schemes: handshake.to_vec().into(),
        certificate_signature_schemes: certificates.map(|schemes| schemes.to_vec().into()),
        ..only(version, &SecurityPolicy::P20251014)
    }
}

/// A certificate for localhost with a P-256 key from an authority of another kind, and that authority's root.
fn issued_by(algorithm: &'static SignatureAlgorithm) -> (Identity, Roots) {
    let authority = Authority::with_algorithm(algorithm);
    (authority.issue(&["localhost"], &PKCS_ECDSA_P256_SHA256).identity(), authority.roots())
}

//= 9846:4.3.3 sha1-certificates
//= 9846:4.5.1.2 chain-signatures
//= 9846:9.2 extensions
#[test]
fn chains_are_shown_to_those_who_accept_their_signatures() {
    for version in VERSIONS {
        for (handshake, certificates, expected) in [
            (&[P256, P384, ED25519][..], Some(&[P384][..]), 1),
            (&[P256, P384, ED25519], Some(&[ED25519]), 2),
            (&[P256, P384, ED25519], Some(&[P256, ED25519]), 0),
            (&[P256, P384, ED25519], None, 0),
            (&[P256], Some(&[P384]), 1),
        ] {
            let issued = [&PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P384_SHA384, &PKCS_ED25519].map(issued_by);
            let (mut roots, mut server) = (
                Roots::from_pem(Authority::new().root_pem().as_bytes()).unwrap(),
                ServerConfig::builder().permit_unapproved(),
            );
            let mut fingerprints = Vec::new();
            for (identity, root) in issued {
                fingerprints.push(identity.fingerprint());
                roots.extend(root);
                server = server.identity(identity);
            }
            let client = client_builder(&Authority::new())
                .policy(policy(version, handshake, certificates))
                .server_verification(ServerVerification::Roots(roots));
            let server = server.policy(policy(version, &[P256, P384, ED25519], None));
            let mut pair = Pair::new(&client.build().unwrap(), &server.build().unwrap());
            pair.handshake();
            pair.assert_works();
            let facts = pair.client.connection.facts().unwrap();
            let leaf = facts.peer_certificates.as_ref().unwrap().leaf();
            let digest = ring::digest::digest(&ring::digest::SHA256, leaf);
            let shown = fingerprints.iter().position(|fingerprint| fingerprint == digest.as_ref());
            assert_eq!(shown, Some(expected), "{version}: {handshake:?} {certificates:?}");
        }
    }
}

/// Whoever has nothing better shows what there is: the peer may know more of the chain than it says.
#[test]
fn a_chain_that_is_not_accepted_is_better_than_none() {
    let (identity, mut roots) = issued_by(&PKCS_ECDSA_P384_SHA384);
    let (other, more_roots) = issued_by(&PKCS_ED25519);
    roots.extend(more_roots);
    let server = ServerConfig::builder().permit_unapproved().identity(other).identity(identity);
    let server = server.policy(policy(VERSIONS[0], &[P256], None));
    let client = client_builder(&Authority::new())
        .policy(policy(VERSIONS[0], &[P256], Some(&[SignatureScheme::RSA_PKCS1_SHA256])))
        .server_verification(ServerVerification::Roots(roots));
    let mut pair = Pair::new(&client.build().unwrap(), &server.build().unwrap());
    pair.handshake();
    assert_eq!(pair.client.error.unwrap().code(), "certificate_signature_algorithm");
}

#[test]
fn what_is_accepted_in_certificates_is_said_where_it_differs() {
    let authority = Authority::new();
    for (certificates, said) in [
        (None, None),
        (Some(&[P384, P256][..]), None),
        (Some(&[P256][..]), Some(vec![0, 2, 4, 3])),
        (Some(&[P256, P384, SignatureScheme::RSA_PKCS1_SHA256]), Some(vec![0, 6, 4, 3, 5, 3, 4, 1])),
    ] {
        let both = || policy(VERSIONS[0], &[P256, P384], certificates);
        let client = client_builder(&authority).policy(both()).identity(authority.localhost().identity());
        let asked = ClientAuthentication::Required(authority.roots());
        let server = server_builder(&authority).policy(both()).client_authentication(asked);
        let messages = Setup::new(client, server).messages();
        for message in messages.iter().filter(|piece| [1, 13].contains(&piece.content[0])) {
            let message = Extended::parse(&message.content);
            let found =
                message.extensions.iter().find(|(extension, _)| *extension == SIGNATURE_ALGORITHMS_CERT);
            assert_eq!(found.map(|(_, body)| body.clone()), said);
        }
    }
}
