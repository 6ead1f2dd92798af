//! What a connection asks while it is polled, in its first handshake or in a renegotiation.

use std::task::{Context, Poll, ready};

use tls_core::Error;

use crate::sessions::Errand;
use crate::stream::{TlsState, TlsStream};

impl<IO> TlsStream<IO> {
    /// Has sessions kept that the connection hands out, or forgotten, if it has failed.
    pub(crate) fn keep_sessions(&mut self) {
        let TlsState { connection, operations, .. } = &mut self.state;
        let mut next = || {
            let kept = connection.take_kept_session().map(Errand::Keep);
            kept.or_else(|| connection.take_forgotten_session().map(Errand::Forget))
        };
        while let Some(errand) = next() {
            if let Some(operations) = operations {
                operations.run(errand);
            }
        }
    }

    /// What is asked from now on is not part of the first handshake.
    pub(crate) fn first_handshake_is_done(&mut self) {
        if let Some(operations) = &mut self.state.operations {
            operations.first_handshake_is_done();
        }
    }

    /// Carries on with what the connection asks. Ready when it asks nothing more, with whether it had an answer. A first
    /// handshake has then been given again what it would not take before.
    pub(crate) fn poll_operations(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, Error>> {
        let mut has_answered = false;
        loop {
            if let Some(operation) = self.state.connection.take_operation() {
                self.state.operations.get_or_insert_default().begin(operation);
            }
            let Some(operations) = &mut self.state.operations else { return Poll::Ready(Ok(has_answered)) };
            let Some(answer) = ready!(operations.poll(cx)) else { return Poll::Ready(Ok(has_answered)) };
            self.state.connection.answer(answer)?;
            has_answered = true;
            if self.state.connection.facts().is_none() {
                self.state.input.resume(&mut self.state.connection)?;
            }
        }
    }
}
