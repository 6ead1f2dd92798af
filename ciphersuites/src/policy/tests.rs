use super::*;
use crate::fips::IS_ENABLED;

mod snapshot;

fn names<T: ToString>(list: &[T]) -> Vec<String> {
    list.iter().map(T::to_string).collect()
}

#[test]
fn default_is_what_the_build_makes_it() {
    let dated = if IS_ENABLED { "20251015" } else { "20251014" };
    let policy = SecurityPolicy::by_name(dated).unwrap();
    assert_eq!(SecurityPolicy::DEFAULT, SecurityPolicy { name: "default".into(), ..policy });
    assert_eq!(SecurityPolicy::P20251014, SecurityPolicy::by_name("20251014").unwrap());
}

/// s2n-tls' policies, written out as its own names have them.
#[test]
fn default() {
    let policy = SecurityPolicy::P20251014;
    assert_eq!(
        names(&policy.cipher_suites),
        [
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        ]
    );
    assert_eq!(
        names(&policy.groups),
        [
            "X25519MLKEM768",
            "SecP256r1MLKEM768",
            "SecP384r1MLKEM1024",
            "secp256r1",
            "x25519",
            "secp384r1",
            "secp521r1"
        ]
    );
    assert_eq!(names(&policy.key_shares), ["X25519MLKEM768", "x25519"]);
    assert_eq!(names(&policy.signature_schemes), CLASSICAL);
    assert_eq!(policy.certificate_signature_schemes, None);
    assert_eq!(policy.min_version, ProtocolVersion::TLS1_2);
    assert!(!policy.extended_main_secret_required);
}

const SUITES_WITH_CBC: [&str; 13] = [
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
];

const CLASSICAL: [&str; 12] = [
    "ecdsa_secp256r1_sha256",
    "ecdsa_secp384r1_sha384",
    "ecdsa_secp521r1_sha512",
    "rsa_pss_pss_sha256",
    "rsa_pss_pss_sha384",
    "rsa_pss_pss_sha512",
    "rsa_pss_rsae_sha256",
    "rsa_pss_rsae_sha384",
    "rsa_pss_rsae_sha512",
    "rsa_pkcs1_sha256",
    "rsa_pkcs1_sha384",
    "rsa_pkcs1_sha512",
];

const CLASSICAL_CERTIFICATES: [&str; 14] = [
    "rsa_pss_pss_sha256",
    "rsa_pss_pss_sha384",
    "rsa_pss_pss_sha512",
    "rsa_pss_rsae_sha256",
    "rsa_pss_rsae_sha384",
    "rsa_pss_rsae_sha512",
    "rsa_pkcs1_sha256",
    "rsa_pkcs1_sha384",
    "rsa_pkcs1_sha512",
    "rsa_pkcs1_sha224",
    "ecdsa_secp256r1_sha256",
    "ecdsa_secp384r1_sha384",
    "ecdsa_secp521r1_sha512",
    "ecdsa_sha224",
];

const MLDSA: [&str; 3] = ["mldsa44", "mldsa65", "mldsa87"];

#[test]
fn default_pq() {
    let (policy, default) = (SecurityPolicy::DEFAULT_PQ, SecurityPolicy::P20251014);
    assert_eq!(policy.groups, default.groups);
    assert_eq!(policy.key_shares, default.key_shares);
    assert_eq!(names(&policy.cipher_suites), SUITES_WITH_CBC);
    assert_eq!(policy.min_version, ProtocolVersion::TLS1_2);
    assert!(!policy.extended_main_secret_required);
    assert_eq!(names(&policy.signature_schemes), [&MLDSA[..], &CLASSICAL].concat());
    let certificates = policy.certificate_signature_schemes.unwrap();
    assert_eq!(names(&certificates), [&MLDSA[..], &CLASSICAL_CERTIFICATES].concat());
}

#[test]
fn default_tls13() {
    let policy = SecurityPolicy::DEFAULT_TLS13;
    assert_eq!(names(&policy.cipher_suites), SUITES_WITH_CBC);
    assert_eq!(policy.min_version, ProtocolVersion::TLS1_2);
    assert!(!policy.extended_main_secret_required);
    assert_eq!(names(&policy.groups), ["secp256r1", "x25519", "secp384r1", "secp521r1"]);
    assert_eq!(names(&policy.key_shares), ["secp256r1"]);
    assert_eq!(names(&policy.signature_schemes), CLASSICAL);
    assert_eq!(names(&policy.certificate_signature_schemes.unwrap()), CLASSICAL_CERTIFICATES);
}

#[test]
fn by_name_in_any_case() {
    for name in SecurityPolicy::names() {
        let found = SecurityPolicy::by_name(name).unwrap();
        assert_eq!(found.name, name);
        assert_eq!(SecurityPolicy::by_name(&name.to_uppercase()).unwrap(), found);
        assert_eq!(SecurityPolicy::by_name(&name.to_lowercase()).unwrap(), found);
    }
    for policy in [SecurityPolicy::DEFAULT, SecurityPolicy::DEFAULT_PQ, SecurityPolicy::DEFAULT_TLS13] {
        assert_eq!(SecurityPolicy::by_name(&policy.name).unwrap(), policy);
    }
}

/// A policy that borrows all it has was not allocated.
#[test]
fn a_name_resolves_without_allocation() {
    fn is_borrowed<T: ToOwned + ?Sized>(cow: Cow<'static, T>) -> bool {
        matches!(cow, Cow::Borrowed(_))
    }
    for name in SecurityPolicy::names() {
        // Every field is named, so that no new one is forgotten.
        let SecurityPolicy {
            name,
            min_version: _,
            cipher_suites,
            chacha20_boosting: _,
            groups,
            key_shares,
            strongly_preferred_groups,
            signature_schemes,
            certificate_signature_schemes,
            certificate_keys,
            certificate_preferences_apply_locally: _,
            rules,
            extended_main_secret_required: _,
            post_quantum_required: _,
            early_data_allowed: _,
        } = SecurityPolicy::by_name(name).unwrap();
        assert!(is_borrowed(name) && is_borrowed(cipher_suites) && is_borrowed(rules));
        assert!([groups, key_shares, strongly_preferred_groups].into_iter().all(is_borrowed));
        assert!(is_borrowed(signature_schemes));
        assert!(certificate_signature_schemes.is_none_or(is_borrowed));
        assert!(certificate_keys.is_none_or(is_borrowed));
    }
}

#[test]
fn unknown_names_get_help() {
    let error = SecurityPolicy::by_name("defualt_pq").unwrap_err();
    assert_eq!((error.nearest, error.deprecated), (Some("default_pq"), false));
    assert_eq!(
        error.to_string(),
        "unknown security policy \"defualt_pq\" (did you mean \"default_pq\"?); current policies: default, \
         default_tls13, default_fips, default_pq, rfc9151, cnsa_1, cnsa_2, cnsa_1_2_interop"
    );
    let nearest = |name| SecurityPolicy::by_name(name).unwrap_err().nearest;
    assert_eq!(nearest("DEFAULT-TLS13"), Some("default_tls13"));
    assert_eq!(nearest("cloudfront-tls-1-2-2O25"), Some("CloudFront-TLS-1-2-2025"));
    assert_eq!(nearest("something else"), None);
    assert_eq!(nearest(""), None);
}

#[test]
fn deprecated_names_say_what_takes_their_place() {
    let mut count = 0;
    for (name, replacement) in table::all_deprecated() {
        count += 1;
        let error = SecurityPolicy::by_name(&name.to_lowercase()).unwrap_err();
        assert_eq!((error.deprecated, error.nearest), (true, replacement));
        let text = error.to_string();
        assert!(text.contains("deprecated"), "{text}");
        let Some(replacement) = replacement else { continue };
        let policy = SecurityPolicy::by_name(replacement).unwrap();
        assert!(text.contains(replacement) && policy.groups.iter().any(|group| group.is_post_quantum()));
    }
    assert_eq!(count, 30);
}

#[test]
fn tuples_put_post_quantum_first_and_then_the_strongly_preferred() {
    let tuples = |name| {
        let policy = SecurityPolicy::by_name(name).unwrap();
        policy.group_tuples().map(|tuple| tuple.map(|group| group.to_string()).collect::<Vec<_>>())
    };
    let hybrids = ["X25519MLKEM768", "SecP256r1MLKEM768", "SecP384r1MLKEM1024"];
    let none: &[&str] = &[];
    assert_eq!(
        tuples("20251014"),
        [none, &hybrids, none, &["secp256r1", "x25519", "secp384r1", "secp521r1"]]
    );
    assert_eq!(tuples("20260722"), [none, &["MLKEM1024"], &["secp384r1"], &["secp256r1", "secp521r1"]]);
}

#[test]
fn key_shares_follow_the_groups() {
    for name in SecurityPolicy::names() {
        let policy = SecurityPolicy::by_name(name).unwrap();
        let first = |post_quantum| policy.groups.iter().find(|group| group.is_post_quantum() == post_quantum);
        let half = first(true).and_then(|group| group.classical_half());
        let half = half.filter(|half| policy.groups.contains(half));
        let expected: Vec<_> =
            first(true).copied().into_iter().chain(half.or(first(false).copied())).collect();
        assert_eq!(policy.key_shares, expected, "{name}");
    }
}

#[test]
fn what_is_refused_is_named() {
    let refused = SecurityPolicy::by_name("test_all").unwrap().refused();
    assert_eq!(names(&refused.versions), ["SSL 3.0", "TLS 1.0", "TLS 1.1"]);
    assert_eq!(refused.cipher_suites.len(), 19);
    for suite in names(&refused.cipher_suites) {
        let is_old = ["TLS_RSA_", "TLS_DHE_", "3DES", "RC4"].iter().any(|old| suite.contains(old));
        assert!(is_old, "{suite}");
    }
    assert_eq!(names(&refused.signature_schemes), ["0xffff"]);
    let fips = SecurityPolicy::by_name("default_fips").unwrap().refused();
    assert_eq!(names(&fips.certificate_signature_schemes), ["rsa_pkcs1_sha224", "ecdsa_sha224"]);
    for name in ["20251014", "cnsa_1", "cnsa_2", "cnsa_1_2_interop", "test_pq_only"] {
        assert_eq!(SecurityPolicy::by_name(name).unwrap().refused(), Refused::default(), "{name}");
    }
    for name in SecurityPolicy::names() {
        let policy = SecurityPolicy::by_name(name).unwrap();
        let usable = policy.tls13_suites().count() + policy.tls12_suites().count();
        assert_eq!(usable + policy.refused().cipher_suites.len(), policy.cipher_suites.len());
        assert!(policy.groups.iter().all(|group| crate::is_supported(*group)));
    }
}

#[test]
fn only_what_can_be_of_use_is_offered() {
    let usable = |name| {
        let policy = SecurityPolicy::by_name(name).unwrap();
        let suites: Vec<_> = policy.usable_cipher_suites().collect();
        (names(&suites), names(&policy.usable_signature_schemes().collect::<Vec<_>>()))
    };
    let (suites, _) = usable("rfc9151");
    let tls12 = |key: &str| format!("TLS_ECDHE_{key}_WITH_AES_256_GCM_SHA384");
    assert_eq!(suites, [&tls12("ECDSA"), &tls12("RSA"), "TLS_AES_256_GCM_SHA384"]);
    // TLS 1.3 alone has no use for SHA-1 and SHA-224; TLS 1.2 has some for them.
    let (suites, schemes) = usable("AWS-CRT-SDK-TLSv1.3");
    assert_eq!((suites.len(), schemes.len()), (3, 12));
    assert!(!schemes.iter().any(|scheme| scheme.ends_with("sha1") || scheme.ends_with("sha224")));
    let (_, schemes) = usable("20190801");
    assert_eq!(schemes.len(), 16);
    assert!(schemes.contains(&"ecdsa_sha1".to_owned()) && schemes.contains(&"rsa_pkcs1_sha224".to_owned()));
    // Only TLS 1.3 has ML-DSA.
    let tls12 = SecurityPolicy {
        cipher_suites: vec![CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256].into(),
        ..SecurityPolicy::DEFAULT_PQ
    };
    assert_eq!(names(&tls12.usable_signature_schemes().collect::<Vec<_>>()), CLASSICAL);
    assert_eq!(usable("20140601").0, names::<CipherSuite>(&[]));
    assert_eq!(usable("null"), (vec![], vec![]));
}

#[test]
fn suites_by_version_in_order() {
    let policy = SecurityPolicy::DEFAULT_PQ;
    let tls13: Vec<_> = policy.tls13_suites().map(|suite| suite.id).collect();
    let tls12: Vec<_> = policy.tls12_suites().map(|suite| suite.id).collect();
    assert_eq!(names(&tls13), SUITES_WITH_CBC[..3]);
    assert_eq!(names(&tls12), SUITES_WITH_CBC[3..]);
}

#[test]
fn versions() {
    const ALL: [ProtocolVersion; 5] = [
        ProtocolVersion::SSL3_0,
        ProtocolVersion::TLS1_1,
        ProtocolVersion::TLS1_2,
        ProtocolVersion::TLS1_3,
        ProtocolVersion::DTLS1_2,
    ];
    let supported = |policy: &SecurityPolicy| ALL.map(|version| policy.supports(version));
    assert_eq!(supported(&SecurityPolicy::P20251014), [false, false, true, true, false]);
    let min13 = SecurityPolicy { min_version: ProtocolVersion::TLS1_3, ..SecurityPolicy::P20251014 };
    assert_eq!(supported(&min13), [false, false, false, true, false]);
    let all: Vec<_> = SecurityPolicy::P20251014.cipher_suites.to_vec();
    let suites13 = SecurityPolicy { cipher_suites: all[..3].to_vec().into(), ..SecurityPolicy::P20251014 };
    assert_eq!(supported(&suites13), [false, false, false, true, false]);
    let suites12 = SecurityPolicy { cipher_suites: all[3..].to_vec().into(), ..SecurityPolicy::P20251014 };
    assert_eq!(supported(&suites12), [false, false, true, false, false]);
    let neither = SecurityPolicy { min_version: ProtocolVersion::TLS1_3, ..suites12 };
    assert_eq!(supported(&neither), [false; 5]);
}

#[test]
fn where_post_quantum_is_required_nothing_classical_is_usable() {
    for name in SecurityPolicy::names() {
        let policy = SecurityPolicy { post_quantum_required: true, ..SecurityPolicy::by_name(name).unwrap() };
        let is_post_quantum = |group: NamedGroup| group.is_post_quantum();
        let kept = policy.groups.iter().filter(|group| group.is_post_quantum()).count();
        assert_eq!(policy.usable_groups().filter(|group| is_post_quantum(*group)).count(), kept, "{name}");
        assert!(policy.usable_groups().chain(policy.usable_key_shares()).all(is_post_quantum), "{name}");
        assert!(policy.group_tuples().into_iter().flatten().all(is_post_quantum), "{name}");
        assert_eq!(policy.tls12_groups().next(), None, "{name}");
        assert!(!policy.supports(ProtocolVersion::TLS1_2), "{name}");
        assert!(policy.usable_cipher_suites().all(|suite| Tls13Suite::from_id(suite).is_some()), "{name}");
    }
    let policy = SecurityPolicy { post_quantum_required: true, ..SecurityPolicy::P20251014 };
    assert_eq!(policy.usable_key_shares().collect::<Vec<_>>(), [NamedGroup::X25519MLKEM768]);
    assert_eq!(policy.usable_groups().count(), 3);
}

#[test]
fn what_named_policies_say_beyond_s2n_tls() {
    for name in SecurityPolicy::names() {
        let policy = SecurityPolicy::by_name(name).unwrap();
        assert!(!policy.post_quantum_required && !policy.extended_main_secret_required, "{name}");
    }
    let forbids_early_data = |name: &&str| !SecurityPolicy::by_name(name).unwrap().early_data_allowed;
    assert_eq!(
        SecurityPolicy::names().filter(forbids_early_data).collect::<Vec<_>>(),
        ["rfc9151", "cnsa_1", "cnsa_2", "cnsa_1_2_interop", "20250429", "20251013", "20260219", "20260220"]
    );
}

/// As s2n-tls has them: names of one struct.
#[test]
fn names_of_one_policy_know_each_other() {
    for (name, expected) in [
        if IS_ENABLED {
            ("default", &["default_fips", "20251015"][..])
        } else {
            ("default", &["20251014"][..])
        },
        ("20251014", if IS_ENABLED { &[] } else { &["default"] }),
        ("RFC9151", &["cnsa_1", "20251013"]),
        ("20251013", &["rfc9151", "cnsa_1"]),
        ("ELBSecurityPolicy-2016-08", &["ELBSecurityPolicy-TLS-1-0-2015-05"]),
        ("ELBSecurityPolicy-TLS-1-0-2015-05", &["ELBSecurityPolicy-2016-08"]),
        ("20260720", &["ELBSecurityPolicy-TLS13-1-3-CNSA2-INTEROP1-FIPS-PQ-2026-07"]),
        ("20190214", &[]),
    ] {
        let policy = SecurityPolicy::by_name(name).unwrap();
        assert_eq!(policy.other_names().collect::<Vec<_>>(), expected, "{name}");
    }
    let custom = SecurityPolicy { name: "mine".into(), ..SecurityPolicy::P20251014 };
    assert_eq!(custom.other_names().count(), 0);
}

/// A client lists them as what it likes least (RFC 9846 §4.3.3).
//= 9846:4.3.3 sha1-last
#[test]
fn schemes_with_sha1_are_last() {
    let is_sha1 = |scheme| [SignatureScheme::RSA_PKCS1_SHA1, SignatureScheme::ECDSA_SHA1].contains(&scheme);
    for name in SecurityPolicy::names() {
        let policy = SecurityPolicy::by_name(name).unwrap();
        let behind: Vec<_> =
            policy.usable_signature_schemes().skip_while(|scheme| !is_sha1(*scheme)).collect();
        assert!(behind.iter().all(|scheme| is_sha1(*scheme)), "{name}: {behind:?}");
    }
}

/// What a client offers shares for is in its list of groups, and in that order (RFC 9846 §4.3.8).
//= 9846:4.3.8 order
#[test]
fn key_shares_are_of_the_groups_and_in_their_order() {
    for name in SecurityPolicy::names() {
        let policy = SecurityPolicy::by_name(name).unwrap();
        let groups: Vec<_> = policy.usable_groups().collect();
        let places: Vec<_> =
            policy.usable_key_shares().map(|share| groups.iter().position(|group| *group == share)).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{name}: {places:?}");
    }
}
