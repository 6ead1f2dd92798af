//! What is said of a negotiation beforehand is what comes of it.

use std::collections::BTreeMap;

use rcgen::{PKCS_ECDSA_P256_SHA256 as P256, PKCS_ECDSA_P384_SHA384 as P384, PKCS_RSA_SHA256 as RSA};
use tests::authority::{Authority, Pem};
use tests::pair::{Pair, client_builder};
use tls_core::ciphersuites::{
    CipherSuite, KeyType, NamedGroup, ProtocolVersion, SecurityPolicy, SignatureScheme,
};
use tls_core::explain::{Choice, Explanation, Subject, Why};
use tls_core::{ClientHello, ServerConfig};

/// One of each family that s2n-tls has, and those that names move to.
const POLICIES: [&str; 21] = [
    "default",
    "default_fips",
    "default_pq",
    "default_tls13",
    "rfc9151",
    "cnsa_1_2_interop",
    "cnsa_2",
    "20190214",
    "20190801",
    "20200207",
    "20210816",
    "20230317",
    "20240501",
    "20250211",
    "20251113",
    "ELBSecurityPolicy-2016-08",
    "ELBSecurityPolicy-FS-1-2-Res-2019-08",
    "CloudFront-TLS-1-3-2025",
    "KMS-FIPS-TLS-1-2-2024-10",
    "PQ-TLS-1-2-2024-10-09",
    "test_all",
];

fn policy(name: &str) -> SecurityPolicy {
    SecurityPolicy::by_name(name).unwrap()
}

/// The ClientHello that a client of ours sends.
fn hello(pair: &Pair) -> ClientHello {
    ClientHello::from_bytes(pair.client.connection.output()).unwrap()
}

fn pair(authority: &Authority, client: &SecurityPolicy, server: &SecurityPolicy, pem: &Pem) -> Option<Pair> {
    let client = client_builder(authority).policy(client.clone()).build().unwrap();
    let server = ServerConfig::builder()
        .permit_unapproved()
        .policy(server.clone())
        .identity(pem.identity())
        .build()
        .ok()?;
    Some(Pair::new(&client, &server))
}

#[test]
fn explanations_come_true() {
    let authority = Authority::with_algorithm(&P384);
    let keys = [(KeyType::EcdsaP256, &P256), (KeyType::EcdsaP384, &P384), (KeyType::Rsa, &RSA)]
        .map(|(key, algorithm)| (key, authority.issue(&["localhost"], algorithm)));
    let mut outcomes = BTreeMap::new();
    for (client, server) in POLICIES.iter().flat_map(|client| POLICIES.map(|server| (*client, server))) {
        for (key, pem) in &keys {
            let (client, server) = (policy(client), policy(server));
            let Some(mut pair) = pair(&authority, &client, &server, pem) else { continue };
            let explanation = Explanation::new(&server, &[*key], &hello(&pair));
            pair.handshake();
            let case = format!("{} with {}, {key}", client.name, server.name);
            match explanation.outcome {
                Err(expected) => {
                    let error = pair.server.error.unwrap_or_else(|| panic!("{case}: no {expected}"));
                    assert_eq!(error.cause(), expected.cause(), "{case}");
                    *outcomes.entry(expected.code()).or_insert(0) += 1;
                }
                Ok(selection) => {
                    // A client may still refuse the certificate, which it does after all has been chosen.
                    assert!(
                        pair.server.error.as_ref().is_none_or(|e| e.alert_received().is_some()),
                        "{case}"
                    );
                    let Some(facts) = pair.client.connection.facts() else { continue };
                    assert_eq!(
                        (
                            selection.version,
                            selection.cipher_suite,
                            selection.group,
                            selection.hello_retry_request,
                            Some(selection.signature_scheme),
                        ),
                        (
                            facts.version,
                            facts.cipher_suite,
                            facts.group,
                            facts.hello_retry_request,
                            facts.server_signature_scheme,
                        ),
                        "{case}"
                    );
                    assert_eq!(selection.key_type, *key);
                    *outcomes.entry("agreed").or_insert(0) += 1;
                }
            }
            for step in &explanation.steps {
                assert!(step.passed_over.iter().all(|(choice, _)| Some(*choice) != step.chosen), "{case}");
            }
        }
    }
    assert!(outcomes["agreed"] > 500, "{outcomes:?}");
    assert!(outcomes.len() > 3, "{outcomes:?}");
}

/// What a step of this subject says of an item.
#[track_caller]
fn why(explanation: &Explanation, subject: Subject, item: impl Into<Choice>) -> Option<Why> {
    let step = explanation.steps.iter().find(|step| step.subject == subject).unwrap();
    let item = item.into();
    step.passed_over.iter().find(|(choice, _)| *choice == item).map(|(_, why)| *why)
}

#[test]
fn a_hybrid_without_a_share_is_asked_for_and_the_rest_has_its_reasons() {
    let authority = Authority::new();
    let client = SecurityPolicy { key_shares: vec![NamedGroup::X25519].into(), ..SecurityPolicy::P20251014 };
    let pair = pair(&authority, &client, &SecurityPolicy::P20251014, &authority.localhost()).unwrap();
    let explanation = Explanation::new(&policy("20250721"), &[KeyType::Rsa], &hello(&pair));
    let selection = explanation.outcome.clone().unwrap();
    assert_eq!((selection.group, selection.hello_retry_request), (NamedGroup::X25519MLKEM768, true));
    let why = |subject, item: Choice| why(&explanation, subject, item);
    assert_eq!(why(Subject::Version, ProtocolVersion::TLS1_2.into()), Some(Why::LessPreferred));
    assert_eq!(why(Subject::Group, NamedGroup::X25519.into()), Some(Why::LessPreferred));
    let older = CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    assert_eq!(
        why(Subject::CipherSuite, older.into()),
        Some(Why::NotInVersion(ProtocolVersion::TLS1_3)),
        "{explanation:?}"
    );
    assert_eq!(why(Subject::SignatureScheme, SignatureScheme::MLDSA65.into()), Some(Why::NotOffered));
    let ecdsa = SignatureScheme::ECDSA_SECP256R1_SHA256;
    assert_eq!(why(Subject::SignatureScheme, ecdsa.into()), Some(Why::NoKey));
}

#[test]
fn what_a_policy_lacks_and_what_nobody_implements_are_told_apart() {
    let authority = Authority::new();
    let pair =
        pair(&authority, &policy("default_pq"), &SecurityPolicy::P20251014, &authority.localhost()).unwrap();
    let explain =
        |server: &str| Explanation::new(&policy(server), &[KeyType::EcdsaP256, KeyType::Rsa], &hello(&pair));
    let hybrid = NamedGroup::X25519MLKEM768;

    let classical = explain("default_tls13");
    assert_eq!(why(&classical, Subject::Group, hybrid), Some(Why::NotPermitted));
    // It would do as well as P-256 but for the share.
    assert_eq!(classical.outcome.as_ref().unwrap().group, NamedGroup::X25519);
    assert_eq!(why(&classical, Subject::Group, NamedGroup::SECP256R1), Some(Why::NeedsRetry));

    let old = explain("ELBSecurityPolicy-2016-08");
    assert_eq!(old.outcome.as_ref().unwrap().version, ProtocolVersion::TLS1_2);
    assert_eq!(why(&old, Subject::Version, ProtocolVersion::TLS1_3), Some(Why::NotPermitted));
    assert_eq!(
        why(&old, Subject::Group, hybrid),
        Some(Why::NotInVersion(ProtocolVersion::TLS1_2)),
        "{old:?}"
    );

    let none = explain("20140601");
    assert_eq!(none.outcome.as_ref().unwrap_err().code(), "no_common_version");
    assert_eq!(none.steps.len(), 1);
    assert_eq!(none.steps[0].chosen, None);
}
