//! Ends whose safe interface is asynchronous, without a runtime: they are polled whenever something was delivered, and the
//! wire is lent to them meanwhile, so that nothing is copied once more than for others.

use std::io::{Read, Write};
use std::mem::swap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use hyper_util::client::legacy::connect::{Connected, Connection};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::stack::{Buffers, End};
use crate::wire::Wire;

/// What such ends take for their transport: all of a stack the same, for one is polled at a time. The lock is never
/// contended.
#[derive(Clone, Debug, Default)]
pub struct Lent(Arc<Mutex<Wire>>);

impl Lent {
    fn wire(&self) -> MutexGuard<'_, Wire> {
        self.0.lock().unwrap()
    }
}

impl AsyncRead for Lent {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let mut wire = self.wire();
        if !wire.is_readable() {
            // Who waits must be woken some time, as s2n-tls-tokio checks. Who lends the wire polls anyway.
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let len = wire.read(buffer.initialize_unfilled())?;
        buffer.advance(len);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Lent {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        Poll::Ready(self.wire().write(bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Connection for Lent {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

/// A stream of such a stack.
pub trait Stream: AsyncRead + AsyncWrite + Unpin {
    /// Whether the handshake resumed a session.
    fn is_resumed(&self) -> bool;
}

enum State<T> {
    Handshaking(Pin<Box<dyn Future<Output = T>>>),
    Done(T),
}

/// One end of a connection, which becomes a stream when it has shaken hands.
#[expect(missing_debug_implementations, reason = "a future has none")]
pub struct Polled<T> {
    lent: Lent,
    state: State<T>,
}

impl<T: Stream> Polled<T> {
    /// An end that does nothing until it is polled.
    pub(super) fn new(lent: &Lent, handshake: impl Future<Output = T> + 'static) -> Self {
        Self { lent: lent.clone(), state: State::Handshaking(Box::pin(handshake)) }
    }

    /// Lends the wire to the stack for some of its work.
    fn on<R>(&mut self, wire: &mut Wire, work: impl FnOnce(&mut Self, &mut Context<'_>) -> R) -> R {
        swap(&mut *self.lent.wire(), wire);
        let result = work(self, &mut Context::from_waker(Waker::noop()));
        swap(&mut *self.lent.wire(), wire);
        result
    }

    /// Sends the first flight.
    pub(super) fn begin(&mut self, wire: &mut Wire) {
        self.on(wire, |end, cx| assert_eq!(end.poll(cx, &mut []), 0));
    }

    /// Sends close_notify.
    pub(super) fn shut_down(&mut self, wire: &mut Wire) {
        self.on(wire, |end, cx| {
            let State::Done(stream) = &mut end.state else { panic!("still shaking hands") };
            assert!(matches!(Pin::new(stream).poll_shutdown(cx), Poll::Ready(Ok(()))));
        });
    }

    /// Goes on with the handshake, or reads data after it: how much there was.
    fn poll(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> usize {
        match &mut self.state {
            State::Handshaking(handshake) => {
                if let Poll::Ready(stream) = handshake.as_mut().poll(cx) {
                    self.state = State::Done(stream);
                }
                0
            }
            State::Done(stream) => {
                let mut buffer = ReadBuf::new(buffer);
                match Pin::new(stream).poll_read(cx, &mut buffer) {
                    Poll::Ready(read) => read.unwrap(),
                    // What came was no data: a ticket.
                    Poll::Pending => {}
                }
                buffer.filled().len()
            }
        }
    }
}

impl<T: Stream> End for Polled<T> {
    fn receive(&mut self, wire: &mut Wire, buffers: &mut Buffers) -> usize {
        self.on(wire, |end, cx| {
            let mut len = 0;
            while end.lent.wire().is_readable() {
                len += end.poll(cx, &mut buffers.input);
            }
            len
        })
    }

    fn transmit(&mut self, _: &mut Wire) {}

    fn seal(&mut self, data: &[u8], wire: &mut Wire, _: &mut Buffers) {
        self.on(wire, |end, cx| {
            let State::Done(stream) = &mut end.state else { panic!("still shaking hands") };
            let Poll::Ready(written) = Pin::new(stream).poll_write(cx, data) else { panic!("no room") };
            assert_eq!(written.unwrap(), data.len(), "a part");
        });
    }

    fn is_handshaking(&self) -> bool {
        matches!(self.state, State::Handshaking(_))
    }

    fn is_resumed(&self) -> bool {
        matches!(&self.state, State::Done(stream) if stream.is_resumed())
    }
}
