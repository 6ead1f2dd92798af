//! AWS KMS as the SDK finds it.

use std::path::Path;
use std::sync::Arc;

use aws_config::BehaviorVersion;
use tls_core::{ClientConfig, Identity};
use tls_tokio::signer::kms::aws_sdk_kms::config::Builder;
use tls_tokio::signer::kms::{KmsSigner, SdkHttpClient};
use tls_tokio::signer::{Limits, Metrics, Retries, Signer, SignerExt};

use crate::failure::Failure;
use crate::trust::Trust;

/// Finds a key by its name, at this URL or at the region's, and holds it against a certificate's.
pub(super) async fn open(
    name: &str,
    endpoint: Option<&str>,
    identity: Identity,
    cert: &Path,
) -> Result<(Identity, Arc<dyn Signer>), Failure> {
    let failed =
        |why: String| Failure::set_up("kms_failed", format!("the private key of {}: {why}", cert.display()));
    // In FIPS mode there are no keys in KMS.
    let client = ClientConfig::builder()
        .permit_unapproved()
        .server_verification(Trust::default().of_servers()?)
        .build()
        .map_err(|error| Failure::set_up("bad_configuration", error.to_string()))?;
    let found =
        aws_config::defaults(BehaviorVersion::latest()).http_client(SdkHttpClient::new(client)).load().await;
    if found.region().is_none_or(|region| region.as_ref().is_empty()) {
        return Err(failed(
            "no AWS region is set: name it in the environment variable AWS_REGION, or in a profile".into(),
        ));
    }
    let mut config = Builder::from(&found);
    if let Some(url) = endpoint {
        config = config.endpoint_url(url);
    }
    let signer = KmsSigner::new(config.build(), [name]).await.map_err(|error| failed(error.to_string()))?;
    let identity = signer.identity(identity).map_err(|failure| failed(failure.to_string()))?;
    // KMS declines what is above an account's rate, which others use, too.
    let metrics = Metrics::new();
    let limited = signer.with_limit(Limits::new(256, 1024).adapting_from(4), &metrics);
    Ok((identity, Arc::new(limited.with_retries(Retries::default(), &metrics))))
}
