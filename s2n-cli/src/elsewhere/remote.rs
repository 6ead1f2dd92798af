//! Private keys that a remote signer has.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tls_core::{Identity, ServerName};
use tls_tokio::signer::remote::{Endpoint, RemoteSigner};
use tls_tokio::signer::{Ejection, Failover, Hedging, Metrics, PublicKeys, Retries, Signer, SignerExt};

use crate::failure::Failure;
use crate::trust::Trust;
use crate::{heading, identity, notation, output};

/// How long a program that has just started waits before it says that its signer is not there.
const FIRST_CONTACT: Duration = Duration::from_secs(5);

/// Which remote signers have the keys, and what they and this side know each other by.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = heading::ELSEWHERE)]
pub(crate) struct RemoteKeys {
    /// Private keys of all certificates with the signer at HOST:PORT or unix:PATH, in place of --key: see s2n signer. May be
    /// repeated for signers that have the same keys: one takes over from another
    #[arg(long, value_name = "ADDRESS", group = "own_key", conflicts_with = "key",
          requires_all = ["cert", "remote_signer_cert", "remote_signer_key", "remote_trust"])]
    remote_signer: Vec<Endpoint>,
    /// The signer's certificate comes from the CAs in this PEM file
    #[arg(long, value_name = "PEM", group = "remote_trust", requires = "remote_signer")]
    remote_signer_ca: Option<PathBuf>,
    /// The signer's certificate has this SHA-256; may be repeated
    #[arg(long, value_name = "SHA256", group = "remote_trust", requires = "remote_signer", value_parser = notation::parse_sha256)]
    remote_signer_pin: Vec<[u8; 32]>,
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
        !self.remote_signer.is_empty()
    }

    /// Begins to connect to the signers.
    pub(crate) fn start(&self, timeout: Duration) -> Result<RemoteSigners, Failure> {
        let mut signers = Vec::new();
        for endpoint in &self.remote_signer {
            signers.push((endpoint.to_string(), Arc::new(self.connect(endpoint, timeout)?)));
        }
        Ok(RemoteSigners { signers, timeout })
    }

    fn connect(&self, endpoint: &Endpoint, timeout: Duration) -> Result<RemoteSigner, Failure> {
        let (Some(cert), Some(key)) = (&self.remote_signer_cert, &self.remote_signer_key) else {
            let sentence = "--remote-signer needs --remote-signer-cert and --remote-signer-key";
            return Err(Failure::set_up("unpaired_key", sentence));
        };
        let own = identity::load(cert, key)?;
        let trust = Trust {
            ca_file: self.remote_signer_ca.as_deref(),
            pins: &self.remote_signer_pin,
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
        // Where there are others to ask, nobody waits for one that is not there.
        let patience = if self.remote_signer.len() > 1 { timeout / 10 } else { timeout };
        RemoteSigner::builder(endpoint.clone(), name, own, trust.of_servers()?)
            .timeout(timeout)
            .patience(patience)
            .start()
            .map_err(|error| Failure::set_up("bad_configuration", error.to_string()))
    }
}

/// Remote signers that have the same keys, by their addresses.
pub(crate) struct RemoteSigners {
    signers: Vec<(String, Arc<RemoteSigner>)>,
    timeout: Duration,
}

impl RemoteSigners {
    /// Waits until all are there, for who cannot do without.
    pub(crate) async fn reach(&self) -> Result<(), Failure> {
        for (_, signer) in &self.signers {
            let reached = signer.connected(FIRST_CONTACT).await;
            reached.map_err(|failure| Failure::set_up("signer_unreachable", failure.to_string()))?;
        }
        Ok(())
    }

    /// Warns of those that are not there soon. They may come later, and it may be that an address is wrong.
    pub(crate) fn warn_of_absent(&self) {
        let consequence = match self.signers.len() {
            1 => "handshakes fail until it is there",
            _ => "the others are asked until it is there",
        };
        for (_, signer) in &self.signers {
            let signer = Arc::clone(signer);
            tokio::spawn(async move {
                if let Err(failure) = signer.connected(FIRST_CONTACT).await {
                    output::diagnostic(&format!("Warning: {failure}; {consequence}"));
                }
            });
        }
    }

    /// One signer of them all for these identities' keys. Where there are several, each is given half of the time, so that
    /// there is as much for another.
    pub(crate) fn together(self, identities: &[Identity]) -> Arc<dyn Signer> {
        let Self { mut signers, timeout } = self;
        if signers.len() == 1
            && let Some((_, only)) = signers.pop()
        {
            return only;
        }
        let metrics = Metrics::new();
        let mut all = Failover::new(&PublicKeys::of(identities), Ejection::default(), &metrics);
        for (address, signer) in signers {
            all = all.endpoint(address, signer.with_deadline(timeout / 2));
        }
        let hedged = all.with_hedging(Hedging::default(), &metrics);
        Arc::new(hedged.with_retries(Retries::default(), &metrics).with_deadline(timeout))
    }
}
