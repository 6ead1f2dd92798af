//! Calls of the cryptographic library that fail because a test wants them to: there is no other way to see what comes
//! of that. Only with the feature `faults`, and then only in the thread that asks for it.

use std::cell::RefCell;
use std::ops::Range;

use crate::CryptoError;

thread_local! {
    static PLAN: RefCell<Option<Plan>> = const { RefCell::new(None) };
}

#[derive(Default)]
struct Plan {
    calls: Vec<&'static str>,
    failing: Range<usize>,
}

/// Runs `run` with the calls of these numbers failing, counted from 0, and says which calls it made.
pub fn with_failures<T>(numbers: Range<usize>, run: impl FnOnce() -> T) -> (T, Vec<&'static str>) {
    let outer = PLAN.replace(Some(Plan { calls: Vec::new(), failing: numbers }));
    let result = run();
    let plan = PLAN.replace(outer).unwrap_or_default();
    (result, plan.calls)
}

/// Before every call that can fail.
pub(crate) fn call(what: &'static str) -> Result<(), CryptoError> {
    PLAN.with_borrow_mut(|plan| {
        let Some(plan) = plan else { return Ok(()) };
        let number = plan.calls.len();
        plan.calls.push(what);
        if plan.failing.contains(&number) { Err(CryptoError) } else { Ok(()) }
    })
}
