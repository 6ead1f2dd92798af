//! One request, from its arrival to its end.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tls_core::ciphersuites::Hash;
use tls_core::{SignFailure, SignFailureKind, SignRequest};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::{Instant, timeout_at};

use crate::operations::contained;
use crate::signer::remote::message::{Response, SignMessage};
use crate::signer::remote::server::allowed::Client;
use crate::signer::remote::server::{AuditEvent, Outcome, RequestRecord, ServedKey, Shared};
use crate::signer::{Signature, Signer};

/// A request that may be worked on.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) signer: Arc<dyn Signer>,
    pub(crate) request: SignRequest,
    pub(crate) deadline: Instant,
    pub(crate) place: OwnedSemaphorePermit,
    pub(crate) answers: mpsc::Sender<Response>,
}

impl Job {
    /// Waits for a signer's attention, has it sign, and answers. Returns the request's number.
    pub(crate) async fn run(self, shared: Arc<Shared>, mut account: Account) -> u64 {
        let arrived = Instant::now();
        let result = match self.turn(&shared).await {
            Err(failure) => Err(failure),
            Ok(_turn) => {
                let began = Instant::now();
                account.record.queued = began.saturating_duration_since(arrived);
                let result = self.sign().await;
                account.record.worked = began.elapsed();
                result
            }
        };
        let answer = account.settle(result.map(|signature| signature.bytes));
        let id = account.record.request;
        // Whoever reads the account knows of a signature before its client does.
        drop(account);
        drop(self.place);
        // The connection's end closes the channel, and ends this, too.
        let _ = self.answers.send(answer).await;
        id
    }

    async fn turn<'s>(&self, shared: &'s Shared) -> Result<impl Sized + use<'s>, SignFailure> {
        let turn = timeout_at(self.deadline, shared.working.acquire()).await;
        match turn {
            Ok(turn) if Instant::now() < self.deadline => Ok(turn),
            _ => Err(SignFailure::new(SignFailureKind::TimedOut, "its time was over before its turn came")),
        }
    }

    async fn sign(&self) -> Result<Signature, SignFailure> {
        let fail = |kind, detail| Err(SignFailure::new(kind, detail));
        // The call itself may panic, too.
        let signed =
            contained(Box::pin(async { self.signer.sign_before(&self.request, self.deadline).await }));
        match timeout_at(self.deadline, signed).await {
            Ok(Some(result)) => result,
            Ok(None) => fail(SignFailureKind::Failed, "the signer panicked"),
            Err(_) => fail(SignFailureKind::TimedOut, "its time was over before it was signed"),
        }
    }
}

/// The account of a request. It is told when it is dropped, so that no request goes without.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) record: RequestRecord,
    shared: Arc<Shared>,
}

impl Account {
    pub(crate) fn open(
        shared: &Arc<Shared>,
        client: &Client,
        connection: u64,
        message: &SignMessage,
    ) -> Self {
        let record = RequestRecord {
            time: SystemTime::now(),
            connection,
            client: Arc::clone(client.name()),
            request: message.id,
            trace: message.trace.clone(),
            key: message.key,
            scheme: message.scheme,
            used_as: message.purpose.used_as,
            message_sha256: None,
            outcome: Outcome::Cancelled,
            queued: Duration::ZERO,
            worked: Duration::ZERO,
        };
        Self { record, shared: Arc::clone(shared) }
    }

    /// Notes what came of the request, and makes the answer of it.
    pub(crate) fn settle(&mut self, result: Result<Vec<u8>, SignFailure>) -> Response {
        let record = &mut self.record;
        match result {
            Ok(signature) => {
                record.outcome = Outcome::Signed;
                let (queued, worked) = (record.queued, record.worked);
                Response::Signature { id: record.request, queued, worked, signature }
            }
            Err(failure) => {
                record.outcome = Outcome::Failed(failure.clone());
                Response::Failure { id: record.request, failure }
            }
        }
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        self.shared.tell(AuditEvent::Request(self.record.clone()));
    }
}

/// Decides whether a request may be worked on, and makes the bytes to be signed.
pub(crate) fn permit<'s>(
    shared: &'s Shared,
    client: &Client,
    message: SignMessage,
    record: &mut RequestRecord,
) -> Result<(&'s ServedKey, SignRequest), SignFailure> {
    let fail = |kind, detail: String| Err(SignFailure::new(kind, detail));
    if let Err(per_second) = client.count() {
        return fail(SignFailureKind::Overloaded, format!("more than {per_second} requests per second"));
    }
    let (key, used_as, scheme) = (message.key, message.purpose.used_as, message.scheme);
    // Who may not use a key need not learn whether it is here.
    if !client.may_use(key) {
        return fail(SignFailureKind::Denied, format!("{} may not use the key {key}", client.name()));
    }
    if !client.may_use_keys_as(used_as) {
        return fail(SignFailureKind::Denied, format!("{} may not use keys as {used_as}", client.name()));
    }
    let Some(served) = shared.keys.get(&key) else {
        return fail(SignFailureKind::UnknownKey, format!("the key {key} is not here"));
    };
    if message.purpose.bound_key.is_some_and(|bound| bound != key) {
        let detail = "the handshake is one of a client with another key".to_owned();
        return fail(SignFailureKind::Denied, detail);
    }
    if !used_as.schemes(served.key_type).contains(&scheme) {
        let detail = format!("an {} key does not sign by {scheme} as {used_as}", served.key_type);
        return fail(SignFailureKind::Unsupported, detail);
    }
    let request = SignRequest::new(key, served.key_type, scheme, message.purpose.fields);
    record.message_sha256 = Hash::Sha256.digest(request.message()).as_ref().first_chunk().copied();
    Ok((served, request))
}
