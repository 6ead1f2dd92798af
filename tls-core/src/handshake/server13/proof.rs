use ciphersuites::{CipherSuite, PskSecret, SignatureScheme};

use crate::handshake::certificate::{self, Peer, PeerVerified};
use crate::handshake::pre_shared_keys::server::AcceptedKey;
use crate::handshake::resumption::AcceptedSession;
use crate::identity::Identity;
use crate::session::{EarlyDataTerms, State};

/// How a server proves who it is.
#[derive(Debug)]
pub(crate) enum Proof<'c> {
    /// By a certificate, and a signature by this scheme.
    Certificate(&'c Identity, SignatureScheme),
    /// By knowing the secret of a session.
    Session(Box<AcceptedSession>),
    /// By having an external pre-shared key.
    Key(Box<AcceptedKey>),
}

impl Proof<'_> {
    //= 9846:4.4.2 not-with-external-psk
    pub(crate) fn is_certificate(&self) -> bool {
        matches!(self, Self::Certificate(..))
    }

    pub(crate) fn session(&self) -> Option<&AcceptedSession> {
        match self {
            Self::Certificate(..) | Self::Key(_) => None,
            Self::Session(session) => Some(session),
        }
    }

    /// What the key schedule begins with, and its place in the client's offer.
    pub(crate) fn secret(&self) -> Option<(u16, &PskSecret)> {
        match self {
            Self::Certificate(..) => None,
            Self::Session(session) => Some((session.index, &session.secret)),
            Self::Key(key) => Some((key.index(), key.key().secret())),
        }
    }

    /// What early data by that secret is bound to, if there may be some.
    pub(crate) fn early_data(&self) -> Option<(CipherSuite, &EarlyDataTerms)> {
        match self {
            Self::Certificate(..) => None,
            Self::Session(session) => {
                let State { cipher_suite, early_data, .. } = &session.state;
                early_data.as_deref().map(|terms| (*cipher_suite, terms))
            }
            Self::Key(key) => {
                key.key().early_data().map(|early_data| (early_data.cipher_suite, &early_data.terms))
            }
        }
    }

    /// What the server knows of its client then, which has sent a certificate or none.
    pub(crate) fn of_client(&self, peer: Option<Peer>) -> PeerVerified {
        match self {
            Self::Certificate(..) => certificate::client_proof(peer),
            Self::Session(session) => certificate::resumed_client(session),
            Self::Key(key) => certificate::keyed_client(key),
        }
    }
}
