//! Keys in KMS: in moto, an emulator of AWS's services, and behind endpoints that answer as they should not.

#![allow(
    clippy::as_conversions,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod answers;
mod endpoint;
mod handshakes;
mod moto;
mod signing;

use std::time::Duration;

use tests::authority::Authority;
use tls_tokio::signer::kms::SdkHttpClient;
use tls_tokio::signer::kms::aws_sdk_kms::Config;
use tls_tokio::signer::kms::aws_sdk_kms::config::{BehaviorVersion, Credentials, Region};
use tls_tokio::tls_core::ciphersuites::{Hash, KeyType, SignatureScheme};
use tls_tokio::tls_core::{ClientConfig, KeyId, Role, Roots, ServerVerification, SignPurpose, SignRequest};

/// How the service at a URL is asked. An `https` one must be of these authorities.
fn config(url: &str, roots: Option<Roots>) -> Config {
    let roots = roots.unwrap_or_else(|| Authority::new().roots());
    let client =
        ClientConfig::builder().permit_unapproved().server_verification(ServerVerification::Roots(roots));
    Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("id", "secret", None, None, "tests"))
        .endpoint_url(url)
        .http_client(SdkHttpClient::new(client.build().unwrap()))
        .build()
}

/// A wish for a signature as a server of TLS 1.3 has it.
fn request(key: KeyId, key_type: KeyType, scheme: SignatureScheme) -> SignRequest {
    let transcript_hash = Hash::Sha256.digest(b"messages");
    let purpose = SignPurpose::Tls13CertificateVerify { signer: Role::Server, transcript_hash };
    SignRequest::new(key, key_type, scheme, purpose)
}

/// A wish for a signature as a client of TLS 1.2 has it that has sent and received so many bytes.
fn long_request(key: KeyId, key_type: KeyType, scheme: SignatureScheme, len: usize) -> SignRequest {
    let messages = (0..len).map(|index| index as u8).collect();
    SignRequest::new(key, key_type, scheme, SignPurpose::Tls12CertificateVerify { messages })
}

/// What hangs has failed.
async fn in_time<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(60), future).await.expect("it hangs")
}
