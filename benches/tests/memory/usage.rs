//! The instruments.

use allocation_counter as _;
use benches::handshake::Meter;
use tikv_jemalloc_ctl::thread::{ThreadLocal, allocatedp, deallocatedp};
use tikv_jemallocator as _;

/// How much one thread has allocated and given back since it began, in bytes.
struct Ledger {
    allocated: ThreadLocal<u64>,
    deallocated: ThreadLocal<u64>,
}

impl Ledger {
    fn new() -> Self {
        Self { allocated: allocatedp::read().unwrap(), deallocated: deallocatedp::read().unwrap() }
    }

    fn live(&self) -> i64 {
        i64::try_from(self.allocated.get()).unwrap() - i64::try_from(self.deallocated.get()).unwrap()
    }
}

/// What some work did to the heap.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// Allocations of Rust code.
    pub(crate) allocations: u64,
    /// Bytes allocated in Rust and C.
    pub(crate) bytes: u64,
    /// Bytes allocated in Rust and C and not given back.
    pub(crate) live: i64,
}

impl Usage {
    pub(crate) fn of<R>(work: impl FnOnce() -> R) -> (Self, R) {
        let ledger = Ledger::new();
        let (bytes, live) = (ledger.allocated.get(), ledger.live());
        let mut result = None;
        let counted = allocation_counter::measure(|| result = Some(work()));
        let usage = Self {
            allocations: counted.count_total,
            bytes: ledger.allocated.get() - bytes,
            live: ledger.live() - live,
        };
        (usage, result.unwrap())
    }
}

impl Meter for Usage {
    fn measure<R>(&mut self, work: impl FnOnce() -> R) -> R {
        let (usage, result) = Self::of(work);
        self.allocations += usage.allocations;
        self.bytes += usage.bytes;
        self.live += usage.live;
        result
    }
}
