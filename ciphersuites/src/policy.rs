//! Named security policies: what a configuration offers and accepts, under the names s2n-tls gave them.

use std::borrow::Cow;

use crate::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme, Tls13Suite, UnknownPolicy};

mod lists;
mod nearest;

/// Which versions, suites, groups and signature schemes may be used, each list in order of preference.
///
/// The lists are those of the s2n-tls policy of the same name, as far as they concern TLS 1.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityPolicy {
    /// The name it is selected by.
    pub name: Cow<'static, str>,
    /// The lowest version that may be negotiated.
    pub min_version: ProtocolVersion,
    /// The suites.
    pub cipher_suites: Cow<'static, [CipherSuite]>,
    /// The groups, as in supported_groups.
    pub groups: Cow<'static, [NamedGroup]>,
    /// The groups a client sends shares for in its first ClientHello.
    pub key_shares: Cow<'static, [NamedGroup]>,
    /// The schemes of signature_algorithms. The PKCS#1 ones are for certificates only (RFC 9846 §4.3.3).
    pub signature_schemes: Cow<'static, [SignatureScheme]>,
    /// The schemes that certificates of a peer's chain may be signed with; `None` leaves them free.
    pub certificate_signature_schemes: Option<Cow<'static, [SignatureScheme]>>,
}

impl SecurityPolicy {
    /// `default`: hybrid key exchange first, classical signatures. The same as `20251014`.
    pub const DEFAULT: Self = Self {
        name: Cow::Borrowed("default"),
        min_version: ProtocolVersion::TLS1_3,
        cipher_suites: Cow::Borrowed(lists::SUITES),
        groups: Cow::Borrowed(lists::HYBRID_GROUPS),
        key_shares: Cow::Borrowed(lists::HYBRID_KEY_SHARES),
        signature_schemes: Cow::Borrowed(lists::CLASSICAL_SIGNATURES),
        certificate_signature_schemes: None,
    };

    /// `default_pq`: hybrid key exchange and ML-DSA signatures first. The same as `20250721`.
    pub const DEFAULT_PQ: Self = Self {
        name: Cow::Borrowed("default_pq"),
        signature_schemes: Cow::Borrowed(lists::MLDSA_FIRST_SIGNATURES),
        certificate_signature_schemes: Some(Cow::Borrowed(lists::MLDSA_FIRST_CERTIFICATE_SIGNATURES)),
        ..Self::DEFAULT
    };

    /// `default_tls13`: classical throughout. The same as `20240503`.
    pub const DEFAULT_TLS13: Self = Self {
        name: Cow::Borrowed("default_tls13"),
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
