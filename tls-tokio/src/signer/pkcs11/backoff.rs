use std::time::{Duration, Instant};

use tls_core::ciphersuites;

use super::Pkcs11Error;
use super::fault::Fault;

/// The pause after the first failure. A token that was started again is seldom back sooner.
const FIRST: Duration = Duration::from_millis(50);

/// The longest pause: how late a token that is back may be noticed.
const LONGEST: Duration = Duration::from_secs(5);

/// When to try again to reach a token: after pauses that double, and that chance shortens, so that many who have lost
/// one token do not come back all at once.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
    /// When to try again, and why the last attempt failed.
    pause: Option<(Instant, Pkcs11Error)>,
}

impl Backoff {
    /// Fails while it is too soon.
    pub(super) fn check(&self) -> Result<(), Fault> {
        match &self.pause {
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
        let pause = FIRST.saturating_mul(1 << self.failures.min(16)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        let [chance] = random_byte();
        let shortened = pause - pause / 2 * u32::from(chance) / 255;
        self.pause = Some((Instant::now() + shortened, why.clone()));
    }
}

/// No randomness, no shortening: a pause is no secret.
fn random_byte() -> [u8; 1] {
    let mut byte = [0];
    let _ = ciphersuites::random(&mut byte);
    byte
}
