//! What comes of bytes that are received or sent.

use std::ops::Range;

/// How far [`crate::Connection::receive`] came, and why it stopped there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "its users take it apart")]
pub struct Received {
    /// Bytes of the input that are done with. The rest comes again, with more behind it.
    pub consumed: usize,
    /// Why it stopped.
    pub event: Event,
}

/// Why [`crate::Connection::receive`] stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// No whole record is left in the input.
    NeedsInput,
    /// The handshake has completed: there are facts, and data may be sent.
    Established,
    /// A renegotiation that the server asked for has completed: the facts are those of the new handshake, and data may
    /// be sent again. See [`Renegotiation`](crate::Renegotiation).
    Renegotiated,
    /// The handshake waits for its caller: [`Connection::take_operation`](crate::Connection::take_operation) says for
    /// what. What comes from the peer meanwhile may be handed in, but is taken only as far as it bears on the handshake;
    /// the rest comes again after the answer.
    OperationPending,
    /// Application data, decrypted in place: this range of the input, within what was consumed.
    Data(Range<usize>),
    /// Early data from the client, decrypted in place: this range of the input, within what was consumed. It may have
    /// been sent before, by someone else than the client: as long as the handshake is not done, it should be acted on
    /// only if acting on it again does no harm (RFC 9846 §8).
    EarlyData(Range<usize>),
    /// The peer has sent close_notify: nothing more will come. Sending may go on (RFC 9846 §6.1).
    PeerClosed,
}

/// How far [`crate::Connection::send`] came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "its users take it apart")]
pub struct Sent {
    /// Bytes of the data that are sealed.
    pub consumed: usize,
    /// Bytes of the output buffer that must go to the peer.
    pub written: usize,
}
