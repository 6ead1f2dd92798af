use super::*;

fn names<T: ToString>(list: &[T]) -> Vec<String> {
    list.iter().map(T::to_string).collect()
}

/// s2n-tls' policies, written out as its own names have them.
#[test]
fn default() {
    let policy = SecurityPolicy::DEFAULT;
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
    let (policy, default) = (SecurityPolicy::DEFAULT_PQ, SecurityPolicy::DEFAULT);
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
    for (name, policy) in [
        ("default", SecurityPolicy::DEFAULT),
        ("20251014", SecurityPolicy::DEFAULT),
        ("default_pq", SecurityPolicy::DEFAULT_PQ),
        ("20250721", SecurityPolicy::DEFAULT_PQ),
        ("default_tls13", SecurityPolicy::DEFAULT_TLS13),
        ("20240503", SecurityPolicy::DEFAULT_TLS13),
    ] {
        let found = SecurityPolicy::by_name(&name.to_uppercase()).unwrap();
        assert_eq!(found.name, name);
        assert_eq!(SecurityPolicy { name: policy.name.clone(), ..found }, policy);
    }
}

#[test]
fn unknown_names_get_help() {
    let error = SecurityPolicy::by_name("defualt_pq").unwrap_err();
    assert_eq!(error.nearest, Some("default_pq"));
    assert_eq!(error.known.len(), 6);
    assert_eq!(
        error.to_string(),
        "unknown security policy \"defualt_pq\" (did you mean \"default_pq\"?); known policies: \
         default, default_pq, default_tls13, 20251014, 20250721, 20240503"
    );
    assert_eq!(SecurityPolicy::by_name("DEFAULT-TLS13").unwrap_err().nearest, Some("default_tls13"));
    assert_eq!(SecurityPolicy::by_name("20251015").unwrap_err().nearest, Some("20251014"));
    assert_eq!(SecurityPolicy::by_name("something else").unwrap_err().nearest, None);
    assert_eq!(SecurityPolicy::by_name("").unwrap_err().nearest, None);
}

#[test]
fn tuples_put_post_quantum_first() {
    let [post_quantum, classical] = SecurityPolicy::DEFAULT.group_tuples().map(Iterator::collect::<Vec<_>>);
    assert_eq!(names(&post_quantum), ["X25519MLKEM768", "SecP256r1MLKEM768", "SecP384r1MLKEM1024"]);
    assert_eq!(names(&classical), ["secp256r1", "x25519", "secp384r1", "secp521r1"]);
    let [post_quantum, classical] = SecurityPolicy::DEFAULT_TLS13.group_tuples().map(Iterator::count);
    assert_eq!((post_quantum, classical), (0, 4));
}

#[test]
fn everything_a_policy_names_is_implemented() {
    for (_, policy) in &NAMES {
        let suites = policy.tls13_suites().count() + policy.tls12_suites().count();
        assert_eq!(suites, policy.cipher_suites.len());
        assert!(policy.groups.iter().all(|group| crate::is_supported(*group)));
        assert!(policy.key_shares.iter().all(|group| policy.groups.contains(group)));
    }
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
    for (_, policy) in &NAMES {
        assert_eq!(supported(policy), [false, false, true, true, false]);
    }
    let min13 = SecurityPolicy { min_version: ProtocolVersion::TLS1_3, ..SecurityPolicy::DEFAULT };
    assert_eq!(supported(&min13), [false, false, false, true, false]);
    let all: Vec<_> = SecurityPolicy::DEFAULT.cipher_suites.to_vec();
    let suites13 = SecurityPolicy { cipher_suites: all[..3].to_vec().into(), ..SecurityPolicy::DEFAULT };
    assert_eq!(supported(&suites13), [false, false, false, true, false]);
    let suites12 = SecurityPolicy { cipher_suites: all[3..].to_vec().into(), ..SecurityPolicy::DEFAULT };
    assert_eq!(supported(&suites12), [false, false, true, false, false]);
    let neither = SecurityPolicy { min_version: ProtocolVersion::TLS1_3, ..suites12 };
    assert_eq!(supported(&neither), [false; 5]);
}
