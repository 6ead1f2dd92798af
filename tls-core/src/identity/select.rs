//! Which own identity to present, and which scheme to sign with.

use ciphersuites::{SecurityPolicy, SignatureScheme};
use pki_types::ServerName;

use crate::error::{Cause, Error};
use crate::identity::Identity;

/// Chooses the identity and the scheme: identities for the name that was asked for before others, then the
/// policy's order of schemes, never a scheme that the peer does not accept (RFC 9846 §4.3.3).
pub(crate) fn select<'i>(
    identities: &'i [Identity],
    name: Option<&str>,
    policy: &SecurityPolicy,
    accepted: impl Iterator<Item = SignatureScheme> + Clone,
) -> Result<(&'i Identity, SignatureScheme), Error> {
    let name = name.filter(|_| identities.len() > 1).and_then(|name| ServerName::try_from(name).ok());
    let named = |identity: &&Identity| name.as_ref().is_some_and(|name| identity.is_for(name));
    let usable = |scheme: &SignatureScheme| accepted.clone().any(|accepted| accepted == *scheme);
    let schemes = || policy.signature_schemes.iter().copied().filter(usable);
    let pair = |identity: &'i Identity| {
        let scheme = schemes().find(|scheme| identity.schemes().contains(scheme))?;
        Some((identity, scheme))
    };
    // Where several identities serve, the first in the caller's order does.
    identities
        .iter()
        .filter(named)
        .find_map(pair)
        .or_else(|| identities.iter().find_map(pair))
        .ok_or_else(|| Cause::NoCommonSignatureScheme { peer: accepted.clone().collect() }.into())
}
