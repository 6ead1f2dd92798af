use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};

use tls_core::ciphersuites::SignatureScheme;
use tls_core::{KeyId, SignFailureKind};

use crate::signer::metrics::{Counters, KINDS, Latencies, Row};

/// What was counted up to a moment. Only the numbers of different counters may be a request apart.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MetricsSnapshot {
    /// Requests that are not answered yet.
    pub in_flight: u64,
    /// Requests that found no room in a queue, or had to make room.
    pub shed: u64,
    /// Attempts after the first.
    pub retries: u64,
    /// Requests that a second endpoint was asked for because the first was slow.
    pub hedges: u64,
    /// Requests that the second endpoint answered first.
    pub hedge_wins: u64,
    /// Answers of endpoints that were no signatures of what they were asked to sign.
    pub invalid: u64,
    /// How often an endpoint was ejected.
    pub ejected: u64,
    /// How often one was taken back.
    pub taken_back: u64,
    /// By key and scheme, in their order.
    pub keys: Vec<KeyMetrics>,
    /// What was asked for beyond the keys and schemes that are counted apart.
    pub others: KeyMetrics,
}

/// What was counted for one key and one scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyMetrics {
    /// Which key; `None`: several.
    pub key: Option<(KeyId, SignatureScheme)>,
    /// Time that requests that were signed spent in queues: of this process, and of the server of a remote signer.
    pub queued: Latencies,
    /// The rest of the time that they took.
    pub signed: Latencies,
    /// Time after which requests failed.
    pub failed: Latencies,
    /// Time after which requests were dropped by who had asked.
    pub cancelled: Latencies,
    /// How many failed how, where any did.
    pub failures: Vec<(SignFailureKind, u64)>,
}

pub(super) fn take(counters: &Counters) -> MetricsSnapshot {
    let Counters { in_flight, shed, retries, hedges, hedge_wins, invalid, ejected, taken_back, rows, others } =
        counters;
    let rows = rows.read().unwrap_or_else(PoisonError::into_inner);
    let mut keys: Vec<KeyMetrics> = rows.iter().map(|(key, row)| of_row(Some(*key), row)).collect();
    keys.sort_by_key(|metrics| metrics.key.map(|(key, scheme)| (key, scheme.0)));
    MetricsSnapshot {
        in_flight: load(in_flight),
        shed: load(shed),
        retries: load(retries),
        hedges: load(hedges),
        hedge_wins: load(hedge_wins),
        invalid: load(invalid),
        ejected: load(ejected),
        taken_back: load(taken_back),
        keys,
        others: of_row(None, others),
    }
}

fn of_row(key: Option<(KeyId, SignatureScheme)>, row: &Row) -> KeyMetrics {
    let failures = KINDS.into_iter().zip(row.failures.iter().map(load)).filter(|(_, count)| *count > 0);
    KeyMetrics {
        key,
        queued: row.queued.snapshot(),
        signed: row.signed.snapshot(),
        failed: row.failed.snapshot(),
        cancelled: row.cancelled.snapshot(),
        failures: failures.collect(),
    }
}

fn load(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}
