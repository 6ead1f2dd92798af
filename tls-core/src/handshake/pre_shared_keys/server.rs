//! External pre-shared keys from a server's side: which of those that a client offers is gone on from (RFC 9846 §4.3.11).

use ciphersuites::{Tls13Suite, constant_time_eq};

use crate::client_hello;
use crate::config::ServerKeys;
use crate::error::{Cause, Error};
use crate::flow::Flow;
use crate::handshake::negotiate;
use crate::handshake::resumption::permits_key_exchange;
use crate::handshake::server::Server;
use crate::pre_shared_key::PreSharedKey;
use crate::wire::client_hello::ClientHello;
use crate::wire::extension::ExtensionType;
use crate::wire::handshake::Message;

/// A key that a client offers and this server would go on from. Whether the client has it is still to be proven.
#[derive(Debug)]
pub(crate) struct FoundKey {
    key: PreSharedKey,
    /// The suite that goes with it.
    pub(crate) suite: Tls13Suite,
    /// `false`: it stands in for one that this server does not know.
    is_known: bool,
}

/// A client's key. Only [`FoundKey::verify`] makes one.
#[derive(Debug)]
pub(crate) struct AcceptedKey {
    index: u16,
    key: PreSharedKey,
}

impl AcceptedKey {
    /// Its place among those that the client offers.
    pub(crate) fn index(&self) -> u16 {
        self.index
    }

    pub(crate) fn key(&self) -> &PreSharedKey {
        &self.key
    }
}

/// The key to go on from, if there is one: the first of the server's own that the client offers, or the caller's choice.
///
/// A server with certificates goes on by them when it knows no key. One that has none must not give away which keys it
/// knows (RFC 9846 appendix E.6): it goes on, too, as if it knew the first of them, whose binder then cannot fit.
pub(crate) async fn find(
    flow: &mut Flow,
    server: &Server<'_>,
    keys: &ServerKeys,
    (hello, message): (&ClientHello<'_>, &Message),
) -> Result<Option<Box<FoundKey>>, Error> {
    let Some(offered) = hello.pre_shared_keys()? else { return Ok(None) };
    if !permits_key_exchange(hello)? {
        return Ok(None);
    }
    let suite = |key: &PreSharedKey| {
        negotiate::suites_in_common(&server.config.shared.policy, hello)
            .find(|suite| suite.hash == key.hash())
    };
    let found = |is_known| move |(key, suite)| FoundKey { key, suite, is_known };
    let with_suite = |key: PreSharedKey| suite(&key).map(|suite| (key, suite));

    let known = keys.find(offered.iter(), |key| suite(key).is_some()).cloned();
    let mut chosen = known.and_then(with_suite).map(found(true));
    if chosen.is_none() && keys.asks {
        let choice = flow.select_pre_shared_key(client_hello::ClientHello::of(message)?).await?;
        let key = choice.map_err(Cause::Aborted)?;
        chosen = key.and_then(with_suite).map(found(true));
    }
    if chosen.is_none() && server.config.identities.is_empty() {
        let first = offered.iter().next();
        let decoy = first.and_then(|(identity, binder)| keys.decoy(identity, binder.len()));
        chosen = decoy.and_then(with_suite).map(found(false));
    }
    Ok(chosen.map(Box::new))
}

impl FoundKey {
    /// The client has the key, or is refused. Its ClientHello is in the transcript up to the binders: the first, or the
    /// second, which must still offer the key, for it fits the suite (RFC 9846 §4.2.2).
    pub(crate) fn verify(self, flow: &mut Flow, hello: &ClientHello<'_>) -> Result<AcceptedKey, Error> {
        let Self { key, is_known, .. } = self;
        let missing = Cause::MissingExtension(ExtensionType::PRE_SHARED_KEY);
        let offered = hello.pre_shared_keys()?.ok_or(missing)?;
        let is_key = |(_, (identity, _)): &(u16, (&[u8], &[u8]))| *identity == key.identity().as_bytes();
        let Some((index, (_, binder))) = (0..).zip(offered.iter()).find(is_key) else {
            return Err(Cause::IllegalParameter("a second ClientHello without a key of the first").into());
        };
        let hello = flow.hash_so_far(key.hash());
        let expected = key.secret().binder(key.identity().origin(), &hello);
        match constant_time_eq(expected.as_ref(), binder) {
            true if is_known => Ok(AcceptedKey { index, key }),
            false if is_known => Err(Cause::BadBinder.into()),
            _ => Err(Cause::UnknownPreSharedKey.into()),
        }
    }
}
