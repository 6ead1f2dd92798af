//! Whoever knows the pre-shared keys of a server.

use std::fmt;
use std::sync::Arc;

use tls_core::{AlertDescription, PreSharedKey, SelectPreSharedKey};

use super::{BoxFuture, Done, contained};

/// Someone who knows the external pre-shared keys of clients: asked where the configuration says
/// [`PreSharedKeys::Asked`](tls_core::PreSharedKeys::Asked).
pub trait PreSharedKeySelector: fmt::Debug + Send + Sync {
    /// One of the keys that the client offers, if one of them is known.
    fn select<'a>(&'a self, request: &'a SelectPreSharedKey) -> BoxFuture<'a, PreSharedKeyChoice>;
}

/// What a [`PreSharedKeySelector`] chooses.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum PreSharedKeyChoice {
    /// This key.
    Use(PreSharedKey),
    /// None: a server with certificates goes on by them, any other refuses the client.
    UseNone,
    /// None, and the client is not served, which this alert tells it.
    Refuse(AlertDescription),
}

pub(super) async fn select_by(
    selector: Option<Arc<dyn PreSharedKeySelector>>,
    request: SelectPreSharedKey,
) -> Done {
    let choice = match &selector {
        // The call itself may panic, too.
        Some(selector) => contained(Box::pin(async { selector.select(&request).await })).await,
        None => None,
    };
    let answer = match choice {
        Some(PreSharedKeyChoice::Use(key)) => request.use_key(key),
        Some(PreSharedKeyChoice::UseNone) => request.use_none(),
        Some(PreSharedKeyChoice::Refuse(alert)) => request.refuse(alert),
        None => request.refuse(AlertDescription::INTERNAL_ERROR),
    };
    Done { answer, signing: None }
}
