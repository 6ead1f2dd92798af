//! A signature for a handshake, by whoever has the key.

use std::sync::Arc;
use std::time::Duration;

use tls_core::{Sign, SignFailure, SignFailureKind, SignRequest};
use tokio::time::Instant;

use crate::operations::{Done, Signing, contained};
use crate::signer::{Signature, Signer, call};

pub(super) async fn sign_by(signer: Option<Arc<dyn Signer>>, sign: Sign, deadline: Option<Instant>) -> Done {
    let request = Arc::clone(sign.request());
    let Some(signer) = signer else {
        let detail = "the configuration has a certificate without its private key, and no signer was given";
        let failure = SignFailure::new(SignFailureKind::UnknownKey, detail);
        return Done { answer: sign.answer(Err(failure)), signing: None };
    };
    let started = Instant::now();
    // The call itself may panic, too.
    let signed = observed(&request, async {
        let result = contained(Box::pin(async { call(&signer, &request, deadline).await })).await;
        let result =
            result.unwrap_or_else(|| Err(SignFailure::new(SignFailureKind::Failed, "the signer panicked")));
        report(&result, started.elapsed());
        result
    });
    match signed.await {
        Ok(signature) => {
            let (scheme, elapsed) = (request.scheme(), started.elapsed());
            let signing = Signing { made_by: signature.made_by, scheme, elapsed, queued: signature.queued };
            Done { answer: sign.answer(Ok(signature.bytes)), signing: Some(signing) }
        }
        Err(failure) => Done { answer: sign.answer(Err(failure)), signing: None },
    }
}

/// The work in a span that says what it is for: what signers and their layers log is within it.
#[cfg(feature = "tracing")]
fn observed<F: Future>(request: &SignRequest, work: F) -> impl Future<Output = F::Output> + use<F> {
    let span = tracing::debug_span!("tls_signature", key = %request.key(), scheme = %request.scheme());
    tracing::Instrument::instrument(work, span)
}

#[cfg(not(feature = "tracing"))]
fn observed<F: Future>(_: &SignRequest, work: F) -> impl Future<Output = F::Output> + use<F> {
    work
}

#[cfg(feature = "tracing")]
fn report(result: &Result<Signature, SignFailure>, elapsed: Duration) {
    match result {
        Ok(Signature { made_by, queued, .. }) => {
            tracing::debug!(%made_by, ?elapsed, ?queued, "handshake signed");
        }
        Err(failure) => {
            tracing::debug!(code = failure.kind().code(), %failure, ?elapsed, "handshake not signed");
        }
    }
}

#[cfg(not(feature = "tracing"))]
fn report(_: &Result<Signature, SignFailure>, _: Duration) {}
