use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Four bounds to a power of two, from 16 microseconds to 33 seconds: what is read from it is at most a quarter too
/// much.
const STEPS: u32 = 4;
const FIRST: u32 = 4;
const BUCKETS: usize = 85;

/// Times, counted in fixed buckets without a lock.
#[derive(Debug)]
pub(crate) struct Histogram {
    buckets: [AtomicU64; BUCKETS],
    micros: AtomicU64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { buckets: std::array::from_fn(|_| AtomicU64::new(0)), micros: AtomicU64::new(0) }
    }
}

impl Histogram {
    pub(crate) fn record(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        if let Some(bucket) = self.buckets.get(bucket(micros)) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    pub(crate) fn snapshot(&self) -> Latencies {
        let counts = self.buckets.iter().map(|bucket| bucket.load(Ordering::Relaxed)).collect();
        Latencies { counts, total: Duration::from_micros(self.micros.load(Ordering::Relaxed)) }
    }
}

/// The bucket of a time: the first whose bound is not below it, or the one after all bounds.
fn bucket(micros: u64) -> usize {
    let Some(power) = micros.saturating_sub(1).checked_ilog2().filter(|power| *power >= FIRST) else {
        return 0;
    };
    // The bits after the leading one say which quarter; the bucket is the one whose bound comes next.
    let quarter = (micros.saturating_sub(1) >> power.saturating_sub(2)) & 3;
    let index = u64::from((power - FIRST) * STEPS) + quarter + 1;
    usize::try_from(index).unwrap_or(BUCKETS).min(BUCKETS - 1)
}

/// The longest time, in microseconds, that belongs into a bucket.
fn bound(index: usize) -> u64 {
    let index = u32::try_from(index).unwrap_or(u32::MAX);
    let power = 1_u64 << (FIRST + index / STEPS).min(63);
    power + power / u64::from(STEPS) * u64::from(index % STEPS)
}

/// How long something took, over all times that it was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Latencies {
    counts: Vec<u64>,
    total: Duration,
}

impl Latencies {
    /// How often it was done.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// How long it took all in all.
    pub fn total(&self) -> Duration {
        self.total
    }

    /// The time within which so many of a hundred were done, rounded up to a bound; `None`: it was never done, or took
    /// longer than the last bound.
    pub fn percentile(&self, percent: u8) -> Option<Duration> {
        let rank = self.count().saturating_mul(u64::from(percent)).div_ceil(100).max(1);
        self.bounds().find_map(|(bound, within)| (within >= rank).then_some(bound))
    }

    /// Each bound, and how many took no longer: what an exporter of metrics needs. Those that took longer than all
    /// bounds are in [`count`](Self::count) alone.
    pub fn bounds(&self) -> impl Iterator<Item = (Duration, u64)> {
        let buckets = self.counts.iter().take(BUCKETS - 1).enumerate();
        buckets.scan(0_u64, |within, (index, count)| {
            *within = within.saturating_add(*count);
            Some((Duration::from_micros(bound(index)), *within))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_is_in_the_bucket_whose_bound_comes_next() {
        for micros in (0..5_000).chain([1 << 20, (1 << 20) + 1, 33_554_432, 33_554_433, u64::MAX]) {
            let index = bucket(micros);
            assert!(index == BUCKETS - 1 || micros <= bound(index), "{micros}");
            assert!(index == 0 || micros > bound(index - 1), "{micros}");
        }
        assert_eq!((bound(0), bound(BUCKETS - 2)), (16, 29_360_128));
    }

    #[test]
    fn percentiles_are_at_most_a_quarter_too_much() {
        let histogram = Histogram::default();
        assert_eq!(histogram.snapshot().percentile(50), None);
        (1..=1000).for_each(|millis| histogram.record(Duration::from_millis(millis)));
        let latencies = histogram.snapshot();
        assert_eq!(latencies.count(), 1000);
        assert_eq!(latencies.total(), Duration::from_millis(500_500));
        for (percent, millis) in [(50, 500), (95, 950), (99, 990), (100, 1000)] {
            let (bound, exact) = (latencies.percentile(percent).unwrap(), Duration::from_millis(millis));
            assert!(bound >= exact && bound <= exact.mul_f64(1.25), "{percent}: {bound:?}");
        }
        assert!(latencies.percentile(0).unwrap() <= Duration::from_micros(1250));
        histogram.record(Duration::MAX);
        assert_eq!(histogram.snapshot().percentile(100), None);
    }
}
