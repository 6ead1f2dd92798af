//! TLS on tokio.
//!
//! A [`Connector`] turns a transport into a client's [`TlsStream`], an [`Acceptor`] into a server's. A transport is
//! anything that is [`AsyncRead`], [`AsyncWrite`] and [`Unpin`]. The protocol itself is in [`tls_core`]; no
//! connection spawns tasks or threads, but for sessions on their way to a [`SessionCache`], and of the [`signer`]s only
//! those that say so.
//!
//! # What a write promises
//!
//! **No ciphertext is left behind a write that has returned.** A write of a [`TlsStream`] is done when the transport
//! has taken every byte that stands for it. There is no buffer to forget to flush: a program that writes a request
//! and then waits for its answer, or for anything else, has sent the request.
//!
//! A record is indivisible, and a transport may take half of one and then make its writer wait. A TLS stream can
//! then either return early, with ciphertext left behind, or have its caller wait for what is already sealed; it
//! cannot avoid both. This one waits. What that means for a write that is dropped while it waits is said below.
//!
//! The bytes of a record that wait for the transport are sent on by whatever is called next: `poll_write`,
//! `poll_flush`, `poll_shutdown`, and `poll_read`, too. The same holds for what the protocol itself has to send, such
//! as the answer to a KeyUpdate: a program that only ever reads sends it by reading. At most 64 KiB wait at a time.
//!
//! # Cancellation safety
//!
//! - **Reading**: a read that is dropped before it returned has taken nothing. What came from the transport meanwhile
//!   is kept for the next one.
//! - **Writing**: a write that is dropped before it returned has taken either nothing, or up to 64 KiB from the front
//!   of its data, which are then on their way to the peer and are sent exactly once. The stream remembers those bytes:
//!   when the next write begins with them, they are taken to be the same ones, and are credited without being sent
//!   again. So a loop that writes the rest of its data until there is none may be interrupted at any point, and a
//!   buffer may grow, move or be cut differently between one attempt and the next, without a byte lost or doubled. A
//!   write of *other* data after one that was dropped comes after what the dropped one had begun to send. Who cannot
//!   have that should not go on writing to the stream.
//! - **Flushing and shutting down** may be dropped and repeated.
//! - **Handshakes**: a [`Connector::connect`] or [`Acceptor::accept`] that is dropped drops its transport with it.
//!   To wait for a handshake beside other things, pin its future and poll it by reference.
//!
//! # Renegotiation
//!
//! A client that accepts it ([`tls_core::Renegotiation`]) does the handshake again whenever it reads that the server
//! wants it. Meanwhile reads go on, and a write waits: it reads, too, until it may send. What comes for the reader
//! before that is kept for it, about 64 KiB of it; where there is more, the write waits until it has been read.
//!
//! # The end of a stream
//!
//! [`shutdown`](tokio::io::AsyncWrite::poll_shutdown) sends close_notify and shuts the transport down for writing;
//! reading goes on until the peer closes, too (RFC 9846 §6.1). A stream that is dropped says nothing to its peer,
//! which will take it for cut off. What a missing close_notify from the peer means is for [`EofPolicy`] to say.
//!
//! # Errors
//!
//! Failed handshakes are [`HandshakeError`]s. Later failures are [`std::io::Error`]s; where the protocol is the
//! reason they hold a [`tls_core::Error`]:
//!
//! ```
//! # fn code(error: &std::io::Error) -> Option<&'static str> {
//! error.get_ref()?.downcast_ref::<tls_core::Error>().map(|error| error.code())
//! # }
//! ```
//!
//! Their kind is `UnexpectedEof` for a stream cut off, `ConnectionAborted` for an alert from the peer, `InvalidInput`
//! for misuse by the caller, `InvalidData` for what else the peer did, and `Other` for failures of this side.
//!
//! # Memory
//!
//! A stream without bytes in transit holds no buffers. Reads and writes work in scratch space of their thread, and
//! what does not fit a caller's buffer, or is refused by the transport, is kept in buffers of just its size, freed
//! when it is gone ([`TlsStream::buffered`]).
//!
//! # Features
//!
//! - `aws-kms`: the module `signer::kms`, for private keys in AWS KMS. Requests to the service are authenticated by the
//!   AWS SDK's own code, with the feature `fips` too.
//! - `hyper`: the module `hyper`, an HTTPS client connector and server connections for hyper 1.
//! - `pkcs11`: [`signer`]'s module `pkcs11`, private keys in hardware tokens.
//! - `remote-signer`: [`signer`]'s module `remote`, private keys on another machine: the server that has them, and the
//!   client that asks it.
//! - `tracing`: debug events for handshakes that are done or have failed; a span for each signature that is made elsewhere,
//!   with its end.
//!
//! [`AsyncRead`]: tokio::io::AsyncRead
//! [`AsyncWrite`]: tokio::io::AsyncWrite

mod acceptor;
mod connector;
mod early_data;
mod error;
mod handshake;
#[cfg(feature = "hyper")]
pub mod hyper;
mod key_log;
mod operations;
mod scratch;
mod sessions;
pub mod signer;
mod stream;

pub use tls_core;

pub use crate::acceptor::Acceptor;
pub use crate::connector::Connector;
pub use crate::early_data::EarlyDataDecider;
pub use crate::error::{HandshakeError, HandshakeFailure};
pub use crate::key_log::KeyLogFile;
pub use crate::operations::{
    BoxFuture, CertificateVerifier, ConfigChoice, ConfigSelector, PreSharedKeyChoice, PreSharedKeySelector,
    Signing,
};
pub use crate::sessions::SessionCache;
pub use crate::stream::{EofPolicy, ReadHalf, ReuniteError, TlsState, TlsStream, WriteHalf};
