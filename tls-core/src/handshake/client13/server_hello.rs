//! The server's answer to the ClientHello, and the keys that come of it.

use ciphersuites::{EarlySecret, HandshakeSecret, NamedGroup, ProtocolVersion, SharedSecret, Tls13Suite};

use crate::error::{Cause, Error};
use crate::flow::Flow;
use crate::handshake::client::Client;
use crate::handshake::early_data::{self, Unanswered};
use crate::handshake::keys::{SecretLog, TrafficSecrets, handshake_secrets};
use crate::handshake::offer::{Offer, OfferedShares};
use crate::handshake::pre_shared_keys::{ChosenKey, OfferedKeys};
use crate::identity::Verifier;
use crate::wire::extension::ExtensionType;
use crate::wire::handshake::{HandshakeType, Message};
use crate::wire::key_share::{KeyShareEntry, read_selected_group};
use crate::wire::server_hello::ServerHello;

/// The ServerHello, with what had to happen before it.
pub(crate) struct Answer {
    message: Message,
    suite: Tls13Suite,
    retried: bool,
}

/// Looks at the server's answer; where it is a HelloRetryRequest, offers again and reads the next.
//= 9846:4.2.4 fields-checked
//= 9846:4.2.4 second
//= 9846:4.2.4 same-suite-checked
//= 9846:4.2.4 same-version
//= 9846:4.3.8 retry-group-kept
//= 9846:4.3.11 compatible
pub(crate) async fn receive_answer(
    flow: &mut Flow,
    client: &Client<'_>,
    offer: &mut Offer<'_>,
    message: Message,
) -> Result<Answer, Error> {
    let hello = ServerHello::read(message.body())?;
    let suite = check_hello(&hello, client, offer)?;
    flow.start_transcript(suite.hash);
    if !hello.is_retry() {
        flow.add_to_transcript(&message);
        return Ok(Answer { message, suite, retried: false });
    }
    flow.roll_up_transcript();
    flow.add_to_transcript(&message);
    flow.expect_record_boundary()?;
    early_data::retry(flow, offer)?;
    offer.keys = offer.keys.take().and_then(|keys| keys.only(suite.hash));
    let wanted = offer_again(flow, &hello, offer)?;

    let message = flow.read(HandshakeType::SERVER_HELLO).await?;
    let hello = ServerHello::read(message.body())?;
    if hello.is_retry() {
        return Err(Cause::SecondHelloRetryRequest.into());
    }
    if hello.version()? != ProtocolVersion::TLS1_3 {
        return Err(Cause::IllegalParameter("another version than its HelloRetryRequest").into());
    }
    if check_hello(&hello, client, offer)?.id != suite.id {
        return Err(Cause::WrongCipherSuite(hello.cipher_suite).into());
    }
    if let (Some(wanted), Some(share)) = (wanted, server_share(&hello)?)
        && share.group != wanted
    {
        return Err(Cause::WrongGroup(share.group).into());
    }
    Ok(Answer { message, suite, retried: true })
}

/// What holds for a ServerHello and a HelloRetryRequest alike.
//= 9846:4.2.3 legacy-version-checked
//= 9846:4.2.3 session-id-echo
//= 9846:4.2.3 suite-offered
//= 9846:4.2.3 compression-checked
fn check_hello(hello: &ServerHello<'_>, client: &Client<'_>, offer: &Offer<'_>) -> Result<Tls13Suite, Error> {
    if hello.legacy_version != ProtocolVersion::TLS1_2 {
        return Err(Cause::WrongLegacyVersion(hello.legacy_version).into());
    }
    if hello.session_id != offer.session_id() {
        return Err(Cause::IllegalParameter("a session id other than the client's").into());
    }
    if hello.compression_method != 0 {
        return Err(Cause::IllegalParameter("a compression method other than none").into());
    }
    let offered = client.config.shared.policy.tls13_suites().find(|suite| suite.id == hello.cipher_suite);
    offered.ok_or_else(|| Cause::WrongCipherSuite(hello.cipher_suite).into())
}

/// Sends the second ClientHello, as the HelloRetryRequest wants it: the group that it asks for, if any.
//= 9846:4.2.2 second-hello
//= 9846:4.2.4 changes-nothing
//= 9846:4.2.4 followed
//= 9846:4.3.2 not-kept
//= 9846:4.3.8 retry-group
fn offer_again(
    flow: &mut Flow,
    retry: &ServerHello<'_>,
    offer: &mut Offer<'_>,
) -> Result<Option<NamedGroup>, Error> {
    let permitted = [ExtensionType::SUPPORTED_VERSIONS, ExtensionType::KEY_SHARE, ExtensionType::COOKIE];
    let mut offered = offer.extensions();
    offered.push(ExtensionType::COOKIE);
    retry.extensions.only(&permitted, &offered)?;
    let group = retry.extensions.reader(ExtensionType::KEY_SHARE).map(read_selected_group).transpose()?;
    let cookie = retry.cookie()?;
    match group {
        Some(group)
            if offer.key_shares.contains(group) || !offer.groups().any(|offered| offered == group) =>
        {
            return Err(Cause::WrongGroup(group).into());
        }
        Some(group) => offer.key_shares = OfferedShares::only(group)?,
        None if cookie.is_none() => {
            return Err(Cause::IllegalParameter("a HelloRetryRequest that changes nothing").into());
        }
        None => {}
    }
    // One is enough: early data had it before.
    if offer.early_data.is_none() {
        offer.send_change_cipher_spec(flow)?;
    }
    offer.send(flow, cookie)?;
    Ok(group)
}

fn server_share<'a>(hello: &ServerHello<'a>) -> Result<Option<KeyShareEntry<'a>>, Error> {
    hello.extensions.reader(ExtensionType::KEY_SHARE).map(KeyShareEntry::read_server).transpose()
}

/// What a ServerHello settles.
pub(crate) struct Chosen<'c> {
    pub(crate) suite: Tls13Suite,
    pub(crate) group: NamedGroup,
    pub(crate) retried: bool,
    /// What the server goes on from, if that is a pre-shared key.
    pub(crate) key: Option<ChosenKey<'c>>,
}

/// What a ServerHello settles, and the secrets of the handshake.
pub(crate) struct KeyExchange<'c> {
    pub(crate) chosen: Chosen<'c>,
    pub(crate) secret: HandshakeSecret,
    pub(crate) handshake: TrafficSecrets,
    pub(crate) early_data: Unanswered,
}

/// Takes the server's share, and its pre-shared key if it has chosen one. What both sides send from here on is sealed by the
/// secrets of the handshake, but for early data.
pub(crate) fn exchange_keys<'c>(
    flow: &mut Flow,
    client: &Client<'_>,
    (mut offer, offered): (Offer<'c>, &[ExtensionType]),
    answer: &Answer,
    log: &SecretLog,
) -> Result<KeyExchange<'c>, Error> {
    let Answer { message, suite, retried } = answer;
    let (suite, retried) = (*suite, *retried);
    let hello = ServerHello::read(message.body())?;
    let (keys, early_data) = (offer.keys.take(), offer.early_data.take());
    let (group, shared_secret) = agree(&hello, offer, offered)?;
    let key = choose_key(client, &hello, keys, suite)?;
    let early = EarlySecret::new(suite.hash, key.as_ref().map(ChosenKey::secret));
    let (secret, handshake) = handshake_secrets(flow, early, &shared_secret, log)?;
    if client.config.middlebox_compatibility && !retried && early_data.is_none() {
        flow.send_change_cipher_spec()?;
    }
    let early_data = Unanswered::new(flow, early_data, handshake.client.sealing_key(suite.aead)?)?;
    flow.set_opening_key(handshake.server.opening_key(suite.aead)?)?;
    Ok(KeyExchange { chosen: Chosen { suite, group, retried, key }, secret, handshake, early_data })
}

/// The secret shared with the server, and the group it comes from.
//= 9846:4.3.9 psk-dhe-ke
//= 9846:4.3.11 selection-checked
fn agree(
    hello: &ServerHello<'_>,
    offer: Offer<'_>,
    offered: &[ExtensionType],
) -> Result<(NamedGroup, SharedSecret), Error> {
    let permitted =
        [ExtensionType::SUPPORTED_VERSIONS, ExtensionType::KEY_SHARE, ExtensionType::PRE_SHARED_KEY];
    hello.extensions.only(&permitted, offered)?;
    let share = server_share(hello)?.ok_or(Cause::MissingExtension(ExtensionType::KEY_SHARE))?;
    Ok((share.group, offer.key_shares.agree(share.group, share.share)?))
}

/// The key that the server goes on from. Where none but a key is good enough, there must be one.
//= 9846:4.3.11 selection-checked
fn choose_key<'c>(
    client: &Client<'_>,
    hello: &ServerHello<'_>,
    keys: Option<Box<OfferedKeys<'c>>>,
    suite: Tls13Suite,
) -> Result<Option<ChosenKey<'c>>, Error> {
    match ChosenKey::of(hello, keys, suite)? {
        None if matches!(client.config.verifier, Verifier::NoCertificates) => {
            Err(Cause::NoCommonPreSharedKey.into())
        }
        key => Ok(key),
    }
}
