//! Configuration: built once, checked when it is built, immutable and shared from then on.

mod approval;
mod client;
mod early_data;
mod pre_shared_keys;
mod server;
mod shared;

pub use self::client::{ClientConfig, ClientConfigBuilder, Renegotiation, ServerVerification};
pub use self::early_data::EarlyDataAcceptance;
pub use self::pre_shared_keys::PreSharedKeys;
pub use self::server::{ClientAuthentication, ServerConfig, ServerConfigBuilder};
pub use self::shared::ConfigError;

pub(crate) use self::early_data::ServerEarlyData;
pub(crate) use self::pre_shared_keys::ServerKeys;
pub(crate) use self::server::ClientVerification;
pub(crate) use self::shared::Shared;
