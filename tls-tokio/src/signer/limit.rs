mod queue;

use std::sync::Arc;

use tls_core::{SignFailure, SignFailureKind, SignRequest};
use tokio::time::Instant;

use crate::signer::limit::queue::{Admission, Queue};
use crate::signer::{Metrics, SignFuture, Signature, Signer, call};

/// How many requests a signer is given at once, and how many may wait for their turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Requests that the signer works on.
    pub in_flight: usize,
    /// Requests that wait.
    pub queued: usize,
}

impl Limits {
    /// So many at work, so many waiting.
    pub fn new(in_flight: usize, queued: usize) -> Self {
        Self { in_flight, queued }
    }
}

/// Limits how many requests the signer has at once. The others wait, up to a limit; who finds no room, or has to make
/// room, fails at once by [`SignFailureKind::Overloaded`].
///
/// Who cannot be served within its deadline, as far as one can tell from what requests took so far, goes first; then who
/// has waited longest. Turns go to the oldest as long as the queue runs empty now and then, and to the newest when it
/// has not for a while: then the oldest have all but run out of time, and serving them would have everyone come too late.
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

    async fn run(&self, request: &SignRequest, deadline: Option<Instant>) -> Result<Signature, SignFailure> {
        let arrived = Instant::now();
        let place = match self.queue.enter(arrived, deadline) {
            Admission::Place(place) => place,
            Admission::Wait(turn) => turn.await.ok_or_else(overloaded)?,
            Admission::Shed => return Err(overloaded()),
        };
        let queued = arrived.elapsed();
        let result = call(&self.signer, request, deadline).await;
        place.done();
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
