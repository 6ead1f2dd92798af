//! What is called how in a file.

use crate::certificate_algorithms::certificate_schemes;
use crate::policy::certificate_key::kind_name;
use crate::policy::refused::{signs_12, signs_13};
use crate::policy::{CertificateKey, Rule};
use crate::{
    CipherSuite, KeyType, NamedGroup, ProtocolVersion, SignatureScheme, Tls12Suite, Tls13Suite, UnknownName,
    is_supported,
};

/// How the members of a list are called.
pub(super) struct Names<T> {
    kind: &'static str,
    find: fn(&str) -> Option<T>,
    /// What to suggest: only what is implemented.
    known: fn() -> Vec<&'static str>,
}

impl<T> Names<T> {
    /// What has this name, whether it is implemented or not: the builder says so of what is not.
    pub(super) fn find(&self, name: &str) -> Result<T, UnknownName> {
        (self.find)(name).ok_or_else(|| UnknownName::among(self.kind, name, (self.known)().into_iter()))
    }
}

pub(super) const VERSIONS: Names<ProtocolVersion> = Names {
    kind: "version",
    find: |name| {
        let without_spaces = |name: &str| name.replace(' ', "").to_ascii_lowercase();
        let wanted = without_spaces(name);
        let is_it =
            |version: &ProtocolVersion| version.name().is_some_and(|name| without_spaces(name) == wanted);
        ProtocolVersion::NAMED.iter().copied().find(is_it)
    },
    known: || vec!["TLS 1.2", "TLS 1.3"],
};

pub(super) const SUITES: Names<CipherSuite> = Names {
    kind: "cipher suite",
    find: CipherSuite::by_name,
    known: || {
        let is_implemented = |suite: &CipherSuite| {
            Tls13Suite::from_id(*suite).is_some() || Tls12Suite::from_id(*suite).is_some()
        };
        let suites = CipherSuite::NAMED.iter().copied().filter(is_implemented);
        suites.filter_map(CipherSuite::name).collect()
    },
};

pub(super) const GROUPS: Names<NamedGroup> = Names {
    kind: "group",
    find: NamedGroup::by_name,
    known: || {
        let groups = NamedGroup::NAMED.iter().copied().filter(|group| is_supported(*group));
        groups.filter_map(NamedGroup::name).collect()
    },
};

pub(super) const SCHEMES: Names<SignatureScheme> = Names {
    kind: "signature scheme",
    find: scheme,
    known: || {
        let is_implemented = |scheme: &SignatureScheme| signs_13(*scheme) || signs_12(*scheme);
        let schemes = SignatureScheme::NAMED.iter().copied().filter(is_implemented);
        schemes.filter_map(SignatureScheme::name).collect()
    },
};

pub(super) const CERTIFICATE_SCHEMES: Names<SignatureScheme> = Names {
    kind: "certificate signature scheme",
    find: scheme,
    known: || certificate_schemes().filter_map(SignatureScheme::name).collect(),
};

pub(super) const CERTIFICATE_KEYS: Names<CertificateKey> = Names {
    kind: "certificate key",
    find: CertificateKey::by_name,
    known: || {
        let sizes = ["rsa_2048", "rsa_3072", "rsa_4096", "rsa_pss_2048", "rsa_pss_3072", "rsa_pss_4096"];
        KeyType::ALL.into_iter().map(kind_name).chain(sizes).collect()
    },
};

pub(super) const RULES: Names<Rule> = Names {
    kind: "rule",
    find: |name| Rule::by_name(name).ok(),
    known: || Rule::ALL.into_iter().map(Rule::name).collect(),
};

/// By the registered name, or by s2n-tls' for those of ECDSA, which in TLS 1.2 are not bound to a curve.
fn scheme(name: &str) -> Option<SignatureScheme> {
    match name.to_ascii_lowercase().as_str() {
        "ecdsa_sha256" => Some(SignatureScheme::ECDSA_SECP256R1_SHA256),
        "ecdsa_sha384" => Some(SignatureScheme::ECDSA_SECP384R1_SHA384),
        "ecdsa_sha512" => Some(SignatureScheme::ECDSA_SECP521R1_SHA512),
        name => SignatureScheme::by_name(name),
    }
}
