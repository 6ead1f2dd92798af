//! How many requests a signer is given at once, where that is found out as it goes.

use tokio::time::Instant;

/// Between a least and a most: one more for each round of answers while all places are in use, a quarter less for a round
/// with one that the signer had no time for. So it swings about what the signer can do, and several who share a signer
/// come to equal shares of it.
#[derive(Debug)]
pub(crate) struct Width {
    least: usize,
    most: usize,
    places: usize,
    /// Answers since it last changed.
    answers: usize,
    narrowed: Option<Instant>,
}

impl Width {
    /// As wide as it may ever be, until the signer objects.
    pub(crate) fn new(least: usize, most: usize) -> Self {
        Self { least: least.clamp(1.min(most), most), most, places: most, answers: 0, narrowed: None }
    }

    pub(crate) fn places(&self) -> usize {
        self.places
    }

    /// An answer has come while so many were asked for. Without anyone to use it, there is no need for more.
    pub(crate) fn answered(&mut self, in_flight: usize) {
        if in_flight < self.places || self.places >= self.most {
            return;
        }
        self.answers += 1;
        if self.answers >= self.places {
            self.answers = 0;
            self.places += 1;
        }
    }

    /// The signer had no time for a request that it was given at `since`. Those that it was given before the last change
    /// say nothing about what it is now.
    pub(crate) fn objected(&mut self, since: Instant, now: Instant) {
        if self.narrowed.is_some_and(|narrowed| since < narrowed) {
            return;
        }
        self.narrowed = Some(now);
        self.answers = 0;
        self.places = (self.places - self.places.div_ceil(4)).max(self.least);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn it_narrows_once_a_round_and_widens_by_one_a_round() {
        let mut width = Width::new(4, 64);
        let start = Instant::now();
        assert_eq!(width.places(), 64);
        for _ in 0..64 {
            width.objected(start, start + 10 * MS);
        }
        assert_eq!(width.places(), 48, "one round");
        for round in 2..20 {
            width.objected(start + 10 * round * MS, start + 10 * round * MS);
        }
        assert_eq!(width.places(), 4, "no less than that");
        for expected in 4..64 {
            assert_eq!(width.places(), expected);
            (0..expected).for_each(|_| width.answered(expected));
        }
        (0..1000).for_each(|_| width.answered(64));
        assert_eq!(width.places(), 64, "no more than that");
    }

    #[test]
    fn places_that_nobody_uses_become_no_more() {
        let mut width = Width::new(1, 8);
        let start = Instant::now();
        width.objected(start, start);
        (0..1000).for_each(|_| width.answered(5));
        assert_eq!(width.places(), 6);
    }

    #[test]
    fn a_fixed_width_stays_as_it_is() {
        for most in [0, 1, 7] {
            let mut width = Width::new(most, most);
            width.objected(Instant::now(), Instant::now());
            width.answered(most);
            assert_eq!(width.places(), most);
        }
    }
}
