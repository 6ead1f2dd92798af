//! The server's side of a handshake.

use std::sync::Arc;

use tls_core::{Connection, ServerConfig, UnixTime};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::early_data::EarlyDataDecider;
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

    /// Who decides on early data, where the configuration asks.
    #[must_use]
    pub fn early_data_decider(mut self, decider: impl EarlyDataDecider + 'static) -> Self {
        self.settings.helpers_mut().decider = Some(Arc::new(decider));
        self
    }

    /// Shakes hands with a client over `io`.
    ///
    /// Early data that the configuration takes is kept until the handshake is done, and read from the stream first: it is
    /// the client's own then and no copy, and takes as long as other data. Any client that has a ticket can have a
    /// connection keep as much as [`max_size`](tls_core::ServerConfigBuilder::early_data), for as long as a handshake may
    /// take: choose it by how many handshakes there can be at a time. To have early data as it comes, see
    /// [`accept_with_early_data`](Self::accept_with_early_data).
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

    /// As [`accept`](Self::accept), but where early data is accepted, the stream is there at once, and begins with it. The
    /// handshake goes on as the stream is read, is shut down, or [waits for it](TlsStream::finish_handshake); until it is
    /// [done](TlsStream::is_handshake_done), what is read may be a copy of what a client once sent, and what it asks for
    /// should be done only if doing it again does no harm. Answers may be written meanwhile.
    ///
    /// The handshake timeout ends where the stream begins.
    pub fn accept_with_early_data<IO>(
        &self,
        io: IO,
    ) -> impl Future<Output = Result<TlsStream<IO>, HandshakeError<IO>>> + use<IO>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let Self { config, settings } = self.clone();
        async move {
            let connection = Connection::server(config, UnixTime::now());
            let is_early =
                |connection: &Connection| !connection.is_handshaking() || connection.early_facts().is_some();
            let mut stream = handshake::run_with(connection, io, settings, |_| Ok(()), is_early).await?;
            stream.begin_early();
            Ok(stream)
        }
    }
}
