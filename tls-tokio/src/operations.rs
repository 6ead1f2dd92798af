//! What a connection asks of the program around it, and who answers.

mod pre_shared_key;
mod signing;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tls_core::ciphersuites::SignatureScheme;
use tls_core::{
    AlertDescription, Answer, CertificateError, ClientHello, Operation, SelectConfig, ServerConfig,
    VerifyCertificate,
};
use tokio::time::Instant;

use crate::early_data::{self, EarlyDataDecider};
use crate::sessions::{self, Errand, SessionCache};
use crate::signer::Signer;

pub use self::pre_shared_key::{PreSharedKeyChoice, PreSharedKeySelector};

/// A future that is owned, and that may go to another thread.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Someone who judges certificates: asked where the configuration says
/// [`ServerVerification::Asked`](tls_core::ServerVerification::Asked),
/// [`ClientAuthentication::RequiredAsked`](tls_core::ClientAuthentication::RequiredAsked) or
/// [`ClientAuthentication::OptionalAsked`](tls_core::ClientAuthentication::OptionalAsked).
pub trait CertificateVerifier: fmt::Debug + Send + Sync {
    /// Whether the peer is who it should be, or why it is not.
    fn verify<'a>(&'a self, request: &'a VerifyCertificate) -> BoxFuture<'a, Result<(), CertificateError>>;
}

/// Someone who chooses the configuration by the ClientHello: asked where the first configuration says
/// [`select_config`](tls_core::ServerConfigBuilder::select_config).
pub trait ConfigSelector: fmt::Debug + Send + Sync {
    /// The configuration that this client is served by.
    fn select<'a>(&'a self, hello: &'a ClientHello) -> BoxFuture<'a, ConfigChoice>;
}

/// What a [`ConfigSelector`] chooses.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ConfigChoice {
    /// Another configuration.
    Use(Arc<ServerConfig>),
    /// The one that there is.
    Keep,
    /// None: the client is told so by this alert.
    Refuse(AlertDescription),
}

/// How a signature was made for this connection by a key that is not in this process.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signing {
    /// Who made it, as the signer says.
    pub made_by: Arc<str>,
    /// How it was made.
    pub scheme: SignatureScheme,
    /// The time that the handshake waited for it.
    pub elapsed: Duration,
    /// How much of it passed in queues: of this process, and of the server of a remote signer.
    pub queued: Duration,
}

/// Who answers. Without one, what is asked of it fails.
#[derive(Clone, Debug, Default)]
pub(crate) struct Helpers {
    pub(crate) signer: Option<Arc<dyn Signer>>,
    pub(crate) verifier: Option<Arc<dyn CertificateVerifier>>,
    pub(crate) selector: Option<Arc<dyn ConfigSelector>>,
    pub(crate) key_selector: Option<Arc<dyn PreSharedKeySelector>>,
    pub(crate) sessions: Option<Arc<dyn SessionCache>>,
    pub(crate) decider: Option<Arc<dyn EarlyDataDecider>>,
}

impl Helpers {
    fn answer(&self, operation: Operation, deadline: Option<Instant>) -> BoxFuture<'static, Done> {
        match operation {
            Operation::Sign(sign) => Box::pin(signing::sign_by(self.signer.clone(), sign, deadline)),
            Operation::VerifyCertificate(request) => Box::pin(verify_by(self.verifier.clone(), request)),
            Operation::FindSession(request) => {
                let rest = deadline.map(|deadline| deadline.duration_since(Instant::now()));
                let found = sessions::find_by(self.sessions.clone(), request, rest);
                Box::pin(async { Done { answer: found.await, signing: None } })
            }
            Operation::SelectConfig(select) => Box::pin(select_by(self.selector.clone(), select)),
            Operation::SelectPreSharedKey(select) => {
                Box::pin(pre_shared_key::select_by(self.key_selector.clone(), select))
            }
            Operation::AcceptEarlyData(asked) => Box::pin(early_data::decide_by(self.decider.clone(), asked)),
            // Every operation there is today is above. One that is not gets no answer, and the handshake its timeout.
            _ => Box::pin(std::future::pending()),
        }
    }
}

/// An answer, and what is to be remembered of how it came about.
pub(crate) struct Done {
    pub(crate) answer: Answer,
    pub(crate) signing: Option<Signing>,
}

async fn verify_by(verifier: Option<Arc<dyn CertificateVerifier>>, request: VerifyCertificate) -> Done {
    let verdict = match &verifier {
        Some(verifier) => contained(verifier.verify(&request)).await,
        None => {
            Some(Err(CertificateError::Refused("there is nobody to judge it: no verifier was given".into())))
        }
    };
    let panicked = || Err(CertificateError::Refused("whoever should judge it panicked".into()));
    Done { answer: request.answer(verdict.unwrap_or_else(panicked)), signing: None }
}

async fn select_by(selector: Option<Arc<dyn ConfigSelector>>, select: SelectConfig) -> Done {
    let choice = match &selector {
        Some(selector) => contained(selector.select(select.client_hello())).await,
        None => None,
    };
    let answer = match choice {
        Some(ConfigChoice::Use(config)) => select.use_config(config),
        Some(ConfigChoice::Keep) => select.keep_config(),
        Some(ConfigChoice::Refuse(alert)) => select.refuse(alert),
        None => select.refuse(AlertDescription::INTERNAL_ERROR),
    };
    Done { answer, signing: None }
}

/// Runs a helper's future; `None`: it panicked. One connection's helper must not take down what else its task does.
pub(crate) async fn contained<T>(mut future: BoxFuture<'_, T>) -> Option<T> {
    std::future::poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(poll) => poll.map(Some),
        Err(_) => Poll::Ready(None),
    })
    .await
}

/// What part of a handshake's time is left for the rest of it.
const MARGIN: u32 = 20;

/// A connection's helpers, and what they are at.
#[derive(Default)]
pub(crate) struct Operations {
    helpers: Arc<Helpers>,
    /// What a handshake may take.
    timeout: Option<Duration>,
    /// When the first handshake's time is over, until it is done.
    end: Option<Instant>,
    /// Behind a lock that is never contended: a stream may be shared, which a future may not.
    running: Option<Mutex<BoxFuture<'static, Done>>>,
    signing: Option<Signing>,
}

impl Operations {
    pub(crate) fn new(helpers: Arc<Helpers>, timeout: Option<Duration>) -> Self {
        let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        Self { helpers, timeout, end, running: None, signing: None }
    }

    /// Further handshakes have a time of their own.
    pub(crate) fn first_handshake_is_done(&mut self) {
        self.end = None;
    }

    /// After which an answer is worth nothing: it has yet to be sent, or its failure to be told.
    fn deadline(&self) -> Option<Instant> {
        let timeout = self.timeout?;
        let end = self.end.or_else(|| Instant::now().checked_add(timeout))?;
        end.checked_sub(timeout / MARGIN)
    }

    pub(crate) fn signing(&self) -> Option<&Signing> {
        self.signing.as_ref()
    }

    /// Has a session kept or forgotten that the connection has handed out, if there is somebody who does.
    pub(crate) fn run(&self, errand: Errand) {
        if let Some(sessions) = &self.helpers.sessions {
            sessions::run_by(sessions, errand);
        }
    }

    /// Has the operation worked on, in place of one that is no longer awaited.
    pub(crate) fn begin(&mut self, operation: Operation) {
        self.running = Some(Mutex::new(self.helpers.answer(operation, self.deadline())));
    }

    /// Carries on with what there is to do, to the answer; `None`: there is nothing to do.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Answer>> {
        let Some(running) = &mut self.running else { return Poll::Ready(None) };
        let future = running.get_mut().unwrap_or_else(PoisonError::into_inner);
        let Done { answer, signing } = ready!(future.as_mut().poll(cx));
        self.running = None;
        self.signing = signing.or(self.signing.take());
        Poll::Ready(Some(answer))
    }
}

impl fmt::Debug for Operations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operations").field("helpers", &self.helpers).finish_non_exhaustive()
    }
}
