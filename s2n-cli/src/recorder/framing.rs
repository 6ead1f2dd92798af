//! Finding records in a stream of bytes, however it is cut (RFC 9846 §5.1).

use std::fmt;

/// Type, version and length.
const HEADER_LEN: usize = 5;

/// A record's outer content type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ContentType(pub(crate) u8);

impl ContentType {
    pub(crate) const CHANGE_CIPHER_SPEC: Self = Self(20);
    pub(crate) const ALERT: Self = Self(21);
    pub(crate) const HANDSHAKE: Self = Self(22);
    pub(crate) const APPLICATION_DATA: Self = Self(23);
}

impl fmt::Display for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::CHANGE_CIPHER_SPEC => f.write_str("change_cipher_spec"),
            Self::ALERT => f.write_str("alert"),
            Self::HANDSHAKE => f.write_str("handshake"),
            Self::APPLICATION_DATA => f.write_str("encrypted"),
            Self(other) => write!(f, "type {other}"),
        }
    }
}

/// What a record's header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) content_type: ContentType,
    /// Its length on the wire, the header included.
    pub(crate) len: usize,
}

/// Where in a stream of records one stands.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Framing {
    header: [u8; HEADER_LEN],
    header_len: usize,
    body_left: usize,
}

impl Framing {
    /// Reads on, and calls `found` with each record whose header is now complete.
    pub(crate) fn read(&mut self, mut bytes: &[u8], mut found: impl FnMut(Record)) {
        while let Some((first, rest)) = bytes.split_first() {
            if self.body_left > 0 {
                let taken = self.body_left.min(bytes.len());
                self.body_left = self.body_left.saturating_sub(taken);
                bytes = bytes.get(taken..).unwrap_or_default();
                continue;
            }
            if let Some(byte) = self.header.get_mut(self.header_len) {
                *byte = *first;
            }
            self.header_len = self.header_len.saturating_add(1);
            bytes = rest;
            if self.header_len == HEADER_LEN {
                let [content_type, _, _, high, low] = self.header;
                self.body_left = usize::from(u16::from_be_bytes([high, low]));
                self.header_len = 0;
                let len = self.body_left.saturating_add(HEADER_LEN);
                found(Record { content_type: ContentType(content_type), len });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_found_however_the_stream_is_cut() {
        let stream =
            [&[22, 3, 1, 0, 3, 9, 9, 9][..], &[20, 3, 3, 0, 1, 1], &[23, 3, 3, 0, 0], &[21, 3, 3, 0, 2]]
                .concat();
        let expected = [(22, 8), (20, 6), (23, 5), (21, 7)];
        for size in 1..=stream.len() {
            let mut framing = Framing::default();
            let mut found = Vec::new();
            for piece in stream.chunks(size) {
                framing.read(piece, |record| found.push((record.content_type.0, record.len)));
            }
            assert_eq!(found, expected, "in pieces of {size}");
        }
    }
}
