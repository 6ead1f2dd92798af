//! A server's part in early data: whether it is accepted, and where it ends.

use std::sync::Arc;
use std::time::Duration;

use ciphersuites::{CipherSuite, Hash, OpeningKey, PskSecret};
use pki_types::UnixTime;

use crate::config::{EarlyDataAcceptance, ServerEarlyData};
use crate::error::Error;
use crate::facts::{EarlyData, EarlyDataRefusal};
use crate::flow::{EarlyTraffic, Flow};
use crate::handshake::keys::SecretLog;
use crate::handshake::negotiate::Agreement;
use crate::handshake::server::Server;
use crate::handshake::server13::Proof;
use crate::limits;
use crate::session::{EarlyDataAttempt, EarlyDataKey, EarlyDataTerms, OfferedTicket};
use crate::wire::client_hello::ClientHello;
use crate::wire::codec::Writer;
use crate::wire::early_data;
use crate::wire::handshake::HandshakeType;

/// Decides on the early data that a client offers, if it does. The ClientHello is all that there is of the transcript, and
/// nothing has been answered: what is not accepted is read past from here on.
pub(crate) async fn receive(
    flow: &mut Flow,
    server: &Server<'_>,
    hello: &ClientHello<'_>,
    (agreement, proof): (&Agreement<'_>, &Proof<'_>),
    log: &SecretLog,
) -> Result<ReceivedEarlyData, Error> {
    if !hello.early_data()? {
        return Ok(ReceivedEarlyData { status: EarlyData::NotOffered, keys: None });
    }
    let accepted = match decide(flow, server, hello, agreement, proof).await? {
        Ok(accepted) => accepted,
        Err(refusal) => return Ok(ReceivedEarlyData::reject(flow, server, refusal)),
    };
    let Accepted { secret, max_size } = accepted;
    let (transcript, aead) = (flow.transcript_hash()?, agreement.suite.aead);
    let traffic = secret.client_early_traffic(&transcript);
    let exporter = secret.early_exporter(&transcript);
    log.log("CLIENT_EARLY_TRAFFIC_SECRET", traffic.expose());
    log.log("EARLY_EXPORTER_SECRET", exporter.expose());
    let early = EarlyTraffic::new(exporter, aead, agreement.alpn.map(Into::into), max_size);
    let keys = Some(Box::new(Keys { early, opening: traffic.opening_key(aead)? }));
    Ok(ReceivedEarlyData { status: EarlyData::Accepted, keys })
}

/// By what early data is sealed that is accepted, and how much of it there may be.
struct Accepted<'p> {
    secret: &'p PskSecret,
    max_size: u32,
}

/// The secret of the early data that is accepted, or why it is not.
//= 9846:4.3.10 first-psk
async fn decide<'p>(
    flow: &mut Flow,
    server: &Server<'_>,
    hello: &ClientHello<'_>,
    agreement: &Agreement<'_>,
    proof: &'p Proof<'_>,
) -> Result<Result<Accepted<'p>, EarlyDataRefusal>, Error> {
    let Some(config) = &server.config.early_data else { return Ok(Err(EarlyDataRefusal::Disabled)) };
    // It belongs to the first key, and to no other.
    let Some((0, secret)) = proof.secret() else { return Ok(Err(EarlyDataRefusal::NotResumed)) };
    let terms = match check_terms(config, agreement, proof.early_data()) {
        Ok(terms) => terms,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let Some(attempt) = attempt(server.now, hello, proof, terms)? else {
        return Ok(Err(EarlyDataRefusal::NotResumed));
    };
    let refusal = match &config.acceptance {
        EarlyDataAcceptance::Guarded(guard) => guard.admit(&attempt).err(),
        EarlyDataAcceptance::Asked => match flow.accept_early_data(attempt).await? {
            true => None,
            false => Some(EarlyDataRefusal::Declined),
        },
    };
    Ok(refusal.map_or(Ok(Accepted { secret, max_size: terms.max_size }), Err))
}

/// What must be as it was in the connection that the session is from, or as it was agreed on with the external key
/// (RFC 9846 §4.3.10).
//= 9846:4.3.10 same-parameters
fn check_terms<'p>(
    config: &ServerEarlyData,
    agreement: &Agreement<'_>,
    permitted: Option<(CipherSuite, &'p EarlyDataTerms)>,
) -> Result<&'p EarlyDataTerms, EarlyDataRefusal> {
    let permitted = permitted.filter(|(_, terms)| terms.max_size <= config.max_size);
    let (cipher_suite, terms) = permitted.ok_or(EarlyDataRefusal::NotPermitted)?;
    match () {
        () if cipher_suite != agreement.suite.id => Err(EarlyDataRefusal::CipherSuite),
        () if terms.alpn.as_deref() != agreement.alpn => Err(EarlyDataRefusal::ApplicationProtocol),
        () if *terms.context != *config.context => Err(EarlyDataRefusal::Context),
        () => Ok(terms),
    }
}

//= 9846:4.3.10 ticket-age
//= 9846:8.2 storage-key
fn attempt(
    now: UnixTime,
    hello: &ClientHello<'_>,
    proof: &Proof<'_>,
    terms: &EarlyDataTerms,
) -> Result<Option<EarlyDataAttempt>, Error> {
    let Some(offered) = hello.pre_shared_keys()? else { return Ok(None) };
    let Some((identity, binder)) = offered.iter().next() else { return Ok(None) };
    let Some(client_hello) = binder.first_chunk() else { return Ok(None) };
    let key = match proof {
        Proof::Certificate(..) => return Ok(None),
        Proof::Session(session) => {
            let id = Hash::Sha256.digest(identity);
            let age = offered.first_age()?.wrapping_sub(session.state.age_add);
            EarlyDataKey::Ticket(OfferedTicket {
                id: id.as_ref().first_chunk().copied().unwrap_or_default(),
                issued_at: UnixTime::since_unix_epoch(Duration::from_secs(session.state.issued_at)),
                age: Duration::from_millis(age.into()),
            })
        }
        Proof::Key(key) => EarlyDataKey::External(Arc::clone(key.key().identity())),
    };
    Ok(Some(EarlyDataAttempt {
        client_hello: *client_hello,
        key,
        now,
        server_name: hello.server_name()?.map(Into::into),
        alpn: terms.alpn.clone(),
        max_size: terms.max_size,
    }))
}

/// Early data on which a server has decided.
#[derive(Debug)]
pub(crate) struct ReceivedEarlyData {
    status: EarlyData,
    /// If it is accepted.
    keys: Option<Box<Keys>>,
}

#[derive(Debug)]
struct Keys {
    early: EarlyTraffic,
    opening: OpeningKey,
}

impl ReceivedEarlyData {
    /// The client is asked for another ClientHello: there is none with that.
    pub(crate) fn retry(
        flow: &mut Flow,
        server: &Server<'_>,
        first: &ClientHello<'_>,
    ) -> Result<Self, Error> {
        Ok(match first.early_data()? {
            true => Self::reject(flow, server, EarlyDataRefusal::HelloRetryRequest),
            false => Self { status: EarlyData::NotOffered, keys: None },
        })
    }

    /// Reads past it.
    fn reject(flow: &mut Flow, server: &Server<'_>, refusal: EarlyDataRefusal) -> Self {
        let max_size = server.config.early_data.as_ref().map_or(0, |config| config.max_size);
        flow.skip_early_data(limits::max_skipped_early_data(max_size));
        Self { status: EarlyData::Rejected(refusal), keys: None }
    }

    /// The keys of the handshake are there, and this is the client's: it opens what comes after early data, if there is
    /// some, or else what comes.
    pub(crate) fn begin(self, flow: &mut Flow, key: OpeningKey) -> Result<BegunEarlyData, Error> {
        let status = self.status;
        let Some(keys) = self.keys else {
            flow.set_opening_key(key)?;
            return Ok(BegunEarlyData { status, key: None });
        };
        flow.set_opening_key(keys.opening)?;
        flow.begin_early_data(keys.early);
        Ok(BegunEarlyData { status, key: Some(Box::new(key)) })
    }
}

/// Early data that is arriving, or has been decided not to.
#[derive(Debug)]
pub(crate) struct BegunEarlyData {
    status: EarlyData,
    key: Option<Box<OpeningKey>>,
}

impl BegunEarlyData {
    pub(crate) fn is_accepted(&self) -> bool {
        self.key.is_some()
    }

    /// Says in EncryptedExtensions what was decided.
    pub(crate) fn write(&self, writer: &mut Writer<'_>) {
        if self.key.is_some() {
            early_data::write(writer);
        }
    }

    /// Waits for its end.
    pub(crate) async fn end(self, flow: &mut Flow) -> Result<EarlyData, Error> {
        if let Some(key) = self.key {
            let message = flow.read(HandshakeType::END_OF_EARLY_DATA).await?;
            message.check_empty()?;
            flow.end_early_data();
            flow.set_opening_key(*key)?;
        }
        Ok(self.status)
    }
}
