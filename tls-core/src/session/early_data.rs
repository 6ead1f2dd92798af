//! What a session permits of early data, and what is known of a client that sends some by a session or an external key.

use std::sync::Arc;
use std::time::Duration;

use pki_types::UnixTime;

use crate::error::Error;
use crate::facts::Facts;
use crate::pre_shared_key::PskIdentity;
use crate::wire::codec::{Reader, Writer};

/// What early data by a session, or an external key, depends on (RFC 9846 §4.3.10). The cipher suite, too, which is kept
/// beside this, and the server's name that is in every session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EarlyDataTerms {
    /// Bytes of content; never 0.
    pub(crate) max_size: u32,
    /// The application protocol that was agreed on.
    pub(crate) alpn: Option<Box<[u8]>>,
    /// A server's: what its application said of itself.
    pub(crate) context: Box<[u8]>,
}

impl EarlyDataTerms {
    /// The terms of a connection, for later ones; `None`: they are to send none.
    pub(crate) fn new(max_size: u32, facts: &Facts, context: &[u8]) -> Option<Box<Self>> {
        (max_size > 0).then(|| Box::new(Self { max_size, alpn: facts.alpn.clone(), context: context.into() }))
    }

    pub(crate) fn write(terms: Option<&Self>, writer: &mut Writer<'_>) {
        writer.vec16(|writer| {
            let Some(terms) = terms else { return };
            writer.bytes(&terms.max_size.to_be_bytes());
            // No protocol's name is empty.
            writer.vec8(|writer| writer.bytes(terms.alpn.as_deref().unwrap_or_default()));
            writer.bytes(&terms.context);
        });
    }

    /// Reads what [`write`](Self::write) made.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Option<Box<Self>>, Error> {
        let body = reader.vec16()?;
        if body.is_empty() {
            return Ok(None);
        }
        let mut body = Reader::nested(body, "early data terms");
        let max_size = body.u32()?;
        if max_size == 0 {
            return body.error();
        }
        let alpn = Some(body.vec8()?).filter(|alpn| !alpn.is_empty()).map(Into::into);
        let context = body.rest().into();
        Ok(Some(Box::new(Self { max_size, alpn, context })))
    }
}

/// A client that begins with early data, where nothing but a replay is left to fear: what a
/// [`ReplayGuard`](crate::ReplayGuard) or the caller decides by.
#[derive(Clone, Debug)]
pub struct EarlyDataAttempt {
    pub(crate) client_hello: [u8; 16],
    pub(crate) key: EarlyDataKey,
    pub(crate) now: UnixTime,
    pub(crate) server_name: Option<Box<str>>,
    pub(crate) alpn: Option<Box<[u8]>>,
    pub(crate) max_size: u32,
}

/// By what early data is sealed.
#[derive(Clone, Debug)]
pub(crate) enum EarlyDataKey {
    Ticket(OfferedTicket),
    External(Arc<PskIdentity>),
}

/// The ticket of a client that resumes.
#[derive(Clone, Debug)]
pub struct OfferedTicket {
    pub(crate) id: [u8; 16],
    pub(crate) issued_at: UnixTime,
    pub(crate) age: Duration,
}

impl EarlyDataAttempt {
    /// Stands for the ClientHello: the same for a copy of it, and different for every other one. It comes from its
    /// binder, which has been verified.
    //= 9846:8.2 storage-key
    pub fn client_hello_id(&self) -> &[u8; 16] {
        &self.client_hello
    }

    /// What the client resumes by, if it does.
    pub fn ticket(&self) -> Option<&OfferedTicket> {
        match &self.key {
            EarlyDataKey::Ticket(ticket) => Some(ticket),
            EarlyDataKey::External(_) => None,
        }
    }

    /// The external key by which the early data comes, if it does. Nothing tells then how old the ClientHello is: a copy
    /// must be known for one as long as the key is in use.
    pub fn pre_shared_key(&self) -> Option<&PskIdentity> {
        match &self.key {
            EarlyDataKey::Ticket(_) => None,
            EarlyDataKey::External(identity) => Some(identity),
        }
    }

    /// The time by which the connection goes.
    pub fn now(&self) -> UnixTime {
        self.now
    }

    /// The server's name, as the client knows it.
    pub fn server_name(&self) -> Option<&str> {
        self.server_name.as_deref()
    }

    /// The application protocol that the early data is of.
    pub fn alpn(&self) -> Option<&[u8]> {
        self.alpn.as_deref()
    }

    /// How much early data there can be, in bytes.
    pub fn max_size(&self) -> u32 {
        self.max_size
    }
}

impl OfferedTicket {
    /// Stands for the ticket: a part of its SHA-256.
    pub fn id(&self) -> &[u8; 16] {
        &self.id
    }

    /// When it was given out, to the second.
    pub fn issued_at(&self) -> UnixTime {
        self.issued_at
    }

    /// How old the client says that it is. Where that is far from what it should be, the ClientHello has been on its way
    /// for long.
    pub fn age(&self) -> Duration {
        self.age
    }

    /// When the ClientHello was made, by the client's clock and the server's, in milliseconds since 1970.
    pub(crate) fn offered_at(&self) -> u64 {
        let age = u64::try_from(self.age.as_millis()).unwrap_or(u64::MAX);
        self.issued_at.as_secs().saturating_mul(1000).saturating_add(age)
    }
}
