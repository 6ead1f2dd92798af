//! External pre-shared keys on the command line.

use tls_core::PreSharedKey;
use tls_core::ciphersuites::Hash;

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
