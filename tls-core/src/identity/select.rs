//! Which own identity to present, and which scheme to sign with.

use ciphersuites::{SecurityPolicy, SignatureScheme};
use pki_types::ServerName;

use crate::identity::Identity;

/// Chooses the identity and the scheme: identities for the name that was asked for before others, then the
/// policy's order of schemes, never a scheme that the peer does not accept (RFC 9846 §4.3.3). `fits` says which
/// schemes an identity can sign with here.
pub(crate) fn select<'i>(
    identities: &'i [Identity],
    name: Option<&str>,
    policy: &SecurityPolicy,
    accepts: impl Fn(SignatureScheme) -> bool,
    fits: impl Fn(&Identity, SignatureScheme) -> bool,
) -> Option<(&'i Identity, SignatureScheme)> {
    let name = name.filter(|_| identities.len() > 1).and_then(|name| ServerName::try_from(name).ok());
    let is_named = |identity: &&Identity| name.as_ref().is_some_and(|name| identity.is_for(name));
    let with_scheme = |identity: &'i Identity| {
        let mut schemes = policy.signature_schemes.iter().copied();
        let scheme = schemes.find(|scheme| accepts(*scheme) && fits(identity, *scheme))?;
        Some((identity, scheme))
    };
    // Where several identities serve, the first in the caller's order does.
    let mut named = identities.iter().filter(is_named);
    named.find_map(with_scheme).or_else(|| identities.iter().find_map(with_scheme))
}
