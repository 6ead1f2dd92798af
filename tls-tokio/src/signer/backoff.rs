//! How long to wait before someone who could not be reached is tried again.

use std::time::Duration;

use crate::signer::dice::Dice;

const FIRST: Duration = Duration::from_millis(50);

const LONGEST: Duration = Duration::from_secs(5);

/// Full jitter: any time up to a bound that doubles with each failure. Clients that failed together come back apart.
#[derive(Debug)]
pub(crate) struct Backoff {
    bound: Duration,
    dice: Dice,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { bound: FIRST, dice: Dice::new() }
    }
}

impl Backoff {
    pub(crate) fn next(&mut self) -> Duration {
        let pause = self.dice.up_to(self.bound);
        self.bound = self.bound.saturating_mul(2).min(LONGEST);
        pause
    }

    /// A connection that has lasted this long was a success.
    #[cfg(any(test, feature = "remote-signer"))]
    pub(crate) fn lasted(&mut self, time: Duration) {
        if time >= self.bound {
            self.bound = FIRST;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_are_bounded_and_differ() {
        let mut backoff = Backoff::default();
        let pauses: Vec<Duration> = std::iter::repeat_with(|| backoff.next()).take(40).collect();
        for (pause, bound) in pauses.iter().zip([50, 100, 200, 400, 800, 1600, 3200, 5000]) {
            assert!(*pause <= Duration::from_millis(bound));
        }
        let last = &pauses[8..];
        assert!(last.iter().all(|pause| *pause <= LONGEST));
        assert!(
            last.iter().any(|pause| *pause > LONGEST / 2) && last.iter().any(|pause| *pause < LONGEST / 2)
        );
    }

    #[test]
    fn a_connection_that_lasts_begins_anew() {
        let mut backoff = Backoff::default();
        for _ in 0..10 {
            backoff.next();
        }
        backoff.lasted(LONGEST / 2);
        assert_eq!(backoff.bound, LONGEST, "one that was cut short was none");
        backoff.lasted(LONGEST);
        assert_eq!(backoff.bound, FIRST);
    }
}
