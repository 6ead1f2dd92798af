use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::signer::limit::Limits;
use crate::signer::metrics::Metrics;

/// A queue that has not run empty for so long is not a burst.
const STANDING: Duration = Duration::from_millis(100);

/// Places at a signer, and who waits for one.
#[derive(Debug)]
pub(crate) struct Queue {
    limits: Limits,
    state: Mutex<State>,
    metrics: Metrics,
}

#[derive(Debug, Default)]
struct State {
    in_flight: usize,
    arrivals: u64,
    /// In the order of their arrival.
    waiting: BTreeMap<u64, Waiter>,
    /// Those that have a deadline, by it.
    deadlines: BTreeSet<(Instant, u64)>,
    /// When someone began to wait, if someone has waited ever since.
    standing_since: Option<Instant>,
    /// What requests take once they have a place, smoothed.
    service: Duration,
}

#[derive(Debug)]
struct Waiter {
    deadline: Option<Instant>,
    verdict: oneshot::Sender<Verdict>,
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Go,
    Shed,
}

/// What becomes of a request.
pub(crate) enum Admission {
    /// Its turn is now.
    Place(Place),
    /// Its turn may come.
    Wait(Turn),
    /// There is no room.
    Shed,
}

impl Queue {
    pub(crate) fn new(limits: Limits, metrics: &Metrics) -> Self {
        Self { limits, state: Mutex::default(), metrics: metrics.clone() }
    }

    pub(crate) fn load(&self) -> Limits {
        let state = self.state();
        Limits::new(state.in_flight, state.waiting.len())
    }

    pub(crate) fn enter(self: &Arc<Self>, now: Instant, deadline: Option<Instant>) -> Admission {
        let mut state = self.state();
        if state.in_flight < self.limits.in_flight {
            state.in_flight += 1;
            drop(state);
            return Admission::Place(Place::new(self));
        }
        let is_late = deadline.is_some_and(|deadline| deadline <= state.earliest_end(now));
        if is_late || self.limits.queued == 0 {
            drop(state);
            self.metrics.shed();
            return Admission::Shed;
        }
        let shed = if state.waiting.len() >= self.limits.queued { state.make_room(now) } else { None };
        let (verdict, receiver) = oneshot::channel();
        let number = state.push(now, Waiter { deadline, verdict });
        drop(state);
        self.shed(shed);
        Admission::Wait(Turn { queue: Arc::clone(self), number, receiver })
    }

    /// Hands a place that is free to whoever is next, or keeps it.
    fn release(&self) {
        loop {
            let now = Instant::now();
            let mut state = self.state();
            let late: Vec<Waiter> = std::iter::from_fn(|| state.pop_late(now)).collect();
            let next = state.pop_next(now);
            if next.is_none() {
                state.in_flight = state.in_flight.saturating_sub(1);
            }
            drop(state);
            self.shed(late);
            // If it went just now, its place is for the one after it.
            if next.is_none_or(|waiter| waiter.verdict.send(Verdict::Go).is_ok()) {
                return;
            }
        }
    }

    fn shed(&self, waiters: impl IntoIterator<Item = Waiter>) {
        for waiter in waiters {
            if waiter.verdict.send(Verdict::Shed).is_ok() {
                self.metrics.shed();
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// When a request that gets its place now is done, probably.
    fn earliest_end(&self, now: Instant) -> Instant {
        now + self.service
    }

    fn push(&mut self, now: Instant, waiter: Waiter) -> u64 {
        let number = self.arrivals;
        self.arrivals = number.wrapping_add(1);
        self.deadlines.extend(waiter.deadline.map(|deadline| (deadline, number)));
        self.waiting.insert(number, waiter);
        self.standing_since.get_or_insert(now);
        number
    }

    fn remove(&mut self, number: u64) -> Option<Waiter> {
        let waiter = self.waiting.remove(&number)?;
        if let Some(deadline) = waiter.deadline {
            self.deadlines.remove(&(deadline, number));
        }
        if self.waiting.is_empty() {
            self.standing_since = None;
        }
        Some(waiter)
    }

    /// Someone who would come too late even if it were its turn.
    fn pop_late(&mut self, now: Instant) -> Option<Waiter> {
        let &(deadline, number) = self.deadlines.first()?;
        if deadline <= self.earliest_end(now) { self.remove(number) } else { None }
    }

    fn make_room(&mut self, now: Instant) -> Option<Waiter> {
        self.pop_late(now).or_else(|| {
            let (&oldest, _) = self.waiting.first_key_value()?;
            self.remove(oldest)
        })
    }

    fn pop_next(&mut self, now: Instant) -> Option<Waiter> {
        let is_standing = self.standing_since.is_some_and(|since| now.duration_since(since) > STANDING);
        let next = if is_standing { self.waiting.last_key_value() } else { self.waiting.first_key_value() };
        let (&number, _) = next?;
        self.remove(number)
    }
}

/// A place at the signer, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    queue: Arc<Queue>,
    since: Instant,
}

impl Place {
    fn new(queue: &Arc<Queue>) -> Self {
        Self { queue: Arc::clone(queue), since: Instant::now() }
    }

    /// Gives the place back after an answer, which tells how long answers take.
    pub(crate) fn done(self) {
        let took = self.since.elapsed();
        let mut state = self.queue.state();
        state.service = state.service.saturating_mul(7).saturating_add(took) / 8;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.queue.release();
    }
}

/// A turn that is waited for: a place, or `None` if it never comes. Dropped, it makes way.
#[derive(Debug)]
pub(crate) struct Turn {
    queue: Arc<Queue>,
    number: u64,
    receiver: oneshot::Receiver<Verdict>,
}

impl Future for Turn {
    type Output = Option<Place>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let verdict = ready!(Pin::new(&mut self.receiver).poll(cx));
        Poll::Ready((verdict == Ok(Verdict::Go)).then(|| Place::new(&self.queue)))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let was_waiting = self.queue.state().remove(self.number).is_some();
        self.receiver.close();
        // A place that was given and not taken. Once taken, it is not here any more.
        if !was_waiting && self.receiver.try_recv() == Ok(Verdict::Go) {
            self.queue.release();
        }
    }
}
