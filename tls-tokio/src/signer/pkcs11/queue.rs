//! Work that waits for a thread with a session. Bounded, and given back by who no longer wants it.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tls_core::SignFailureKind;
use tokio::sync::oneshot;

use super::fault::Fault;
use super::mechanism::Method;

/// Work in the order in which it came.
#[derive(Debug)]
pub(super) struct Queue {
    limit: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// In the order of their numbers.
    jobs: VecDeque<(u64, Job)>,
    last: u64,
    is_closed: bool,
}

/// One signature to make.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) method: Method,
    pub(super) input: Vec<u8>,
    pub(super) since: Instant,
    reply: oneshot::Sender<Done>,
}

/// What has come of a job.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) result: Result<Vec<u8>, Fault>,
    pub(super) queued: Duration,
}

impl Job {
    pub(super) fn answer(self, result: Result<Vec<u8>, Fault>, queued: Duration) {
        // Who asked may have gone.
        let _ = self.reply.send(Done { result, queued });
    }
}

/// A place in the queue. Dropping it gives the place back.
#[derive(Debug)]
pub(super) struct Place {
    queue: Arc<Queue>,
    number: u64,
    reply: oneshot::Receiver<Done>,
}

impl Queue {
    pub(super) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, state: Mutex::default(), changed: Condvar::new() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a signature, or says that there is no room: `None`.
    pub(super) fn push(self: &Arc<Self>, method: Method, input: Vec<u8>) -> Option<Place> {
        let (reply, receiver) = oneshot::channel();
        let mut state = self.state();
        if state.jobs.len() >= self.limit {
            return None;
        }
        state.last = state.last.wrapping_add(1);
        let number = state.last;
        state.jobs.push_back((number, Job { method, input, since: Instant::now(), reply }));
        drop(state);
        self.changed.notify_one();
        Some(Place { queue: Arc::clone(self), number, reply: receiver })
    }

    /// Waits for a job. `None` when there will be none any more.
    pub(super) fn next(&self) -> Option<Job> {
        let mut state = self.state();
        loop {
            if state.is_closed {
                return None;
            }
            if let Some((_, job)) = state.jobs.pop_front() {
                return Some(job);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Ends the wait of everyone.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        state.jobs.clear();
        drop(state);
        self.changed.notify_all();
    }
}

impl Place {
    /// Waits until the job is done.
    pub(super) async fn wait(mut self) -> Result<Done, Fault> {
        let gone = |_| Fault::new(SignFailureKind::Unavailable, "the token's signer has ended");
        (&mut self.reply).await.map_err(gone)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.queue.state();
        if let Ok(index) = state.jobs.binary_search_by_key(&self.number, |(number, _)| *number) {
            state.jobs.remove(index);
        }
    }
}
