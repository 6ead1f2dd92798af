//! The recorded connections of RFC 8448, walked again in either role with all that is ours but the randomness: what
//! this side sends comes out byte for byte, and what it receives opens, parses and verifies.

use std::io::IoSlice;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use ciphersuites::{Aead, EarlySecret, Hash, SecurityPolicy, TrafficSecret};
use pki_types::{ServerName, UnixTime};

use crate::flow::{Flow, Wire, lock};
use crate::handshake::certificate::{self, PathChecked};
use crate::handshake::finished;
use crate::handshake::keys::{SecretLog, application_secrets};
use crate::identity::{Usage, Verifier};
use crate::record::{ContentType, Gather, Inbox, RecordSender};
use crate::role::Role;
use crate::stage::Stage;
use crate::wire::handshake::{HandshakeType, Message};

mod client_authentication;
mod compatibility;
mod resumed;
mod retry;
mod rewrite;
mod simple;

/// A recorded connection, in hexadecimal; empty where there was no such record. Flights are in the clear.
struct Trace {
    shared_secret: &'static str,
    client_hello_record: &'static str,
    retry_record: &'static str,
    second_client_hello_record: &'static str,
    server_hello_record: &'static str,
    server_flight: &'static str,
    server_flight_record: &'static str,
    client_flight: &'static str,
    client_flight_record: &'static str,
    ticket: &'static str,
    ticket_record: &'static str,
    client_data_record: &'static str,
    server_data_record: &'static str,
    client_close_record: &'static str,
    server_close_record: &'static str,
    /// Whether the server's key is one we accept: the RSA keys of these traces have 1024 bits.
    server_is_verified: bool,
}

#[test]
fn simple_handshake() {
    simple::TRACE.replay();
}

#[test]
fn hello_retry_request() {
    retry::TRACE.replay();
}

#[test]
fn client_authentication() {
    client_authentication::TRACE.replay();
}

//= 9846:E.4 ccs-sent
#[test]
fn middlebox_compatibility() {
    compatibility::TRACE.replay();
}

impl Trace {
    fn replay(&self) {
        for role in [Role::Client, Role::Server] {
            let mut end = End::new(role);
            self.hellos(&mut end);
            self.handshake(&mut end);
            self.traffic(&mut end);
        }
    }

    fn hellos(&self, end: &mut End) {
        end.transfer_hello(Role::Client, self.client_hello_record);
        if end.is_client() {
            end.flow.set_record_version([3, 3]).unwrap();
        }
        end.flow.start_transcript(Hash::Sha256);
        if !self.retry_record.is_empty() {
            end.flow.roll_up_transcript();
            end.transfer_hello(Role::Server, self.retry_record);
            end.transfer_hello(Role::Client, self.second_client_hello_record);
        }
        end.transfer_hello(Role::Server, self.server_hello_record);
    }

    fn handshake(&self, end: &mut End) {
        let secret = EarlySecret::new(Hash::Sha256, None).into_handshake(&hex(self.shared_secret));
        let hellos = end.flow.transcript_hash().unwrap();
        let (client, server) = (secret.client_traffic(&hellos), secret.server_traffic(&hellos));
        end.set_key(Role::Server, &server);
        end.set_key(Role::Client, &client);

        let verified = end.transfer(Role::Server, self.server_flight, self.server_flight_record, &server);
        assert_eq!(verified, self.server_is_verified && end.is_client());
        let (traffic, ..) = application_secrets(&end.flow, secret, &SecretLog::new(None, &[0; 32])).unwrap();
        end.set_key(Role::Server, &traffic.server);
        let verified = end.transfer(Role::Client, self.client_flight, self.client_flight_record, &client);
        assert!(!verified, "the only client's key has 1024 bits");
        end.set_key(Role::Client, &traffic.client);
        if !self.ticket.is_empty() {
            end.transfer(Role::Server, self.ticket, self.ticket_record, &traffic.server);
        }
    }

    fn traffic(&self, end: &mut End) {
        let data: Vec<u8> = (0..50).collect();
        let (data_type, alert) = (ContentType::APPLICATION_DATA, ContentType::ALERT);
        if !self.client_data_record.is_empty() {
            end.transfer_record(Role::Client, data_type, &data, self.client_data_record);
            end.transfer_record(Role::Server, data_type, &data, self.server_data_record);
        }
        end.transfer_record(Role::Client, alert, &[1, 0], self.client_close_record);
        end.transfer_record(Role::Server, alert, &[1, 0], self.server_close_record);
    }
}

/// One side of a recorded connection.
struct End {
    role: Role,
    wire: Arc<Mutex<Wire>>,
    flow: Flow,
}

impl End {
    fn new(role: Role) -> Self {
        let mut sender = RecordSender::default();
        if role == Role::Client {
            sender.set_legacy_version([3, 1]);
        }
        let wire = Arc::new(Mutex::new(Wire::new(sender, Stage::Established)));
        Self { role, flow: Flow::new(Arc::clone(&wire)), wire }
    }

    fn is_client(&self) -> bool {
        self.role == Role::Client
    }

    fn set_key(&mut self, sender: Role, secret: &TrafficSecret) {
        if sender == self.role {
            self.flow.set_sealing_key(secret.sealing_key(Aead::Aes128Gcm).unwrap()).unwrap();
        } else {
            self.flow.set_opening_key(secret.opening_key(Aead::Aes128Gcm).unwrap()).unwrap();
        }
    }

    /// One hello in one plaintext record.
    fn transfer_hello(&mut self, sender: Role, record: &str) {
        let record = hex(record);
        for message in messages(&record[5..]) {
            if sender == self.role {
                self.send(&message);
                assert_eq!(self.sent(), record);
            } else {
                self.hear(&record);
                let received = now(self.flow.read(message.message_type)).unwrap();
                assert_eq!(rewrite::message(&received), message.bytes);
            }
        }
    }

    /// A flight of protected messages, perhaps behind a change_cipher_spec; `secret` is behind its sender's
    /// Finished. Says whether its CertificateVerify was verified.
    fn transfer(&mut self, sender: Role, flight: &str, records: &str, secret: &TrafficSecret) -> bool {
        let (flight, records) = (messages(&hex(flight)), hex(records));
        if sender != self.role {
            self.hear(&records);
            return self.receive(sender, &flight, secret);
        }
        if records[0] == ContentType::CHANGE_CIPHER_SPEC.0 {
            self.flow.send_change_cipher_spec().unwrap();
        }
        for message in flight {
            match message.message_type {
                HandshakeType::FINISHED => {
                    let verify_data = secret.finished(&self.flow.transcript_hash().unwrap());
                    finished::send(&mut self.flow, verify_data.as_ref()).unwrap();
                }
                _ => self.send(&message),
            }
        }
        assert_eq!(self.sent(), records);
        false
    }

    fn receive(&mut self, sender: Role, flight: &[Message], secret: &TrafficSecret) -> bool {
        let mut verified = false;
        for message in flight {
            match message.message_type {
                HandshakeType::FINISHED => {
                    let expected = secret.finished(&self.flow.transcript_hash().unwrap());
                    now(finished::read(&mut self.flow, expected.as_ref())).unwrap();
                }
                HandshakeType::CERTIFICATE_VERIFY if verified => {}
                message_type => {
                    let received = now(self.flow.read(message_type)).unwrap();
                    assert_eq!(rewrite::message(&received), message.bytes);
                    if message_type == HandshakeType::CERTIFICATE {
                        verified = self.verify(sender, &received);
                    }
                }
            }
        }
        assert!(lock(&self.wire).inbox.is_empty());
        verified
    }

    /// Verifies the CertificateVerify that follows, if the certificate's key is one we accept.
    fn verify(&mut self, signer: Role, certificate: &Message) -> bool {
        let name = ServerName::try_from("server").unwrap();
        let usage = match signer {
            Role::Client => Usage::Client,
            Role::Server => Usage::Server(&name),
        };
        let time = UnixTime::since_unix_epoch(Duration::ZERO);
        let (verifier, policy) = (Verifier::Insecure, SecurityPolicy::P20251014);
        let chain = crate::wire::certificate::read13(certificate.body(), &[]).unwrap();
        match now(PathChecked::new(&mut self.flow, &chain, usage, &verifier, time)) {
            Ok(path) => {
                now(certificate::receive_verify13(&mut self.flow, path, signer, &policy)).unwrap();
                true
            }
            Err(error) => {
                assert_eq!(error.code(), "certificate_key_not_supported");
                false
            }
        }
    }

    fn transfer_record(&mut self, sender: Role, content_type: ContentType, content: &[u8], record: &str) {
        let record = hex(record);
        let mut wire = lock(&self.wire);
        if sender != self.role {
            let mut input = record;
            let opened = wire.receiver.next(&mut input).unwrap().expect("a whole record");
            assert_eq!((opened.content_type, &input[opened.content]), (content_type, content));
        } else if content_type == ContentType::APPLICATION_DATA {
            let mut out = vec![0; record.len()];
            let slices = [IoSlice::new(content)];
            let sealed = wire.flight.sender().seal(&mut Gather::new(&slices), &mut out).unwrap();
            assert_eq!((sealed, out), ((content.len(), record.len()), record));
        } else {
            let mut out = Vec::new();
            wire.flight.sender().append(&mut out, content_type, content).unwrap();
            assert_eq!(out, record);
        }
    }

    fn send(&mut self, message: &Message) {
        self.flow.send(message.message_type, |writer| writer.bytes(&rewrite::message(message)[4..])).unwrap();
    }

    fn sent(&mut self) -> Vec<u8> {
        let mut sent = Vec::new();
        lock(&self.wire).flight.drain_to(&mut sent).unwrap();
        sent
    }

    fn hear(&mut self, records: &[u8]) {
        let mut wire = lock(&self.wire);
        let mut input = records.to_vec();
        let mut rest = input.as_mut_slice();
        while !rest.is_empty() {
            let record = wire.receiver.next(rest).unwrap().expect("a whole record");
            let content = &rest[record.content];
            match record.content_type {
                ContentType::CHANGE_CIPHER_SPEC => assert_eq!(content, [1]),
                content_type => {
                    assert_eq!(content_type, ContentType::HANDSHAKE);
                    wire.inbox.push(content);
                }
            }
            rest = &mut rest[record.len..];
        }
    }
}

fn messages(bytes: &[u8]) -> Vec<Message> {
    let mut inbox = Inbox::default();
    inbox.push(bytes);
    let messages = std::iter::from_fn(|| inbox.take().unwrap()).collect();
    assert!(inbox.is_empty());
    messages
}

/// What a handshake's step makes of bytes that are all there.
fn now<T>(step: impl Future<Output = T>) -> T {
    match pin!(step).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the trace ends here"),
    }
}

fn hex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).expect("hexadecimal");
    let byte = |pair: &[u8; 2]| u8::try_from(digit(pair[0]) << 4 | digit(pair[1])).unwrap();
    text.as_bytes().as_chunks().0.iter().map(byte).collect()
}
