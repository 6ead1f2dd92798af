use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tls_core::ciphersuites::random;

/// Chance for what is no secret: jitter, and which endpoint comes first. SplitMix64, begun at random, so that the
/// processes of a fleet do not move in step.
#[derive(Debug)]
pub(crate) struct Dice(AtomicU64);

impl Dice {
    pub(crate) fn new() -> Self {
        let mut seed = [0; 8];
        // A generator that fails fails the handshakes soon enough. Here a constant will do.
        let _ = random(&mut seed);
        Self(AtomicU64::new(u64::from_ne_bytes(seed)))
    }

    /// Any number below `end`, and 0 if that is 0.
    pub(crate) fn below(&self, end: u64) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let state = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)).checked_rem(end).unwrap_or(0)
    }

    /// Any time up to `end`, in microseconds.
    pub(crate) fn up_to(&self, end: Duration) -> Duration {
        let micros = u64::try_from(end.as_micros()).unwrap_or(u64::MAX);
        Duration::from_micros(self.below(micros.saturating_add(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_side_comes_up() {
        let (dice, mut counts) = (Dice::new(), [0_u32; 6]);
        for _ in 0..6000 {
            counts[usize::try_from(dice.below(6)).unwrap()] += 1;
        }
        assert!(counts.iter().all(|count| (700..1300).contains(count)), "{counts:?}");
        assert_eq!(dice.below(0), 0);
        assert_eq!(dice.up_to(Duration::ZERO), Duration::ZERO);
    }
}
