//! Keys in AWS KMS, by the AWS SDK.
//!
//! Where the service is and who asks is the SDK's to know: a [`Config`] says it, made by hand or from what the crate
//! `aws-config` finds in the environment, in profiles and on EC2. How the service is reached is this crate's:
//! [`SdkHttpClient`] gives the SDK its HTTPS.
//!
//! ```no_run
//! # use std::sync::Arc;
//! # use tls_tokio::signer::kms::{KmsSigner, SdkHttpClient, aws_sdk_kms};
//! # use tls_tokio::tls_core::{ClientConfig, Identity, ServerConfig};
//! # use tls_tokio::Acceptor;
//! # async fn acceptor(
//! #     chain: &[u8],
//! #     to_aws: Arc<ClientConfig>,
//! #     credentials: aws_sdk_kms::config::Credentials,
//! # ) -> Result<Acceptor, Box<dyn std::error::Error>> {
//! let config = aws_sdk_kms::Config::builder()
//!     .behavior_version(aws_sdk_kms::config::BehaviorVersion::latest())
//!     .region(aws_sdk_kms::config::Region::new("eu-central-1"))
//!     .credentials_provider(credentials)
//!     .http_client(SdkHttpClient::new(to_aws))
//!     .build();
//! let signer = KmsSigner::new(config, ["alias/www"]).await?;
//! let identity = signer.identity(Identity::from_public_pem(chain)?)?;
//! let config = ServerConfig::builder().identity(identity).build()?;
//! Ok(Acceptor::new(config).signer(signer))
//! # }
//! ```
//!
//! Each signature is a request over the network, and KMS limits how many an account may make: full handshakes cost one
//! each, resumed ones none.

mod error;
mod http;
mod key;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_kms::config::retry::RetryConfig;
use aws_sdk_kms::config::timeout::TimeoutConfig;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::MessageType;
use aws_sdk_kms::{Client, Config};
use tls_core::{Identity, KeyId, SignFailure, SignFailureKind, SignRequest};

pub use aws_sdk_kms;

pub use self::error::KmsError;
pub use self::http::SdkHttpClient;
pub use self::key::KmsKey;

use crate::signer::{SignFuture, Signature, Signer};

/// The longest message that KMS hashes itself.
const MAX_RAW_MESSAGE: usize = 4096;

/// How long a request may take where the configuration does not say.
const PATIENCE: Duration = Duration::from_secs(10);

/// Keys in AWS KMS.
///
/// A key is signed with by the ARN that it had when the signer was made: an alias that is given to another key later
/// does not change the key under a certificate.
///
/// A signature is one request. The SDK's own retries are off: whoever wants some puts them around this signer, where
/// they know of the handshake's deadline.
pub struct KmsSigner {
    client: Client,
    keys: HashMap<KeyId, KmsKey>,
}

impl KmsSigner {
    /// Looks up keys, each by its id, ARN, alias (`alias/...`) or alias ARN, and fetches their public halves. The
    /// credentials must permit `kms:GetPublicKey` and `kms:Sign`.
    ///
    /// All that the configuration says holds but its retries. A request may take ten seconds if it sets no
    /// `operation_timeout`. Keys of other regions or accounts want a signer of their own beside this one, in a
    /// [`KeyRing`](crate::signer::KeyRing).
    ///
    /// # Errors
    /// Says which key it is, and what KMS said or what is wrong with the key: it must be a signing key of a kind and
    /// with an algorithm that TLS has.
    pub async fn new(
        config: Config,
        keys: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<Self, KmsError> {
        let mut timeouts = config.timeout_config().cloned().unwrap_or_else(TimeoutConfig::disabled);
        timeouts.take_defaults_from(&TimeoutConfig::builder().operation_timeout(PATIENCE).build());
        let config =
            config.to_builder().retry_config(RetryConfig::disabled()).timeout_config(timeouts).build();
        let mut signer = Self { client: Client::from_conf(config), keys: HashMap::new() };
        for name in keys {
            let key = KmsKey::look_up(&signer.client, name.into()).await?;
            signer.keys.insert(key.id(), key);
        }
        Ok(signer)
    }

    /// The keys that it signs with.
    pub fn keys(&self) -> impl Iterator<Item = &KmsKey> {
        self.keys.values()
    }

    /// Narrows an identity to what KMS can sign with its key ([`Identity::only_schemes`]).
    ///
    /// # Errors
    /// None of the keys is the identity's.
    pub fn identity(&self, identity: Identity) -> Result<Identity, SignFailure> {
        let schemes: Vec<_> = self.key(identity.key_id())?.schemes().collect();
        Ok(identity.only_schemes(&schemes))
    }

    fn key(&self, id: KeyId) -> Result<&KmsKey, SignFailure> {
        self.keys.get(&id).ok_or_else(|| {
            let known: Vec<_> =
                self.keys.values().map(|key| format!("{} ({})", key.id(), key.arn())).collect();
            let detail = format!("asked for the key {id}; the keys in KMS are {}", known.join(", "));
            SignFailure::new(SignFailureKind::UnknownKey, detail)
        })
    }

    async fn request(&self, request: &SignRequest) -> Result<Signature, SignFailure> {
        let key = self.key(request.key())?;
        let scheme = request.scheme();
        let unsupported = |why: &str| {
            let detail = format!("{} does not sign {why}", key.made_by());
            SignFailure::new(SignFailureKind::Unsupported, detail)
        };
        let algorithm = key.algorithm(scheme).ok_or_else(|| unsupported(&format!("by {scheme}")))?;
        let (message_type, message) = match request.message() {
            message if message.len() <= MAX_RAW_MESSAGE => (MessageType::Raw, message.to_vec()),
            _ => {
                let (_, digest) = request.digest().ok_or_else(|| {
                    unsupported(&format!("messages over {MAX_RAW_MESSAGE} bytes by {scheme}"))
                })?;
                (MessageType::Digest, digest)
            }
        };
        let answer = self
            .client
            .sign()
            .key_id(key.arn())
            .signing_algorithm(algorithm)
            .message_type(message_type)
            .message(Blob::new(message))
            .send()
            .await
            .map_err(|error| error::failure(key.made_by(), &error))?;
        match answer.signature {
            Some(signature) => Ok(Signature::new(signature.into_inner(), Arc::clone(key.made_by()))),
            None => {
                let detail = format!("{}: the answer has no signature", key.made_by());
                Err(SignFailure::new(SignFailureKind::Failed, detail))
            }
        }
    }
}

impl Signer for KmsSigner {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        Box::pin(self.request(request))
    }
}

impl fmt::Debug for KmsSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KmsSigner").field("keys", &self.keys).finish_non_exhaustive()
    }
}
