//! Pre-shared keys, each described by flags of its own, to be imported (RFC 9258) for both hashes.

use tls_core::ciphersuites::Hash;
use tls_core::{ExternalPsk, PreSharedKey, PreSharedKeyError, PskIdentity};

use crate::arguments::Arguments;
use crate::failure::Failure;

/// A key as the flags describe it.
#[derive(Debug, Default)]
pub(crate) struct KeyGiven {
    identity: Vec<u8>,
    key: Vec<u8>,
    context: Vec<u8>,
    hash: Option<Hash>,
}

impl KeyGiven {
    /// Takes a flag in, with its value. `false`: it is not one of these.
    pub(crate) fn take(&mut self, flag: &str, arguments: &mut Arguments) -> Result<bool, Failure> {
        match flag {
            "-psk-importer-key" => self.key = arguments.base64()?,
            "-psk-importer-identity" => self.identity = arguments.base64()?,
            "-psk-importer-context" => self.context = arguments.base64()?,
            "-psk-importer-sha256" => self.hash = Some(Hash::Sha256),
            "-psk-importer-sha384" => self.hash = Some(Hash::Sha384),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The keys that both ends make of it.
    pub(crate) fn import(&self) -> Result<[PreSharedKey; 2], Failure> {
        let failed = |error: PreSharedKeyError| Failure::Other(error.to_string());
        let external = ExternalPsk::new(&self.identity, &self.key).map_err(failed)?;
        external.with_hash(self.hash.unwrap_or(Hash::Sha256)).import_for_all(&self.context).map_err(failed)
    }

    /// Whether it is behind the key of this identity.
    pub(crate) fn is_behind(&self, identity: &PskIdentity) -> bool {
        identity.imported().is_some_and(|imported| imported.external_identity == self.identity)
    }
}
