//! Private keys in tokens, by PKCS#11.

use std::path::{Path, PathBuf};

use tls_core::Identity;
use tls_tokio::signer::pkcs11::{Pkcs11Options, Pkcs11Signer, Pkcs11Uri};

use crate::failure::Failure;
use crate::heading;

/// Which keys are in tokens.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = heading::ELSEWHERE)]
pub(crate) struct TokenKeys {
    /// Private key of the certificate in a token, in place of --key: pkcs11:token=NAME;object=LABEL?pin-source=FILE, as
    /// RFC 7512 has it. The PIN may also be in the environment variable PKCS11_PIN
    // Not parsed by clap, which would quote a bad one, and the PIN in it.
    #[arg(long = "pkcs11-uri", value_name = "URI", group = "own_key", conflicts_with = "key")]
    uris: Vec<String>,
    /// PKCS#11 module of the token, where neither the URI nor the environment variable PKCS11_MODULE names one
    #[arg(long = "pkcs11-module", value_name = "FILE", requires = "uris")]
    module: Option<PathBuf>,
}

impl TokenKeys {
    pub(crate) fn uris(&self) -> &[String] {
        &self.uris
    }

    /// Logs in to the token and finds the key of a certificate, which comes from this file.
    pub(crate) fn open(&self, uri: &str, identity: &Identity, cert: &Path) -> Result<Pkcs11Signer, Failure> {
        let uri: Pkcs11Uri = uri
            .parse()
            .map_err(|error| Failure::set_up("bad_pkcs11_uri", format!("--pkcs11-uri: {error}")))?;
        let mut options = Pkcs11Options::new().identity(identity);
        if let Some(module) = &self.module {
            options = options.module(module);
        }
        Pkcs11Signer::open(&uri, &options).map_err(|error| {
            Failure::set_up("token_failed", format!("the private key of {}: {error}", cert.display()))
        })
    }
}
