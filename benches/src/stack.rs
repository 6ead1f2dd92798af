//! What every stack under measurement can do.

use std::io::Read;

use tests::authority::Authority;
use tls_core::MAX_SEALED_RECORD;
use tls_core::ciphersuites::{CipherSuite, NamedGroup};

use crate::wire::Wire;

/// The suites whose records are measured, with the names they go by in reports.
pub const SUITES: [(&str, CipherSuite); 6] = [
    ("tls13-aes128", CipherSuite::TLS_AES_128_GCM_SHA256),
    ("tls13-aes256", CipherSuite::TLS_AES_256_GCM_SHA384),
    ("tls13-chacha", CipherSuite::TLS_CHACHA20_POLY1305_SHA256),
    ("tls12-aes128", CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256),
    ("tls12-aes256", CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384),
    ("tls12-chacha", CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256),
];

/// The handshakes that are measured, with the names they go by in reports.
pub const HANDSHAKES: [(&str, CipherSuite, NamedGroup); 3] = [
    ("tls13-x25519", CipherSuite::TLS_AES_128_GCM_SHA256, NamedGroup::X25519),
    ("tls13-x25519mlkem768", CipherSuite::TLS_AES_128_GCM_SHA256, NamedGroup::X25519MLKEM768),
    ("tls12-secp256r1", CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, NamedGroup::SECP256R1),
];

/// What both ends are told: one suite, and thereby the version, one group, and certificates.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "benches make it")]
pub struct Scenario {
    /// The only suite.
    pub suite: CipherSuite,
    /// The only group.
    pub group: NamedGroup,
    /// Who issues the server's certificate, and whom the client trusts.
    pub authority: Authority,
    /// Every connection resumes the one before, and is given a ticket for the next.
    pub resumed: bool,
}

impl Scenario {
    /// A full handshake with a new authority.
    pub fn new(suite: CipherSuite, group: NamedGroup) -> Self {
        Self { suite, group, authority: Authority::new(), resumed: false }
    }

    /// The same, with handshakes that resume.
    pub fn resumed(suite: CipherSuite, group: NamedGroup) -> Self {
        Self { resumed: true, ..Self::new(suite, group) }
    }
}

/// A configured TLS stack.
pub trait Stack {
    /// A connection of this stack.
    type End: End;
    /// Configures both ends.
    fn new(scenario: &Scenario) -> Self;
    /// Begins a client's connection and sends its first flight.
    fn client(&self, wire: &mut Wire) -> Self::End;
    /// Begins a server's connection.
    fn server(&self) -> Self::End;
}

/// One end of a connection.
pub trait End {
    /// Takes in what was delivered and returns how many bytes of application data were in it.
    fn receive(&mut self, wire: &mut Wire, buffers: &mut Buffers) -> usize;
    /// Sends what waits to be sent, if receiving left it waiting.
    fn transmit(&mut self, wire: &mut Wire);
    /// Seals and sends application data of at most one record.
    fn seal(&mut self, data: &[u8], wire: &mut Wire, buffers: &mut Buffers);
    /// What must come before the release of a client for its session to be kept. It is not measured.
    fn farewell(&mut self, _: &mut Wire) {}
    /// Whether the handshake is still under way.
    fn is_handshaking(&self) -> bool;
    /// Whether the handshake resumed a session.
    fn is_resumed(&self) -> bool;
}

/// The buffers that a sans-IO stack leaves to its caller. A thread needs one set, whatever its connections.
#[derive(Debug)]
pub struct Buffers {
    pub(crate) input: Vec<u8>,
    pub(crate) output: Vec<u8>,
}

impl Default for Buffers {
    fn default() -> Self {
        Self { input: vec![0; 4 * MAX_SEALED_RECORD], output: vec![0; 2 * MAX_SEALED_RECORD] }
    }
}

impl Buffers {
    /// Copies what was delivered to where it can be opened in place, as reading from a socket does.
    pub(crate) fn read(&mut self, wire: &mut Wire) -> &mut [u8] {
        let len = wire.read(&mut self.input).unwrap();
        &mut self.input[..len]
    }
}
