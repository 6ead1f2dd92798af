use std::fmt;

use crate::policy::{CertificateKey, Rule, SecurityPolicy};
use crate::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme};

/// A part of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PolicyItem {
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
    /// That certificates may be signed with any scheme.
    AnyCertificateSignatureScheme,
    /// A kind of key in certificates.
    CertificateKey(CertificateKey),
    /// That certificates may have any key.
    AnyCertificateKey,
    /// That what is said of certificates does not bind this side's own.
    OwnCertificatesFree,
    /// That the extended main secret is not required.
    ExtendedMainSecretOptional,
    /// That early data is allowed.
    EarlyDataAllowed,
}

/// What it is, as the object of a sentence.
impl fmt::Display for PolicyItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MinVersion(version) => write!(f, "the lowest version {version}"),
            Self::CipherSuite(suite) => write!(f, "the cipher suite {suite}"),
            Self::Group(group) => write!(f, "the group {group}"),
            Self::SignatureScheme(scheme) => write!(f, "the signature scheme {scheme}"),
            Self::CertificateSignatureScheme(scheme) => {
                write!(f, "the certificate signature scheme {scheme}")
            }
            Self::AnyCertificateSignatureScheme => f.write_str("certificates signed with any scheme"),
            Self::CertificateKey(key) => write!(f, "the certificate key {key}"),
            Self::AnyCertificateKey => f.write_str("certificates with any key"),
            Self::OwnCertificatesFree => f.write_str("own certificates of any kind"),
            Self::ExtendedMainSecretOptional => f.write_str("TLS 1.2 without the extended main secret"),
            Self::EarlyDataAllowed => f.write_str("early data"),
        }
    }
}

/// A part of a policy that breaks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Breach {
    /// The rule.
    pub rule: Rule,
    /// What breaks it.
    pub item: PolicyItem,
    /// Why, as a clause.
    pub reason: &'static str,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} does not permit {}: {}", self.rule, self.item, self.reason)
    }
}

/// What a rule finds in a policy.
pub(super) struct Findings<'p> {
    rule: Rule,
    pub(super) policy: &'p SecurityPolicy,
    pub(super) breaches: Vec<Breach>,
}

impl<'p> Findings<'p> {
    pub(super) fn new(rule: Rule, policy: &'p SecurityPolicy) -> Self {
        Self { rule, policy, breaches: Vec::new() }
    }

    pub(super) fn add(&mut self, item: PolicyItem, reason: &'static str) {
        self.breaches.push(Breach { rule: self.rule, item, reason });
    }

    /// Finds the members of `list` that do not keep the rule.
    pub(super) fn list<T: Copy>(
        &mut self,
        list: &[T],
        keeps: impl Fn(T) -> bool,
        item: fn(T) -> PolicyItem,
        reason: &'static str,
    ) {
        list.iter().filter(|member| !keeps(**member)).for_each(|member| self.add(item(*member), reason));
    }

    pub(super) fn min_version(&mut self, lowest: ProtocolVersion, reason: &'static str) {
        if self.policy.min_version < lowest {
            self.add(PolicyItem::MinVersion(self.policy.min_version), reason);
        }
    }

    pub(super) fn suites(&mut self, keeps: impl Fn(CipherSuite) -> bool, reason: &'static str) {
        self.list(&self.policy.cipher_suites, keeps, PolicyItem::CipherSuite, reason);
    }

    pub(super) fn groups(&mut self, keeps: impl Fn(NamedGroup) -> bool, reason: &'static str) {
        self.list(&self.policy.groups, keeps, PolicyItem::Group, reason);
    }

    /// Of handshakes, and of certificates where they are restricted.
    pub(super) fn schemes(&mut self, keeps: impl Fn(SignatureScheme) -> bool, reason: &'static str) {
        let policy = self.policy;
        self.list(&policy.signature_schemes, &keeps, PolicyItem::SignatureScheme, reason);
        if let Some(schemes) = &policy.certificate_signature_schemes {
            self.list(schemes, keeps, PolicyItem::CertificateSignatureScheme, reason);
        }
    }

    /// Where they are restricted.
    pub(super) fn certificate_keys(&mut self, keeps: impl Fn(CertificateKey) -> bool, reason: &'static str) {
        if let Some(keys) = &self.policy.certificate_keys {
            self.list(keys, keeps, PolicyItem::CertificateKey, reason);
        }
    }
}
