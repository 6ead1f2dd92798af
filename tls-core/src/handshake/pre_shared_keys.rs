//! The pre-shared keys of a handshake of TLS 1.3, from a client's side: those that it offers, a session's and external
//! ones, and the one that both go on from (RFC 9846 §4.3.11).

pub(crate) mod server;

use ciphersuites::{CipherSuite, Digest, Hash, PskOrigin, PskSecret, Tls13Suite};

use crate::config::ClientConfig;
use crate::error::{Cause, Error};
use crate::handshake::resumption::OfferedSession;
use crate::pre_shared_key::PreSharedKey;
use crate::session::EarlyDataTerms;
use crate::wire::codec::Writer;
use crate::wire::extension::ExtensionType;
use crate::wire::pre_shared_key::{Offer, read_selected, write_offers};
use crate::wire::server_hello::ServerHello;

/// The keys that a client offers: at least one, a session's before others, for only the first can go with early data.
#[derive(Debug)]
pub(crate) struct OfferedKeys<'c> {
    session: Option<Box<OfferedSession>>,
    external: Vec<&'c PreSharedKey>,
}

/// One of them.
#[derive(Clone, Copy, Debug)]
enum OfferedKey<'k> {
    Session(&'k OfferedSession),
    External(&'k PreSharedKey),
}

impl<'k> OfferedKey<'k> {
    fn secret(&self) -> &'k PskSecret {
        match self {
            Self::Session(session) => &session.secret,
            Self::External(key) => key.secret(),
        }
    }

    fn hash(&self) -> Hash {
        self.secret().hash()
    }

    fn binder(&self, hello: &Digest) -> Digest {
        let origin = match self {
            Self::Session(_) => PskOrigin::Session,
            Self::External(key) => key.identity().origin(),
        };
        self.secret().binder(origin, hello)
    }

    fn offer(&self) -> Offer<'k> {
        let (identity, obfuscated_age) = match self {
            Self::Session(session) => (&*session.session.ticket, session.obfuscated_age()),
            Self::External(key) => (key.identity().as_bytes(), 0),
        };
        Offer { identity, obfuscated_age, binder_len: self.hash().len() }
    }

    /// What early data by it is bound to, if there may be some.
    fn early_data(&self) -> Option<(CipherSuite, &'k EarlyDataTerms)> {
        match self {
            Self::Session(session) => {
                let state = &session.session.state;
                state.early_data.as_deref().map(|terms| (state.cipher_suite, terms))
            }
            Self::External(key) => {
                key.early_data().map(|early_data| (early_data.cipher_suite, &early_data.terms))
            }
        }
    }
}

impl<'c> OfferedKeys<'c> {
    /// `None`: there are none.
    pub(crate) fn new(session: Option<OfferedSession>, config: &'c ClientConfig) -> Option<Box<Self>> {
        let session = session.map(Box::new);
        let external: Vec<_> = config.pre_shared_keys.iter().collect();
        let is_empty = session.is_none() && external.is_empty();
        (!is_empty).then(|| Box::new(Self { session, external }))
    }

    /// The secret of the first, by which early data is sealed.
    pub(crate) fn first_secret(&self) -> Option<&PskSecret> {
        self.iter().next().map(|key| key.secret())
    }

    /// What early data by the first is bound to, if there may be some.
    pub(crate) fn early_data(&self) -> Option<(CipherSuite, &EarlyDataTerms)> {
        self.iter().next()?.early_data()
    }

    /// Those for suites with this hash: the second ClientHello offers no others, for the suite is known
    /// (RFC 9846 §4.2.2).
    pub(crate) fn only(mut self: Box<Self>, hash: Hash) -> Option<Box<Self>> {
        self.session = self.session.filter(|session| session.secret.hash() == hash);
        self.external.retain(|key| key.hash() == hash);
        let is_empty = self.iter().next().is_none();
        Some(self).filter(|_| !is_empty)
    }

    fn iter(&self) -> impl Iterator<Item = OfferedKey<'_>> + Clone {
        let session = self.session.iter().map(|session| OfferedKey::Session(session));
        session.chain(self.external.iter().map(|key| OfferedKey::External(key)))
    }

    /// Writes the extension, which must be the last, with room for the binders.
    //= 9846:4.3.11 external-age
    pub(crate) fn write(&self, writer: &mut Writer<'_>) {
        write_offers(writer, self.iter().map(|key| key.offer()));
    }

    /// The bytes at the end of the ClientHello that binders do not cover: the list of binders.
    pub(crate) fn unbound_len(&self) -> usize {
        2 + self.iter().map(|key| 1 + key.hash().len()).sum::<usize>()
    }

    /// Fills in the binders, by the hashes of the ClientHello up to them.
    pub(crate) fn bind(&self, hello: &mut dyn FnMut(Hash) -> Digest, unbound: &mut [u8]) {
        let hashes = [Hash::Sha256, Hash::Sha384]
            .map(|hash| self.iter().any(|key| key.hash() == hash).then(|| hello(hash)));
        let mut room = unbound.get_mut(2..).unwrap_or_default();
        for key in self.iter() {
            let [sha256, sha384] = &hashes;
            let hello = match key.hash() {
                Hash::Sha256 => sha256,
                Hash::Sha384 => sha384,
            };
            let Some((place, rest)) = room.split_at_mut_checked(1 + key.hash().len()) else { return };
            if let (Some(hello), [_, place @ ..]) = (hello, place) {
                place.copy_from_slice(key.binder(hello).as_ref());
            }
            room = rest;
        }
    }

    fn take(mut self, index: u16) -> Option<ChosenKey<'c>> {
        match self.session.take() {
            Some(session) if index == 0 => Some(ChosenKey::Session(session)),
            session => {
                let place = usize::from(index).checked_sub(usize::from(session.is_some()))?;
                self.external.get(place).map(|key| ChosenKey::External { key, index })
            }
        }
    }
}

/// The key that a server chose.
#[derive(Debug)]
pub(crate) enum ChosenKey<'c> {
    Session(Box<OfferedSession>),
    /// In this place of the offer.
    External {
        key: &'c PreSharedKey,
        index: u16,
    },
}

impl ChosenKey<'_> {
    /// The key that the server goes on from, if it does: one of those that it was offered last, with the suite's hash.
    pub(crate) fn of<'c>(
        hello: &ServerHello<'_>,
        offered: Option<Box<OfferedKeys<'c>>>,
        suite: Tls13Suite,
    ) -> Result<Option<ChosenKey<'c>>, Error> {
        let Some(body) = hello.extensions.reader(ExtensionType::PRE_SHARED_KEY) else { return Ok(None) };
        let selected = read_selected(body)?;
        let chosen = offered.and_then(|offered| offered.take(selected));
        match chosen.filter(|chosen| chosen.secret().hash() == suite.hash) {
            Some(chosen) => Ok(Some(chosen)),
            None => Err(Cause::IllegalParameter("a pre-shared key that was not offered").into()),
        }
    }

    pub(crate) fn secret(&self) -> &PskSecret {
        match self {
            Self::Session(session) => &session.secret,
            Self::External { key, .. } => key.secret(),
        }
    }

    /// Whether it is the first that was offered, which early data is by.
    pub(crate) fn is_first(&self) -> bool {
        match self {
            Self::Session(_) => true,
            Self::External { index, .. } => *index == 0,
        }
    }

    pub(crate) fn session(&self) -> Option<&OfferedSession> {
        match self {
            Self::Session(session) => Some(session),
            Self::External { .. } => None,
        }
    }

    pub(crate) fn external(&self) -> Option<&PreSharedKey> {
        match self {
            Self::Session(_) => None,
            Self::External { key, .. } => Some(key),
        }
    }
}
