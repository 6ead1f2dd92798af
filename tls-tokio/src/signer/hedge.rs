use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tls_core::{SignFailure, SignRequest};
use tokio::time::{Instant, timeout};

use crate::signer::budget::Budget;
use crate::signer::failover::{Failover, Tried, another_may_do_better};
use crate::signer::{Metrics, SignFuture, Signature, Signer};

/// When a second endpoint is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hedging {
    /// How many more requests the endpoints may get by this, in per cent.
    pub percent: u8,
    /// How many more at the beginning, or after a time without any.
    pub burst: u32,
    /// None while the endpoints have more requests than this between them: what is slow for want of capacity gets slower
    /// by more requests.
    pub most_in_flight: usize,
}

impl Default for Hedging {
    /// At most five per cent more requests, and none while there are more than 64 in flight.
    fn default() -> Self {
        Self { percent: 5, burst: 10, most_in_flight: 64 }
    }
}

/// Asks a second endpoint where the first takes longer than nineteen of twenty requests did lately. The first signature
/// that verifies wins; the other request is dropped.
#[derive(Debug)]
pub struct Hedged {
    endpoints: Failover,
    hedging: Hedging,
    budget: Budget,
    usual: Mutex<Usual>,
    metrics: Metrics,
}

impl Hedged {
    pub(crate) fn new(endpoints: Failover, hedging: Hedging, metrics: &Metrics) -> Self {
        let budget = Budget::new(hedging.percent, hedging.burst);
        Self { endpoints, hedging, budget, usual: Mutex::default(), metrics: metrics.clone() }
    }

    /// The endpoints.
    pub fn endpoints(&self) -> &Failover {
        &self.endpoints
    }

    async fn run(&self, request: &SignRequest, deadline: Option<Instant>) -> Result<Signature, SignFailure> {
        self.budget.earn();
        let (started, tried) = (Instant::now(), Tried::default());
        let mut first = pin!(self.endpoints.run(request, deadline, &tried));
        let Some(usual) = self.with_usual(|usual| usual.mark()) else {
            let result = first.await;
            self.observe(started, &result);
            return result;
        };
        if let Ok(result) = timeout(usual, first.as_mut()).await {
            self.observe(started, &result);
            return result;
        }
        // However long it takes in the end.
        self.with_usual(|usual| usual.observe(Duration::MAX));
        if !self.may_hedge() {
            return first.await;
        }
        self.metrics.hedged();
        let second = pin!(self.endpoints.run(request, deadline, &tried));
        let (result, is_second) = race(first, second).await;
        if is_second && result.is_ok() {
            self.metrics.won_by_hedge();
        }
        result
    }

    fn may_hedge(&self) -> bool {
        let in_flight: usize = self.endpoints.in_flight().iter().sum();
        in_flight <= self.hedging.most_in_flight && self.budget.spend()
    }

    fn observe(&self, started: Instant, result: &Result<Signature, SignFailure>) {
        if result.is_ok() {
            self.with_usual(|usual| usual.observe(started.elapsed()));
        }
    }

    fn with_usual<R>(&self, work: impl FnOnce(&mut Usual) -> R) -> R {
        work(&mut self.usual.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The first signature of two, or a failure that is no better for waiting; and whether it is the second's.
async fn race<F>(first: Pin<&mut F>, second: Pin<&mut F>) -> (Result<Signature, SignFailure>, bool)
where
    F: Future<Output = Result<Signature, SignFailure>>,
{
    let mut runners = [Some(first), Some(second)];
    let mut failure = None;
    poll_fn(|cx: &mut Context<'_>| {
        for (runner, is_second) in runners.iter_mut().zip([false, true]) {
            let Some(future) = runner else { continue };
            match future.as_mut().poll(cx) {
                Poll::Pending => {}
                Poll::Ready(Err(error)) if another_may_do_better(&error) => {
                    *runner = None;
                    // The first one's says more: the second may have failed for want of another endpoint.
                    if failure.is_none() || !is_second {
                        failure = Some(error);
                    }
                }
                Poll::Ready(result) => return Poll::Ready((result, is_second)),
            }
        }
        if runners.iter().any(Option::is_some) {
            return Poll::Pending;
        }
        failure.take().map_or(Poll::Pending, |failure| Poll::Ready((Err(failure), false)))
    })
    .await
}

/// A running estimate of the time within which 19 of 20 requests are answered.
#[derive(Debug, Default)]
struct Usual {
    observed: u32,
    mark: Duration,
}

impl Usual {
    /// So many answers give a first idea.
    const ENOUGH: u32 = 20;

    /// Where nothing is answered the mark has no sense, and should not take long to get back to one.
    const LONGEST: Duration = Duration::from_secs(10);

    fn mark(&self) -> Option<Duration> {
        (self.observed >= Self::ENOUGH).then_some(self.mark)
    }

    /// Steps of 19 to 1 up and down come to rest where one of 20 is above. That it was above is all that need be known
    /// of an answer, so those that were not waited for count, too.
    fn observe(&mut self, took: Duration) {
        if self.observed < Self::ENOUGH {
            self.observed += 1;
            self.mark = self.mark.max(took);
        } else if took > self.mark {
            self.mark = self.mark.mul_f64(1.095).min(Self::LONGEST);
        } else {
            self.mark = self.mark.mul_f64(0.995);
        }
    }
}

impl Signer for Hedged {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        Box::pin(self.run(request, None))
    }

    fn sign_before<'a>(&'a self, request: &'a SignRequest, deadline: Instant) -> SignFuture<'a> {
        Box::pin(self.run(request, Some(deadline)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever the latencies are, about one in twenty is above the mark.
    #[test]
    fn the_mark_is_where_one_of_twenty_is_above() {
        let dice = crate::signer::dice::Dice::new();
        for scale in [100, 10_000, 1_000_000] {
            let mut usual = Usual::default();
            let mut above = 0_u32;
            for turn in 0..20_000 {
                let took = dice.up_to(Duration::from_micros(scale));
                above += u32::from(turn >= 10_000 && took > usual.mark);
                usual.observe(took);
            }
            assert!((300..900).contains(&above), "{above} of 10,000 at {scale}");
        }
    }

    #[test]
    fn nothing_is_usual_before_enough_was_seen() {
        let mut usual = Usual::default();
        for _ in 0..20 {
            assert_eq!(usual.mark(), None);
            usual.observe(Duration::from_millis(2));
        }
        assert_eq!(usual.mark(), Some(Duration::from_millis(2)));
    }
}
