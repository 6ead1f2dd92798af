//! Early data, from both sides: RFC 9846 §2.3, §4.3.10 and §4.6.

mod client;
mod server;

pub(crate) use self::client::{OfferedEarlyData, Unanswered, begin, retry};
pub(crate) use self::server::{BegunEarlyData, ReceivedEarlyData, receive};
