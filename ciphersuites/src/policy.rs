//! Named security policies: what a configuration offers and accepts, under the names s2n-tls gave them.

use std::borrow::Cow;

use crate::{
    CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme, Tls12Suite, Tls13Suite, UnknownPolicy,
};

mod lists;
mod nearest;

/// Which versions, suites, groups and signature schemes may be used, each list in order of preference.
///
/// The lists are those of the s2n-tls policy of the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityPolicy {
    /// The name it is selected by.
    pub name: Cow<'static, str>,
    /// The lowest version that may be negotiated.
    pub min_version: ProtocolVersion,
    /// The suites of all versions.
    pub cipher_suites: Cow<'static, [CipherSuite]>,
    /// The groups, as in supported_groups. TLS 1.2 has the classical ones only.
    pub groups: Cow<'static, [NamedGroup]>,
    /// The groups a client sends shares for in its first ClientHello.
    pub key_shares: Cow<'static, [NamedGroup]>,
    /// The schemes of signature_algorithms. In TLS 1.3 the PKCS#1 ones are for certificates only (RFC 9846 §4.3.3).
    pub signature_schemes: Cow<'static, [SignatureScheme]>,
    /// The schemes that certificates of a peer's chain may be signed with; `None` leaves them free.
    pub certificate_signature_schemes: Option<Cow<'static, [SignatureScheme]>>,
    /// Whether TLS 1.2 without the extended main secret (RFC 7627) is refused.
    pub extended_main_secret_required: bool,
}

impl SecurityPolicy {
    /// `default`: hybrid key exchange first, classical signatures. The same as `20251014`.
    pub const DEFAULT: Self = Self {
        name: Cow::Borrowed("default"),
        min_version: ProtocolVersion::TLS1_2,
        cipher_suites: Cow::Borrowed(lists::GCM_SUITES),
        groups: Cow::Borrowed(lists::HYBRID_GROUPS),
        key_shares: Cow::Borrowed(lists::HYBRID_KEY_SHARES),
        signature_schemes: Cow::Borrowed(lists::CLASSICAL_SIGNATURES),
        certificate_signature_schemes: None,
        extended_main_secret_required: false,
    };

    /// `default_pq`: hybrid key exchange and ML-DSA signatures first. The same as `20250721`.
    pub const DEFAULT_PQ: Self = Self {
        name: Cow::Borrowed("default_pq"),
        cipher_suites: Cow::Borrowed(lists::GCM_CHACHA20_CBC_SUITES),
        signature_schemes: Cow::Borrowed(lists::MLDSA_FIRST_SIGNATURES),
        certificate_signature_schemes: Some(Cow::Borrowed(lists::MLDSA_FIRST_CERTIFICATE_SIGNATURES)),
        ..Self::DEFAULT
    };

    /// `default_tls13`: classical throughout. The same as `20240503`.
    pub const DEFAULT_TLS13: Self = Self {
        name: Cow::Borrowed("default_tls13"),
        cipher_suites: Cow::Borrowed(lists::GCM_CHACHA20_CBC_SUITES),
        groups: Cow::Borrowed(lists::CLASSICAL_GROUPS),
        key_shares: Cow::Borrowed(lists::CLASSICAL_KEY_SHARES),
        certificate_signature_schemes: Some(Cow::Borrowed(lists::CLASSICAL_CERTIFICATE_SIGNATURES)),
        ..Self::DEFAULT
    };

    /// The policy called `name`, in any case of letters.
    ///
    /// # Errors
    /// There is none; the error lists those there are and the nearest of them.
    pub fn by_name(name: &str) -> Result<Self, UnknownPolicy> {
        match NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((known, policy)) => Ok(Self { name: Cow::Borrowed(known), ..policy.clone() }),
            None => {
                let known: Vec<_> = NAMES.iter().map(|(known, _)| *known).collect();
                Err(UnknownPolicy { name: name.to_owned(), nearest: nearest::nearest(name, &known), known })
            }
        }
    }

    /// The TLS 1.3 suites among `cipher_suites`.
    pub fn tls13_suites(&self) -> impl Iterator<Item = Tls13Suite> {
        self.cipher_suites.iter().filter_map(|id| Tls13Suite::from_id(*id))
    }

    /// The groups of TLS 1.2, in order: the classical ones. Nothing else was ever defined for it.
    pub fn tls12_groups(&self) -> impl Iterator<Item = NamedGroup> {
        self.groups.iter().copied().filter(|group| crate::is_supported(*group) && !group.is_post_quantum())
    }

    /// The TLS 1.2 suites among `cipher_suites`.
    pub fn tls12_suites(&self) -> impl Iterator<Item = Tls12Suite> {
        self.cipher_suites.iter().filter_map(|id| Tls12Suite::from_id(*id))
    }

    /// Whether this version may be negotiated: it is not below the lowest and there are suites for it.
    pub fn supports(&self, version: ProtocolVersion) -> bool {
        self.min_version <= version
            && match version {
                ProtocolVersion::TLS1_2 => self.tls12_suites().next().is_some(),
                ProtocolVersion::TLS1_3 => self.tls13_suites().next().is_some(),
                _ => false,
            }
    }

    /// The groups in two tuples of equal rank, the post-quantum ones and the classical ones. A server takes a mutual
    /// group of the first tuple before any of the second, even at the cost of a HelloRetryRequest.
    pub fn group_tuples(&self) -> [impl Iterator<Item = NamedGroup>; 2] {
        [true, false].map(|post_quantum| {
            self.groups.iter().copied().filter(move |group| group.is_post_quantum() == post_quantum)
        })
    }
}

/// The selectable names. Dated ones never change; the others move when a better default is dated.
static NAMES: [(&str, SecurityPolicy); 6] = [
    ("default", SecurityPolicy::DEFAULT),
    ("default_pq", SecurityPolicy::DEFAULT_PQ),
    ("default_tls13", SecurityPolicy::DEFAULT_TLS13),
    ("20251014", SecurityPolicy::DEFAULT),
    ("20250721", SecurityPolicy::DEFAULT_PQ),
    ("20240503", SecurityPolicy::DEFAULT_TLS13),
];

#[cfg(test)]
mod tests;
