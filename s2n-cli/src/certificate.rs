//! A certificate, as a person or a script wants to read it.

use serde_json::{Value, json};
use tls_core::ciphersuites::Hash;
use x509_parser::prelude::{ASN1Time, FromDer, GeneralName, X509Certificate};

use crate::notation;

/// What is worth telling of a certificate.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    pub(crate) subject: String,
    pub(crate) issuer: String,
    /// DNS names and addresses of the subjectAltName.
    pub(crate) names: Vec<String>,
    pub(crate) not_before: String,
    pub(crate) not_after: String,
    pub(crate) sha256: String,
    pub(crate) expired: bool,
}

impl Certificate {
    /// Reads a certificate's DER. One that was verified parses; of another only the hash is told.
    pub(crate) fn read(der: &[u8]) -> Self {
        let sha256 = notation::hex(Hash::Sha256.digest(der).as_ref());
        let Ok((_, parsed)) = X509Certificate::from_der(der) else {
            let unknown = String::new;
            return Self {
                subject: unknown(),
                issuer: unknown(),
                names: Vec::new(),
                not_before: unknown(),
                not_after: unknown(),
                sha256,
                expired: false,
            };
        };
        let validity = parsed.validity();
        Self {
            subject: parsed.subject().to_string(),
            issuer: parsed.issuer().to_string(),
            names: names(&parsed),
            not_before: date(validity.not_before),
            not_after: date(validity.not_after),
            sha256,
            expired: validity.not_after < ASN1Time::now(),
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "subject": self.subject,
            "issuer": self.issuer,
            "names": self.names,
            "not_before": self.not_before,
            "not_after": self.not_after,
            "sha256": self.sha256,
        })
    }
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    let name = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => address(bytes),
        _ => None,
    };
    extension.value.general_names.iter().filter_map(name).collect()
}

fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
        return Some(std::net::Ipv4Addr::from(v4).to_string());
    }
    <[u8; 16]>::try_from(bytes).ok().map(|v6| std::net::Ipv6Addr::from(v6).to_string())
}

/// As RFC 3339 has it, in UTC.
pub(crate) fn date(time: ASN1Time) -> String {
    let time = time.to_datetime();
    let (date, clock) = (time.date(), time.time());
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        clock.hour(),
        clock.minute(),
        clock.second()
    )
}
