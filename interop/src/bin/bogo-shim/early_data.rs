//! Flags that say what is to become of early data.

use tls_core::ciphersuites::ProtocolVersion;
use tls_core::{EarlyData, EarlyDataOffer, EarlyDataRefusal, Facts};

use crate::arguments::Arguments;
use crate::expect::same;
use crate::failure::Failure;
use crate::memory::{MAX_SKEW, Memory};
use crate::setup::Setup;

/// Bytes that servers take, as BoringSSL's do.
pub(crate) const MAX_EARLY_DATA: u32 = 14_336;

/// What is to become of early data.
#[derive(Debug, Default)]
pub(crate) struct Expectations {
    is_accepted: Option<bool>,
    no_offer: bool,
    /// Why it is accepted or not, in BoringSSL's words.
    reason: Option<String>,
    sessions_permit: bool,
    /// By how many seconds the client's age of its ticket is off.
    skew: Option<i64>,
}

impl Expectations {
    /// Takes a flag in, with its value. `false`: it is not one of these.
    pub(crate) fn take(&mut self, flag: &str, arguments: &mut Arguments) -> Result<bool, Failure> {
        match flag {
            "-expect-accept-early-data" => self.is_accepted = Some(true),
            "-expect-reject-early-data" => self.is_accepted = Some(false),
            "-expect-early-data-reason" => self.reason = Some(arguments.text()?),
            "-expect-no-offer-early-data" => self.no_offer = true,
            "-expect-ticket-age-skew" => self.skew = Some(arguments.number()?),
            "-expect-ticket-supports-early-data" => self.sessions_permit = true,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Compares with what a client may send before it knows the server.
    pub(crate) fn check_offer(&self, offer: Option<&EarlyDataOffer>) -> Result<(), Failure> {
        same("absence of early data", self.no_offer.then_some(true), offer.is_none())
    }

    /// Whether a client expects to have to say again what was rejected.
    pub(crate) fn expects_rejection(&self) -> bool {
        self.is_accepted == Some(false)
    }

    /// Compares with what became of it.
    pub(crate) fn check(&self, setup: &Setup, facts: &Facts, memory: &Memory) -> Result<(), Failure> {
        same("acceptance of early data", self.is_accepted, facts.early_data == EarlyData::Accepted)?;
        same("reason", self.reason.as_deref(), reason(setup, facts, memory.offered_session_permits.get()))?;
        // How far it is off is not told, but whether that is too far.
        let is_stale = self.skew.map(|skew| skew.unsigned_abs() > MAX_SKEW.as_secs());
        let is_refused = facts.early_data == EarlyData::Rejected(EarlyDataRefusal::NotFresh);
        same("staleness of the ticket", is_stale.filter(|_| facts.resumed.is_some()), is_refused)
    }

    /// Compares with the session that is left to a client of TLS 1.3 when the connection has ended.
    pub(crate) fn check_memory(&self, memory: &Memory) -> Result<(), Failure> {
        match memory.session_permits_early_data().filter(|_| memory.has_new_session()) {
            Some(permits) => same("permission for early data", Some(self.sessions_permit), permits),
            None => Ok(()),
        }
    }
}

/// Why early data is accepted or not, in BoringSSL's words. `permits`: what a client's session says, if it has one.
fn reason(setup: &Setup, facts: &Facts, permits: Option<bool>) -> &'static str {
    match facts.early_data {
        EarlyData::Accepted => "accept",
        _ if !setup.early_data => "disabled",
        EarlyData::Rejected(_) if setup.server && facts.resumed.is_none() => "session_not_resumed",
        EarlyData::Rejected(EarlyDataRefusal::HelloRetryRequest) => "hello_retry_request",
        EarlyData::Rejected(EarlyDataRefusal::NotResumed) => "session_not_resumed",
        EarlyData::Rejected(refusal) if setup.server => match refusal {
            EarlyDataRefusal::NotPermitted => "unsupported_for_session",
            EarlyDataRefusal::ApplicationProtocol => "alpn_mismatch",
            EarlyDataRefusal::NotFresh => "ticket_age_skew",
            other => other.code(),
        },
        // A client is not told more.
        EarlyData::Rejected(_) => "peer_declined",
        _ if facts.version != ProtocolVersion::TLS1_3 => "protocol_version",
        _ if setup.server && facts.resumed.is_some() => "peer_declined",
        _ => match permits {
            None => "no_session_offered",
            Some(false) => "unsupported_for_session",
            // Of what else it is bound to, only this changes in the tests.
            Some(true) => "alpn_mismatch",
        },
    }
}
