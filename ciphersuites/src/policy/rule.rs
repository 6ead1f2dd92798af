use std::fmt;

use crate::policy::SecurityPolicy;
use crate::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme};

/// A rule that a policy can declare to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// Every suite's key exchange is ephemeral.
    PerfectForwardSecrecy,
    /// FIPS 140-3 as s2n-tls understands it: the suites of SP 800-52r2, approved hashes and curves, and hybrids whose
    /// first secret is approved (SP 800-56Cr2). It knows nothing of key sizes.
    Fips140_3,
}

/// A part of a policy that breaks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Breach {
    /// The lowest version.
    MinVersion(ProtocolVersion),
    /// A suite.
    CipherSuite(CipherSuite),
    /// A group.
    Group(NamedGroup),
    /// A signature scheme of handshakes.
    SignatureScheme(SignatureScheme),
    /// A signature scheme of certificates.
    CertificateSignatureScheme(SignatureScheme),
}

impl Rule {
    /// All rules.
    pub const ALL: [Self; 2] = [Self::PerfectForwardSecrecy, Self::Fips140_3];

    /// Everything in `policy` that breaks this rule, refused members included; nothing if it is kept.
    pub fn breaches(self, policy: &SecurityPolicy) -> Vec<Breach> {
        match self {
            Self::PerfectForwardSecrecy => suites(policy, is_ephemeral).collect(),
            Self::Fips140_3 => fips_breaches(policy),
        }
    }
}

/// As s2n-tls names it.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::PerfectForwardSecrecy => "Perfect Forward Secrecy",
            Self::Fips140_3 => "FIPS 140-3 (2019)",
        })
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MinVersion(version) => write!(f, "the lowest version {version}"),
            Self::CipherSuite(suite) => write!(f, "the cipher suite {suite}"),
            Self::Group(group) => write!(f, "the group {group}"),
            Self::SignatureScheme(scheme) => write!(f, "the signature scheme {scheme}"),
            Self::CertificateSignatureScheme(scheme) => {
                write!(f, "the certificate signature scheme {scheme}")
            }
        }
    }
}

fn suites(policy: &SecurityPolicy, keeps: fn(CipherSuite) -> bool) -> impl Iterator<Item = Breach> {
    policy.cipher_suites.iter().copied().filter(move |suite| !keeps(*suite)).map(Breach::CipherSuite)
}

fn fips_breaches(policy: &SecurityPolicy) -> Vec<Breach> {
    let is_bad = |scheme: &SignatureScheme| !has_approved_hash(*scheme);
    let schemes = policy.signature_schemes.iter().copied().filter(is_bad);
    let certificate_schemes = policy.certificate_signature_schemes.iter().flat_map(|list| list.iter());
    let groups = policy.groups.iter().copied().filter(|group| !is_approved_group(*group));
    let version = policy.min_version;
    let mut breaches: Vec<_> = suites(policy, is_approved_suite).collect();
    breaches.extend(schemes.map(Breach::SignatureScheme));
    breaches.extend(certificate_schemes.copied().filter(is_bad).map(Breach::CertificateSignatureScheme));
    breaches.extend(groups.map(Breach::Group));
    breaches.extend((version < ProtocolVersion::TLS1_2).then_some(Breach::MinVersion(version)));
    breaches
}

/// By the registered name, which says what the key exchange is; TLS 1.3's, which do not, are always ephemeral.
fn is_ephemeral(suite: CipherSuite) -> bool {
    let name = suite.name().unwrap_or_default();
    !name.contains("_WITH_") && crate::Tls13Suite::from_id(suite).is_some()
        || name.starts_with("TLS_ECDHE_")
        || name.starts_with("TLS_DHE_")
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
