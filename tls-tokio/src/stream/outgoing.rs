//! What the transport has yet to take, and what its writer has yet to be told.

use std::io::IoSlice;

/// A batch of records that the transport did not take at once, and the data that it stands for. Without one it holds
/// no memory.
#[derive(Default)]
pub(super) struct Outgoing {
    sealed: Queue,
    /// Data that is sealed, of a write that has not returned. It is sent, or will be: the next write that begins with
    /// it is the same write, or takes its place, and must not seal it again.
    uncredited: Queue,
}

impl Outgoing {
    /// Takes in what is left of a batch, and the first `len` bytes of `data`, which the whole batch stands for.
    pub(super) fn keep(&mut self, sealed: &[u8], data: &[IoSlice<'_>], len: usize) {
        self.sealed = Queue { bytes: sealed.to_vec(), start: 0 };
        let mut bytes = Vec::with_capacity(len);
        for slice in data {
            let missing = len - bytes.len();
            bytes.extend_from_slice(slice.get(..missing).unwrap_or(slice));
        }
        self.uncredited = Queue { bytes, start: 0 };
    }

    /// Takes in records that go behind those that wait.
    pub(super) fn add_sealed(&mut self, sealed: &[u8]) {
        self.sealed.bytes.extend_from_slice(sealed);
    }

    /// The ciphertext that goes next.
    pub(super) fn sealed(&self) -> &[u8] {
        self.sealed.rest()
    }

    pub(super) fn sealed_sent(&mut self, len: usize) {
        self.sealed.advance(len);
    }

    /// How many bytes at the front of `data` an earlier write has sent; 0: this is new data.
    pub(super) fn credit(&mut self, data: &[IoSlice<'_>]) -> usize {
        let mut known = self.uncredited.rest();
        let mut len = 0;
        for slice in data {
            let (common, _) = slice.split_at(slice.len().min(known.len()));
            match known.strip_prefix(common) {
                Some(rest) => known = rest,
                None => {
                    self.forget_uncredited();
                    return 0;
                }
            }
            len += common.len();
        }
        self.uncredited.advance(len);
        len
    }

    pub(super) fn forget_uncredited(&mut self) {
        self.uncredited = Queue::default();
    }

    pub(super) fn capacity(&self) -> usize {
        self.sealed.bytes.capacity() + self.uncredited.bytes.capacity()
    }
}

/// Bytes that are taken from the front.
#[derive(Default)]
struct Queue {
    bytes: Vec<u8>,
    start: usize,
}

impl Queue {
    fn rest(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }

    /// Takes `len` bytes off, and the memory with the last of them.
    fn advance(&mut self, len: usize) {
        self.start = self.start.saturating_add(len);
        if self.start >= self.bytes.len() {
            *self = Self::default();
        }
    }
}
