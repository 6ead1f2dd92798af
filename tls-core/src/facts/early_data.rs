//! What became of early data.

use std::fmt;

/// What became of a client's early data (RFC 9846 §2.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum EarlyData {
    /// The client offered none.
    #[default]
    NotOffered,
    /// The server has read what was sent, whole: none of it may be sent again.
    Accepted,
    /// The server has not looked at it: what was sent is lost, and may be sent again as ordinary data, if it is still
    /// right for the application protocol that was chosen.
    Rejected(EarlyDataRefusal),
}

/// Why early data was rejected. A server knows; a client can but tell some of the reasons from what else the server
/// answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EarlyDataRefusal {
    /// The server wanted another key share: early data never survives a HelloRetryRequest.
    HelloRetryRequest,
    /// The connection does not go on from the session, or external key, that was offered first.
    NotResumed,
    /// This server takes no early data.
    Disabled,
    /// The ticket, or the external key, permits none, or more than this server takes.
    NotPermitted,
    /// The cipher suite is not the one of the session, or the one that was agreed on with the external key.
    CipherSuite,
    /// The application protocol is not that one.
    ApplicationProtocol,
    /// The [context](crate::ServerConfigBuilder::early_data_context) is not that one.
    Context,
    /// The ticket is not as old as the client says: the ClientHello is an old one, or a clock is wrong.
    NotFresh,
    /// The guard against replays has begun too recently to know what came before it.
    Starting,
    /// The guard against replays has seen it before.
    Replayed,
    /// The guard against replays can remember no more.
    Full,
    /// The guard against replays takes none by [external keys](crate::ReplayGuard::external_keys).
    ExternalKey,
    /// The server's [caller](crate::Operation::AcceptEarlyData) said no.
    Declined,
    /// The server did not say.
    Unsaid,
}

impl EarlyDataRefusal {
    /// A stable name in snake case.
    pub fn code(self) -> &'static str {
        match self {
            Self::HelloRetryRequest => "hello_retry_request",
            Self::NotResumed => "not_resumed",
            Self::Disabled => "disabled",
            Self::NotPermitted => "not_permitted",
            Self::CipherSuite => "cipher_suite",
            Self::ApplicationProtocol => "application_protocol",
            Self::Context => "context",
            Self::NotFresh => "not_fresh",
            Self::Starting => "starting",
            Self::Replayed => "replayed",
            Self::Full => "full",
            Self::ExternalKey => "external_key",
            Self::Declined => "declined",
            Self::Unsaid => "unsaid",
        }
    }
}

impl fmt::Display for EarlyDataRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HelloRetryRequest => "the server asked for another key share",
            Self::NotResumed => "the session or key that it belongs to was not chosen",
            Self::Disabled => "the server takes none",
            Self::NotPermitted => "the session's ticket, or the key, does not permit it",
            Self::CipherSuite => "the cipher suite is not that of the session or key",
            Self::ApplicationProtocol => "the application protocol is not that of the session or key",
            Self::Context => "the server's context is not that of the session or key",
            Self::NotFresh => "the ticket is not as old as the client says",
            Self::Starting => "the server has begun too recently to rule out a replay",
            Self::Replayed => "it has been seen before",
            Self::Full => "the server can remember no more early data, to rule out replays",
            Self::ExternalKey => "the server cannot rule out replays by external keys",
            Self::Declined => "the server's program declined it",
            Self::Unsaid => "the server did not say why",
        })
    }
}
