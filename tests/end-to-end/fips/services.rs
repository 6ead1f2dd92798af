//! What the module's service indicator says of whole connections. Both ends are in one thread, so that each connection
//! here is that of a client and of a server at once.

use tests::authority::{Authority, Pem};
use tests::pair::only;
use tests::relay::Setup;
use tls_core::ciphersuites::fips::{Services, observe};
use tls_core::ciphersuites::{CipherSuite, NamedGroup, ProtocolVersion, SecurityPolicy, SignatureScheme};
use tls_core::{
    ClientAuthentication, ExternalPsk, PreSharedKey, PreSharedKeys, ServerConfig, ServerVerification,
};

use super::{client, policy, server};

/// `default_fips`, for TLS 1.2 alone.
pub(super) fn tls12() -> SecurityPolicy {
    only(ProtocolVersion::TLS1_2, &policy("default_fips"))
}

fn tls13() -> SecurityPolicy {
    only(ProtocolVersion::TLS1_3, &policy("default_fips"))
}

fn with_group(policy: SecurityPolicy, group: NamedGroup) -> SecurityPolicy {
    SecurityPolicy { groups: vec![group].into(), key_shares: vec![group].into(), ..policy }
}

/// What is not approved in a connection with data both ways, keys that are updated, and both ends authenticated.
fn unapproved(authority: &Authority, pem: &Pem, policy: &SecurityPolicy) -> Vec<String> {
    let mut client = client(authority).policy(policy.clone()).identity(pem.identity());
    let authentication = ClientAuthentication::Required(authority.roots());
    let mut server = server(pem).policy(policy.clone()).client_authentication(authentication);
    if policy.supports(ProtocolVersion::TLS1_3) {
        (client, server) = (client.rekey_after(1), server.rekey_after(1));
    }
    let setup = Setup::new(client, server);
    let ((), services) = observe(|| {
        let mut pair = setup.pair();
        pair.handshake();
        pair.assert_works();
        pair.assert_works();
    });
    let Services { approved, unapproved, count, observed_count, .. } = services;
    // There was nothing else that the indicator counted.
    assert_eq!(count, observed_count);
    assert!(approved.iter().any(|service| service.purpose == "sealing of records"), "{approved:?}");
    assert!(approved.iter().any(|service| service.purpose == "signature generation"), "{approved:?}");
    unapproved.iter().map(ToString::to_string).collect()
}

#[test]
fn tls13_is_approved_with_every_suite_and_group() {
    let authority = Authority::new();
    let pem = authority.localhost();
    for suite in tls13().cipher_suites.iter() {
        for group in policy("default_fips").groups.iter() {
            let policy = with_group(tls13(), *group);
            let policy = SecurityPolicy { cipher_suites: vec![*suite].into(), ..policy };
            let expected: &[&str] = match *group {
                // The hybrid is approved for ML-KEM's secret; X25519's is nothing but added to it (SP 800-56Cr2 §2).
                NamedGroup::X25519MLKEM768 => &["ECDH by X25519", "ECDH key generation by X25519"],
                _ => &[],
            };
            assert_eq!(unapproved(&authority, &pem, &policy), expected, "{suite} {group}");
        }
    }
}

/// The shortest that there can be, and imported ones.
#[test]
fn pre_shared_keys_are_used_by_approved_services() {
    let authority = Authority::new();
    for suite in tls13().cipher_suites.iter() {
        let policy = with_group(tls13(), NamedGroup::SECP256R1MLKEM768);
        let policy = SecurityPolicy { cipher_suites: vec![*suite].into(), ..policy };
        let hash = policy.tls13_suites().next().unwrap().hash;
        let ((), services) = observe(|| {
            let external = ExternalPsk::new(b"imported", &[1; 16]).unwrap();
            let plain = PreSharedKey::new(b"plain", &[2; 16], hash).unwrap();
            for key in [plain, external.import(b"context", hash).unwrap()] {
                let keys = PreSharedKeys::Known(vec![key.clone()]);
                let server = ServerConfig::builder().policy(policy.clone()).pre_shared_keys(keys);
                let client = client(&authority)
                    .policy(policy.clone())
                    .pre_shared_keys([key])
                    .server_verification(ServerVerification::PreSharedKeysOnly);
                let mut pair = Setup::new(client, server).pair();
                pair.handshake();
                pair.assert_works();
            }
        });
        assert_eq!(services.count, services.observed_count);
        assert!(services.unapproved.is_empty(), "{suite}: {:?}", services.unapproved);
    }
}

/// The module derives all secrets of TLS 1.2 by one function. Its indicator knows the label of the extended main secret,
/// and approves of no other.
#[test]
fn tls12_is_approved_but_for_the_labels_that_the_indicator_does_not_know() {
    let authority = Authority::new();
    let key = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap();
    let rsa = authority.issue_with(&["localhost"], key, |_| {});
    for suite in tls12().cipher_suites.iter() {
        let pem = if suite.to_string().contains("RSA_") { &rsa } else { &authority.localhost() };
        let hash = if suite.to_string().contains("SHA384") { "SHA-384" } else { "SHA-256" };
        let expected = ["Finished", "key expansion"].map(|label| format!("TLS 1.2 PRF, {label} by {hash}"));
        for group in tls12().tls12_groups() {
            // A client must have the curve of the certificate, too.
            let groups = vec![group, NamedGroup::SECP256R1].into();
            let policy = SecurityPolicy { cipher_suites: vec![*suite].into(), groups, ..tls12() };
            assert_eq!(unapproved(&authority, pem, &policy), expected, "{suite} {group}");
        }
    }
}

#[test]
fn every_kind_of_key_signs_by_approved_services() {
    let ecdsa =
        [&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_ECDSA_P384_SHA384, &rcgen::PKCS_ECDSA_P521_SHA512];
    let ml_dsa = [&rcgen::PKCS_ML_DSA_44, &rcgen::PKCS_ML_DSA_65, &rcgen::PKCS_ML_DSA_87];
    for algorithm in ecdsa.into_iter().chain(ml_dsa) {
        let authority = Authority::with_algorithm(algorithm);
        let pem = authority.issue(&["localhost"], algorithm);
        let schemes = [SignatureScheme::MLDSA44, SignatureScheme::MLDSA65, SignatureScheme::MLDSA87];
        let schemes: Vec<_> = schemes.iter().chain(tls13().signature_schemes.iter()).copied().collect();
        let policy = SecurityPolicy {
            signature_schemes: schemes.into(),
            certificate_signature_schemes: None,
            ..with_group(tls13(), NamedGroup::SECP256R1MLKEM768)
        };
        assert_eq!(unapproved(&authority, &pem, &policy), [""; 0], "{algorithm:?}");
    }
}

/// In TLS 1.2 a policy's first scheme can be one for another curve's hash, which the library signs over apart from the
/// signature: that is passed over.
#[test]
fn in_tls12_ecdsa_signs_under_the_curves_own_hash_alone() {
    let authority = Authority::new();
    let suite = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384;
    let policy = SecurityPolicy { cipher_suites: vec![suite].into(), ..tls12() };
    assert_eq!(policy.signature_schemes[0], SignatureScheme::ECDSA_SECP256R1_SHA256);
    let pem = authority.issue(&["localhost"], &rcgen::PKCS_ECDSA_P384_SHA384);
    let prf = ["Finished", "key expansion"].map(|label| format!("TLS 1.2 PRF, {label} by SHA-384"));
    assert_eq!(unapproved(&authority, &pem, &policy), prf);
    let permitted = |server: tls_core::ServerConfigBuilder| server.policy(policy.clone()).permit_unapproved();
    let setup = Setup::new(client(&authority).policy(policy.clone()), permitted(server(&pem)));
    let ((), services) = observe(|| setup.pair().handshake());
    assert_eq!(services.unapproved[2].to_string(), "signature generation by ecdsa_secp256r1_sha256");
}
