//! An own certificate chain and its private key, which may be elsewhere.

use std::fmt;

use ciphersuites::{
    Authentication, Hash, KeyError, KeyType, PrivateKey, PublicKey, SignatureScheme,
    certificate_signature_schemes,
};
use pki_types::pem::PemObject;
use pki_types::{CertificateDer, ServerName};
use webpki::EndEntityCert;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::error::Error;
use crate::limits;
use crate::operation::KeyId;
use crate::wire::certificate_authorities::Authorities;
use crate::wire::client_hello::ClientHello;
use crate::wire::codec::CodePoints;
use crate::wire::staples::{self, Staples};

/// A certificate chain and the private key of its leaf, or where that key is.
#[derive(Debug)]
pub struct Identity {
    certificates: Vec<CertificateDer<'static>>,
    key: Key,
    key_id: KeyId,
    public_key: PublicKey,
    is_approved_only: bool,
    /// The names of those who issued the certificates, in DER.
    issuers: Vec<Vec<u8>>,
    is_for_named_issuers_only: bool,
    ocsp_response: Vec<u8>,
    timestamps: Vec<u8>,
    /// Of each certificate that is not its own issuer: the schemes that its signature can be by.
    signatures: Vec<Vec<SignatureScheme>>,
}

/// The private key of an identity.
#[derive(Debug)]
pub(crate) enum Key {
    /// In this process's memory.
    Here(PrivateKey),
    /// With someone who is asked to sign.
    Elsewhere(KeyElsewhere),
}

/// What is known of a key that is elsewhere.
#[derive(Debug)]
pub(crate) struct KeyElsewhere {
    schemes: Vec<SignatureScheme>,
    tls12_schemes: Vec<SignatureScheme>,
    /// Whether signatures go out as they come.
    pub(crate) is_trusted: bool,
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
    /// The certificate timestamps do not parse.
    MalformedTimestamps,
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
            Self::MalformedTimestamps => f.write_str(
                "the certificate timestamps are not a SignedCertificateTimestampList as TLS has it, with its length first",
            ),
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
    //= 9846:4.5.1 leaf-first
    pub fn new(certificates: Vec<CertificateDer<'static>>, key: PrivateKey) -> Result<Self, IdentityError> {
        let (key_id, public_key) = leaf_key(&certificates)?;
        if !key.matches(&public_key) {
            return Err(IdentityError::KeyMismatch);
        }
        Ok(Self::settled(certificates, Key::Here(key), key_id, public_key))
    }

    /// Takes a chain, leaf first, whose key is elsewhere: in a token, with a remote signer. Each signature is asked for
    /// by [`Operation::Sign`](crate::Operation::Sign), and verified before it is sent.
    pub fn with_key_elsewhere(certificates: Vec<CertificateDer<'static>>) -> Result<Self, IdentityError> {
        let (key_id, public_key) = leaf_key(&certificates)?;
        let (schemes, tls12_schemes) = (public_key.schemes().to_vec(), public_key.tls12_schemes().to_vec());
        let key = KeyElsewhere { schemes, tls12_schemes, is_trusted: false };
        Ok(Self::settled(certificates, Key::Elsewhere(key), key_id, public_key))
    }

    fn settled(
        certificates: Vec<CertificateDer<'static>>,
        key: Key,
        key_id: KeyId,
        public_key: PublicKey,
    ) -> Self {
        Self {
            issuers: certificates.iter().filter_map(issuer).collect(),
            signatures: signatures(&certificates),
            certificates,
            key,
            key_id,
            public_key,
            is_approved_only: false,
            is_for_named_issuers_only: false,
            ocsp_response: Vec::new(),
            timestamps: Vec::new(),
        }
    }

    /// The same from PEM. There need be no private key in it, and if there is, it is not looked at.
    pub fn from_public_pem(chain: &[u8]) -> Result<Self, IdentityError> {
        Self::with_key_elsewhere(read_chain(chain)?)
    }

    /// Never asks for signatures by other schemes than these: those that the signer knows. A key in this process knows
    /// its own.
    #[must_use]
    pub fn only_schemes(mut self, known: &[SignatureScheme]) -> Self {
        if let Key::Elsewhere(key) = &mut self.key {
            key.schemes.retain(|scheme| known.contains(scheme));
            key.tls12_schemes.retain(|scheme| known.contains(scheme));
        }
        self
    }

    /// Sends signatures as they come from elsewhere, without verifying them first. It saves one verification in each
    /// handshake; the price is that a faulty signer's signatures are sent, which with RSA can give the key away
    /// (RFC 9846 appendix C.3).
    #[must_use]
    pub fn trust_signer(mut self) -> Self {
        if let Key::Elsewhere(key) = &mut self.key {
            key.is_trusted = true;
        }
        self
    }

    /// Presents this chain only to peers that name one of its issuers among the authorities they trust, by
    /// certificate_authorities (RFC 9846 §4.3.4) or a CertificateRequest of TLS 1.2: for a private authority's certificate
    /// beside one for everybody else. Other chains go to such peers, too, if theirs is not among them.
    #[must_use]
    pub fn only_for_named_issuers(mut self) -> Self {
        self.is_for_named_issuers_only = true;
        self
    }

    /// Staples this OCSP response about the leaf, an OCSPResponse in DER, to the chain of a server, for clients that ask for
    /// one (RFC 6066 §8, RFC 9846 §4.5.1.1); an empty one is none. It is sent as it is: whether it is the leaf's, and still valid, is for the
    /// caller to see to. Before it expires, a configuration with the next one should take the place of this.
    #[must_use]
    pub fn with_ocsp_response(mut self, der: impl Into<Vec<u8>>) -> Self {
        self.ocsp_response = der.into();
        self
    }

    /// The same with the leaf's signed certificate timestamps.
    ///
    /// # Errors
    /// This is no SignedCertificateTimestampList (RFC 6962 §3.3), or one of more than 16,384 bytes.
    pub fn with_certificate_timestamps(mut self, list: impl Into<Vec<u8>>) -> Result<Self, IdentityError> {
        self.timestamps = list.into();
        match staples::read_timestamps(&self.timestamps) {
            Ok(_) => Ok(self),
            Err(_) => Err(IdentityError::MalformedTimestamps),
        }
    }

    /// Reads a chain, leaf first, and the leaf's key from PEM. Text around the blocks is ignored.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, IdentityError> {
        Self::new(read_chain(chain)?, PrivateKey::from_pem(key).map_err(IdentityError::Key)?)
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

    /// Which key the leaf is for.
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The leaf's public key.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// Whether signatures must be asked for.
    pub fn is_key_elsewhere(&self) -> bool {
        matches!(self.key, Key::Elsewhere(_))
    }

    /// Signature schemes of TLS 1.3 that the key can sign with.
    pub fn schemes(&self) -> &[SignatureScheme] {
        match &self.key {
            Key::Here(key) => key.schemes(),
            Key::Elsewhere(key) => &key.schemes,
        }
    }

    /// Signature schemes of TLS 1.2 that the key can sign with.
    pub fn tls12_schemes(&self) -> &[SignatureScheme] {
        match &self.key {
            // In TLS 1.3 a curve has its own hash alone.
            Key::Here(key)
                if self.is_approved_only && self.authentication() == Some(Authentication::Ecdsa) =>
            {
                key.schemes()
            }
            Key::Here(key) => key.tls12_schemes(),
            Key::Elsewhere(key) => &key.tls12_schemes,
        }
    }

    /// Gives up what a FIPS module does not approve of: in TLS 1.2, ECDSA under a hash that is not the curve's own,
    /// whose values are made apart from the signature.
    pub(crate) fn give_up_unapproved_schemes(&mut self) {
        self.is_approved_only = true;
    }

    /// The kind of key that the leaf has.
    pub fn key_type(&self) -> KeyType {
        self.public_key.key_type()
    }

    /// The kind of TLS 1.2 suites that the key serves, if any.
    pub(crate) fn authentication(&self) -> Option<Authentication> {
        self.key_type().authentication()
    }

    /// Whether every signature in the chain that anyone relies on can be by one of these schemes.
    pub(crate) fn is_signed_by(&self, schemes: CodePoints<'_>) -> bool {
        self.signatures.iter().all(|possible| possible.iter().any(|scheme| schemes.contains(scheme.0)))
    }

    pub(crate) fn is_for_named_issuers_only(&self) -> bool {
        self.is_for_named_issuers_only
    }

    /// Whether one of these has issued a certificate of the chain.
    pub(crate) fn is_issued_by(&self, authorities: Authorities<'_>) -> bool {
        let mut named = authorities.iter().take(limits::MAX_AUTHORITIES);
        named.any(|name| self.issuers.iter().any(|issuer| issuer == name))
    }

    /// What is stapled to the leaf for this client.
    pub(crate) fn staples(&self, hello: &ClientHello<'_>) -> Result<Staples<'_>, Error> {
        let (wants_ocsp_response, wants_timestamps) =
            (hello.wants_ocsp_response()?, hello.wants_timestamps()?);
        let is_there = |staple: &&[u8]| !staple.is_empty();
        Ok(Staples {
            ocsp_response: Some(self.ocsp_response.as_slice())
                .filter(is_there)
                .filter(|_| wants_ocsp_response),
            timestamps: Some(self.timestamps.as_slice()).filter(is_there).filter(|_| wants_timestamps),
        })
    }

    pub(crate) fn key(&self) -> &Key {
        &self.key
    }

    /// Whether the leaf is for this name.
    pub(crate) fn is_for(&self, name: &ServerName<'_>) -> bool {
        self.certificates
            .first()
            .and_then(|leaf| EndEntityCert::try_from(leaf).ok())
            .is_some_and(|leaf| leaf.verify_is_valid_for_subject_name(name).is_ok())
    }
}

fn read_chain(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, IdentityError> {
    CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| IdentityError::MalformedPem(error.to_string()))
}

/// The leaf's key, once the whole chain has been seen to parse.
//= 9846:4.5.1.2 type
fn leaf_key(certificates: &[CertificateDer<'_>]) -> Result<(KeyId, PublicKey), IdentityError> {
    let leaf = certificates.first().ok_or(IdentityError::NoCertificate)?;
    for (index, certificate) in certificates.iter().enumerate() {
        EndEntityCert::try_from(certificate).map_err(|_| IdentityError::MalformedCertificate(index))?;
    }
    let spki = subject_public_key_info(leaf).ok_or(IdentityError::MalformedCertificate(0))?;
    let public = PublicKey::from_spki(&spki).map_err(IdentityError::CertificateKey)?;
    Ok((KeyId::of_public_key(&spki), public))
}

/// Of each certificate the schemes that its signature can be by; roots are left out, for nobody relies on theirs.
fn signatures(certificates: &[CertificateDer<'_>]) -> Vec<Vec<SignatureScheme>> {
    let is_root = |der: &[u8]| {
        X509Certificate::from_der(der)
            .is_ok_and(|(_, certificate)| certificate.issuer().as_raw() == certificate.subject().as_raw())
    };
    let others = certificates.iter().filter(|der| !is_root(der));
    others.map(|der| certificate_signature_schemes(der).collect()).collect()
}

/// The name of a certificate's issuer, in DER.
fn issuer(certificate: &CertificateDer<'_>) -> Option<Vec<u8>> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    Some(certificate.issuer().as_raw().to_vec())
}

/// The DER of a certificate's SubjectPublicKeyInfo.
fn subject_public_key_info(certificate: &CertificateDer<'_>) -> Option<Vec<u8>> {
    Some(EndEntityCert::try_from(certificate).ok()?.subject_public_key_info().to_vec())
}
