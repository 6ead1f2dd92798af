//! KeyUpdate, RFC 9846 §4.7.3.

use crate::error::{Cause, Error};
use crate::wire::codec::Reader;

/// Whether the receiver of a KeyUpdate is to change its own sending keys, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "RFC 9846 §4.7.3 knows these two")]
pub enum KeyUpdateRequest {
    /// Only the sender's keys change.
    NotRequested,
    /// The receiver answers with a KeyUpdate of its own.
    Requested,
}

impl KeyUpdateRequest {
    //= 9846:4.7.3 value
    pub(crate) fn read(body: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(body, "KeyUpdate");
        let request = reader.u8()?;
        reader.finish()?;
        match request {
            0 => Ok(Self::NotRequested),
            1 => Ok(Self::Requested),
            _ => Err(Cause::IllegalParameter("KeyUpdate.request_update").into()),
        }
    }

    pub(crate) fn code(self) -> u8 {
        match self {
            Self::NotRequested => 0,
            Self::Requested => 1,
        }
    }
}
