//! An established connection as a stream.

mod early_data;
mod input;
mod operations;
mod outgoing;
mod read;
mod renegotiation;
mod split;
mod waiters;
mod write;

use std::fmt;
use std::sync::Arc;

use tls_core::{Connection, Error, Facts, KeyUpdateRequest, UnixTime};

pub(crate) use self::input::Progress;
pub use self::split::{ReadHalf, ReuniteError, WriteHalf};
pub(crate) use self::waiters::Side;

use crate::handshake::Settings;
use crate::operations::{Operations, Signing};

use self::input::Input;
use self::outgoing::Outgoing;
use self::waiters::Waiters;

/// What the end of the transport means when the peer has not sent close_notify.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum EofPolicy {
    /// An error, of the kind `UnexpectedEof`: somebody may have cut the stream off (RFC 9846 §6.1).
    #[default]
    Strict,
    /// The end of the data, as long as it comes between two records. For peers that never send close_notify, and
    /// protocols that know from their own content whether it is complete.
    Tolerate,
}

/// A TLS connection over `IO`, after its handshake.
///
/// The crate's documentation says what its reads and writes promise.
pub struct TlsStream<IO> {
    io: IO,
    state: TlsState,
    /// Who waits for the transport to take more; there once somebody had to.
    waiters: Option<Arc<Waiters>>,
    /// Who waits for the transport to bring more; there once the connection was renegotiated.
    readers: Option<Arc<Waiters>>,
}

/// Everything of a [`TlsStream`] but its transport: the connection, what is in transit, and the counters.
pub struct TlsState {
    connection: Connection,
    eof_policy: EofPolicy,
    input: Input,
    outgoing: Outgoing,
    /// Who answers what the connection asks, if there is someone.
    operations: Option<Box<Operations>>,
    is_at_eof: bool,
    /// It was given to its user before its first handshake was done.
    is_early: bool,
    /// Something was written to the transport that it has not been asked to flush.
    is_flush_due: bool,
    bytes_read: u64,
    bytes_written: u64,
}

impl TlsState {
    /// The connection itself.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Keeps early data that came during the handshake for the reader.
    pub(crate) fn hold_early_data(&mut self, data: Vec<u8>) {
        if !data.is_empty() {
            self.input.add_held(data);
        }
    }

    /// The bytes from the transport that the connection has not consumed.
    pub(crate) fn into_unread(self) -> Vec<u8> {
        self.input.into_unread()
    }
}

impl<IO> TlsStream<IO> {
    pub(crate) fn new(io: IO, connection: Connection, settings: &Settings) -> Self {
        let operations =
            settings.helpers.clone().map(|helpers| Box::new(Operations::new(helpers, settings.timeout)));
        let state = TlsState {
            connection,
            eof_policy: settings.eof_policy,
            input: Input::default(),
            outgoing: Outgoing::default(),
            operations,
            is_at_eof: false,
            is_early: false,
            is_flush_due: false,
            bytes_read: 0,
            bytes_written: 0,
        };
        Self::from_parts(io, state)
    }

    /// Puts a stream together again that [`Self::into_parts`] took apart. `io` must go on where the other left off.
    pub fn from_parts(io: IO, state: TlsState) -> Self {
        Self { io, state, waiters: None, readers: None }
    }

    /// Takes the stream apart: the transport, and everything else. For moving a connection to another runtime, or
    /// for changing what is around its transport.
    pub fn into_parts(self) -> (IO, TlsState) {
        (self.io, self.state)
    }

    /// Splits the stream into halves for two tasks. They share a lock, which each holds while it works and never
    /// while it waits.
    pub fn into_split(self) -> (ReadHalf<IO>, WriteHalf<IO>) {
        split::split(self)
    }

    /// The transport.
    pub fn get_ref(&self) -> &IO {
        &self.io
    }

    /// The transport. Reading from it or writing to it breaks the connection.
    pub fn get_mut(&mut self) -> &mut IO {
        &mut self.io
    }

    /// The connection itself.
    pub fn connection(&self) -> &Connection {
        &self.state.connection
    }

    /// What was negotiated, and who the peer is. `None` once the connection has failed, and before the handshake
    /// [is done](Self::is_handshake_done): [`Connection::early_facts`] knows what is known then.
    pub fn facts(&self) -> Option<&Facts> {
        self.state.connection.facts()
    }

    /// How the signature of this side was made, if that was by a key that is not in this process.
    pub fn signing(&self) -> Option<&Signing> {
        self.state.operations.as_ref()?.signing()
    }

    /// Fills `out` with keying material that both ends, and nobody else, can derive: see [`Connection::export`].
    pub fn export(&self, label: &[u8], context: Option<&[u8]>, out: &mut [u8]) -> Result<(), Error> {
        self.state.connection.export(label, context, out)
    }

    /// Changes this side's sending keys, and asks the peer to change its own, too, if `request` says so
    /// (RFC 9846 §4.7.3). The KeyUpdate goes out with the next write, flush or read.
    pub fn update_keys(&mut self, request: KeyUpdateRequest) -> Result<(), Error> {
        self.state.connection.update_keys(request)
    }

    /// What a server's application wants to know again when its client resumes by a ticket sent from now on: see
    /// [`Connection::set_session_data`].
    ///
    /// # Errors
    /// There is too much of it, or the connection cannot send tickets. The stream goes on all the same.
    pub fn set_session_data(&mut self, data: &[u8]) -> Result<(), Error> {
        self.state.connection.set_session_data(data)
    }

    /// Gives a server's client one more ticket: see [`Connection::send_ticket`]. It goes out with the next write, flush or
    /// read.
    pub fn send_ticket(&mut self) -> Result<(), Error> {
        self.state.connection.send_ticket(UnixTime::now())?;
        self.keep_sessions();
        Ok(())
    }

    /// Bytes read from the transport so far, the handshake's included.
    pub fn bytes_read(&self) -> u64 {
        self.state.bytes_read
    }

    /// Bytes written to the transport so far, the handshake's included.
    pub fn bytes_written(&self) -> u64 {
        self.state.bytes_written
    }

    /// Memory that this stream holds for bytes in transit, in bytes: those received and not yet read, those that the
    /// transport has refused, and those of a write that was dropped. Zero when it is idle.
    pub fn buffered(&self) -> usize {
        self.state.input.capacity() + self.state.outgoing.capacity()
    }

    pub(crate) fn state_mut(&mut self) -> &mut TlsState {
        &mut self.state
    }

    pub(crate) fn flush_is_due(&self) -> bool {
        self.state.is_flush_due
    }

    pub(crate) fn is_at_eof(&self) -> bool {
        self.state.is_at_eof
    }

    pub(crate) fn receive_eof(&mut self) -> Result<(), Error> {
        self.state.connection.receive_eof()
    }
}

impl fmt::Debug for TlsState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsState")
            .field("connection", &self.connection)
            .field("bytes_read", &self.bytes_read)
            .field("bytes_written", &self.bytes_written)
            .finish_non_exhaustive()
    }
}

impl<IO: fmt::Debug> fmt::Debug for TlsStream<IO> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsStream").field("io", &self.io).field("state", &self.state).finish_non_exhaustive()
    }
}
