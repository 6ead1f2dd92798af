//! What a connection asks of its caller: decisions that may take time, and that it waits for without holding a thread.

mod early_data;
mod find_session;
mod key_id;
mod psk;
mod select;
mod sign;
mod verify;

use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::CertificateError;

pub use self::early_data::AcceptEarlyData;
pub use self::find_session::FindSession;
pub(crate) use self::find_session::Found;
pub use self::key_id::KeyId;
pub(crate) use self::psk::KeyChoice;
pub use self::psk::SelectPreSharedKey;
pub(crate) use self::select::ConfigChoice;
pub use self::select::SelectConfig;
pub use self::sign::{Sign, SignFailure, SignFailureKind, SignPurpose, SignRequest};
pub use self::verify::{PeerName, VerifyCertificate};

/// What a connection waits for, from [`Connection::take_operation`](crate::Connection::take_operation). An owned value:
/// it may go to another thread, or be dropped with whatever was done for it if the connection is no longer wanted.
#[derive(Debug)]
#[non_exhaustive]
pub enum Operation {
    /// The configuration for a client whose ClientHello has come.
    SelectConfig(SelectConfig),
    /// One of the pre-shared keys that a client offers.
    SelectPreSharedKey(SelectPreSharedKey),
    /// A session that is kept elsewhere, or a ticket to be opened elsewhere.
    FindSession(FindSession),
    /// A signature by a key that is not in this process's memory.
    Sign(Sign),
    /// A verdict on the peer's certificates.
    VerifyCertificate(VerifyCertificate),
    /// Whether a client's early data is acted on.
    AcceptEarlyData(AcceptEarlyData),
}

impl Operation {
    /// What tells this operation from every other of the process.
    pub fn id(&self) -> OperationId {
        match self {
            Self::SelectConfig(select) => select.id(),
            Self::SelectPreSharedKey(select) => select.id(),
            Self::FindSession(find) => find.id(),
            Self::Sign(sign) => sign.id(),
            Self::VerifyCertificate(verify) => verify.id(),
            Self::AcceptEarlyData(accept) => accept.id(),
        }
    }
}

/// Tells an operation from every other of the process, other connections' included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OperationId(u64);

impl OperationId {
    pub(crate) fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// The answer to one operation, for [`Connection::answer`](crate::Connection::answer). Only the operation makes it, so
/// that it fits.
#[derive(Clone, Debug)]
pub struct Answer {
    pub(crate) id: OperationId,
    pub(crate) reply: Reply,
}

impl Answer {
    /// The operation that this answers.
    pub fn id(&self) -> OperationId {
        self.id
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Reply {
    SelectConfig(ConfigChoice),
    SelectPreSharedKey(KeyChoice),
    FindSession(Option<Found>),
    Sign(Result<Vec<u8>, SignFailure>),
    VerifyCertificate(Result<(), CertificateError>),
    AcceptEarlyData(bool),
}

/// An operation that a handshake waits for.
#[derive(Debug)]
pub(crate) struct Awaited {
    id: OperationId,
    /// Until the caller takes it.
    operation: Option<Operation>,
    reply: Option<Reply>,
}

impl Awaited {
    pub(crate) fn new(operation: Operation) -> Self {
        Self { id: operation.id(), operation: Some(operation), reply: None }
    }

    pub(crate) fn take_operation(&mut self) -> Option<Operation> {
        self.operation.take()
    }

    /// Takes the answer, if it is to this operation and the first.
    pub(crate) fn answer(&mut self, answer: Answer) -> bool {
        let is_awaited = answer.id == self.id && self.reply.is_none();
        if is_awaited {
            self.reply = Some(answer.reply);
        }
        is_awaited
    }

    pub(crate) fn is_taken(&self) -> bool {
        self.operation.is_none()
    }

    pub(crate) fn take_reply(&mut self) -> Option<Reply> {
        self.reply.take()
    }
}
