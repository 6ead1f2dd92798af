//! The two extensions that bound the content of records: max_fragment_length, RFC 6066 §4, and
//! record_size_limit, RFC 8449.

use crate::error::{Cause, Error};
use crate::wire::codec::{Reader, Writer};
use crate::wire::extension::{ExtensionType, write_extension};

/// The most content that records may have in either direction, by the older of the two extensions (RFC 6066 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "RFC 6066 §4 knows these four")]
pub enum MaxFragmentLength {
    /// 512 bytes.
    Bytes512,
    /// 1,024 bytes.
    Bytes1024,
    /// 2,048 bytes.
    Bytes2048,
    /// 4,096 bytes.
    Bytes4096,
}

impl MaxFragmentLength {
    const ALL: [Self; 4] = [Self::Bytes512, Self::Bytes1024, Self::Bytes2048, Self::Bytes4096];

    /// The length in bytes.
    pub fn bytes(self) -> u16 {
        match self {
            Self::Bytes512 => 512,
            Self::Bytes1024 => 1024,
            Self::Bytes2048 => 2048,
            Self::Bytes4096 => 4096,
        }
    }

    /// The variant of so many bytes, if there is one.
    pub fn from_bytes(bytes: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|length| length.bytes() == bytes)
    }

    fn code(self) -> u8 {
        match self {
            Self::Bytes512 => 1,
            Self::Bytes1024 => 2,
            Self::Bytes2048 => 3,
            Self::Bytes4096 => 4,
        }
    }

    pub(crate) fn read(mut body: Reader<'_>) -> Result<Self, Error> {
        let code = body.u8()?;
        body.finish()?;
        let known = Self::ALL.into_iter().find(|length| length.code() == code);
        known.ok_or_else(|| Cause::IllegalParameter("a max_fragment_length that is not defined").into())
    }

    pub(crate) fn write(self, writer: &mut Writer<'_>) {
        write_extension(writer, ExtensionType::MAX_FRAGMENT_LENGTH, |writer| writer.u8(self.code()));
    }
}

/// The least that may be asked for (RFC 8449 §4).
pub(crate) const MIN_RECORD_SIZE_LIMIT: u16 = 64;

pub(crate) fn read_record_size_limit(mut body: Reader<'_>) -> Result<u16, Error> {
    let limit = body.u16()?;
    body.finish()?;
    match limit < MIN_RECORD_SIZE_LIMIT {
        true => Err(Cause::IllegalParameter("a record_size_limit below 64").into()),
        false => Ok(limit),
    }
}

pub(crate) fn write_record_size_limit(writer: &mut Writer<'_>, limit: u16) {
    write_extension(writer, ExtensionType::RECORD_SIZE_LIMIT, |writer| writer.u16(limit));
}
