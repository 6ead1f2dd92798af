//! A client's early data: offered with the first ClientHello, sent behind it, and what the server makes of it.

use ciphersuites::{SealingKey, Tls13Suite};

use crate::config::ClientConfig;
use crate::error::{Cause, Error};
use crate::facts::{EarlyData, EarlyDataRefusal};
use crate::flow::{EarlyTraffic, Flow};
use crate::handshake::offer::Offer;
use crate::handshake::pre_shared_keys::{ChosenKey, OfferedKeys};
use crate::wire::encrypted_extensions::EncryptedExtensions;
use crate::wire::handshake::HandshakeType;

/// What a client that offers early data must know until the server has answered.
#[derive(Debug)]
pub(crate) struct OfferedEarlyData {
    suite: Tls13Suite,
    alpn: Option<Box<[u8]>>,
    max_size: u32,
    /// The server has asked for another ClientHello.
    is_retried: bool,
}

impl OfferedEarlyData {
    /// `None`: there is to be none, or the first of the keys does not permit it, or what it is bound to would not be
    /// offered.
    //= 9846:4.3.10 first-psk
    pub(crate) fn new(config: &ClientConfig, keys: &OfferedKeys<'_>) -> Option<Box<Self>> {
        let (cipher_suite, terms) = keys.early_data().filter(|_| config.early_data)?;
        let suite = config.shared.policy.tls13_suites().find(|suite| suite.id == cipher_suite)?;
        let is_offered = |alpn: &[u8]| config.shared.alpn.iter().any(|offered| offered == alpn);
        let alpn = terms.alpn.clone();
        alpn.as_deref()
            .is_none_or(is_offered)
            .then(|| Box::new(Self { suite, alpn, max_size: terms.max_size, is_retried: false }))
    }

    /// Whether it is offered by the next ClientHello, and may still be accepted.
    pub(crate) fn is_open(&self) -> bool {
        !self.is_retried
    }
}

/// Lets the caller send early data, if there is an offer of some: the ClientHello has been sent.
pub(crate) fn begin(flow: &mut Flow, offer: &Offer<'_>) -> Result<(), Error> {
    let secret = offer.keys.as_ref().and_then(|keys| keys.first_secret());
    let (Some(early), Some(secret)) = (&offer.early_data, secret) else { return Ok(()) };
    let OfferedEarlyData { suite, alpn, max_size, .. } = &**early;
    let hello = flow.hash_so_far(suite.hash);
    let traffic = secret.client_early_traffic(&hello);
    let exporter = secret.early_exporter(&hello);
    let log = offer.secret_log();
    log.log("CLIENT_EARLY_TRAFFIC_SECRET", traffic.expose());
    log.log("EARLY_EXPORTER_SECRET", exporter.expose());
    offer.send_change_cipher_spec(flow)?;
    flow.set_sealing_key(traffic.sealing_key(suite.aead)?)?;
    flow.begin_early_data(EarlyTraffic::new(exporter, suite.aead, alpn.clone(), *max_size));
    Ok(())
}

/// The server wants another ClientHello: early data is over.
//= 9846:4.3.10 not-in-second-hello
pub(crate) fn retry(flow: &mut Flow, offer: &mut Offer<'_>) -> Result<(), Error> {
    let Some(early) = &mut offer.early_data else { return Ok(()) };
    early.is_retried = true;
    flow.forget_early_data();
    flow.remove_sealing_key()
}

/// Early data that the server has still to answer, and the key that waits for its end.
#[derive(Debug)]
pub(crate) struct Unanswered {
    offered: Option<Box<OfferedEarlyData>>,
    key: Option<SealingKey>,
}

impl Unanswered {
    /// The server has chosen the keys of the handshake, and this is the client's: what it sends is sealed under it once
    /// there is no more early data, which may be now.
    pub(crate) fn new(
        flow: &mut Flow,
        offered: Option<Box<OfferedEarlyData>>,
        key: SealingKey,
    ) -> Result<Self, Error> {
        if offered.as_ref().is_some_and(|offered| offered.is_open()) {
            return Ok(Self { offered, key: Some(key) });
        }
        flow.set_sealing_key(key)?;
        Ok(Self { offered, key: None })
    }

    /// Looks into the server's answer. It may accept only what it can read: early data of the key, suite and application
    /// protocol that it has chosen.
    //= 9846:4.3.10 no-resending
    //= 9846:4.3.11 early-identity
    pub(crate) fn read_answer(
        self,
        flow: &mut Flow,
        encrypted: &EncryptedExtensions<'_>,
        key: Option<&ChosenKey<'_>>,
        (suite, alpn): (Tls13Suite, Option<&[u8]>),
    ) -> Result<Answered, Error> {
        let is_accepted = encrypted.accepts_early_data()?;
        let Some(offered) = self.offered else {
            return Ok(Answered { status: EarlyData::NotOffered, key: None });
        };
        let refusal = match () {
            () if offered.is_retried => Some(EarlyDataRefusal::HelloRetryRequest),
            () if !key.is_some_and(ChosenKey::is_first) => Some(EarlyDataRefusal::NotResumed),
            () if offered.suite.id != suite.id => Some(EarlyDataRefusal::CipherSuite),
            () if offered.alpn.as_deref() != alpn => Some(EarlyDataRefusal::ApplicationProtocol),
            () => None,
        };
        match (is_accepted, refusal) {
            (true, None) => Ok(Answered { status: EarlyData::Accepted, key: self.key }),
            (true, Some(_)) => Err(Cause::IllegalParameter("early_data for what it has not chosen").into()),
            (false, refusal) => {
                if let Some(key) = self.key {
                    flow.forget_early_data();
                    flow.set_sealing_key(key)?;
                }
                let refusal = refusal.unwrap_or(EarlyDataRefusal::Unsaid);
                Ok(Answered { status: EarlyData::Rejected(refusal), key: None })
            }
        }
    }
}

/// Early data that the server has answered; if it accepts, more may come.
#[derive(Debug)]
pub(crate) struct Answered {
    status: EarlyData,
    key: Option<SealingKey>,
}

impl Answered {
    /// The server has finished: so does early data.
    //= 9846:4.6 sent
    //= 9846:4.6 not-sent
    pub(crate) fn end(self, flow: &mut Flow) -> Result<EarlyData, Error> {
        if let Some(key) = self.key {
            flow.end_early_data();
            flow.send(HandshakeType::END_OF_EARLY_DATA, |_| {})?;
            flow.set_sealing_key(key)?;
        }
        Ok(self.status)
    }
}
