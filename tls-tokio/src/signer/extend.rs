use std::time::Duration;

use crate::signer::{
    Deadline, Limit, Limits, Metered, Metrics, PublicKeys, Retries, Retry, Signer, Verified,
};

/// Layers around a signer, each of them a signer, too. What is written first is next to the signer.
///
/// ```
/// # use std::time::Duration;
/// # use tls_tokio::signer::{Ejection, Failover, Hedging, Limits, Metrics, PublicKeys, Retries, Signer, SignerExt};
/// # fn layered(one: impl Signer + 'static, other: impl Signer + 'static, keys: &PublicKeys) -> impl Signer + 'static {
/// let metrics = Metrics::new();
/// let endpoint = Duration::from_millis(500);
/// let limits = Limits::new(64, 256);
/// Failover::new(keys, Ejection::default(), &metrics)
///     .endpoint("one", one.with_limit(limits, &metrics).with_deadline(endpoint))
///     .endpoint("other", other.with_limit(limits, &metrics).with_deadline(endpoint))
///     .with_hedging(Hedging::default(), &metrics)
///     .with_retries(Retries::default(), &metrics)
///     .with_deadline(Duration::from_secs(2))
///     .with_metrics(&metrics)
/// # }
/// ```
pub trait SignerExt: Signer + Sized {
    /// Gives each request so much time.
    fn with_deadline(self, limit: Duration) -> Deadline<Self> {
        Deadline::new(self, limit)
    }

    /// Limits how many requests there are at once, and how many wait.
    fn with_limit(self, limits: Limits, metrics: &Metrics) -> Limit<Self> {
        Limit::new(self, limits, metrics)
    }

    /// Asks again where that may help.
    fn with_retries(self, retries: Retries, metrics: &Metrics) -> Retry<Self> {
        Retry::new(self, retries, metrics)
    }

    /// Lets only signatures through that verify.
    fn with_verification(self, keys: &PublicKeys) -> Verified<Self> {
        Verified::new(self, keys)
    }

    /// Counts requests by key, scheme and outcome.
    fn with_metrics(self, metrics: &Metrics) -> Metered<Self> {
        Metered::new(self, metrics)
    }
}

impl<S: Signer> SignerExt for S {}
