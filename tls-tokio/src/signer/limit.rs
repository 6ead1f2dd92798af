mod queue;
mod width;

use std::sync::Arc;

use tls_core::{SignFailure, SignFailureKind, SignRequest};
use tokio::time::Instant;

use crate::signer::limit::queue::{Admission, Queue};
use crate::signer::{Metrics, SignFuture, Signature, Signer, call};

/// How many requests a signer is given at once, and how many may wait for their turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Requests that the signer works on at most.
    pub in_flight: usize,
    /// Requests that the signer works on even when it has objected to as many.
    pub least_in_flight: usize,
    /// Requests that wait.
    pub queued: usize,
}

impl Limits {
    /// So many at work, so many waiting.
    pub fn new(in_flight: usize, queued: usize) -> Self {
        Self { in_flight, least_in_flight: in_flight, queued }
    }

    /// For a signer of which it is not known how much it can do at once, or that has others to serve, too: it is given
    /// fewer requests when it declines one as [`SignFailureKind::Overloaded`] or does not answer one in time, down to
    /// `least`, and more while it answers them, up to [`in_flight`](Self::in_flight).
    #[must_use]
    pub fn adapting_from(mut self, least: usize) -> Self {
        self.least_in_flight = least;
        self
    }
}

/// Limits how many requests the signer has at once. The others wait, up to a limit; who finds no room, or has to make
/// room, fails at once by [`SignFailureKind::Overloaded`].
///
/// Who cannot be served within its deadline, as far as one can tell from what requests took so far, goes first; then who
/// has waited longest. Turns go to the oldest as long as those who come can be served in time that way. While they could
/// not, turns go to the newest: the oldest would take theirs only to come too late, or nearly, and so would all after them.
///
/// A request that is dropped gives its place back, wherever it has one.
#[derive(Debug)]
pub struct Limit<S> {
    signer: S,
    queue: Arc<Queue>,
}

impl<S: Signer> Limit<S> {
    pub(crate) fn new(signer: S, limits: Limits, metrics: &Metrics) -> Self {
        Self { signer, queue: Arc::new(Queue::new(limits, metrics)) }
    }

    /// How many requests the signer has, and how many wait.
    pub fn load(&self) -> Limits {
        self.queue.load()
    }

    /// How many requests the signer is given at once, at the moment.
    pub fn places(&self) -> usize {
        self.queue.places()
    }

    async fn run(&self, request: &SignRequest, deadline: Option<Instant>) -> Result<Signature, SignFailure> {
        let arrived = Instant::now();
        let place = match self.queue.enter(arrived, deadline) {
            Admission::Place(place) => place,
            Admission::Wait(turn) => turn.await.ok_or_else(overloaded)?,
            Admission::Shed => return Err(overloaded()),
        };
        let queued = arrived.elapsed();
        let result = call(&self.signer, request, deadline).await;
        place.done(&result);
        let mut signature = result?;
        signature.queued = signature.queued.saturating_add(queued);
        Ok(signature)
    }
}

fn overloaded() -> SignFailure {
    SignFailure::new(
        SignFailureKind::Overloaded,
        "the queue before it is full, or too long for the time there was",
    )
}

impl<S: Signer> Signer for Limit<S> {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        Box::pin(self.run(request, None))
    }

    fn sign_before<'a>(&'a self, request: &'a SignRequest, deadline: Instant) -> SignFuture<'a> {
        Box::pin(self.run(request, Some(deadline)))
    }
}
