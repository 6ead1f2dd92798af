//! Who plays what: a handshake without resumption has the same messages in the same records each time.

use tls_core::Facts;
use tls_core::ciphersuites::{ProtocolVersion, Tls13Suite};

use crate::demo::flights::{Line, Message};
use crate::recorder::{ContentType, Record};

/// Of a record, in bytes.
const HEADER: usize = 5;

/// What TLS 1.3 adds to a record's content: header, content type and tag.
const PROTECTION_13: usize = HEADER + 1 + 16;

/// What TLS 1.2 adds to it under AES-GCM: header, nonce and tag.
const PROTECTION_12: usize = HEADER + 8 + 16;

/// The messages that are still to come.
pub(super) struct Cast<'a> {
    facts: &'a Facts,
    retry_due: bool,
    /// Whether the client and the server have said in TLS 1.2 that they encrypt from now on.
    encrypting: [bool; 2],
    client_has_begun: bool,
}

impl<'a> Cast<'a> {
    pub(super) fn new(facts: &'a Facts) -> Self {
        Self { facts, retry_due: facts.hello_retry_request, encrypting: [false; 2], client_has_begun: false }
    }

    /// The next record with its messages.
    pub(super) fn line(&mut self, record: Record, from_client: bool) -> Line {
        let (encrypted, messages) = match self.facts.version {
            ProtocolVersion::TLS1_2 => self.messages12(record, from_client),
            _ => self.messages13(record, from_client),
        };
        Line { content_type: record.content_type, len: record.len, encrypted, messages }
    }

    fn messages13(&mut self, record: Record, from_client: bool) -> (bool, Vec<Message>) {
        let (plain, protected) =
            (record.len.saturating_sub(HEADER), record.len.saturating_sub(PROTECTION_13));
        match (record.content_type, from_client) {
            (ContentType::HANDSHAKE, true) => (false, vec![Message { name: "ClientHello", len: plain }]),
            (ContentType::HANDSHAKE, false) => {
                let name = if self.retry_due { "HelloRetryRequest" } else { "ServerHello" };
                self.retry_due = false;
                (false, vec![Message { name, len: plain }])
            }
            (ContentType::APPLICATION_DATA, true) => {
                (true, vec![Message { name: "Finished", len: protected }])
            }
            (ContentType::APPLICATION_DATA, false) => (true, self.server_flight13(protected)),
            _ => (false, Vec::new()),
        }
    }

    fn messages12(&mut self, record: Record, from_client: bool) -> (bool, Vec<Message>) {
        let [client, server] = &mut self.encrypting;
        let encrypting = if from_client { client } else { server };
        match record.content_type {
            ContentType::CHANGE_CIPHER_SPEC => {
                *encrypting = true;
                (false, Vec::new())
            }
            ContentType::HANDSHAKE if *encrypting => {
                let len = record.len.saturating_sub(PROTECTION_12);
                (true, vec![Message { name: "Finished", len }])
            }
            ContentType::HANDSHAKE => {
                let len = record.len.saturating_sub(HEADER);
                let messages = match (from_client, self.client_has_begun) {
                    (true, false) => vec![Message { name: "ClientHello", len }],
                    (true, true) => vec![Message { name: "ClientKeyExchange", len }],
                    (false, _) => self.server_flight12(len),
                };
                self.client_has_begun = true;
                (false, messages)
            }
            _ => (false, Vec::new()),
        }
    }

    /// The server's encrypted messages: of two the size follows from what they hold, the others have the rest.
    fn server_flight13(&self, content_len: usize) -> Vec<Message> {
        let hash_len = Tls13Suite::from_id(self.facts.cipher_suite).map_or(0, |suite| suite.hash.len());
        let finished = hash_len.saturating_add(4);
        // Message header, empty context, list length; then each certificate's length and empty extensions.
        let certificate = self.certificates(4 + 1 + 3, 3 + 2);
        let rest = content_len.saturating_sub(finished).saturating_sub(certificate);
        vec![
            Message { name: "EncryptedExtensions and CertificateVerify", len: rest },
            Message { name: "Certificate", len: certificate },
            Message { name: "Finished", len: finished },
        ]
    }

    /// The server's first messages in TLS 1.2, for all to read.
    fn server_flight12(&self, content_len: usize) -> Vec<Message> {
        let done = 4;
        // Message header and list length; then each certificate's length.
        let certificate = self.certificates(4 + 3, 3);
        let rest = content_len.saturating_sub(done).saturating_sub(certificate);
        vec![
            Message { name: "ServerHello and ServerKeyExchange", len: rest },
            Message { name: "Certificate", len: certificate },
            Message { name: "ServerHelloDone", len: done },
        ]
    }

    /// The size of the server's chain with so many bytes before it, and so many around each certificate.
    fn certificates(&self, before: usize, around: usize) -> usize {
        let chain = self.facts.peer_certificates.iter().flat_map(|chain| chain.iter());
        chain.fold(before, |len, der| len.saturating_add(around).saturating_add(der.len()))
    }
}
