//! Security policies by name, and what to say of names that ask for what nobody should use any more.

mod check;
mod command;
mod corpus;
mod description;
mod diff;
mod explain;
mod lint;
mod list;
mod peer;
mod rule;
mod show;

pub(crate) use command::Command;

use std::path::Path;

use tls_core::ciphersuites::SecurityPolicy;

use crate::failure::Failure;
use crate::policy_file;

/// The one that accepts most of what is still safe.
pub(crate) const WIDEST: &str = "default_tls13";

/// What is not implemented: how names ask for it, without their separators, what it is, and why.
const RETIRED: [(&[&str], &str, &str); 8] = [
    (&["sslv2", "ssl2"], "SSL 2.0", "RFC 6176 forbids it"),
    (&["sslv3", "ssl3"], "SSL 3.0", "RFC 7568 forbids it"),
    (&["tls10", "tlsv10", "tls1310"], "TLS 1.0", "RFC 8996 forbids it"),
    (&["tls11", "tlsv11", "tls1311", "fs11"], "TLS 1.1", "RFC 8996 forbids it"),
    (&["rc4"], "RC4", "RFC 7465 forbids it"),
    (&["3des"], "3DES", "its blocks of 64 bits are too short"),
    (&["staticrsa", "rsakex"], "static RSA key exchange", "RFC 10015 forbids it"),
    (&["dhe"], "finite field Diffie-Hellman", "RFC 10015 forbids it"),
];

/// The policy of this name.
///
/// # Errors
/// There is none. A name that asks for something retired is told what and why, and what comes nearest.
pub(crate) fn by_name(name: &str) -> Result<SecurityPolicy, Failure> {
    SecurityPolicy::by_name(name).map_err(|error| {
        let sentence = match retired(name) {
            Some((what, why)) if !error.deprecated => format!(
                "the security policy \"{name}\" asks for {what}, which is not implemented: {why}; the nearest policy \
                 is {WIDEST}, current policies: {}",
                error.current.join(", ")
            ),
            _ => error.to_string(),
        };
        Failure::set_up("unknown_policy", sentence)
    })
}

/// The policy that an argument means: a file, if that is what it looks like, or a name.
///
/// # Errors
/// There is no such policy, or the file is none: where and why.
fn of_argument(argument: &str) -> Result<SecurityPolicy, Failure> {
    let path = Path::new(argument);
    let is_file = path.extension().is_some_and(|extension| extension == "toml");
    if is_file { policy_file::read(path) } else { by_name(argument) }
}

fn retired(name: &str) -> Option<(&'static str, &'static str)> {
    let name = name.to_ascii_lowercase().replace(['-', '.', '_', ' '], "").replace("ecdhe", "");
    // The version on its own, as OpenSSL writes TLS 1.0.
    let name = if name == "tlsv1" || name == "tls1" { "tls10".to_owned() } else { name };
    let asks = |words: &[&str]| words.iter().any(|word| name.contains(word));
    RETIRED.iter().find(|(words, ..)| asks(words)).map(|(_, what, why)| (*what, *why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_ask_for_what_is_retired_are_understood() {
        for (name, expected) in [
            ("SSLv3", Some("SSL 3.0")),
            ("ELBSecurityPolicy-SSLv3", Some("SSL 3.0")),
            ("ELBSecurityPolicy-TLS13-1-0-2021-06", Some("TLS 1.0")),
            ("TLSv1", Some("TLS 1.0")),
            ("ELBSecurityPolicy-TLS13-1-1-2021-06", Some("TLS 1.1")),
            ("TLSv1.1", Some("TLS 1.1")),
            ("RC4-SHA", Some("RC4")),
            ("3des", Some("3DES")),
            ("DHE-RSA-AES128-SHA", Some("finite field Diffie-Hellman")),
            ("ECDHE-RSA-AES128-GCM-SHA256", None),
            ("ELBSecurityPolicy-TLS13-1-2-2021-06", None),
            ("20190213", None),
        ] {
            assert_eq!(retired(name).map(|(what, _)| what), expected, "{name}");
        }
    }

    #[test]
    fn the_widest_policy_exists() {
        assert_eq!(by_name(WIDEST).unwrap().name, WIDEST);
    }
}
