//! Who waits for the transport.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Wake, Waker};

/// Which half of a stream uses the transport: the reading one writes, too, to answer the peer, and the writing one reads
/// while a renegotiation keeps it from writing.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Side {
    Reader,
    Writer,
}

/// Wakes both halves. A transport remembers only the last waker that it saw for each direction: if two tasks have bytes
/// to send on, each must be woken even though the other was the last to try, for either may be dropped meanwhile. The
/// same goes for reading.
#[derive(Debug, Default)]
pub(super) struct Waiters(Mutex<Wakers>);

#[derive(Debug, Default)]
struct Wakers {
    reader: Option<Waker>,
    writer: Option<Waker>,
}

impl Waiters {
    pub(super) fn register(&self, side: Side, waker: &Waker) {
        let mut wakers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = match side {
            Side::Reader => &mut wakers.reader,
            Side::Writer => &mut wakers.writer,
        };
        match slot {
            Some(registered) => registered.clone_from(waker),
            None => *slot = Some(waker.clone()),
        }
    }

    /// Wakes the half on this side, if it waits.
    pub(super) fn wake_one(&self, side: Side) {
        let waker = {
            let mut wakers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            match side {
                Side::Reader => wakers.reader.take(),
                Side::Writer => wakers.writer.take(),
            }
        };
        waker.into_iter().for_each(Waker::wake);
    }
}

impl Wake for Waiters {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let wakers = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        [wakers.reader, wakers.writer].into_iter().flatten().for_each(Waker::wake);
    }
}
