use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tls_core::{SignFailure, SignFailureKind};
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::signer::limit::Limits;
use crate::signer::limit::width::Width;
use crate::signer::{Metrics, Signature};

/// Places at a signer, and who waits for one.
#[derive(Debug)]
pub(crate) struct Queue {
    /// How many may wait.
    room: usize,
    state: Mutex<State>,
    metrics: Metrics,
}

#[derive(Debug)]
struct State {
    width: Width,
    in_flight: usize,
    arrivals: u64,
    /// In the order of their arrival.
    waiting: BTreeMap<u64, Waiter>,
    /// Those that have a deadline, by it.
    deadlines: BTreeSet<(Instant, u64)>,
    /// Whether those who come would be too late in their turn.
    is_overrun: bool,
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
        let state = State {
            width: Width::new(limits.least_in_flight, limits.in_flight),
            in_flight: 0,
            arrivals: 0,
            waiting: BTreeMap::new(),
            deadlines: BTreeSet::new(),
            is_overrun: false,
            service: Duration::ZERO,
        };
        Self { room: limits.queued, state: Mutex::new(state), metrics: metrics.clone() }
    }

    pub(crate) fn load(&self) -> Limits {
        let state = self.state();
        Limits::new(state.in_flight, state.waiting.len())
    }

    pub(crate) fn places(&self) -> usize {
        self.state().width.places()
    }

    pub(crate) fn enter(self: &Arc<Self>, now: Instant, deadline: Option<Instant>) -> Admission {
        let mut state = self.state();
        if state.in_flight < state.width.places() {
            state.in_flight += 1;
            drop(state);
            return Admission::Place(Place::new(self, deadline));
        }
        let is_late = deadline.is_some_and(|deadline| deadline <= state.earliest_end(now));
        if is_late || self.room == 0 {
            drop(state);
            self.metrics.shed();
            return Admission::Shed;
        }
        let shed = if state.waiting.len() >= self.room { state.make_room(now) } else { None };
        let (verdict, receiver) = oneshot::channel();
        let number = state.push(now, Waiter { deadline, verdict });
        drop(state);
        self.shed(shed);
        Admission::Wait(Turn { queue: Arc::clone(self), number, deadline, receiver })
    }

    /// Gives a place back, and those that are free to whoever is next.
    fn release(&self) {
        let mut given_back = 1;
        while let Some(next) = self.take_next(given_back) {
            // If it went just now, its place is for the one after it.
            given_back = usize::from(next.verdict.send(Verdict::Go).is_err());
        }
    }

    /// Who is next, after so many places were given back, if there is a place, which is then taken.
    fn take_next(&self, given_back: usize) -> Option<Waiter> {
        let now = Instant::now();
        let mut state = self.state();
        state.in_flight = state.in_flight.saturating_sub(given_back);
        if state.in_flight >= state.width.places() {
            return None;
        }
        let late: Vec<Waiter> = std::iter::from_fn(|| state.pop_late(now)).collect();
        let next = state.pop_next();
        state.in_flight += usize::from(next.is_some());
        drop(state);
        self.shed(late);
        next
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

    /// How long a request takes, probably, that gets its place after all that wait.
    fn time_in_turn(&self) -> Duration {
        let in_u32 = |count| u32::try_from(count).unwrap_or(u32::MAX);
        let turns =
            self.service.saturating_mul(in_u32(self.waiting.len())) / in_u32(self.width.places()).max(1);
        self.service.saturating_add(turns)
    }

    /// By the time that the newest has. Between too late and in good time it stays as it is, so that the order does not
    /// turn about all the time.
    fn judge(&mut self, left: Duration) {
        let time = self.time_in_turn();
        if time >= left {
            self.is_overrun = true;
        } else if time <= left / 2 {
            self.is_overrun = false;
        }
    }

    fn push(&mut self, now: Instant, waiter: Waiter) -> u64 {
        let number = self.arrivals;
        self.arrivals = number.wrapping_add(1);
        self.deadlines.extend(waiter.deadline.map(|deadline| (deadline, number)));
        if let Some(deadline) = waiter.deadline {
            self.judge(deadline.saturating_duration_since(now));
        }
        self.waiting.insert(number, waiter);
        number
    }

    fn remove(&mut self, number: u64) -> Option<Waiter> {
        let waiter = self.waiting.remove(&number)?;
        if let Some(deadline) = waiter.deadline {
            self.deadlines.remove(&(deadline, number));
        }
        if self.waiting.is_empty() {
            self.is_overrun = false;
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

    fn pop_next(&mut self) -> Option<Waiter> {
        let next =
            if self.is_overrun { self.waiting.last_key_value() } else { self.waiting.first_key_value() };
        let (&number, _) = next?;
        self.remove(number)
    }
}

/// A place at the signer, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    queue: Arc<Queue>,
    since: Instant,
    deadline: Option<Instant>,
    is_done: bool,
}

impl Place {
    fn new(queue: &Arc<Queue>, deadline: Option<Instant>) -> Self {
        Self { queue: Arc::clone(queue), since: Instant::now(), deadline, is_done: false }
    }

    /// Gives the place back after an answer, which tells how long answers take, and whether there are too many places.
    pub(crate) fn done(mut self, answer: &Result<Signature, SignFailure>) {
        self.is_done = true;
        let took = self.since.elapsed();
        let mut state = self.queue.state();
        state.service = state.service.saturating_mul(7).saturating_add(took) / 8;
        match answer.as_ref().map_err(SignFailure::kind) {
            Ok(_) => {
                let in_flight = state.in_flight;
                state.width.answered(in_flight);
            }
            Err(SignFailureKind::Overloaded | SignFailureKind::TimedOut) => {
                state.width.objected(self.since, Instant::now());
            }
            Err(_) => {}
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let now = Instant::now();
        if !self.is_done && self.deadline.is_some_and(|deadline| deadline <= now) {
            self.queue.state().width.objected(self.since, now);
        }
        self.queue.release();
    }
}

/// A turn that is waited for: a place, or `None` if it never comes. Dropped, it makes way.
#[derive(Debug)]
pub(crate) struct Turn {
    queue: Arc<Queue>,
    number: u64,
    deadline: Option<Instant>,
    receiver: oneshot::Receiver<Verdict>,
}

impl Future for Turn {
    type Output = Option<Place>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let verdict = ready!(Pin::new(&mut self.receiver).poll(cx));
        Poll::Ready((verdict == Ok(Verdict::Go)).then(|| Place::new(&self.queue, self.deadline)))
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
