//! What a named policy says, enforced: by our own two ends.

use std::sync::LazyLock;

use rcgen::{
    KeyPair, PKCS_ECDSA_P256_SHA256 as P256, PKCS_ECDSA_P384_SHA384 as P384, PKCS_ML_DSA_65 as ML_DSA_65,
    PKCS_ML_DSA_87 as ML_DSA_87, PKCS_RSA_SHA256, RsaKeySize, SignatureAlgorithm,
};
use tests::authority::{Authority, Pem};
use tests::pair::{Pair, client_builder, only};
use tls_core::ciphersuites::{
    CertificateKey, CipherSuite, Edit, KeyType, NamedGroup, ProtocolVersion, SecurityPolicy, SignatureScheme,
};
use tls_core::{
    AlertDescription as Alert, ClientAuthentication, ConfigError, Facts, Roots, ServerConfig,
    ServerVerification,
};

const VERSIONS: [ProtocolVersion; 2] = [ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2];

static P384_AUTHORITY: LazyLock<Authority> = LazyLock::new(|| Authority::with_algorithm(&P384));
static ML_DSA_AUTHORITY: LazyLock<Authority> = LazyLock::new(|| Authority::with_algorithm(&ML_DSA_87));

fn policy(name: &str) -> SecurityPolicy {
    SecurityPolicy::by_name(name).unwrap()
}

fn rsa(authority: &Authority, size: RsaKeySize) -> Pem {
    authority.issue_with(&["localhost"], KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, size).unwrap(), |_| {})
}

/// Runs a handshake under these policies, the server with these certificates.
fn connect(client: SecurityPolicy, server: SecurityPolicy, authority: &Authority, pems: &[&Pem]) -> Pair {
    let client = client_builder(authority).policy(client).build().unwrap();
    let server =
        pems.iter().fold(ServerConfig::builder().permit_unapproved().policy(server), |server, pem| {
            server.identity(pem.identity())
        });
    let mut pair = Pair::new(&client, &server.build().unwrap());
    pair.handshake();
    pair
}

fn facts(pair: &mut Pair) -> Facts {
    pair.assert_works();
    pair.server.connection.facts().unwrap().clone()
}

fn assert_refused(pair: &Pair, code: &str, shown: &str) {
    let error = pair.client.error.as_ref().unwrap_or_else(|| panic!("{code}, {shown}: accepted"));
    assert_eq!((error.code(), error.alert_sent()), (code, Some(Alert::BAD_CERTIFICATE)), "{error}");
    assert!(error.to_string().contains(shown), "{error}");
    assert!(!pair.client.established && !pair.server.established);
}

/// Of each policy: nothing is left of it and it says so, or it agrees with itself on the best that it has.
#[test]
fn every_policy_works_with_itself_or_is_empty() {
    let ecdsa = P384_AUTHORITY.issue(&["localhost"], &P384);
    let rsa = rsa(&P384_AUTHORITY, RsaKeySize::_3072);
    let ml_dsa = ML_DSA_AUTHORITY.issue(&["localhost"], &ML_DSA_87);
    let mut empty = Vec::new();
    for name in SecurityPolicy::names() {
        let policy = policy(name);
        let build = |pem: &Pem| {
            ServerConfig::builder()
                .permit_unapproved()
                .policy(policy.clone())
                .identity(pem.identity())
                .build()
        };
        let built = build(&ecdsa).or_else(|error| match error {
            ConfigError::EmptyPolicy { .. } => Err(error),
            _ => build(&rsa).or_else(|_| build(&ml_dsa)),
        });
        let server = match built {
            Ok(server) => server,
            Err(ConfigError::EmptyPolicy { .. }) => {
                empty.push(name);
                continue;
            }
            Err(other) => panic!("{name}: {other}"),
        };
        let mut roots = P384_AUTHORITY.roots();
        roots.extend(ML_DSA_AUTHORITY.roots());
        let client = client_builder(&P384_AUTHORITY)
            .policy(policy.clone())
            .server_verification(ServerVerification::Roots(roots))
            .build()
            .unwrap();
        let mut pair = Pair::new(&client, &server);
        pair.handshake();
        assert_eq!((&pair.client.error, &pair.server.error), (&None, &None), "{name}");
        let facts = facts(&mut pair);
        for end in [&pair.client, &pair.server] {
            assert_eq!(end.connection.facts().map(|facts| facts.satisfies(&policy)), Some(Ok(())), "{name}");
        }
        let best = VERSIONS.into_iter().find(|version| policy.supports(*version));
        assert_eq!((facts.policy.as_ref(), Some(facts.version)), (name, best));
        let has_post_quantum = policy.groups.iter().any(|group| group.is_post_quantum());
        assert_eq!(facts.post_quantum(), has_post_quantum && best == Some(ProtocolVersion::TLS1_3), "{name}");
        assert!(!facts.hello_retry_request, "{name}");
    }
    assert_eq!(
        empty,
        ["20140601", "20141001", "20150202", "20150214", "null", "test_all_rsa_kex"],
        "the policies of which nothing is left"
    );
}

#[test]
fn an_empty_policy_says_what_of_it_is_refused() {
    let error = client_builder(&P384_AUTHORITY).policy(policy("20140601")).build().unwrap_err();
    let text = error.to_string();
    for shown in
        ["20140601", "no cipher suite", "TLS_RSA_WITH_RC4_128_MD5", "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"]
    {
        assert!(text.contains(shown), "{text}");
    }
    let error = client_builder(&P384_AUTHORITY).policy(policy("null")).build().unwrap_err();
    assert_eq!(error.to_string(), "the policy null has no cipher suite");
}

#[test]
fn a_policy_that_breaks_its_own_rules_does_not_build() {
    let groups = vec![NamedGroup::X25519, NamedGroup::SECP256R1];
    let broken = SecurityPolicy { groups: groups.into(), ..policy("default_fips") };
    let error = client_builder(&P384_AUTHORITY).policy(broken).build().unwrap_err();
    assert!(matches!(&error, ConfigError::RulesBroken { breaches, .. } if breaches.len() == 1), "{error}");
    assert_eq!(
        error.to_string(),
        "the policy default_fips breaks its own rules: fips-140-3 does not permit the group x25519: its first secret is \
         not from an approved algorithm (SP 800-56Cr2)"
    );
}

#[test]
fn a_policy_of_ones_own_is_enforced_like_any() {
    let ours = SecurityPolicy::builder(SecurityPolicy::P20251014, "ours")
        .cipher_suites(Edit::Prefer(vec![CipherSuite::TLS_AES_256_GCM_SHA384]))
        .groups(Edit::Prefer(vec![NamedGroup::SECP384R1MLKEM1024]))
        .build()
        .unwrap();
    let pem = P384_AUTHORITY.localhost();
    let mut pair = connect(ours.clone(), ours, &P384_AUTHORITY, &[&pem]);
    let facts = facts(&mut pair);
    assert_eq!(facts.policy, "ours");
    assert_eq!(facts.cipher_suite, CipherSuite::TLS_AES_256_GCM_SHA384);
    assert_eq!((facts.group, facts.hello_retry_request), (NamedGroup::SECP384R1MLKEM1024, false));
}

#[test]
fn rfc9151_binds_our_own_chains() {
    let weak_authority = Authority::with_algorithm(&P256);
    let weak = weak_authority.issue(&["localhost"], &P256);
    let good = P384_AUTHORITY.issue(&["localhost"], &P384);
    let build = |pems: &[&Pem]| {
        let server = ServerConfig::builder().permit_unapproved().policy(policy("rfc9151"));
        pems.iter().fold(server, |server, pem| server.identity(pem.identity())).build()
    };
    assert!(build(&[&good, &rsa(&P384_AUTHORITY, RsaKeySize::_3072)]).is_ok());
    let everything = [
        "certificate 1 has an ECDSA P-256 key",
        "certificate 1 is signed with ecdsa_secp256r1_sha256",
        "certificate 2 has an ECDSA P-256 key",
        "certificate 2 is signed with ecdsa_secp256r1_sha256",
    ];
    let breaches = |error| match error {
        ConfigError::CertificatesNotPermitted { policy, breaches } if policy == "rfc9151" => breaches,
        other => panic!("{other}"),
    };
    assert_eq!(breaches(build(&[&weak]).unwrap_err()), everything);
    let client = client_builder(&P384_AUTHORITY).policy(policy("rfc9151")).identity(weak.identity());
    assert_eq!(breaches(client.build().unwrap_err()), everything);
    let error = build(&[&good, &rsa(&P384_AUTHORITY, RsaKeySize::_2048)]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the policy rfc9151 does not permit the certificates: chain 2: certificate 1 has an RSA key of 2048 bits"
    );
    // Where the policy does not say so, its restrictions are the peer's alone.
    let lenient = SecurityPolicy { certificate_preferences_apply_locally: false, ..policy("rfc9151") };
    assert!(
        ServerConfig::builder().permit_unapproved().policy(lenient).identity(weak.identity()).build().is_ok()
    );
}

#[test]
fn a_self_signed_certificate_is_bound_by_its_key_alone() {
    let build = |algorithm: &'static SignatureAlgorithm| {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let pem = Pem { chain: params.self_signed(&key).unwrap().pem(), key: key.serialize_pem() };
        ServerConfig::builder()
            .permit_unapproved()
            .policy(policy("rfc9151"))
            .identity(pem.identity())
            .build()
            .map(|_| ())
    };
    assert_eq!(build(&P384), Ok(()));
    let Err(ConfigError::CertificatesNotPermitted { breaches, .. }) = build(&P256) else { panic!("built") };
    assert_eq!(breaches, ["certificate 1 has an ECDSA P-256 key"]);
}

#[test]
fn rfc9151_binds_the_peers_chain() {
    let weak_authority = Authority::with_algorithm(&P256);
    let weakly_signed = weak_authority.issue(&["localhost"], &P384);
    let good = [P384_AUTHORITY.issue(&["localhost"], &P384), rsa(&P384_AUTHORITY, RsaKeySize::_3072)];
    let small = rsa(&P384_AUTHORITY, RsaKeySize::_2048);
    for version in VERSIONS {
        let server = || only(version, &SecurityPolicy::P20251014);
        let client = || policy("rfc9151");
        for pem in &good {
            let mut pair = connect(client(), server(), &P384_AUTHORITY, &[pem]);
            assert_eq!(facts(&mut pair).version, version);
        }
        let pair = connect(client(), server(), &weak_authority, &[&weakly_signed]);
        assert_refused(&pair, "certificate_signature_algorithm", "signed with an algorithm");
        let pair = connect(client(), server(), &P384_AUTHORITY, &[&small]);
        assert_refused(&pair, "certificate_key_not_permitted", "an RSA key of 2048 bits");
    }
}

/// Every certificate of the path counts, the root's included, and a pinned leaf.
#[test]
fn keys_of_the_whole_path() {
    let keys = vec![CertificateKey::of(KeyType::EcdsaP384)];
    let client = SecurityPolicy { certificate_keys: Some(keys.into()), ..SecurityPolicy::P20251014 };
    let server = || SecurityPolicy::P20251014;
    let authority = Authority::with_algorithm(&P256);
    let leaf = authority.issue(&["localhost"], &P384);
    let pair = connect(client.clone(), server(), &authority, &[&leaf]);
    assert_refused(&pair, "certificate_key_not_permitted", "an ECDSA P-256 key");

    // The intermediate as the root: nothing lies between.
    let root = &leaf.chain[leaf.chain.rfind("-----BEGIN").unwrap()..];
    let leaf_alone = &leaf.chain[..leaf.chain.rfind("-----BEGIN").unwrap()];
    let pem = Pem { chain: leaf_alone.to_owned(), key: leaf.key.clone() };
    let config = ServerConfig::builder()
        .permit_unapproved()
        .policy(server())
        .identity(pem.identity())
        .build()
        .unwrap();
    let verify = |verification| {
        let client = client_builder(&authority).policy(client.clone()).server_verification(verification);
        let mut pair = Pair::new(&client.build().unwrap(), &config);
        pair.handshake();
        pair
    };
    let roots = Roots::from_pem(root.as_bytes()).unwrap();
    let pair = verify(ServerVerification::Roots(roots));
    assert_refused(&pair, "certificate_key_not_permitted", "an ECDSA P-256 key");
    verify(ServerVerification::Pinned(vec![pem.identity().fingerprint()])).assert_works();
    let weak = authority.localhost();
    let pinned = client_builder(&authority)
        .policy(client)
        .server_verification(ServerVerification::Pinned(vec![weak.identity().fingerprint()]));
    let server = ServerConfig::builder()
        .permit_unapproved()
        .policy(server())
        .identity(weak.identity())
        .build()
        .unwrap();
    let mut pair = Pair::new(&pinned.build().unwrap(), &server);
    pair.handshake();
    assert_refused(&pair, "certificate_key_not_permitted", "an ECDSA P-256 key");
}

#[test]
fn a_server_binds_its_clients_chains() {
    for (size, is_good) in [(RsaKeySize::_2048, false), (RsaKeySize::_3072, true)] {
        let client = client_builder(&P384_AUTHORITY).identity(rsa(&P384_AUTHORITY, size).identity());
        let server = ServerConfig::builder()
            .permit_unapproved()
            .policy(policy("rfc9151"))
            .identity(P384_AUTHORITY.issue(&["localhost"], &P384).identity())
            .client_authentication(ClientAuthentication::Required(P384_AUTHORITY.roots()));
        let mut pair = Pair::new(&client.build().unwrap(), &server.build().unwrap());
        pair.handshake();
        match pair.server.error.as_ref() {
            None if is_good => pair.assert_works(),
            Some(error) if !is_good => assert_eq!(error.code(), "certificate_key_not_permitted"),
            other => panic!("{size:?}: {other:?}"),
        }
    }
}

#[test]
fn cnsa_2_is_ml_kem_1024_and_ml_dsa_87_throughout() {
    let pem = ML_DSA_AUTHORITY.issue(&["localhost"], &ML_DSA_87);
    let mut pair = connect(policy("cnsa_2"), policy("CNSA_2"), &ML_DSA_AUTHORITY, &[&pem]);
    let facts = facts(&mut pair);
    assert_eq!(facts.policy, "cnsa_2");
    assert_eq!(facts.group, NamedGroup::MLKEM1024);
    assert_eq!(facts.cipher_suite, CipherSuite::TLS_AES_256_GCM_SHA384);
    assert_eq!(facts.server_signature_scheme, Some(SignatureScheme::MLDSA87));
    assert!(!facts.hello_retry_request && facts.post_quantum());

    for (authority, algorithm) in
        [(Authority::with_algorithm(&ML_DSA_65), &ML_DSA_65), (Authority::with_algorithm(&P384), &P384)]
    {
        let identity = authority.issue(&["localhost"], algorithm).identity();
        let error = ServerConfig::builder()
            .permit_unapproved()
            .policy(policy("cnsa_2"))
            .identity(identity)
            .build()
            .unwrap_err();
        let ConfigError::CertificatesNotPermitted { breaches, .. } = error else { panic!("{error}") };
        assert_eq!(breaches.len(), 4);
    }
    let pair =
        connect(policy("cnsa_2"), policy("default"), &ML_DSA_AUTHORITY, &[&P384_AUTHORITY.localhost()]);
    assert_eq!(pair.server.error.unwrap().code(), "no_common_group");
}

#[test]
fn the_interop_policy_serves_both_generations() {
    let ecdsa = P384_AUTHORITY.issue(&["localhost"], &P384);
    let ml_dsa = ML_DSA_AUTHORITY.issue(&["localhost"], &ML_DSA_87);
    for (client, authority, group, scheme) in [
        ("cnsa_1", &P384_AUTHORITY, NamedGroup::SECP384R1, SignatureScheme::ECDSA_SECP384R1_SHA384),
        ("cnsa_2", &ML_DSA_AUTHORITY, NamedGroup::MLKEM1024, SignatureScheme::MLDSA87),
        ("cnsa_1_2_interop", &ML_DSA_AUTHORITY, NamedGroup::MLKEM1024, SignatureScheme::MLDSA87),
    ] {
        let server = policy("cnsa_1_2_interop");
        let mut pair = connect(policy(client), server, authority, &[&ecdsa, &ml_dsa]);
        let facts = facts(&mut pair);
        assert_eq!((facts.group, facts.server_signature_scheme), (group, Some(scheme)), "{client}");
    }
}

#[test]
fn chacha20_is_boosted_for_clients_that_put_it_first() {
    let pem = P384_AUTHORITY.issue(&["localhost"], &P384);
    let [boosting, plain] =
        ["CloudFront-TLS-1-2-2021-Chacha20-Boosted", "CloudFront-TLS-1-2-2021"].map(policy);
    for [aes, chacha] in [
        [CipherSuite::TLS_AES_128_GCM_SHA256, CipherSuite::TLS_CHACHA20_POLY1305_SHA256],
        [
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        ],
    ] {
        for (server, offered, chosen) in [
            (&boosting, vec![chacha, aes], chacha),
            (&boosting, vec![aes, chacha], aes),
            (&boosting, vec![aes], aes),
            (&plain, vec![chacha, aes], aes),
        ] {
            for grease in [false, true] {
                let client =
                    SecurityPolicy { cipher_suites: offered.clone().into(), ..SecurityPolicy::P20251014 };
                let client = client_builder(&P384_AUTHORITY).policy(client).grease(grease).build().unwrap();
                let server = ServerConfig::builder()
                    .permit_unapproved()
                    .policy(server.clone())
                    .identity(pem.identity());
                let mut pair = Pair::new(&client, &server.build().unwrap());
                pair.handshake();
                assert_eq!(facts(&mut pair).cipher_suite, chosen, "{} {offered:?}", server_name(&pair));
            }
        }
    }
}

fn server_name(pair: &Pair) -> String {
    pair.server.connection.facts().map(|facts| facts.policy.to_string()).unwrap_or_default()
}

#[test]
fn strongly_preferred_groups_are_asked_for_but_never_instead_of_post_quantum_ones() {
    const HYBRID: NamedGroup = NamedGroup::X25519MLKEM768;
    const MLKEM1024: NamedGroup = NamedGroup::MLKEM1024;
    const P256: NamedGroup = NamedGroup::SECP256R1;
    const P384: NamedGroup = NamedGroup::SECP384R1;
    let strong = policy("20251113");
    let indifferent = SecurityPolicy { strongly_preferred_groups: [].as_slice().into(), ..strong.clone() };
    let interop = policy("20260722");
    let with_hybrid = SecurityPolicy { groups: vec![P384, P256, HYBRID].into(), ..strong.clone() };
    let pem = P384_AUTHORITY.issue(&["localhost"], &rcgen::PKCS_ECDSA_P384_SHA384);
    /// The server, the client's groups, those with shares, the group chosen, whether by a retry.
    type Row<'a> = (&'a SecurityPolicy, &'a [NamedGroup], &'a [NamedGroup], NamedGroup, bool);
    let table: [Row<'_>; 9] = [
        (&strong, &[P256, P384], &[P256], P384, true),
        (&indifferent, &[P256, P384], &[P256], P256, false),
        (&strong, &[P256, P384], &[P256, P384], P384, false),
        (&strong, &[P256], &[P256], P256, false),
        (&interop, &[P256, P384, MLKEM1024], &[P384], MLKEM1024, true),
        (&interop, &[P256, P384, MLKEM1024], &[P256, MLKEM1024], MLKEM1024, false),
        (&interop, &[P256, P384], &[P256], P384, true),
        (&with_hybrid, &[P384, HYBRID], &[P384], HYBRID, true),
        (&with_hybrid, &[P384, P256, HYBRID], &[P256, HYBRID], HYBRID, false),
    ];
    for (server, groups, shares, chosen, retried) in table {
        let client = SecurityPolicy {
            groups: groups.to_vec().into(),
            key_shares: shares.to_vec().into(),
            ..SecurityPolicy::P20251014
        };
        let mut pair = connect(client, server.clone(), &P384_AUTHORITY, &[&pem]);
        let facts = facts(&mut pair);
        assert_eq!(
            (facts.group, facts.hello_retry_request),
            (chosen, retried),
            "{}: {groups:?} {shares:?}",
            server.name
        );
    }
}
