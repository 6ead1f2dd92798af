//! Someone between the two ends who has the secrets of both: every message can be read and changed on its way, and
//! arrives under keys that open.

use tls_core::ciphersuites::CipherSuite;
use tls_core::{AlertDescription, HandshakeType};

pub use crate::setup::Setup;
pub use crate::wire::{Epoch, Piece, Side, content_type, record, records};

use crate::hello::Extended;
use crate::pair::{End, Pair};
use crate::protection::Protection;
use crate::protection::tls12::{Randoms, is_tls12, random};
use crate::wire::take_messages;

impl Pair {
    /// The end on this side.
    pub fn end(&mut self, side: Side) -> &mut End {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }
}

/// The extension by which a ClientHello says that early data follows.
const EARLY_DATA: u16 = 42;

/// What goes one way.
#[derive(Debug)]
struct Way {
    epoch: Epoch,
    reading: Option<Protection>,
    writing: [Option<Protection>; 3],
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
            writing: [None, None, None],
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
    /// The randoms as the client and as the server know them.
    randoms: [Randoms; 2],
}

impl<'s> Relay<'s> {
    /// Steps between the two ends of a connection that has just begun.
    pub(crate) fn new(setup: &'s Setup, pair: Pair) -> Self {
        Self { setup, pair, ways: [Way::new(), Way::new()], randoms: Default::default() }
    }

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
        let way = self.way(sender);
        let is_protected = match is_tls12(way.suite_read) {
            true => way.epoch == Epoch::Application,
            false => record[0] == content_type::APPLICATION_DATA,
        };
        let (epoch, (content_type, content)) = match is_protected {
            true => self.open(sender, record),
            false => (Epoch::Plain, (record[0], record[5..].to_vec())),
        };
        let piece = |content| Piece { sender, epoch, content_type, content };
        let way = self.way(sender);
        if content_type == content_type::CHANGE_CIPHER_SPEC && is_tls12(way.suite_read) {
            way.enter(Epoch::Application);
        }
        if content_type != content_type::HANDSHAKE {
            return vec![piece(content)];
        }
        way.messages.extend_from_slice(&content);
        let pieces: Vec<Piece> = take_messages(&mut way.messages).into_iter().map(piece).collect();
        pieces.iter().for_each(|piece| self.note(piece));
        pieces
    }

    fn open(&mut self, sender: Side, record: &[u8]) -> (Epoch, (u8, Vec<u8>)) {
        let way = self.way(sender);
        if way.epoch == Epoch::Plain {
            way.enter(Epoch::Handshake);
        }
        let (epoch, suite) = (way.epoch, way.suite_read);
        if way.reading.is_none() {
            let keys = self.keys(sender, sender, epoch, suite).expect("its secret");
            self.way(sender).reading = Some(keys);
        }
        let reading = self.way(sender).reading.as_ref();
        if epoch == Epoch::Early && !reading.is_some_and(|keys| keys.opens(record)) {
            // It was told, or made to believe, that early data is rejected.
            self.way(sender).enter(Epoch::Handshake);
            return self.open(sender, record);
        }
        (epoch, self.way(sender).reading.as_mut().unwrap().open(record))
    }

    /// The first keys for what `sender` sends in an epoch, as `knower` has them.
    fn keys(&self, knower: Side, sender: Side, epoch: Epoch, suite: CipherSuite) -> Option<Protection> {
        let randoms = self.randoms[usize::from(knower == Side::Server)];
        self.setup.protection(knower, sender, epoch, suite, &randoms)
    }

    /// What one side makes of a hello: the randoms, and the suite that it speaks and hears from then on.
    fn tell(&mut self, hello: &Piece, knower: Side) {
        let is_hello = hello.epoch == Epoch::Plain && hello.is_whole();
        let Some(random) = random(&hello.content).filter(|_| is_hello) else { return };
        let randoms = &mut self.randoms[usize::from(knower == Side::Server)];
        match hello.message_type() {
            Some(HandshakeType::CLIENT_HELLO) => randoms.client = random,
            Some(HandshakeType::SERVER_HELLO) if !hello.is_retry() => {
                randoms.server = random;
                if let Some(suite) = suite_of(&hello.content) {
                    self.way(knower).suite_read = suite;
                    self.way(knower.other()).suite_written = suite;
                }
            }
            _ => {}
        }
    }

    /// Follows the sender's keys.
    fn note(&mut self, piece: &Piece) {
        self.tell(piece, piece.sender);
        // As long as it is not altered:
        self.tell(piece, piece.sender.other());
        match piece.message_type() {
            Some(HandshakeType::CLIENT_HELLO) if Extended::parse(&piece.content).has(EARLY_DATA) => {
                self.way(Side::Client).enter(Epoch::Early);
            }
            Some(HandshakeType::END_OF_EARLY_DATA) => self.way(Side::Client).enter(Epoch::Handshake),
            Some(HandshakeType::SERVER_HELLO) if piece.is_retry() => {
                self.way(Side::Client).enter(Epoch::Plain);
            }
            Some(HandshakeType::SERVER_HELLO) => {
                let suite = suite_of(&piece.content).expect("a ServerHello of ours");
                self.way(Side::Server).enter(if is_tls12(suite) { Epoch::Plain } else { Epoch::Handshake });
            }
            Some(HandshakeType::FINISHED) if piece.epoch == Epoch::Handshake => {
                self.way(piece.sender).enter(Epoch::Application);
            }
            _ => {}
        }
    }

    /// Sends a piece on, in records of its own, under the keys its receiver expects for its epoch.
    pub fn deliver(&mut self, piece: &Piece) {
        self.tell(piece, piece.sender.other());
        let mut wire = Vec::new();
        let chunks = piece.content.chunks(1 << 14);
        for chunk in chunks.chain(piece.content.is_empty().then_some(&[][..])) {
            let record = self.seal(piece, chunk);
            wire.extend_from_slice(&record);
        }
        self.end(piece.sender.other()).deliver(&wire);
    }

    fn seal(&mut self, piece: &Piece, content: &[u8]) -> Vec<u8> {
        let sender = piece.sender;
        let slot = match piece.epoch {
            Epoch::Plain => return record(piece.content_type, content),
            Epoch::Early => 0,
            Epoch::Handshake => 1,
            Epoch::Application => 2,
        };
        let suite = self.way(sender).suite_written;
        let known_to = |knower| self.keys(knower, sender, piece.epoch, suite);
        // Before the receiver has keys of its own there is nothing better than the sender's.
        let fresh = known_to(sender.other()).or_else(|| known_to(sender)).expect("a secret");
        let writing = &mut self.way(sender).writing[slot];
        if writing.as_ref().is_none_or(|writing| !writing.is_same(&fresh)) {
            *writing = Some(fresh);
        }
        writing.as_mut().unwrap().seal(piece.content_type, content)
    }
}

/// The suite a ServerHello chose, if it parses and is one whose records can be forged.
fn suite_of(server_hello: &[u8]) -> Option<CipherSuite> {
    let at = 4 + 35 + usize::from(*server_hello.get(38)?);
    let suite = CipherSuite(u16::from_be_bytes(*server_hello.get(at..)?.first_chunk()?));
    ((0x1301..=0x1303).contains(&suite.0) || is_tls12(suite)).then_some(suite)
}
