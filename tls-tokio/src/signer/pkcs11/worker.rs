//! Threads that call the token. A call may block for as long as the token likes: it holds one of these, and nothing of
//! the runtime.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use tls_core::SignFailureKind;

use super::fault::Fault;
use super::queue::{Job, Queue};
use super::token::{KeySession, Token};

/// A thread with its session, if it has one.
#[derive(Debug)]
pub(super) struct Worker {
    queue: Arc<Queue>,
    token: Arc<Token>,
    session: Option<KeySession>,
}

impl Worker {
    /// Starts a thread that works until the queue is closed.
    pub(super) fn start(queue: Arc<Queue>, token: Arc<Token>, session: KeySession) -> std::io::Result<()> {
        let worker = Self { queue, token, session: Some(session) };
        thread::Builder::new().name("pkcs11".to_owned()).spawn(|| worker.run()).map(drop)
    }

    fn run(mut self) {
        while let Some(job) = self.queue.next() {
            let queued = job.since.elapsed();
            let result = catch_unwind(AssertUnwindSafe(|| self.sign(&job))).unwrap_or_else(|_| {
                Err(Fault::new(SignFailureKind::Failed, "the thread that called the token panicked"))
            });
            job.answer(result, queued);
        }
    }

    /// Signs; once more in a new session if this one is lost.
    fn sign(&mut self, job: &Job) -> Result<Vec<u8>, Fault> {
        if let Some(session) = self.session.take() {
            match session.sign(job.method, &job.input) {
                Err(fault) if fault.is_lost => {}
                result => {
                    self.session = Some(session);
                    return result;
                }
            }
        }
        let session = self.token.connect()?;
        let result = session.sign(job.method, &job.input);
        // What fails in a session just opened is not kept.
        self.session = Some(session).filter(|_| !result.as_ref().is_err_and(|fault| fault.is_lost));
        result
    }
}
