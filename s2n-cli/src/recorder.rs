//! A flight recorder: a stream that notes which records pass through it, and how many bytes.

mod framing;

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use self::framing::Framing;
pub(crate) use self::framing::{ContentType, Record};

/// Which way a record goes, seen from this end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Received,
    Sent,
}

/// One record that passed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passed {
    pub(crate) direction: Direction,
    pub(crate) record: Record,
    /// Since the recorder began.
    pub(crate) at: Duration,
}

/// More than any handshake has; the rest of a connection is only counted.
const MAX_RECORDS: usize = 64;

/// What passed.
#[derive(Clone, Debug)]
pub(crate) struct Recording {
    began: Instant,
    records: Vec<Passed>,
    received: Lane,
    sent: Lane,
}

/// One direction.
#[derive(Clone, Debug, Default)]
struct Lane {
    bytes: u64,
    framing: Framing,
}

impl Recording {
    fn new() -> Self {
        Self { began: Instant::now(), records: Vec::new(), received: Lane::default(), sent: Lane::default() }
    }

    /// The records so far, at most [`MAX_RECORDS`].
    pub(crate) fn records(&self) -> &[Passed] {
        &self.records
    }

    /// Bytes that came in, TLS's own included.
    pub(crate) fn bytes_in(&self) -> u64 {
        self.received.bytes
    }

    /// Bytes that went out, TLS's own included.
    pub(crate) fn bytes_out(&self) -> u64 {
        self.sent.bytes
    }

    /// Whether change_cipher_spec has passed: in TLS 1.3 a disguise for middleboxes.
    pub(crate) fn saw_change_cipher_spec(&self) -> bool {
        self.records.iter().any(|passed| passed.record.content_type == ContentType::CHANGE_CIPHER_SPEC)
    }

    fn note(&mut self, direction: Direction, bytes: &[u8]) {
        let at = self.began.elapsed();
        let lane = match direction {
            Direction::Received => &mut self.received,
            Direction::Sent => &mut self.sent,
        };
        lane.bytes = lane.bytes.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if self.records.len() < MAX_RECORDS {
            let records = &mut self.records;
            lane.framing.read(bytes, |record| {
                if records.len() < MAX_RECORDS {
                    records.push(Passed { direction, record, at });
                }
            });
        }
    }
}

/// A stream with a recorder on it.
#[derive(Debug)]
pub(crate) struct Recorder<IO> {
    io: IO,
    recording: Recording,
}

impl<IO> Recorder<IO> {
    pub(crate) fn new(io: IO) -> Self {
        Self { io, recording: Recording::new() }
    }

    pub(crate) fn recording(&self) -> &Recording {
        &self.recording
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Recorder<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let filled = buf.filled().len();
        let poll = Pin::new(&mut self.io).poll_read(cx, buf);
        self.recording.note(Direction::Received, buf.filled().get(filled..).unwrap_or_default());
        poll
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Recorder<IO> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.io).poll_write(cx, buf);
        if let Poll::Ready(Ok(written)) = poll {
            self.recording.note(Direction::Sent, buf.get(..written).unwrap_or_default());
        }
        poll
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.io).poll_write_vectored(cx, bufs);
        if let Poll::Ready(Ok(mut written)) = poll {
            for buf in bufs {
                let taken = written.min(buf.len());
                self.recording.note(Direction::Sent, buf.get(..taken).unwrap_or_default());
                written = written.saturating_sub(taken);
            }
        }
        poll
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
