//! Our end and a peer, with the wire between them in the test's hands.

use std::fmt::Debug;

use tests::pair::End;
use tls_core::ciphersuites::ProtocolVersion;
use tls_core::{AlertDescription, Facts};

use crate::ours;
use crate::peer::{Peer, Stack};
use crate::settings::{Role, Settings, VERSIONS};

/// A connection.
pub(crate) struct Link<P: Peer + ?Sized = dyn Peer> {
    pub(crate) ours: End,
    pub(crate) peer: Box<P>,
    /// Bytes that are delivered at once.
    pub(crate) piece: usize,
}

/// A peer, and our role towards it.
pub(crate) type Pairing = (Stack, Role);

/// Each peer, with our role towards it.
pub(crate) fn pairings() -> impl Iterator<Item = Pairing> {
    Stack::BOTH.into_iter().flat_map(|stack| Role::BOTH.map(|role| (stack, role)))
}

/// Each peer, with our role towards it, in each version.
pub(crate) fn pairings_by_version() -> impl Iterator<Item = (Pairing, ProtocolVersion)> {
    pairings().flat_map(|pairing| VERSIONS.map(|version| (pairing, version)))
}

/// Says what is tried, for the reader of a test that fails.
pub(crate) fn trying(what: impl Debug) {
    println!("{what:?}");
}

impl Link {
    /// Begins a connection in which `role` is ours.
    pub(crate) fn new((stack, role): Pairing, client: &Settings, server: &Settings) -> Self {
        let (ours, theirs) = match role {
            Role::Client => (client, server),
            Role::Server => (server, client),
        };
        Self::between(ours::begin(role, ours), stack.begin(role.other(), theirs))
    }

    /// Begins another connection, between the same peer and our end of these settings.
    pub(crate) fn again(&self, role: Role, ours: &Settings) -> Self {
        Self::between(ours::begin(role, ours), self.peer.again())
    }

    /// The same, to the end of its handshake, which works.
    pub(crate) fn established(pairing: Pairing, client: &Settings, server: &Settings) -> Self {
        let mut link = Self::new(pairing, client, server);
        link.run();
        link.assert_works();
        let best = client.versions.iter().filter(|version| server.versions.contains(version)).max();
        assert_eq!(Some(&link.facts().version), best);
        link
    }
}

impl<P: Peer + ?Sized> Link<P> {
    pub(crate) fn between(ours: End, peer: Box<P>) -> Self {
        Self { ours, peer, piece: 1 << 14 }
    }

    /// Moves bytes to and fro until there are none.
    pub(crate) fn run(&mut self) {
        loop {
            let to_peer = self.ours.take_output();
            self.carry_to_peer(&to_peer);
            let to_us = self.peer.take_output();
            self.carry_to_us(&to_us);
            if to_peer.is_empty() && to_us.is_empty() {
                return;
            }
        }
    }

    fn carry_to_peer(&mut self, bytes: &[u8]) {
        bytes.chunks(self.piece).for_each(|piece| self.peer.deliver(piece));
    }

    fn carry_to_us(&mut self, bytes: &[u8]) {
        bytes.chunks(self.piece).for_each(|piece| self.ours.deliver(piece));
    }

    /// We send, and the peer has it.
    pub(crate) fn send(&mut self, data: &[u8]) {
        let before = self.peer.progress().received.len();
        let sealed = self.ours.seal(data);
        self.carry_to_peer(&sealed);
        assert!(self.peer.progress().received[before..] == *data, "{:?}", self.peer.progress().failure);
    }

    /// The peer sends, and we have it.
    pub(crate) fn receive(&mut self, data: &[u8]) {
        let before = self.ours.received.len();
        self.peer.send(data);
        self.run();
        assert!(self.ours.received[before..] == *data, "{:?}", self.ours.error);
    }

    /// Both ends are established, and data passes both ways.
    pub(crate) fn assert_works(&mut self) {
        assert_eq!(self.ours.error, None, "{:?}", self.peer.progress().failure);
        assert!(self.ours.established, "{:?}", self.peer.progress().failure);
        assert!(self.peer.progress().established);
        self.send(b"from us");
        self.receive(b"from the peer");
    }

    /// What we know of the connection.
    pub(crate) fn facts(&self) -> &Facts {
        self.ours.connection.facts().unwrap()
    }

    /// We gave up for this cause, and the peer has the alert that belongs to it.
    pub(crate) fn assert_we_refuse(&self, code: &str, alert: AlertDescription) {
        let error = self.ours.error.as_ref().expect("we should have refused");
        assert_eq!((error.code(), error.alert_sent()), (code, Some(alert)), "{error}");
        let failure = self.peer.progress().failure.as_ref().expect("the peer should have failed");
        assert_eq!(failure.alert, Some(alert), "{failure:?}");
    }

    /// The peer gave up, and we have its alert.
    pub(crate) fn assert_peer_refuses(&self, alert: AlertDescription) {
        assert!(self.peer.progress().failure.is_some(), "the peer should have refused");
        let error = self.ours.error.as_ref().expect("we should have failed");
        assert_eq!(error.alert_received(), Some(alert), "{error}");
    }
}
