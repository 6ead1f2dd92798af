//! The TLS protocol without input or output: bytes in, bytes out.
//!
//! A [`Connection`] is made from a [`ClientConfig`] or a [`ServerConfig`]. What the peer sends goes into
//! [`Connection::receive`], what must go to the peer comes from [`Connection::output`] and [`Connection::send`]. There
//! are no sockets, no threads, no clock and no runtime in here; `tls-tokio` puts this on tokio.

mod alert;
mod client_hello;
mod code_point;
mod config;
mod connection;
mod error;
mod event;
mod facts;
mod flow;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod handshake;
mod identity;
mod key_log;
mod limits;
mod operation;
mod pre_shared_key;
mod record;
mod role;
mod session;
mod stage;
mod wire;

pub use ciphersuites;
pub use pki_types::{CertificateDer, ServerName, UnixTime};

pub use crate::alert::AlertDescription;
pub use crate::client_hello::{ClientHello, ClientHelloError};
pub use crate::config::{
    ClientAuthentication, ClientConfig, ClientConfigBuilder, ConfigError, EarlyDataAcceptance, PreSharedKeys,
    Renegotiation, ServerConfig, ServerConfigBuilder, ServerVerification,
};
pub use crate::connection::{Connection, EarlyDataOffer};
pub use crate::error::{Cause, CertificateError, Error, Who};
pub use crate::event::{Event, Received, Sent};
pub use crate::facts::{EarlyData, EarlyDataRefusal, Facts, GroupReason, PeerCertificates, Resumed, Unmet};
pub use crate::handshake::{FragmentLimits, explain};
pub use crate::identity::{Identity, IdentityError, Roots, RootsError};
pub use crate::key_log::KeyLog;
pub use crate::operation::{
    AcceptEarlyData, Answer, FindSession, KeyId, Operation, OperationId, PeerName, SelectConfig,
    SelectPreSharedKey, Sign, SignFailure, SignFailureKind, SignPurpose, SignRequest, VerifyCertificate,
};
pub use crate::pre_shared_key::{
    ExternalPsk, ImportedIdentity, PreSharedKey, PreSharedKeyError, PskEarlyData, PskIdentity,
};
pub use crate::record::{MAX_RECORD, MAX_SEALED_RECORD, RecordPadding};
pub use crate::role::Role;
pub use crate::session::{
    EarlyDataAttempt, KeptSession, MalformedSession, OfferedTicket, ReplayGuard, ServerSessionStore, Session,
    SessionStore, TicketKey, TicketKeyError, TicketKeys,
};
pub use crate::stage::Stage;
pub use crate::wire::extension::ExtensionType;
pub use crate::wire::fragment_size::MaxFragmentLength;
pub use crate::wire::handshake::HandshakeType;
pub use crate::wire::key_update::KeyUpdateRequest;
pub use crate::wire::psk_key_exchange_modes::PskKeyExchangeMode;
