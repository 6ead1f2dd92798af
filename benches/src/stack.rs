//! What every stack under measurement can do.

use std::io::Write;

use tests::authority::Authority;
use tls_core::MAX_SEALED_RECORD;
use tls_core::ciphersuites::{CipherSuite, NamedGroup};

/// The suites that are measured, with the names they go by in reports.
pub const SUITES: [(&str, CipherSuite); 3] = [
    ("aes128", CipherSuite::TLS_AES_128_GCM_SHA256),
    ("aes256", CipherSuite::TLS_AES_256_GCM_SHA384),
    ("chacha", CipherSuite::TLS_CHACHA20_POLY1305_SHA256),
];

/// The groups that are measured, with the names they go by in reports.
pub const GROUPS: [(&str, NamedGroup); 2] =
    [("x25519", NamedGroup::X25519), ("x25519mlkem768", NamedGroup::X25519MLKEM768)];

/// What both ends are told: one suite, one group, and certificates.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "benches make it")]
pub struct Scenario {
    /// The only suite.
    pub suite: CipherSuite,
    /// The only group.
    pub group: NamedGroup,
    /// Who issues the server's certificate, and whom the client trusts.
    pub authority: Authority,
}

impl Scenario {
    /// A full handshake over this group, protected by AES-128-GCM.
    pub fn handshake(group: NamedGroup) -> Self {
        Self { suite: CipherSuite::TLS_AES_128_GCM_SHA256, group, authority: Authority::new() }
    }

    /// Records under this suite.
    pub fn records(suite: CipherSuite) -> Self {
        Self { suite, group: NamedGroup::X25519, authority: Authority::new() }
    }
}

/// A configured TLS stack.
pub trait Stack {
    /// A connection of this stack.
    type End: End;
    /// Configures both ends.
    fn new(scenario: &Scenario) -> Self;
    /// Begins a client's connection.
    fn client(&self) -> Self::End;
    /// Begins a server's connection.
    fn server(&self) -> Self::End;
}

/// One end of a connection.
pub trait End {
    /// Takes in what arrived and returns how many bytes of application data were in it.
    fn receive(&mut self, wire: &[u8], buffers: &mut Buffers) -> usize;
    /// Sends what waits to be sent.
    fn transmit(&mut self, wire: &mut impl Write);
    /// Seals and sends application data of at most one record.
    fn seal(&mut self, data: &[u8], wire: &mut impl Write, buffers: &mut Buffers);
    /// Whether the handshake is still under way.
    fn is_handshaking(&self) -> bool;
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
    /// Copies what arrived to where it can be opened in place, as reading from a socket does.
    pub(crate) fn read(&mut self, wire: &[u8]) -> &mut [u8] {
        let input = &mut self.input[..wire.len()];
        input.copy_from_slice(wire);
        input
    }
}
