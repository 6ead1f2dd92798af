use ciphersuites::{CipherSuite, Tls13Suite};

use super::PreSharedKeyError;
use crate::pre_shared_key::PreSharedKey;
use crate::session::EarlyDataTerms;

/// What both ends have agreed on for early data by an external pre-shared key, along with the key (RFC 9846 §4.3.10). For
/// a session, the connection that it is from says all this; before a connection by a key there is none.
///
/// Both ends must say the same. Early data of another cipher suite, application protocol or context than the server's
/// is rejected, and more than the server expects ends the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PskEarlyData {
    pub(crate) cipher_suite: CipherSuite,
    pub(crate) terms: EarlyDataTerms,
}

impl PskEarlyData {
    /// Up to `max_size` bytes on each connection, sealed with this suite of TLS 1.3, which the server must choose to
    /// accept them; of no application protocol, and in no context.
    pub fn new(cipher_suite: CipherSuite, max_size: u32) -> Self {
        let terms = EarlyDataTerms { max_size, alpn: None, context: Default::default() };
        Self { cipher_suite, terms }
    }

    /// The application protocol that it is of, which the client must offer and the server choose.
    #[must_use]
    pub fn alpn(mut self, protocol: impl AsRef<[u8]>) -> Self {
        self.terms.alpn = Some(protocol.as_ref().into());
        self
    }

    /// The server's [context](crate::ServerConfigBuilder::early_data_context).
    #[must_use]
    pub fn context(mut self, context: impl AsRef<[u8]>) -> Self {
        self.terms.context = context.as_ref().into();
        self
    }

    /// It can be of this key.
    pub(super) fn check(&self, key: &PreSharedKey) -> Result<(), PreSharedKeyError> {
        match Tls13Suite::from_id(self.cipher_suite) {
            Some(suite) if suite.hash == key.hash() => Ok(()),
            _ => Err(PreSharedKeyError::EarlyDataSuite(self.cipher_suite)),
        }
    }
}
