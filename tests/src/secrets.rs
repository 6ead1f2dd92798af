//! The key log of an end, kept for the test.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use tls_core::KeyLog;

/// The secrets of the connection that began last, by label.
#[derive(Default)]
pub struct Secrets(Mutex<BTreeMap<&'static str, Logged>>);

struct Logged {
    secret: Vec<u8>,
    client_random: [u8; 32],
}

impl Secrets {
    /// The secret of this label (RFC 9850), if it has been logged.
    pub fn get(&self, label: &str) -> Option<Vec<u8>> {
        let secrets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.get(label).map(|logged| logged.secret.clone())
    }

    /// All labels that have been logged, each with the client random of its connection.
    pub fn labels(&self) -> Vec<(&'static str, [u8; 32])> {
        let secrets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.iter().map(|(label, logged)| (*label, logged.client_random)).collect()
    }

    /// Forgets everything: another connection begins.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.labels().iter().map(|(label, _)| label)).finish()
    }
}

impl KeyLog for Secrets {
    fn log(&self, label: &'static str, client_random: &[u8; 32], secret: &[u8]) {
        let mut secrets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.insert(label, Logged { secret: secret.to_vec(), client_random: *client_random });
    }
}
