//! The peers to be measured against.

mod openssl;
mod openssl_resuming;
mod polled;
mod rustls;
mod s2n;

pub use openssl::OpenSsl;
pub use openssl_resuming::{EitherEnd, OpenSslResuming};
pub use polled::{Lent, Polled};
pub use rustls::Rustls;
pub use s2n::S2n;
