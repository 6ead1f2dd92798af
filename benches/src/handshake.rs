//! A full handshake whose two halves are measured apart.

use std::time::{Duration, Instant};

use crate::stack::{Buffers, End, Stack};

/// Whose work is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there are two ends")]
pub enum Side {
    /// The client's.
    Client,
    /// The server's.
    Server,
}

impl Side {
    /// Both sides.
    pub const BOTH: [Self; 2] = [Self::Client, Self::Server];

    /// What reports call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }
}

/// Something that is measured around work, and added up.
pub trait Meter {
    /// Does `work`.
    fn measure<R>(&mut self, work: impl FnOnce() -> R) -> R;
}

/// The time that work takes.
impl Meter for Duration {
    fn measure<R>(&mut self, work: impl FnOnce() -> R) -> R {
        let start = Instant::now();
        let result = work();
        *self += start.elapsed();
        result
    }
}

/// A figure for each side.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "there are two ends")]
pub struct Halves<T> {
    /// The client's.
    pub client: T,
    /// The server's.
    pub server: T,
}

impl<T> Halves<T> {
    /// The figure of this side.
    pub fn of(&self, side: Side) -> &T {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }

    /// The figure of this side, to be changed.
    pub fn of_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }
}

/// The memory between two ends, kept from one handshake to the next so that it costs none of them.
#[derive(Debug, Default)]
pub struct Pipes {
    wire: Vec<u8>,
    buffers: Buffers,
}

/// A connection's creation and handshake.
pub fn establish<S: Stack>(
    stack: &S,
    meters: &mut Halves<impl Meter>,
    pipes: &mut Pipes,
) -> (S::End, S::End) {
    let Pipes { wire, buffers } = pipes;
    wire.clear();
    let mut client = meters.client.measure(|| {
        let mut client = stack.client();
        client.transmit(wire);
        client
    });
    let mut server = meters.server.measure(|| {
        let mut server = stack.server();
        server.receive(wire, buffers);
        wire.clear();
        server.transmit(wire);
        server
    });
    meters.client.measure(|| {
        client.receive(wire, buffers);
        wire.clear();
        client.transmit(wire);
    });
    meters.server.measure(|| server.receive(wire, buffers));
    assert!(!client.is_handshaking() && !server.is_handshaking(), "a handshake of more flights");
    (client, server)
}

/// Everything a connection without data costs: creation, handshake, release.
pub fn run<S: Stack>(stack: &S, meters: &mut Halves<impl Meter>, pipes: &mut Pipes) {
    let (client, server) = establish(stack, meters, pipes);
    meters.client.measure(|| drop(client));
    meters.server.measure(|| drop(server));
}
