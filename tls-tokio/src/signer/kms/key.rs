use std::sync::Arc;

use aws_sdk_kms::Client;
use aws_sdk_kms::operation::get_public_key::GetPublicKeyOutput;
use aws_sdk_kms::types::{KeyUsageType, SigningAlgorithmSpec};
use tls_core::ciphersuites::{KeyType, PublicKey, SignatureScheme};
use tls_core::{KeyId, SignFailure, SignFailureKind};

use crate::signer::kms::error::{self, KmsError};

/// A key in KMS.
#[derive(Clone, Debug)]
pub struct KmsKey {
    id: KeyId,
    key_type: KeyType,
    arn: String,
    methods: Vec<(SignatureScheme, SigningAlgorithmSpec)>,
    made_by: Arc<str>,
}

impl KmsKey {
    /// Which key it is.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// What kind of key it is.
    pub fn key_type(&self) -> KeyType {
        self.key_type
    }

    /// What KMS calls it: its ARN.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The schemes that KMS signs by with it.
    pub fn schemes(&self) -> impl Iterator<Item = SignatureScheme> {
        self.methods.iter().map(|(scheme, _)| *scheme)
    }

    pub(super) fn made_by(&self) -> &Arc<str> {
        &self.made_by
    }

    pub(super) fn algorithm(&self, scheme: SignatureScheme) -> Option<SigningAlgorithmSpec> {
        let method = self.methods.iter().find(|(known, _)| *known == scheme);
        method.map(|(_, algorithm)| algorithm.clone())
    }

    /// Asks KMS for the public key.
    pub(super) async fn look_up(client: &Client, name: String) -> Result<Self, KmsError> {
        let answer = match client.get_public_key().key_id(&name).send().await {
            Ok(answer) => answer,
            Err(error) => return Err(KmsError::new(name, error::failure("AWS KMS", &error))),
        };
        Self::of_answer(&name, &answer).map_err(|failure| KmsError::new(name, failure))
    }

    fn of_answer(name: &str, answer: &GetPublicKeyOutput) -> Result<Self, SignFailure> {
        if let Some(usage) = answer.key_usage().filter(|usage| **usage != KeyUsageType::SignVerify) {
            let detail = format!("its usage is {usage}, and only keys for SIGN_VERIFY sign");
            return Err(SignFailure::new(SignFailureKind::Unsupported, detail));
        }
        let der = answer.public_key().map_or(&[][..], AsRef::as_ref);
        let public = PublicKey::from_spki(der).map_err(|error| {
            let detail = format!("its public key cannot be used for TLS: {error}");
            SignFailure::new(SignFailureKind::Unsupported, detail)
        })?;
        let key_type = public.key_type();
        let offered = answer.signing_algorithms();
        let methods: Vec<_> = offered
            .iter()
            .filter_map(|algorithm| Some((scheme(key_type, algorithm)?, algorithm.clone())))
            .collect();
        if methods.is_empty() {
            let names: Vec<_> = offered.iter().map(SigningAlgorithmSpec::as_str).collect();
            let detail =
                format!("TLS has no use for an {key_type} key that signs by \"{}\"", names.join(", "));
            return Err(SignFailure::new(SignFailureKind::Unsupported, detail));
        }
        let arn = answer.key_id().unwrap_or(name).to_owned();
        let made_by = format!("AWS KMS key {arn}").into();
        Ok(Self { id: KeyId::of_public_key(der), key_type, arn, methods, made_by })
    }
}

/// TLS's name for an algorithm of KMS with a key of this type. Each curve goes with its own hash only.
fn scheme(key: KeyType, algorithm: &SigningAlgorithmSpec) -> Option<SignatureScheme> {
    use SigningAlgorithmSpec as Kms;
    Some(match (key, algorithm) {
        (KeyType::EcdsaP256, Kms::EcdsaSha256) => SignatureScheme::ECDSA_SECP256R1_SHA256,
        (KeyType::EcdsaP384, Kms::EcdsaSha384) => SignatureScheme::ECDSA_SECP384R1_SHA384,
        (KeyType::EcdsaP521, Kms::EcdsaSha512) => SignatureScheme::ECDSA_SECP521R1_SHA512,
        (KeyType::Ed25519, Kms::Ed25519Sha512) => SignatureScheme::ED25519,
        (KeyType::MlDsa44, Kms::MlDsaShake256) => SignatureScheme::MLDSA44,
        (KeyType::MlDsa65, Kms::MlDsaShake256) => SignatureScheme::MLDSA65,
        (KeyType::MlDsa87, Kms::MlDsaShake256) => SignatureScheme::MLDSA87,
        (KeyType::Rsa, Kms::RsassaPssSha256) => SignatureScheme::RSA_PSS_RSAE_SHA256,
        (KeyType::Rsa, Kms::RsassaPssSha384) => SignatureScheme::RSA_PSS_RSAE_SHA384,
        (KeyType::Rsa, Kms::RsassaPssSha512) => SignatureScheme::RSA_PSS_RSAE_SHA512,
        (KeyType::Rsa, Kms::RsassaPkcs1V15Sha256) => SignatureScheme::RSA_PKCS1_SHA256,
        (KeyType::Rsa, Kms::RsassaPkcs1V15Sha384) => SignatureScheme::RSA_PKCS1_SHA384,
        (KeyType::Rsa, Kms::RsassaPkcs1V15Sha512) => SignatureScheme::RSA_PKCS1_SHA512,
        _ => return None,
    })
}
