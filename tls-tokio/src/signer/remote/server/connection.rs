//! One client's connection.

use std::collections::HashMap;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tls_core::ciphersuites::Hash;
use tls_core::{CertificateDer, Identity, SignFailure, SignFailureKind};
use tokio::io::AsyncWriteExt;
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, timeout};

use crate::signer::plain;
use crate::signer::remote::ALPN;
use crate::signer::remote::codec::Malformed;
use crate::signer::remote::endpoint::Transport;
use crate::signer::remote::frame::{FrameError, Frames};
use crate::signer::remote::message::{Goodbye, Request, Response, SignMessage};
use crate::signer::remote::server::allowed::Client;
use crate::signer::remote::server::job::{Account, Job, permit};
use crate::signer::remote::server::{AuditEvent, Shared};
use crate::stream::{ReadHalf, TlsStream, WriteHalf};

type Stream = TlsStream<Box<dyn Transport>>;

/// Answers that wait to be written. A client that does not read them is not read from.
const ANSWERS: usize = 64;

/// What a client that is sent away has to read why.
const GOODBYE_TIMEOUT: Duration = Duration::from_secs(1);

/// Serves a client until one side has enough.
pub(crate) async fn serve(
    shared: Arc<Shared>,
    mut stream: Stream,
    peer: String,
    draining: watch::Receiver<bool>,
) {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let admitted = identify(&shared, &stream)
        .and_then(|client| Ok((client.connect().ok_or("the client has too many connections")?, client)));
    let (_place, client) = match admitted {
        Ok(admitted) => admitted,
        Err(reason) => {
            let mut goodbye = Vec::new();
            Response::Goodbye { reason: Goodbye::Denied, detail: reason.to_owned() }.write(&mut goodbye);
            let farewell = async {
                stream.write_all(&goodbye).await.and(stream.shutdown().await)?;
                // A socket that is closed with something unread throws away what its peer has not read.
                tokio::io::copy(&mut stream, &mut tokio::io::sink()).await
            };
            let _ = timeout(GOODBYE_TIMEOUT, farewell).await;
            return shared.tell(AuditEvent::Refused { peer, reason: reason.to_owned() });
        }
    };
    let (connection, name) = (NEXT.fetch_add(1, Ordering::Relaxed), Arc::clone(client.name()));
    shared.tell(AuditEvent::Connected { connection, peer, client: Arc::clone(&name) });

    let (reader, writer) = stream.into_split();
    let (answers, outgoing) = mpsc::channel(ANSWERS);
    let mut writing = pin!(write(outgoing, writer, shared.limits.patience.frame));
    let mut session = Session {
        shared: Arc::clone(&shared),
        client,
        connection,
        answers,
        jobs: JoinSet::new(),
        under_way: HashMap::new(),
        last_id: None,
        is_draining: false,
    };
    let end = tokio::select! {
        end = session.run(Frames::new(reader, shared.limits.patience), draining) => {
            session.take_leave(&end).await;
            let _ = timeout(GOODBYE_TIMEOUT, writing).await;
            end
        }
        error = &mut writing => {
            session.jobs.shutdown().await;
            End::Lost(error.err().map_or_else(|| "nobody writes any more".to_owned(), |error| plain(&error)))
        }
    };
    shared.tell(AuditEvent::Disconnected { connection, client: name, reason: end.reason() });
}

/// The client that has this certificate.
fn identify(shared: &Shared, stream: &Stream) -> Result<Arc<Client>, &'static str> {
    let facts = stream.facts().ok_or("the connection has failed")?;
    if facts.alpn.as_deref() != Some(ALPN) {
        return Err("the client did not ask for s2n-signer/1 by ALPN");
    }
    let leaf = facts.peer_certificates.as_ref().map(|chain| chain.leaf()).unwrap_or_default();
    let sha256 = Hash::Sha256.digest(leaf).as_ref().first_chunk().copied().unwrap_or_default();
    let key = Identity::with_key_elsewhere(vec![CertificateDer::from(leaf.to_vec())])
        .map_err(|_| "the client's certificate is of no known kind")?
        .key_id();
    let known = shared.clients.iter().find(|client| client.is(sha256, key));
    known.map(Arc::clone).ok_or("no permission names the client's certificate or its key")
}

/// Writes answers, as many at once as there are.
async fn write(
    mut answers: mpsc::Receiver<Response>,
    mut writer: WriteHalf<Box<dyn Transport>>,
    patience: Duration,
) -> io::Result<()> {
    let (mut batch, mut frames) = (Vec::with_capacity(ANSWERS), Vec::new());
    while answers.recv_many(&mut batch, ANSWERS).await > 0 {
        batch.drain(..).for_each(|answer| answer.write(&mut frames));
        timeout(patience, writer.write_all(&frames)).await??;
        frames.clear();
    }
    timeout(patience, writer.shutdown()).await?
}

/// Why a connection ends.
#[derive(Debug)]
enum End {
    Closed,
    Lost(String),
    Malformed(Malformed),
    Silent(&'static str),
    Drained,
}

impl End {
    fn reason(&self) -> String {
        match self {
            Self::Closed => "the client closed it".to_owned(),
            Self::Lost(error) => format!("it was lost: {error}"),
            Self::Malformed(malformed) => format!("the client broke the protocol: {malformed}"),
            Self::Silent(why) => (*why).to_owned(),
            Self::Drained => "the server is to end".to_owned(),
        }
    }

    fn goodbye(&self) -> Option<Response> {
        let (reason, detail) = match self {
            Self::Malformed(malformed) => (Goodbye::Malformed, malformed.to_string()),
            Self::Silent(why) => (Goodbye::Silent, (*why).to_owned()),
            Self::Closed | Self::Lost(_) | Self::Drained => return None,
        };
        Some(Response::Goodbye { reason, detail })
    }
}

impl From<FrameError> for End {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::Io(error) => Self::Lost(plain(&error)),
            FrameError::Malformed(malformed) => Self::Malformed(malformed),
            FrameError::Late(why) => Self::Silent(why),
        }
    }
}

/// What a connection is about.
#[derive(Debug)]
struct Session {
    shared: Arc<Shared>,
    client: Arc<Client>,
    connection: u64,
    answers: mpsc::Sender<Response>,
    jobs: JoinSet<u64>,
    /// By the client's numbers.
    under_way: HashMap<u64, AbortHandle>,
    last_id: Option<u64>,
    is_draining: bool,
}

impl Session {
    async fn run(
        &mut self,
        mut frames: Frames<ReadHalf<Box<dyn Transport>>>,
        mut draining: watch::Receiver<bool>,
    ) -> End {
        while !(self.is_draining && self.under_way.is_empty()) {
            tokio::select! {
                message = frames.next() => {
                    let request = match message {
                        Ok(Some(message)) => Request::read(message),
                        Ok(None) => return End::Closed,
                        Err(error) => return error.into(),
                    };
                    if let Err(malformed) = self.handle(request).await {
                        return End::Malformed(malformed);
                    }
                }
                Some(done) = self.jobs.join_next() => {
                    // One that was cancelled is not under way any more already.
                    if let Ok(id) = done {
                        self.under_way.remove(&id);
                    }
                }
                _ = draining.changed(), if !self.is_draining => {
                    self.is_draining = true;
                    let detail = "the server is to end: ask another".to_owned();
                    self.answer(Response::Goodbye { reason: Goodbye::Draining, detail }).await;
                }
            }
        }
        End::Drained
    }

    async fn handle(&mut self, request: Result<Request, Malformed>) -> Result<(), Malformed> {
        match request? {
            Request::Sign(message) => return self.sign(*message).await,
            Request::Cancel(id) => {
                if let Some(job) = self.under_way.remove(&id) {
                    job.abort();
                }
            }
            Request::Ping(id) => self.answer(Response::Pong(id)).await,
        }
        Ok(())
    }

    async fn sign(&mut self, message: SignMessage) -> Result<(), Malformed> {
        if self.last_id.is_some_and(|last| message.id <= last) {
            return Err(Malformed("a request whose number is not above those before"));
        }
        let id = message.id;
        self.last_id = Some(id);
        let mut account = Account::open(&self.shared, &self.client, self.connection, &message);
        match self.admit(message, &mut account) {
            Ok(job) => {
                let job = self.jobs.spawn(job.run(Arc::clone(&self.shared), account));
                self.under_way.insert(id, job);
            }
            Err(failure) => {
                let answer = account.settle(Err(failure));
                drop(account);
                self.answer(answer).await;
            }
        }
        Ok(())
    }

    fn admit(&self, message: SignMessage, account: &mut Account) -> Result<Job, SignFailure> {
        let fail = |kind, detail| Err(SignFailure::new(kind, detail));
        let limits = &self.shared.limits;
        let deadline = Instant::now() + message.time_left.min(limits.request);
        if self.is_draining {
            return fail(SignFailureKind::Unavailable, "the server is to end");
        }
        if self.under_way.len() >= limits.pending_per_connection {
            return fail(SignFailureKind::Overloaded, "too many requests are under way on this connection");
        }
        let (served, request) = permit(&self.shared, &self.client, message, &mut account.record)?;
        let Ok(place) = Arc::clone(&self.shared.pending).try_acquire_owned() else {
            return fail(SignFailureKind::Overloaded, "too many requests are under way");
        };
        let (signer, answers) = (Arc::clone(&served.signer), self.answers.clone());
        Ok(Job { signer, request, deadline, place, answers })
    }

    async fn answer(&self, answer: Response) {
        // Without a writer the connection is at its end.
        let _ = self.answers.send(answer).await;
    }

    /// Drops what is under way, and tells the client why it ends, if there is room for that.
    async fn take_leave(&mut self, end: &End) {
        self.jobs.shutdown().await;
        if let Some(goodbye) = end.goodbye() {
            let _ = self.answers.try_send(goodbye);
        }
        // The writer ends when nobody can give it anything any more.
        let (closed, _) = mpsc::channel(1);
        self.answers = closed;
    }
}
