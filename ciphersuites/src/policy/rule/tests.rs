use super::*;
use crate::policy::CertificateKey;
use crate::{KeyType, NamedGroup, ProtocolVersion};

/// Which policies keep which rule, a paragraph per rule: reviewed, and kept so that a change of either shows.
const KEPT: &str = include_str!("kept.txt");

fn policy(name: &str) -> SecurityPolicy {
    SecurityPolicy::by_name(name).unwrap()
}

fn items(rule: Rule, policy: &SecurityPolicy) -> Vec<String> {
    rule.breaches(policy).iter().map(|breach| breach.item.to_string()).collect()
}

#[test]
fn which_policies_keep_which_rule() {
    let mut kept = String::new();
    // Where there is a FIPS module, `default` is another one.
    let policy = |name: &str| if name == "default" { SecurityPolicy::P20251014 } else { policy(name) };
    for rule in Rule::ALL {
        let keeps = |name: &&str| rule.breaches(&policy(name)).is_empty();
        let names: Vec<_> = SecurityPolicy::names().filter(keeps).collect();
        kept += &format!("{rule}: {} of {}\n", names.len(), SecurityPolicy::names().count());
        names.iter().for_each(|name| kept += &format!("  {name}\n"));
    }
    assert_eq!(KEPT, kept);
}

#[test]
fn names_are_found_again() {
    for rule in Rule::ALL {
        assert_eq!(Rule::by_name(rule.name()), Ok(rule));
        assert_eq!(Rule::by_name(&rule.to_string().to_uppercase()), Ok(rule));
    }
    let error = Rule::by_name("fips-140-2").unwrap_err();
    assert_eq!(error.to_string(), "unknown rule \"fips-140-2\" (did you mean \"fips-140-3\"?)");
    assert_eq!(
        Rule::by_name("strict").unwrap_err().to_string(),
        "unknown rule \"strict\": known are perfect-forward-secrecy, fips-140-3, fips-140-3-strict, \
         post-quantum-key-exchange, cnsa-1, cnsa-2"
    );
}

#[test]
fn a_breach_says_what_and_why() {
    let breaches = Rule::Fips140_3.breaches(&policy("20251014"));
    let text: Vec<_> = breaches.iter().map(Breach::to_string).collect();
    assert_eq!(
        text,
        [
            "fips-140-3 does not permit the cipher suite TLS_CHACHA20_POLY1305_SHA256: it is not one of SP 800-52r2's",
            "fips-140-3 does not permit the group x25519: its first secret is not from an approved algorithm \
             (SP 800-56Cr2)",
        ]
    );
    assert!(breaches.iter().all(|breach| breach.rule == Rule::Fips140_3));
}

/// The interop policy has members of both generations, and each offends the other; that it says nothing of keys and
/// of its own certificates offends both.
#[test]
fn the_interop_policy_is_of_neither_generation() {
    let interop = policy("cnsa_1_2_interop");
    let both = ["certificates with any key", "own certificates of any kind"];
    let cnsa_1 = items(Rule::Cnsa1, &interop);
    assert_eq!(
        cnsa_1,
        [
            "the group MLKEM1024",
            "the signature scheme mldsa87",
            "the certificate signature scheme mldsa87",
            both[0],
            both[1]
        ]
    );
    let cnsa_2 = items(Rule::Cnsa2, &interop);
    let classical = |place: &str, names: &[&str]| -> Vec<_> {
        names.iter().map(|name| format!("the {place} {name}")).collect()
    };
    assert_eq!(
        cnsa_2,
        [
            vec!["the lowest version TLS 1.2".to_owned()],
            classical(
                "cipher suite",
                &["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]
            ),
            classical("group", &["secp384r1"]),
            classical(
                "signature scheme",
                &["ecdsa_secp384r1_sha384", "rsa_pss_pss_sha384", "rsa_pss_rsae_sha384", "rsa_pkcs1_sha384"]
            ),
            classical("certificate signature scheme", &["ecdsa_secp384r1_sha384", "rsa_pkcs1_sha384"]),
            both.map(str::to_owned).to_vec(),
        ]
        .concat()
    );
}

#[test]
fn certificates_and_early_data_are_of_the_profile() {
    let free = SecurityPolicy {
        certificate_signature_schemes: None,
        certificate_keys: None,
        certificate_preferences_apply_locally: false,
        early_data_allowed: true,
        ..policy("cnsa_2")
    };
    let expected = [
        "certificates signed with any scheme",
        "certificates with any key",
        "own certificates of any kind",
        "early data",
    ];
    assert_eq!(items(Rule::Cnsa2, &free), expected);
    let keys = vec![CertificateKey::of(KeyType::MlDsa87), CertificateKey::rsa(KeyType::Rsa, 2048)];
    let more = SecurityPolicy { certificate_keys: Some(keys.into()), ..policy("cnsa_2") };
    assert_eq!(items(Rule::Cnsa2, &more), ["the certificate key rsa_2048"]);
}

#[test]
fn the_strict_rule_is_fips_and_more() {
    for name in SecurityPolicy::names() {
        let (plain, strict) =
            (items(Rule::Fips140_3, &policy(name)), items(Rule::Fips140_3Strict, &policy(name)));
        assert_eq!(strict[..plain.len()], plain, "{name}");
    }
    assert_eq!(
        items(Rule::Fips140_3Strict, &policy("20240331")).last().map(String::as_str),
        Some("TLS 1.2 without the extended main secret")
    );
    assert!(
        items(Rule::Fips140_3Strict, &policy("20240331"))
            .contains(&"the cipher suite TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256".to_owned())
    );
    let keys = vec![CertificateKey::rsa(KeyType::RsaPss, 1024), CertificateKey::rsa(KeyType::Rsa, 2048)];
    let strict = SecurityPolicy {
        extended_main_secret_required: true,
        certificate_keys: Some(keys.into()),
        ..policy("default_fips")
    };
    assert_eq!(items(Rule::Fips140_3Strict, &strict), ["the certificate key rsa_pss_1024"]);
    let kept = SecurityPolicy { certificate_keys: None, ..strict };
    assert_eq!(items(Rule::Fips140_3Strict, &kept), [""; 0]);
}

#[test]
fn post_quantum_key_exchange() {
    let rule = Rule::PostQuantumKeyExchange;
    let default = SecurityPolicy::P20251014;
    let classical = default.groups.iter().filter(|group| !group.is_post_quantum());
    let mut expected: Vec<_> = classical.map(|group| format!("the group {group}")).collect();
    expected.push("the lowest version TLS 1.2".to_owned());
    assert_eq!(items(rule, &default), expected);
    let required = SecurityPolicy { post_quantum_required: true, ..SecurityPolicy::P20251014 };
    assert_eq!(rule.breaches(&required), []);
    // TLS 1.2 by its lowest version, but without a suite of it.
    let suites13 = SecurityPolicy::P20251014.tls13_suites().map(|suite| suite.id).collect();
    let policy = SecurityPolicy {
        cipher_suites: suites13,
        groups: vec![NamedGroup::X25519MLKEM768].into(),
        ..SecurityPolicy::P20251014
    };
    assert_eq!(policy.min_version, ProtocolVersion::TLS1_2);
    assert_eq!(rule.breaches(&policy), []);
}
