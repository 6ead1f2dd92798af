//! The other end of a connection: another implementation, with the wire in the test's hands.

mod openssl;
mod rustls;
mod s2n_tls;

use tls_core::AlertDescription;
use tls_core::ciphersuites::{CipherSuite, KeyType, NamedGroup};

use crate::settings::{Role, Settings};

pub(crate) use self::openssl::OpenSsl;
pub(crate) use self::rustls::Rustls;
pub(crate) use self::s2n_tls::S2nTls;

/// What every implementation can do.
pub(crate) trait Peer {
    /// Takes in bytes from us, and does all that they make possible.
    fn deliver(&mut self, bytes: &[u8]);
    /// Takes everything that waits to be sent to us.
    fn take_output(&mut self) -> Vec<u8>;
    /// Sends application data; some servers can before the client has finished.
    fn send(&mut self, data: &[u8]);
    /// Sends all of this as early data, as a client.
    fn send_early(&mut self, data: &[u8]);
    /// Sends close_notify.
    fn close(&mut self);
    /// Exported keying material.
    fn export(&self, label: &str, context: Option<&[u8]>) -> [u8; 32];
    /// What has happened so far.
    fn progress(&self) -> &Progress;
    /// What was negotiated, as this end sees it.
    fn facts(&self) -> PeerFacts;
    /// Begins another connection of the same configuration, with all that it remembers.
    fn again(&self) -> Box<dyn Peer>;
}

/// How far a peer has come.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    pub(crate) established: bool,
    /// Application data from us.
    pub(crate) received: Vec<u8>,
    /// Early data from us.
    pub(crate) received_early: Vec<u8>,
    /// Whether our close_notify has arrived.
    pub(crate) closed: bool,
    pub(crate) failure: Option<Failure>,
}

/// Why a peer gave up.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The alert that it received from us, if that is why.
    pub(crate) alert: Option<AlertDescription>,
    /// Its own words, for whoever reads a failing test.
    #[expect(dead_code, reason = "read through Debug")]
    pub(crate) text: String,
}

/// What was negotiated, as the peer sees it.
#[derive(Debug)]
pub(crate) struct PeerFacts {
    pub(crate) alpn: Option<Vec<u8>>,
    /// The name in our ClientHello; `None` where the peer is the client.
    pub(crate) server_name: Option<String>,
    /// Our leaf in DER.
    pub(crate) certificate: Option<Vec<u8>>,
    /// The OCSP response that we stapled, where the peer is a client that tells: rustls tells its verifier alone.
    pub(crate) ocsp_response: Option<Vec<u8>>,
    /// The identity of the external key, where the peer tells: s2n-tls alone does.
    pub(crate) pre_shared_key: Option<Vec<u8>>,
    pub(crate) resumed: bool,
    /// Whether the server accepts early data of this client; `None` where the peer is the server.
    pub(crate) early_data_accepted: Option<bool>,
}

/// The implementations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stack {
    OpenSsl,
    Rustls,
    S2nTls,
}

impl Stack {
    /// Those that any two ends of a connection can be configured with. s2n-tls has nothing but named policies.
    pub(crate) const BOTH: [Self; 2] = [Self::OpenSsl, Self::Rustls];

    pub(crate) fn begin(self, role: Role, settings: &Settings) -> Box<dyn Peer> {
        match self {
            Self::OpenSsl => Box::new(OpenSsl::new(role, settings)),
            Self::Rustls => Box::new(Rustls::new(role, settings)),
            Self::S2nTls => Box::new(S2nTls::new(role, settings)),
        }
    }

    /// OpenSSL has all groups that we have.
    pub(crate) fn has_group(self, group: NamedGroup) -> bool {
        self == Self::OpenSsl || rustls::group(group).is_some()
    }

    /// OpenSSL has all suites that we have.
    pub(crate) fn has_suite(self, suite: CipherSuite) -> bool {
        self == Self::OpenSsl || rustls::has_suite(suite)
    }

    /// OpenSSL has all types of key that we have.
    pub(crate) fn has_key_type(self, key_type: KeyType) -> bool {
        self == Self::OpenSsl || key_type != KeyType::RsaPss
    }
}
