//! Which own identity to present, and which scheme to sign with.

use ciphersuites::{SecurityPolicy, SignatureScheme};
use pki_types::ServerName;

use crate::identity::Identity;

/// Chooses the identity and the scheme: identities for the name that was asked for before others, then the
/// policy's order of schemes, then the caller's order; never a scheme that the peer does not accept (RFC 9846 §4.3.3).
/// `fits` says which schemes an identity can sign with here.
pub(crate) fn select<'i>(
    identities: &'i [Identity],
    name: Option<&str>,
    policy: &SecurityPolicy,
    accepts: impl Fn(SignatureScheme) -> bool,
    fits: impl Fn(&Identity, SignatureScheme) -> bool,
) -> Option<(&'i Identity, SignatureScheme)> {
    let name = name.filter(|_| identities.len() > 1).and_then(|name| ServerName::try_from(name).ok());
    let named = name
        .map_or_else(Vec::new, |name| identities.iter().filter(|identity| identity.is_for(&name)).collect());
    let schemes = policy.signature_schemes.iter().copied().filter(|scheme| accepts(*scheme));
    best(named.into_iter(), schemes.clone(), &fits).or_else(|| best(identities.iter(), schemes, &fits))
}

/// The first identity that fits the first scheme that any of them fits.
fn best<'i>(
    identities: impl Iterator<Item = &'i Identity> + Clone,
    mut schemes: impl Iterator<Item = SignatureScheme>,
    fits: impl Fn(&Identity, SignatureScheme) -> bool,
) -> Option<(&'i Identity, SignatureScheme)> {
    schemes.find_map(|scheme| {
        let identity = identities.clone().find(|identity| fits(identity, scheme))?;
        Some((identity, scheme))
    })
}
