mod transcript12;

use std::fmt;

use tls_core::ciphersuites::{Digest, ProtocolVersion, SecurityPolicy, SignatureScheme, random};
use tls_core::{Identity, KeyId, Role, SignFailure, SignFailureKind, SignPurpose, SignRequest};

use crate::signer::Signer;

/// What a signer cannot sign, of all that it may be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SelfTestError {
    /// Each, and why.
    pub failures: Vec<SelfTestFailure>,
}

/// A key and a scheme that a signer cannot sign with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SelfTestFailure {
    /// Which key.
    pub key: KeyId,
    /// By which scheme.
    pub scheme: SignatureScheme,
    /// In which version of TLS.
    pub version: ProtocolVersion,
    /// Why not.
    pub failure: SignFailure,
}

impl fmt::Display for SelfTestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the signer cannot sign all that the policy and the certificates may ask it for:")?;
        for SelfTestFailure { key, scheme, version, failure } in &self.failures {
            write!(f, "\n  key {key}, {scheme} in {version}: {failure}")?;
        }
        Ok(())
    }
}

impl std::error::Error for SelfTestError {}

/// Has a signature made by each of these identities' keys that are elsewhere, by each scheme that this policy may choose,
/// as `role` would need it in each version of TLS; and verifies it. For a program's start, and for whenever keys change:
/// what fails here would fail handshakes later, some of them only.
///
/// What is signed is random and of no connection. A scheme that the signer does not know may be left out by
/// [`Identity::only_schemes`]. Requests are made one after the other: a signer that may hang needs a deadline.
///
/// # Errors
/// All keys and schemes that fail.
pub async fn self_test<'i>(
    signer: &dyn Signer,
    identities: impl IntoIterator<Item = &'i Identity>,
    policy: &SecurityPolicy,
    role: Role,
) -> Result<(), SelfTestError> {
    let mut failures = Vec::new();
    for identity in identities.into_iter().filter(|identity| identity.is_key_elsewhere()) {
        for (version, schemes) in [
            (ProtocolVersion::TLS1_3, identity.schemes()),
            (ProtocolVersion::TLS1_2, identity.tls12_schemes()),
        ] {
            if !policy.supports(version) {
                continue;
            }
            for scheme in schemes.iter().copied().filter(|scheme| policy.signature_schemes.contains(scheme)) {
                if let Err(failure) = attempt(signer, identity, scheme, (version, role)).await {
                    failures.push(SelfTestFailure { key: identity.key_id(), scheme, version, failure });
                }
            }
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(SelfTestError { failures }) }
}

async fn attempt(
    signer: &dyn Signer,
    identity: &Identity,
    scheme: SignatureScheme,
    (version, role): (ProtocolVersion, Role),
) -> Result<(), SignFailure> {
    let no_chance = || SignFailure::new(SignFailureKind::Failed, "this process has no random numbers for it");
    let purpose = purpose(identity, version, role).ok_or_else(no_chance)?;
    let request = SignRequest::new(identity.key_id(), identity.key_type(), scheme, purpose);
    let signature = signer.sign(&request).await?;
    request.verify(identity.public_key(), &signature.bytes)
}

/// What a handshake would have signed, if all in it that varies were random.
fn purpose(identity: &Identity, version: ProtocolVersion, role: Role) -> Option<SignPurpose> {
    Some(match (version, role) {
        (ProtocolVersion::TLS1_3, signer) => {
            let transcript_hash = Digest::from_bytes(&chance::<32>()?)?;
            SignPurpose::Tls13CertificateVerify { signer, transcript_hash }
        }
        (_, Role::Server) => {
            // ServerECDHParams: a named curve, X25519, and a share of its length (RFC 8422 §5.4).
            let params = [&[3, 0, 29, 32][..], &chance::<32>()?].concat();
            let (client_random, server_random) = (chance()?, chance()?);
            SignPurpose::Tls12ServerKeyExchange { client_random, server_random, params }
        }
        (_, Role::Client) => {
            let messages = transcript12::messages(chance()?, chance()?, identity.certificates().first()?)?;
            SignPurpose::Tls12CertificateVerify { messages }
        }
    })
}

fn chance<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    random(&mut bytes).ok()?;
    Some(bytes)
}
