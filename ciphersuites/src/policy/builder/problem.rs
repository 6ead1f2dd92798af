use std::fmt;

use super::is_taken;
use crate::certificate_algorithms::is_certificate_scheme;
use crate::policy::refused::{signs_12, signs_13};
use crate::policy::{Breach, PolicyItem, SecurityPolicy};
use crate::{KeyType, NamedGroup, ProtocolVersion, SignatureScheme};

/// Why a policy does not build.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PolicyError {
    /// The policy's name.
    pub policy: String,
    /// Everything that is wrong with it.
    pub problems: Vec<PolicyProblem>,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the policy \"{}\" cannot be built: ", self.policy)?;
        for (problem, place) in self.problems.iter().zip(0..) {
            write!(f, "{}{problem}", if place == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

impl std::error::Error for PolicyError {}

/// One thing that is wrong with a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyProblem {
    /// The name is empty, or has spaces or control characters.
    InvalidName,
    /// The name is, or was, that of a policy of s2n-tls.
    NameTaken,
    /// The lowest version is none of those implemented.
    InvalidMinVersion(ProtocolVersion),
    /// A member that the policy it is made from does not have, and that is not implemented.
    NotImplemented(PolicyItem),
    /// No suite at all is left that is implemented.
    NoCipherSuite,
    /// All suites are of TLS 1.2, which the lowest version, or required post-quantum key exchange, excludes.
    SuitesOfTls12Only,
    /// No group is left that is implemented.
    NoGroup,
    /// Post-quantum key exchange is required, and all groups are classical.
    NoPostQuantumGroup,
    /// TLS 1.2 is permitted, and all groups are post-quantum.
    NoGroupForTls12,
    /// A version is permitted whose handshakes none of the schemes can sign.
    NoSignatureScheme(ProtocolVersion),
    /// A key share for a group that is not one of the policy's.
    KeyShareWithoutGroup(NamedGroup),
    /// A strongly preferred group that is not one of the policy's.
    PreferenceWithoutGroup(NamedGroup),
    /// A key share for a classical group where post-quantum key exchange is required.
    ClassicalKeyShare(NamedGroup),
    /// Certificates may be signed with nothing.
    NoCertificateSignatureScheme,
    /// Certificates may have no key, or none that can sign with any of the schemes.
    NoCertificateKey,
    /// Something that breaks a declared rule.
    Breach(Breach),
}

/// A clause that says what is wrong, and what to do.
impl fmt::Display for PolicyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidName => f.write_str("a name is one word: give it one, such as acme-2026"),
            Self::NameTaken => f.write_str("a policy of s2n-tls has or had this name: choose another"),
            Self::InvalidMinVersion(version) => {
                write!(f, "the lowest version cannot be {version}: choose TLS 1.2 or TLS 1.3")
            }
            Self::NotImplemented(item) => write!(f, "{item} is not implemented: leave it out"),
            Self::NoCipherSuite => f.write_str("no cipher suite is left: add one of TLS 1.3"),
            Self::SuitesOfTls12Only => f.write_str(
                "all cipher suites are of TLS 1.2, which is excluded: add one of TLS 1.3, or permit TLS 1.2",
            ),
            Self::NoGroup => f.write_str("no key exchange group is left: add one"),
            Self::NoPostQuantumGroup => f.write_str(
                "all groups are classical, but post-quantum key exchange is required: add X25519MLKEM768",
            ),
            Self::NoGroupForTls12 => f.write_str(
                "all groups are post-quantum, which TLS 1.2 does not have: raise the lowest version to TLS 1.3",
            ),
            Self::NoSignatureScheme(version @ ProtocolVersion::TLS1_2) => write!(
                f,
                "no signature scheme is left for {version}: add one, or raise the lowest version to TLS 1.3"
            ),
            Self::NoSignatureScheme(version) => {
                write!(f, "no signature scheme is left for {version}: add one, or remove its cipher suites")
            }
            Self::KeyShareWithoutGroup(group) => {
                write!(f, "there is a key share for {group}, which is not among the groups: add it to them")
            }
            Self::PreferenceWithoutGroup(group) => {
                write!(f, "{group} is strongly preferred, but not among the groups: add it to them")
            }
            Self::ClassicalKeyShare(group) => write!(
                f,
                "there is a key share for {group}, which is classical, but post-quantum key exchange is required: \
                 leave it out"
            ),
            Self::NoCertificateSignatureScheme => {
                f.write_str("no scheme is left that certificates may be signed with: add one")
            }
            Self::NoCertificateKey => f.write_str(
                "no certificate key is permitted that can sign with any of the signature schemes: add one",
            ),
            Self::Breach(breach) => write!(f, "{breach}"),
        }
    }
}

/// All contradictions of `policy`, which was made from `from`. What is refused of that one stays as visible as it was.
pub(super) fn find(from: &SecurityPolicy, policy: &SecurityPolicy) -> Vec<PolicyProblem> {
    let mut problems = Vec::new();
    if policy.name.is_empty() || policy.name.chars().any(|c| c.is_whitespace() || c.is_control()) {
        problems.push(PolicyProblem::InvalidName);
    }
    if is_taken(&policy.name) {
        problems.push(PolicyProblem::NameTaken);
    }
    let version = policy.min_version;
    if version != from.min_version && !matches!(version, ProtocolVersion::TLS1_2 | ProtocolVersion::TLS1_3) {
        problems.push(PolicyProblem::InvalidMinVersion(version));
    }
    problems.extend(not_implemented(from, policy).map(PolicyProblem::NotImplemented));
    problems.extend(suites(policy));
    problems.extend(groups(policy));
    let [has_tls13, has_tls12] =
        [ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2].map(|version| policy.supports(version));
    let signs =
        |signs: fn(SignatureScheme) -> bool| policy.signature_schemes.iter().any(|scheme| signs(*scheme));
    if has_tls13 && !signs(signs_13) {
        problems.push(PolicyProblem::NoSignatureScheme(ProtocolVersion::TLS1_3));
    }
    if has_tls12 && !signs(signs_12) {
        problems.push(PolicyProblem::NoSignatureScheme(ProtocolVersion::TLS1_2));
    }
    problems.extend(certificates(policy));
    problems
}

fn not_implemented(from: &SecurityPolicy, policy: &SecurityPolicy) -> impl Iterator<Item = PolicyItem> {
    let (old, new) = (from.refused(), policy.refused());
    fn added<T: Copy + PartialEq>(
        new: Vec<T>,
        old: Vec<T>,
        item: fn(T) -> PolicyItem,
    ) -> impl Iterator<Item = PolicyItem> {
        new.into_iter().filter(move |member| !old.contains(member)).map(item)
    }
    added(new.cipher_suites, old.cipher_suites, PolicyItem::CipherSuite)
        .chain(added(new.groups, old.groups, PolicyItem::Group))
        .chain(added(new.signature_schemes, old.signature_schemes, PolicyItem::SignatureScheme))
        .chain(added(
            new.certificate_signature_schemes,
            old.certificate_signature_schemes,
            PolicyItem::CertificateSignatureScheme,
        ))
}

fn suites(policy: &SecurityPolicy) -> Option<PolicyProblem> {
    if policy.usable_cipher_suites().next().is_some() {
        return None;
    }
    Some(match policy.tls12_suites().next() {
        Some(_) => PolicyProblem::SuitesOfTls12Only,
        None => PolicyProblem::NoCipherSuite,
    })
}

fn groups(policy: &SecurityPolicy) -> Vec<PolicyProblem> {
    let mut problems = Vec::new();
    if policy.usable_groups().next().is_none() {
        let has_classical = policy.groups.iter().any(|group| crate::is_supported(*group));
        problems.push(match has_classical {
            true => PolicyProblem::NoPostQuantumGroup,
            false => PolicyProblem::NoGroup,
        });
    } else if policy.supports(ProtocolVersion::TLS1_2) && policy.tls12_groups().next().is_none() {
        problems.push(PolicyProblem::NoGroupForTls12);
    }
    let is_absent = |group: &&NamedGroup| !policy.groups.contains(group);
    let shares = policy.key_shares.iter().filter(is_absent);
    problems.extend(shares.map(|group| PolicyProblem::KeyShareWithoutGroup(*group)));
    let is_classical = |group: &&NamedGroup| policy.post_quantum_required && !group.is_post_quantum();
    let shares = policy.key_shares.iter().filter(is_classical);
    problems.extend(shares.map(|group| PolicyProblem::ClassicalKeyShare(*group)));
    let preferred = policy.strongly_preferred_groups.iter().filter(is_absent);
    problems.extend(preferred.map(|group| PolicyProblem::PreferenceWithoutGroup(*group)));
    problems
}

fn certificates(policy: &SecurityPolicy) -> Vec<PolicyProblem> {
    let mut problems = Vec::new();
    let schemes = policy.certificate_signature_schemes.as_deref();
    if schemes.is_some_and(|schemes| !schemes.iter().any(|scheme| is_certificate_scheme(*scheme))) {
        problems.push(PolicyProblem::NoCertificateSignatureScheme);
    }
    let signs = |key: KeyType| {
        let mut schemes = key.schemes13().iter().chain(key.schemes12());
        schemes.any(|scheme| policy.signature_schemes.contains(scheme))
    };
    if policy.certificate_keys.as_deref().is_some_and(|keys| !keys.iter().any(|key| signs(key.key_type))) {
        problems.push(PolicyProblem::NoCertificateKey);
    }
    problems
}
