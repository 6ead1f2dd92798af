//! A policy in the keys and spellings of s2n-tls' own descriptions of its policies.

use serde_json::{Map, Value, json};
use tls_core::ciphersuites::{ProtocolVersion, Refused, Rule, SecurityPolicy, SignatureScheme};

/// The rules that s2n-tls knows, and so says of each policy whether it declares them.
const RULES_OF_S2N: [Rule; 2] = [Rule::PerfectForwardSecrecy, Rule::Fips140_3];

/// How signature schemes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// As s2n-tls does, which knows ECDSA in TLS 1.2's way, without a curve.
    S2n,
    /// By their registered names.
    Registered,
}

/// All that there is to say of a policy. What s2n-tls says of its own comes under its keys; what it does not have comes
/// beside.
pub(super) fn of(policy: &SecurityPolicy, spelling: Spelling) -> Value {
    let schemes = |list: &[SignatureScheme]| -> Vec<String> {
        list.iter().map(|scheme| spelling.of(*scheme)).collect()
    };
    let kept = Rule::ALL.into_iter().filter(|rule| rule.breaches(policy).is_empty());
    json!({
        "name": policy.name,
        "aliases": policy.other_names().collect::<Vec<_>>(),
        "min_version": version(policy.min_version),
        "rules": rules(policy),
        "cipher_suites": strings(&policy.cipher_suites),
        "chacha20_boosting": policy.chacha20_boosting,
        "named_groups": strings(&policy.groups),
        "strongly_preferred_groups": strings(&policy.strongly_preferred_groups),
        "signature_schemes": schemes(&policy.signature_schemes),
        "certificate_signature_schemes": policy.certificate_signature_schemes.as_deref().map(schemes),
        "certificate_keys": policy.certificate_keys.as_deref().map(strings),
        "certificate_preferences_apply_locally": policy.certificate_preferences_apply_locally,
        "key_shares": strings(&policy.key_shares),
        "extended_main_secret_required": policy.extended_main_secret_required,
        "post_quantum_required": policy.post_quantum_required,
        "early_data_allowed": policy.early_data_allowed,
        "rules_kept": kept.map(Rule::name).collect::<Vec<_>>(),
        "refused": refused(&policy.refused(), schemes),
    })
}

fn rules(policy: &SecurityPolicy) -> Value {
    let declared = |rule: Rule| (rule.title().to_owned(), Value::Bool(policy.rules.contains(&rule)));
    let others = policy.rules.iter().copied().filter(|rule| !RULES_OF_S2N.contains(rule));
    Value::Object(RULES_OF_S2N.into_iter().chain(others).map(declared).collect::<Map<_, _>>())
}

fn refused(refused: &Refused, schemes: impl Fn(&[SignatureScheme]) -> Vec<String>) -> Value {
    json!({
        "versions": refused.versions.iter().copied().map(version).collect::<Vec<_>>(),
        "cipher_suites": strings(&refused.cipher_suites),
        "named_groups": strings(&refused.groups),
        "signature_schemes": schemes(&refused.signature_schemes),
        "certificate_signature_schemes": schemes(&refused.certificate_signature_schemes),
    })
}

/// As they are written everywhere.
pub(super) fn strings<T: ToString>(items: &[T]) -> Vec<String> {
    items.iter().map(T::to_string).collect()
}

impl Spelling {
    fn of(self, scheme: SignatureScheme) -> String {
        let own = match scheme {
            _ if self == Self::Registered => return scheme.to_string(),
            SignatureScheme::ECDSA_SECP256R1_SHA256 => "ecdsa_sha256",
            SignatureScheme::ECDSA_SECP384R1_SHA384 => "ecdsa_sha384",
            SignatureScheme::ECDSA_SECP521R1_SHA512 => "ecdsa_sha512",
            SignatureScheme::RSA_PKCS1_SHA224 => "legacy_rsa_sha224",
            SignatureScheme::ECDSA_SHA224 => "legacy_ecdsa_sha224",
            SignatureScheme(0xffff) => "legacy_rsa_md5_sha1",
            other => return other.to_string(),
        };
        own.to_owned()
    }
}

/// As s2n-tls writes it: `TLS1.2`, `SSLv3`.
fn version(version: ProtocolVersion) -> String {
    match version {
        ProtocolVersion::SSL3_0 => "SSLv3".to_owned(),
        other => other.to_string().replace(' ', ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made from s2n-tls' own data, for all its policies.
    const SNAPSHOT: &str = include_str!("../../../ciphersuites/src/policy/snapshot.txt");

    fn list(words: &str) -> Value {
        match words {
            "any" => Value::Null,
            "-" => json!([]),
            words => words.split(' ').collect(),
        }
    }

    fn flag(policy: &str, flag: &str) -> Value {
        policy.split(' ').any(|word| word == flag).into()
    }

    #[test]
    fn every_policy_is_described_as_s2n_tls_describes_it() {
        let mut count = 0;
        for paragraph in SNAPSHOT.split("\n\n").skip(1) {
            let fact = |wanted: &str| {
                let mut lines = paragraph.lines().filter_map(|line| line.split_once(' '));
                lines.find(|(key, _)| *key == wanted).unwrap().1
            };
            let name = fact("policy");
            let policy = match name {
                // Where there is a FIPS module, it is another one.
                "default" => SecurityPolicy { name: name.into(), ..SecurityPolicy::P20251014 },
                _ => SecurityPolicy::by_name(name).unwrap(),
            };
            let described = of(&policy, Spelling::S2n);
            let declared = |rule: &str| fact("rules").split(", ").any(|declared| declared == rule);
            for (key, expected) in [
                ("name", name.into()),
                ("min_version", fact("min_version").into()),
                ("cipher_suites", list(fact("cipher_suites"))),
                ("named_groups", list(fact("named_groups"))),
                ("strongly_preferred_groups", list(fact("strongly_preferred_groups"))),
                ("signature_schemes", list(fact("signature_schemes"))),
                ("certificate_signature_schemes", list(fact("certificate_signature_schemes"))),
                ("certificate_keys", list(fact("certificate_keys"))),
                ("chacha20_boosting", flag(fact("flags"), "chacha20_boosting")),
                (
                    "certificate_preferences_apply_locally",
                    flag(fact("flags"), "certificate_preferences_apply_locally"),
                ),
                (
                    "rules",
                    json!({
                        "Perfect Forward Secrecy": declared("Perfect Forward Secrecy"),
                        "FIPS 140-3 (2019)": declared("FIPS 140-3 (2019)"),
                    }),
                ),
            ] {
                assert_eq!(described[key], expected, "{key} of {name}");
            }
            assert!(described["aliases"].is_array() && described["refused"].is_object(), "{name}");
            count += 1;
        }
        assert_eq!(count, 169);
    }

    #[test]
    fn refused_members_are_in_the_lists_and_apart() {
        let described = of(&SecurityPolicy::by_name("20140601").unwrap(), Spelling::S2n);
        assert_eq!(described["refused"]["versions"], json!(["SSLv3", "TLS1.0", "TLS1.1"]));
        assert_eq!(described["refused"]["cipher_suites"], described["cipher_suites"]);
        let current = of(&SecurityPolicy::by_name("cnsa_1_2_interop").unwrap(), Spelling::Registered);
        assert!(current["refused"].as_object().unwrap().values().all(|list| *list == json!([])), "{current}");
        assert_eq!(current["aliases"], json!(["20260220"]));
    }
}
