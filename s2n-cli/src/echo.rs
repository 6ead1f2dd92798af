//! Both ways at once: input to the peer, the peer to output.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;

use crate::failure::{Failure, plain};

/// A record's worth.
const CHUNK: usize = 1 << 14;

/// How long to look for the peer's reason after a write to it has failed.
const REASON_WAIT: Duration = Duration::from_secs(1);

/// How long a peer may take to answer our close_notify when nothing more is expected from it.
const CLOSE_WAIT: Duration = Duration::from_secs(5);

/// Where the bytes for a peer come from.
pub(crate) trait Input {
    /// The next bytes; `None` if there will be no more, and the peer should know.
    fn next(&mut self) -> impl Future<Output = io::Result<Option<Arc<[u8]>>>> + Send;
}

/// This program's standard input.
#[derive(Debug)]
pub(crate) struct Stdin(tokio::io::Stdin);

impl Stdin {
    pub(crate) fn new() -> Self {
        Self(tokio::io::stdin())
    }
}

impl Input for Stdin {
    async fn next(&mut self) -> io::Result<Option<Arc<[u8]>>> {
        let mut chunk = vec![0; CHUNK];
        let len = self.0.read(&mut chunk).await?;
        chunk.truncate(len);
        Ok((len > 0).then(|| chunk.into()))
    }
}

/// A share of the server's standard input. Its end is no reason to close connections: it may be /dev/null.
impl Input for mpsc::Receiver<Arc<[u8]>> {
    async fn next(&mut self) -> io::Result<Option<Arc<[u8]>>> {
        match self.recv().await {
            Some(chunk) => Ok(Some(chunk)),
            None => std::future::pending().await,
        }
    }
}

/// Where the bytes from a peer go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// To standard output.
    Stdout,
    /// Nowhere: standard output belongs to JSON.
    Discarded,
}

/// Reads so many bytes that the peer has sent.
pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin), len: usize) -> Result<Vec<u8>, Failure> {
    let mut data = vec![0; len];
    match stream.read_exact(&mut data).await {
        Ok(_) => Ok(data),
        Err(error) => Err(Failure::later("read_failed", plain(&error))),
    }
}

/// Carries bytes both ways until the peer closes. The end of the input closes our direction, and the peer may finish
/// what it has to say.
pub(crate) async fn echo(
    stream: impl AsyncRead + AsyncWrite,
    input: &mut impl Input,
    output: Output,
) -> Result<(), Failure> {
    let (mut reader, mut writer) = tokio::io::split(stream);
    {
        let mut receive = std::pin::pin!(receive(&mut reader, output));
        let sent = tokio::select! {
            received = &mut receive => Err(received),
            sent = send(&mut writer, input) => Ok(sent),
        };
        match sent {
            Ok(Ok(())) => return receive.await,
            // The peer may have said why it no longer listens.
            Ok(Err(failure)) => {
                let reason = tokio::time::timeout(REASON_WAIT, receive).await;
                return Err(reason.ok().and_then(Result::err).unwrap_or(failure));
            }
            Err(received) => received?,
        }
    }
    // The peer has closed; that it may not hear our answer does not matter to it.
    let _ = writer.shutdown().await;
    Ok(())
}

async fn send<W: AsyncWrite + Unpin>(writer: &mut W, input: &mut impl Input) -> Result<(), Failure> {
    let unreadable = |error: io::Error| {
        Failure::later("stdin_failed", format!("standard input cannot be read: {}", plain(&error)))
    };
    while let Some(chunk) = input.next().await.map_err(unreadable)? {
        write(writer, &chunk).await?;
    }
    writer.shutdown().await.map_err(|error| Failure::of_stream(&error))
}

/// Writes all of `bytes` and sees them off.
pub(crate) async fn write<W: AsyncWrite + Unpin>(writer: &mut W, bytes: &[u8]) -> Result<(), Failure> {
    let written = async {
        writer.write_all(bytes).await?;
        writer.flush().await
    };
    written.await.map_err(|error| Failure::of_stream(&error))
}

async fn receive<R: AsyncRead + Unpin>(reader: &mut R, output: Output) -> Result<(), Failure> {
    let mut stdout = tokio::io::stdout();
    let mut chunk = vec![0; CHUNK];
    loop {
        let len = reader.read(&mut chunk).await.map_err(|error| Failure::of_stream(&error))?;
        if len == 0 {
            return Ok(());
        }
        if output == Output::Discarded {
            continue;
        }
        let bytes = chunk.get(..len).unwrap_or_default();
        let printed = async {
            stdout.write_all(bytes).await?;
            stdout.flush().await
        };
        printed.await.map_err(|error| {
            Failure::later("stdout_failed", format!("standard output cannot be written: {}", plain(&error)))
        })?;
    }
}

/// Closes a connection that has nothing more to carry: close_notify, then whatever the peer still sends until it
/// closes, too, or a few seconds have passed.
pub(crate) async fn close(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> Result<(), Failure> {
    let closed = stream.shutdown().await;
    match tokio::time::timeout(CLOSE_WAIT, receive(&mut stream, Output::Discarded)).await {
        Ok(received) => received?,
        Err(_) => return Ok(()),
    }
    closed.map_err(|error| Failure::of_stream(&error))
}
