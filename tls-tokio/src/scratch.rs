//! Space to work in, one per thread: streams that wait hold no buffers.

use std::cell::Cell;

use tls_core::MAX_RECORD;

/// What is sealed for one write: four full records of TLS 1.3, which take 64 KiB of data, and no room for the
/// beginning of a fifth.
pub(crate) const BATCH: usize = 4 * ((1 << 14) + 22);

/// Room for four of the largest records that a peer may send.
pub(crate) const SIZE: usize = 4 * MAX_RECORD;

thread_local! {
    static SCRATCH: Cell<Option<Box<[u8]>>> = const { Cell::new(None) };
}

/// Calls `work` with this thread's scratch space. It is initialised, with whatever was there before.
///
/// The space is away from its place meanwhile: a transport that is itself a TLS stream finds none, and takes a new one.
pub(crate) fn with<R>(work: impl FnOnce(&mut [u8]) -> R) -> R {
    let mut space = SCRATCH.take().unwrap_or_else(|| vec![0; SIZE].into_boxed_slice());
    let result = work(&mut space);
    SCRATCH.set(Some(space));
    result
}
