use super::*;
use crate::policy::{CertificateKey, PolicyProblem, Rule};
use crate::{CipherSuite, KeyType, NamedGroup, ProtocolVersion, SignatureScheme};

fn policy(rest: &str) -> Result<SecurityPolicy, PolicyFileError> {
    SecurityPolicy::from_toml(&format!("name = \"ours\"\nfrom = \"default_pq\"\n{rest}"))
}

fn error(rest: &str) -> String {
    policy(rest).unwrap_err().to_string()
}

/// A file and the builder say the same.
#[test]
fn a_file_is_what_the_builder_makes_of_it() {
    let file = policy(
        r#"
        min_version = "TLS1.3"
        chacha20_boosting = true
        extended_main_secret_required = true
        early_data_allowed = false
        post_quantum_required = true
        certificate_preferences_apply_locally = true
        key_shares = ["mlkem1024"]
        strongly_preferred_groups = ["MLKEM1024"]
        certificate_keys = ["mldsa_87", "RSA_PSS_3072", "rsa"]
        certificate_signature_schemes = ["mldsa87", "ecdsa_sha384"]
        rules = { add = ["post-quantum-key-exchange"] }
        cipher_suites.set = ["TLS_AES_128_GCM_SHA256"]
        cipher_suites.prefer = ["tls_aes_256_gcm_sha384"]
        groups = { add = ["MLKEM1024"], remove = ["x25519"] }
        [signature_schemes]
        keep = ["rsa_pss_pss_sha256", "mldsa87"]
        "#,
    );
    let built = SecurityPolicy::builder(SecurityPolicy::DEFAULT_PQ, "ours")
        .min_version(ProtocolVersion::TLS1_3)
        .chacha20_boosting(true)
        .extended_main_secret_required(true)
        .early_data_allowed(false)
        .post_quantum_required(true)
        .certificate_preferences_apply_locally(true)
        .key_shares([NamedGroup::MLKEM1024])
        .strongly_preferred_groups([NamedGroup::MLKEM1024])
        .certificate_keys([
            CertificateKey::of(KeyType::MlDsa87),
            CertificateKey::rsa(KeyType::RsaPss, 3072),
            CertificateKey::of(KeyType::Rsa),
        ])
        .certificate_signature_schemes(Edit::Set(vec![
            SignatureScheme::MLDSA87,
            SignatureScheme::ECDSA_SECP384R1_SHA384,
        ]))
        .rule(Rule::PostQuantumKeyExchange)
        .cipher_suites(Edit::Set(vec![
            CipherSuite::TLS_AES_256_GCM_SHA384,
            CipherSuite::TLS_AES_128_GCM_SHA256,
        ]))
        .groups(Edit::Remove(vec![NamedGroup::X25519]))
        .groups(Edit::Add(vec![NamedGroup::MLKEM1024]))
        .signature_schemes(Edit::Set(vec![SignatureScheme::MLDSA87, SignatureScheme::RSA_PSS_PSS_SHA256]))
        .build();
    assert_eq!(file.unwrap(), built.unwrap());
}

#[test]
fn a_name_and_a_beginning_suffice() {
    let expected = SecurityPolicy { name: "ours".into(), ..SecurityPolicy::DEFAULT_PQ };
    assert_eq!(policy("").unwrap(), expected);
    let missing = |source| SecurityPolicy::from_toml(source).unwrap_err();
    assert_eq!(missing("name = \"ours\""), PolicyFileError::Missing("from"));
    assert_eq!(missing("from = \"default\""), PolicyFileError::Missing("name"));
    assert_eq!(
        missing("").to_string(),
        "the key `from` is missing: begin with name = \"...\" and from = \"...\""
    );
}

/// Every key is read: a value of the wrong type is noticed.
#[test]
fn wrong_types() {
    for key in KEYS {
        let source = match key {
            "name" => "name = 1\nfrom = \"default\"".to_owned(),
            "from" => "name = \"ours\"\nfrom = 1".to_owned(),
            key => format!("name = \"ours\"\nfrom = \"default\"\n{key} = 1"),
        };
        let error = SecurityPolicy::from_toml(&source).unwrap_err();
        let PolicyFileError::WrongType { key: found, .. } = &error else { panic!("{key}: {error}") };
        assert_eq!(found, key);
    }
    assert_eq!(error("groups = [1]"), "line 3, column 11: `groups` takes a string, not integer");
    assert_eq!(
        error("key_shares = { add = [] }"),
        "line 3, column 14: `key_shares` takes an array, not table"
    );
    assert_eq!(
        error("rules = \"cnsa-2\""),
        "line 3, column 9: `rules` takes an array or a table, not string"
    );
    assert_eq!(
        error("early_data_allowed = \"no\""),
        "line 3, column 22: `early_data_allowed` takes true or false, not string"
    );
}

#[test]
fn wrong_names() {
    let long = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA265";
    for (rest, expected) in [
        ("gruops = []".to_owned(), "line 3, column 1: unknown key \"gruops\" (did you mean \"groups\"?)"),
        (
            "[groups]\nappend = []".to_owned(),
            "line 4, column 1: unknown key \"append\": known are set, keep, remove, prefer, add",
        ),
        (
            "groups = [\n  \"x25519\",\n  \"x2551\",\n]".to_owned(),
            "line 5, column 3: unknown group \"x2551\" (did you mean \"x25519\"?)",
        ),
        (
            format!("# \u{e4}\u{f6}\ncipher_suites.remove = [\"{long}\"]"),
            "line 4, column 25: unknown cipher suite \"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA265\" (did you mean \
             \"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\"?)",
        ),
        (
            "signature_schemes = [\"mldsa-65\"]".to_owned(),
            "line 3, column 22: unknown signature scheme \"mldsa-65\" (did you mean \"mldsa65\"?)",
        ),
        (
            "certificate_keys = [\"rsa_307\", \"rsa_30z2\"]".to_owned(),
            "line 3, column 32: unknown certificate key \"rsa_30z2\" (did you mean \"rsa_3072\"?)",
        ),
        (
            "rules = [\"cnsa2\"]".to_owned(),
            "line 3, column 10: unknown rule \"cnsa2\" (did you mean \"cnsa-2\"?)",
        ),
        (
            "min_version = \"1.3\"".to_owned(),
            "line 3, column 15: unknown version \"1.3\": known are TLS 1.2, TLS 1.3",
        ),
    ] {
        assert_eq!(error(&rest), expected);
    }
    let error = SecurityPolicy::from_toml("name = \"ours\"\nfrom = \"defualt\"").unwrap_err().to_string();
    let expected = "line 2, column 8: unknown security policy \"defualt\" (did you mean \"default\"?)";
    assert!(error.starts_with(expected), "{error}");
}

#[test]
fn what_is_no_toml_says_where() {
    for (source, line, column) in [("name = ", 1, 8), ("name = \"a\"\nname = \"b\"", 2, 1), ("a = [", 1, 6)] {
        match SecurityPolicy::from_toml(source).unwrap_err() {
            PolicyFileError::Syntax { place, message } => {
                assert_eq!((place, message.is_empty()), (Place { line, column }, false), "{source}");
            }
            other => panic!("{source}: {other}"),
        }
    }
}

#[test]
fn what_does_not_build_says_why() {
    let PolicyFileError::Policy(error) = policy("rules = [\"cnsa-2\"]\ngroups.add = [\"x448\"]").unwrap_err()
    else {
        panic!("built")
    };
    assert!(matches!(error.problems[0], PolicyProblem::NotImplemented(_)), "{error}");
    assert!(error.problems.len() > 30, "{error}");
    let taken = SecurityPolicy::from_toml("name = \"default\"\nfrom = \"default\"").unwrap_err();
    assert!(taken.to_string().contains("choose another"), "{taken}");
}

/// What the table writes can be read.
#[test]
fn every_name_in_the_table_is_known() {
    for name in SecurityPolicy::names() {
        let policy = SecurityPolicy::by_name(name).unwrap();
        for suite in policy.cipher_suites.iter() {
            assert_eq!(names::SUITES.find(&suite.to_string()), Ok(*suite));
        }
        for group in policy.groups.iter() {
            assert_eq!(names::GROUPS.find(&group.to_string()), Ok(*group));
        }
        for scheme in policy.signature_schemes.iter().filter(|scheme| scheme.name().is_some()) {
            assert_eq!(names::SCHEMES.find(&scheme.to_string()), Ok(*scheme));
        }
        for key in policy.certificate_keys.iter().flat_map(|keys| keys.iter()) {
            assert_eq!(names::CERTIFICATE_KEYS.find(&key.to_string()), Ok(*key));
        }
        for rule in policy.rules.iter() {
            assert_eq!(names::RULES.find(&rule.to_string()), Ok(*rule));
        }
    }
}
