//! FIPS 140-3: what is approved, and what a module does itself.

use super::breach::{Findings, PolicyItem};
use crate::policy::CertificateKey;
use crate::{CipherSuite, KeyType, NamedGroup, ProtocolVersion, SignatureScheme};

/// The shortest RSA modulus in bits that is approved (SP 800-131Ar2 §3).
const MIN_RSA_BITS: usize = 2048;

pub(super) fn judge(findings: &mut Findings<'_>) {
    findings.suites(is_approved_suite, "it is not one of SP 800-52r2's");
    findings.schemes(has_approved_hash, "its hash is not approved");
    findings.groups(is_approved_group, "its first secret is not from an approved algorithm (SP 800-56Cr2)");
    findings.min_version(ProtocolVersion::TLS1_2, "SP 800-52r2 begins with TLS 1.2");
}

pub(super) fn judge_strictly(findings: &mut Findings<'_>) {
    judge(findings);
    let is_done_inside = |suite| !(is_approved_suite(suite) && is_cbc(suite));
    findings.suites(is_done_inside, "CBC records are made outside of the module");
    findings.certificate_keys(has_approved_size, "RSA keys below 2048 bits are not approved");
    if findings.policy.supports(ProtocolVersion::TLS1_2) && !findings.policy.extended_main_secret_required {
        findings.add(
            PolicyItem::ExtendedMainSecretOptional,
            "without it TLS 1.2 derives its main secret by a PRF that is not approved",
        );
    }
}

fn is_cbc(suite: CipherSuite) -> bool {
    suite.name().is_some_and(|name| name.contains("_CBC_"))
}

fn has_approved_size(key: CertificateKey) -> bool {
    let is_rsa = matches!(key.key_type, KeyType::Rsa | KeyType::RsaPss);
    !is_rsa || key.bits.is_none_or(|bits| bits >= MIN_RSA_BITS)
}

fn is_approved_suite(suite: CipherSuite) -> bool {
    matches!(
        suite,
        CipherSuite::TLS_AES_128_GCM_SHA256
            | CipherSuite::TLS_AES_256_GCM_SHA384
            | CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
            | CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
            | CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256
            | CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384
            | CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA
            | CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA
            | CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
            | CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
            | CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256
            | CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384
            | CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA
            | CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA
            | CipherSuite::TLS_DHE_RSA_WITH_AES_128_GCM_SHA256
            | CipherSuite::TLS_DHE_RSA_WITH_AES_256_GCM_SHA384
            | CipherSuite::TLS_DHE_RSA_WITH_AES_128_CBC_SHA256
            | CipherSuite::TLS_DHE_RSA_WITH_AES_256_CBC_SHA256
            | CipherSuite::TLS_DHE_RSA_WITH_AES_128_CBC_SHA
            | CipherSuite::TLS_DHE_RSA_WITH_AES_256_CBC_SHA
    )
}

/// SHA-2 from SHA-224 on, and ML-DSA, which hashes by SHAKE256.
fn has_approved_hash(scheme: SignatureScheme) -> bool {
    let name = scheme.name().unwrap_or_default();
    name.starts_with("mldsa")
        || ["sha224", "sha256", "sha384", "sha512"].iter().any(|hash| name.ends_with(hash))
}

/// X25519MLKEM768 is among them, for its first secret is ML-KEM's.
fn is_approved_group(group: NamedGroup) -> bool {
    matches!(
        group,
        NamedGroup::SECP256R1
            | NamedGroup::SECP384R1
            | NamedGroup::SECP521R1
            | NamedGroup::MLKEM768
            | NamedGroup::MLKEM1024
            | NamedGroup::X25519MLKEM768
            | NamedGroup::SECP256R1MLKEM768
            | NamedGroup::SECP384R1MLKEM1024
    )
}
