//! The peers to be measured against.

mod openssl;
mod openssl_server;
mod rustls;

pub use openssl::OpenSsl;
pub use openssl_server::{EitherEnd, OpenSslServer};
pub use rustls::Rustls;
