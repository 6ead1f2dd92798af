//! Verification of a peer's chain: a path to a trusted root, the name, the usage, by rustls-webpki.

use std::sync::Arc;

use ciphersuites::{Hash, PublicKey, SecurityPolicy};
use pki_types::{CertificateDer, ServerName, SignatureVerificationAlgorithm, UnixTime};
use webpki::{EndEntityCert, KeyUsage};
use x509_parser::extensions;
use x509_parser::nom::Parser;
use x509_parser::oid_registry::OID_X509_EXT_KEY_USAGE;
use x509_parser::prelude::{FromDer, X509CertificateParser};

use crate::error::{Cause, CertificateError, Error};
use crate::facts::PeerCertificates;
use crate::flow::Flow;
use crate::identity::Roots;
use crate::identity::permitted::PermittedKeys;
use crate::operation::VerifyCertificate;
use crate::wire::certificate::Chain;

/// What the peer's certificate is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Usage<'n> {
    /// A server's, for this name.
    Server(&'n ServerName<'static>),
    /// A client's.
    Client,
}

/// How chains are verified: settled when the configuration is built.
#[derive(Debug)]
pub(crate) enum Verifier {
    /// By a path to one of the roots.
    Path { roots: Roots, rules: PathRules },
    /// By the leaf's SHA-256, and its kind of key.
    Pinned { pins: Vec<[u8; 32]>, keys: PermittedKeys },
    /// By the caller, and the leaf's kind of key.
    Asked(Arc<PathRules>),
    /// Not at all; possession of the key is still proven.
    Insecure,
    /// None is good enough: peers prove themselves by other means.
    NoCertificates,
}

/// What a policy permits in a path: signature algorithms, and keys.
#[derive(Debug)]
pub(crate) struct PathRules {
    algorithms: Vec<&'static dyn SignatureVerificationAlgorithm>,
    keys: PermittedKeys,
}

impl PathRules {
    fn of(policy: &SecurityPolicy) -> Self {
        let schemes = policy.certificate_signature_schemes.as_deref();
        Self { algorithms: ciphersuites::certificate_algorithms(schemes), keys: PermittedKeys::of(policy) }
    }

    /// Verifies `chain`, leaf first, by a path to one of the roots.
    //= 9846:4.5.1 extraneous
    pub(crate) fn verify_path(
        &self,
        chain: &[&[u8]],
        usage: Usage<'_>,
        roots: &Roots,
        now: UnixTime,
    ) -> Result<(), CertificateError> {
        let (leaf, intermediates) = chain.split_first().ok_or(CertificateError::Empty)?;
        let leaf_der = CertificateDer::from(*leaf);
        let end_entity = EndEntityCert::try_from(&leaf_der).map_err(path_error)?;
        verify_path(&end_entity, intermediates, usage, (roots, self), now)?;
        check_key_usage(leaf)
    }
}

/// Proof that a chain was verified as its configuration wants it. Only [`Verifier::verify`] makes one.
#[derive(Debug)]
pub(crate) struct PathVerified {
    public_key: PublicKey,
}

impl PathVerified {
    /// The leaf's key.
    pub(crate) fn public_key(&self) -> &PublicKey {
        &self.public_key
    }
}

impl Verifier {
    pub(crate) fn path(roots: Roots, policy: &SecurityPolicy) -> Self {
        Self::Path { roots, rules: PathRules::of(policy) }
    }

    pub(crate) fn asked(policy: &SecurityPolicy) -> Self {
        Self::Asked(Arc::new(PathRules::of(policy)))
    }

    pub(crate) fn pinned(pins: Vec<[u8; 32]>, policy: &SecurityPolicy) -> Self {
        Self::Pinned { pins, keys: PermittedKeys::of(policy) }
    }

    /// Verifies `chain`, leaf first, at the time `now`.
    pub(crate) async fn verify(
        &self,
        flow: &mut Flow,
        chain: &Chain<'_>,
        usage: Usage<'_>,
        now: UnixTime,
    ) -> Result<PathVerified, Error> {
        let public_key = self.check(&chain.certificates, usage, now)?;
        if let Self::Asked(rules) = self {
            let certificates = PeerCertificates::new(chain);
            flow.verify_certificate(VerifyCertificate::new(certificates, usage, now, Arc::clone(rules)))
                .await?;
        }
        Ok(PathVerified { public_key })
    }

    /// All that can be told without asking anyone. Returns the leaf's key.
    fn check(&self, chain: &[&[u8]], usage: Usage<'_>, now: UnixTime) -> Result<PublicKey, Error> {
        let (leaf, intermediates) = chain.split_first().ok_or(CertificateError::Empty)?;
        let leaf_der = CertificateDer::from(*leaf);
        let end_entity = EndEntityCert::try_from(&leaf_der).map_err(path_error)?;
        match self {
            Self::Path { roots, rules } => {
                verify_path(&end_entity, intermediates, usage, (roots, rules), now)?;
                check_key_usage(leaf)?;
            }
            Self::Asked(rules) => {
                rules.keys.check(&end_entity.subject_public_key_info())?;
                check_key_usage(leaf)?;
            }
            Self::Pinned { pins, keys } => {
                let digest = Hash::Sha256.digest(leaf);
                if !pins.iter().any(|pin| pin == digest.as_ref()) {
                    let digest = digest.as_ref().first_chunk().copied().unwrap_or_default();
                    return Err(CertificateError::NotPinned(digest).into());
                }
                keys.check(&end_entity.subject_public_key_info())?;
                check_key_usage(leaf)?;
            }
            Self::Insecure => {}
            Self::NoCertificates => return Err(Cause::NoCommonPreSharedKey.into()),
        }
        PublicKey::from_spki(&end_entity.subject_public_key_info())
            .map_err(|_| CertificateError::KeyNotSupported.into())
    }
}

fn verify_path(
    end_entity: &EndEntityCert<'_>,
    intermediates: &[&[u8]],
    usage: Usage<'_>,
    (roots, rules): (&Roots, &PathRules),
    now: UnixTime,
) -> Result<(), CertificateError> {
    let PathRules { algorithms, keys } = rules;
    let intermediates: Vec<CertificateDer<'_>> = intermediates.iter().map(|der| (*der).into()).collect();
    let key_usage = match usage {
        Usage::Server(_) => KeyUsage::server_auth(),
        Usage::Client => KeyUsage::client_auth(),
    };
    let path = end_entity
        .verify_for_usage(algorithms, roots.anchors(), &intermediates, now, key_usage, None, None)
        .map_err(path_error)?;
    keys.check(&end_entity.subject_public_key_info())?;
    for intermediate in path.intermediate_certificates() {
        keys.check(&intermediate.subject_public_key_info())?;
    }
    keys.check_contents(&path.anchor().subject_public_key_info)?;
    match usage {
        Usage::Server(name) => {
            end_entity.verify_is_valid_for_subject_name(name).map_err(|error| name_error(error, name))
        }
        Usage::Client => Ok(()),
    }
}

/// A leaf that restricts its key's usage must permit signatures (RFC 9846 §4.5.1.2).
//= 9846:4.5.1.2 leaf-signs
fn check_key_usage(leaf: &[u8]) -> Result<(), CertificateError> {
    let malformed = |_| CertificateError::Malformed;
    // To parse the other extensions would cost more than all else here.
    let mut parser = X509CertificateParser::new().with_deep_parse_extensions(false);
    let (_, certificate) = parser.parse(leaf).map_err(|_| CertificateError::Malformed)?;
    let extension = certificate.get_extension_unique(&OID_X509_EXT_KEY_USAGE).map_err(malformed)?;
    let Some(extension) = extension else { return Ok(()) };
    let (_, usage) =
        extensions::KeyUsage::from_der(extension.value).map_err(|_| CertificateError::Malformed)?;
    match usage.digital_signature() {
        true => Ok(()),
        false => Err(CertificateError::DigitalSignatureNotPermitted),
    }
}

fn name_error(error: webpki::Error, name: &ServerName<'static>) -> CertificateError {
    match error {
        webpki::Error::CertNotValidForName(context) => CertificateError::NameMismatch {
            expected: name.to_str().into_owned(),
            presented: context.presented.iter().map(|name| plain_name(name)).collect(),
        },
        other => path_error(other),
    }
}

/// webpki renders names as `DnsName("example.com")` and `IpAddress(192.0.2.1)`; a person wants what is inside.
fn plain_name(name: &str) -> String {
    let inside = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    inside.unwrap_or(name).trim_matches('"').to_owned()
}

//= 9846:4.5.1.3 md5
fn path_error(error: webpki::Error) -> CertificateError {
    use webpki::Error as Webpki;
    match error {
        Webpki::BadDer | Webpki::BadDerTime | Webpki::TrailingData(_) | Webpki::UnsupportedCertVersion => {
            CertificateError::Malformed
        }
        Webpki::CaUsedAsEndEntity => CertificateError::CaUsedAsEndEntity,
        Webpki::CertExpired { .. } => CertificateError::Expired,
        Webpki::CertNotValidYet { .. } => CertificateError::NotYetValid,
        Webpki::InvalidSignatureForPublicKey => CertificateError::BadSignature,
        Webpki::UnknownIssuer => CertificateError::UnknownIssuer,
        Webpki::RequiredEkuNotFoundContext(_) | Webpki::EmptyEkuExtension => {
            CertificateError::UnsuitableUsage
        }
        Webpki::UnsupportedSignatureAlgorithmContext(_)
        | Webpki::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => {
            CertificateError::SignatureAlgorithmNotPermitted
        }
        other => CertificateError::Other(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_as_people_write_them() {
        for (rendered, plain) in [
            ("DnsName(\"example.com\")", "example.com"),
            ("IpAddress(192.0.2.1)", "192.0.2.1"),
            ("IpAddress(2001:db8::1)", "2001:db8::1"),
            ("DirectoryName", "DirectoryName"),
        ] {
            assert_eq!(plain_name(rendered), plain);
        }
    }
}
