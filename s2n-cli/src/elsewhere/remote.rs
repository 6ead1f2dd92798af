//! Private keys that a remote signer has.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tls_core::ServerName;
use tls_tokio::signer::remote::{Endpoint, RemoteSigner};

use crate::failure::Failure;
use crate::trust::Trust;
use crate::{heading, identity, notation, output};

/// How long a program that has just started waits before it says that its signer is not there.
const FIRST_CONTACT: Duration = Duration::from_secs(5);

/// Which remote signer has the keys, and what the two know each other by.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = heading::ELSEWHERE)]
pub(crate) struct RemoteKeys {
    /// Private keys of all certificates with the signer at HOST:PORT or unix:PATH, in place of --key: see s2n signer
    #[arg(long, value_name = "ADDRESS", group = "own_key", conflicts_with = "key",
          requires_all = ["cert", "remote_signer_cert", "remote_signer_key", "remote_trust"])]
    remote_signer: Option<Endpoint>,
    /// The signer's certificate comes from the CAs in this PEM file
    #[arg(long, value_name = "PEM", group = "remote_trust", requires = "remote_signer")]
    remote_signer_ca: Option<PathBuf>,
    /// The signer's certificate has this SHA-256
    #[arg(long, value_name = "SHA256", group = "remote_trust", requires = "remote_signer", value_parser = notation::parse_sha256)]
    remote_signer_pin: Option<[u8; 32]>,
    /// Name that the signer's certificate must be for, if it is not HOST; for a Unix socket, localhost unless given
    #[arg(long, value_name = "NAME", requires = "remote_signer")]
    remote_signer_name: Option<String>,
    /// Certificate chain to show to the signer, which knows this side by it
    #[arg(long, value_name = "PEM", requires = "remote_signer")]
    remote_signer_cert: Option<PathBuf>,
    /// Private key of that certificate
    #[arg(long, value_name = "PEM", requires = "remote_signer")]
    remote_signer_key: Option<PathBuf>,
}

impl RemoteKeys {
    pub(crate) fn is_given(&self) -> bool {
        self.remote_signer.is_some()
    }

    /// Begins to connect to the signer, if there is one.
    pub(crate) fn start(&self, timeout: Duration) -> Result<Option<Arc<RemoteSigner>>, Failure> {
        let (Some(endpoint), Some(cert), Some(key)) =
            (&self.remote_signer, &self.remote_signer_cert, &self.remote_signer_key)
        else {
            return Ok(None);
        };
        let own = identity::load(cert, key)?;
        let trust = Trust {
            ca_file: self.remote_signer_ca.as_deref(),
            pins: self.remote_signer_pin.as_slice(),
            ..Trust::default()
        };
        let name = match (&self.remote_signer_name, endpoint) {
            (Some(name), _) => name,
            (None, Endpoint::Tcp(host, _)) => host,
            (None, _) => "localhost",
        };
        let name = ServerName::try_from(name.to_owned()).map_err(|_| {
            let sentence =
                format!("\"{name}\" is neither a host name nor an address; see --remote-signer-name");
            Failure::set_up("bad_name", sentence)
        })?;
        let signer = RemoteSigner::builder(endpoint.clone(), name, own, trust.of_servers()?)
            .timeout(timeout)
            .patience(timeout)
            .start()
            .map_err(|error| Failure::set_up("bad_configuration", error.to_string()))?;
        Ok(Some(Arc::new(signer)))
    }
}

/// Waits until the signer is there, for who cannot do without.
pub(crate) async fn reach(signer: &RemoteSigner) -> Result<(), Failure> {
    let reached = signer.connected(FIRST_CONTACT).await;
    reached.map_err(|failure| Failure::set_up("signer_unreachable", failure.to_string()))
}

/// It may come later, and it may be that its address is wrong.
pub(crate) async fn warn_if_absent(signer: Arc<RemoteSigner>) {
    if let Err(failure) = signer.connected(FIRST_CONTACT).await {
        output::diagnostic(&format!("Warning: {failure}; handshakes fail until it is there"));
    }
}
