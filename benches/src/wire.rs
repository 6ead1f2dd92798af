//! The memory between two ends.

use std::io::{self, ErrorKind, Read, Write};

/// What one end has written and the other can read once it is delivered. Reading copies, as from a socket, and so does
/// writing.
#[derive(Debug, Default)]
pub struct Wire {
    bytes: Vec<u8>,
    read: usize,
    delivered: usize,
}

impl Wire {
    /// An empty wire with room for so many bytes.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { bytes: Vec::with_capacity(capacity), ..Self::default() }
    }

    /// Forgets everything but its room.
    pub fn clear(&mut self) {
        self.bytes.clear();
        (self.read, self.delivered) = (0, 0);
    }

    /// Where the next byte to be written goes.
    pub fn position(&self) -> usize {
        self.bytes.len()
    }

    /// Delivers everything before this position.
    pub fn deliver(&mut self, position: usize) {
        self.delivered = position;
    }

    /// Delivers everything, and says whether there was anything.
    pub fn deliver_all(&mut self) -> bool {
        let was_any = self.delivered < self.bytes.len();
        self.deliver(self.bytes.len());
        was_any
    }

    /// Whether something was delivered and not read.
    pub fn is_readable(&self) -> bool {
        self.read < self.delivered
    }
}

impl Read for Wire {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.is_readable() {
            return Err(ErrorKind::WouldBlock.into());
        }
        let len = buffer.len().min(self.delivered - self.read);
        buffer[..len].copy_from_slice(&self.bytes[self.read..][..len]);
        self.read += len;
        Ok(len)
    }
}

impl Write for Wire {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
