//! How servers take early data.

use std::sync::Arc;

use crate::config::shared::{ConfigError, Shared};
use crate::limits;
use crate::session::ReplayGuard;

/// Who keeps replays of early data away (RFC 9846 §8).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum EarlyDataAcceptance {
    /// This guard, which all configurations share that have ticket keys, or external keys, in common.
    Guarded(Arc<ReplayGuard>),
    /// The caller, who is asked by [`Operation::AcceptEarlyData`](crate::Operation::AcceptEarlyData): for servers that
    /// share such keys with others.
    Asked,
}

/// How a server takes early data.
#[derive(Debug)]
pub(crate) struct ServerEarlyData {
    /// In bytes; never 0.
    pub(crate) max_size: u32,
    pub(crate) acceptance: EarlyDataAcceptance,
    pub(crate) context: Box<[u8]>,
}

impl ServerEarlyData {
    pub(crate) fn new(
        max_size: u32,
        acceptance: EarlyDataAcceptance,
        context: Vec<u8>,
        (shared, has_keys): (&Shared, bool),
    ) -> Result<Self, ConfigError> {
        shared.check_early_data(has_keys)?;
        let context = context.into_boxed_slice();
        match context.len() <= limits::MAX_EARLY_DATA_CONTEXT {
            true => Ok(Self { max_size, acceptance, context }),
            false => Err(ConfigError::EarlyDataContextTooLong),
        }
    }
}
