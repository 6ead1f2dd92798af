mod health;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tls_core::{KeyId, SignFailure, SignFailureKind, SignRequest};
use tokio::time::Instant;

use crate::operations::contained;
use crate::signer::dice::Dice;
use crate::signer::failover::health::{Board, Change, Outcome};
use crate::signer::hedge::{Hedged, Hedging};
use crate::signer::{Metrics, PublicKeys, SignFuture, Signature, Signer, call};

/// When an endpoint is left alone, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ejection {
    /// After so many failures in a row.
    pub failures: u32,
    /// For so long at first. Each time it lasts twice as long, and a random tenth more.
    pub first: Duration,
    /// For so long at most.
    pub longest: Duration,
    /// As long as no more endpoints than this are out, in per cent, rounded down.
    pub most_percent: u8,
}

impl Default for Ejection {
    /// Five failures; a second, a minute at most; half of the endpoints.
    fn default() -> Self {
        Self {
            failures: 5,
            first: Duration::from_secs(1),
            longest: Duration::from_secs(60),
            most_percent: 50,
        }
    }
}

/// Several endpoints that have the same keys.
///
/// A request goes to the better of two endpoints drawn at random: the one of less latency, lately, times requests in
/// flight. Where that fails and another may do better, it goes to a second one. What comes back counts only if it
/// verifies. An endpoint that fails again and again is ejected for a while; then one request at a time is its probe, and
/// the first answer takes it back. An endpoint that says that it does not have a key, as while keys are being changed, is
/// not asked for that one for ten seconds if there is another to ask.
///
/// An endpoint that never answers fails only by its deadline: each should have one
/// ([`with_deadline`](crate::signer::SignerExt::with_deadline)), shorter than that of the whole.
pub struct Failover {
    endpoints: Vec<Endpoint>,
    keys: PublicKeys,
    board: Mutex<Board>,
    dice: Dice,
    metrics: Metrics,
}

struct Endpoint {
    name: Arc<str>,
    signer: Arc<dyn Signer>,
}

/// At how many endpoints a request is tried. More would turn a failure that they share into a flood.
const ATTEMPTS: usize = 2;

impl Failover {
    /// No endpoints yet. Signatures are verified by `keys`.
    pub fn new(keys: &PublicKeys, ejection: Ejection, metrics: &Metrics) -> Self {
        Self {
            endpoints: Vec::new(),
            keys: keys.clone(),
            board: Mutex::new(Board::new(ejection)),
            dice: Dice::new(),
            metrics: metrics.clone(),
        }
    }

    /// Adds an endpoint. Its name is for people.
    #[must_use]
    pub fn endpoint(mut self, name: impl Into<Arc<str>>, signer: impl Signer + 'static) -> Self {
        self.endpoints.push(Endpoint { name: name.into(), signer: Arc::new(signer) });
        self.board().add(Instant::now());
        self
    }

    /// Asks a second endpoint where the first is slow.
    pub fn with_hedging(self, hedging: Hedging, metrics: &Metrics) -> Hedged {
        Hedged::new(self, hedging, metrics)
    }

    /// How many requests each endpoint has, in the order in which they were added.
    pub fn in_flight(&self) -> Vec<usize> {
        self.board().in_flight().collect()
    }

    /// The names of the endpoints that are ejected.
    pub fn ejected(&self) -> Vec<Arc<str>> {
        let board = self.board();
        let endpoints = self.endpoints.iter().enumerate();
        endpoints.filter(|(index, _)| board.is_ejected(*index)).map(|(_, it)| Arc::clone(&it.name)).collect()
    }

    /// Has the request signed by endpoints that are not among `tried`, which then are.
    pub(crate) async fn run(
        &self,
        request: &SignRequest,
        deadline: Option<Instant>,
        tried: &Tried,
    ) -> Result<Signature, SignFailure> {
        self.keys.get(request.key())?;
        let mut failure =
            SignFailure::new(SignFailureKind::Unavailable, "no other endpoint takes requests at the moment");
        for _ in 0..ATTEMPTS {
            let Some((attempt, endpoint)) = self.begin(request.key(), deadline, tried) else { break };
            match attempt.run(endpoint, request).await {
                Err(error) if another_may_do_better(&error) => failure = named(&endpoint.name, &error),
                done => return done,
            }
        }
        Err(failure)
    }

    fn begin(
        &self,
        key: KeyId,
        deadline: Option<Instant>,
        tried: &Tried,
    ) -> Option<(Attempt<'_>, &Endpoint)> {
        let started = Instant::now();
        let index = tried.add(|tried| self.board().pick(started, key, tried, &self.dice))?;
        let attempt = Attempt { failover: self, index, started, deadline, is_done: false };
        Some((attempt, self.endpoints.get(index)?))
    }

    fn verified(&self, request: &SignRequest, signature: Signature) -> Result<Signature, SignFailure> {
        self.keys.verify(request, &signature.bytes).inspect_err(|_| self.metrics.did_not_verify())?;
        Ok(signature)
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether it is worth asking another endpoint after this: there may be one that has a key which the first does not have.
pub(crate) fn another_may_do_better(failure: &SignFailure) -> bool {
    failure.kind().is_retryable() || failure.kind() == SignFailureKind::UnknownKey
}

fn named(name: &str, failure: &SignFailure) -> SignFailure {
    let detail = match failure.detail() {
        "" => name.to_owned(),
        detail => format!("{name}: {detail}"),
    };
    SignFailure::new(failure.kind(), detail)
}

/// The endpoints that a request has been given to.
#[derive(Debug, Default)]
pub(crate) struct Tried(Mutex<Vec<usize>>);

impl Tried {
    fn add(&self, pick: impl FnOnce(&[usize]) -> Option<usize>) -> Option<usize> {
        let mut tried = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let index = pick(&tried)?;
        tried.push(index);
        Some(index)
    }
}

/// One request at one endpoint. However it ends, the endpoint has one request less.
struct Attempt<'a> {
    failover: &'a Failover,
    index: usize,
    started: Instant,
    deadline: Option<Instant>,
    is_done: bool,
}

impl Attempt<'_> {
    async fn run(mut self, endpoint: &Endpoint, request: &SignRequest) -> Result<Signature, SignFailure> {
        let result = contained(call(&endpoint.signer, request, self.deadline))
            .await
            .unwrap_or_else(|| Err(SignFailure::new(SignFailureKind::Failed, "the signer panicked")))
            .and_then(|signature| self.failover.verified(request, signature));
        self.end(match &result {
            Ok(_) => Outcome::Answered,
            Err(failure) => match failure.kind() {
                SignFailureKind::Overloaded => Outcome::Overloaded,
                SignFailureKind::UnknownKey => Outcome::Lacks(request.key()),
                kind if kind.is_retryable() => Outcome::Failed,
                _ => Outcome::Answered,
            },
        });
        result
    }

    fn end(&mut self, outcome: Outcome) {
        self.is_done = true;
        let Failover { board, dice, metrics, .. } = self.failover;
        let mut board = board.lock().unwrap_or_else(PoisonError::into_inner);
        match board.end(self.index, Instant::now(), self.started, outcome, dice) {
            Change::None => {}
            Change::Ejected => metrics.ejected(),
            Change::TakenBack => metrics.taken_back(),
        }
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if !self.is_done {
            let is_late = self.deadline.is_some_and(|deadline| Instant::now() >= deadline);
            self.end(if is_late { Outcome::Failed } else { Outcome::Abandoned });
        }
    }
}

impl Signer for Failover {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        Box::pin(async move { self.run(request, None, &Tried::default()).await })
    }

    fn sign_before<'a>(&'a self, request: &'a SignRequest, deadline: Instant) -> SignFuture<'a> {
        Box::pin(async move { self.run(request, Some(deadline), &Tried::default()).await })
    }
}

impl fmt::Debug for Failover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.endpoints.iter().map(|endpoint| &endpoint.name).collect();
        f.debug_struct("Failover")
            .field("endpoints", &names)
            .field("board", &self.board)
            .finish_non_exhaustive()
    }
}
