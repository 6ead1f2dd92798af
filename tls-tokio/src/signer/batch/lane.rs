use std::collections::{BTreeMap, HashMap};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tls_core::ciphersuites::KeyType;
use tls_core::{SignFailure, SignFailureKind, SignRequest};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::operations::contained;
use crate::signer::batch::{BatchSigner, Batches};
use crate::signer::{Metrics, Signature};

type Answer = Result<Signature, SignFailure>;

/// Requests on their way into batches, a lane for each type of key.
#[derive(Debug)]
pub(crate) struct Lanes<B> {
    signer: B,
    batches: Batches,
    lanes: Mutex<HashMap<KeyType, Lane>>,
    metrics: Metrics,
}

#[derive(Debug, Default)]
struct Lane {
    /// Batches at work.
    in_flight: usize,
    arrivals: u64,
    /// In the order of their arrival.
    waiting: BTreeMap<u64, Waiter>,
}

#[derive(Debug)]
struct Waiter {
    request: SignRequest,
    arrived: Instant,
    answer: oneshot::Sender<Answer>,
}

impl<B> Lanes<B> {
    pub(crate) fn new(signer: B, batches: Batches, metrics: &Metrics) -> Self {
        Self { signer, batches, lanes: Mutex::default(), metrics: metrics.clone() }
    }

    pub(crate) fn signer(&self) -> &B {
        &self.signer
    }

    pub(crate) fn load(&self) -> (usize, usize) {
        let lanes = self.lanes();
        (lanes.values().map(|lane| lane.waiting.len()).sum(), lanes.values().map(|lane| lane.in_flight).sum())
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<KeyType, Lane>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the next batch of this lane, if it is to begin now.
    fn take_due(&self, key_type: KeyType) -> Option<Vec<Waiter>> {
        let mut lanes = self.lanes();
        let lane = lanes.get_mut(&key_type)?;
        let (_, oldest) = lane.waiting.first_key_value()?;
        let is_full =
            lane.waiting.len() >= self.batches.size || oldest.arrived.elapsed() >= self.batches.wait;
        let is_due = lane.in_flight == 0 || (lane.in_flight < self.batches.in_flight && is_full);
        if !is_due {
            return None;
        }
        lane.in_flight += 1;
        let next = || Some(lane.waiting.pop_first()?.1);
        Some(std::iter::from_fn(next).take(self.batches.size.max(1)).collect())
    }
}

impl<B: BatchSigner + 'static> Lanes<B> {
    /// Puts a request into its lane; `None`: it is full.
    pub(crate) fn enter(self: &Arc<Self>, request: &SignRequest) -> Option<Ticket<B>> {
        let key_type = request.key_type();
        let (answer, receiver) = oneshot::channel();
        let mut lanes = self.lanes();
        let lane = lanes.entry(key_type).or_default();
        if lane.waiting.len() >= self.batches.queued {
            drop(lanes);
            self.metrics.shed();
            return None;
        }
        let number = lane.arrivals;
        lane.arrivals = number.wrapping_add(1);
        lane.waiting.insert(number, Waiter { request: request.clone(), arrived: Instant::now(), answer });
        drop(lanes);
        let ticket = Ticket { lanes: Arc::clone(self), key_type, number, receiver };
        self.begin_due(key_type);
        Some(ticket)
    }

    /// Begins the batches that are to begin now.
    pub(crate) fn begin_due(self: &Arc<Self>, key_type: KeyType) {
        // Without a runtime this is its end, and nobody waits any more.
        let Ok(runtime) = Handle::try_current() else { return };
        while let Some(waiters) = self.take_due(key_type) {
            let running = Running { lanes: Arc::clone(self), key_type };
            runtime.spawn(running.run(waiters));
        }
    }
}

/// A batch at work. However it ends, the next one may begin.
struct Running<B: BatchSigner + 'static> {
    lanes: Arc<Lanes<B>>,
    key_type: KeyType,
}

impl<B: BatchSigner + 'static> Running<B> {
    async fn run(self, waiters: Vec<Waiter>) {
        let begun = Instant::now();
        let (mut requests, mut answers) = (Vec::new(), Vec::new());
        for Waiter { request, arrived, answer } in waiters {
            requests.push(request);
            answers.push((begun.duration_since(arrived), answer));
        }
        let Some(signed) = self.sign(&requests, &mut answers).await else { return };
        let missing = || SignFailure::new(SignFailureKind::Failed, "the signer of batches gave no answer");
        let signed = signed.into_iter().chain(std::iter::repeat_with(|| Err(missing())));
        for ((queued, answer), result) in answers.into_iter().zip(signed) {
            // Who has gone meanwhile needs no answer.
            let _ = answer.send(result.map(|signature| later(signature, queued)));
        }
    }

    /// Signs the batch; `None`: nobody waits for it any more.
    async fn sign(
        &self,
        requests: &[SignRequest],
        answers: &mut [(Duration, oneshot::Sender<Answer>)],
    ) -> Option<Vec<Answer>> {
        let mut signing = Box::pin(contained(self.lanes.signer.sign_batch(requests)));
        poll_fn(|cx| {
            if let Poll::Ready(signed) = signing.as_mut().poll(cx) {
                return Poll::Ready(Some(signed.unwrap_or_default()));
            }
            let is_over = answers
                .iter_mut()
                .fold(true, |is_over, (_, answer)| answer.poll_closed(cx).is_ready() && is_over);
            if is_over { Poll::Ready(None) } else { Poll::Pending }
        })
        .await
    }
}

impl<B: BatchSigner + 'static> Drop for Running<B> {
    fn drop(&mut self) {
        if let Some(lane) = self.lanes.lanes().get_mut(&self.key_type) {
            lane.in_flight = lane.in_flight.saturating_sub(1);
        }
        self.lanes.begin_due(self.key_type);
    }
}

fn later(mut signature: Signature, queued: Duration) -> Signature {
    signature.queued = signature.queued.saturating_add(queued);
    signature
}

/// A request in a lane or a batch. Dropped, it leaves its lane.
#[derive(Debug)]
pub(crate) struct Ticket<B> {
    lanes: Arc<Lanes<B>>,
    key_type: KeyType,
    number: u64,
    receiver: oneshot::Receiver<Answer>,
}

impl<B> Future for Ticket<B> {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Answer> {
        let gone = || SignFailure::new(SignFailureKind::Failed, "the batch ended without an answer");
        Pin::new(&mut self.receiver).poll(cx).map(|answer| answer.unwrap_or_else(|_| Err(gone())))
    }
}

impl<B> Drop for Ticket<B> {
    fn drop(&mut self) {
        if let Some(lane) = self.lanes.lanes().get_mut(&self.key_type) {
            lane.waiting.remove(&self.number);
        }
    }
}
