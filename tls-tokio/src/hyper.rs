//! HTTPS on hyper 1: a connector for hyper-util's client, and server connections.
//!
//! The application protocol is the configuration's to offer: `.alpn(["h2", "http/1.1"])` for both. Without any,
//! clients speak HTTP/1.1, and servers what the client begins with.

mod client;
mod server;

pub use self::client::HttpsConnector;
pub use self::server::serve_connection;

use tls_core::Facts;

use crate::stream::TlsStream;

/// The application protocol that was agreed on (RFC 7301).
fn application_protocol<IO>(stream: &TlsStream<IO>) -> Option<&[u8]> {
    stream.facts().and_then(|facts: &Facts| facts.alpn.as_deref())
}

const H2: &[u8] = b"h2";
