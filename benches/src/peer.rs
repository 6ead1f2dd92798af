//! The peers to be measured against.

mod openssl;
mod rustls;

pub use openssl::OpenSsl;
pub use rustls::Rustls;
