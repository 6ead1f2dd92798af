//! What a handshake may do: read a message, send a message, change keys. The only door between a
//! handshake's story and its connection.

mod early_data;

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use ciphersuites::{Digest, Hash, Transcript};

use crate::alert::Warnings;
use crate::client_hello::ClientHello;
use crate::config::Shared;
use crate::error::{Cause, Error};
use crate::limits;
use crate::operation::{
    AcceptEarlyData, Awaited, ConfigChoice, FindSession, Found, KeyChoice, Operation, Reply, SelectConfig,
    SelectPreSharedKey, Sign, SignRequest, VerifyCertificate,
};
use crate::record::{
    ChangeCipherSpec, ContentType, Flight, Inbox, Opener, RecordReceiver, RecordSender, Sealer,
};
use crate::session::{EarlyDataAttempt, KeptSession};
use crate::stage::Stage;
use crate::wire::codec::Writer;
use crate::wire::handshake::{HandshakeType, Message, write_message};

pub(crate) use self::early_data::EarlyTraffic;

/// The bytes of a connection whose handshake is under way, shared by the connection, which moves them,
/// and the handshake, which gives them meaning. The two take turns: the lock is never contended.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) receiver: RecordReceiver,
    pub(crate) inbox: Inbox,
    pub(crate) flight: Flight,
    pub(crate) stage: Stage,
    /// Records that the configuration permits under one key.
    pub(crate) rekey_after: u64,
    /// Whether a first message has been read.
    pub(crate) has_read: bool,
    pub(crate) change_cipher_spec: ChangeCipherSpec,
    /// What the handshake asked of its caller.
    pub(crate) awaited: Option<Awaited>,
    /// What the caller is to keep elsewhere.
    pub(crate) kept: Vec<KeptSession>,
    /// What was sent or is received before the handshake is done, if anything is.
    pub(crate) early_data: Option<Box<EarlyTraffic>>,
    /// Records that the caller may fill with data once this side is done with its part of the handshake.
    pub(crate) max_early_records: u64,
    /// What still comes is for after the handshake.
    has_read_all: bool,
    /// The HelloRequests that were ignored, where they are.
    ignored: Option<Warnings>,
}

impl Wire {
    pub(crate) fn new(sender: RecordSender, stage: Stage) -> Self {
        let (receiver, inbox) = (RecordReceiver::default(), Inbox::default());
        Self {
            receiver,
            inbox,
            flight: Flight::new(sender),
            stage,
            rekey_after: u64::MAX,
            has_read: false,
            change_cipher_spec: ChangeCipherSpec::Ignored(0),
            awaited: None,
            kept: Vec::new(),
            early_data: None,
            max_early_records: 0,
            has_read_all: false,
            ignored: None,
        }
    }

    /// The wire of a TLS 1.2 connection whose handshake is done again, by a client.
    pub(crate) fn renegotiating(receiver: RecordReceiver, inbox: Inbox, sender: RecordSender) -> Self {
        Self {
            receiver,
            inbox,
            flight: Flight::new(sender),
            stage: Stage::Expecting(HandshakeType::SERVER_HELLO),
            rekey_after: u64::MAX,
            has_read: true,
            change_cipher_spec: ChangeCipherSpec::Refused,
            awaited: None,
            kept: Vec::new(),
            early_data: None,
            max_early_records: 0,
            has_read_all: false,
            ignored: None,
        }
    }

    /// Whether the records in `input` have to wait until the handshake goes on: what they hold is not for it, or is more
    /// than there can be, or changes the keys once what came before it has been read.
    pub(crate) fn is_full(&self, input: &[u8]) -> bool {
        let first = input.first();
        let changes_keys =
            self.change_cipher_spec.is_tls12() && first == Some(&ContentType::CHANGE_CIPHER_SPEC.0);
        // Early data, on which nothing has been decided yet.
        let is_early = !self.receiver.has_key() && first == Some(&ContentType::APPLICATION_DATA.0);
        let holds_enough = self.inbox.len() >= limits::MAX_HELD_HANDSHAKE;
        self.has_read_all || self.awaited.is_some() && (changes_keys || is_early || holds_enough)
    }

    /// The type of the message that is arriving. A HelloRequest asks for what is under way (RFC 5246 §7.4.1.1).
    fn peek(&mut self) -> Result<Option<HandshakeType>, Error> {
        while let (Some(HandshakeType::HELLO_REQUEST), Some(ignored)) = (self.inbox.peek(), &mut self.ignored)
        {
            let Some(request) = self.inbox.take()? else { return Ok(None) };
            request.check_empty()?;
            ignored.count()?;
        }
        Ok(self.inbox.peek())
    }
}

/// Takes the wire. A panic while it was held cannot have left it half-changed in a way that matters:
/// the connection it belongs to is unusable after a panic.
pub(crate) fn lock(wire: &Mutex<Wire>) -> MutexGuard<'_, Wire> {
    wire.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A handshake's hold on its connection.
#[derive(Debug)]
pub(crate) struct Flow {
    wire: Arc<Mutex<Wire>>,
    /// The messages before the suite, and with it the hash, is known.
    unhashed: Vec<u8>,
    /// The hash of so many bytes of them, for pre-shared keys that have a hash already. It is gone on from if it is the
    /// suite's, too.
    begun: Option<Box<(Transcript, usize)>>,
    transcript: Option<Transcript>,
    /// All messages, for those who must sign or verify them whole (RFC 5246 §7.4.8).
    kept: Option<Vec<u8>>,
}

impl Flow {
    pub(crate) fn new(wire: Arc<Mutex<Wire>>) -> Self {
        Self { wire, unhashed: Vec::new(), begun: None, transcript: None, kept: None }
    }

    fn wire(&self) -> MutexGuard<'_, Wire> {
        lock(&self.wire)
    }

    /// Waits for the next message, which must be of this type, and adds it to the transcript.
    pub(crate) async fn read(&mut self, expected: HandshakeType) -> Result<Message, Error> {
        self.read_one_of(&[expected], expected.name().unwrap_or("nothing")).await
    }

    /// As [`Self::read`], with a choice of types; `names` says them in an error.
    pub(crate) async fn read_one_of(
        &mut self,
        expected: &[HandshakeType],
        names: &'static str,
    ) -> Result<Message, Error> {
        let message = poll_fn(|_| self.poll_message(expected, names)).await?;
        self.hash(&message.bytes);
        Ok(message)
    }

    /// As [`Self::read`], but leaves the transcript to the caller: what this message says decides how the
    /// transcript goes on.
    pub(crate) async fn read_hello(&mut self, expected: HandshakeType) -> Result<Message, Error> {
        poll_fn(|_| self.poll_message(&[expected], expected.name().unwrap_or("nothing"))).await
    }

    /// Adds a message that [`Self::read_hello`] returned.
    pub(crate) fn add_to_transcript(&mut self, message: &Message) {
        self.hash(&message.bytes);
    }

    /// Adds a message that [`Self::read_hello`] returned up to the `tail` bytes that are made from hashes of what goes
    /// before them. The caller adds these by [`Self::add_tail_to_transcript`].
    pub(crate) fn add_head_to_transcript(&mut self, message: &Message, tail: usize) {
        self.hash(message.bytes.get(..message.bytes.len().saturating_sub(tail)).unwrap_or_default());
    }

    /// Adds the rest of the message.
    pub(crate) fn add_tail_to_transcript(&mut self, message: &Message, tail: usize) {
        self.hash(message.bytes.get(message.bytes.len().saturating_sub(tail)..).unwrap_or_default());
    }

    //= 9846:4 order-received
    //= 9846:4.6 from-server
    //= 9846:4.7.3 not-before-finished
    fn poll_message(&self, expected: &[HandshakeType], names: &'static str) -> Poll<Result<Message, Error>> {
        let mut wire = self.wire();
        if let Some(first) = expected.first() {
            wire.stage = Stage::Expecting(*first);
        }
        match wire.peek()? {
            Some(received) if !expected.contains(&received) => {
                return Poll::Ready(Err(Cause::UnexpectedMessage { expected: names, received }.into()));
            }
            _ => {}
        }
        match wire.inbox.take() {
            Ok(Some(message)) => {
                wire.has_read = true;
                Poll::Ready(Ok(message))
            }
            Ok(None) => Poll::Pending,
            Err(error) => Poll::Ready(Err(error)),
        }
    }

    /// Writes a message into the flight and adds it to the transcript.
    pub(crate) fn send(
        &mut self,
        message_type: HandshakeType,
        body: impl FnOnce(&mut Writer<'_>),
    ) -> Result<(), Error> {
        let wire = Arc::clone(&self.wire);
        let mut wire = lock(&wire);
        let out = wire.flight.message();
        let start = out.len();
        write_message(out, message_type, body)?;
        self.hash(out.get(start..).unwrap_or_default());
        Ok(())
    }

    /// As [`Self::send`], for a message whose last `tail` bytes are made from hashes of all that goes before them.
    pub(crate) fn send_bound(
        &mut self,
        message_type: HandshakeType,
        body: impl FnOnce(&mut Writer<'_>),
        tail: usize,
        fill: impl FnOnce(&mut dyn FnMut(Hash) -> Digest, &mut [u8]),
    ) -> Result<(), Error> {
        let wire = Arc::clone(&self.wire);
        let mut wire = lock(&wire);
        let out = wire.flight.message();
        let start = out.len();
        write_message(out, message_type, body)?;
        let message = out.get_mut(start..).unwrap_or_default();
        let (head, tail) = message.split_at_mut(message.len().saturating_sub(tail));
        self.hash(head);
        fill(&mut |hash| self.hash_so_far(hash), tail);
        self.hash(tail);
        Ok(())
    }

    /// Sends the compatibility change_cipher_spec.
    pub(crate) fn send_change_cipher_spec(&mut self) -> Result<(), Error> {
        self.wire().flight.change_cipher_spec()
    }

    /// Sets the version that plaintext records say they have.
    //= 9846:5.1 record-version
    pub(crate) fn set_record_version(&mut self, version: [u8; 2]) -> Result<(), Error> {
        let mut wire = self.wire();
        wire.flight.close()?;
        wire.flight.sender().set_legacy_version(version);
        Ok(())
    }

    /// What is sent from here on is sealed under `key`.
    pub(crate) fn set_sealing_key(&mut self, key: impl Into<Sealer>) -> Result<(), Error> {
        self.wire().flight.set_key(key)
    }

    /// What is received from here on is opened under `key`. Nothing may be left of what came before:
    /// the message that changes keys ends its record (RFC 9846 §5.1).
    //= 9846:5.1 key-changes
    pub(crate) fn set_opening_key(&mut self, key: impl Into<Opener>) -> Result<(), Error> {
        let mut wire = self.wire();
        if !wire.inbox.is_empty() {
            return Err(Cause::ExcessHandshakeData.into());
        }
        wire.receiver.set_key(key);
        Ok(())
    }

    /// The same for the last key of the handshake: what is opened under it is for the connection after it.
    pub(crate) fn set_last_opening_key(&mut self, key: impl Into<Opener>) -> Result<(), Error> {
        self.set_opening_key(key)?;
        self.wire().has_read_all = true;
        Ok(())
    }

    /// The message just read ends its epoch or is answered by another flight: nothing may follow it yet.
    //= 9846:5.1 key-changes
    pub(crate) fn expect_record_boundary(&self) -> Result<(), Error> {
        if self.wire().inbox.is_empty() { Ok(()) } else { Err(Cause::ExcessHandshakeData.into()) }
    }

    /// Bounds the content of records that are sent, and of protected ones that are received, in bytes.
    pub(crate) fn limit_fragments(&mut self, sent: usize, received: usize) {
        let mut wire = self.wire();
        wire.flight.sender().limit_fragment(sent);
        wire.receiver.limit_fragment(received);
    }

    /// Bounds the content of unprotected records that are received, in bytes.
    pub(crate) fn limit_received_plaintext(&mut self, len: usize) {
        self.wire().receiver.limit_plaintext(len);
    }

    /// The version may be TLS 1.2: HelloRequests are ignored, a few of them.
    pub(crate) fn ignore_hello_requests(&mut self) {
        self.wire().ignored = Some(Warnings::default());
    }

    /// The version is TLS 1.3, which has no HelloRequest: none should have come.
    pub(crate) fn refuse_hello_requests(&mut self) -> Result<(), Error> {
        let ignored = self.wire().ignored.take();
        match ignored.is_none_or(|ignored| ignored.is_none()) {
            true => Ok(()),
            false => {
                let (expected, received) = ("ServerHello", HandshakeType::HELLO_REQUEST);
                Err(Cause::UnexpectedMessage { expected, received }.into())
            }
        }
    }

    /// The version is TLS 1.2: change_cipher_spec has a place there, and none before it (RFC 5246 §7.1).
    pub(crate) fn refuse_change_cipher_spec(&mut self) -> Result<(), Error> {
        self.wire().change_cipher_spec.refuse()
    }

    /// Waits for TLS 1.2's change_cipher_spec. What follows is opened under `key`.
    pub(crate) async fn read_change_cipher_spec(&mut self, key: impl Into<Opener>) -> Result<(), Error> {
        poll_fn(|_| self.poll_change_cipher_spec()).await?;
        self.set_opening_key(key)
    }

    fn poll_change_cipher_spec(&self) -> Poll<Result<(), Error>> {
        let mut wire = self.wire();
        wire.stage = Stage::Expecting(HandshakeType::FINISHED);
        if let Some(received) = wire.peek()? {
            return Poll::Ready(Err(
                Cause::UnexpectedMessage { expected: "change_cipher_spec", received }.into()
            ));
        }
        match wire.change_cipher_spec.take() {
            true => Poll::Ready(Ok(())),
            false => Poll::Pending,
        }
    }

    /// Asks for a signature, and waits for it. What was sent so far goes out meanwhile.
    pub(crate) fn sign(&mut self, request: Arc<SignRequest>) -> impl Future<Output = Result<Vec<u8>, Error>> {
        self.ask(Operation::Sign(Sign::new(request)), Stage::Signing, |reply| match reply {
            Reply::Sign(result) => Ok(result?),
            _ => Err(Cause::Crypto.into()),
        })
    }

    /// Asks for a verdict on the peer's certificates, and waits for it.
    pub(crate) fn verify_certificate(
        &mut self,
        request: VerifyCertificate,
    ) -> impl Future<Output = Result<(), Error>> {
        let operation = Operation::VerifyCertificate(request);
        self.ask(operation, Stage::VerifyingCertificate, |reply| match reply {
            Reply::VerifyCertificate(verdict) => Ok(verdict?),
            _ => Err(Cause::Crypto.into()),
        })
    }

    /// Asks for the configuration to go on with, and waits for it.
    pub(crate) fn select_config(
        &mut self,
        hello: ClientHello,
    ) -> impl Future<Output = Result<ConfigChoice, Error>> {
        let operation = Operation::SelectConfig(SelectConfig::new(hello));
        self.ask(operation, Stage::SelectingConfig, |reply| match reply {
            Reply::SelectConfig(choice) => Ok(choice),
            _ => Err(Cause::Crypto.into()),
        })
    }

    /// Asks for one of the pre-shared keys that the client offers, and waits for it.
    pub(crate) fn select_pre_shared_key(
        &mut self,
        hello: ClientHello,
    ) -> impl Future<Output = Result<KeyChoice, Error>> {
        let operation = Operation::SelectPreSharedKey(SelectPreSharedKey::new(hello));
        self.ask(operation, Stage::SelectingPreSharedKey, |reply| match reply {
            Reply::SelectPreSharedKey(choice) => Ok(choice),
            _ => Err(Cause::Crypto.into()),
        })
    }

    /// Asks whether early data is to be accepted, and waits for the answer.
    pub(crate) fn accept_early_data(
        &mut self,
        attempt: EarlyDataAttempt,
    ) -> impl Future<Output = Result<bool, Error>> {
        let operation = Operation::AcceptEarlyData(AcceptEarlyData::new(attempt));
        self.ask(operation, Stage::AcceptingEarlyData, |reply| match reply {
            Reply::AcceptEarlyData(is_accepted) => Ok(is_accepted),
            _ => Err(Cause::Crypto.into()),
        })
    }

    /// Asks for a session, and waits for it or for the word that there is none.
    pub(crate) fn find_session(
        &mut self,
        request: FindSession,
    ) -> impl Future<Output = Result<Option<Found>, Error>> {
        self.ask(Operation::FindSession(request), Stage::FindingSession, |reply| match reply {
            Reply::FindSession(found) => Ok(found),
            _ => Err(Cause::Crypto.into()),
        })
    }

    /// Leaves a session for the caller to keep, if there is one.
    pub(crate) fn keep(&mut self, session: Option<KeptSession>) {
        self.wire().kept.extend(session);
    }

    /// Not an `async fn`: its future would have room for the operation, and every handshake for it.
    fn ask<T>(
        &mut self,
        operation: Operation,
        stage: Stage,
        read: fn(Reply) -> Result<T, Error>,
    ) -> impl Future<Output = Result<T, Error>> {
        let mut wire = self.wire();
        wire.stage = stage;
        wire.awaited = Some(Awaited::new(operation));
        drop(wire);
        poll_fn(move |_| self.poll_reply().map(read))
    }

    /// What a configuration says of records holds from here on.
    pub(crate) fn configure_records(&mut self, config: &Shared) {
        let mut wire = self.wire();
        wire.flight.sender().set_padding(config.record_padding);
        wire.rekey_after = config.rekey_after;
    }

    fn poll_reply(&self) -> Poll<Reply> {
        let mut wire = self.wire();
        match wire.awaited.as_mut().and_then(Awaited::take_reply) {
            Some(reply) => {
                wire.awaited = None;
                Poll::Ready(reply)
            }
            None => Poll::Pending,
        }
    }

    /// Keeps the messages themselves from the first on: call it before the transcript starts.
    pub(crate) fn keep_messages(&mut self) {
        self.kept = Some(self.unhashed.clone());
    }

    /// All messages so far, if they were kept.
    pub(crate) fn messages(&self) -> &[u8] {
        self.kept.as_deref().unwrap_or_default()
    }

    /// The suite is known: its hash takes up the transcript.
    pub(crate) fn start_transcript(&mut self, hash: Hash) {
        self.transcript = Some(self.begin_transcript(hash));
        self.unhashed = Vec::new();
    }

    /// What was begun by this hash, or else a new transcript, with all messages so far.
    fn begin_transcript(&mut self, hash: Hash) -> Transcript {
        let begun = self.begun.take().map(|begun| *begun).filter(|(transcript, _)| transcript.hash() == hash);
        let (mut transcript, hashed) = begun.unwrap_or_else(|| (Transcript::new(hash), 0));
        transcript.update(self.unhashed.get(hashed..).unwrap_or_default());
        transcript
    }

    /// The hash of all messages so far, where the suite need not be known yet: `hash` is its, or that of a key which asks
    /// for such a suite.
    pub(crate) fn hash_so_far(&mut self, hash: Hash) -> Digest {
        if let Some(transcript) = &self.transcript {
            return transcript.current();
        }
        let transcript = self.begin_transcript(hash);
        let digest = transcript.current();
        self.begun = Some(Box::new((transcript, self.unhashed.len())));
        digest
    }

    /// The first ClientHello gives way to its hash (RFC 9846 §4.1).
    pub(crate) fn roll_up_transcript(&mut self) {
        if let Some(transcript) = &mut self.transcript {
            transcript.roll_up_for_retry();
        }
    }

    /// The hash of all messages so far. It is an error of this crate to ask before the suite is known.
    pub(crate) fn transcript_hash(&self) -> Result<Digest, Error> {
        self.transcript.as_ref().map(Transcript::current).ok_or_else(|| Cause::Crypto.into())
    }

    fn hash(&mut self, message: &[u8]) {
        if let Some(kept) = &mut self.kept {
            kept.extend_from_slice(message);
        }
        match &mut self.transcript {
            Some(transcript) => transcript.update(message),
            None => self.unhashed.extend_from_slice(message),
        }
    }
}
