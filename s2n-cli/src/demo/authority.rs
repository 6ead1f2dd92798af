//! A certificate authority that lives as long as the demonstration, and a server's certificate from it.

use pki_types::CertificateDer;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use tls_core::Roots;
use tls_core::ciphersuites::PrivateKey;

use crate::failure::Failure;

type Issuer = CertifiedIssuer<'static, KeyPair>;
type Failed = Box<dyn std::error::Error>;

/// The authority, and a chain and key for `localhost`.
#[derive(Debug)]
pub(super) struct Authority {
    pub(super) roots: Roots,
    chain: Vec<CertificateDer<'static>>,
    key_pem: String,
}

impl Authority {
    pub(super) fn new() -> Result<Self, Failure> {
        Self::make()
            .map_err(|error| Failure::set_up("no_identity", format!("no certificate could be made: {error}")))
    }

    fn make() -> Result<Self, Failed> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "s2n demo CA");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let issuer: Issuer =
            CertifiedIssuer::self_signed(params, KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?)?;

        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?;
        let mut params = CertificateParams::new(vec!["localhost".to_owned()])?;
        params.distinguished_name.push(DnType::CommonName, "s2n demo server");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let leaf = params.signed_by(&key, &issuer)?;
        Ok(Self {
            roots: Roots::from_pem(issuer.pem().as_bytes())?,
            chain: vec![leaf.der().clone()],
            key_pem: key.serialize_pem(),
        })
    }

    /// The server's certificate and key.
    pub(super) fn identity(&self) -> Result<tls_core::Identity, Failure> {
        let identity = || -> Result<_, Failed> {
            Ok(tls_core::Identity::new(self.chain.clone(), PrivateKey::from_pem(self.key_pem.as_bytes())?)?)
        };
        identity().map_err(|error| Failure::set_up("no_identity", error.to_string()))
    }
}
