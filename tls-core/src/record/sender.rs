//! Outgoing records: sealed from the caller's slices into the caller's buffer.

use std::io::IoSlice;
use std::num::NonZeroU16;

use ciphersuites::{SealingKey, TAG_LEN};

use crate::error::{Cause, Error};
use crate::limits;
use crate::record::{ContentType, HEADER_LEN, OVERHEAD};

/// How records are padded to hide the length of their content (RFC 9846 §5.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordPadding {
    /// No padding.
    #[default]
    None,
    /// Content and content type are padded to a multiple of so many bytes.
    Multiple(NonZeroU16),
}

impl RecordPadding {
    /// Zero bytes that follow the content type of a record with so much content.
    fn len(self, content_len: usize) -> usize {
        let inner = content_len + 1;
        match self {
            Self::None => 0,
            Self::Multiple(multiple) => inner
                .next_multiple_of(multiple.get().into())
                .min(limits::MAX_INNER_PLAINTEXT)
                .saturating_sub(inner),
        }
    }

    /// How much of the content a record takes that has room for so much content and padding: padding is never cut
    /// short for want of room.
    fn fit(self, content_len: usize, room: usize) -> usize {
        match self {
            Self::Multiple(multiple) if content_len + self.len(content_len) > room => {
                let inner = room + 1;
                (inner - inner % usize::from(multiple.get())).saturating_sub(1)
            }
            _ => content_len,
        }
    }
}

/// The sending half of the record layer.
#[derive(Debug)]
pub(crate) struct RecordSender {
    key: Option<SealingKey>,
    sequence: u64,
    padding: RecordPadding,
    max_fragment: usize,
    version: [u8; 2],
}

impl RecordSender {
    pub(crate) fn new(padding: RecordPadding) -> Self {
        Self { key: None, sequence: 0, padding, max_fragment: limits::MAX_FRAGMENT, version: [3, 3] }
    }

    /// The first ClientHello of a connection goes out as TLS 1.0, for the sake of old middleboxes
    /// (RFC 9846 §5.1); everything else as TLS 1.2.
    pub(crate) fn set_legacy_version(&mut self, version: [u8; 2]) {
        self.version = version;
    }

    /// Seals what follows under `key`; the sequence starts anew (RFC 9846 §5.3).
    pub(crate) fn set_key(&mut self, key: SealingKey) {
        self.key = Some(key);
        self.sequence = 0;
    }

    /// Content that fits one record, in bytes.
    pub(crate) fn max_fragment(&self) -> usize {
        self.max_fragment
    }

    /// Records sealed under the key in use.
    pub(crate) fn records_sealed(&self) -> u64 {
        self.sequence
    }

    /// Appends one record to `out`. For what is small or rare: alerts, KeyUpdates, split messages.
    pub(crate) fn append(
        &mut self,
        out: &mut Vec<u8>,
        content_type: ContentType,
        content: &[u8],
    ) -> Result<(), Error> {
        let start = out.len();
        out.extend_from_slice(&[0; HEADER_LEN]);
        out.extend_from_slice(content);
        self.seal_tail(out, start, content_type)
    }

    /// Makes a record of what `out` holds from `start` on: room for a header, then content.
    pub(crate) fn seal_tail(
        &mut self,
        out: &mut Vec<u8>,
        start: usize,
        content_type: ContentType,
    ) -> Result<(), Error> {
        let content_len = out.len().saturating_sub(start + HEADER_LEN);
        if self.key.is_some() && content_type != ContentType::CHANGE_CIPHER_SPEC {
            out.push(content_type.0);
            out.resize(out.len() + self.padding.len(content_len) + TAG_LEN, 0);
        }
        let record = out.get_mut(start..).unwrap_or_default();
        self.seal_in_place(record, content_type)
    }

    fn seal_in_place(&mut self, record: &mut [u8], content_type: ContentType) -> Result<(), Error> {
        let Some((header, body)) = record.split_first_chunk_mut::<HEADER_LEN>() else {
            return Err(Cause::Oversized.into());
        };
        let outer = match self.key {
            Some(_) if content_type != ContentType::CHANGE_CIPHER_SPEC => ContentType::APPLICATION_DATA,
            _ => content_type,
        };
        *header = record_header(outer, self.version, body.len())?;
        match &self.key {
            Some(key) if outer == ContentType::APPLICATION_DATA => {
                key.seal_in_place(self.sequence, header, body)?;
                self.sequence = self.sequence.checked_add(1).ok_or(Cause::Crypto)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Seals one record of application data from the front of `data` into `out`: how many bytes of `data`
    /// it took, and how many of `out` it filled. Nothing if `out` has no room for a byte of content.
    #[inline]
    pub(crate) fn seal(
        &mut self,
        data: &mut Gather<'_, '_>,
        out: &mut [u8],
    ) -> Result<(usize, usize), Error> {
        let Some(key) = &self.key else { return Err(Cause::Crypto.into()) };
        let room = out.len().saturating_sub(OVERHEAD).min(self.max_fragment);
        let content_len = self.padding.fit(room.min(data.remaining()), room);
        if content_len == 0 {
            return Ok((0, 0));
        }
        let padding = self.padding.len(content_len);
        let total = content_len + OVERHEAD + padding;
        let Some(record) = out.get_mut(..total) else { return Ok((0, 0)) };
        let Some((header, body)) = record.split_first_chunk_mut::<HEADER_LEN>() else { return Ok((0, 0)) };
        *header = record_header(ContentType::APPLICATION_DATA, self.version, body.len())?;
        match data.contiguous(content_len) {
            Some(content) if padding == 0 => {
                key.seal(self.sequence, header, content, &[ContentType::APPLICATION_DATA.0], body)?;
                data.advance(content_len);
            }
            _ => {
                data.copy_to(body.get_mut(..content_len).unwrap_or_default());
                let tail = body.get_mut(content_len..).unwrap_or_default();
                tail.fill(0);
                if let Some(content_type) = tail.first_mut() {
                    *content_type = ContentType::APPLICATION_DATA.0;
                }
                key.seal_in_place(self.sequence, header, body)?;
            }
        }
        self.sequence = self.sequence.checked_add(1).ok_or(Cause::Crypto)?;
        Ok((content_len, total))
    }
}

#[inline]
fn record_header(
    content_type: ContentType,
    version: [u8; 2],
    body_len: usize,
) -> Result<[u8; HEADER_LEN], Error> {
    let [high, low] = u16::try_from(body_len).map_err(|_| Cause::Oversized)?.to_be_bytes();
    let [major, minor] = version;
    Ok([content_type.0, major, minor, high, low])
}

/// The caller's slices, read as one.
#[derive(Debug)]
pub(crate) struct Gather<'s, 'd> {
    slices: std::slice::Iter<'s, IoSlice<'d>>,
    current: &'s [u8],
    remaining: usize,
}

impl<'s, 'd> Gather<'s, 'd> {
    pub(crate) fn new(slices: &'s [IoSlice<'d>]) -> Self {
        let remaining = slices.iter().map(|slice| slice.len()).sum();
        let mut gather = Self { slices: slices.iter(), current: &[], remaining };
        gather.skip_empty();
        gather
    }

    pub(crate) fn remaining(&self) -> usize {
        self.remaining
    }

    fn skip_empty(&mut self) {
        while self.current.is_empty() {
            match self.slices.next() {
                Some(slice) => self.current = slice,
                None => return,
            }
        }
    }

    /// The next `len` bytes, if one slice holds them all.
    fn contiguous(&self, len: usize) -> Option<&'s [u8]> {
        self.current.get(..len)
    }

    fn advance(&mut self, len: usize) {
        self.current = self.current.get(len..).unwrap_or_default();
        self.remaining = self.remaining.saturating_sub(len);
        self.skip_empty();
    }

    fn copy_to(&mut self, mut out: &mut [u8]) {
        while !out.is_empty() && !self.current.is_empty() {
            let len = out.len().min(self.current.len());
            let (head, tail) = out.split_at_mut(len);
            head.copy_from_slice(self.current.get(..len).unwrap_or_default());
            out = tail;
            self.advance(len);
        }
    }
}
