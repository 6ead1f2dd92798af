//! Security policies: names, and files in TOML.

use tls_core::ciphersuites::SecurityPolicy;

use crate::bounded::Outcome;

/// A name is known or not, a file builds a policy or says where it is wrong. What is built is fit to be used.
pub fn run(input: &[u8]) -> Outcome {
    let Ok(text) = std::str::from_utf8(input) else { return "no text" };
    if let Ok(policy) = SecurityPolicy::by_name(text) {
        assert!(policy.usable_cipher_suites().next().is_some(), "{text}");
        return "a name";
    }
    match SecurityPolicy::from_toml(text) {
        Ok(policy) => {
            assert!(policy.usable_cipher_suites().next().is_some(), "no suite is left:\n{text}");
            assert!(policy.usable_groups().next().is_some(), "no group is left:\n{text}");
            assert!(
                policy.rules.iter().all(|rule| rule.breaches(&policy).is_empty()),
                "a rule is broken:\n{text}"
            );
            "a policy"
        }
        Err(error) => {
            let message = error.to_string();
            assert!(message.len() < 20_000 && !message.is_empty(), "{message}");
            match error {
                tls_core::ciphersuites::PolicyFileError::Syntax { .. } => "syntax",
                _ => "refused",
            }
        }
    }
}
