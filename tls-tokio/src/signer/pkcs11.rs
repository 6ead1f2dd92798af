//! Keys in tokens, reached by PKCS#11.

mod error;
mod fault;
mod key;
mod mechanism;
mod module;
mod pause;
mod pin;
mod queue;
mod token;
mod uri;
mod worker;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use cryptoki::types::AuthPin;
use tls_core::ciphersuites::{KeyType, SignatureScheme};
use tls_core::{Identity, KeyId, SignFailure, SignFailureKind, SignRequest};

pub use self::error::Pkcs11Error;
pub use self::uri::{InvalidPkcs11Uri, ObjectType, Pkcs11Uri};

use self::key::WhichKey;
use self::mechanism::Method;
use self::module::Module;
use self::queue::{Place, Queue};
use self::token::{KeySession, Token};
use self::worker::Worker;
use crate::signer::{SignFuture, Signature, Signer};

/// How a token is used.
#[derive(Clone, Debug)]
pub struct Pkcs11Options {
    module: Option<PathBuf>,
    pin: Option<AuthPin>,
    expected: Option<WhichKey>,
    threads: NonZeroUsize,
    waiting: usize,
}

impl Default for Pkcs11Options {
    fn default() -> Self {
        Self {
            module: None,
            pin: None,
            expected: None,
            threads: NonZeroUsize::MIN.saturating_add(3),
            waiting: 1024,
        }
    }
}

impl Pkcs11Options {
    /// Four threads, 1,024 signatures that wait, and all else as the URI and the environment say.
    pub fn new() -> Self {
        Self::default()
    }

    /// The module's file, where the URI names none. Without it, the environment variable `PKCS11_MODULE` does.
    #[must_use]
    pub fn module(mut self, file: impl Into<PathBuf>) -> Self {
        self.module = Some(file.into());
        self
    }

    /// The PIN, where the URI has none. Without it, the environment variable `PKCS11_PIN` does.
    #[must_use]
    pub fn pin(mut self, pin: &str) -> Self {
        self.pin = Some(AuthPin::from(pin));
        self
    }

    /// The certificate that the key is for. It tells which key is meant where several match, is checked against the
    /// token's public key, and stands in for that where the token has none.
    #[must_use]
    pub fn identity(mut self, identity: &Identity) -> Self {
        self.expected = Some(WhichKey::of_identity(identity));
        self
    }

    /// How many threads, each with a session of its own, call the token. A token that has fewer sessions gets fewer.
    #[must_use]
    pub fn threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = threads;
        self
    }

    /// How many signatures may wait for a thread. One more fails with [`SignFailureKind::Overloaded`] at once.
    #[must_use]
    pub fn waiting(mut self, limit: usize) -> Self {
        self.waiting = limit;
        self
    }
}

/// A private key in a token.
///
/// Calls of the token block, for as long as it likes; they are made on threads of this signer's own, and what waits for
/// one is bounded. A signature whose future is dropped gives its place back, unless a thread is at it.
///
/// Where the token goes away, each thread opens another session, logs in again and repeats the signature once; where
/// that fails, too, signatures fail with [`SignFailureKind::Unavailable`] until the token is back, which is looked for
/// after pauses of 50 ms to 5 s.
///
/// # Modules
/// A module is code of its vendor's that runs in this process. It is loaded and initialised once in a process and
/// never unloaded. If its token is lost to it, it is finalised and initialised again, unless someone else in this
/// process had initialised it before.
#[derive(Debug)]
pub struct Pkcs11Signer {
    queue: Arc<Queue>,
    key: WhichKey,
    methods: Vec<Method>,
    name: Arc<str>,
}

impl Pkcs11Signer {
    /// Loads the module, logs in to the token and finds the key. It blocks: do this before there is something to serve,
    /// or on a thread that may block.
    ///
    /// # Errors
    /// Says what was looked for and what there is instead. A PIN is tried once.
    pub fn open(uri: &Pkcs11Uri, options: &Pkcs11Options) -> Result<Self, Pkcs11Error> {
        let module = Module::load(uri, options.module.as_deref())?;
        let pin = pin::find(uri, options.pin.clone())?;
        let token = Arc::new(Token::new(module, uri.clone(), pin, options.expected));
        let (session, facts) = token.look().map_err(|fault| fault.error)?;
        let methods = Method::all(facts.key.key_type, &facts.mechanisms);
        if methods.is_empty() {
            return Err(Pkcs11Error::NoScheme);
        }
        let name = format!("PKCS#11 token \"{}\"", facts.token.escape_debug()).into();
        let signer = Self { queue: Queue::new(options.waiting), key: facts.key, methods, name };
        signer.start(&token, session, options.threads)?;
        Ok(signer)
    }

    /// Which key it is.
    pub fn key_id(&self) -> KeyId {
        self.key.id
    }

    /// What kind of key it is.
    pub fn key_type(&self) -> KeyType {
        self.key.key_type
    }

    /// The schemes that the token can sign by with this key, for
    /// [`Identity::only_schemes`](tls_core::Identity::only_schemes).
    pub fn schemes(&self) -> Vec<SignatureScheme> {
        self.methods.iter().map(|method| method.scheme).collect()
    }

    /// Starts the threads, as many as the token has sessions for.
    fn start(&self, token: &Arc<Token>, first: KeySession, threads: NonZeroUsize) -> Result<(), Pkcs11Error> {
        let thread = |session| {
            Worker::start(Arc::clone(&self.queue), Arc::clone(token), session).map_err(|error| {
                let what = format!("no thread could be started: {error}");
                Pkcs11Error::Call { kind: SignFailureKind::Overloaded, what }
            })
        };
        thread(first)?;
        for _ in 1..threads.get() {
            match token.connect() {
                Ok(session) => thread(session)?,
                Err(fault) if fault.error.kind() == SignFailureKind::Overloaded => break,
                Err(fault) => return Err(fault.error),
            }
        }
        Ok(())
    }

    /// Queues the signature.
    fn begin(&self, request: &SignRequest) -> Result<Place, SignFailure> {
        if request.key() != self.key.id {
            let detail = format!("asked for the key {}, this is {}", request.key(), self.key.id);
            return Err(SignFailure::new(SignFailureKind::UnknownKey, detail));
        }
        let scheme = request.scheme();
        let method = self.methods.iter().find(|method| method.scheme == scheme).ok_or_else(|| {
            let detail = format!("{} does not sign by {scheme} with an {} key", self.name, self.key.key_type);
            SignFailure::new(SignFailureKind::Unsupported, detail)
        })?;
        let place = self.queue.push(*method, method.input(request.message()));
        place.ok_or_else(|| {
            let detail = format!("as many signatures as may wait for {}", self.name);
            SignFailure::new(SignFailureKind::Overloaded, detail)
        })
    }
}

impl Signer for Pkcs11Signer {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        let begun = self.begin(request);
        Box::pin(async move {
            let done = begun?.wait().await?;
            Ok(Signature { queued: done.queued, ..Signature::new(done.result?, Arc::clone(&self.name)) })
        })
    }
}

impl Drop for Pkcs11Signer {
    fn drop(&mut self) {
        self.queue.close();
    }
}
