//! Records: framing, protection and their limits (RFC 9846 §5). The one place that touches sequence numbers.

mod change_cipher_spec;
mod flight;
mod inbox;
mod receiver;
mod sender;

pub use self::sender::RecordPadding;

pub(crate) use self::change_cipher_spec::ChangeCipherSpec;
pub(crate) use self::flight::Flight;
pub(crate) use self::inbox::Inbox;
pub(crate) use self::receiver::{Opener, RecordReceiver};
pub(crate) use self::sender::{Gather, RecordSender, Sealer};

use crate::code_point::code_points;
use crate::limits;

code_points! {
    /// A record's content type (RFC 9846 §5.1).
    pub(crate) struct ContentType(u8) {
        CHANGE_CIPHER_SPEC = 20 => "change_cipher_spec",
        ALERT = 21 => "alert",
        HANDSHAKE = 22 => "handshake",
        APPLICATION_DATA = 23 => "application_data",
        HEARTBEAT = 24 => "heartbeat",
    }
}

/// Type, version and length in front of each record, in bytes.
pub(crate) const HEADER_LEN: usize = 5;

/// What protection adds to the content of a record in TLS 1.3: header, content type and tag, in bytes.
pub(crate) const OVERHEAD: usize = HEADER_LEN + 1 + ciphersuites::TAG_LEN;

/// The most that protection adds in either version: header, initialisation vector, MAC and padding of a CBC suite.
const MAX_OVERHEAD: usize = HEADER_LEN + 16 + 48 + 16;

/// The largest record a peer may send, in bytes. An input buffer of this size can always be made progress on.
pub const MAX_RECORD: usize = HEADER_LEN + limits::MAX_CIPHERTEXT_12;

/// What a full record of application data takes when sealed, in bytes.
pub const MAX_SEALED_RECORD: usize = limits::MAX_FRAGMENT + MAX_OVERHEAD;
