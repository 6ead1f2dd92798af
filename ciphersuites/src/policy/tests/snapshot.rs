//! Our policies against the facts of s2n-tls' own.

use std::collections::{BTreeMap, BTreeSet};

use crate::fips::IS_ENABLED;
use crate::policy::{Breach, PolicyItem, Rule, SecurityPolicy};
use crate::{ProtocolVersion, SignatureScheme};

/// Made from s2n-tls, not from our table.
const SNAPSHOT: &str = include_str!("../snapshot.txt");

type Facts = BTreeMap<String, String>;

fn snapshot() -> Vec<Facts> {
    let facts = |paragraph: &str| -> Facts {
        let fact = |line: &str| line.split_once(' ').map(|(key, value)| (key.to_owned(), value.to_owned()));
        paragraph.trim_end().lines().map(|line| fact(line).unwrap()).collect()
    };
    let mut snapshot: Vec<_> = SNAPSHOT.split("\n\n").skip(1).map(facts).collect();
    // Where there is a FIPS module, s2n-tls' `default` is its `default_fips`, too.
    if IS_ENABLED {
        let at = |name: &str| snapshot.iter().position(|facts| facts["policy"] == name).unwrap();
        let (default, fips) = (at("default"), at("default_fips"));
        snapshot[default] = snapshot[fips].clone();
        snapshot[default].insert("policy".into(), "default".into());
    }
    snapshot
}

/// s2n-tls writes some schemes and all versions in its own way.
fn scheme(scheme: &SignatureScheme) -> String {
    match *scheme {
        SignatureScheme::ECDSA_SECP256R1_SHA256 => "ecdsa_sha256".into(),
        SignatureScheme::ECDSA_SECP384R1_SHA384 => "ecdsa_sha384".into(),
        SignatureScheme::ECDSA_SECP521R1_SHA512 => "ecdsa_sha512".into(),
        SignatureScheme::RSA_PKCS1_SHA224 => "legacy_rsa_sha224".into(),
        SignatureScheme::ECDSA_SHA224 => "legacy_ecdsa_sha224".into(),
        SignatureScheme(0xffff) => "legacy_rsa_md5_sha1".into(),
        other => other.to_string(),
    }
}

fn version(version: ProtocolVersion) -> &'static str {
    match version {
        ProtocolVersion::SSL3_0 => "SSLv3",
        ProtocolVersion::TLS1_0 => "TLS1.0",
        ProtocolVersion::TLS1_1 => "TLS1.1",
        ProtocolVersion::TLS1_2 => "TLS1.2",
        ProtocolVersion::TLS1_3 => "TLS1.3",
        other => panic!("{other}"),
    }
}

fn list(items: impl Iterator<Item = String>, separator: &str) -> String {
    let joined = items.collect::<Vec<_>>().join(separator);
    if joined.is_empty() { "-".into() } else { joined }
}

fn words<T: ToString>(items: &[T]) -> String {
    list(items.iter().map(T::to_string), " ")
}

fn describe(policy: &SecurityPolicy) -> Facts {
    let schemes = |schemes: &[SignatureScheme]| list(schemes.iter().map(scheme), " ");
    let flags = [
        (policy.chacha20_boosting, "chacha20_boosting"),
        (policy.certificate_preferences_apply_locally, "certificate_preferences_apply_locally"),
    ];
    let certificate_schemes = policy.certificate_signature_schemes.as_deref();
    [
        ("policy", policy.name.to_string()),
        ("min_version", version(policy.min_version).into()),
        ("cipher_suites", words(&policy.cipher_suites)),
        ("named_groups", words(&policy.groups)),
        ("strongly_preferred_groups", words(&policy.strongly_preferred_groups)),
        ("signature_schemes", schemes(&policy.signature_schemes)),
        ("certificate_signature_schemes", certificate_schemes.map_or_else(|| "any".into(), schemes)),
        ("certificate_keys", policy.certificate_keys.as_deref().map_or_else(|| "any".into(), words)),
        ("flags", list(flags.iter().filter(|(on, _)| *on).map(|(_, name)| (*name).into()), " ")),
        ("rules", list(policy.rules.iter().map(|rule| rule.title().into()), ", ")),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into()
}

#[test]
fn every_policy_is_what_s2n_tls_has_under_its_name() {
    let mut names = BTreeSet::new();
    for facts in snapshot() {
        let name = &facts["policy"];
        assert!(names.insert(name.clone()), "{name} twice");
        for (key, value) in describe(&SecurityPolicy::by_name(name).unwrap()) {
            assert_eq!(value, facts[&key], "{key} of {name}");
        }
    }
    // 168 policies and `null`.
    assert_eq!(names.len(), 169);
    let ours: Vec<_> = SecurityPolicy::names().map(str::to_owned).collect();
    assert_eq!(ours.len(), names.len());
    assert_eq!(ours.into_iter().collect::<BTreeSet<_>>(), names);
}

/// What s2n-tls' rules make of every policy: each item in breach.
#[test]
fn rules_judge_as_s2n_tls_does() {
    for facts in snapshot() {
        let policy = SecurityPolicy::by_name(&facts["policy"]).unwrap();
        let keeps = Rule::PerfectForwardSecrecy.breaches(&policy).is_empty();
        assert_eq!(keeps.to_string(), facts["satisfies_perfect_forward_secrecy"], "{}", policy.name);
        let breaches: BTreeSet<_> = Rule::Fips140_3.breaches(&policy).into_iter().map(word).collect();
        let expected = facts["breaks_fips_140_3"].split(' ').filter(|word| *word != "-");
        assert_eq!(breaches, expected.map(str::to_owned).collect(), "{}", policy.name);
        for rule in policy.rules.iter() {
            assert_eq!(rule.breaches(&policy), [], "{} declares {rule}", policy.name);
        }
    }
}

fn word(breach: Breach) -> String {
    match breach.item {
        PolicyItem::MinVersion(lowest) => version(lowest).into(),
        PolicyItem::CipherSuite(suite) => suite.to_string(),
        PolicyItem::Group(group) => group.to_string(),
        PolicyItem::SignatureScheme(signature) | PolicyItem::CertificateSignatureScheme(signature) => {
            scheme(&signature)
        }
        other => panic!("{other}"),
    }
}
