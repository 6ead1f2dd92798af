//! The ClientHello that is answered, and what is chosen from it.

use crate::error::{Cause, Error};
use crate::flow::Flow;
use crate::handshake::early_data::ReceivedEarlyData;
use crate::handshake::negotiate::{self, Agreement};
use crate::handshake::pre_shared_keys::server::{FoundKey, find};
use crate::handshake::server::Server;
use crate::handshake::server13::Proof;
use crate::handshake::{resumption, retry};
use crate::wire::client_hello::ClientHello;
use crate::wire::extension::ExtensionType;
use crate::wire::handshake::{HandshakeType, Message};

/// The ClientHello that is answered, and what was chosen from it.
pub(crate) struct Answered<'c> {
    pub(crate) message: Message,
    pub(crate) agreement: Agreement<'c>,
    pub(crate) proof: Proof<'c>,
    pub(crate) retried: bool,
    /// Where that is settled already.
    pub(crate) early_data: Option<ReceivedEarlyData>,
}

/// Reads the ClientHello that is answered: the second one, where the first lacked the share that is wanted.
//= 9846:4.2.1 retry-without-share
//= 9846:4.2.4 same-suite
//= 9846:E.4 ccs-sent
pub(crate) async fn receive_hello<'c>(
    flow: &mut Flow,
    server: &Server<'c>,
    first_message: Message,
) -> Result<Answered<'c>, Error> {
    let first = ClientHello::read(first_message.body())?;
    let mut agreement = negotiate::agree(&server.terms(), &first)?;
    let group = agreement.group;
    if negotiate::has_share(&first, group)? {
        let binders_len = binders_len(&first)?;
        flow.add_head_to_transcript(&first_message, binders_len);
        let proof = match resumption::accept(flow, server, &first, agreement.suite).await? {
            Some(session) => Proof::Session(session),
            None => {
                let key = find_key(flow, server, (&first, &first_message), &mut agreement).await?;
                choose_proof(flow, server, &first, key)?
            }
        };
        flow.add_tail_to_transcript(&first_message, binders_len);
        flow.start_transcript(agreement.suite.hash);
        return Ok(Answered { message: first_message, agreement, proof, retried: false, early_data: None });
    }
    let key = find_key(flow, server, (&first, &first_message), &mut agreement).await?;
    let may_resume = first.has(ExtensionType::PRE_SHARED_KEY) && server.config.sessions.is_some();
    if key.is_none() && !may_resume {
        // A client that could not be answered is told so at once.
        by_certificate(server, &first)?;
    }
    let suite = agreement.suite;
    flow.expect_record_boundary()?;
    let mut random = [0; 32];
    let cookie = match server.config.retry_cookie {
        true => ciphersuites::random(&mut random).map(|()| Some(random.as_slice()))?,
        false => None,
    };
    flow.add_to_transcript(&first_message);
    flow.start_transcript(suite.hash);
    flow.roll_up_transcript();
    retry::send(flow, &first, suite, group, cookie)?;
    if !first.session_id.is_empty() {
        flow.send_change_cipher_spec()?;
    }
    let early_data = Some(ReceivedEarlyData::retry(flow, server, &first)?);
    let message = flow.read_hello(HandshakeType::CLIENT_HELLO).await?;
    let second = ClientHello::read(message.body())?;
    retry::check_second_hello(&first, &second, group, cookie)?;
    let binders_len = binders_len(&second)?;
    flow.add_head_to_transcript(&message, binders_len);
    let proof = match resumption::accept(flow, server, &second, suite).await? {
        Some(session) => Proof::Session(session),
        None => choose_proof(flow, server, &second, key)?,
    };
    flow.add_tail_to_transcript(&message, binders_len);
    Ok(Answered { message, agreement, proof, retried: true, early_data })
}

/// The end of the ClientHello that proves what goes before it (RFC 9846 §4.3.11.2).
fn binders_len(hello: &ClientHello<'_>) -> Result<usize, Error> {
    Ok(hello.pre_shared_keys()?.map_or(0, |offered| offered.binders_len))
}

/// An external key that the client offers, where this server takes any. The suite becomes one that goes with it.
async fn find_key(
    flow: &mut Flow,
    server: &Server<'_>,
    offer: (&ClientHello<'_>, &Message),
    agreement: &mut Agreement<'_>,
) -> Result<Option<Box<FoundKey>>, Error> {
    let Some(keys) = &server.config.pre_shared_keys else { return Ok(None) };
    // Few servers do: others have no room for its future.
    let key = Box::pin(find(flow, server, keys, offer)).await?;
    if let Some(key) = &key {
        agreement.suite = key.suite;
    }
    Ok(key)
}

/// By the key, which the client must prove to have, or else by a certificate.
fn choose_proof<'c>(
    flow: &mut Flow,
    server: &Server<'c>,
    hello: &ClientHello<'_>,
    key: Option<Box<FoundKey>>,
) -> Result<Proof<'c>, Error> {
    match key {
        Some(key) => Ok(Proof::Key(Box::new(key.verify(flow, hello)?))),
        None => by_certificate(server, hello),
    }
}

fn by_certificate<'c>(server: &Server<'c>, hello: &ClientHello<'_>) -> Result<Proof<'c>, Error> {
    if server.config.identities.is_empty() {
        return Err(Cause::NoCommonPreSharedKey.into());
    }
    let (identity, scheme) = negotiate::choose_identity(&server.terms(), hello)?;
    Ok(Proof::Certificate(identity, scheme))
}
