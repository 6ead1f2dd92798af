//! Sessions that are kept outside of the process.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tls_core::{Answer, FindSession, KeptSession};
use tokio::runtime::Handle;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::operations::{BoxFuture, contained};

/// What a session may take to be stored, before it is given up: whoever comes back sooner has a full handshake.
const KEEPING_TIMEOUT: Duration = Duration::from_secs(10);

/// A store of sessions that is elsewhere, or a service that opens tickets: asked where the configuration says
/// `sessions_elsewhere`. To a store, sessions are bytes under keys of 32 bytes, for both ends alike.
///
/// Nothing that happens here fails a connection: without a session there is a full handshake.
pub trait SessionCache: fmt::Debug + Send + Sync {
    /// The bytes that are kept under the request's key, or what its ticket holds. A session that
    /// [serves once](FindSession::serves_once) must be forgotten in the same step.
    fn find<'a>(&'a self, request: &'a FindSession) -> BoxFuture<'a, Option<Vec<u8>>>;

    /// Keeps a session. No connection waits for it: it is a task of its own on the connection's runtime, given up after ten
    /// seconds.
    fn keep(&self, session: KeptSession) -> BoxFuture<'_, ()>;

    /// Forgets what is kept under this key, if anything is: a connection of TLS 1.2 that went by it has
    /// [failed](tls_core::Connection::take_forgotten_session). Nothing waits for it either.
    fn forget(&self, key: [u8; 32]) -> BoxFuture<'_, ()>;

    /// How long a handshake waits for [`find`](Self::find), half a second unless overridden: a full handshake takes less
    /// than that. It needs tokio's time driver; without a handshake timeout there is no limit to this either.
    fn patience(&self) -> Duration {
        Duration::from_millis(500)
    }
}

/// Answers a wish for a session, in what time the handshake has, if that is limited.
pub(crate) async fn find_by(
    cache: Option<Arc<dyn SessionCache>>,
    request: FindSession,
    rest: Option<Duration>,
) -> Answer {
    let Some(cache) = cache else { return request.not_found() };
    // The call itself may panic, too.
    let looking = contained(Box::pin(async { cache.find(&request).await }));
    let found = match rest {
        Some(rest) => timeout(rest.min(cache.patience()), looking).await.ok().flatten(),
        None => looking.await,
    };
    match found.flatten().map(Zeroizing::new) {
        Some(bytes) => request.found(&bytes),
        None => request.not_found(),
    }
}

/// What a connection leaves for a cache to do.
pub(crate) enum Errand {
    Keep(KeptSession),
    Forget([u8; 32]),
}

/// Has a session kept or forgotten, whatever becomes of its connection. Outside of a runtime it is not.
pub(crate) fn run_by(cache: &Arc<dyn SessionCache>, errand: Errand) {
    let Ok(runtime) = Handle::try_current() else { return };
    let cache = Arc::clone(cache);
    runtime.spawn(async move {
        // The call itself may panic, too; then it is this task that ends.
        let running = match errand {
            Errand::Keep(session) => cache.keep(session),
            Errand::Forget(key) => cache.forget(key),
        };
        let _ = timeout(KEEPING_TIMEOUT, running).await;
    });
}
