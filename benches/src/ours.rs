//! This project's stack.

use std::io::{IoSlice, Write};
use std::sync::Arc;

use tests::pair::{client_builder, localhost, now, server_builder};
use tls_core::ciphersuites::SecurityPolicy;
use tls_core::{ClientConfig, Connection, Event, ServerConfig, SessionStore, TicketKeys};

use crate::stack::{Buffers, End, Scenario, Stack};
use crate::wire::Wire;

/// Both ends' configurations.
#[derive(Debug)]
pub struct Ours {
    client: Arc<ClientConfig>,
    server: Arc<ServerConfig>,
}

impl Stack for Ours {
    type End = Connection;

    fn new(scenario: &Scenario) -> Self {
        let policy = SecurityPolicy {
            cipher_suites: vec![scenario.suite].into(),
            groups: vec![scenario.group].into(),
            key_shares: vec![scenario.group].into(),
            extended_main_secret_required: true,
            ..SecurityPolicy::DEFAULT
        };
        let mut client = client_builder(&scenario.authority).policy(policy.clone());
        let mut server = server_builder(&scenario.authority).policy(policy);
        if scenario.resumed {
            client = client.session_store(SessionStore::new(1).into());
            server = server.ticket_keys(TicketKeys::rotating().into());
        }
        Self { client: client.build().unwrap(), server: server.build().unwrap() }
    }

    fn client(&self, wire: &mut Wire) -> Connection {
        let mut client = Connection::client(Arc::clone(&self.client), localhost(), now()).unwrap();
        client.transmit(wire);
        client
    }

    fn server(&self) -> Connection {
        Connection::server(Arc::clone(&self.server), now()).unwrap()
    }
}

impl End for Connection {
    fn receive(&mut self, wire: &mut Wire, buffers: &mut Buffers) -> usize {
        let mut input = buffers.read(wire);
        let mut len = 0;
        while !input.is_empty() {
            let received = Self::receive(self, input).unwrap();
            if let Event::Data(range) = received.event {
                len += range.len();
            }
            assert!(received.consumed > 0, "part of a record");
            input = &mut input[received.consumed..];
        }
        len
    }

    fn transmit(&mut self, wire: &mut Wire) {
        let output = self.output();
        let len = output.len();
        wire.write_all(output).unwrap();
        self.output_sent(len);
    }

    fn seal(&mut self, data: &[u8], wire: &mut Wire, buffers: &mut Buffers) {
        let sent = self.send(&[IoSlice::new(data)], &mut buffers.output).unwrap();
        assert_eq!(sent.consumed, data.len(), "more than one record");
        wire.write_all(&buffers.output[..sent.written]).unwrap();
    }

    fn is_handshaking(&self) -> bool {
        Self::is_handshaking(self)
    }

    fn is_resumed(&self) -> bool {
        self.facts().is_some_and(|facts| facts.resumed.is_some())
    }
}
