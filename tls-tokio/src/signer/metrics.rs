mod histogram;
mod snapshot;

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tls_core::ciphersuites::SignatureScheme;
use tls_core::{KeyId, SignFailure, SignFailureKind, SignRequest};
use tokio::time::Instant;

use crate::signer::metrics::histogram::Histogram;
use crate::signer::{SignFuture, Signature, Signer, call};

pub use self::histogram::Latencies;
pub use self::snapshot::{KeyMetrics, MetricsSnapshot};

/// Every key and scheme there is has a row of its own, up to so many: what is asked for beyond them is counted as
/// nobody's, so that requests for keys that do not exist fill no memory.
const MOST_ROWS: usize = 1024;

/// The kinds of failure that are told apart. One that is not among them counts as the last.
const KINDS: [SignFailureKind; 8] = [
    SignFailureKind::TimedOut,
    SignFailureKind::Unavailable,
    SignFailureKind::Overloaded,
    SignFailureKind::UnknownKey,
    SignFailureKind::Denied,
    SignFailureKind::Unsupported,
    SignFailureKind::Invalid,
    SignFailureKind::Failed,
];

/// What the layers around a signer count. Cheap to clone; the clones count together.
#[derive(Clone, Debug, Default)]
pub struct Metrics(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    in_flight: AtomicU64,
    shed: AtomicU64,
    retries: AtomicU64,
    hedges: AtomicU64,
    hedge_wins: AtomicU64,
    invalid: AtomicU64,
    ejected: AtomicU64,
    taken_back: AtomicU64,
    rows: RwLock<HashMap<(KeyId, SignatureScheme), Arc<Row>>>,
    others: Row,
}

/// What is counted for one key and one scheme.
#[derive(Default)]
struct Row {
    queued: Histogram,
    signed: Histogram,
    failed: Histogram,
    cancelled: Histogram,
    failures: [AtomicU64; KINDS.len()],
}

impl Metrics {
    /// Nothing counted yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// What was counted so far.
    pub fn snapshot(&self) -> MetricsSnapshot {
        snapshot::take(&self.0)
    }

    pub(crate) fn shed(&self) {
        count(&self.0.shed);
    }

    pub(crate) fn retried(&self) {
        count(&self.0.retries);
    }

    pub(crate) fn hedged(&self) {
        count(&self.0.hedges);
    }

    pub(crate) fn won_by_hedge(&self) {
        count(&self.0.hedge_wins);
    }

    pub(crate) fn did_not_verify(&self) {
        count(&self.0.invalid);
    }

    pub(crate) fn ejected(&self) {
        count(&self.0.ejected);
    }

    pub(crate) fn taken_back(&self) {
        count(&self.0.taken_back);
    }

    fn row(&self, key: KeyId, scheme: SignatureScheme) -> Option<Arc<Row>> {
        let rows = &self.0.rows;
        if let Some(row) = rows.read().unwrap_or_else(PoisonError::into_inner).get(&(key, scheme)) {
            return Some(Arc::clone(row));
        }
        let mut rows = rows.write().unwrap_or_else(PoisonError::into_inner);
        let has_room = rows.len() < MOST_ROWS;
        match rows.get(&(key, scheme)) {
            Some(row) => Some(Arc::clone(row)),
            None if has_room => Some(Arc::clone(rows.entry((key, scheme)).or_default())),
            None => None,
        }
    }
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Row {
    fn end(&self, elapsed: Duration, result: &Result<Signature, SignFailure>) {
        match result {
            Ok(signature) => {
                self.queued.record(signature.queued);
                self.signed.record(elapsed.saturating_sub(signature.queued));
            }
            Err(failure) => {
                self.failed.record(elapsed);
                let kind = KINDS.iter().position(|kind| *kind == failure.kind());
                if let Some(failures) = kind.map_or(self.failures.last(), |kind| self.failures.get(kind)) {
                    count(failures);
                }
            }
        }
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row").finish_non_exhaustive()
    }
}

/// Counts requests by key, scheme and outcome. Belongs outside of all other layers; and around each of several endpoints,
/// with [`Metrics`] of its own, where it is to be known which of them it was.
#[derive(Debug)]
pub struct Metered<S> {
    signer: S,
    metrics: Metrics,
}

impl<S: Signer> Metered<S> {
    pub(crate) fn new(signer: S, metrics: &Metrics) -> Self {
        Self { signer, metrics: metrics.clone() }
    }

    async fn run(&self, request: &SignRequest, deadline: Option<Instant>) -> Result<Signature, SignFailure> {
        let running = Running::new(&self.metrics, request);
        let result = call(&self.signer, request, deadline).await;
        running.end(&result);
        result
    }
}

impl<S: Signer> Signer for Metered<S> {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        Box::pin(self.run(request, None))
    }

    fn sign_before<'a>(&'a self, request: &'a SignRequest, deadline: Instant) -> SignFuture<'a> {
        Box::pin(self.run(request, Some(deadline)))
    }
}

/// A request that is not answered yet. Dropped, it is cancelled.
struct Running<'a> {
    metrics: &'a Metrics,
    row: Option<Arc<Row>>,
    started: Instant,
    is_done: bool,
}

impl<'a> Running<'a> {
    fn new(metrics: &'a Metrics, request: &SignRequest) -> Self {
        count(&metrics.0.in_flight);
        let row = metrics.row(request.key(), request.scheme());
        Self { metrics, row, started: Instant::now(), is_done: false }
    }

    fn row(&self) -> &Row {
        self.row.as_deref().unwrap_or(&self.metrics.0.others)
    }

    fn end(mut self, result: &Result<Signature, SignFailure>) {
        self.is_done = true;
        self.row().end(self.started.elapsed(), result);
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.metrics.0.in_flight.fetch_sub(1, Ordering::Relaxed);
        if !self.is_done {
            self.row().cancelled.record(self.started.elapsed());
        }
    }
}

#[cfg(test)]
mod tests;
