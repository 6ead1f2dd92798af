//! NewSessionTicket, RFC 9846 §4.7.1. A client that does not resume checks its form and forgets it.

use crate::error::{Cause, Error};
use crate::wire::codec::Reader;
use crate::wire::extension::Extensions;

/// Lifetimes beyond a week are forbidden, in seconds.
const MAX_LIFETIME: u32 = 604_800;

pub(crate) fn check(body: &[u8]) -> Result<(), Error> {
    let mut reader = Reader::new(body, "NewSessionTicket");
    let lifetime = reader.u32()?;
    reader.u32()?;
    reader.vec8()?;
    reader.nonempty_vec16()?;
    Extensions::read(&mut reader, "NewSessionTicket")?;
    reader.finish()?;
    if lifetime > MAX_LIFETIME {
        return Err(Cause::IllegalParameter("NewSessionTicket.ticket_lifetime of more than a week").into());
    }
    Ok(())
}
