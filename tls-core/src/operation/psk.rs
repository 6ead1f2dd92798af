//! The pre-shared key, chosen by those that a client offers.

use crate::alert::AlertDescription;
use crate::client_hello::ClientHello;
use crate::limits;
use crate::operation::{Answer, OperationId, Reply};
use crate::pre_shared_key::PreSharedKey;

/// A server's wish for one of the external pre-shared keys that a client offers, where it knows none of them itself. Asked
/// of connections whose configuration says [`PreSharedKeys::Asked`](crate::PreSharedKeys::Asked), once each.
///
/// How long the answer takes can tell a client which keys are known.
#[derive(Debug)]
pub struct SelectPreSharedKey {
    id: OperationId,
    client_hello: ClientHello,
}

impl SelectPreSharedKey {
    pub(crate) fn new(client_hello: ClientHello) -> Self {
        Self { id: OperationId::next(), client_hello }
    }

    /// What tells this operation from every other of the process.
    pub fn id(&self) -> OperationId {
        self.id
    }

    /// What the client offers.
    pub fn client_hello(&self) -> &ClientHello {
        &self.client_hello
    }

    /// The keys' identities, in the client's order: those of external keys, and tickets that stand for sessions.
    /// [`ImportedIdentity::from_bytes`](crate::ImportedIdentity::from_bytes) reads those of imported keys. At most 32 are
    /// given, of however many there are.
    pub fn identities(&self) -> impl Iterator<Item = &[u8]> {
        let identities = self.client_hello.pre_shared_key_identities().into_iter().flatten();
        identities.take(limits::MAX_IDENTITIES_TRIED)
    }

    /// Answers: go on with this key, which goes by one of the identities; by any other, this end gives up. Should the
    /// client not have it, it is refused; should there be no cipher suite in common for its hash, the handshake goes on
    /// as by [`use_none`](Self::use_none).
    pub fn use_key(self, key: PreSharedKey) -> Answer {
        let is_offered = self.identities().any(|identity| identity == key.identity().as_bytes());
        match is_offered {
            true => self.answer(Ok(Some(key))),
            false => self.refuse(AlertDescription::INTERNAL_ERROR),
        }
    }

    /// Answers: none of the keys is known. A server with certificates goes on by them, any other refuses the client.
    pub fn use_none(self) -> Answer {
        self.answer(Ok(None))
    }

    /// Answers: this client is not served, which this alert tells it: `internal_error` for when there is no telling.
    pub fn refuse(self, alert: AlertDescription) -> Answer {
        self.answer(Err(alert))
    }

    fn answer(self, choice: KeyChoice) -> Answer {
        Answer { id: self.id, reply: Reply::SelectPreSharedKey(choice) }
    }
}

/// One of the keys, none, or an alert for the client.
pub(crate) type KeyChoice = Result<Option<PreSharedKey>, AlertDescription>;
