//! Incoming records: framed, bounded, opened in place.

use std::ops::Range;

use ciphersuites::{OpeningKey, ProtocolVersion, Tls12OpeningKey};

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

/// How protected records are opened.
#[derive(Debug)]
pub(crate) enum Opener {
    /// Under the keys of TLS 1.3, which hide the content type.
    Tls13(OpeningKey),
    /// Under the keys of TLS 1.2.
    Tls12(Tls12OpeningKey),
}

impl From<OpeningKey> for Opener {
    fn from(key: OpeningKey) -> Self {
        Self::Tls13(key)
    }
}

impl From<Tls12OpeningKey> for Opener {
    fn from(key: Tls12OpeningKey) -> Self {
        Self::Tls12(key)
    }
}

/// The receiving half of the record layer.
#[derive(Debug)]
pub(crate) struct RecordReceiver {
    key: Option<Opener>,
    sequence: u64,
    /// Content of a protected record that is accepted, in bytes.
    max_fragment: usize,
    /// The same, under the next key.
    next_max_fragment: usize,
    /// Content of a record that is not protected.
    max_plaintext: usize,
    empty_records: u8,
    heard: bool,
    /// Whether a protected record has been opened, under any key.
    opened: bool,
    skippable_early_data: Option<usize>,
}

impl Default for RecordReceiver {
    fn default() -> Self {
        Self {
            key: None,
            sequence: 0,
            max_fragment: limits::MAX_FRAGMENT,
            next_max_fragment: limits::MAX_FRAGMENT,
            max_plaintext: limits::MAX_FRAGMENT,
            empty_records: 0,
            heard: false,
            opened: false,
            skippable_early_data: None,
        }
    }
}

impl RecordReceiver {
    /// Opens what follows under `key`; the sequence starts anew (RFC 9846 §5.3).
    //= 9846:5.3 sequence
    pub(crate) fn set_key(&mut self, key: impl Into<Opener>) {
        self.key = Some(key.into());
        self.sequence = 0;
        self.max_fragment = self.next_max_fragment;
    }

    /// The peer was told to send no more content than this in a protected record, in bytes. What a renegotiation says
    /// holds for its own keys (RFC 8449 §4).
    pub(crate) fn limit_fragment(&mut self, len: usize) {
        self.next_max_fragment = len;
        if !matches!(self.key, Some(Opener::Tls12(_))) {
            self.max_fragment = len;
        }
    }

    /// The peer agreed to send no more content than this in a record that is not protected, either.
    pub(crate) fn limit_plaintext(&mut self, len: usize) {
        self.max_plaintext = len;
    }

    /// The client may be sending early data that this server does not accept: read past it
    /// (RFC 9846 §4.3.10), up to so many bytes.
    pub(crate) fn skip_early_data(&mut self, max_len: usize) {
        self.skippable_early_data = Some(max_len);
    }

    /// What comes under the key in use is early data: its sender does not know what it will be told of limits.
    pub(crate) fn forget_limit(&mut self) {
        self.max_fragment = limits::MAX_FRAGMENT;
    }

    /// Whether records are opened under some key.
    pub(crate) fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// Takes the record at the front of `input`, decrypting it in place. `None`: it is not all there yet.
    //= 9846:4.3.10 errors
    //= 9846:5.1 record-version-ignored
    //= 9846:5.3 wrap
    pub(crate) fn next(&mut self, input: &mut [u8]) -> Result<Option<Record>, Error> {
        if !self.heard {
            self.hear(input)?;
        }
        let Some((header, rest)) = input.split_first_chunk_mut::<HEADER_LEN>() else { return Ok(None) };
        let &mut [content_type, _, _, high, low] = header;
        let content_type = ContentType(content_type);
        let body_len = usize::from(u16::from_be_bytes([high, low]));
        if body_len > self.max_body(content_type) {
            return Err(Cause::RecordOverflow.into());
        }
        let Some(body) = rest.get_mut(..body_len) else { return Ok(None) };
        let len = HEADER_LEN + body_len;
        let opened = match (&self.key, content_type) {
            (Some(Opener::Tls13(key)), ContentType::APPLICATION_DATA) => {
                open13(key, self.sequence, header, body, self.max_fragment)
            }
            (Some(Opener::Tls12(key)), _) => open12(key, self.sequence, header, body),
            _ => return self.take_plaintext(content_type, body_len),
        };
        let (content_type, content) = match opened {
            Ok(opened) => opened,
            Err(error) => return self.skip(len, error).map(Some),
        };
        if content.len() > self.max_fragment {
            return Err(Cause::RecordOverflow.into());
        }
        self.sequence = self.sequence.checked_add(1).ok_or_else(|| Error::from(Cause::Crypto))?;
        self.opened = true;
        self.skippable_early_data = None;
        self.count_if_empty(content_type, content.len())?;
        let content = HEADER_LEN + content.start..HEADER_LEN + content.end;
        Ok(Some(Record { content_type, content, len, is_skipped: false }))
    }

    /// The most that the body of a record of this type may be, in bytes: known before it has arrived.
    //= 9846:5.1 plaintext-length
    //= 9846:5.2 ciphertext-length
    fn max_body(&self, content_type: ContentType) -> usize {
        match (&self.key, content_type) {
            (Some(Opener::Tls12(_)), _) => limits::MAX_CIPHERTEXT_12,
            (_, ContentType::APPLICATION_DATA) => limits::MAX_CIPHERTEXT,
            _ => self.max_plaintext,
        }
    }

    /// A record that is not protected: its own place, or an exception to the rule that it should be.
    fn take_plaintext(
        &mut self,
        content_type: ContentType,
        body_len: usize,
    ) -> Result<Option<Record>, Error> {
        let len = HEADER_LEN + body_len;
        match (content_type, &self.key) {
            (ContentType::APPLICATION_DATA, _) => {
                let error = Cause::UnexpectedRecord("application data before the handshake").into();
                return self.skip(len, error).map(Some);
            }
            // A second ClientHello: early data comes before it or not at all.
            (ContentType::HANDSHAKE, None) => self.skippable_early_data = None,
            (ContentType::CHANGE_CIPHER_SPEC, _) | (_, None) => {}
            // A peer that has no keys yet cannot but say in the clear why it gives up.
            (ContentType::ALERT, Some(_)) if !self.opened => {}
            (_, Some(_)) => return Err(Cause::UnexpectedRecord("an unprotected record").into()),
        }
        self.count_if_empty(content_type, body_len)?;
        Ok(Some(Record { content_type, content: HEADER_LEN..len, len, is_skipped: false }))
    }

    /// Judges by the first bytes whether the peer speaks TLS at all.
    //= 9846:E.5 ssl2-hello
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

    /// Reads past a record, if it can be early data that is not accepted; else it is the error that it is.
    //= 9846:4.3.10 three-ways
    #[cold]
    fn skip(&mut self, len: usize, error: Error) -> Result<Record, Error> {
        let Some(budget) = &mut self.skippable_early_data else { return Err(error) };
        match budget.checked_sub(len) {
            Some(left) => *budget = left,
            None => return Err(Cause::TooMany("bytes of early data that was not accepted").into()),
        }
        Ok(Record { content_type: ContentType::APPLICATION_DATA, content: len..len, len, is_skipped: true })
    }

    //= 9846:5.1 no-empty-handshake
    fn count_if_empty(&mut self, content_type: ContentType, content_len: usize) -> Result<(), Error> {
        if content_len > 0 {
            // An alert that changes nothing is no progress.
            if content_type != ContentType::ALERT {
                self.empty_records = 0;
            }
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

/// Opens a record of TLS 1.3 in place: its true content type, and where its content lies (RFC 9846 §5.2, §5.4).
/// Content type and padding count against a limit, too (RFC 8449 §4).
//= 9846:5 ccs-other
//= 9846:5 types-received
//= 9846:5.2 does-not-open
//= 9846:5.4 scan
//= 9846:5.4 inner-length
#[inline]
fn open13(
    key: &OpeningKey,
    sequence: u64,
    header: &[u8; HEADER_LEN],
    body: &mut [u8],
    max_fragment: usize,
) -> Result<(ContentType, Range<usize>), Error> {
    let inner_len = key.open_in_place(sequence, header, body).map_err(|_| Cause::BadRecord)?;
    if inner_len > max_fragment + 1 {
        return Err(Cause::RecordOverflow.into());
    }
    let inner = body.get(..inner_len).unwrap_or_default();
    let last = inner.iter().rposition(|byte| *byte != 0);
    match last.and_then(|last| Some((last, *inner.get(last)?))) {
        Some((content_len, content_type)) => match ContentType(content_type) {
            content_type @ (ContentType::ALERT | ContentType::HANDSHAKE | ContentType::APPLICATION_DATA) => {
                Ok((content_type, 0..content_len))
            }
            _ => Err(Cause::UnexpectedRecord("a protected record of a type that is never protected").into()),
        },
        None => Err(Cause::UnexpectedRecord("a protected record without a content type").into()),
    }
}

/// Opens a record of TLS 1.2 in place: where its content lies (RFC 5246 §6.2.3).
#[inline]
fn open12(
    key: &Tls12OpeningKey,
    sequence: u64,
    header: &[u8; HEADER_LEN],
    body: &mut [u8],
) -> Result<(ContentType, Range<usize>), Error> {
    let &[content_type, major, minor, _, _] = header;
    // The version is authenticated as what it must be, not as what the header says.
    if [major, minor] != ProtocolVersion::TLS1_2.0.to_be_bytes() {
        return Err(Cause::BadRecord.into());
    }
    let content = key.open_in_place(sequence, content_type, body).map_err(|_| Cause::BadRecord)?;
    Ok((ContentType(content_type), content))
}
