//! A token bucket.

use std::time::Duration;

use tokio::time::Instant;

/// Lets so many through per second, and a burst of some at once. It remembers one instant only: when all that was let
/// through would have been due, had it come evenly.
#[derive(Debug)]
pub(crate) struct Bucket {
    interval: Duration,
    burst: Duration,
    due: Option<Instant>,
}

impl Bucket {
    pub(crate) fn new(per_second: u32, burst: u32) -> Self {
        let interval = Duration::from_secs(1) / per_second.max(1);
        Self { interval, burst: interval.saturating_mul(burst), due: None }
    }

    pub(crate) fn take(&mut self, now: Instant) -> bool {
        let due = self.due.map_or(now, |due| due.max(now)).checked_add(self.interval).unwrap_or(now);
        let is_within = due.saturating_duration_since(now) <= self.burst;
        if is_within {
            self.due = Some(due);
        }
        is_within
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_and_then_the_rate() {
        let mut bucket = Bucket::new(10, 3);
        let start = Instant::now();
        let let_through = |bucket: &mut Bucket, at: u64| {
            let now = start + Duration::from_millis(at);
            std::iter::repeat_with(|| bucket.take(now)).take(10).filter(|through| *through).count()
        };
        assert_eq!(let_through(&mut bucket, 0), 3);
        assert_eq!(let_through(&mut bucket, 99), 0);
        assert_eq!(let_through(&mut bucket, 100), 1);
        assert_eq!(let_through(&mut bucket, 300), 2);
        assert_eq!(let_through(&mut bucket, 60_000), 3, "what is not used is not saved up");
    }
}
