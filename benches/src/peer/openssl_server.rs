//! OpenSSL's server with our client: its own can be given a session by unsafe code only.

use openssl::ssl::SslStream;
use tls_core::Connection;

use crate::ours::Ours;
use crate::peer::OpenSsl;
use crate::stack::{Buffers, End, Scenario, Stack};
use crate::wire::Wire;

/// Both ends' configurations.
#[expect(missing_debug_implementations, reason = "OpenSSL's has none")]
pub struct OpenSslServer {
    client: Ours,
    server: OpenSsl,
}

/// Either end.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "there are two ends")]
#[expect(clippy::large_enum_variant, reason = "there is one of each")]
pub enum EitherEnd {
    /// The client.
    Ours(Connection),
    /// The server.
    OpenSsl(SslStream<Wire>),
}

impl Stack for OpenSslServer {
    type End = EitherEnd;

    fn new(scenario: &Scenario) -> Self {
        Self { client: Ours::new(scenario), server: OpenSsl::new(scenario) }
    }

    fn client(&self, wire: &mut Wire) -> EitherEnd {
        EitherEnd::Ours(self.client.client(wire))
    }

    fn server(&self) -> EitherEnd {
        EitherEnd::OpenSsl(self.server.server())
    }
}

impl End for EitherEnd {
    fn receive(&mut self, wire: &mut Wire, buffers: &mut Buffers) -> usize {
        match self {
            Self::Ours(end) => End::receive(end, wire, buffers),
            Self::OpenSsl(end) => End::receive(end, wire, buffers),
        }
    }

    fn transmit(&mut self, wire: &mut Wire) {
        match self {
            Self::Ours(end) => end.transmit(wire),
            Self::OpenSsl(end) => end.transmit(wire),
        }
    }

    fn seal(&mut self, data: &[u8], wire: &mut Wire, buffers: &mut Buffers) {
        match self {
            Self::Ours(end) => end.seal(data, wire, buffers),
            Self::OpenSsl(end) => end.seal(data, wire, buffers),
        }
    }

    fn is_handshaking(&self) -> bool {
        match self {
            Self::Ours(end) => End::is_handshaking(end),
            Self::OpenSsl(end) => End::is_handshaking(end),
        }
    }

    fn is_resumed(&self) -> bool {
        match self {
            Self::Ours(end) => end.is_resumed(),
            Self::OpenSsl(end) => end.is_resumed(),
        }
    }
}
