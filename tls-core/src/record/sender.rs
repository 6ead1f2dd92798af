//! Outgoing records: sealed from the caller's slices into the caller's buffer.

use std::io::IoSlice;
use std::num::NonZeroU16;

use ciphersuites::{SealingKey, TAG_LEN, Tls12SealingKey};

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
    /// Zero bytes that follow the content type of a record with so much content, of at most `max_fragment`.
    fn len(self, content_len: usize, max_fragment: usize) -> usize {
        let inner = content_len + 1;
        match self {
            Self::None => 0,
            Self::Multiple(multiple) => {
                inner.next_multiple_of(multiple.get().into()).min(max_fragment + 1).saturating_sub(inner)
            }
        }
    }

    /// How much of the content a record takes that has room for so much content and padding: padding is never cut
    /// short for want of room.
    //= 9846:5.2 ciphertext-length
    //= 9846:5.4 inner-length
    fn fit(self, content_len: usize, room: usize, max_fragment: usize) -> usize {
        match self {
            Self::Multiple(multiple) if content_len + self.len(content_len, max_fragment) > room => {
                let inner = room + 1;
                (inner - inner % usize::from(multiple.get())).saturating_sub(1)
            }
            _ => content_len,
        }
    }
}

/// How records are sealed.
#[derive(Debug)]
pub(crate) enum Sealer {
    /// Under the keys of TLS 1.3, which hide the content type.
    Tls13(SealingKey),
    /// Under the keys of TLS 1.2.
    Tls12(Tls12SealingKey),
}

impl From<SealingKey> for Sealer {
    fn from(key: SealingKey) -> Self {
        Self::Tls13(key)
    }
}

impl From<Tls12SealingKey> for Sealer {
    fn from(key: Tls12SealingKey) -> Self {
        Self::Tls12(key)
    }
}

/// The sending half of the record layer.
#[derive(Debug)]
pub(crate) struct RecordSender {
    key: Option<Sealer>,
    sequence: u64,
    padding: RecordPadding,
    max_fragment: usize,
    /// The same, under the next key.
    next_max_fragment: usize,
    version: [u8; 2],
}

impl Default for RecordSender {
    fn default() -> Self {
        let (padding, max_fragment) = (RecordPadding::None, limits::MAX_FRAGMENT);
        let next_max_fragment = max_fragment;
        Self { key: None, sequence: 0, padding, max_fragment, next_max_fragment, version: [3, 3] }
    }
}

impl RecordSender {
    pub(crate) fn set_padding(&mut self, padding: RecordPadding) {
        self.padding = padding;
    }

    /// The first ClientHello of a connection goes out as TLS 1.0, for the sake of old middleboxes
    /// (RFC 9846 §5.1); everything else as TLS 1.2.
    pub(crate) fn set_legacy_version(&mut self, version: [u8; 2]) {
        self.version = version;
    }

    /// Seals what follows under `key`; the sequence starts anew (RFC 9846 §5.3).
    pub(crate) fn set_key(&mut self, key: impl Into<Sealer>) {
        self.key = Some(key.into());
        self.sequence = 0;
        self.max_fragment = self.next_max_fragment;
    }

    /// What follows is not protected.
    pub(crate) fn remove_key(&mut self) {
        self.key = None;
        self.sequence = 0;
    }

    /// Content that fits one record, in bytes.
    pub(crate) fn max_fragment(&self) -> usize {
        self.max_fragment
    }

    /// The peer wants records with no more content than this, in bytes: less than before at once (RFC 6066 §4), more
    /// only under the next key (RFC 8449 §4).
    pub(crate) fn limit_fragment(&mut self, len: usize) {
        self.max_fragment = self.max_fragment.min(len);
        self.next_max_fragment = len;
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
        let sealed = self.seal_content(out, start, content_type);
        if sealed.is_err() {
            // An alert may follow, and all that is there is sent with it: what is not sealed must not be.
            out.truncate(start);
        }
        sealed
    }

    fn seal_content(
        &mut self,
        out: &mut Vec<u8>,
        start: usize,
        content_type: ContentType,
    ) -> Result<(), Error> {
        let body_start = start + HEADER_LEN;
        let content_len = out.len().saturating_sub(body_start);
        let mut outer = content_type;
        match &self.key {
            Some(Sealer::Tls13(_)) if content_type != ContentType::CHANGE_CIPHER_SPEC => {
                outer = ContentType::APPLICATION_DATA;
                out.push(content_type.0);
                out.resize(out.len() + self.padding.len(content_len, self.max_fragment) + TAG_LEN, 0);
            }
            Some(Sealer::Tls12(key)) => {
                out.splice(body_start..body_start, std::iter::repeat_n(0, key.prefix_len()));
                out.resize(body_start + key.sealed_len(content_len), 0);
            }
            _ => {}
        }
        let record = out.get_mut(start..).unwrap_or_default();
        let Some((header, body)) = record.split_first_chunk_mut::<HEADER_LEN>() else {
            return Err(Cause::Oversized.into());
        };
        *header = record_header(outer, self.version, body.len())?;
        match &self.key {
            Some(Sealer::Tls13(key)) if outer == ContentType::APPLICATION_DATA => {
                key.seal_in_place(self.sequence, header, body)?;
            }
            Some(Sealer::Tls12(key)) => key.seal_in_place(self.sequence, outer.0, content_len, body)?,
            _ => return Ok(()),
        }
        self.count()
    }

    fn count(&mut self) -> Result<(), Error> {
        self.sequence = self.sequence.checked_add(1).ok_or_else(|| Error::from(Cause::Crypto))?;
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
        let (content_len, body_len, overhead) = match &self.key {
            Some(Sealer::Tls13(_)) => {
                let Some(room) = out.len().checked_sub(OVERHEAD) else { return Ok((0, 0)) };
                let room = room.min(self.max_fragment);
                let content_len = self.padding.fit(room.min(data.remaining()), room, self.max_fragment);
                let padding = self.padding.len(content_len, self.max_fragment);
                (content_len, content_len + OVERHEAD - HEADER_LEN + padding, OVERHEAD)
            }
            Some(Sealer::Tls12(key)) => {
                // A CBC suite's padding depends on the content: the most it can be is a block more than on nothing.
                let overhead = HEADER_LEN + key.sealed_len(0) + 16;
                let Some(room) = out.len().checked_sub(overhead) else { return Ok((0, 0)) };
                let content_len = room.min(self.max_fragment).min(data.remaining());
                (content_len, key.sealed_len(content_len), overhead)
            }
            None => return Err(Cause::Crypto.into()),
        };
        if content_len == 0 || out.len() < overhead {
            return Ok((0, 0));
        }
        let total = HEADER_LEN + body_len;
        let record = out.get_mut(..total).unwrap_or_default();
        let Some((header, body)) = record.split_first_chunk_mut::<HEADER_LEN>() else { return Ok((0, 0)) };
        *header = record_header(ContentType::APPLICATION_DATA, self.version, body_len)?;
        match &self.key {
            Some(Sealer::Tls13(key)) => seal13(key, self.sequence, header, data, content_len, body)?,
            Some(Sealer::Tls12(key)) => seal12(key, self.sequence, data, content_len, body)?,
            None => {}
        }
        self.count()?;
        Ok((content_len, total))
    }
}

/// Content, content type and padding of TLS 1.3 (RFC 9846 §5.2, §5.4).
//= 9846:5.4 zeros
#[inline]
fn seal13(
    key: &SealingKey,
    sequence: u64,
    header: &[u8; HEADER_LEN],
    data: &mut Gather<'_, '_>,
    content_len: usize,
    body: &mut [u8],
) -> Result<(), Error> {
    let is_padded = body.len() > content_len + 1 + TAG_LEN;
    if let (Some(content), false) = (data.contiguous(content_len), is_padded) {
        key.seal(sequence, header, content, &[ContentType::APPLICATION_DATA.0], body)?;
        data.advance(content_len);
        return Ok(());
    }
    data.copy_to(body.get_mut(..content_len).unwrap_or_default());
    let tail = body.get_mut(content_len..).unwrap_or_default();
    tail.fill(0);
    if let Some(content_type) = tail.first_mut() {
        *content_type = ContentType::APPLICATION_DATA.0;
    }
    Ok(key.seal_in_place(sequence, header, body)?)
}

/// Content of TLS 1.2 (RFC 5246 §6.2.3).
#[inline]
fn seal12(
    key: &Tls12SealingKey,
    sequence: u64,
    data: &mut Gather<'_, '_>,
    content_len: usize,
    body: &mut [u8],
) -> Result<(), Error> {
    let content_type = ContentType::APPLICATION_DATA.0;
    if let Some(content) = data.contiguous(content_len) {
        key.seal(sequence, content_type, content, body)?;
        data.advance(content_len);
        return Ok(());
    }
    data.copy_to(
        body.get_mut(key.prefix_len()..).and_then(|body| body.get_mut(..content_len)).unwrap_or_default(),
    );
    Ok(key.seal_in_place(sequence, content_type, content_len, body)?)
}

//= 9846:5.1 record-version
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

    /// Leaves out what is behind the first `len` bytes.
    pub(crate) fn limit(&mut self, len: usize) {
        self.remaining = self.remaining.min(len);
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
