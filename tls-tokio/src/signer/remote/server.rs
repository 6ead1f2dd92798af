//! The end that has the keys.

mod allowed;
mod audit;
mod connection;
mod job;
mod rate;

use std::collections::HashMap;
use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tls_core::ciphersuites::KeyType;
use tls_core::{ClientAuthentication, ConfigError, Identity, KeyId, Roots, ServerConfig};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::acceptor::Acceptor;
use crate::signer::remote::endpoint::{Listener, Transport};
use crate::signer::remote::frame::Patience;
use crate::signer::remote::{ALPN, policy};
use crate::signer::{LocalSigner, PublicKeys, Signer, SignerExt};

pub use self::allowed::AllowedClient;
pub use self::audit::{AuditEvent, Outcome, RequestRecord};

/// How long to wait when the system has no room for another connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A client's handshake takes two round trips; who takes longer holds a place that others could use.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);

/// Serves signatures to [`RemoteSigner`](super::RemoteSigner)s. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Server {
    acceptor: Acceptor,
    shared: Arc<Shared>,
}

/// What all connections share.
pub(crate) struct Shared {
    keys: HashMap<KeyId, ServedKey>,
    clients: Vec<Arc<allowed::Client>>,
    limits: Limits,
    /// Places for connections.
    connections: Arc<Semaphore>,
    /// Places for requests, waiting ones included.
    pending: Arc<Semaphore>,
    /// Places for requests that a signer works on.
    working: Arc<Semaphore>,
    audit: Box<dyn Fn(&AuditEvent) + Send + Sync>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("keys", &self.keys)
            .field("clients", &self.clients)
            .finish_non_exhaustive()
    }
}

/// A key to sign with, and who has it. What that signs is verified before it is handed out: a signature with a mistake in
/// it may be all that it takes to compute a private key.
#[derive(Clone, Debug)]
pub struct ServedKey {
    id: KeyId,
    key_type: KeyType,
    signer: Arc<dyn Signer>,
}

impl ServedKey {
    /// The key of this identity's leaf certificate, which `signer` has.
    pub fn of_identity(identity: &Identity, signer: impl Signer + 'static) -> Self {
        let signer = Arc::new(signer.with_verification(&PublicKeys::of([identity])));
        Self { id: identity.key_id(), key_type: identity.key_type(), signer }
    }
}

impl From<LocalSigner> for ServedKey {
    fn from(signer: LocalSigner) -> Self {
        let (id, key_type, public) = (signer.key_id(), signer.key_type(), signer.public_keys());
        Self { id, key_type, signer: Arc::new(signer.with_verification(&public)) }
    }
}

#[derive(Clone, Copy, Debug)]
struct Limits {
    connections: usize,
    pending: usize,
    pending_per_connection: usize,
    working: usize,
    /// The longest time that a request may ask for.
    request: Duration,
    patience: Patience,
    drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 256,
            pending: 4096,
            pending_per_connection: 1024,
            working: 64,
            request: Duration::from_secs(30),
            patience: Patience { silence: Duration::from_secs(60), frame: Duration::from_secs(5) },
            drain: Duration::from_secs(10),
        }
    }
}

/// Builds a [`Server`].
pub struct ServerBuilder {
    identity: Identity,
    roots: Option<Roots>,
    keys: Vec<ServedKey>,
    clients: Vec<AllowedClient>,
    limits: Limits,
    audit: Box<dyn Fn(&AuditEvent) + Send + Sync>,
}

impl fmt::Debug for ServerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerBuilder")
            .field("keys", &self.keys)
            .field("clients", &self.clients)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl ServerBuilder {
    /// Adds a key; in place of the same key's signer if it is there already.
    #[must_use]
    pub fn key(mut self, key: impl Into<ServedKey>) -> Self {
        self.keys.push(key.into());
        self
    }

    /// Adds a client. Others are turned away after the handshake. Where several match, the first counts.
    #[must_use]
    pub fn client(mut self, client: AllowedClient) -> Self {
        self.clients.push(client);
        self
    }

    /// Wants the certificates of clients to come from these authorities, and to be valid, too. Without this, what a
    /// client is known by is enough: the certificate or the key that its [`AllowedClient`] names.
    #[must_use]
    pub fn client_roots(mut self, roots: Roots) -> Self {
        self.roots = Some(roots);
        self
    }

    /// Tells everything that happens to this function. A request's answer waits for it, and so does whatever else is
    /// done on its thread: it should be quick. Nothing is told unless set.
    #[must_use]
    pub fn audit(mut self, audit: impl Fn(&AuditEvent) + Send + Sync + 'static) -> Self {
        self.audit = Box::new(audit);
        self
    }

    /// How many connections there may be at once, those that still shake hands included. 256 unless set.
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.limits.connections = connections.min(Semaphore::MAX_PERMITS);
        self
    }

    /// How many requests there may be at once, waiting ones included: of all clients, and of one connection. 4,096 and
    /// 1,024 unless set. More are declined as overload.
    #[must_use]
    pub fn max_pending(mut self, overall: usize, per_connection: usize) -> Self {
        self.limits.pending = overall.min(Semaphore::MAX_PERMITS);
        self.limits.pending_per_connection = per_connection;
        self
    }

    /// How many requests the signers are given at once; the others wait their turn. 64 unless set.
    #[must_use]
    pub fn max_working(mut self, working: usize) -> Self {
        self.limits.working = working.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// How long a client may be silent, and how long it may take to send a frame or to receive one. A minute and five
    /// seconds unless set; clients say something every fifteen seconds.
    #[must_use]
    pub fn timeouts(mut self, silence: Duration, frame: Duration) -> Self {
        self.limits.patience = Patience { silence, frame };
        self
    }

    /// How long requests that are under way may take once the server is to end. Ten seconds unless set.
    #[must_use]
    pub fn drain_timeout(mut self, drain: Duration) -> Self {
        self.limits.drain = drain;
        self
    }

    /// Checks everything and settles it.
    ///
    /// # Errors
    /// The server's own identity does not suit [`policy`].
    pub fn build(self) -> Result<Server, ConfigError> {
        let authentication = match self.roots {
            Some(roots) => ClientAuthentication::Required(roots),
            None => ClientAuthentication::RequiredUnverified,
        };
        let config = ServerConfig::builder()
            .policy(policy())
            .identity(self.identity)
            .client_authentication(authentication)
            .alpn([ALPN])
            .build()?;
        let shared = Shared {
            keys: self.keys.into_iter().map(|key| (key.id, key)).collect(),
            clients: self.clients.into_iter().map(|client| Arc::new(client.into())).collect(),
            limits: self.limits,
            connections: Arc::new(Semaphore::new(self.limits.connections)),
            pending: Arc::new(Semaphore::new(self.limits.pending)),
            working: Arc::new(Semaphore::new(self.limits.working)),
            audit: self.audit,
        };
        let acceptor = Acceptor::new(config).handshake_timeout(HANDSHAKE_TIMEOUT);
        Ok(Server { acceptor, shared: Arc::new(shared) })
    }
}

impl Server {
    /// Begins with this identity for the connections themselves, without keys to sign with, and without clients.
    pub fn builder(identity: Identity) -> ServerBuilder {
        ServerBuilder {
            identity,
            roots: None,
            keys: Vec::new(),
            clients: Vec::new(),
            limits: Limits::default(),
            audit: Box::new(|_| ()),
        }
    }

    /// Serves whoever connects, until `end` is ready. Then it accepts nobody any more, tells its clients to go
    /// elsewhere, finishes what they have asked for, and returns. When dropped it ends at once.
    pub async fn serve(&self, listener: Listener, end: impl Future<Output = ()>) {
        let (draining, _) = watch::channel(false);
        let mut connections = JoinSet::new();
        let mut end = pin!(end);
        loop {
            tokio::select! {
                () = &mut end => break,
                Some(_) = connections.join_next() => {}
                (io, peer, place) = self.accept(&listener) => {
                    let (server, draining) = (self.clone(), draining.subscribe());
                    connections.spawn(async move {
                        server.connection(io, peer, draining).await;
                        drop(place);
                    });
                }
            }
        }
        drop(listener);
        draining.send_replace(true);
        let _ = timeout(self.shared.limits.drain, async { while connections.join_next().await.is_some() {} })
            .await;
    }

    /// The next connection, once there is a place for it.
    async fn accept(
        &self,
        listener: &Listener,
    ) -> (Box<dyn Transport>, String, Option<tokio::sync::OwnedSemaphorePermit>) {
        // The semaphore is never closed.
        let place = Arc::clone(&self.shared.connections).acquire_owned().await.ok();
        loop {
            match listener.accept().await {
                Ok((io, peer)) => return (io, peer, place),
                Err(_) => sleep(ACCEPT_PAUSE).await,
            }
        }
    }

    async fn connection(&self, io: Box<dyn Transport>, peer: String, draining: watch::Receiver<bool>) {
        match self.acceptor.accept(io).await {
            Ok(stream) => connection::serve(Arc::clone(&self.shared), stream, peer, draining).await,
            Err(error) => self.shared.tell(AuditEvent::Refused { peer, reason: error.to_string() }),
        }
    }
}

impl Shared {
    fn tell(&self, event: AuditEvent) {
        (self.audit)(&event);
    }
}
