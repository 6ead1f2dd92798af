//! The end that asks.

mod lane;
mod link;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tls_core::{
    ClientConfig, ConfigError, Identity, ServerName, ServerVerification, SignFailure, SignFailureKind,
    SignRequest, ciphersuites,
};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use crate::connector::Connector;
use crate::signer::remote::client::link::{Answered, Link};
use crate::signer::remote::{ALPN, Endpoint, policy};
use crate::signer::{SignFuture, Signature, Signer};

/// Asks a [`Server`](super::Server) for signatures, over a few connections that it keeps open.
///
/// Connections are made anew when they are lost, after a time that grows with each failure and is chosen at random, so
/// that many clients of a server that is back do not come all at once. What was under way on a connection that is lost
/// fails as [`Unavailable`](SignFailureKind::Unavailable); it is not asked again here. The tasks that do all this end
/// when the signer is dropped.
#[derive(Debug)]
pub struct RemoteSigner {
    shared: Arc<Shared>,
    /// Dropped with the signer, which ends them.
    _lanes: JoinSet<()>,
}

/// What the signer and its lanes share.
struct Shared {
    endpoint: Endpoint,
    server_name: ServerName<'static>,
    connector: Connector,
    limits: Limits,
    made_by: Arc<str>,
    /// The link of each lane that has one.
    links: watch::Sender<Box<[Option<Arc<Link>>]>>,
    /// Why the last attempt to connect failed, for people.
    last_error: watch::Sender<Arc<str>>,
    places: Semaphore,
    /// The first half of all trace ids.
    trace: [u8; 8],
    counters: Counters,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("endpoint", &self.endpoint)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, Debug)]
struct Limits {
    connections: usize,
    timeout: Duration,
    patience: Duration,
    pending: usize,
}

#[derive(Debug, Default)]
struct Counters {
    requests: AtomicU64,
    connections: AtomicU64,
    stale: AtomicU64,
}

/// What a [`RemoteSigner`] has counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Requests, whatever became of them.
    pub requests: u64,
    /// Requests that are under way.
    pub pending: usize,
    /// Connections that were made.
    pub connections: u64,
    /// Connections that there are.
    pub connected: usize,
    /// Answers that nobody waited for: to requests given up, answered before, or never made.
    pub stale: u64,
}

/// Begins a [`RemoteSigner`].
#[derive(Debug)]
pub struct RemoteSignerBuilder {
    endpoint: Endpoint,
    server_name: ServerName<'static>,
    identity: Identity,
    verification: ServerVerification,
    limits: Limits,
}

impl RemoteSignerBuilder {
    /// How many connections to keep open. Two unless set: one connection carries thousands of requests at once.
    #[must_use]
    pub fn connections(mut self, connections: usize) -> Self {
        self.limits.connections = connections.clamp(1, 64);
        self
    }

    /// How long a request may take, the server's own queue included; the server is told. One second unless set.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.limits.timeout = timeout;
        self
    }

    /// How long a request waits for a connection when there is none. A quarter of a second unless set.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.limits.patience = patience;
        self
    }

    /// How many requests there may be at once; more are declined as overload. 4,096 unless set.
    #[must_use]
    pub fn max_pending(mut self, pending: usize) -> Self {
        self.limits.pending = pending.min(Semaphore::MAX_PERMITS);
        self
    }

    /// Begins to connect.
    ///
    /// # Errors
    /// The own identity does not suit [`policy`], or this machine has no random numbers to give.
    ///
    /// # Panics
    /// Where there is no tokio runtime.
    pub fn start(self) -> Result<RemoteSigner, ConfigError> {
        let config = ClientConfig::builder()
            .policy(policy())
            .server_verification(self.verification)
            .identity(self.identity)
            .alpn([ALPN])
            .build()?;
        let limits = self.limits;
        let mut trace = [0; 8];
        // Without random numbers no connection will come about either.
        let _ = ciphersuites::random(&mut trace);
        let shared = Arc::new(Shared {
            connector: Connector::new(config),
            made_by: format!("remote signer {}", self.endpoint).into(),
            endpoint: self.endpoint,
            server_name: self.server_name,
            limits,
            links: watch::Sender::new(vec![None; limits.connections].into()),
            last_error: watch::Sender::new("it is being connected to".into()),
            places: Semaphore::new(limits.pending),
            trace,
            counters: Counters::default(),
        });
        let mut lanes = JoinSet::new();
        for lane in 0..limits.connections {
            lanes.spawn(lane::run(Arc::clone(&shared), lane));
        }
        Ok(RemoteSigner { shared, _lanes: lanes })
    }
}

impl RemoteSigner {
    /// Asks the server at this address, which must prove to be the one of this name, in the manner of `verification`;
    /// `identity` is who this side is to the server.
    pub fn builder(
        endpoint: Endpoint,
        server_name: ServerName<'static>,
        identity: Identity,
        verification: ServerVerification,
    ) -> RemoteSignerBuilder {
        let limits = Limits {
            connections: 2,
            timeout: Duration::from_secs(1),
            patience: Duration::from_millis(250),
            pending: 4096,
        };
        RemoteSignerBuilder { endpoint, server_name, identity, verification, limits }
    }

    /// What it has counted so far.
    pub fn counts(&self) -> Counts {
        let Shared { counters, links, places, limits, .. } = &*self.shared;
        Counts {
            requests: counters.requests.load(Ordering::Relaxed),
            pending: limits.pending.saturating_sub(places.available_permits()),
            connections: counters.connections.load(Ordering::Relaxed),
            connected: links.borrow().iter().flatten().count(),
            stale: counters.stale.load(Ordering::Relaxed),
        }
    }

    /// Waits until there is a connection: to know, before serving, that the address and the certificates are right.
    ///
    /// # Errors
    /// There is none within this time; the failure says why.
    pub async fn connected(&self, within: Duration) -> Result<(), SignFailure> {
        self.shared.link(Instant::now() + within).await.map(|_| ())
    }
}

impl Signer for RemoteSigner {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        Box::pin(self.shared.sign(request, None))
    }

    fn sign_before<'a>(&'a self, request: &'a SignRequest, deadline: Instant) -> SignFuture<'a> {
        Box::pin(self.shared.sign(request, Some(deadline)))
    }
}

impl Shared {
    async fn sign(&self, request: &SignRequest, deadline: Option<Instant>) -> Result<Signature, SignFailure> {
        let number = self.counters.requests.fetch_add(1, Ordering::Relaxed);
        let Ok(_place) = self.places.try_acquire() else {
            let detail = format!("{} requests are under way already", self.limits.pending);
            return Err(SignFailure::new(SignFailureKind::Overloaded, detail));
        };
        let began = Instant::now();
        let own_deadline = began + self.limits.timeout;
        let deadline = deadline.map_or(own_deadline, |deadline| deadline.min(own_deadline));
        let link = self.link(deadline.min(began + self.limits.patience)).await?;
        let asked = Instant::now();
        let trace = [self.trace, number.to_be_bytes()].concat();
        let answer = link.ask(request, deadline.saturating_duration_since(Instant::now()), &trace)?;
        let answer = timeout_at(deadline, answer).await.unwrap_or_else(|_| {
            let detail = format!("nothing came back within {:?}", deadline.saturating_duration_since(began));
            Err(SignFailure::new(SignFailureKind::TimedOut, detail))
        });
        let Answered { signature, queued } = answer.map_err(|failure| self.traced(&failure, &trace))?;
        // The server's word, as far as it can be true.
        let queued = asked.duration_since(began) + queued.min(asked.elapsed());
        Ok(Signature { queued, ..Signature::new(signature, Arc::clone(&self.made_by)) })
    }

    /// The failure, with what it takes to find it in the server's log.
    fn traced(&self, failure: &SignFailure, trace: &[u8]) -> SignFailure {
        let trace: String = trace.iter().map(|byte| format!("{byte:02x}")).collect();
        SignFailure::new(failure.kind(), format!("{} ({}, trace {trace})", failure.detail(), self.made_by))
    }

    /// The link with the fewest requests under way, as soon as there is one.
    async fn link(&self, until: Instant) -> Result<Arc<Link>, SignFailure> {
        let least_busy = |links: &[Option<Arc<Link>>]| {
            let open = links.iter().flatten().filter(|link| link.is_open());
            open.min_by_key(|link| link.under_way()).map(Arc::clone)
        };
        let mut links = self.links.subscribe();
        let wait = async {
            loop {
                if let Some(link) = least_busy(&links.borrow_and_update()) {
                    return Some(link);
                }
                links.changed().await.ok()?;
            }
        };
        timeout_at(until, wait).await.ok().flatten().ok_or_else(|| {
            let detail = format!("{}: {}", self.made_by, *self.last_error.borrow());
            SignFailure::new(SignFailureKind::Unavailable, detail)
        })
    }

    fn set_link(&self, lane: usize, link: Option<Arc<Link>>) {
        self.links.send_modify(|links| {
            if let Some(place) = links.get_mut(lane) {
                *place = link;
            }
        });
    }
}
