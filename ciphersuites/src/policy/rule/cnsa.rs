//! The Commercial National Security Algorithm suites, each as the profile that it has for TLS.

use super::breach::{Findings, PolicyItem};
use crate::policy::CertificateKey;
use crate::{CipherSuite, KeyType, NamedGroup, ProtocolVersion, SignatureScheme};

/// All that a profile permits.
pub(super) struct Profile {
    min_version: ProtocolVersion,
    suites: &'static [CipherSuite],
    groups: &'static [NamedGroup],
    /// Of handshakes and certificates alike.
    schemes: &'static [SignatureScheme],
    keys: &'static [CertificateKey],
    reasons: Reasons,
}

/// Why nothing else is permitted.
struct Reasons {
    min_version: &'static str,
    suites: &'static str,
    groups: &'static str,
    schemes: &'static str,
    keys: &'static str,
}

/// RFC 9151 §5 to §7, and RFC 8603 for certificates. What the profile has besides ephemeral elliptic curves is here,
/// too, though nothing else can be negotiated. What it asks of every handshake holds whatever the policy: the extended
/// main secret is offered (§6.1), points are uncompressed (§5.1), PSS salts are as long as the hash (§5.2), and whoever
/// resumes agrees on a new secret (§7.4). It judges no RSA key's exponent (§5.2), which no policy speaks of.
pub(super) const CNSA_1: Profile = Profile {
    min_version: ProtocolVersion::TLS1_2,
    suites: &[
        CipherSuite::TLS_AES_256_GCM_SHA384,
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        CipherSuite::TLS_RSA_WITH_AES_256_GCM_SHA384,
        CipherSuite::TLS_DHE_RSA_WITH_AES_256_GCM_SHA384,
    ],
    groups: &[NamedGroup::SECP384R1, NamedGroup::FFDHE3072, NamedGroup::FFDHE4096],
    schemes: &[
        SignatureScheme::ECDSA_SECP384R1_SHA384,
        SignatureScheme::RSA_PSS_PSS_SHA384,
        SignatureScheme::RSA_PSS_RSAE_SHA384,
        SignatureScheme::RSA_PKCS1_SHA384,
    ],
    keys: &[
        CertificateKey::of(KeyType::EcdsaP384),
        CertificateKey::rsa(KeyType::Rsa, 3072),
        CertificateKey::rsa(KeyType::Rsa, 4096),
        CertificateKey::rsa(KeyType::RsaPss, 3072),
        CertificateKey::rsa(KeyType::RsaPss, 4096),
    ],
    reasons: Reasons {
        min_version: "CNSA 1.0 begins with TLS 1.2 (RFC 9151 §5)",
        suites: "CNSA 1.0 has AES-256-GCM with SHA-384 alone (RFC 9151 §6, §7)",
        groups: "CNSA 1.0 has secp384r1 and the finite fields of 3072 and 4096 bits alone (RFC 9151 §5.1, §5.3)",
        schemes: "CNSA 1.0 has ECDSA on P-384 and RSA alone, with SHA-384 (RFC 9151 §6.2, §7.1)",
        keys: "CNSA 1.0 has P-384 and RSA of 3072 or 4096 bits alone (RFC 9151 §5.1, §5.2)",
    },
};

/// The profile of draft-becker-cnsa2-tls-profile.
pub(super) const CNSA_2: Profile = Profile {
    min_version: ProtocolVersion::TLS1_3,
    suites: &[CipherSuite::TLS_AES_256_GCM_SHA384],
    groups: &[NamedGroup::MLKEM1024],
    schemes: &[SignatureScheme::MLDSA87],
    keys: &[CertificateKey::of(KeyType::MlDsa87)],
    reasons: Reasons {
        min_version: "CNSA 2.0 is for TLS 1.3 alone",
        suites: "CNSA 2.0 has TLS_AES_256_GCM_SHA384 alone",
        groups: "CNSA 2.0 has ML-KEM-1024 alone, and in no hybrid",
        schemes: "CNSA 2.0 has ML-DSA-87 alone",
        keys: "CNSA 2.0 has ML-DSA-87 alone",
    },
};

/// Both profiles restrict certificates, one's own included, and forbid early data (RFC 9151 §7.3).
pub(super) fn judge(findings: &mut Findings<'_>, profile: &Profile) {
    let Profile { reasons, .. } = profile;
    let policy = findings.policy;
    findings.min_version(profile.min_version, reasons.min_version);
    findings.suites(|suite| profile.suites.contains(&suite), reasons.suites);
    findings.groups(|group| profile.groups.contains(&group), reasons.groups);
    findings.schemes(|scheme| profile.schemes.contains(&scheme), reasons.schemes);
    if policy.certificate_signature_schemes.is_none() {
        findings.add(PolicyItem::AnyCertificateSignatureScheme, reasons.schemes);
    }
    findings.certificate_keys(|key| profile.keys.contains(&key), reasons.keys);
    if policy.certificate_keys.is_none() {
        findings.add(PolicyItem::AnyCertificateKey, reasons.keys);
    }
    if !policy.certificate_preferences_apply_locally {
        findings.add(PolicyItem::OwnCertificatesFree, "both sides' certificates must be of the profile");
    }
    if policy.early_data_allowed {
        findings.add(PolicyItem::EarlyDataAllowed, "the profile forbids early data, which can be replayed");
    }
}
