//! Incoming records: framed, bounded, opened in place.

use std::ops::Range;

use ciphersuites::OpeningKey;

use crate::error::{Cause, Error};
use crate::limits;
use crate::record::{ContentType, HEADER_LEN};

/// One record: where its content lies in the caller's buffer, and how long it was on the wire.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) content_type: ContentType,
    pub(crate) content: Range<usize>,
    pub(crate) len: usize,
    /// Early data that is not accepted: nothing in it counts.
    pub(crate) is_skipped: bool,
}

/// The receiving half of the record layer.
#[derive(Debug, Default)]
pub(crate) struct RecordReceiver {
    key: Option<OpeningKey>,
    sequence: u64,
    empty_records: u8,
    heard: bool,
    /// Whether a protected record has been opened, under any key.
    opened: bool,
    skippable_early_data: Option<usize>,
}

impl RecordReceiver {
    /// Opens what follows under `key`; the sequence starts anew (RFC 9846 §5.3).
    pub(crate) fn set_key(&mut self, key: OpeningKey) {
        self.key = Some(key);
        self.sequence = 0;
    }

    /// The client may be sending early data that this server does not accept: read past it
    /// (RFC 9846 §4.3.10), up to a bound.
    pub(crate) fn skip_early_data(&mut self) {
        self.skippable_early_data = Some(limits::MAX_SKIPPED_EARLY_DATA);
    }

    /// Takes the record at the front of `input`, decrypting it in place. `None`: it is not all there yet.
    pub(crate) fn next(&mut self, input: &mut [u8]) -> Result<Option<Record>, Error> {
        if !self.heard {
            self.hear(input)?;
        }
        let Some((header, rest)) = input.split_first_chunk_mut::<HEADER_LEN>() else { return Ok(None) };
        let &mut [content_type, _, _, high, low] = header;
        let content_type = ContentType(content_type);
        let body_len = usize::from(u16::from_be_bytes([high, low]));
        let limit = match content_type {
            ContentType::APPLICATION_DATA => limits::MAX_CIPHERTEXT,
            _ => limits::MAX_FRAGMENT,
        };
        if body_len > limit {
            return Err(Cause::RecordOverflow.into());
        }
        let Some(body) = rest.get_mut(..body_len) else { return Ok(None) };
        let len = HEADER_LEN + body_len;
        let (content_type, content_len) = match (content_type, &self.key) {
            (ContentType::APPLICATION_DATA, Some(key)) => match open(key, self.sequence, header, body) {
                Ok(opened) => {
                    self.sequence = self.sequence.checked_add(1).ok_or(Cause::Crypto)?;
                    self.opened = true;
                    self.skippable_early_data = None;
                    opened
                }
                Err(error) => return self.skip(len, error).map(|()| Some(skipped(len))),
            },
            (ContentType::APPLICATION_DATA, None) => {
                let error = Cause::UnexpectedRecord("application data before the handshake").into();
                return self.skip(len, error).map(|()| Some(skipped(len)));
            }
            // A peer that has no keys yet cannot but say in the clear why it gives up.
            (ContentType::ALERT, Some(_)) if !self.opened => (content_type, body_len),
            (ContentType::HANDSHAKE, None) => {
                // A second ClientHello: early data comes before it or not at all.
                self.skippable_early_data = None;
                (content_type, body_len)
            }
            (ContentType::CHANGE_CIPHER_SPEC, _) | (_, None) => (content_type, body_len),
            (_, Some(_)) => return Err(Cause::UnexpectedRecord("an unprotected record").into()),
        };
        self.count_if_empty(content_type, content_len)?;
        Ok(Some(Record {
            content_type,
            content: HEADER_LEN..HEADER_LEN + content_len,
            len,
            is_skipped: false,
        }))
    }

    /// Judges by the first bytes whether the peer speaks TLS at all.
    fn hear(&mut self, input: &[u8]) -> Result<(), Error> {
        let (is_tls, is_certain) = match input {
            [content_type, major, ..] => ((20..=24).contains(content_type) && *major == 3, true),
            [content_type] => ((20..=24).contains(content_type), false),
            [] => (true, false),
        };
        if !is_tls {
            const SHOWN: usize = 64;
            return Err(Cause::NotTls(input.iter().take(SHOWN).copied().collect()).into());
        }
        self.heard = is_certain;
        Ok(())
    }

    fn skip(&mut self, len: usize, error: Error) -> Result<(), Error> {
        match &mut self.skippable_early_data {
            Some(budget) => match budget.checked_sub(len) {
                Some(left) => *budget = left,
                None => return Err(Cause::TooMany("bytes of early data that was not accepted").into()),
            },
            None => return Err(error),
        }
        Ok(())
    }

    fn count_if_empty(&mut self, content_type: ContentType, content_len: usize) -> Result<(), Error> {
        if content_len > 0 {
            self.empty_records = 0;
            return Ok(());
        }
        if content_type != ContentType::APPLICATION_DATA {
            return Err(Cause::UnexpectedRecord("an empty record").into());
        }
        self.empty_records += 1;
        if self.empty_records > limits::MAX_EMPTY_RECORDS {
            return Err(Cause::TooMany("empty records").into());
        }
        Ok(())
    }
}

fn skipped(len: usize) -> Record {
    Record { content_type: ContentType::APPLICATION_DATA, content: len..len, len, is_skipped: true }
}

/// Opens a protected record in place: its true content type and length (RFC 9846 §5.2, §5.4).
#[inline]
fn open(
    key: &OpeningKey,
    sequence: u64,
    header: &[u8; HEADER_LEN],
    body: &mut [u8],
) -> Result<(ContentType, usize), Error> {
    let inner_len = key.open_in_place(sequence, header, body).map_err(|_| Cause::BadRecord)?;
    if inner_len > limits::MAX_INNER_PLAINTEXT {
        return Err(Cause::RecordOverflow.into());
    }
    let inner = body.get(..inner_len).unwrap_or_default();
    let last = inner.iter().rposition(|byte| *byte != 0);
    match last.and_then(|last| Some((last, *inner.get(last)?))) {
        Some((content_len, content_type)) => match ContentType(content_type) {
            content_type @ (ContentType::ALERT | ContentType::HANDSHAKE | ContentType::APPLICATION_DATA) => {
                Ok((content_type, content_len))
            }
            _ => Err(Cause::UnexpectedRecord("a protected record of a type that is never protected").into()),
        },
        None => Err(Cause::UnexpectedRecord("a protected record without a content type").into()),
    }
}
