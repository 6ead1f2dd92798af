//! Rules on the command line.

use tls_core::ciphersuites::Rule;

/// The rule of this name.
pub(super) fn parse(name: &str) -> Result<Rule, String> {
    Rule::by_name(name).map_err(|error| error.to_string())
}
