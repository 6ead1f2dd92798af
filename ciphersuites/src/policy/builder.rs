use std::borrow::Cow;

use crate::certificate_algorithms::certificate_schemes;
use crate::policy::{CertificateKey, Rule, SecurityPolicy, table};
use crate::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme};

mod edit;
mod problem;

pub use edit::Edit;
pub use problem::{PolicyError, PolicyProblem};

/// Makes a policy of one's own out of another. Lists are changed by an [`Edit`] at a time, in the order of the calls;
/// whether the whole makes sense and keeps its rules is for [`build`](Self::build).
///
/// ```
/// use ciphersuites::{CipherSuite, Edit, NamedGroup, Rule, SecurityPolicy};
///
/// let policy = SecurityPolicy::builder(SecurityPolicy::DEFAULT_PQ, "acme-2026")
///     .cipher_suites(Edit::Keep(SecurityPolicy::DEFAULT.cipher_suites.to_vec()))
///     .cipher_suites(Edit::Prefer(vec![CipherSuite::TLS_AES_256_GCM_SHA384]))
///     .groups(Edit::Remove(vec![NamedGroup::X25519]))
///     .post_quantum_required(true)
///     .rule(Rule::PostQuantumKeyExchange)
///     .build()?;
/// assert_eq!(policy.usable_cipher_suites().next(), Some(CipherSuite::TLS_AES_256_GCM_SHA384));
/// assert_eq!(policy.usable_groups().count(), 3);
/// # Ok::<(), ciphersuites::PolicyError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it builds"]
pub struct PolicyBuilder {
    from: SecurityPolicy,
    policy: SecurityPolicy,
    key_shares: Option<Vec<NamedGroup>>,
    strongly_preferred_groups: Option<Vec<NamedGroup>>,
}

impl SecurityPolicy {
    /// Begins a policy of another name that is like `from`, until it is told otherwise.
    pub fn builder(from: Self, name: impl Into<String>) -> PolicyBuilder {
        let policy = Self { name: Cow::Owned(name.into()), ..from.clone() };
        PolicyBuilder { from, policy, key_shares: None, strongly_preferred_groups: None }
    }
}

impl PolicyBuilder {
    /// The lowest version: TLS 1.2 or TLS 1.3. To have TLS 1.2 alone, remove the suites of TLS 1.3.
    pub fn min_version(mut self, version: ProtocolVersion) -> Self {
        self.policy.min_version = version;
        self
    }

    /// The suites of all versions, best first.
    pub fn cipher_suites(mut self, edit: Edit<CipherSuite>) -> Self {
        edit.apply_to(&mut self.policy.cipher_suites);
        self
    }

    /// Whether a server prefers its ChaCha20 suites with a client whose own first suite is one.
    pub fn chacha20_boosting(mut self, is_on: bool) -> Self {
        self.policy.chacha20_boosting = is_on;
        self
    }

    /// The groups, best first within a tuple: those of [`SecurityPolicy::group_tuples`].
    pub fn groups(mut self, edit: Edit<NamedGroup>) -> Self {
        edit.apply_to(&mut self.policy.groups);
        self
    }

    /// The groups that a client sends shares for in its first ClientHello. Unless set, a policy whose groups are not
    /// changed keeps those it has, and any other gets the first post-quantum group with its classical half or, without
    /// that, the first classical one.
    pub fn key_shares(mut self, groups: impl Into<Vec<NamedGroup>>) -> Self {
        self.key_shares = Some(groups.into());
        self
    }

    /// The groups that go before others of their kind, even at the price of a HelloRetryRequest. Unless set, those that
    /// are left.
    pub fn strongly_preferred_groups(mut self, groups: impl Into<Vec<NamedGroup>>) -> Self {
        self.strongly_preferred_groups = Some(groups.into());
        self
    }

    /// The signature schemes of handshakes, best first.
    pub fn signature_schemes(mut self, edit: Edit<SignatureScheme>) -> Self {
        edit.apply_to(&mut self.policy.signature_schemes);
        self
    }

    /// The schemes that certificates may be signed with. Where they are free, the edit begins with all that there are.
    pub fn certificate_signature_schemes(mut self, edit: Edit<SignatureScheme>) -> Self {
        let schemes =
            self.policy.certificate_signature_schemes.get_or_insert_with(|| certificate_schemes().collect());
        edit.apply_to(schemes);
        self
    }

    /// The keys that certificates may have, and no others.
    pub fn certificate_keys(mut self, keys: impl Into<Vec<CertificateKey>>) -> Self {
        self.policy.certificate_keys = Some(Cow::Owned(keys.into()));
        self
    }

    /// Whether what is said of certificates binds this side's own chains, too.
    pub fn certificate_preferences_apply_locally(mut self, is_on: bool) -> Self {
        self.policy.certificate_preferences_apply_locally = is_on;
        self
    }

    /// Whether TLS 1.2 without the extended main secret is refused (RFC 7627).
    pub fn extended_main_secret_required(mut self, is_on: bool) -> Self {
        self.policy.extended_main_secret_required = is_on;
        self
    }

    /// Whether classical key exchange is refused, and TLS 1.2 with it.
    pub fn post_quantum_required(mut self, is_on: bool) -> Self {
        self.policy.post_quantum_required = is_on;
        self
    }

    /// Whether early data is left to the configuration.
    pub fn early_data_allowed(mut self, is_on: bool) -> Self {
        self.policy.early_data_allowed = is_on;
        self
    }

    /// Declares one more rule that the policy keeps.
    pub fn rule(self, rule: Rule) -> Self {
        self.rules(Edit::Add(vec![rule]))
    }

    /// The rules that the policy declares to keep: at first those of the policy that this one is made from.
    pub fn rules(mut self, edit: Edit<Rule>) -> Self {
        edit.apply_to(&mut self.policy.rules);
        self
    }

    /// The policy.
    ///
    /// # Errors
    /// Its name is taken, it contradicts itself, nothing of some kind is left, or it breaks a rule that it declares:
    /// everything that is wrong, each with what to do about it.
    pub fn build(mut self) -> Result<SecurityPolicy, PolicyError> {
        let preferred = self.strongly_preferred_groups.take().unwrap_or_else(|| {
            let usable = self.policy.usable_groups();
            let is_left = |group: &NamedGroup| usable.clone().any(|usable| usable == *group);
            self.from.strongly_preferred_groups.iter().copied().filter(is_left).collect()
        });
        self.policy.strongly_preferred_groups = preferred.into();
        let are_as_before = self.policy.groups == self.from.groups && !self.policy.post_quantum_required;
        if let Some(groups) = self.key_shares.take() {
            self.policy.key_shares = groups.into();
        } else if !are_as_before {
            self.policy.key_shares = best_key_shares(&self.policy).into();
        }
        let mut problems = problem::find(&self.from, &self.policy);
        let breaches = self.policy.rules.iter().flat_map(|rule| rule.breaches(&self.policy));
        problems.extend(breaches.map(PolicyProblem::Breach));
        match problems.is_empty() {
            true => Ok(self.policy),
            false => Err(PolicyError { policy: self.policy.name.into_owned(), problems }),
        }
    }
}

/// The first post-quantum group, with its classical half where that is usable, for the half costs no key; else with the
/// first classical group.
fn best_key_shares(policy: &SecurityPolicy) -> Vec<NamedGroup> {
    let is_post_quantum = |group: &NamedGroup| group.is_post_quantum();
    let post_quantum = policy.usable_groups().find(is_post_quantum);
    let half = post_quantum.and_then(NamedGroup::classical_half);
    let mut classical = policy.tls12_groups();
    let first = classical.clone().next();
    let beside = half.filter(|half| classical.any(|group| group == *half)).or(first);
    post_quantum.into_iter().chain(beside).collect()
}

/// Whether a policy of s2n-tls has, or had, this name: what it means is settled.
fn is_taken(name: &str) -> bool {
    table::find(name).is_some() || table::deprecated(name).is_some()
}

#[cfg(test)]
mod tests;
