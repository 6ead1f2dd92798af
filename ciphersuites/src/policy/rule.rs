use std::fmt;

use crate::policy::SecurityPolicy;
use crate::{CipherSuite, UnknownName};

mod breach;
mod cnsa;
mod fips;
mod post_quantum;

pub use breach::{Breach, PolicyItem};

use breach::Findings;

/// A rule that a policy can declare to keep, or be judged by. It judges what a policy names, refused members included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// Every suite's key exchange is ephemeral.
    PerfectForwardSecrecy,
    /// FIPS 140-3 as s2n-tls understands it: the suites of SP 800-52r2, approved hashes and curves, and hybrids whose
    /// first secret is approved (SP 800-56Cr2). It knows nothing of key sizes.
    Fips140_3,
    /// The same for all that a FIPS module must do itself: AES-GCM alone, for CBC records are made outside of it, the
    /// extended main secret in TLS 1.2 (RFC 7627), without which its PRF is not approved, and RSA keys of 2048 bits or
    /// more in certificates, which is the least that this crate takes where a policy does not say.
    Fips140_3Strict,
    /// Every key comes from a post-quantum group, which only TLS 1.3 has.
    PostQuantumKeyExchange,
    /// CNSA 1.0: the profile of RFC 9151, with certificates of RFC 8603.
    Cnsa1,
    /// CNSA 2.0: TLS 1.3 with AES-256 and SHA-384, ML-KEM-1024 alone, and ML-DSA-87 throughout.
    Cnsa2,
}

impl Rule {
    /// All rules.
    pub const ALL: [Self; 6] = [
        Self::PerfectForwardSecrecy,
        Self::Fips140_3,
        Self::Fips140_3Strict,
        Self::PostQuantumKeyExchange,
        Self::Cnsa1,
        Self::Cnsa2,
    ];

    /// The name by which it is asked for. It never changes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PerfectForwardSecrecy => "perfect-forward-secrecy",
            Self::Fips140_3 => "fips-140-3",
            Self::Fips140_3Strict => "fips-140-3-strict",
            Self::PostQuantumKeyExchange => "post-quantum-key-exchange",
            Self::Cnsa1 => "cnsa-1",
            Self::Cnsa2 => "cnsa-2",
        }
    }

    /// What people call it; s2n-tls' own words for the two rules that it has.
    pub const fn title(self) -> &'static str {
        match self {
            Self::PerfectForwardSecrecy => "Perfect Forward Secrecy",
            Self::Fips140_3 => "FIPS 140-3 (2019)",
            Self::Fips140_3Strict => "FIPS 140-3, strict",
            Self::PostQuantumKeyExchange => "Post-Quantum Key Exchange",
            Self::Cnsa1 => "CNSA 1.0",
            Self::Cnsa2 => "CNSA 2.0",
        }
    }

    /// The rule with this name, in any case of letters.
    ///
    /// # Errors
    /// There is none; the error says what there is.
    pub fn by_name(name: &str) -> Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|rule| rule.name().eq_ignore_ascii_case(name));
        found.ok_or_else(|| UnknownName::among("rule", name, Self::ALL.into_iter().map(Self::name)))
    }

    /// Everything in `policy` that breaks this rule; nothing if it is kept.
    pub fn breaches(self, policy: &SecurityPolicy) -> Vec<Breach> {
        let mut findings = Findings::new(self, policy);
        match self {
            Self::PerfectForwardSecrecy => findings.suites(is_ephemeral, "its key exchange is not ephemeral"),
            Self::Fips140_3 => fips::judge(&mut findings),
            Self::Fips140_3Strict => fips::judge_strictly(&mut findings),
            Self::PostQuantumKeyExchange => post_quantum::judge(&mut findings),
            Self::Cnsa1 => cnsa::judge(&mut findings, &cnsa::CNSA_1),
            Self::Cnsa2 => cnsa::judge(&mut findings, &cnsa::CNSA_2),
        }
        findings.breaches
    }
}

/// Its [`name`](Rule::name).
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// By the registered name, which says what the key exchange is; TLS 1.3's, which do not, are always ephemeral.
fn is_ephemeral(suite: CipherSuite) -> bool {
    let name = suite.name().unwrap_or_default();
    !name.contains("_WITH_") && crate::Tls13Suite::from_id(suite).is_some()
        || name.starts_with("TLS_ECDHE_")
        || name.starts_with("TLS_DHE_")
}

#[cfg(test)]
mod tests;
