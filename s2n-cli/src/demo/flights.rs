//! What passed in a handshake, flight by flight, with the messages in each record.

use std::time::Duration;

use tls_core::Facts;
use tls_core::ciphersuites::Tls13Suite;

use crate::demo::scene::End;
use crate::recorder::{ContentType, Direction, Passed};

/// Records that went one way without a pause.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) from_client: bool,
    /// When the client sent or received its first record.
    pub(super) at: Duration,
    pub(super) records: Vec<Line>,
}

/// A record, header included.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) content_type: ContentType,
    pub(super) len: usize,
    pub(super) messages: Vec<Message>,
}

/// Handshake messages, and their size together, header included.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) name: &'static str,
    pub(super) len: usize,
}

impl Flight {
    pub(super) fn len(&self) -> usize {
        self.records.iter().map(|record| record.len).sum()
    }
}

/// The flights of a handshake as the client saw them.
pub(super) fn of(client: &End) -> Vec<Flight> {
    let mut flights: Vec<Flight> = Vec::new();
    let mut cast = Cast { facts: &client.facts, retry_due: client.facts.hello_retry_request };
    for passed in client.handshake.records() {
        let from_client = passed.direction == Direction::Sent;
        let messages = cast.messages(passed, from_client);
        let line = Line { content_type: passed.record.content_type, len: passed.record.len, messages };
        match flights.last_mut().filter(|flight| flight.from_client == from_client) {
            Some(flight) => flight.records.push(line),
            None => flights.push(Flight { from_client, at: passed.at, records: vec![line] }),
        }
    }
    flights
}

/// Who plays what: a handshake without resumption has the same messages in the same records each time.
struct Cast<'a> {
    facts: &'a Facts,
    retry_due: bool,
}

/// Bytes of a protected record that are not its content: header, content type and tag.
const PROTECTION: usize = 5 + 1 + 16;

impl Cast<'_> {
    fn messages(&mut self, passed: &Passed, from_client: bool) -> Vec<Message> {
        let record = passed.record;
        match (record.content_type, from_client) {
            (ContentType::HANDSHAKE, true) => {
                vec![Message { name: "ClientHello", len: record.len.saturating_sub(5) }]
            }
            (ContentType::HANDSHAKE, false) => {
                let name = if self.retry_due { "HelloRetryRequest" } else { "ServerHello" };
                self.retry_due = false;
                vec![Message { name, len: record.len.saturating_sub(5) }]
            }
            (ContentType::APPLICATION_DATA, true) => {
                vec![Message { name: "Finished", len: record.len.saturating_sub(PROTECTION) }]
            }
            (ContentType::APPLICATION_DATA, false) => {
                self.server_flight(record.len.saturating_sub(PROTECTION))
            }
            _ => Vec::new(),
        }
    }

    /// The server's encrypted messages: of two the size follows from what they hold, the others have the rest.
    fn server_flight(&self, content_len: usize) -> Vec<Message> {
        let hash_len = Tls13Suite::from_id(self.facts.cipher_suite).map_or(0, |suite| suite.hash.len());
        let finished = hash_len.saturating_add(4);
        let certificates = self.facts.peer_certificates.iter().flat_map(|chain| chain.iter());
        // Message header, empty context, list length; then each certificate's length and empty extensions.
        let certificate = certificates
            .fold(4 + 1 + 3, |len: usize, der| len.saturating_add(3 + 2).saturating_add(der.len()));
        let rest = content_len.saturating_sub(finished).saturating_sub(certificate);
        vec![
            Message { name: "EncryptedExtensions and CertificateVerify", len: rest },
            Message { name: "Certificate", len: certificate },
            Message { name: "Finished", len: finished },
        ]
    }
}
