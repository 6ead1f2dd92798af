//! Handshakes. Each of [`client13`], [`server13`], [`client12`] and [`server12`] is one straight-line story; [`client`] and
//! [`server`] are how they begin, until the version is known; what they share is beside them.

pub(crate) mod client;
pub mod explain;
pub(crate) mod server;

mod certificate;
mod client12;
mod client13;
mod early_data;
mod finished;
mod fragment_limits;
mod keys;
mod keys12;
mod negotiate;
mod negotiate12;
mod offer;
mod pre_shared_keys;
mod renegotiation;
mod resumption;
mod resumption12;
mod retry;
mod server12;
mod server13;
#[cfg(test)]
mod tests;
mod tickets;

use ciphersuites::{Aead, ExporterSecret, ProtocolVersion, SecurityPolicy, Tls12MainSecret, TrafficSecret};

use crate::error::{Cause, Error};
use crate::facts::Facts;
use crate::handshake::certificate::PeerVerified;
use crate::handshake::finished::FinishedVerified;
use crate::session::SessionById;

pub use self::fragment_limits::FragmentLimits;
pub(crate) use self::keys12::Randoms;
pub(crate) use self::renegotiation::{Previous, Renegotiable};
pub(crate) use self::resumption::TicketReceiver;
pub(crate) use self::tickets::TicketSender;

/// The versions that a policy permits, best first.
fn versions(policy: &SecurityPolicy) -> impl Iterator<Item = ProtocolVersion> {
    let all = [ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2];
    all.into_iter().filter(|version| policy.supports(*version))
}

#[cold]
fn no_common_version(policy: &SecurityPolicy, peer: Vec<ProtocolVersion>) -> Error {
    Cause::NoCommonVersion { ours: versions(policy).collect(), peer }.into()
}

/// What remains of a handshake that has completed.
#[derive(Debug)]
pub(crate) struct Established {
    pub(crate) facts: Facts,
    pub(crate) secrets: Secrets,
    /// A connection cannot be established without these.
    #[expect(dead_code, reason = "proofs are for having, not for reading")]
    pub(crate) proofs: (PeerVerified, FinishedVerified),
}

/// What an established connection must still know.
#[derive(Debug)]
pub(crate) enum Secrets {
    /// The secrets of the epoch, to update keys, and the exporter's.
    Tls13 {
        aead: Aead,
        sending: TrafficSecret,
        receiving: TrafficSecret,
        exporter: ExporterSecret,
        tickets: Option<Tickets>,
    },
    /// What the exporter needs; the keys stay as they are, for at most so many records, or until a renegotiation.
    Tls12 {
        main: Tls12MainSecret,
        randoms: Randoms,
        extended: bool,
        limit: u64,
        renegotiable: Option<Box<Renegotiable>>,
        /// The session that it goes by, if that is kept under an id.
        session: Option<Box<SessionById>>,
    },
}

/// What tickets after the handshake need.
#[derive(Debug)]
pub(crate) enum Tickets {
    /// Of a client that keeps sessions.
    Received(Box<TicketReceiver>),
    /// Of a server that may give more.
    Sent(Box<TicketSender>),
}

impl Secrets {
    /// What makes tickets after the handshake, if something does.
    pub(crate) fn ticket_sender(&mut self) -> Result<&mut TicketSender, Error> {
        match self {
            Self::Tls13 { tickets: Some(Tickets::Sent(tickets)), .. } => Ok(tickets),
            _ => Err(Cause::Misuse(
                "no ticket can be sent later: that takes a server of TLS 1.3 whose configuration says so, by \
                 later_tickets, and a client that resumes",
            )
            .into()),
        }
    }

    /// The session of TLS 1.2 that is kept under an id, if there is one.
    pub(crate) fn take_session(&mut self) -> Option<Box<SessionById>> {
        match self {
            Self::Tls13 { .. } => None,
            Self::Tls12 { session, .. } => session.take(),
        }
    }

    /// Fills `out` with keying material that both ends can derive.
    pub(crate) fn export(&self, label: &[u8], context: Option<&[u8]>, out: &mut [u8]) -> Result<(), Error> {
        match self {
            Self::Tls13 { exporter, .. } => Ok(exporter.export(label, context.unwrap_or_default(), out)?),
            Self::Tls12 { main, randoms, extended: true, .. } => {
                Ok(main.export(&randoms.client, &randoms.server, label, context, out)?)
            }
            // Without it, two connections can have the same secret (RFC 7627 §5.4).
            Self::Tls12 { extended: false, .. } => {
                Err(Cause::Misuse("nothing can be exported without the extended main secret").into())
            }
        }
    }
}
