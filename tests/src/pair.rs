//! Two ends of a connection in one thread, with the wire in the test's hands.

use std::borrow::Cow;
use std::io::IoSlice;
use std::sync::Arc;
use std::time::Duration;

use tls_core::ciphersuites::{ProtocolVersion, SecurityPolicy};
use tls_core::{
    Answer, ClientConfig, ClientConfigBuilder, Connection, Error, Event, MAX_SEALED_RECORD, Operation,
    ServerConfig, ServerConfigBuilder, ServerName, ServerVerification, UnixTime,
};

use crate::authority::Authority;

/// The time in which test certificates live.
pub fn now() -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(1_790_000_000))
}

/// The name of the server in all tests.
pub fn localhost() -> ServerName<'static> {
    ServerName::try_from("localhost").unwrap()
}

/// One end of a connection, with what arrived and what came of it.
#[derive(Debug)]
#[expect(clippy::partial_pub_fields, reason = "what is on its way is not the tests's")]
pub struct End {
    /// The connection.
    pub connection: Connection,
    /// Bytes that arrived and are not consumed.
    pub input: Vec<u8>,
    /// Application data that was received.
    pub received: Vec<u8>,
    /// Early data that was received.
    pub received_early: Vec<u8>,
    /// Early data that is sealed, and waits to be carried.
    early: Vec<u8>,
    /// Whether the handshake has completed.
    pub established: bool,
    /// Whether the peer has closed.
    pub peer_closed: bool,
    /// The error that ended the connection.
    pub error: Option<Error>,
    /// What the connection asked, and nobody answered yet.
    pub operations: Vec<Operation>,
}

impl End {
    /// Wraps a connection that has just begun.
    pub fn new(connection: Connection) -> Self {
        Self {
            connection,
            input: Vec::new(),
            received: Vec::new(),
            received_early: Vec::new(),
            early: Vec::new(),
            established: false,
            peer_closed: false,
            error: None,
            operations: Vec::new(),
        }
    }

    /// Takes everything that waits to be sent.
    pub fn take_output(&mut self) -> Vec<u8> {
        let mut output = std::mem::take(&mut self.early);
        output.extend_from_slice(self.connection.output());
        self.connection.output_sent(self.connection.output().len());
        output
    }

    /// Sends as much of this as early data as there is room for; how much that is.
    pub fn send_early(&mut self, data: &[u8]) -> usize {
        let mut rest = data;
        let mut out = vec![0; MAX_SEALED_RECORD];
        loop {
            let sent = self.connection.send_early_data(&[IoSlice::new(rest)], &mut out).unwrap();
            self.early.extend_from_slice(&out[..sent.written]);
            rest = &rest[sent.consumed..];
            if sent.written == 0 {
                return data.len() - rest.len();
            }
        }
    }

    /// Takes in bytes from the peer.
    pub fn deliver(&mut self, bytes: &[u8]) {
        self.input.extend_from_slice(bytes);
        while self.error.is_none() {
            match self.connection.receive(&mut self.input) {
                Ok(received) => {
                    let is_stuck = received.event == Event::OperationPending && received.consumed == 0;
                    let is_done = is_stuck || matches!(received.event, Event::NeedsInput | Event::PeerClosed);
                    self.operations.extend(self.connection.take_operation());
                    match received.event {
                        Event::Established => self.established = true,
                        Event::Data(range) => self.received.extend_from_slice(&self.input[range]),
                        Event::EarlyData(range) => {
                            self.received_early.extend_from_slice(&self.input[range]);
                        }
                        Event::PeerClosed => self.peer_closed = true,
                        _ => {}
                    }
                    assert!(is_done || received.consumed > 0, "no progress");
                    self.input.drain(..received.consumed);
                    if is_done {
                        break;
                    }
                }
                Err(error) => self.error = Some(error),
            }
        }
    }

    /// Hands in an answer, and then again what had to wait for it.
    pub fn answer(&mut self, answer: Answer) {
        match self.connection.answer(answer) {
            Ok(event) => self.established |= event == Event::Established,
            Err(error) => self.error = Some(error),
        }
        self.operations.extend(self.connection.take_operation());
        self.deliver(&[]);
    }

    /// Seals `data`: the bytes for the wire.
    pub fn seal(&mut self, data: &[u8]) -> Vec<u8> {
        self.seal_slices(&[IoSlice::new(data)])
    }

    /// Seals several slices as one stream: the bytes for the wire.
    pub fn seal_slices(&mut self, data: &[IoSlice<'_>]) -> Vec<u8> {
        let mut data: Vec<&[u8]> = data.iter().map(|slice| &**slice).collect();
        let mut wire = Vec::new();
        let mut out = vec![0; MAX_SEALED_RECORD + 64];
        while data.iter().any(|slice| !slice.is_empty()) {
            let slices: Vec<IoSlice<'_>> = data.iter().map(|slice| IoSlice::new(slice)).collect();
            let sent = self.connection.send(&slices, &mut out).expect("an open connection");
            assert!(sent.written > 0, "no progress");
            wire.extend_from_slice(&out[..sent.written]);
            let mut consumed = sent.consumed;
            for slice in &mut data {
                let taken = consumed.min(slice.len());
                *slice = &slice[taken..];
                consumed -= taken;
            }
        }
        wire
    }
}

/// A client and a server.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "tests take it apart")]
pub struct Pair {
    /// The client's end.
    pub client: End,
    /// The server's end.
    pub server: End,
}

impl Pair {
    /// Begins a connection.
    pub fn new(client: &Arc<ClientConfig>, server: &Arc<ServerConfig>) -> Self {
        Self::by_name(localhost(), client, server)
    }

    /// Begins a connection to a server of this name.
    pub fn by_name(
        name: ServerName<'static>,
        client: &Arc<ClientConfig>,
        server: &Arc<ServerConfig>,
    ) -> Self {
        Self {
            client: End::new(Connection::client(Arc::clone(client), name, now()).unwrap()),
            server: End::new(Connection::server(Arc::clone(server), now()).unwrap()),
        }
    }

    /// Moves bytes to and fro until there are none; `carry` decides how each flight is delivered.
    pub fn run(&mut self, mut carry: impl FnMut(&mut End, &[u8])) {
        loop {
            let to_server = self.client.take_output();
            if !to_server.is_empty() {
                carry(&mut self.server, &to_server);
            }
            let to_client = self.server.take_output();
            if !to_client.is_empty() {
                carry(&mut self.client, &to_client);
            }
            if to_server.is_empty() && to_client.is_empty() {
                return;
            }
        }
    }

    /// Runs the handshake over an ordinary wire.
    pub fn handshake(&mut self) {
        self.run(|end, bytes| end.deliver(bytes));
    }

    /// Both ends are established, and data passes both ways.
    pub fn assert_works(&mut self) {
        assert_eq!((&self.client.error, &self.server.error), (&None, &None));
        assert!(self.client.established && self.server.established, "not established");
        let request = self.client.seal(b"request");
        self.server.deliver(&request);
        assert_eq!(self.server.received, b"request");
        let response = self.server.seal(b"response");
        self.client.deliver(&response);
        assert_eq!(self.client.received, b"response");
        assert_eq!((&self.client.error, &self.server.error), (&None, &None));
        self.server.received.clear();
        self.client.received.clear();
    }
}

/// A policy's part for one version: [`ProtocolVersion::TLS1_3`] or [`ProtocolVersion::TLS1_2`].
pub fn only(version: ProtocolVersion, policy: &SecurityPolicy) -> SecurityPolicy {
    let cipher_suites = match version {
        ProtocolVersion::TLS1_3 => policy.tls13_suites().map(|suite| suite.id).collect(),
        _ => policy.tls12_suites().map(|suite| suite.id).collect(),
    };
    SecurityPolicy { cipher_suites: Cow::Owned(cipher_suites), ..policy.clone() }
}

/// The default policy's part for TLS 1.3.
pub fn default_tls13() -> SecurityPolicy {
    only(ProtocolVersion::TLS1_3, &SecurityPolicy::P20251014)
}

/// Begins the configuration of a client of TLS 1.3 that trusts this authority.
pub fn client_builder(authority: &Authority) -> ClientConfigBuilder {
    ClientConfig::builder()
        .permit_unapproved()
        .policy(default_tls13())
        .server_verification(ServerVerification::Roots(authority.roots()))
}

/// Begins the configuration of a server of TLS 1.3 with an ECDSA certificate for localhost from this authority.
pub fn server_builder(authority: &Authority) -> ServerConfigBuilder {
    ServerConfig::builder()
        .permit_unapproved()
        .policy(default_tls13())
        .identity(authority.localhost().identity())
}

/// A client and a server with the default policy, whole.
pub fn default_pair() -> Pair {
    let authority = Authority::new();
    let client = client_builder(&authority).policy(SecurityPolicy::P20251014).build().unwrap();
    let server = server_builder(&authority).policy(SecurityPolicy::P20251014).build().unwrap();
    Pair::new(&client, &server)
}
