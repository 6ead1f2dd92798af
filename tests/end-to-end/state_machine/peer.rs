//! The other end of a connection, made of the test's own code: it says whatever it is told to, with the right keys and
//! over the right transcript. All that it takes from elsewhere is the secrets that the subject logs and, for a server,
//! the ClientHellos of a real client.

use ring::digest;
use tests::authority::Authority;
use tests::hello::message;
use tests::pair::End;
use tests::protection::Protection;
use tests::protection::tls12::{Randoms, is_tls12, random};
use tests::relay::{Epoch, Setup, Side, content_type, record, records};
use tests::wire::take_messages;
use tls_core::HandshakeType;
use tls_core::ciphersuites::CipherSuite;

use super::Shape;
use super::credentials::Credentials;
use super::symbol::Symbol;

/// What all connections of a shape have in common.
pub(super) struct World {
    pub(super) shape: Shape,
    setup: Setup,
    credentials: Credentials,
}

impl World {
    pub(super) fn new(shape: Shape) -> Self {
        let authority = Authority::new();
        Self { shape, setup: shape.setup(&authority), credentials: Credentials::new(&authority) }
    }
}

/// The peer of one connection, and that connection's other end, the subject.
pub(super) struct Peer<'w> {
    pub(super) world: &'w World,
    pub(super) subject: End,
    ghost: End,
    pub(super) transcript: Vec<u8>,
    pub(super) first_hello: Vec<u8>,
    pub(super) hello: Vec<u8>,
    pub(super) randoms: Randoms,
    pub(super) suite: CipherSuite,
    /// A HelloRetryRequest was sent.
    pub(super) retried: bool,
    writing: Option<Protection>,
    reading: Option<Protection>,
    /// The subject's part of the handshake is over.
    has_heard_all: bool,
}

/// The handshake messages that these records hold in the clear.
fn messages(wire: &[u8]) -> Vec<Vec<u8>> {
    let handshake = records(wire).into_iter().filter(|record| record[0] == content_type::HANDSHAKE);
    take_messages(&mut handshake.flat_map(|record| record[5..].to_vec()).collect())
}

impl<'w> Peer<'w> {
    pub(super) fn new(world: &'w World) -> Self {
        let mut pair = world.setup.pair();
        let wire = pair.client.take_output();
        let hello = messages(&wire).remove(0);
        let is_client = world.shape.subject == Side::Client;
        let (subject, ghost) =
            if is_client { (pair.client, pair.server) } else { (pair.server, pair.client) };
        Self {
            world,
            subject,
            ghost,
            transcript: if is_client { hello.clone() } else { Vec::new() },
            first_hello: hello.clone(),
            randoms: Randoms { client: random(&hello).unwrap(), server: [0x5a; 32] },
            hello,
            suite: match world.shape.scenario.is_tls12() {
                true => CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                false => CipherSuite::TLS_AES_128_GCM_SHA256,
            },
            retried: false,
            writing: None,
            reading: None,
            has_heard_all: false,
        }
    }

    pub(super) fn side(&self) -> Side {
        self.world.shape.subject.other()
    }

    pub(super) fn credentials(&self) -> &'w Credentials {
        &self.world.credentials
    }

    pub(super) fn is_tls12(&self) -> bool {
        self.world.shape.scenario.is_tls12()
    }

    /// What a side writes under in this epoch, as the subject logged it, if it has come so far.
    pub(super) fn keys(&self, writer: Side, epoch: Epoch) -> Option<Protection> {
        let subject = self.world.shape.subject;
        self.world.setup.protection(subject, writer, epoch, self.suite, &self.randoms)
    }

    /// The main secret of TLS 1.2, once the subject has it.
    pub(super) fn main_secret(&self) -> Option<Vec<u8>> {
        let Setup { client_secrets, server_secrets, .. } = &self.world.setup;
        let is_client = self.world.shape.subject == Side::Client;
        (if is_client { client_secrets } else { server_secrets }).get("CLIENT_RANDOM")
    }

    fn hash_algorithm(&self) -> &'static digest::Algorithm {
        match self.suite {
            CipherSuite::TLS_AES_256_GCM_SHA384
            | CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
            | CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 => &digest::SHA384,
            _ => &digest::SHA256,
        }
    }

    pub(super) fn transcript_hash(&self) -> Vec<u8> {
        digest::digest(self.hash_algorithm(), &self.transcript).as_ref().to_vec()
    }

    /// Says this, and hears what comes of it.
    pub(super) fn say(&mut self, symbol: Symbol) {
        let content = self.content(symbol);
        if symbol == Symbol::HelloRetryRequest {
            self.roll_up();
            self.retried = true;
        }
        if !matches!(symbol.message_type(), None | Some(HandshakeType::HELLO_REQUEST)) {
            self.transcript.extend_from_slice(&content);
        }
        let wire = self.protect(symbol, &content);
        self.subject.deliver(&wire);
        if self.subject.error.is_none() {
            self.hear();
            self.change_keys(symbol);
        }
    }

    /// The first ClientHello gives way to its hash (RFC 9846 §4.1).
    fn roll_up(&mut self) {
        self.transcript = message(254, &self.transcript_hash());
    }

    fn protect(&mut self, symbol: Symbol, content: &[u8]) -> Vec<u8> {
        let content_type = match symbol {
            Symbol::ChangeCipherSpec => content_type::CHANGE_CIPHER_SPEC,
            Symbol::Warning | Symbol::UserCanceled | Symbol::CloseNotify | Symbol::FatalAlert => {
                content_type::ALERT
            }
            Symbol::ApplicationData | Symbol::EmptyApplicationData => content_type::APPLICATION_DATA,
            Symbol::UnknownRecord => 24,
            _ => content_type::HANDSHAKE,
        };
        match &mut self.writing {
            Some(keys) if self.world.shape.scenario.is_tls12() || symbol != Symbol::ChangeCipherSpec => {
                keys.seal(content_type, content)
            }
            _ => record(content_type, content),
        }
    }

    fn change_keys(&mut self, symbol: Symbol) {
        let is_tls12 = self.is_tls12();
        match symbol {
            Symbol::ServerHello
            | Symbol::ResumingServerHello
            | Symbol::ClientHello
            | Symbol::FirstClientHello
                if !is_tls12 =>
            {
                let early = self.keys(self.side(), Epoch::Early);
                self.writing = early.or_else(|| self.keys(self.side(), Epoch::Handshake));
                self.reading =
                    self.reading.take().or_else(|| self.keys(self.side().other(), Epoch::Handshake));
            }
            Symbol::EndOfEarlyData => self.writing = self.keys(self.side(), Epoch::Handshake),
            Symbol::Finished if !is_tls12 => self.writing = self.keys(self.side(), Epoch::Application),
            Symbol::KeyUpdate | Symbol::RequestingKeyUpdate => {
                self.writing = self.writing.as_ref().map(Protection::next);
            }
            Symbol::ChangeCipherSpec if is_tls12 => {
                self.writing = self.keys(self.side(), Epoch::Application);
            }
            _ => {}
        }
    }

    /// Follows the transcript through what the subject sends.
    fn hear(&mut self) {
        let (wire, is_tls12) = (self.subject.take_output(), self.is_tls12());
        if !is_tls12 && self.side() == Side::Server && self.writing.is_some() {
            // A server of TLS 1.3 proves nothing over what a client sends behind its hellos.
            return;
        }
        for record in records(&wire) {
            if self.has_heard_all {
                return;
            }
            let content = match (record[0], &mut self.reading) {
                (content_type::CHANGE_CIPHER_SPEC, _) if is_tls12 => {
                    self.reading = self.keys(self.world.shape.subject, Epoch::Application);
                    continue;
                }
                (content_type::CHANGE_CIPHER_SPEC | content_type::ALERT, _) => continue,
                (_, Some(keys)) => keys.open(record).1,
                _ => record[5..].to_vec(),
            };
            for message in take_messages(&mut content.clone()) {
                self.heard(&message, &wire);
            }
        }
    }

    fn heard(&mut self, message: &[u8], wire: &[u8]) {
        let is_retry = message[0] == 2 && message[6..10] == [0xcf, 0x21, 0xad, 0x74];
        if is_retry {
            self.roll_up();
            self.ghost.deliver(wire);
            self.hello = messages(&self.ghost.take_output()).remove(0);
        }
        self.transcript.extend_from_slice(message);
        match message[0] {
            2 if !is_retry => {
                self.randoms.server = random(message).unwrap();
                let at = 4 + 35 + usize::from(message[38]);
                self.suite = CipherSuite(u16::from_be_bytes([message[at], message[at + 1]]));
                assert_eq!(is_tls12(self.suite), self.is_tls12(), "{}", self.suite);
                if !self.is_tls12() {
                    self.reading = self.keys(self.world.shape.subject, Epoch::Handshake);
                }
            }
            20 => self.has_heard_all = true,
            _ => {}
        }
    }
}
