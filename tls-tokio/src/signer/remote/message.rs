//! The messages of both directions.

use std::time::Duration;

use tls_core::ciphersuites::SignatureScheme;
use tls_core::{KeyId, SignFailure, SignFailureKind, SignRequest};

use crate::signer::remote::codec::{Malformed, Reader, write_vector};
use crate::signer::remote::frame::write_frame;
use crate::signer::remote::purpose::{self, Purpose};

const SIGN: u8 = 1;
const CANCEL: u8 = 2;
const PING: u8 = 3;

const SIGNATURE: u8 = 129;
const FAILURE: u8 = 130;
const PONG: u8 = 131;
const GOODBYE: u8 = 132;

/// Bytes of a trace id.
pub(crate) const MAX_TRACE: usize = 32;

/// Bytes of a signature: ML-DSA-87's are 4,627, RSA's of 8192 bits 1,024.
const MAX_SIGNATURE: usize = 1 << 13;

/// What a client says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    Sign(Box<SignMessage>),
    /// The answer to this request is no longer wanted.
    Cancel(u64),
    Ping(u64),
}

/// A request for a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignMessage {
    /// Tells it from the client's other requests that are under way.
    pub(crate) id: u64,
    pub(crate) key: KeyId,
    pub(crate) scheme: SignatureScheme,
    /// After which the answer is of no use.
    pub(crate) time_left: Duration,
    /// For logs; may be empty.
    pub(crate) trace: Vec<u8>,
    pub(crate) purpose: Purpose,
}

impl Request {
    pub(crate) fn read(message: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(message);
        let request = match reader.u8()? {
            SIGN => Self::Sign(Box::new(SignMessage::read(&mut reader)?)),
            CANCEL => Self::Cancel(reader.u64()?),
            PING => Self::Ping(reader.u64()?),
            _ => return Err(Malformed("a message that this version of the protocol does not have")),
        };
        reader.finish()?;
        Ok(request)
    }
}

impl SignMessage {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let id = reader.u64()?;
        let key = KeyId::from_bytes(reader.array()?);
        let scheme = SignatureScheme(reader.u16()?);
        let time_left = Duration::from_millis(reader.u32()?.into());
        let trace = reader.vec8()?;
        if trace.len() > MAX_TRACE {
            return Err(Malformed("a trace id that is longer than any may be"));
        }
        let purpose = purpose::read(reader)?;
        Ok(Self { id, key, scheme, time_left, trace: trace.to_vec(), purpose })
    }
}

/// The frame that asks for a signature. `None`: the protocol has no such purpose.
pub(crate) fn write_sign(
    id: u64,
    request: &SignRequest,
    time_left: Duration,
    trace: &[u8],
) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut is_known = None;
    write_frame(&mut out, |out| {
        out.push(SIGN);
        out.extend_from_slice(&id.to_be_bytes());
        out.extend_from_slice(request.key().as_bytes());
        out.extend_from_slice(&request.scheme().0.to_be_bytes());
        out.extend_from_slice(&in_u32(time_left.as_millis()));
        write_vector::<1>(out, trace);
        is_known = purpose::write(request.purpose(), out);
    });
    is_known.map(|()| out)
}

/// Appends the frame that says that an answer is no longer wanted.
pub(crate) fn write_cancel(out: &mut Vec<u8>, id: u64) {
    write_frame(out, |out| {
        out.push(CANCEL);
        out.extend_from_slice(&id.to_be_bytes());
    });
}

/// Appends the frame that asks for a sign of life.
pub(crate) fn write_ping(out: &mut Vec<u8>, id: u64) {
    write_frame(out, |out| {
        out.push(PING);
        out.extend_from_slice(&id.to_be_bytes());
    });
}

/// What a server says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Response {
    Signature { id: u64, queued: Duration, worked: Duration, signature: Vec<u8> },
    Failure { id: u64, failure: SignFailure },
    Pong(u64),
    Goodbye { reason: Goodbye, detail: String },
}

/// Why a server ends a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goodbye {
    /// It is about to stop: what it has been asked it still answers, new requests it declines.
    Draining,
    /// The client broke the protocol.
    Malformed,
    /// The client may not be here.
    Denied,
    /// The client was silent, or slow, for too long.
    Silent,
}

impl Goodbye {
    const ALL: [Self; 4] = [Self::Draining, Self::Malformed, Self::Denied, Self::Silent];

    fn code(self) -> u8 {
        match self {
            Self::Draining => 0,
            Self::Malformed => 1,
            Self::Denied => 2,
            Self::Silent => 3,
        }
    }
}

const FAILURES: [(u8, SignFailureKind); 8] = [
    (1, SignFailureKind::TimedOut),
    (2, SignFailureKind::Unavailable),
    (3, SignFailureKind::Overloaded),
    (4, SignFailureKind::UnknownKey),
    (5, SignFailureKind::Denied),
    (6, SignFailureKind::Unsupported),
    (7, SignFailureKind::Failed),
    (8, SignFailureKind::Invalid),
];

impl Response {
    pub(crate) fn read(message: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(message);
        let response = match reader.u8()? {
            SIGNATURE => Self::read_signature(&mut reader)?,
            FAILURE => Self::read_failure(&mut reader)?,
            PONG => Self::Pong(reader.u64()?),
            GOODBYE => {
                let code = reader.u8()?;
                let reason = Goodbye::ALL.into_iter().find(|reason| reason.code() == code);
                let detail = for_people(reader.vec8()?);
                Self::Goodbye { reason: reason.ok_or(Malformed("a goodbye for an unknown reason"))?, detail }
            }
            _ => return Err(Malformed("a message that this version of the protocol does not have")),
        };
        reader.finish()?;
        Ok(response)
    }

    fn read_signature(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let id = reader.u64()?;
        let queued = Duration::from_micros(reader.u32()?.into());
        let worked = Duration::from_micros(reader.u32()?.into());
        let signature = reader.vec16()?;
        if signature.len() > MAX_SIGNATURE {
            return Err(Malformed("a signature that is longer than any may be"));
        }
        Ok(Self::Signature { id, queued, worked, signature: signature.to_vec() })
    }

    fn read_failure(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let (id, code) = (reader.u64()?, reader.u8()?);
        // A kind that was added later is still a failure.
        let known = FAILURES.iter().find(|(known, _)| *known == code);
        let kind = known.map_or(SignFailureKind::Failed, |(_, kind)| *kind);
        let detail = for_people(reader.vec8()?);
        Ok(Self::Failure { id, failure: SignFailure::new(kind, detail) })
    }

    /// Appends its frame.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        write_frame(out, |out| match self {
            Self::Signature { id, queued, worked, signature } => {
                out.push(SIGNATURE);
                out.extend_from_slice(&id.to_be_bytes());
                out.extend_from_slice(&in_u32(queued.as_micros()));
                out.extend_from_slice(&in_u32(worked.as_micros()));
                write_vector::<2>(out, signature);
            }
            Self::Failure { id, failure } => {
                out.push(FAILURE);
                out.extend_from_slice(&id.to_be_bytes());
                let known = FAILURES.iter().find(|(_, kind)| *kind == failure.kind());
                out.push(known.map_or(7, |(code, _)| *code));
                write_vector::<1>(out, cut(failure.detail()).as_bytes());
            }
            Self::Pong(id) => {
                out.push(PONG);
                out.extend_from_slice(&id.to_be_bytes());
            }
            Self::Goodbye { reason, detail } => {
                out.extend([GOODBYE, reason.code()]);
                write_vector::<1>(out, cut(detail).as_bytes());
            }
        });
    }
}

fn in_u32(value: u128) -> [u8; 4] {
    u32::try_from(value).unwrap_or(u32::MAX).to_be_bytes()
}

/// As much of `text` as fits a length of one byte.
fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(255)).unwrap_or(text)
}

/// Text from the other end, without what could play tricks in a log or on a terminal.
fn for_people(text: &[u8]) -> String {
    String::from_utf8_lossy(text).chars().filter(|letter| !letter.is_control()).collect()
}

#[cfg(test)]
mod tests;
