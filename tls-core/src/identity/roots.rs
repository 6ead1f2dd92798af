//! Trusted roots.

use std::fmt;

use pki_types::pem::PemObject;
use pki_types::{CertificateDer, TrustAnchor};

/// The certificate authorities that a peer's chain may end in.
#[derive(Clone, Debug, Default)]
pub struct Roots {
    anchors: Vec<TrustAnchor<'static>>,
}

/// Why roots do not load.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RootsError {
    /// There is no certificate in the PEM.
    Empty,
    /// The PEM does not parse.
    MalformedPem(String),
    /// The certificate at this place does not parse.
    MalformedCertificate(usize),
}

impl fmt::Display for RootsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str(
                "no CA certificate found: the file should hold PEM blocks that begin with -----BEGIN CERTIFICATE-----",
            ),
            Self::MalformedPem(why) => write!(f, "the CA file is not valid PEM: {why}"),
            Self::MalformedCertificate(index) => {
                write!(f, "CA certificate {} is not a valid X.509 certificate", index + 1)
            }
        }
    }
}

impl std::error::Error for RootsError {}

impl Roots {
    /// Reads roots from PEM; text around the blocks is ignored.
    pub fn from_pem(pem: &[u8]) -> Result<Self, RootsError> {
        let certificates = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| RootsError::MalformedPem(error.to_string()))?;
        let roots = Self::from_certificates(certificates.iter().map(AsRef::as_ref))?;
        if roots.is_empty() { Err(RootsError::Empty) } else { Ok(roots) }
    }

    /// Takes roots in DER.
    pub fn from_certificates<'a>(
        certificates: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Self, RootsError> {
        let anchors = certificates
            .into_iter()
            .enumerate()
            .map(|(index, certificate)| {
                webpki::anchor_from_trusted_cert(&CertificateDer::from(certificate))
                    .map(|anchor| anchor.to_owned())
                    .map_err(|_| RootsError::MalformedCertificate(index))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { anchors })
    }

    /// Adds the roots of another set.
    pub fn extend(&mut self, other: Self) {
        self.anchors.extend(other.anchors);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.anchors.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }

    /// The names of these authorities, in DER: what
    /// [`certificate_authorities`](crate::ServerConfigBuilder::certificate_authorities) takes.
    pub fn names(&self) -> impl Iterator<Item = Vec<u8>> {
        self.anchors.iter().map(|anchor| sequence(&anchor.subject))
    }

    pub(crate) fn anchors(&self) -> &[TrustAnchor<'static>] {
        &self.anchors
    }
}

/// A DER SEQUENCE with this content, which is that of a certificate's field, and less than 2^16 bytes long.
fn sequence(content: &[u8]) -> Vec<u8> {
    const TAG: u8 = 0x30;
    let [.., high, low] = content.len().to_be_bytes();
    let header: &[u8] = match (high, low) {
        (0, 0..=0x7f) => &[TAG, low],
        (0, _) => &[TAG, 0x81, low],
        _ => &[TAG, 0x82, high, low],
    };
    [header, content].concat()
}
