//! Someone between the two ends who has the secrets of both: every message can be read and changed on its way, and
//! arrives under keys that open.

use std::sync::Arc;

use tls_core::ciphersuites::CipherSuite;
use tls_core::{
    AlertDescription, ClientConfig, ClientConfigBuilder, HandshakeType, ServerConfig, ServerConfigBuilder,
};

pub use crate::wire::{Epoch, Piece, Side, content_type, record, records};

use crate::pair::{End, Pair};
use crate::protection::Protection;
use crate::secrets::Secrets;
use crate::wire::take_messages;

/// Two configurations whose secrets the test can read.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "tests take it apart")]
pub struct Setup {
    /// The client's.
    pub client: Arc<ClientConfig>,
    /// The server's.
    pub server: Arc<ServerConfig>,
    /// What the client logged of its last connection.
    pub client_secrets: Arc<Secrets>,
    /// What the server logged of its last connection.
    pub server_secrets: Arc<Secrets>,
}

impl Setup {
    /// Adds the key logs and builds.
    pub fn new(client: ClientConfigBuilder, server: ServerConfigBuilder) -> Self {
        let (client_secrets, server_secrets) = (Arc::<Secrets>::default(), Arc::<Secrets>::default());
        Self {
            client: client.key_log(client_secrets.clone()).build().unwrap(),
            server: server.key_log(server_secrets.clone()).build().unwrap(),
            client_secrets,
            server_secrets,
        }
    }

    /// Begins a connection without anyone in between.
    pub fn pair(&self) -> Pair {
        self.client_secrets.clear();
        self.server_secrets.clear();
        Pair::new(&self.client, &self.server)
    }

    /// Begins a connection with someone in between.
    pub fn relay(&self) -> Relay<'_> {
        Relay { setup: self, pair: self.pair(), ways: [Way::new(), Way::new()] }
    }

    /// A connection that is established, and the keys by which the test can speak for `sender` in it, or hear it.
    pub fn established(&self, sender: Side) -> (Pair, Protection) {
        let mut pair = self.pair();
        pair.handshake();
        assert!(pair.client.established && pair.server.established);
        let suite = pair.client.connection.facts().unwrap().cipher_suite;
        let protection = self.protection(sender, sender, Epoch::Application, suite).unwrap();
        (pair, protection)
    }

    /// The messages of an untouched handshake, in the order in which they travel.
    pub fn messages(&self) -> Vec<Piece> {
        let mut messages = Vec::new();
        let mut relay = self.relay();
        relay.run(|piece| {
            messages.extend(piece.message_type().map(|_| piece.clone()));
            vec![piece.clone()]
        });
        relay.pair.assert_works();
        messages
    }

    /// The first keys for what `sender` sends in an epoch, as `knower` logged them.
    pub fn protection(
        &self,
        knower: Side,
        sender: Side,
        epoch: Epoch,
        suite: CipherSuite,
    ) -> Option<Protection> {
        let label = match (sender, epoch) {
            (_, Epoch::Plain) => return None,
            (Side::Client, Epoch::Handshake) => "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
            (Side::Server, Epoch::Handshake) => "SERVER_HANDSHAKE_TRAFFIC_SECRET",
            (Side::Client, Epoch::Application) => "CLIENT_TRAFFIC_SECRET_0",
            (Side::Server, Epoch::Application) => "SERVER_TRAFFIC_SECRET_0",
        };
        let secrets = if knower == Side::Client { &self.client_secrets } else { &self.server_secrets };
        secrets.get(label).map(|secret| Protection::new(suite, &secret))
    }
}

impl Pair {
    /// The end on this side.
    pub fn end(&mut self, side: Side) -> &mut End {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }
}

/// What goes one way.
#[derive(Debug)]
struct Way {
    epoch: Epoch,
    reading: Option<Protection>,
    writing: [Option<Protection>; 2],
    messages: Vec<u8>,
    suite_read: CipherSuite,
    suite_written: CipherSuite,
}

impl Way {
    fn new() -> Self {
        let suite = CipherSuite::TLS_AES_128_GCM_SHA256;
        Self {
            epoch: Epoch::Plain,
            reading: None,
            writing: [None, None],
            messages: Vec::new(),
            suite_read: suite,
            suite_written: suite,
        }
    }

    fn enter(&mut self, epoch: Epoch) {
        self.epoch = epoch;
        self.reading = None;
    }
}

/// A connection with someone in between.
#[derive(Debug)]
#[expect(clippy::partial_pub_fields, reason = "the ends are the test's, the rest is not")]
pub struct Relay<'s> {
    /// The two ends.
    pub pair: Pair,
    setup: &'s Setup,
    ways: [Way; 2],
}

impl Relay<'_> {
    /// The end on this side.
    pub fn end(&mut self, side: Side) -> &mut End {
        self.pair.end(side)
    }

    fn way(&mut self, sender: Side) -> &mut Way {
        let [client, server] = &mut self.ways;
        if sender == Side::Client { client } else { server }
    }

    /// Carries everything until nothing moves; `meddle` says what arrives in place of each piece.
    pub fn run(&mut self, mut meddle: impl FnMut(&Piece) -> Vec<Piece>) {
        loop {
            let mut moved = false;
            for sender in [Side::Client, Side::Server] {
                let sent = self.end(sender).take_output();
                moved |= !sent.is_empty();
                for record in records(&sent) {
                    for piece in self.read(sender, record) {
                        meddle(&piece).into_iter().for_each(|piece| self.deliver(&piece));
                    }
                }
            }
            if !moved {
                return;
            }
        }
    }

    /// As [`Self::run`], with `change` asked only about the handshake message of this number.
    pub fn run_changing(&mut self, number: usize, change: impl Fn(&Piece) -> Vec<Piece>) {
        let mut count = 0;
        self.run(|piece| {
            count += usize::from(piece.message_type().is_some());
            match piece.message_type() {
                Some(_) if count == number + 1 => change(piece),
                _ => vec![piece.clone()],
            }
        });
    }

    /// Tells both ends that the wire is cut.
    pub fn cut(&mut self) {
        for side in [Side::Client, Side::Server] {
            let end = self.end(side);
            if let (None, Err(error)) = (&end.error, end.connection.receive_eof()) {
                end.error = Some(error);
            }
        }
    }

    /// `side` gave up with this alert, and never had a connection; the other side was told.
    pub fn assert_refused(&mut self, side: Side, alert: AlertDescription, context: &str) {
        let end = self.end(side);
        assert!(!end.established, "{context}: established");
        let error = end.error.as_ref().unwrap_or_else(|| panic!("{context}: no error"));
        assert_eq!(error.alert_sent(), Some(alert), "{context}: {error}");
        let told = self.end(side.other()).error.as_ref().and_then(|error| error.alert_received());
        assert_eq!(told, Some(alert), "{context}: what the other side was told");
    }

    fn read(&mut self, sender: Side, record: &[u8]) -> Vec<Piece> {
        let setup = self.setup;
        let way = self.way(sender);
        let (epoch, (content_type, content)) = if record[0] == content_type::APPLICATION_DATA {
            if way.epoch == Epoch::Plain {
                way.enter(Epoch::Handshake);
            }
            let (epoch, suite) = (way.epoch, way.suite_read);
            let reading = way
                .reading
                .get_or_insert_with(|| setup.protection(sender, sender, epoch, suite).expect("its secret"));
            (epoch, reading.open(record))
        } else {
            (Epoch::Plain, (record[0], record[5..].to_vec()))
        };
        let piece = |content| Piece { sender, epoch, content_type, content };
        if content_type != content_type::HANDSHAKE {
            return vec![piece(content)];
        }
        way.messages.extend_from_slice(&content);
        let pieces: Vec<Piece> = take_messages(&mut way.messages).into_iter().map(piece).collect();
        pieces.iter().for_each(|piece| self.note(piece));
        pieces
    }

    /// Follows the sender's keys.
    fn note(&mut self, piece: &Piece) {
        match piece.message_type() {
            Some(HandshakeType::SERVER_HELLO) if !piece.is_retry() => {
                let suite = suite_of(&piece.content).expect("a ServerHello of ours");
                self.way(Side::Client).suite_written = suite;
                self.way(Side::Server).suite_read = suite;
                self.way(Side::Server).enter(Epoch::Handshake);
            }
            Some(HandshakeType::FINISHED) => self.way(piece.sender).enter(Epoch::Application),
            _ => {}
        }
    }

    /// Sends a piece on, in records of its own, under the keys its receiver expects for its epoch.
    pub fn deliver(&mut self, piece: &Piece) {
        let is_server_hello = piece.message_type() == Some(HandshakeType::SERVER_HELLO) && !piece.is_retry();
        if let Some(suite) = suite_of(&piece.content).filter(|_| is_server_hello) {
            self.way(Side::Server).suite_written = suite;
            self.way(Side::Client).suite_read = suite;
        }
        let mut wire = Vec::new();
        let chunks = piece.content.chunks(1 << 14);
        for chunk in chunks.chain(piece.content.is_empty().then_some(&[][..])) {
            let record = self.seal(piece, chunk);
            wire.extend_from_slice(&record);
        }
        self.end(piece.sender.other()).deliver(&wire);
    }

    fn seal(&mut self, piece: &Piece, content: &[u8]) -> Vec<u8> {
        let (setup, sender) = (self.setup, piece.sender);
        let slot = match piece.epoch {
            Epoch::Plain => return record(piece.content_type, content),
            Epoch::Handshake => 0,
            Epoch::Application => 1,
        };
        let way = self.way(sender);
        let known_to = |knower| setup.protection(knower, sender, piece.epoch, way.suite_written);
        // Before the receiver has keys of its own there is nothing better than the sender's.
        let fresh = known_to(sender.other()).or_else(|| known_to(sender)).expect("a secret");
        let writing = &mut way.writing[slot];
        if writing.as_ref().is_none_or(|writing| !writing.is_same(&fresh)) {
            *writing = Some(fresh);
        }
        writing.as_mut().unwrap().seal(piece.content_type, content)
    }
}

/// The suite a ServerHello chose, if it parses and is one of TLS 1.3.
fn suite_of(server_hello: &[u8]) -> Option<CipherSuite> {
    let at = 4 + 35 + usize::from(*server_hello.get(38)?);
    let suite = CipherSuite(u16::from_be_bytes(*server_hello.get(at..)?.first_chunk()?));
    (0x1301..=0x1303).contains(&suite.0).then_some(suite)
}
