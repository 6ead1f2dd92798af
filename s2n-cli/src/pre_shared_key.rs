//! External pre-shared keys on the command line.

use tls_core::ciphersuites::{Hash, SecurityPolicy};
use tls_core::{PreSharedKey, PskEarlyData};

use crate::notation;

/// A key from `IDENTITY,HEX,HASH`. The identity may have commas in it.
pub(crate) fn parse(text: &str) -> Result<PreSharedKey, String> {
    let parts = text.rsplit_once(',').and_then(|(rest, hash)| {
        let (identity, key) = rest.rsplit_once(',')?;
        Some((identity, key, hash))
    });
    let (identity, key, hash) =
        parts.ok_or("it is IDENTITY,HEX,HASH, such as sensor,00112233445566778899aabbccddeeff,SHA256")?;
    let hash = match hash.to_ascii_uppercase().as_str() {
        "SHA256" => Hash::Sha256,
        "SHA384" => Hash::Sha384,
        _ => return Err(format!("the hash is SHA256 or SHA384, not {hash}")),
    };
    let key = notation::parse_hex(key).map_err(|why| format!("the key: {why}"))?;
    PreSharedKey::new(identity.as_bytes(), &key, hash).map_err(|error| error.to_string())
}

/// The same keys, for up to so many bytes of early data. What else both ends must agree on for that, the command lines of
/// both say: the first application protocol, and the policy's first cipher suite for the key's hash.
pub(crate) fn with_early_data(
    keys: &[PreSharedKey],
    max_size: u32,
    policy: &SecurityPolicy,
    alpn: &[String],
) -> Vec<PreSharedKey> {
    let permit = |key: &PreSharedKey| {
        let suite = policy.tls13_suites().find(|suite| suite.hash == key.identity().hash())?;
        let early_data = PskEarlyData::new(suite.id, max_size);
        let early_data = alpn.iter().take(1).fold(early_data, PskEarlyData::alpn);
        key.clone().with_early_data(early_data).ok()
    };
    // A key without a suite is for the configuration to refuse.
    keys.iter().map(|key| permit(key).unwrap_or_else(|| key.clone())).collect()
}
