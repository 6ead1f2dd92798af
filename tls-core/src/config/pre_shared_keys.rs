//! The external pre-shared keys of a configuration.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ciphersuites::{Hash, ProtocolVersion, PskSecret, Rule, SecurityPolicy};

use crate::config::shared::ConfigError;
use crate::limits;
use crate::pre_shared_key::PreSharedKey;

/// By which external pre-shared keys clients may prove themselves to a server, and the server to them.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum PreSharedKeys {
    /// By none.
    #[default]
    None,
    /// By these; of several that a client offers, by the first of these.
    Known(Vec<PreSharedKey>),
    /// By those that the caller knows, who is asked by
    /// [`Operation::SelectPreSharedKey`](crate::Operation::SelectPreSharedKey).
    Asked,
}

/// The keys that a server takes.
#[derive(Debug)]
pub(crate) struct ServerKeys {
    /// By identity, with their ranks: however many there are, finding one is the same work.
    known: HashMap<Box<[u8]>, (usize, PreSharedKey)>,
    /// Whether the caller knows others.
    pub(crate) asks: bool,
    /// Secrets that nobody has, one for each hash.
    decoys: [Arc<PskSecret>; 2],
}

impl ServerKeys {
    /// `None`: the server takes no keys.
    pub(crate) fn new(
        keys: PreSharedKeys,
        policy: &SecurityPolicy,
    ) -> Result<Option<Box<Self>>, ConfigError> {
        let (keys, asks) = match keys {
            PreSharedKeys::None => return Ok(None),
            PreSharedKeys::Known(keys) if keys.is_empty() => return Err(ConfigError::NoPreSharedKey),
            PreSharedKeys::Known(keys) => (keys, false),
            PreSharedKeys::Asked => (Vec::new(), true),
        };
        check(&keys, policy)?;
        let ranked = keys.into_iter().enumerate();
        let known = ranked.map(|(rank, key)| (key.identity().as_bytes().into(), (rank, key))).collect();
        let mut secret = [0; 32];
        ciphersuites::random(&mut secret).map_err(|_| ConfigError::NoRandomness)?;
        let decoys = [Hash::Sha256, Hash::Sha384].map(|hash| Arc::new(PskSecret::new(hash, &secret)));
        Ok(Some(Box::new(Self { known, asks, decoys })))
    }

    /// Whether early data could come by one of them.
    pub(crate) fn permit_early_data(&self) -> bool {
        self.asks || self.known.values().any(|(_, key)| key.early_data().is_some())
    }

    /// The first of them that is among those that a client offers, each with its binder, whose length must be the one of
    /// the key's hash.
    pub(crate) fn find<'o>(
        &self,
        offered: impl Iterator<Item = (&'o [u8], &'o [u8])>,
        is_usable: impl Fn(&PreSharedKey) -> bool,
    ) -> Option<&PreSharedKey> {
        let known = offered.take(limits::MAX_IDENTITIES_TRIED).filter_map(|(identity, binder)| {
            self.known.get(identity).filter(|(_, key)| key.hash().len() == binder.len() && is_usable(key))
        });
        known.min_by_key(|(rank, _)| *rank).map(|(_, key)| key)
    }

    /// A key that nobody has, which goes by this identity and has the hash of binders of this length.
    pub(crate) fn decoy(&self, identity: &[u8], binder_len: usize) -> Option<PreSharedKey> {
        let secret = self.decoys.iter().find(|secret| secret.hash().len() == binder_len)?;
        Some(PreSharedKey::decoy(identity, secret))
    }
}

/// Keys can all be offered, or told apart, and used under the policy.
pub(crate) fn check(keys: &[PreSharedKey], policy: &SecurityPolicy) -> Result<(), ConfigError> {
    let policy_name = || policy.name.to_string();
    // Declared or not: nothing else is like it.
    if Rule::Cnsa2.breaches(policy).is_empty() {
        return Err(ConfigError::PreSharedKeysNotPermitted { policy: policy_name() });
    }
    if !policy.supports(ProtocolVersion::TLS1_3) {
        return Err(ConfigError::UnusablePreSharedKeys { policy: policy_name(), lacks: "TLS 1.3" });
    }
    let mut identities = HashSet::new();
    for key in keys {
        let identity = key.identity();
        if !policy.tls13_suites().any(|suite| suite.hash == key.hash()) {
            let lacks = match key.hash() {
                Hash::Sha256 => "TLS 1.3 cipher suite with SHA-256",
                Hash::Sha384 => "TLS 1.3 cipher suite with SHA-384",
            };
            return Err(ConfigError::UnusablePreSharedKeys { policy: policy_name(), lacks });
        }
        if !identities.insert(identity.as_bytes()) {
            return Err(ConfigError::DuplicatePreSharedKey(identity.to_string()));
        }
    }
    Ok(())
}

/// The same for those that a client offers, in one ClientHello.
pub(crate) fn check_offer(keys: &[PreSharedKey], policy: &SecurityPolicy) -> Result<(), ConfigError> {
    let len = keys.iter().map(|key| key.identity().as_bytes().len()).sum::<usize>();
    match len {
        _ if keys.is_empty() => Ok(()),
        0..=limits::MAX_OFFERED_IDENTITIES => check(keys, policy),
        _ => Err(ConfigError::PreSharedKeysTooLong(len)),
    }
}

/// Leaves of a policy what connections by these keys alone can have: TLS 1.3, and suites with the keys' hashes. Which
/// those are need not be known.
pub(crate) fn narrow(policy: &mut SecurityPolicy, keys: Option<&[PreSharedKey]>) {
    let is_usable = |hash| keys.is_none_or(|keys| keys.iter().any(|key| key.hash() == hash));
    let usable = policy.tls13_suites().filter(|suite| is_usable(suite.hash));
    policy.cipher_suites = usable.map(|suite| suite.id).collect::<Vec<_>>().into();
}
