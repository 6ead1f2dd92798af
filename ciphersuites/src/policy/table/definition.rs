//! What an entry of the table says.

use std::borrow::Cow;

use crate::policy::{CertificateKey, Rule, SecurityPolicy};
use crate::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme};

pub(super) type Suites = &'static [CipherSuite];
pub(super) type Schemes = &'static [SignatureScheme];

pub(super) const SSL3_0: ProtocolVersion = ProtocolVersion::SSL3_0;
pub(super) const TLS1_0: ProtocolVersion = ProtocolVersion::TLS1_0;
pub(super) const TLS1_1: ProtocolVersion = ProtocolVersion::TLS1_1;
pub(super) const TLS1_2: ProtocolVersion = ProtocolVersion::TLS1_2;
pub(super) const TLS1_3: ProtocolVersion = ProtocolVersion::TLS1_3;

pub(super) const PFS: &[Rule] = &[Rule::PerfectForwardSecrecy];
pub(super) const FIPS: &[Rule] = &[Rule::Fips140_3];
pub(super) const PFS_AND_FIPS: &[Rule] = &[Rule::PerfectForwardSecrecy, Rule::Fips140_3];

/// Groups in order, and those that a client's first ClientHello has shares for.
#[derive(Clone, Copy)]
pub(super) struct Groups {
    pub(super) groups: &'static [NamedGroup],
    pub(super) key_shares: &'static [NamedGroup],
}

/// A policy as the table has it. The fields are those of [`SecurityPolicy`].
#[derive(Clone, Copy)]
pub(in crate::policy) struct Definition {
    pub(in crate::policy) name: &'static str,
    pub(super) min_version: ProtocolVersion,
    pub(super) suites: Suites,
    pub(super) groups: Groups,
    pub(super) schemes: Schemes,
    pub(super) chacha20_boosting: bool,
    pub(super) strongly_preferred_groups: &'static [NamedGroup],
    pub(super) certificate_schemes: Option<Schemes>,
    pub(super) certificate_keys: Option<&'static [CertificateKey]>,
    pub(super) applies_to_own_certificates: bool,
    pub(super) early_data_allowed: bool,
    pub(super) rules: &'static [Rule],
}

/// What most policies do not say: no preferences beyond the order, any certificate, no word on early data, no rule.
pub(super) const PLAIN: Definition = Definition {
    name: "null",
    min_version: TLS1_0,
    suites: &[],
    groups: Groups { groups: &[], key_shares: &[] },
    schemes: &[],
    chacha20_boosting: false,
    strongly_preferred_groups: &[],
    certificate_schemes: None,
    certificate_keys: None,
    applies_to_own_certificates: false,
    early_data_allowed: true,
    rules: &[],
};

impl Definition {
    /// The policy under this name, which is its own or one that moves. Borrows everything.
    pub(in crate::policy) const fn named(&self, name: &'static str) -> SecurityPolicy {
        SecurityPolicy {
            name: Cow::Borrowed(name),
            min_version: self.min_version,
            cipher_suites: Cow::Borrowed(self.suites),
            chacha20_boosting: self.chacha20_boosting,
            groups: Cow::Borrowed(self.groups.groups),
            key_shares: Cow::Borrowed(self.groups.key_shares),
            strongly_preferred_groups: Cow::Borrowed(self.strongly_preferred_groups),
            signature_schemes: Cow::Borrowed(self.schemes),
            certificate_signature_schemes: match self.certificate_schemes {
                Some(schemes) => Some(Cow::Borrowed(schemes)),
                None => None,
            },
            certificate_keys: match self.certificate_keys {
                Some(keys) => Some(Cow::Borrowed(keys)),
                None => None,
            },
            certificate_preferences_apply_locally: self.applies_to_own_certificates,
            rules: Cow::Borrowed(self.rules),
            extended_main_secret_required: false,
            post_quantum_required: false,
            early_data_allowed: self.early_data_allowed,
        }
    }
}
