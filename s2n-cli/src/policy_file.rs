//! Security policies of one's own.

use std::path::Path;

use tls_core::ciphersuites::SecurityPolicy;

use crate::failure::Failure;
use crate::{policy, trust};

/// The policy in this file, if one is given; else that of this name.
///
/// # Errors
/// There is no such policy, or the file is none: where and why.
pub(crate) fn chosen(name: &str, file: Option<&Path>) -> Result<SecurityPolicy, Failure> {
    file.map_or_else(|| policy::by_name(name), read)
}

/// The policy in this TOML file.
///
/// # Errors
/// The file cannot be read, or is no policy: where and why.
pub(crate) fn read(path: &Path) -> Result<SecurityPolicy, Failure> {
    let invalid = |why: String| {
        Failure::set_up("invalid_policy_file", format!("the policy file {}: {why}", path.display()))
    };
    let bytes = trust::read(path, "policy file")?;
    let text = std::str::from_utf8(&bytes).map_err(|error| invalid(error.to_string()))?;
    SecurityPolicy::from_toml(text).map_err(|error| invalid(error.to_string()))
}
