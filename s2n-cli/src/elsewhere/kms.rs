//! Private keys in AWS KMS.

#[cfg(feature = "aws-kms")]
mod service;

use std::path::Path;
use std::sync::Arc;

use tls_core::Identity;
use tls_tokio::signer::Signer;

use crate::failure::Failure;
use crate::heading;

/// Which keys are in AWS KMS.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = heading::ELSEWHERE)]
pub(crate) struct KmsKeys {
    /// Private key of the certificate in AWS KMS, in place of --key: its id, ARN, or alias/NAME. Region and credentials
    /// come from the environment, a profile, or the metadata of EC2 and ECS
    // The SDK's own code authenticates requests, which no FIPS module has a part in.
    #[arg(long = "kms-key", value_name = "ID", group = "own_key", conflicts_with_all = ["key", "enter_fips_mode"])]
    names: Vec<String>,
    /// URL of AWS KMS, if it is not its region's
    #[arg(long = "kms-endpoint", value_name = "URL", requires = "names")]
    endpoint: Option<String>,
}

impl KmsKeys {
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Finds the key of a certificate, which comes from this file. Returns the identity with what KMS can sign.
    #[cfg(feature = "aws-kms")]
    pub(crate) async fn open(
        &self,
        name: &str,
        identity: Identity,
        cert: &Path,
    ) -> Result<(Identity, Arc<dyn Signer>), Failure> {
        service::open(name, self.endpoint.as_deref(), identity, cert).await
    }

    #[cfg(not(feature = "aws-kms"))]
    #[expect(clippy::unused_async, reason = "the other one waits")]
    pub(crate) async fn open(
        &self,
        _: &str,
        _: Identity,
        _: &Path,
    ) -> Result<(Identity, Arc<dyn Signer>), Failure> {
        let _ = &self.endpoint;
        let sentence = "--kms-key: this program was built without AWS KMS; build it with: \
                        cargo build -p s2n-cli --features aws-kms";
        Err(Failure::set_up("not_built", sentence))
    }
}
