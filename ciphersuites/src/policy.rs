//! Named security policies: what a configuration offers and accepts, under the names s2n-tls gave them.

use std::borrow::Cow;

use crate::{
    CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme, Tls12Suite, Tls13Suite, UnknownPolicy,
};

mod builder;
mod certificate_key;
#[cfg(feature = "toml")]
mod file;
mod nearest;
mod refused;
mod rule;
mod table;

pub use builder::{Edit, PolicyBuilder, PolicyError, PolicyProblem};
pub use certificate_key::CertificateKey;
#[cfg(feature = "toml")]
pub use file::{Place, PolicyFileError};
pub use refused::Refused;
pub use rule::{Breach, PolicyItem, Rule};

/// Which versions, suites, groups and signature schemes may be used, each list in order of preference.
///
/// A named one has the lists of the s2n-tls policy of the same name, whole: what this crate does not implement is
/// among them, is never negotiated, and is listed by [`refused`](Self::refused).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityPolicy {
    /// The name it is selected by.
    pub name: Cow<'static, str>,
    /// The lowest version that may be negotiated.
    pub min_version: ProtocolVersion,
    /// The suites of all versions.
    pub cipher_suites: Cow<'static, [CipherSuite]>,
    /// Whether a server prefers its ChaCha20 suites with a client whose own first suite is one.
    pub chacha20_boosting: bool,
    /// The groups, as in supported_groups. TLS 1.2 has the classical ones only.
    pub groups: Cow<'static, [NamedGroup]>,
    /// The groups a client sends shares for in its first ClientHello.
    pub key_shares: Cow<'static, [NamedGroup]>,
    /// The groups for which a server of TLS 1.3 asks by HelloRetryRequest rather than do with a share for another,
    /// though never rather than with a post-quantum group.
    pub strongly_preferred_groups: Cow<'static, [NamedGroup]>,
    /// The schemes of signature_algorithms. In TLS 1.3 the PKCS#1 ones are for certificates only (RFC 9846 §4.3.3).
    pub signature_schemes: Cow<'static, [SignatureScheme]>,
    /// The schemes that certificates of a peer's chain may be signed with; `None` leaves them free.
    pub certificate_signature_schemes: Option<Cow<'static, [SignatureScheme]>>,
    /// The keys that certificates of a peer's chain may have, the root's included; `None` leaves them free.
    pub certificate_keys: Option<Cow<'static, [CertificateKey]>>,
    /// Whether what is said of certificates binds this side's own chains, too.
    pub certificate_preferences_apply_locally: bool,
    /// The rules that the policy declares to keep.
    pub rules: Cow<'static, [Rule]>,
    /// Whether TLS 1.2 without the extended main secret (RFC 7627) is refused.
    pub extended_main_secret_required: bool,
    /// Whether every key must come from a post-quantum group: then no classical group is offered, accepted or chosen,
    /// alone or beside a hybrid, and neither is TLS 1.2, which has no other kind.
    pub post_quantum_required: bool,
    /// Whether early data (RFC 9846 §2.3) is left to the configuration. Where it is not, no configuration can send or
    /// accept any. s2n-tls' policies do not say; here those made for CNSA forbid it, as their profiles do.
    pub early_data_allowed: bool,
}

impl SecurityPolicy {
    /// `default`: hybrid key exchange first, classical signatures. The same as `20251014`; in a build on a FIPS module,
    /// with the feature `fips`, the same as `20251015`, which is `default_fips`.
    pub const DEFAULT: Self = match crate::fips::IS_ENABLED {
        true => table::P20251015.named("default"),
        false => table::P20251014.named("default"),
    };

    /// `20251014`: hybrid key exchange first, classical signatures. What `default` is in a build without a FIPS module.
    pub const P20251014: Self = table::P20251014.named("20251014");

    /// `default_pq`: hybrid key exchange and ML-DSA signatures first. The same as `20250721`.
    pub const DEFAULT_PQ: Self = table::P20250721.named("default_pq");

    /// `default_tls13`: classical throughout. The same as `20240503`.
    pub const DEFAULT_TLS13: Self = table::P20240503.named("default_tls13");

    /// The policy called `name`, in any case of letters. Borrows from the table: nothing is allocated.
    ///
    /// # Errors
    /// There is none, or none any more; the error says what comes nearest or takes its place.
    pub fn by_name(name: &str) -> Result<Self, UnknownPolicy> {
        if let Some((known, definition)) = table::find(name) {
            return Ok(definition.named(known));
        }
        let deprecated = table::deprecated(name);
        let nearest = deprecated.unwrap_or_else(|| nearest::nearest(name, Self::names()));
        let current = table::moving().collect();
        Err(UnknownPolicy { name: name.to_owned(), deprecated: deprecated.is_some(), nearest, current })
    }

    /// Every name there is, those that follow the times first.
    pub fn names() -> impl Iterator<Item = &'static str> {
        table::names()
    }

    /// The other names under which [`by_name`](Self::by_name) finds what it finds under this policy's name.
    pub fn other_names(&self) -> impl Iterator<Item = &'static str> {
        table::other_names(&self.name)
    }

    /// The TLS 1.3 suites among `cipher_suites`.
    pub fn tls13_suites(&self) -> impl Iterator<Item = Tls13Suite> + Clone {
        self.cipher_suites.iter().filter_map(|id| Tls13Suite::from_id(*id))
    }

    /// The groups that may be negotiated, in order: those that are implemented, and where post-quantum key exchange is
    /// required no other kind.
    //= 9846:9.3 all-offered-work
    pub fn usable_groups(&self) -> impl Iterator<Item = NamedGroup> + Clone {
        self.usable(&self.groups)
    }

    /// The groups among `key_shares` that may be negotiated.
    pub fn usable_key_shares(&self) -> impl Iterator<Item = NamedGroup> + Clone {
        self.usable(&self.key_shares)
    }

    fn usable<'a>(&self, groups: &'a [NamedGroup]) -> impl Iterator<Item = NamedGroup> + Clone + use<'a> {
        let post_quantum_only = self.post_quantum_required;
        let is_usable = move |group: &NamedGroup| {
            crate::is_supported(*group) && (group.is_post_quantum() || !post_quantum_only)
        };
        groups.iter().copied().filter(is_usable)
    }

    /// The groups of TLS 1.2, in order: the classical ones. Nothing else was ever defined for it.
    pub fn tls12_groups(&self) -> impl Iterator<Item = NamedGroup> + Clone {
        self.usable_groups().filter(|group| !group.is_post_quantum())
    }

    /// The TLS 1.2 suites among `cipher_suites`.
    pub fn tls12_suites(&self) -> impl Iterator<Item = Tls12Suite> + Clone {
        self.cipher_suites.iter().filter_map(|id| Tls12Suite::from_id(*id))
    }

    /// The suites of the versions that may be negotiated, in order: what a ClientHello offers.
    pub fn usable_cipher_suites(&self) -> impl Iterator<Item = CipherSuite> {
        let [has_tls13, has_tls12] =
            [ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2].map(|version| self.supports(version));
        self.cipher_suites.iter().copied().filter(move |suite| {
            has_tls13 && Tls13Suite::from_id(*suite).is_some()
                || has_tls12 && Tls12Suite::from_id(*suite).is_some()
        })
    }

    /// Whether this version may be negotiated: it is not below the lowest, there are suites for it, and it is TLS 1.3
    /// where post-quantum key exchange is required.
    pub fn supports(&self, version: ProtocolVersion) -> bool {
        self.min_version <= version
            && match version {
                ProtocolVersion::TLS1_2 => {
                    !self.post_quantum_required && self.tls12_suites().next().is_some()
                }
                ProtocolVersion::TLS1_3 => self.tls13_suites().next().is_some(),
                _ => false,
            }
    }

    /// The usable groups in tuples of equal rank: the post-quantum ones before the classical ones, and of each the strongly
    /// preferred before the others. A server takes a mutual group of one tuple before any of the next, even at the
    /// cost of a HelloRetryRequest.
    pub fn group_tuples(&self) -> [impl Iterator<Item = NamedGroup>; 4] {
        [(true, true), (true, false), (false, true), (false, false)].map(|rank| {
            let ranks = |group: &NamedGroup| {
                (group.is_post_quantum(), self.strongly_preferred_groups.contains(group))
            };
            self.usable_groups().filter(move |group| ranks(group) == rank)
        })
    }
}

#[cfg(test)]
mod tests;
