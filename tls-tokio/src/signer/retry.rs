use std::time::Duration;

use tls_core::{SignFailure, SignRequest};
use tokio::time::{Instant, sleep};

use crate::signer::budget::Budget;
use crate::signer::dice::Dice;
use crate::signer::{Metrics, SignFuture, Signature, Signer, call};

/// When to ask again, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retries {
    /// How often a request is tried in all.
    pub attempts: u32,
    /// What the pause before the second attempt is at most. It doubles with each attempt; each pause is any time from
    /// none to that.
    pub first_pause: Duration,
    /// What every pause is at most.
    pub longest_pause: Duration,
    /// How many retries there may be, in per cent of the requests.
    pub percent: u8,
    /// How many more there may be at the beginning, or after a time without any.
    pub burst: u32,
}

impl Default for Retries {
    /// Three attempts, pauses up to 10 ms, then 20 ms; at most ten per cent more load.
    fn default() -> Self {
        Self {
            attempts: 3,
            first_pause: Duration::from_millis(10),
            longest_pause: Duration::from_millis(500),
            percent: 10,
            burst: 10,
        }
    }
}

/// Asks again where that may help ([`SignFailureKind::is_retryable`](tls_core::SignFailureKind::is_retryable)), after a
/// pause of random length, as long as the deadline and the budget permit. Any valid signature will do, so that a request
/// may well be carried out twice.
#[derive(Debug)]
pub struct Retry<S> {
    signer: S,
    retries: Retries,
    budget: Budget,
    dice: Dice,
    metrics: Metrics,
}

impl<S: Signer> Retry<S> {
    pub(crate) fn new(signer: S, retries: Retries, metrics: &Metrics) -> Self {
        let budget = Budget::new(retries.percent, retries.burst);
        Self { signer, retries, budget, dice: Dice::new(), metrics: metrics.clone() }
    }

    async fn run(&self, request: &SignRequest, deadline: Option<Instant>) -> Result<Signature, SignFailure> {
        self.budget.earn();
        let mut attempt = 1;
        loop {
            let failure = match call(&self.signer, request, deadline).await {
                Err(failure) if failure.kind().is_retryable() => failure,
                done => return done,
            };
            let pause = self.pause(attempt);
            let is_late =
                deadline.is_some_and(|deadline| deadline.saturating_duration_since(Instant::now()) <= pause);
            if attempt >= self.retries.attempts || is_late || !self.budget.spend() {
                return Err(failure);
            }
            attempt += 1;
            self.metrics.retried();
            sleep(pause).await;
        }
    }

    /// Full jitter: those who failed together should not come back together.
    fn pause(&self, attempt: u32) -> Duration {
        let doubled = 1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
        let longest = self.retries.first_pause.saturating_mul(doubled).min(self.retries.longest_pause);
        self.dice.up_to(longest)
    }
}

impl<S: Signer> Signer for Retry<S> {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        Box::pin(self.run(request, None))
    }

    fn sign_before<'a>(&'a self, request: &'a SignRequest, deadline: Instant) -> SignFuture<'a> {
        Box::pin(self.run(request, Some(deadline)))
    }
}
