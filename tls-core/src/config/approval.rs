//! What a build on a FIPS module asks of configurations.

use ciphersuites::{KeyType, Rule, fips};

use crate::config::shared::{ConfigError, Shared};
use crate::identity::Identity;

/// Requires that the module is in order and that everything is approved, unless what is not was permitted. What a
/// configuration can do without is settled here: TLS 1.2 without the extended main secret, and schemes of which others
/// serve as well. In a build without a module there is nothing to require. Pre-shared keys are no question: all have 128
/// bits or more, of which 112 are asked for, and hashes that are approved.
pub(crate) fn require(shared: &mut Shared, identities: &mut [Identity]) -> Result<(), ConfigError> {
    if !fips::IS_ENABLED {
        return Ok(());
    }
    fips::module().map_err(ConfigError::FipsModule)?;
    if shared.permits_unapproved {
        return Ok(());
    }
    shared.policy.extended_main_secret_required = true;
    identities.iter_mut().for_each(Identity::give_up_unapproved_schemes);
    let breaches = Rule::Fips140_3Strict.breaches(&shared.policy);
    let breaches: Vec<_> = breaches
        .iter()
        .map(ToString::to_string)
        .chain(identities.iter().filter_map(unapproved_key))
        .collect();
    match breaches.is_empty() {
        true => Ok(()),
        false => Err(ConfigError::NotApproved { policy: shared.policy.name.to_string(), breaches }),
    }
}

/// What is wrong with the key, if anything. All keys that load are long enough. A key that is elsewhere signs outside of
/// this module: whether that is approved is for its owner to know.
fn unapproved_key(identity: &Identity) -> Option<String> {
    let key = Some(identity.public_key()).filter(|_| !identity.is_key_elsewhere())?;
    let is_rsa = matches!(key.key_type(), KeyType::Rsa | KeyType::RsaPss);
    (is_rsa && !key.bits().is_multiple_of(2)).then(|| {
        format!("an {} key of {} bits is not approved: their number must be even", key.key_type(), key.bits())
    })
}
