//! How values are written for people and scripts.

use tls_core::ciphersuites::{CipherSuite, SignatureScheme};

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes from hexadecimal digits; white space and colons between bytes and upper case are as good.
pub(crate) fn parse_hex(text: &str) -> Result<Vec<u8>, String> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b':').collect();
    let (pairs, rest) = digits.as_chunks::<2>();
    let byte = |pair: &[u8; 2]| {
        let text = std::str::from_utf8(pair).ok().filter(|text| !text.starts_with('+'))?;
        u8::from_str_radix(text, 16).ok()
    };
    let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    bytes
        .filter(|bytes| rest.is_empty() && !bytes.is_empty())
        .ok_or_else(|| "these are no bytes in hexadecimal".to_owned())
}

/// A SHA-256 from 64 hexadecimal digits; colons between bytes and upper case are as good.
pub(crate) fn parse_sha256(text: &str) -> Result<[u8; 32], String> {
    let bytes = parse_hex(text).ok().and_then(|bytes| bytes.try_into().ok());
    bytes
        .ok_or_else(|| "a SHA-256 has 64 hexadecimal digits, with or without colons between bytes".to_owned())
}

/// A cipher suite as s2n-tls's programs write it: below TLS 1.3 in OpenSSL's way, `ECDHE-RSA-AES128-GCM-SHA256`.
pub(crate) fn cipher_suite(suite: CipherSuite) -> String {
    let name = suite.to_string();
    let Some((key_exchange, cipher)) = name.strip_prefix("TLS_").and_then(|name| name.split_once("_WITH_"))
    else {
        return name;
    };
    let cipher = match cipher.strip_suffix("_POLY1305_SHA256") {
        Some(cipher) => format!("{cipher}_POLY1305"),
        None => cipher.replace("AES_", "AES").replace("_CBC", ""),
    };
    format!("{key_exchange}_{cipher}").replace('_', "-")
}

/// A signature scheme as s2n-tls's programs write it, `RSA-PSS-RSAE+SHA256`; for those they have no such form for, its
/// registered name.
pub(crate) fn signature(scheme: SignatureScheme) -> String {
    let pair = match scheme {
        SignatureScheme::RSA_PSS_RSAE_SHA256 => "RSA-PSS-RSAE+SHA256",
        SignatureScheme::RSA_PSS_RSAE_SHA384 => "RSA-PSS-RSAE+SHA384",
        SignatureScheme::RSA_PSS_RSAE_SHA512 => "RSA-PSS-RSAE+SHA512",
        SignatureScheme::RSA_PSS_PSS_SHA256 => "RSA-PSS-PSS+SHA256",
        SignatureScheme::RSA_PSS_PSS_SHA384 => "RSA-PSS-PSS+SHA384",
        SignatureScheme::RSA_PSS_PSS_SHA512 => "RSA-PSS-PSS+SHA512",
        SignatureScheme::ECDSA_SECP256R1_SHA256 => "ECDSA+SHA256",
        SignatureScheme::ECDSA_SECP384R1_SHA384 => "ECDSA+SHA384",
        SignatureScheme::ECDSA_SECP521R1_SHA512 => "ECDSA+SHA512",
        SignatureScheme::ECDSA_SHA1 => "ECDSA+SHA1",
        SignatureScheme::ECDSA_SHA224 => "ECDSA+SHA224",
        SignatureScheme::RSA_PKCS1_SHA1 => "RSA+SHA1",
        SignatureScheme::RSA_PKCS1_SHA224 => "RSA+SHA224",
        SignatureScheme::RSA_PKCS1_SHA256 => "RSA+SHA256",
        SignatureScheme::RSA_PKCS1_SHA384 => "RSA+SHA384",
        SignatureScheme::RSA_PKCS1_SHA512 => "RSA+SHA512",
        other => return other.to_string(),
    };
    pair.to_owned()
}

/// An address with its port, as it is written in a URL.
pub(crate) fn host_and_port(host: &str, port: u16) -> String {
    match host.contains(':') && !host.starts_with('[') {
        true => format!("[{host}]:{port}"),
        false => format!("{host}:{port}"),
    }
}

/// A number with its thousands set apart.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len().saturating_mul(2));
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && digits.len().saturating_sub(index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha256_in_its_spellings() {
        let plain = "00ff".repeat(16);
        let expected: [u8; 32] = std::array::from_fn(|index| if index % 2 == 0 { 0 } else { 0xff });
        assert_eq!(parse_sha256(&plain), Ok(expected));
        assert_eq!(parse_sha256(&["00:FF"; 16].join(":")), Ok(expected));
        assert_eq!(hex(&expected), plain);
        for wrong in ["", "00", &"00ff".repeat(17), &"0g".repeat(32), &"+f".repeat(32), &"é".repeat(32)] {
            assert!(parse_sha256(wrong).is_err(), "{wrong}");
        }
    }

    /// Every short text of these characters, beside what hexadecimal is.
    #[test]
    fn hexadecimal_and_nothing_else() {
        let alphabet = ["0", "9", "a", "F", ":", " ", "g", "+", "-", "é"];
        let mut texts = vec![String::new()];
        for len in 0..4 {
            let longest: Vec<String> =
                texts.iter().filter(|text| text.chars().count() == len).cloned().collect();
            texts.extend(longest.iter().flat_map(|text| alphabet.map(|next| format!("{text}{next}"))));
        }
        for text in texts {
            let digits: Vec<char> = text.chars().filter(|letter| !matches!(letter, ':' | ' ')).collect();
            let is_hex = digits.iter().all(char::is_ascii_hexdigit)
                && !digits.is_empty()
                && digits.len().is_multiple_of(2);
            let spelt = parse_hex(&text).map(|bytes| hex(&bytes));
            let expected: String = digits.iter().map(char::to_ascii_lowercase).collect();
            assert_eq!(spelt.ok(), is_hex.then_some(expected), "{text:?}");
        }
    }

    #[test]
    fn cipher_suites_by_the_names_scripts_know() {
        for (suite, name) in [
            (CipherSuite::TLS_AES_128_GCM_SHA256, "TLS_AES_128_GCM_SHA256"),
            (CipherSuite::TLS_CHACHA20_POLY1305_SHA256, "TLS_CHACHA20_POLY1305_SHA256"),
            (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, "ECDHE-ECDSA-AES128-GCM-SHA256"),
            (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, "ECDHE-ECDSA-AES256-GCM-SHA384"),
            (CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, "ECDHE-ECDSA-CHACHA20-POLY1305"),
            (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, "ECDHE-ECDSA-AES128-SHA"),
            (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, "ECDHE-ECDSA-AES256-SHA"),
            (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, "ECDHE-ECDSA-AES128-SHA256"),
            (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, "ECDHE-ECDSA-AES256-SHA384"),
            (CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "ECDHE-RSA-AES128-GCM-SHA256"),
            (CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, "ECDHE-RSA-CHACHA20-POLY1305"),
            (CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, "ECDHE-RSA-AES128-SHA"),
        ] {
            assert_eq!(cipher_suite(suite), name);
        }
        assert_eq!(cipher_suite(CipherSuite(0xfefe)), "0xfefe");
    }

    #[test]
    fn numbers_and_addresses() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(host_and_port("localhost", 1), "localhost:1");
        assert_eq!(host_and_port("::1", 443), "[::1]:443");
    }
}
