//! What tickets are sealed by.

use std::path::Path;

use tls_core::ciphersuites::Hash;
use tls_core::{TicketKey, TicketKeys, UnixTime};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::trust;

/// Of a file with less nobody could know that it is hard to guess.
const MIN_LEN: usize = 32;

/// Keys made from a file, or, without one, made here as time goes by.
pub(super) fn of(file: Option<&Path>) -> Result<TicketKeys, Failure> {
    let Some(path) = file else { return Ok(TicketKeys::rotating()) };
    let failure = |why: String| Failure::set_up("bad_ticket_key", format!("{}: {why}", path.display()));
    let content = Zeroizing::new(trust::read(path, "ticket key file")?);
    if content.len() < MIN_LEN {
        let len = content.len();
        return Err(failure(format!(
            "a ticket key takes {MIN_LEN} random bytes or more, and these are {len}: make it with \
             head -c {MIN_LEN} /dev/urandom"
        )));
    }
    let (keys, now) = (TicketKeys::manual(), UnixTime::now());
    let key = TicketKey {
        name: derive(b"s2nd ticket key name", &content),
        secret: Zeroizing::new(derive(b"s2nd ticket key", &content)),
        introduced_at: now,
    };
    keys.add(key, now).map_err(|error| failure(error.to_string()))?;
    Ok(keys)
}

/// The first bytes of a digest of the content's digest and the label: what is in front has one length.
fn derive<const N: usize>(label: &[u8], content: &[u8]) -> [u8; N] {
    let content = Hash::Sha256.digest(content);
    let input = Zeroizing::new([content.as_ref(), label].concat());
    Hash::Sha256.digest(&input).as_ref().first_chunk().copied().unwrap_or([0; N])
}
