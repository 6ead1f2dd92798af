//! One connection, and the requests that are under way on it.

use std::collections::HashMap;
use std::io;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tls_core::{SignFailure, SignFailureKind, SignRequest};
use tokio::io::AsyncWriteExt;
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until, timeout};

use crate::signer::plain;
use crate::signer::remote::client::Shared;
use crate::signer::remote::endpoint::Transport;
use crate::signer::remote::frame::{FrameError, Frames, Patience};
use crate::signer::remote::message::{Goodbye, Response, write_cancel, write_ping, write_sign};
use crate::stream::{ReadHalf, TlsStream, WriteHalf};

pub(crate) type Stream = TlsStream<Box<dyn Transport>>;

/// Silence of the server, after which it is asked for a sign of life. It ends connections that were silent for longer.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Silence is judged by signs of life that are asked for, and not by this.
const PATIENCE: Patience = Patience { silence: Duration::from_secs(3600), frame: Duration::from_secs(5) };

/// Frames that are written at once.
const BATCH: usize = 64;

/// For what a server said before it closed the connection to come.
const FAREWELL_TIMEOUT: Duration = Duration::from_secs(1);

/// For the transport to take a batch.
const WRITE_TIMEOUT: Duration = Duration::from_secs(5);

type Result<T> = std::result::Result<T, SignFailure>;

/// What callers have of a connection.
#[derive(Debug)]
pub(crate) struct Link {
    /// Frames to write.
    frames: mpsc::Sender<Vec<u8>>,
    requests: Mutex<Requests>,
    /// Why no new requests are taken, once that is so.
    retired: watch::Sender<Option<Arc<str>>>,
    shared: Arc<Shared>,
    pings: AtomicU64,
    /// Told of the first request that is under way.
    busy: Notify,
}

#[derive(Debug, Default)]
struct Requests {
    last_id: u64,
    waiting: HashMap<u64, oneshot::Sender<Result<Answered>>>,
}

/// What the server answers.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) signature: Vec<u8>,
    /// How long it says that it let the request wait.
    pub(crate) queued: Duration,
}

impl Link {
    /// A link, and what must be polled for it to work, which ends with the connection.
    pub(crate) fn new(stream: Stream, shared: Arc<Shared>) -> (Arc<Self>, impl Future<Output = ()> + Send) {
        // Room for every request that there may be and for its cancellation; only a server that does not read fills it.
        let (frames, mut outgoing) =
            mpsc::channel(shared.limits.pending.saturating_mul(2).clamp(BATCH, 1 << 20));
        let retired = watch::Sender::new(None);
        let (requests, pings, busy) = (Mutex::default(), AtomicU64::new(0), Notify::new());
        let link = Arc::new(Self { frames, requests, retired, shared, pings, busy });
        let driven = Arc::clone(&link);
        let driver = async move {
            let (reader, writer) = stream.into_split();
            let mut reading = pin!(driven.read(Frames::new(reader, PATIENCE)));
            let why = tokio::select! {
                why = &mut reading => why,
                written = write(&mut outgoing, writer) => match written {
                    Ok(()) => String::new(),
                    // A server that is gone may have said why. What is asked meanwhile goes with the rest.
                    Err(error) => timeout(FAREWELL_TIMEOUT, reading).await.unwrap_or_else(|_| plain(&error)),
                },
            };
            driven.end(&format!("the connection was lost: {why}"));
        };
        (link, driver)
    }

    /// Waits until no new requests are taken any more, and says why.
    pub(crate) async fn retired(&self) -> Arc<str> {
        let mut retired = self.retired.subscribe();
        let why = retired.wait_for(Option::is_some).await;
        why.ok().and_then(|why| why.clone()).unwrap_or_default()
    }

    /// Whether new requests are taken.
    pub(crate) fn is_open(&self) -> bool {
        self.retired.borrow().is_none()
    }

    pub(crate) fn under_way(&self) -> usize {
        self.requests().waiting.len()
    }

    /// Sends a request. What it returns is the answer; if that is dropped before, the server is told.
    pub(crate) fn ask(
        self: &Arc<Self>,
        request: &SignRequest,
        time_left: Duration,
        trace: &[u8],
    ) -> Result<Pending> {
        // The lock is held until the frame is on its way: the server wants numbers in their order.
        let mut requests = self.requests();
        if let Some(why) = &*self.retired.borrow() {
            return Err(lost(why));
        }
        let id = requests.last_id.saturating_add(1);
        let frame = write_sign(id, request, time_left, trace).ok_or_else(|| {
            let detail = "s2n-signer/1 cannot express what is to be signed, or it is too long";
            SignFailure::new(SignFailureKind::Unsupported, detail)
        })?;
        self.frames.try_send(frame).map_err(|_| {
            SignFailure::new(
                SignFailureKind::Overloaded,
                "too many requests wait to be written to the server",
            )
        })?;
        let (sender, answer) = oneshot::channel();
        requests.last_id = id;
        requests.waiting.insert(id, sender);
        if requests.waiting.len() == 1 {
            self.busy.notify_one();
        }
        Ok(Pending { link: Arc::clone(self), id, answer })
    }

    fn requests(&self) -> MutexGuard<'_, Requests> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes no new requests, and fails those that wait.
    fn end(&self, why: &str) {
        self.retire(why);
        for (_, waiting) in self.requests().waiting.drain() {
            let _ = waiting.send(Err(lost(why)));
        }
    }

    fn retire(&self, why: &str) {
        self.retired.send_if_modified(|retired| {
            let is_first = retired.is_none();
            retired.get_or_insert_with(|| why.into());
            is_first
        });
    }

    /// Hands answers out until there are none to come, and says why.
    async fn read(&self, mut frames: Frames<ReadHalf<Box<dyn Transport>>>) -> String {
        // When the server was last heard of, and how long it has since been given to answer a ping.
        let (mut heard, mut pinged) = (Instant::now(), None);
        loop {
            let silence = pinged.unwrap_or_else(|| match self.under_way() {
                0 => KEEP_ALIVE,
                _ => KEEP_ALIVE.min(self.shared.limits.timeout),
            });
            tokio::select! {
                message = frames.next() => {
                    (heard, pinged) = (Instant::now(), None);
                    let response = match message {
                        Ok(Some(message)) => Response::read(message),
                        Ok(None) => return "the server closed it".to_owned(),
                        Err(FrameError::Io(error)) => return plain(&error),
                        Err(FrameError::Late(why)) => return why.to_owned(),
                        Err(FrameError::Malformed(malformed)) => Err(malformed),
                    };
                    match response {
                        Ok(response) => if let Some(why) = self.handle(response) { return why },
                        Err(malformed) => return format!("the server sent {malformed}"),
                    }
                }
                // Silence that was nothing to worry about is now.
                () = self.busy.notified() => {}
                () = sleep_until(heard + silence) => {
                    if pinged.is_some() {
                        return "the server is silent".to_owned();
                    }
                    let mut ping = Vec::new();
                    write_ping(&mut ping, self.pings.fetch_add(1, Ordering::Relaxed));
                    let _ = self.frames.try_send(ping);
                    (heard, pinged) = (Instant::now(), Some(silence));
                }
            }
        }
    }

    /// Returns why the connection is at its end, if it is.
    fn handle(&self, response: Response) -> Option<String> {
        let (id, result) = match response {
            Response::Signature { id, queued, signature, .. } => (id, Ok(Answered { signature, queued })),
            Response::Failure { id, failure } => (id, Err(failure)),
            Response::Pong(_) => return None,
            Response::Goodbye { reason: Goodbye::Draining, detail } => {
                self.retire(&detail);
                return None;
            }
            Response::Goodbye { detail, .. } => return Some(format!("the server ended it: {detail}")),
        };
        let waiting = self.requests().waiting.remove(&id);
        if waiting.is_none_or(|waiting| waiting.send(result).is_err()) {
            self.shared.counters.stale.fetch_add(1, Ordering::Relaxed);
        }
        None
    }
}

fn lost(why: &str) -> SignFailure {
    SignFailure::new(SignFailureKind::Unavailable, why.to_owned())
}

/// Writes frames, as many at once as there are, until nobody has any more.
async fn write(
    frames: &mut mpsc::Receiver<Vec<u8>>,
    mut writer: WriteHalf<Box<dyn Transport>>,
) -> io::Result<()> {
    let mut batch = Vec::with_capacity(BATCH);
    while frames.recv_many(&mut batch, BATCH).await > 0 {
        timeout(WRITE_TIMEOUT, writer.write_all(&batch.concat())).await??;
        batch.clear();
    }
    Ok(())
}

/// An answer that is to come.
#[derive(Debug)]
pub(crate) struct Pending {
    link: Arc<Link>,
    id: u64,
    answer: oneshot::Receiver<Result<Answered>>,
}

impl Future for Pending {
    type Output = Result<Answered>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = Pin::new(&mut self.answer).poll(cx);
        answer.map(|answer| answer.unwrap_or_else(|_| Err(lost("the connection was lost"))))
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if self.link.requests().waiting.remove(&self.id).is_some() {
            let mut cancel = Vec::new();
            write_cancel(&mut cancel, self.id);
            let _ = self.link.frames.try_send(cancel);
        }
    }
}
