mod lane;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tls_core::{SignFailure, SignFailureKind, SignRequest};
use tokio::time::timeout;

use crate::operations::BoxFuture;
use crate::signer::batch::lane::Lanes;
use crate::signer::{Metrics, SignFuture, Signature, Signer};

/// Someone who signs several messages at the price of little more than one.
pub trait BatchSigner: fmt::Debug + Send + Sync {
    /// Signs what the requests say, all for keys of one type. The answers are in the order of the requests; one that is
    /// missing is a failure.
    fn sign_batch<'a>(
        &'a self,
        requests: &'a [SignRequest],
    ) -> BoxFuture<'a, Vec<Result<Signature, SignFailure>>>;
}

/// How requests become batches.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Batches {
    /// How many requests a batch has at most.
    pub size: usize,
    /// What a request waits at most for others to come along while there is another batch at work. tokio's timer rounds
    /// it up to milliseconds.
    pub wait: Duration,
    /// How many batches of a lane are at work at most.
    pub in_flight: usize,
    /// How many requests wait in a lane at most. Further ones fail by [`SignFailureKind::Overloaded`].
    pub queued: usize,
}

impl Default for Batches {
    /// Eight requests, a millisecond, two batches, 1,024 waiting.
    fn default() -> Self {
        Self { size: 8, wait: Duration::from_millis(1), in_flight: 2, queued: 1024 }
    }
}

/// Makes batches of requests, in a lane for each type of key, so that an RSA-4096 holds up no P-256.
///
/// A request that finds its lane idle is a batch of its own, at once: batches grow with the load, and without any nobody
/// waits. Batches are worked on in tasks of tokio's runtime. A batch that nobody waits for any more is dropped.
pub struct Batching<B> {
    lanes: Arc<Lanes<B>>,
    wait: Duration,
}

impl<B: BatchSigner + 'static> Batching<B> {
    /// Makes such batches for this signer.
    pub fn new(signer: B, batches: Batches, metrics: &Metrics) -> Self {
        let wait = batches.wait;
        Self { lanes: Arc::new(Lanes::new(signer, batches, metrics)), wait }
    }

    /// How many requests wait to be part of a batch, and how many batches are at work, in all lanes.
    pub fn load(&self) -> (usize, usize) {
        self.lanes.load()
    }

    async fn run(&self, request: &SignRequest) -> Result<Signature, SignFailure> {
        let Some(mut ticket) = Lanes::enter(&self.lanes, request) else {
            return Err(SignFailure::new(SignFailureKind::Overloaded, "too many requests wait for a batch"));
        };
        // Whoever waits longest sees to it that the batch begins: nobody else keeps the time.
        if let Ok(answer) = timeout(self.wait, &mut ticket).await {
            return answer;
        }
        Lanes::begin_due(&self.lanes, request.key_type());
        ticket.await
    }
}

impl<B: BatchSigner + 'static> Signer for Batching<B> {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        Box::pin(self.run(request))
    }
}

impl<B: fmt::Debug> fmt::Debug for Batching<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batching").field("signer", self.lanes.signer()).finish_non_exhaustive()
    }
}
