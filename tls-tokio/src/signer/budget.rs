use std::sync::atomic::{AtomicU64, Ordering};

/// Thousandths of an extra call, so that each call earns a whole number for each per cent.
const EXTRA_CALL: u64 = 1000;

/// What extra calls there may be: a share of all calls, so that whoever is slow or failing is not made more so.
#[derive(Debug)]
pub(crate) struct Budget {
    saved: AtomicU64,
    per_call: u64,
    most: u64,
}

impl Budget {
    /// Extra calls up to `percent` of all, and `burst` more, which are there at the beginning and after calls that needed
    /// none.
    pub(crate) fn new(percent: u8, burst: u32) -> Self {
        let most = u64::from(burst).saturating_mul(EXTRA_CALL);
        Self {
            saved: AtomicU64::new(most),
            per_call: u64::from(percent).saturating_mul(EXTRA_CALL / 100),
            most,
        }
    }

    /// Notes a call.
    pub(crate) fn earn(&self) {
        let earned = |saved: u64| Some(saved.saturating_add(self.per_call).min(self.most));
        let _ = self.saved.fetch_update(Ordering::Relaxed, Ordering::Relaxed, earned);
    }

    /// Whether there may be an extra call, which is then counted.
    pub(crate) fn spend(&self) -> bool {
        let spent = |saved: u64| saved.checked_sub(EXTRA_CALL);
        self.saved.fetch_update(Ordering::Relaxed, Ordering::Relaxed, spent).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_a_share_and_a_burst() {
        let budget = Budget::new(10, 3);
        let granted = (0..1000).filter(|_| {
            budget.earn();
            budget.spend()
        });
        assert!((100..=103).contains(&granted.count()));
        let nothing = Budget::new(0, 0);
        nothing.earn();
        assert!(!nothing.spend());
    }

    #[test]
    fn quiet_times_save_no_more_than_a_burst() {
        let budget = Budget::new(5, 2);
        (0..10_000).for_each(|_| budget.earn());
        assert_eq!((0..10).filter(|_| budget.spend()).count(), 2);
    }
}
