//! The traffic secrets, which only the key log gives away.

use std::sync::{Arc, Mutex, PoisonError};

use tls_core::KeyLog;

/// The first application traffic secrets of the connection, once it has them.
#[derive(Debug, Default)]
pub(crate) struct TrafficSecrets(Mutex<[Vec<u8>; 2]>);

impl TrafficSecrets {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// The client's and the server's.
    pub(crate) fn get(&self) -> [Vec<u8>; 2] {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl KeyLog for TrafficSecrets {
    fn log(&self, label: &'static str, _client_random: &[u8; 32], secret: &[u8]) {
        let [client, server] = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match label {
            "CLIENT_TRAFFIC_SECRET_0" => *client = secret.to_vec(),
            "SERVER_TRAFFIC_SECRET_0" => *server = secret.to_vec(),
            _ => {}
        }
    }
}
