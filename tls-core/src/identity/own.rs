//! An own certificate chain and its private key.

use std::fmt;

use ciphersuites::{Authentication, Hash, KeyError, KeyType, PrivateKey, PublicKey, SignatureScheme};
use pki_types::pem::PemObject;
use pki_types::{CertificateDer, ServerName};
use webpki::EndEntityCert;

use crate::error::Error;

/// A certificate chain and the private key of its leaf.
#[derive(Debug)]
pub struct Identity {
    certificates: Vec<CertificateDer<'static>>,
    key: PrivateKey,
}

/// Why a chain and a key do not make an identity.
#[derive(Debug)]
#[non_exhaustive]
pub enum IdentityError {
    /// The PEM holds no certificate.
    NoCertificate,
    /// The chain's PEM does not parse.
    MalformedPem(String),
    /// The certificate at this place of the chain, the leaf being 0, does not parse.
    MalformedCertificate(usize),
    /// The private key does not load.
    Key(KeyError),
    /// The leaf's public key is of a kind that is not supported.
    CertificateKey(KeyError),
    /// The private key is not the one of the leaf.
    KeyMismatch,
}

impl fmt::Display for IdentityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCertificate => f.write_str(
                "no certificate found: the file should hold PEM blocks that begin with -----BEGIN CERTIFICATE-----",
            ),
            Self::MalformedPem(why) => write!(f, "the certificate file is not valid PEM: {why}"),
            Self::MalformedCertificate(index) => {
                write!(f, "certificate {} of the chain is not a valid X.509 certificate", index + 1)
            }
            Self::Key(error) => write!(f, "the private key does not load: {error}"),
            Self::CertificateKey(error) => write!(f, "the certificate's public key cannot be used: {error}"),
            Self::KeyMismatch => f.write_str(
                "the private key does not belong to the certificate: the leaf must come first in the chain, with its own key",
            ),
        }
    }
}

impl std::error::Error for IdentityError {}

impl Identity {
    /// Takes a chain, leaf first, and the leaf's key. That the two belong together is checked here.
    pub fn new(certificates: Vec<CertificateDer<'static>>, key: PrivateKey) -> Result<Self, IdentityError> {
        let leaf = certificates.first().ok_or(IdentityError::NoCertificate)?;
        for (index, certificate) in certificates.iter().enumerate() {
            EndEntityCert::try_from(certificate).map_err(|_| IdentityError::MalformedCertificate(index))?;
        }
        let spki = subject_public_key_info(leaf).ok_or(IdentityError::MalformedCertificate(0))?;
        let public_key = PublicKey::from_spki(&spki).map_err(IdentityError::CertificateKey)?;
        if !key.matches(&public_key) {
            return Err(IdentityError::KeyMismatch);
        }
        Ok(Self { certificates, key })
    }

    /// Reads a chain, leaf first, and the leaf's key from PEM. Text around the blocks is ignored.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, IdentityError> {
        let certificates = CertificateDer::pem_slice_iter(chain)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| IdentityError::MalformedPem(error.to_string()))?;
        Self::new(certificates, PrivateKey::from_pem(key).map_err(IdentityError::Key)?)
    }

    /// The chain in DER, leaf first.
    pub fn certificates(&self) -> &[CertificateDer<'static>] {
        &self.certificates
    }

    /// SHA-256 of the leaf's DER.
    pub fn fingerprint(&self) -> [u8; 32] {
        let digest = self.certificates.first().map(|leaf| Hash::Sha256.digest(leaf));
        digest.and_then(|digest| digest.as_ref().first_chunk().copied()).unwrap_or_default()
    }

    /// Signature schemes of TLS 1.3 that the key can sign with.
    pub(crate) fn schemes(&self) -> &'static [SignatureScheme] {
        self.key.schemes()
    }

    /// Signature schemes of TLS 1.2 that the key can sign with.
    pub(crate) fn tls12_schemes(&self) -> &'static [SignatureScheme] {
        self.key.tls12_schemes()
    }

    pub(crate) fn key_type(&self) -> KeyType {
        self.key.key_type()
    }

    /// The kind of TLS 1.2 suites that the key serves, if any.
    pub(crate) fn authentication(&self) -> Option<Authentication> {
        self.key_type().authentication()
    }

    pub(crate) fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(self.key.sign(scheme, message)?)
    }

    /// Whether the leaf is for this name.
    pub(crate) fn is_for(&self, name: &ServerName<'_>) -> bool {
        self.certificates
            .first()
            .and_then(|leaf| EndEntityCert::try_from(leaf).ok())
            .is_some_and(|leaf| leaf.verify_is_valid_for_subject_name(name).is_ok())
    }
}

/// The DER of a certificate's SubjectPublicKeyInfo.
fn subject_public_key_info(certificate: &CertificateDer<'_>) -> Option<Vec<u8>> {
    Some(EndEntityCert::try_from(certificate).ok()?.subject_public_key_info().to_vec())
}
