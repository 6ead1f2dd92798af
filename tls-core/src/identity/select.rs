//! Which own identity to present, and which scheme to sign with.

use ciphersuites::{KeyType, SecurityPolicy, SignatureScheme};
use pki_types::ServerName;

use crate::identity::Identity;

/// What a choice between identities needs to know of each.
pub(crate) trait Credential {
    /// The kind of the leaf's key.
    fn key_type(&self) -> KeyType;

    /// Signature schemes of TLS 1.3 that the key can sign with.
    fn schemes(&self) -> &[SignatureScheme];

    /// Signature schemes of TLS 1.2 that the key can sign with.
    fn tls12_schemes(&self) -> &[SignatureScheme];

    /// Whether the leaf is for this name.
    fn is_for(&self, name: &ServerName<'_>) -> bool;
}

impl Credential for Identity {
    fn key_type(&self) -> KeyType {
        self.key_type()
    }

    fn schemes(&self) -> &[SignatureScheme] {
        self.schemes()
    }

    fn tls12_schemes(&self) -> &[SignatureScheme] {
        self.tls12_schemes()
    }

    fn is_for(&self, name: &ServerName<'_>) -> bool {
        self.is_for(name)
    }
}

/// Any certificate with a key of this type: for the question what would be chosen.
impl Credential for KeyType {
    fn key_type(&self) -> KeyType {
        *self
    }

    fn schemes(&self) -> &[SignatureScheme] {
        self.schemes13()
    }

    fn tls12_schemes(&self) -> &[SignatureScheme] {
        self.schemes12()
    }

    fn is_for(&self, _: &ServerName<'_>) -> bool {
        true
    }
}

/// Chooses the identity and the scheme: identities for the name that was asked for before others, then the
/// policy's order of schemes, then the caller's order; never a scheme that the peer does not accept (RFC 9846 §4.3.3).
/// `fits` says which schemes an identity can sign with here.
pub(crate) fn select<'i, C: Credential>(
    identities: &'i [C],
    name: Option<&str>,
    policy: &SecurityPolicy,
    accepts: impl Fn(SignatureScheme) -> bool,
    fits: impl Fn(&C, SignatureScheme) -> bool,
) -> Option<(&'i C, SignatureScheme)> {
    let name = name.filter(|_| identities.len() > 1).and_then(|name| ServerName::try_from(name).ok());
    let named = name
        .map_or_else(Vec::new, |name| identities.iter().filter(|identity| identity.is_for(&name)).collect());
    let schemes = policy.signature_schemes.iter().copied().filter(|scheme| accepts(*scheme));
    best(named.into_iter(), schemes.clone(), &fits).or_else(|| best(identities.iter(), schemes, &fits))
}

/// The first identity that fits the first scheme that any of them fits.
fn best<'i, C: 'i>(
    identities: impl Iterator<Item = &'i C> + Clone,
    mut schemes: impl Iterator<Item = SignatureScheme>,
    fits: impl Fn(&C, SignatureScheme) -> bool,
) -> Option<(&'i C, SignatureScheme)> {
    schemes.find_map(|scheme| {
        let identity = identities.clone().find(|identity| fits(identity, scheme))?;
        Some((identity, scheme))
    })
}
