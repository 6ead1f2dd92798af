//! The client's side of a handshake.

use std::sync::Arc;
use std::time::Duration;

use tls_core::{ClientConfig, Connection, ServerName, UnixTime};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::error::HandshakeError;
use crate::handshake::{self, Settings};
use crate::operations::CertificateVerifier;
use crate::signer::Signer;
use crate::stream::{EofPolicy, TlsStream};

/// Begins TLS connections as a client. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Connector {
    config: Arc<ClientConfig>,
    settings: Settings,
}

impl Connector {
    /// A connector for this configuration, with a handshake timeout of ten seconds and [`EofPolicy::Strict`].
    pub fn new(config: Arc<ClientConfig>) -> Self {
        Self { config, settings: Settings::default() }
    }

    /// How long a handshake may take, from its first byte to its last; `None`: forever. With a timeout, tokio's time
    /// driver must be enabled.
    #[must_use]
    pub fn handshake_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings.timeout = timeout.into();
        self
    }

    /// What the end of the transport means if the peer has not sent close_notify.
    #[must_use]
    pub fn eof_policy(mut self, policy: EofPolicy) -> Self {
        self.settings.eof_policy = policy;
        self
    }

    /// Who signs with the private keys of identities that have none with them
    /// ([`Identity::from_public_pem`](tls_core::Identity::from_public_pem)).
    #[must_use]
    pub fn signer(mut self, signer: impl Signer + 'static) -> Self {
        self.settings.helpers_mut().signer = Some(Arc::new(signer));
        self
    }

    /// Who judges servers' certificates, where the configuration asks.
    #[must_use]
    pub fn verifier(mut self, verifier: impl CertificateVerifier + 'static) -> Self {
        self.settings.helpers_mut().verifier = Some(Arc::new(verifier));
        self
    }

    /// Shakes hands with the server of this name over `io`.
    ///
    /// The error holds `io`, and says what went wrong. If that was for the server to know, the alert has been sent.
    pub fn connect<IO>(
        &self,
        name: ServerName<'static>,
        io: IO,
    ) -> impl Future<Output = Result<TlsStream<IO>, HandshakeError<IO>>> + use<IO>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let Self { config, settings } = self.clone();
        async move {
            let connection = Connection::client(config, name, UnixTime::now());
            handshake::run(connection, io, settings).await
        }
    }
}
