//! The client's side of a handshake.

use std::sync::Arc;

use tls_core::{ClientConfig, Connection, ServerName, UnixTime};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::early_data::FirstData;
use crate::error::{HandshakeError, HandshakeFailure};
use crate::handshake::{self, Settings, settings_setters};
use crate::stream::{TlsState, TlsStream};

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

    /// As [`connect`](Self::connect), and writes what `first` makes: as early data, where the configuration and a session, or
    /// an external key, permit it, so that the server has it with the client's first flight; and else once the handshake is done. `first`
    /// is told the application protocol that its data is for. It is asked again only if the server takes another one
    /// than that of the session or key, and with it no early data.
    ///
    /// What was accepted is never sent again, and what was not is sent after the handshake, all of it.
    /// [`Facts::early_data`](tls_core::Facts::early_data) says which it was. Early data can be
    /// [replayed](tls_core::Connection::send_early_data) by others: it should be requests that do no harm when they are
    /// repeated.
    pub fn connect_with_early_data<IO, F>(
        &self,
        name: ServerName<'static>,
        io: IO,
        first: F,
    ) -> impl Future<Output = Result<TlsStream<IO>, HandshakeError<IO>>> + use<IO, F>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
        F: FnMut(Option<&[u8]>) -> Vec<u8>,
    {
        let Self { config, settings } = self.clone();
        async move {
            let connection = Connection::client(config, name, UnixTime::now());
            let mut first = FirstData::new(first);
            let attend = |state: &mut TlsState| first.send_early(state);
            let is_done = |connection: &Connection| !connection.is_handshaking();
            let mut stream = handshake::run_with(connection, io, settings, attend, is_done).await?;
            match first.send_rest(&mut stream).await {
                Ok(()) => Ok(stream),
                Err(error) => {
                    let (io, state) = stream.into_parts();
                    Err(HandshakeError::new(HandshakeFailure::Io(error), io, state.into_unread()))
                }
            }
        }
    }
}
