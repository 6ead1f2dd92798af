//! How much content records may have: what the two ends tell each other of it, and what follows
//! (RFC 6066 §4, RFC 8449).

use ciphersuites::ProtocolVersion;

use crate::config::{ClientConfig, ServerConfig};
use crate::error::{Cause, Error};
use crate::flow::Flow;
use crate::limits;
use crate::wire::client_hello::ClientHello;
use crate::wire::codec::Writer;
use crate::wire::extension::{ExtensionType, Extensions};
use crate::wire::fragment_size::{MaxFragmentLength, read_record_size_limit, write_record_size_limit};

/// How much content records may have, as the two ends have agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FragmentLimits {
    /// Nothing was said of it: records may be as large as they can be.
    Unlimited,
    /// Each end has said how much it receives in a protected record, in bytes (RFC 8449 §4).
    RecordSizeLimit {
        /// This side's limit.
        ours: u16,
        /// The peer's.
        theirs: u16,
    },
    /// One limit for both directions (RFC 6066 §4).
    MaxFragmentLength(MaxFragmentLength),
}

impl FragmentLimits {
    /// What a server makes of a ClientHello. Of the two extensions the newer one counts (RFC 8449 §5).
    pub(crate) fn choose(
        config: &ServerConfig,
        hello: &ClientHello<'_>,
        version: ProtocolVersion,
    ) -> Result<Self, Error> {
        let size_limit = hello.extensions.reader(ExtensionType::RECORD_SIZE_LIMIT);
        let fragment_length = hello.extensions.reader(ExtensionType::MAX_FRAGMENT_LENGTH);
        let theirs = size_limit.map(read_record_size_limit).transpose()?;
        let fragment_length = fragment_length.map(MaxFragmentLength::read).transpose()?;
        Ok(match (theirs, fragment_length) {
            (Some(theirs), _) => {
                Self::RecordSizeLimit { ours: stated(config.shared.record_size_limit, version), theirs }
            }
            (None, Some(length)) if config.accepts_max_fragment_length => Self::MaxFragmentLength(length),
            _ => Self::Unlimited,
        })
    }

    /// What a client makes of the server's answer (RFC 6066 §4, RFC 8449 §4).
    pub(crate) fn accept(
        config: &ClientConfig,
        answer: Extensions<'_>,
        version: ProtocolVersion,
    ) -> Result<Self, Error> {
        let size_limit = answer.reader(ExtensionType::RECORD_SIZE_LIMIT);
        let fragment_length = answer.reader(ExtensionType::MAX_FRAGMENT_LENGTH);
        let theirs = size_limit.map(read_record_size_limit).transpose()?;
        let fragment_length = fragment_length.map(MaxFragmentLength::read).transpose()?;
        match (theirs, fragment_length) {
            (Some(_), Some(_)) => {
                Err(Cause::IllegalParameter("both record_size_limit and max_fragment_length").into())
            }
            (Some(theirs), None) => {
                Ok(Self::RecordSizeLimit { ours: stated(config.shared.record_size_limit, version), theirs })
            }
            (None, Some(length)) if Some(length) != config.max_fragment_length => {
                Err(Cause::IllegalParameter("a max_fragment_length other than the client's").into())
            }
            (None, Some(length)) => Ok(Self::MaxFragmentLength(length)),
            (None, None) => Ok(Self::Unlimited),
        }
    }

    /// Writes a server's answer.
    pub(crate) fn write(self, writer: &mut Writer<'_>) {
        match self {
            Self::Unlimited => {}
            Self::RecordSizeLimit { ours, .. } => write_record_size_limit(writer, ours),
            Self::MaxFragmentLength(length) => length.write(writer),
        }
    }

    /// Holds this side to it, and the other.
    pub(crate) fn apply(self, flow: &mut Flow, version: ProtocolVersion) {
        match self {
            // A renegotiation may have lifted a limit.
            Self::Unlimited => flow.limit_fragments(limits::MAX_FRAGMENT, limits::MAX_FRAGMENT),
            Self::RecordSizeLimit { ours, theirs } => {
                let theirs = stated(Some(theirs), version);
                let (sent, received) = (content(theirs, version), content(ours, version));
                flow.limit_fragments(sent.into(), received.into());
            }
            Self::MaxFragmentLength(length) => {
                let len = length.bytes().into();
                flow.limit_fragments(len, len);
                flow.limit_received_plaintext(len);
            }
        }
    }
}

/// The limit that a side states: as configured, or what the version permits at most (RFC 8449 §4).
fn stated(configured: Option<u16>, version: ProtocolVersion) -> u16 {
    let largest = match version {
        ProtocolVersion::TLS1_3 => limits::MAX_INNER_PLAINTEXT,
        _ => limits::MAX_FRAGMENT,
    };
    configured.unwrap_or(u16::MAX).min(u16::try_from(largest).unwrap_or(u16::MAX))
}

/// The content that a stated limit leaves: in TLS 1.3 it counts the content type, too.
fn content(stated: u16, version: ProtocolVersion) -> u16 {
    if version == ProtocolVersion::TLS1_3 { stated - 1 } else { stated }
}
