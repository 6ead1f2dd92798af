//! The client's side of a handshake.

use std::sync::Arc;

use tls_core::{ClientConfig, Connection, ServerName, UnixTime};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::error::HandshakeError;
use crate::handshake::{self, Settings, settings_setters};
use crate::stream::TlsStream;

/// Begins TLS connections as a client. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Connector {
    config: Arc<ClientConfig>,
    settings: Settings,
}

impl Connector {
    /// A connector for this configuration, with a handshake timeout of ten seconds and [`EofPolicy::Strict`](crate::EofPolicy::Strict).
    pub fn new(config: Arc<ClientConfig>) -> Self {
        Self { config, settings: Settings::default() }
    }

    settings_setters!();

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
