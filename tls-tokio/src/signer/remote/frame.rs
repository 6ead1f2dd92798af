//! Frames: a length of four bytes, and a message of as many bytes.

use std::io;
use std::ops::Range;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::{Instant, timeout_at};

use crate::signer::remote::codec::{Malformed, Reader};

/// The longest message: a transcript of TLS 1.2 of [`MAX_MESSAGES`](super::messages12::MAX_MESSAGES), and the other
/// fields of its request.
pub(crate) const MAX_FRAME: usize = super::messages12::MAX_MESSAGES + 1024;

/// Most frames are far shorter. What a long one has taken is given back.
const USUAL_BUFFER: usize = 1 << 13;

const HEADER_LEN: usize = 4;

/// Why there is no next frame.
#[derive(Debug)]
pub(crate) enum FrameError {
    Io(io::Error),
    Malformed(Malformed),
    /// The other end took too long: this is what for.
    Late(&'static str),
}

/// How long the other end may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// From one frame to the next.
    pub(crate) silence: Duration,
    /// From a frame's first byte to its last.
    pub(crate) frame: Duration,
}

impl From<io::Error> for FrameError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Malformed> for FrameError {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

/// The frames that a reader brings. What is claimed to come costs no memory before it has come.
#[derive(Debug)]
pub(crate) struct Frames<R> {
    reader: R,
    buffer: Vec<u8>,
    /// Bytes at the front that have been handed out.
    consumed: usize,
    patience: Patience,
    /// When the frame that is under way began to arrive, or the last one was done.
    since: Instant,
}

impl<R: AsyncRead + Unpin> Frames<R> {
    pub(crate) fn new(reader: R, patience: Patience) -> Self {
        Self { reader, buffer: Vec::new(), consumed: 0, patience, since: Instant::now() }
    }

    /// The next message; `None` at the end of the stream. May be dropped and called again at any time.
    pub(crate) async fn next(&mut self) -> Result<Option<&[u8]>, FrameError> {
        loop {
            if let Some(message) = self.complete()? {
                self.consumed = message.end;
                self.since = Instant::now();
                return Ok(Some(self.buffer.get(message).unwrap_or_default()));
            }
            self.make_room();
            let is_idle = self.buffer.is_empty();
            let (limit, late) = match is_idle {
                true => (self.patience.silence, "nothing was heard for too long"),
                false => (self.patience.frame, "a frame did not arrive in time"),
            };
            let too_late = self.since.checked_add(limit).unwrap_or(self.since);
            let read = timeout_at(too_late, self.reader.read_buf(&mut self.buffer)).await;
            if read.map_err(|_| FrameError::Late(late))?? == 0 {
                return match is_idle {
                    true => Ok(None),
                    false => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
                };
            }
            if is_idle {
                self.since = Instant::now();
            }
        }
    }

    /// Where the next message is, if it is all there.
    fn complete(&self) -> Result<Option<Range<usize>>, Malformed> {
        let mut reader = Reader::new(self.buffer.get(self.consumed..).unwrap_or_default());
        let Ok(len) = reader.u32() else { return Ok(None) };
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        if len > MAX_FRAME {
            return Err(Malformed("a frame that is longer than any may be"));
        }
        let start = self.consumed.saturating_add(HEADER_LEN);
        Ok(reader.take(len).is_ok().then(|| start..start.saturating_add(len)))
    }

    fn make_room(&mut self) {
        self.buffer.drain(..self.consumed);
        self.consumed = 0;
        if self.buffer.is_empty() && self.buffer.capacity() > 4 * USUAL_BUFFER {
            self.buffer = Vec::new();
        }
        self.buffer.reserve(USUAL_BUFFER);
    }
}

/// Appends a frame with the message that `write` appends.
pub(crate) fn write_frame(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; HEADER_LEN]);
    write(out);
    let len = out.len().saturating_sub(start).saturating_sub(HEADER_LEN);
    let len = u32::try_from(len).unwrap_or(u32::MAX).to_be_bytes();
    if let Some(header) = out.get_mut(start..).and_then(|frame| frame.first_chunk_mut()) {
        *header = len;
    }
}
