//! What change_cipher_spec means at a moment: nothing in TLS 1.3, a change of keys in TLS 1.2.

use crate::error::{Cause, Error};
use crate::limits;

/// What is made of a change_cipher_spec record.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ChangeCipherSpec {
    /// It is there for middleboxes; so many have been ignored (RFC 9846 §5).
    Ignored(u8),
    /// TLS 1.2 is agreed on, and its place has not come.
    Refused,
    /// Its place has come (RFC 5246 §7.1).
    Awaited,
    /// It has come in its place.
    Arrived,
    /// It has come, and what follows is under the new keys.
    Done,
}

impl ChangeCipherSpec {
    /// Takes in one record. `is_aligned`: it stands neither before the first message nor within one.
    //= 9846:5 ccs-dropped
    //= 9846:5 ccs-other
    pub(crate) fn receive(&mut self, content: &[u8], is_aligned: bool) -> Result<(), Error> {
        if content != [1] || !is_aligned {
            return Err(Cause::UnexpectedRecord("change_cipher_spec").into());
        }
        match self {
            Self::Ignored(limits::MAX_CHANGE_CIPHER_SPECS) => {
                Err(Cause::TooMany("change_cipher_spec records").into())
            }
            Self::Ignored(count) => {
                *count += 1;
                Ok(())
            }
            Self::Awaited => {
                *self = Self::Arrived;
                Ok(())
            }
            Self::Refused | Self::Arrived | Self::Done => {
                Err(Cause::UnexpectedRecord("change_cipher_spec").into())
            }
        }
    }

    /// From here on it is refused. What was ignored so far should not have come.
    pub(crate) fn refuse(&mut self) -> Result<(), Error> {
        match self {
            Self::Ignored(count) if *count > 0 => Err(Cause::UnexpectedRecord("change_cipher_spec").into()),
            _ => {
                *self = Self::Refused;
                Ok(())
            }
        }
    }

    /// Whether it has come; if not, it may from here on.
    pub(crate) fn take(&mut self) -> bool {
        let has_arrived = matches!(self, Self::Arrived);
        *self = if has_arrived { Self::Done } else { Self::Awaited };
        has_arrived
    }

    /// Whether what follows is under other keys than before.
    pub(crate) fn has_come(&self) -> bool {
        matches!(self, Self::Arrived | Self::Done)
    }

    /// Whether TLS 1.2 is agreed on.
    pub(crate) fn is_tls12(&self) -> bool {
        !matches!(self, Self::Ignored(_))
    }
}
