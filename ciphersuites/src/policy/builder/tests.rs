use super::*;
use crate::KeyType;
use crate::policy::PolicyItem;

const HYBRID: NamedGroup = NamedGroup::X25519MLKEM768;
const X25519: NamedGroup = NamedGroup::X25519;
const P256: NamedGroup = NamedGroup::SECP256R1;
const P384: NamedGroup = NamedGroup::SECP384R1;

fn from(name: &str) -> PolicyBuilder {
    SecurityPolicy::builder(SecurityPolicy::by_name(name).unwrap(), "ours")
}

fn problems(builder: PolicyBuilder) -> Vec<PolicyProblem> {
    builder.build().unwrap_err().problems
}

fn tls12_suites() -> Vec<CipherSuite> {
    SecurityPolicy::P20251014.tls12_suites().map(|suite| suite.id).collect()
}

fn tls13_suites() -> Vec<CipherSuite> {
    SecurityPolicy::P20251014.tls13_suites().map(|suite| suite.id).collect()
}

/// Whatever is usable of s2n-tls' policies can be built upon, and is the same but for its name.
#[test]
fn unchanged_it_is_what_it_was() {
    let mut unusable = Vec::new();
    for name in SecurityPolicy::names() {
        let old = SecurityPolicy::by_name(name).unwrap();
        match from(name).build() {
            Ok(new) => assert_eq!(new, SecurityPolicy { name: "ours".into(), ..old }, "{name}"),
            Err(error) => unusable.push((name, error.problems)),
        }
    }
    let no_suite = vec![PolicyProblem::NoCipherSuite];
    let empty = ["20140601", "20141001", "20150202", "20150214", "null", "test_all_rsa_kex"];
    let names: Vec<_> = unusable.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, empty);
    for (name, problems) in unusable.into_iter().filter(|(name, _)| *name != "null") {
        assert_eq!(problems, no_suite, "{name}");
    }
}

#[test]
fn edits() {
    let edited = |edit: Edit<NamedGroup>| {
        let mut list = Cow::Borrowed([HYBRID, X25519, P256].as_slice());
        edit.apply_to(&mut list);
        list.into_owned()
    };
    assert_eq!(edited(Edit::Set(vec![P384, X25519, P384])), [P384, X25519]);
    assert_eq!(edited(Edit::Keep(vec![P384, P256, HYBRID])), [HYBRID, P256]);
    assert_eq!(edited(Edit::Prefer(vec![P384, P256])), [P384, P256, HYBRID, X25519]);
    assert_eq!(edited(Edit::Add(vec![P384, HYBRID])), [HYBRID, X25519, P256, P384]);
    assert_eq!(edited(Edit::Remove(vec![P384, X25519])), [HYBRID, P256]);
}

#[test]
fn everything_can_be_set() {
    let policy = from("default_pq")
        .min_version(ProtocolVersion::TLS1_3)
        .cipher_suites(Edit::Set(vec![CipherSuite::TLS_AES_256_GCM_SHA384]))
        .chacha20_boosting(true)
        .groups(Edit::Set(vec![HYBRID, P384, P256]))
        .key_shares([P384])
        .strongly_preferred_groups([P384])
        .signature_schemes(Edit::Keep(vec![SignatureScheme::MLDSA65]))
        .certificate_signature_schemes(Edit::Keep(vec![SignatureScheme::MLDSA87, SignatureScheme::MLDSA65]))
        .certificate_keys([CertificateKey::of(KeyType::MlDsa65), CertificateKey::of(KeyType::MlDsa87)])
        .certificate_preferences_apply_locally(true)
        .extended_main_secret_required(true)
        .early_data_allowed(false)
        .rule(Rule::PerfectForwardSecrecy)
        .rule(Rule::Fips140_3)
        .build()
        .unwrap();
    let expected = SecurityPolicy {
        name: "ours".into(),
        min_version: ProtocolVersion::TLS1_3,
        cipher_suites: vec![CipherSuite::TLS_AES_256_GCM_SHA384].into(),
        chacha20_boosting: true,
        groups: vec![HYBRID, P384, P256].into(),
        key_shares: vec![P384].into(),
        strongly_preferred_groups: vec![P384].into(),
        signature_schemes: vec![SignatureScheme::MLDSA65].into(),
        certificate_signature_schemes: Some(vec![SignatureScheme::MLDSA65, SignatureScheme::MLDSA87].into()),
        certificate_keys: Some(
            vec![CertificateKey::of(KeyType::MlDsa65), CertificateKey::of(KeyType::MlDsa87)].into(),
        ),
        certificate_preferences_apply_locally: true,
        rules: vec![Rule::PerfectForwardSecrecy, Rule::Fips140_3].into(),
        extended_main_secret_required: true,
        post_quantum_required: false,
        early_data_allowed: false,
    };
    assert_eq!(policy, expected);
    let tuples = policy.group_tuples().map(Iterator::collect::<Vec<_>>);
    assert_eq!(tuples, [vec![], vec![HYBRID], vec![P384], vec![P256]]);
    // A policy of one's own can be built upon, too, and keeps what it was told.
    let next = SecurityPolicy::builder(policy, "next")
        .cipher_suites(Edit::Set(tls13_suites()))
        .rules(Edit::Set(vec![]));
    let next = next.build().unwrap();
    assert_eq!((&*next.key_shares, &*next.strongly_preferred_groups), ([P384].as_slice(), [P384].as_slice()));
}

#[test]
fn key_shares_follow_the_groups_unless_set() {
    let shares = |builder: PolicyBuilder| builder.build().unwrap().key_shares.into_owned();
    assert_eq!(shares(from("20251014")), [HYBRID, X25519]);
    assert_eq!(shares(from("20251014").groups(Edit::Remove(vec![X25519]))), [HYBRID, P256]);
    assert_eq!(
        shares(from("20251014").groups(Edit::Remove(vec![HYBRID]))),
        [NamedGroup::SECP256R1MLKEM768, P256]
    );
    assert_eq!(shares(from("20251014").groups(Edit::Set(vec![P384, P256]))), [P384]);
    assert_eq!(shares(from("20251014").post_quantum_required(true)), [HYBRID]);
    assert_eq!(shares(from("20251014").key_shares([P256])), [P256]);
    assert_eq!(shares(from("20251014").key_shares([])), []);
    let preferred = |builder: PolicyBuilder| builder.build().unwrap().strongly_preferred_groups.into_owned();
    assert_eq!(preferred(from("20251113")), [P384]);
    assert_eq!(preferred(from("20251113").groups(Edit::Remove(vec![P384]))), []);
}

/// Where certificates are free, a removal leaves all the others.
#[test]
fn certificate_schemes_can_be_taken_from_all() {
    let all: Vec<_> = certificate_schemes().collect();
    let removed = Edit::Remove(vec![SignatureScheme::RSA_PKCS1_SHA256]);
    let policy = from("20251014").certificate_signature_schemes(removed).build().unwrap();
    let schemes = policy.certificate_signature_schemes.unwrap();
    assert!(!schemes.contains(&SignatureScheme::RSA_PKCS1_SHA256));
    assert_eq!(schemes.len(), all.len() - 1);
}

#[test]
fn names_of_s2n_tls_are_taken() {
    let with_name = |name: &str| SecurityPolicy::builder(SecurityPolicy::P20251014, name);
    for name in ["default", "Default_PQ", "20251014", "elbsecuritypolicy-2016-08", "null"] {
        assert_eq!(problems(with_name(name)), [PolicyProblem::NameTaken], "{name}");
    }
    let (deprecated, _) = table::all_deprecated().next().unwrap();
    assert_eq!(problems(with_name(deprecated)), [PolicyProblem::NameTaken]);
    for name in ["", "two words", "line\nbreak"] {
        assert_eq!(problems(with_name(name)), [PolicyProblem::InvalidName], "{name:?}");
    }
    assert_eq!(
        with_name("default").build().unwrap_err().to_string(),
        "the policy \"default\" cannot be built: a policy of s2n-tls has or had this name: choose another"
    );
}

#[test]
fn contradictions() {
    use PolicyProblem as Problem;
    let (tls12, tls13) = (ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3);
    let default = || from("20251014");
    let only_tls12 = || default().cipher_suites(Edit::Set(tls12_suites()));
    let rsa_2048 = vec![CertificateKey::rsa(KeyType::Rsa, 2048)];
    let table = [
        (default().cipher_suites(Edit::Set(vec![])), Problem::NoCipherSuite),
        (only_tls12().min_version(tls13), Problem::SuitesOfTls12Only),
        (only_tls12().post_quantum_required(true), Problem::SuitesOfTls12Only),
        (default().groups(Edit::Set(vec![])), Problem::NoGroup),
        (from("default_tls13").post_quantum_required(true), Problem::NoPostQuantumGroup),
        (default().groups(Edit::Set(vec![HYBRID])), Problem::NoGroupForTls12),
        (
            default().key_shares([HYBRID, NamedGroup::MLKEM1024]),
            Problem::KeyShareWithoutGroup(NamedGroup::MLKEM1024),
        ),
        (
            default().strongly_preferred_groups([NamedGroup::X448]),
            Problem::PreferenceWithoutGroup(NamedGroup::X448),
        ),
        (
            default().post_quantum_required(true).key_shares([HYBRID, X25519]),
            Problem::ClassicalKeyShare(X25519),
        ),
        (
            default().signature_schemes(Edit::Set(vec![SignatureScheme::MLDSA65])),
            Problem::NoSignatureScheme(tls12),
        ),
        (
            default().signature_schemes(Edit::Set(vec![SignatureScheme::RSA_PKCS1_SHA256])),
            Problem::NoSignatureScheme(tls13),
        ),
        (default().certificate_signature_schemes(Edit::Set(vec![])), Problem::NoCertificateSignatureScheme),
        (default().certificate_keys([]), Problem::NoCertificateKey),
        (from("cnsa_2").certificate_keys(rsa_2048).rules(Edit::Set(vec![])), Problem::NoCertificateKey),
        (default().min_version(ProtocolVersion::TLS1_1), Problem::InvalidMinVersion(ProtocolVersion::TLS1_1)),
        (
            default().groups(Edit::Add(vec![NamedGroup::X448])),
            Problem::NotImplemented(PolicyItem::Group(NamedGroup::X448)),
        ),
    ];
    for (builder, problem) in table {
        let error = builder.build().unwrap_err();
        assert_eq!(error.problems, [problem], "{error}");
        // Each says what to do.
        assert!(error.to_string().rsplit_once(": ").is_some_and(|(_, advice)| !advice.is_empty()), "{error}");
    }
}

#[test]
fn what_is_refused_cannot_be_added_but_stays_visible() {
    let rc4 = CipherSuite::TLS_RSA_WITH_RC4_128_SHA;
    let error =
        from("20251014").cipher_suites(Edit::Add(vec![rc4])).rules(Edit::Set(vec![])).build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the policy \"ours\" cannot be built: the cipher suite TLS_RSA_WITH_RC4_128_SHA is not implemented: leave it out"
    );
    let old = from("test_all").rules(Edit::Set(vec![])).groups(Edit::Remove(vec![X25519])).build().unwrap();
    assert!(old.refused().cipher_suites.contains(&rc4));
}

/// Every item in breach of every declared rule is named, and what is declared is kept.
#[test]
fn rules() {
    let builder = from("20251014").rule(Rule::Fips140_3).rule(Rule::PostQuantumKeyExchange);
    let expected: Vec<_> = [Rule::PerfectForwardSecrecy, Rule::Fips140_3, Rule::PostQuantumKeyExchange]
        .iter()
        .flat_map(|rule| rule.breaches(&SecurityPolicy::P20251014))
        .map(PolicyProblem::Breach)
        .collect();
    assert_eq!(problems(builder), expected);
    assert_eq!(expected.len(), 2 + 5);
    // What a policy is made from has declared rules, too, until they are taken back.
    let with_x25519 = || from("default_fips").groups(Edit::Add(vec![X25519]));
    let error = with_x25519().build().unwrap_err();
    assert_eq!(error.problems.len(), 1);
    assert!(error.to_string().contains("fips-140-3 does not permit the group x25519"), "{error}");
    assert!(with_x25519().rules(Edit::Remove(vec![Rule::Fips140_3])).build().is_ok());
    let strict = from("default_fips").rule(Rule::Fips140_3Strict);
    assert_eq!(problems(strict.clone()).len(), 1);
    assert!(strict.extended_main_secret_required(true).build().is_ok());
}
