//! The fingerprint JA4 of a TLS client, as FoxIO defines it: what it can do, counted, and the lists of it, hashed.

use std::fmt::Write;

use ciphersuites::{Hash, ProtocolVersion};

use crate::client_hello::ClientHello;
use crate::error::Error;
use crate::wire::extension::ExtensionType;

pub(super) fn fingerprint(hello: &ClientHello) -> Result<String, Error> {
    let mut suites: Vec<u16> =
        hello.cipher_suites().filter(|suite| !suite.is_grease()).map(|suite| suite.0).collect();
    let mut extensions: Vec<u16> = hello
        .extensions()
        .map(|(extension, _)| extension)
        .filter(|extension| !extension.is_grease())
        .map(|extension| extension.0)
        .collect();
    let schemes = hello.signature_algorithms()?.filter(|scheme| !scheme.is_grease());
    let schemes: Vec<u16> = schemes.map(|scheme| scheme.0).collect();
    let start = format!(
        "t{}{}{:02}{:02}{}",
        version(hello)?,
        if hello.extension(ExtensionType::SERVER_NAME).is_some() { "d" } else { "i" },
        suites.len().min(99),
        extensions.len().min(99),
        protocol(hello.alpn()?.next().unwrap_or_default()),
    );
    suites.sort_unstable();
    // The start has already said these two.
    extensions.retain(|extension| ![ExtensionType::SERVER_NAME.0, ExtensionType::ALPN.0].contains(extension));
    extensions.sort_unstable();
    let mut abilities = list(&extensions);
    if !schemes.is_empty() {
        let _ = write!(abilities, "_{}", list(&schemes));
    }
    let abilities = if extensions.is_empty() { "" } else { &abilities };
    Ok(format!("{start}_{}_{}", hash(&list(&suites)), hash(abilities)))
}

/// The best version, whatever a server would make of it.
fn version(hello: &ClientHello) -> Result<&'static str, Error> {
    let offered = hello.view().supported_versions()?;
    let best = offered.and_then(|versions| versions.filter(|version| !version.is_grease()).max());
    Ok(match best.unwrap_or(hello.legacy_version()) {
        ProtocolVersion::TLS1_3 => "13",
        ProtocolVersion::TLS1_2 => "12",
        ProtocolVersion::TLS1_1 => "11",
        ProtocolVersion::TLS1_0 => "10",
        ProtocolVersion::SSL3_0 => "s3",
        ProtocolVersion::SSL2_0 => "s2",
        _ => "00",
    })
}

/// First and last letter or digit of the first application protocol; where they are neither, of its hexadecimal form.
fn protocol(name: &[u8]) -> String {
    let (Some(first), Some(last)) = (name.first(), name.last()) else { return "00".to_owned() };
    match first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() {
        true => [char::from(*first), char::from(*last)].iter().collect(),
        false => format!("{:x}{:x}", first >> 4, last & 0x0f),
    }
}

fn list(code_points: &[u16]) -> String {
    let digits: Vec<String> = code_points.iter().map(|value| format!("{value:04x}")).collect();
    digits.join(",")
}

/// Twelve digits of the SHA-256 of a list that is not empty.
fn hash(list: &str) -> String {
    if list.is_empty() {
        return "000000000000".to_owned();
    }
    let digest = Hash::Sha256.digest(list.as_bytes());
    digest.as_ref().iter().take(6).fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of JA4's definition.
    #[test]
    fn application_protocols() {
        for (name, expected) in [
            (&b""[..], "00"),
            (b"h2", "h2"),
            (b"http/1.1", "h1"),
            (b"h", "hh"),
            (b"\xab", "ab"),
            (b"\xab\xcd", "ad"),
            (b"\x30\xab", "3b"),
            (b"\x30\x31\xab\xcd", "3d"),
            (b"\x30\xab\xcd\x31", "01"),
        ] {
            assert_eq!(protocol(name), expected, "{name:02x?}");
        }
    }
}
