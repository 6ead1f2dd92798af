use std::time::Instant;

use super::Pkcs11Error;
use super::fault::Fault;
use crate::signer::backoff::Backoff;

/// When a token that could not be reached is tried again: whoever asks before that is told why it was not.
#[derive(Debug, Default)]
pub(super) struct Pause {
    backoff: Backoff,
    /// When to try again, and why the last attempt failed.
    until: Option<(Instant, Pkcs11Error)>,
}

impl Pause {
    /// Fails while it is too soon.
    pub(super) fn check(&self) -> Result<(), Fault> {
        match &self.until {
            Some((until, why)) if *until > Instant::now() => {
                Err(Fault::unavailable(format!("the token is not tried again yet, after: {why}")))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn succeeded(&mut self) {
        *self = Self::default();
    }

    pub(super) fn failed(&mut self, why: &Pkcs11Error) {
        self.until = Some((Instant::now() + self.backoff.next(), why.clone()));
    }
}
