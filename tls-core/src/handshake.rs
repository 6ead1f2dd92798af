//! Handshakes. Each of [`client13`] and [`server13`] is one straight-line story; what they share is beside them.

pub(crate) mod client13;
pub(crate) mod server13;

mod certificate;
mod finished;
mod keys;
mod negotiate;
mod offer;
mod retry;
#[cfg(test)]
mod tests;

use ciphersuites::{Aead, ExporterSecret, TrafficSecret};

use crate::facts::Facts;
use crate::handshake::certificate::PeerVerified;
use crate::handshake::finished::FinishedVerified;

/// What remains of a handshake that has completed.
#[derive(Debug)]
pub(crate) struct Established {
    pub(crate) facts: Facts,
    pub(crate) aead: Aead,
    pub(crate) sending: TrafficSecret,
    pub(crate) receiving: TrafficSecret,
    pub(crate) exporter: ExporterSecret,
    /// A connection cannot be established without these.
    #[expect(dead_code, reason = "proofs are for having, not for reading")]
    pub(crate) proofs: (PeerVerified, FinishedVerified),
}
