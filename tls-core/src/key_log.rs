//! Logging of secrets for those who debug with a packet capture, RFC 9850.

use std::fmt;

/// Where secrets go if the caller asks for it. Whoever has them can read the connection.
pub trait KeyLog: Send + Sync + fmt::Debug {
    /// Takes one secret. `label` is one of RFC 9850's, `client_random` tells the connection.
    fn log(&self, label: &'static str, client_random: &[u8; 32], secret: &[u8]);
}
