//! Where a PIN comes from. It is wiped when it is dropped, and nothing shows it.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use cryptoki::types::AuthPin;
use zeroize::Zeroizing;

use super::Pkcs11Error;
use super::uri::{Pkcs11Uri, percent_decode};
use crate::signer::plain;

/// Holds the PIN where nothing else does.
pub(super) const PIN_VARIABLE: &str = "PKCS11_PIN";

/// More than any PIN has.
const MAX_PIN_LEN: u64 = 4096;

/// The PIN of the URI, of the program or of the environment, in this order. `None` where there is none.
pub(super) fn find(uri: &Pkcs11Uri, option: Option<AuthPin>) -> Result<Option<AuthPin>, Pkcs11Error> {
    if let Some(pin) = &uri.pin_value {
        return Ok(Some(pin.clone()));
    }
    if let Some(source) = &uri.pin_source {
        return read(&source_path(source)?).map(Some);
    }
    let variable = || std::env::var(PIN_VARIABLE).ok().map(Zeroizing::new);
    Ok(option.or_else(|| variable().map(|pin| AuthPin::from(pin.as_str()))))
}

/// The file that a `pin-source` names: a path, or a `file:` URI of this machine (RFC 7512 §2.4, RFC 8089).
fn source_path(source: &str) -> Result<PathBuf, Pkcs11Error> {
    let refused = |why| Pkcs11Error::PinSource { source: source.to_owned(), why };
    let Some(rest) = source.strip_prefix("file:") else {
        return match source.starts_with('|') {
            true => Err(refused("commands are not run: name a file".to_owned())),
            false => Ok(PathBuf::from(source)),
        };
    };
    let path = match rest.strip_prefix("//") {
        Some(rest) => rest.strip_prefix("localhost").unwrap_or(rest),
        None => rest,
    };
    if !path.starts_with('/') {
        return Err(refused("a file: URI needs an absolute path, as in file:/etc/token/pin".to_owned()));
    }
    let decoded = percent_decode(path).and_then(|path| String::from_utf8(path).ok());
    decoded.map(PathBuf::from).ok_or_else(|| refused("its path is not percent-encoded UTF-8".to_owned()))
}

/// Reads a file that holds a PIN, and perhaps an end of line.
fn read(path: &Path) -> Result<AuthPin, Pkcs11Error> {
    let refused = |why| Pkcs11Error::PinSource { source: path.display().to_string(), why };
    let file = File::open(path).map_err(|error| refused(plain(&error)))?;
    // Room for it all: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(MAX_PIN_LEN).unwrap_or_default() + 1));
    file.take(MAX_PIN_LEN + 1).read_to_end(&mut bytes).map_err(|error| refused(plain(&error)))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| refused("it is not UTF-8".to_owned()))?;
    let pin = text.trim_end_matches(['\r', '\n']);
    if pin.is_empty() || bytes.len() > usize::try_from(MAX_PIN_LEN).unwrap_or_default() {
        return Err(refused(format!("it holds no PIN of 1 to {MAX_PIN_LEN} bytes")));
    }
    Ok(AuthPin::from(pin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_a_path_or_a_file_uri() {
        for (source, path) in [
            ("/etc/pin", Some("/etc/pin")),
            ("pin.txt", Some("pin.txt")),
            ("file:/etc/pin", Some("/etc/pin")),
            ("file:///etc/a%20pin", Some("/etc/a pin")),
            ("file://localhost/etc/pin", Some("/etc/pin")),
            ("file://elsewhere/etc/pin", None),
            ("file:pin", None),
            ("file:/etc/%zz", None),
            ("|/bin/cat /etc/pin", None),
        ] {
            assert_eq!(source_path(source).ok(), path.map(PathBuf::from), "{source}");
        }
    }
}
