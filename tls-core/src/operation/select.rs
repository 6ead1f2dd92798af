//! The configuration, chosen when the ClientHello is known.

use std::sync::Arc;

use crate::alert::AlertDescription;
use crate::client_hello::ClientHello;
use crate::config::ServerConfig;
use crate::operation::{Answer, OperationId, Reply};

/// A server's wish for the configuration to go on with: the ClientHello has arrived, and nothing has been done with it.
/// Asked of connections whose first configuration says
/// [`select_config`](crate::ServerConfigBuilder::select_config).
#[derive(Debug)]
pub struct SelectConfig {
    id: OperationId,
    client_hello: ClientHello,
}

impl SelectConfig {
    pub(crate) fn new(client_hello: ClientHello) -> Self {
        Self { id: OperationId::next(), client_hello }
    }

    /// What tells this operation from every other of the process.
    pub fn id(&self) -> OperationId {
        self.id
    }

    /// What the client offers.
    pub fn client_hello(&self) -> &ClientHello {
        &self.client_hello
    }

    /// Answers: go on with this configuration. Whether it asks for another is not looked at.
    pub fn use_config(self, config: Arc<ServerConfig>) -> Answer {
        self.answer(Ok(Some(config)))
    }

    /// Answers: go on with the one that there is.
    pub fn keep_config(self) -> Answer {
        self.answer(Ok(None))
    }

    /// Answers: this client is not served, which this alert tells it. `unrecognized_name` is for unknown names,
    /// `internal_error` for when there is no telling.
    pub fn refuse(self, alert: AlertDescription) -> Answer {
        self.answer(Err(alert))
    }

    fn answer(self, choice: ConfigChoice) -> Answer {
        Answer { id: self.id, reply: Reply::SelectConfig(choice) }
    }
}

/// Another configuration, the same, or an alert for the client.
pub(crate) type ConfigChoice = Result<Option<Arc<ServerConfig>>, AlertDescription>;
