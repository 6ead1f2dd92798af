//! The key schedule as both sides walk it, with what the key log is told on the way.

use std::sync::Arc;

use ciphersuites::{EarlySecret, ExporterSecret, HandshakeSecret, MainSecret, SharedSecret, TrafficSecret};

use crate::error::Error;
use crate::flow::Flow;
use crate::key_log::KeyLog;

/// The client's and the server's traffic secrets of one epoch.
#[derive(Debug)]
pub(crate) struct TrafficSecrets {
    pub(crate) client: TrafficSecret,
    pub(crate) server: TrafficSecret,
}

/// Tells the key log, if there is one, the secrets of the connection with this client random.
#[derive(Debug)]
pub(crate) struct SecretLog {
    key_log: Option<Arc<dyn KeyLog>>,
    client_random: [u8; 32],
}

impl SecretLog {
    pub(crate) fn new(key_log: Option<&Arc<dyn KeyLog>>, client_random: &[u8; 32]) -> Self {
        Self { key_log: key_log.cloned(), client_random: *client_random }
    }

    pub(crate) fn log(&self, label: &'static str, secret: &[u8]) {
        if let Some(key_log) = &self.key_log {
            key_log.log(label, &self.client_random, secret);
        }
    }
}

/// After ServerHello: the secrets for the rest of the handshake (RFC 9846 §7.1).
pub(crate) fn handshake_secrets(
    flow: &Flow,
    early: EarlySecret,
    shared_secret: &SharedSecret,
    log: &SecretLog,
) -> Result<(HandshakeSecret, TrafficSecrets), Error> {
    let secret = early.into_handshake(shared_secret.as_ref());
    let transcript = flow.transcript_hash()?;
    let traffic = TrafficSecrets {
        client: secret.client_traffic(&transcript),
        server: secret.server_traffic(&transcript),
    };
    log.log("CLIENT_HANDSHAKE_TRAFFIC_SECRET", traffic.client.expose());
    log.log("SERVER_HANDSHAKE_TRAFFIC_SECRET", traffic.server.expose());
    Ok((secret, traffic))
}

/// After the server's Finished: the secrets for application data and the exporter, and the one that those of later
/// connections come from (RFC 9846 §7.1).
pub(crate) fn application_secrets(
    flow: &Flow,
    secret: HandshakeSecret,
    log: &SecretLog,
) -> Result<(TrafficSecrets, ExporterSecret, MainSecret), Error> {
    let main = secret.into_main();
    let transcript = flow.transcript_hash()?;
    let traffic =
        TrafficSecrets { client: main.client_traffic(&transcript), server: main.server_traffic(&transcript) };
    let exporter = main.exporter(&transcript);
    log.log("CLIENT_TRAFFIC_SECRET_0", traffic.client.expose());
    log.log("SERVER_TRAFFIC_SECRET_0", traffic.server.expose());
    log.log("EXPORTER_SECRET", exporter.expose());
    Ok((traffic, exporter, main))
}
