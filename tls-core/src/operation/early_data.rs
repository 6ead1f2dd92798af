//! The decision whether early data is acted on.

use crate::operation::{Answer, OperationId, Reply};
use crate::session::EarlyDataAttempt;

/// A server's wish for a word on a client's early data, where it [asks](crate::EarlyDataAcceptance::Asked). All that can be
/// checked has been; but a copy of what another connection has sent before looks the same. Who answers has to keep
/// replays away: a [`ReplayGuard`](crate::ReplayGuard), or something that a whole fleet shares, and that may take its time.
#[derive(Debug)]
pub struct AcceptEarlyData {
    id: OperationId,
    attempt: Box<EarlyDataAttempt>,
}

impl AcceptEarlyData {
    pub(crate) fn new(attempt: EarlyDataAttempt) -> Self {
        Self { id: OperationId::next(), attempt: Box::new(attempt) }
    }

    /// What tells this operation from every other of the process.
    pub fn id(&self) -> OperationId {
        self.id
    }

    /// What is known of it.
    pub fn attempt(&self) -> &EarlyDataAttempt {
        &self.attempt
    }

    /// Answers: it is accepted, all of it.
    pub fn accept(self) -> Answer {
        Answer { id: self.id, reply: Reply::AcceptEarlyData(true) }
    }

    /// Answers: it is not. The connection goes on without it.
    pub fn reject(self) -> Answer {
        Answer { id: self.id, reply: Reply::AcceptEarlyData(false) }
    }
}
