//! Certificates with their keys and pre-shared keys, each described by flags of its own.

use std::path::{Path, PathBuf};

use tls_core::ciphersuites::{PrivateKey, SignatureScheme};
use tls_core::{Identity, IdentityError};

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::pre_shared_keys::KeyGiven;

/// A certificate with its key, or a pre-shared key, as the flags describe it.
#[derive(Debug, Default)]
pub(crate) struct Credential {
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    /// What it signs by; empty: whatever its key can.
    pub(crate) signing_schemes: Vec<SignatureScheme>,
    ocsp_response: Option<Vec<u8>>,
    certificate_timestamps: Option<Vec<u8>>,
    for_named_issuers_only: bool,
    pub(crate) pre_shared_key: Option<KeyGiven>,
    /// What a server's sessions are bound to.
    pub(crate) context: Option<Vec<u8>>,
}

impl Credential {
    /// A pre-shared key, to be described.
    pub(crate) fn new_key() -> Self {
        Self { pre_shared_key: Some(KeyGiven::default()), ..Self::default() }
    }

    /// Takes a flag in, with its value. `false`: it is not one of these.
    pub(crate) fn take(&mut self, flag: &str, arguments: &mut Arguments) -> Result<bool, Failure> {
        if let Some(key) = &mut self.pre_shared_key {
            return key.take(flag, arguments);
        }
        match flag {
            "-cert-file" => self.certificate = arguments.path()?,
            "-key-file" => self.key = arguments.path()?,
            "-signing-prefs" => self.signing_schemes.push(arguments.signature_scheme()?),
            "-ocsp-response" => self.ocsp_response = Some(arguments.base64()?),
            "-signed-cert-timestamps" => self.certificate_timestamps = Some(arguments.base64()?),
            "-must-match-issuer" => self.for_named_issuers_only = true,
            "-session-id-context" => self.context = Some(arguments.base64()?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Whether there is a certificate.
    pub(crate) fn is_given(&self) -> bool {
        self.certificate.is_some() && self.key.is_some()
    }

    /// The private key, if there is one.
    pub(crate) fn key(&self) -> Result<Option<PrivateKey>, Failure> {
        let Some(path) = &self.key else { return Ok(None) };
        PrivateKey::from_pem(&read(path)?).map(Some).map_err(|error| Failure::Other(error.to_string()))
    }

    /// The identity with its key in it.
    pub(crate) fn identity(&self) -> Result<Option<Identity>, Failure> {
        let (Some(certificate), Some(key)) = (&self.certificate, &self.key) else { return Ok(None) };
        let identity = Identity::from_pem(&read(certificate)?, &read(key)?);
        identity.and_then(|identity| self.adorn(identity)).map(Some).map_err(failed)
    }

    /// The identity without its key, which signs by the schemes that are listed and by no others.
    pub(crate) fn public_identity(&self) -> Result<Option<Identity>, Failure> {
        let Some(certificate) = self.certificate.as_ref().filter(|_| self.is_given()) else {
            return Ok(None);
        };
        let identity = Identity::from_public_pem(&read(certificate)?).map_err(failed)?;
        let identity = match self.signing_schemes.is_empty() {
            true => identity,
            false => identity.only_schemes(&self.signing_schemes),
        };
        self.adorn(identity).map(Some).map_err(failed)
    }

    fn adorn(&self, mut identity: Identity) -> Result<Identity, IdentityError> {
        if let Some(response) = &self.ocsp_response {
            identity = identity.with_ocsp_response(response.as_slice());
        }
        if let Some(timestamps) = &self.certificate_timestamps {
            identity = identity.with_certificate_timestamps(timestamps.as_slice())?;
        }
        Ok(if self.for_named_issuers_only { identity.only_for_named_issuers() } else { identity })
    }
}

fn failed(error: IdentityError) -> Failure {
    Failure::Other(error.to_string())
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::Other(format!("{}: {error}", path.display())))
}
