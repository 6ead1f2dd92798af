//! A full handshake whose two halves are measured apart.

use std::time::{Duration, Instant};

use crate::stack::{Buffers, End, Stack};
use crate::wire::Wire;

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

/// What two ends share, kept from one handshake to the next so that it costs none of them.
#[derive(Debug, Default)]
pub struct Pipes {
    wire: Wire,
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
    let mut client = meters.client.measure(|| stack.client(wire));
    let mut server = meters.server.measure(|| stack.server());
    while answer(&mut server, &mut meters.server, wire, buffers)
        && answer(&mut client, &mut meters.client, wire, buffers)
    {}
    assert!(!client.is_handshaking() && !server.is_handshaking(), "no more flights, and no end");
    (client, server)
}

/// Delivers a flight, if there is one, to an end that answers it.
fn answer(end: &mut impl End, meter: &mut impl Meter, wire: &mut Wire, buffers: &mut Buffers) -> bool {
    let is_there = wire.deliver_all();
    if is_there {
        meter.measure(|| {
            end.receive(wire, buffers);
            end.transmit(wire);
        });
    }
    is_there
}

/// Everything a connection without data costs: creation, handshake, release. Whether it resumed a session.
pub fn run<S: Stack>(stack: &S, meters: &mut Halves<impl Meter>, pipes: &mut Pipes) -> bool {
    let (mut client, server) = establish(stack, meters, pipes);
    let [resumed, known] = [client.is_resumed(), server.is_resumed()];
    assert_eq!(resumed, known, "the ends disagree");
    client.farewell(&mut pipes.wire);
    meters.client.measure(|| drop(client));
    meters.server.measure(|| drop(server));
    resumed
}
