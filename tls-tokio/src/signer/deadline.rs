use std::time::Duration;

use tls_core::{SignFailure, SignFailureKind, SignRequest};
use tokio::time::{Instant, timeout_at};

use crate::signer::{SignFuture, Signature, Signer};

/// Gives each request so much time, or less where its caller has less: then it fails by
/// [`SignFailureKind::TimedOut`], and the work on it is dropped. Needs tokio's time driver.
#[derive(Debug)]
pub struct Deadline<S> {
    signer: S,
    limit: Duration,
}

impl<S: Signer> Deadline<S> {
    pub(crate) fn new(signer: S, limit: Duration) -> Self {
        Self { signer, limit }
    }

    async fn run(&self, request: &SignRequest, callers: Option<Instant>) -> Result<Signature, SignFailure> {
        let own = Instant::now().checked_add(self.limit);
        let Some(deadline) = own.into_iter().chain(callers).min() else {
            return self.signer.sign(request).await;
        };
        match timeout_at(deadline, self.signer.sign_before(request, deadline)).await {
            Ok(result) => result,
            Err(_) => {
                let detail = format!("it had {:?}, or what was left of its caller's time", self.limit);
                Err(SignFailure::new(SignFailureKind::TimedOut, detail))
            }
        }
    }
}

impl<S: Signer> Signer for Deadline<S> {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        Box::pin(self.run(request, None))
    }

    fn sign_before<'a>(&'a self, request: &'a SignRequest, deadline: Instant) -> SignFuture<'a> {
        Box::pin(self.run(request, Some(deadline)))
    }
}
