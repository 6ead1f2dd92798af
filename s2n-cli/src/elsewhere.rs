//! Private keys that are not in files.

mod remote;
pub(crate) mod token;

use std::path::Path;
use std::time::Duration;

use tls_core::Identity;
use tls_tokio::signer::{KeyRing, SignerExt};

use crate::elsewhere::remote::RemoteKeys;
use crate::elsewhere::token::TokenKeys;
use crate::failure::Failure;

/// Where private keys are, if not in files, and how long they may take.
#[derive(Debug, clap::Args)]
pub(crate) struct KeysElsewhere {
    #[command(flatten)]
    tokens: TokenKeys,
    #[command(flatten)]
    remote: RemoteKeys,
    /// Give up on a signature by a token or a remote signer after so many milliseconds
    #[arg(long, value_name = "MS", default_value_t = 2000, value_parser = clap::value_parser!(u64).range(1..=600_000))]
    sign_timeout: u64,
}

impl KeysElsewhere {
    /// How many certificates' keys are elsewhere, of `certs` that there are, and the option that says so.
    pub(crate) fn count(&self, certs: usize) -> Option<(usize, &'static str)> {
        if self.remote.is_given() {
            // It has them all.
            return Some((certs, "--remote-signer"));
        }
        let uris = self.tokens.uris().len();
        (uris > 0).then_some((uris, "--pkcs11-uri"))
    }

    /// The identities, read from these files, with who signs for them.
    pub(crate) fn open(
        &self,
        certs: &[impl AsRef<Path>],
        read: impl Fn(&Path) -> Result<Identity, Failure>,
    ) -> Result<(Vec<Identity>, KeyRing), Failure> {
        let (mut identities, mut ring) = (Vec::new(), KeyRing::new());
        let timeout = Duration::from_millis(self.sign_timeout);
        for (cert, uri) in certs.iter().map(AsRef::as_ref).zip(self.tokens.uris()) {
            let identity = read(cert)?;
            let signer = self.tokens.open(uri, &identity, cert)?;
            identities.push(identity.only_schemes(&signer.schemes()));
            ring = ring.with(signer.key_id(), signer.with_deadline(timeout));
        }
        if let Some(signer) = self.remote.start(timeout)? {
            for cert in certs {
                let identity = read(cert.as_ref())?;
                ring = ring.with(identity.key_id(), signer.clone());
                identities.push(identity);
            }
        }
        Ok((identities, ring))
    }
}
