//! What the module's service indicator says of each call.
//!
//! The module counts, in each thread, the approved services that it completes. So a call that leaves the count as it was
//! is not an approved service, or has failed. The count alone tells nothing of several calls: one of them could have been
//! counted and another not. Hence every call is put between [`begin`] and [`Call::end`].

use std::fmt;

/// A service of the module, as this crate uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Service {
    /// What is done.
    pub purpose: &'static str,
    /// By which algorithm.
    pub algorithm: &'static str,
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {}", self.purpose, self.algorithm)
    }
}

/// The services that a thread has had of the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Services {
    /// Those that the indicator calls approved, each once, sorted.
    pub approved: Vec<Service>,
    /// Those that it does not, each once, sorted. A service can be among both.
    pub unapproved: Vec<Service>,
    /// By how much the indicator's own count of approved services rose.
    pub count: u64,
    /// How much of that was between the beginning and the end of these services. The rest are services that others had,
    /// or parts of calls that failed.
    pub observed_count: u64,
}

#[cfg(feature = "fips")]
pub(crate) use enabled::begin;
#[cfg(feature = "fips")]
pub use enabled::observe;

#[cfg(not(feature = "fips"))]
pub(crate) use disabled::begin;
#[cfg(not(feature = "fips"))]
pub use disabled::observe;

#[cfg(feature = "fips")]
mod enabled {
    use std::cell::RefCell;

    use super::{Service, Services};
    use crate::ffi;

    thread_local! {
        static OBSERVED: RefCell<Option<Services>> = const { RefCell::new(None) };
    }

    /// Runs `run` and says which services this crate had of the module in this thread meanwhile. Calls that fail are
    /// left out. Without the feature `fips` nothing is observed.
    pub fn observe<T>(run: impl FnOnce() -> T) -> (T, Services) {
        let before = ffi::approved_services();
        let outer = OBSERVED.replace(Some(Services::default()));
        let result = run();
        let mut services = OBSERVED.replace(outer).unwrap_or_default();
        services.count = ffi::approved_services().saturating_sub(before);
        services.approved.sort();
        services.unapproved.sort();
        (result, services)
    }

    /// A call that has begun. One that is dropped has failed, and is not looked at.
    #[must_use]
    pub(crate) struct Call {
        service: Service,
        before: u64,
    }

    pub(crate) fn begin(purpose: &'static str, algorithm: &'static str) -> Call {
        Call { service: Service { purpose, algorithm }, before: ffi::approved_services() }
    }

    impl Call {
        /// The call has succeeded.
        pub(crate) fn end(self) {
            let is_approved = self.approved_services() > 0;
            self.note(|services| if is_approved { &mut services.approved } else { &mut services.unapproved });
        }

        /// The call has succeeded, but the library did it outside of the module, or by parts of what would be a service
        /// of it. What the indicator says of the parts does not hold for the whole.
        pub(crate) fn end_outside(self) {
            self.note(|services| &mut services.unapproved);
        }

        fn approved_services(&self) -> u64 {
            ffi::approved_services().saturating_sub(self.before)
        }

        fn note(&self, list: impl FnOnce(&mut Services) -> &mut Vec<Service>) {
            OBSERVED.with_borrow_mut(|observed| {
                let Some(services) = observed else { return };
                services.observed_count = services.observed_count.saturating_add(self.approved_services());
                let list = list(services);
                if !list.contains(&self.service) {
                    list.push(self.service);
                }
            });
        }
    }
}

#[cfg(not(feature = "fips"))]
mod disabled {
    use super::Services;

    /// Runs `run` and says which services this crate had of the module in this thread meanwhile. Calls that fail are
    /// left out. Without the feature `fips` nothing is observed.
    pub fn observe<T>(run: impl FnOnce() -> T) -> (T, Services) {
        (run(), Services::default())
    }

    #[must_use]
    pub(crate) struct Call;

    #[inline]
    pub(crate) fn begin(_: &'static str, _: &'static str) -> Call {
        Call
    }

    impl Call {
        #[inline]
        pub(crate) fn end(self) {}

        #[inline]
        pub(crate) fn end_outside(self) {}
    }
}
