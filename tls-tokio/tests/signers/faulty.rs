//! A signer with every fault a signer can have, drawn by a seed.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tests::authority::Pem;
use tls_tokio::signer::{LocalSigner, SignFuture, Signature, Signer};
use tls_tokio::tls_core::{SignFailure, SignFailureKind, SignRequest};
use tokio::time::sleep;

use crate::signers::{Gauge, MS, failure, local, p256};

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing, after so long.
    Delayed(Duration),
    /// There is never an answer.
    Lost,
    /// The answer is an earlier request's.
    Replayed,
    /// Another key signs.
    WrongKey,
    /// The end is missing.
    Truncated,
    /// One bit is wrong.
    FlippedBit,
    /// The signer says that it fails.
    Failing(SignFailureKind),
    /// The signer is not up to it.
    Panicking,
}

impl Fault {
    /// For so many of a hundred requests any of them, for the others what should be: an answer within 4 ms.
    pub(crate) fn drawn(seed: u64, number: u64, percent: u64) -> Self {
        let draw = mix(seed ^ mix(number));
        if draw % 100 >= percent {
            return Self::Delayed(Duration::from_micros((draw >> 8) % 4000));
        }
        match (draw >> 16) % 10 {
            0 => Self::Delayed(20 * MS),
            1 => Self::Delayed(10_000 * MS),
            2 => Self::Lost,
            3 => Self::Replayed,
            4 => Self::WrongKey,
            5 => Self::Truncated,
            6 => Self::FlippedBit,
            7 => Self::Failing(SignFailureKind::Unavailable),
            8 => Self::Failing(SignFailureKind::Denied),
            _ => Self::Panicking,
        }
    }
}

/// SplitMix64's last step.
fn mix(number: u64) -> u64 {
    let mixed = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

type Draw = Box<dyn Fn(u64) -> Fault + Send + Sync>;

pub(crate) struct Faulty {
    key: LocalSigner,
    wrong: LocalSigner,
    draw: Draw,
    count: AtomicU64,
    earlier: Mutex<Option<Signature>>,
    pub(crate) gauge: Gauge,
}

impl Faulty {
    /// A signer whose n-th request, from 0, meets this.
    pub(crate) fn new(pem: &Pem, draw: impl Fn(u64) -> Fault + Send + Sync + 'static) -> Self {
        Self {
            key: local(pem),
            wrong: local(&p256()),
            draw: Box::new(draw),
            count: AtomicU64::new(0),
            earlier: Mutex::new(None),
            gauge: Gauge::default(),
        }
    }

    /// Counts with others.
    pub(crate) fn counting_in(mut self, gauge: &Gauge) -> Self {
        self.gauge = gauge.clone();
        self
    }

    async fn answer(&self, request: &SignRequest) -> Result<Signature, SignFailure> {
        let fault = (self.draw)(self.count.fetch_add(1, Ordering::SeqCst));
        sleep(MS).await;
        match fault {
            Fault::Lost => return std::future::pending().await,
            Fault::Failing(kind) => return Err(failure(kind)),
            Fault::Panicking => panic!("a bug in a signer"),
            Fault::WrongKey => return self.sign_wrong(request).await,
            Fault::Delayed(delay) => sleep(delay).await,
            Fault::Replayed | Fault::Truncated | Fault::FlippedBit => {}
        }
        let mut signature = self.key.sign(request).await?;
        let earlier = self.earlier.lock().unwrap().replace(signature.clone());
        match fault {
            // Without an earlier one there is only something that never was a signature.
            Fault::Replayed => {
                return Ok(earlier.unwrap_or_else(|| Signature::new(Vec::new(), "nobody".into())));
            }
            Fault::Truncated => signature.bytes.truncate(signature.bytes.len() - 1),
            Fault::FlippedBit => *signature.bytes.last_mut().unwrap() ^= 1,
            _ => {}
        }
        Ok(signature)
    }

    /// The same signed by another key of the same type.
    async fn sign_wrong(&self, request: &SignRequest) -> Result<Signature, SignFailure> {
        let (key, purpose) = (self.wrong.key_id(), request.purpose().clone());
        self.wrong.sign(&SignRequest::new(key, request.key_type(), request.scheme(), purpose)).await
    }
}

impl fmt::Debug for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Faulty")
    }
}

impl Signer for Faulty {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        Box::pin(async move {
            let _inside = self.gauge.enter();
            self.answer(request).await
        })
    }
}
