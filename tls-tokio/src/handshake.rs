//! The handshake, from either side: bytes both ways until it is done, has failed, or has taken too long.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tls_core::{Connection, Error, Event, MAX_RECORD};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use crate::error::{HandshakeError, HandshakeFailure};
use crate::operations::Helpers;
use crate::stream::{EofPolicy, Progress, Side, TlsState, TlsStream};

/// Slow links and far servers need a second or two; an attacker who holds connections open gets no more than this.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// What a failed handshake waits for its alert to be taken: it is a courtesy, and the socket nearly always has room.
const ALERT_TIMEOUT: Duration = Duration::from_secs(1);

/// What connectors and acceptors have in common.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) timeout: Option<Duration>,
    pub(crate) eof_policy: EofPolicy,
    /// Nobody, where the configuration needs nobody.
    pub(crate) helpers: Option<Arc<Helpers>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { timeout: Some(DEFAULT_TIMEOUT), eof_policy: EofPolicy::Strict, helpers: None }
    }
}

impl Settings {
    pub(crate) fn helpers_mut(&mut self) -> &mut Helpers {
        Arc::make_mut(self.helpers.get_or_insert_default())
    }
}

/// The setters that both ends have.
macro_rules! settings_setters {
    () => {
        /// How long a handshake may take, from its first byte to its last; `None`: forever. With a timeout, tokio's time
        /// driver must be enabled.
        #[must_use]
        pub fn handshake_timeout(mut self, timeout: impl Into<Option<std::time::Duration>>) -> Self {
            self.settings.timeout = timeout.into();
            self
        }

        /// What the end of the transport means if the peer has not sent close_notify.
        #[must_use]
        pub fn eof_policy(mut self, policy: crate::stream::EofPolicy) -> Self {
            self.settings.eof_policy = policy;
            self
        }

        /// Who signs with the private keys of identities that have none with them
        /// ([`Identity::from_public_pem`](tls_core::Identity::from_public_pem)).
        #[must_use]
        pub fn signer(mut self, signer: impl crate::signer::Signer + 'static) -> Self {
            self.settings.helpers_mut().signer = Some(std::sync::Arc::new(signer));
            self
        }

        /// Who judges the peer's certificates, where the configuration asks.
        #[must_use]
        pub fn verifier(mut self, verifier: impl crate::operations::CertificateVerifier + 'static) -> Self {
            self.settings.helpers_mut().verifier = Some(std::sync::Arc::new(verifier));
            self
        }

        /// Who finds sessions and keeps them, or opens tickets, where the configuration has `sessions_elsewhere`.
        #[must_use]
        pub fn session_cache(mut self, cache: impl crate::sessions::SessionCache + 'static) -> Self {
            self.settings.helpers_mut().sessions = Some(std::sync::Arc::new(cache));
            self
        }
    };
}

pub(crate) use settings_setters;

/// Runs a handshake over `io`, to a stream or to an error that gives `io` back.
pub(crate) async fn run<IO>(
    connection: Result<Connection, Error>,
    io: IO,
    settings: Settings,
) -> Result<TlsStream<IO>, HandshakeError<IO>>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    run_with(connection, io, settings, |_| Ok(()), |connection| !connection.is_handshaking()).await
}

/// As [`run`], with something to do whenever the handshake has gone on, until it is done in the caller's sense.
pub(crate) async fn run_with<IO>(
    connection: Result<Connection, Error>,
    io: IO,
    settings: Settings,
    mut attend: impl FnMut(&mut TlsState) -> Result<(), Error>,
    is_done: fn(&Connection) -> bool,
) -> Result<TlsStream<IO>, HandshakeError<IO>>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let connection = match connection {
        Ok(connection) => connection,
        Err(error) => return Err(HandshakeError::new(HandshakeFailure::Tls(error), io, Vec::new())),
    };
    let mut stream = TlsStream::new(io, connection, &settings);
    let outcome = match settings.timeout {
        None => poll_fn(|cx| poll_handshake(&mut stream, cx, &mut attend, is_done)).await,
        Some(limit) => timeout(limit, poll_fn(|cx| poll_handshake(&mut stream, cx, &mut attend, is_done)))
            .await
            .unwrap_or(Err(HandshakeFailure::TimedOut(limit))),
    };
    report(&stream, &outcome);
    match outcome {
        Ok(()) => {
            stream.first_handshake_is_done();
            Ok(stream)
        }
        Err(failure) => {
            if matches!(failure, HandshakeFailure::Tls(_)) {
                send_alert(&mut stream, settings.timeout).await;
            }
            let (io, state) = stream.into_parts();
            Err(HandshakeError::new(failure, io, state.into_unread()))
        }
    }
}

fn poll_handshake<IO>(
    stream: &mut TlsStream<IO>,
    cx: &mut Context<'_>,
    attend: &mut impl FnMut(&mut TlsState) -> Result<(), Error>,
    is_done: fn(&Connection) -> bool,
) -> Poll<Result<(), HandshakeFailure>>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        // Before what there is to send: an answer adds to it. Ready or not, the peer may have something to say.
        let _ = stream.poll_operations(cx).map_err(HandshakeFailure::Tls)?;
        attend(stream.state_mut()).map_err(HandshakeFailure::Tls)?;
        let drained = stream.poll_drain(cx, Side::Writer).map_err(HandshakeFailure::Io)?;
        if is_done(stream.connection()) {
            stream.keep_sessions();
            ready!(drained);
            return stream.poll_flush_transport(cx, Side::Writer).map_err(HandshakeFailure::Io);
        }
        if drained.is_ready() && stream.flush_is_due() {
            // A transport with a buffer of its own must not sit on the flight. It need not be waited for.
            let _ = stream.poll_flush_transport(cx, Side::Writer).map_err(HandshakeFailure::Io)?;
        }
        // While the peer does not take our flight, it may still tell why.
        let mut early_data = Vec::new();
        let read = stream.poll_fill(cx, Side::Writer, MAX_RECORD, |connection, input, progress| {
            absorb(connection, input, progress, &mut early_data)
        });
        stream.state_mut().hold_early_data(early_data);
        ready!(read).map_err(HandshakeFailure::Io)?.map_err(HandshakeFailure::Tls)?;
        if stream.is_at_eof() {
            stream.receive_eof().map_err(HandshakeFailure::Tls)?;
        }
    }
}

/// Hands `input` to the connection until the handshake is done or needs more, and early data in it to `held`.
pub(crate) fn absorb(
    connection: &mut Connection,
    input: &mut [u8],
    progress: &mut Progress,
    held: &mut Vec<u8>,
) -> Result<(), Error> {
    loop {
        let start = progress.consumed;
        let received = connection.receive(input.get_mut(start..).unwrap_or_default())?;
        progress.consumed += received.consumed;
        match received.event {
            Event::NeedsInput => {
                progress.is_starved = true;
                return Ok(());
            }
            Event::Established => return Ok(()),
            Event::EarlyData(range) => {
                progress.early_data_len += range.len();
                let data = input.get(start + range.start..start + range.end);
                held.extend_from_slice(data.unwrap_or_default());
            }
            Event::OperationPending if received.consumed == 0 => return Ok(()),
            _ => {}
        }
    }
}

/// Tells the peer why it failed, if that can be done soon.
async fn send_alert<IO>(stream: &mut TlsStream<IO>, limit: Option<Duration>)
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let mut poll_sent = |cx: &mut Context<'_>| -> Poll<io::Result<()>> {
        ready!(stream.poll_drain(cx, Side::Writer))?;
        stream.poll_flush_transport(cx, Side::Writer)
    };
    // The handshake's own error is the one to report: whether this goes well does not matter.
    match limit {
        Some(limit) => {
            let _ = timeout(limit.min(ALERT_TIMEOUT), poll_fn(poll_sent)).await;
        }
        // Without a timeout there may be no timer: one attempt.
        None => {
            let _ = poll_fn(|cx| Poll::Ready(poll_sent(cx))).await;
        }
    }
}

#[cfg(feature = "tracing")]
fn report<IO>(stream: &TlsStream<IO>, outcome: &Result<(), HandshakeFailure>) {
    match outcome {
        Ok(()) => {
            if let Some(facts) = stream.facts() {
                tracing::debug!(
                    version = %facts.version,
                    cipher_suite = %facts.cipher_suite,
                    group = %facts.group,
                    "TLS handshake done"
                );
            }
        }
        Err(HandshakeFailure::Tls(error)) => {
            tracing::debug!(code = error.code(), %error, "TLS handshake failed")
        }
        Err(failure) => tracing::debug!(%failure, "TLS handshake failed"),
    }
}

#[cfg(not(feature = "tracing"))]
fn report<IO>(_: &TlsStream<IO>, _: &Result<(), HandshakeFailure>) {}
