//! The server's side of a handshake.

use std::sync::Arc;

use tls_core::{Connection, ServerConfig, UnixTime};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::error::HandshakeError;
use crate::handshake::{self, Settings, settings_setters};
use crate::operations::{ConfigSelector, PreSharedKeySelector};
use crate::stream::TlsStream;

/// Accepts TLS connections as a server. Cheap to clone.
///
/// A handshake waits for the client, so it belongs into the task of its connection and not into the loop that
/// accepts connections:
///
/// ```no_run
/// # use tls_tokio::Acceptor;
/// # async fn accept_all(acceptor: Acceptor, listener: tokio::net::TcpListener) -> std::io::Result<()> {
/// loop {
///     let (tcp, _) = listener.accept().await?;
///     let handshake = acceptor.accept(tcp);
///     tokio::spawn(async move {
///         match handshake.await {
///             Ok(_stream) => { /* serve it */ }
///             Err(error) => eprintln!("{error}"),
///         }
///     });
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Acceptor {
    config: Arc<ServerConfig>,
    settings: Settings,
}

impl Acceptor {
    /// An acceptor for this configuration, with a handshake timeout of ten seconds and [`EofPolicy::Strict`](crate::EofPolicy::Strict).
    pub fn new(config: Arc<ServerConfig>) -> Self {
        Self { config, settings: Settings::default() }
    }

    settings_setters!();

    /// Who chooses the configuration by the ClientHello, where the first configuration asks.
    #[must_use]
    pub fn config_selector(mut self, selector: impl ConfigSelector + 'static) -> Self {
        self.settings.helpers_mut().selector = Some(Arc::new(selector));
        self
    }

    /// Who knows the external pre-shared keys of clients, where the configuration asks.
    #[must_use]
    pub fn pre_shared_key_selector(mut self, selector: impl PreSharedKeySelector + 'static) -> Self {
        self.settings.helpers_mut().key_selector = Some(Arc::new(selector));
        self
    }

    /// Shakes hands with a client over `io`.
    ///
    /// The error holds `io`, and says what went wrong. If that was for the client to know, the alert has been sent;
    /// to a client that does not speak TLS nothing has been ([`HandshakeError::is_not_tls`]).
    pub fn accept<IO>(
        &self,
        io: IO,
    ) -> impl Future<Output = Result<TlsStream<IO>, HandshakeError<IO>>> + use<IO>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let Self { config, settings } = self.clone();
        async move {
            let connection = Connection::server(config, UnixTime::now());
            handshake::run(connection, io, settings).await
        }
    }
}
