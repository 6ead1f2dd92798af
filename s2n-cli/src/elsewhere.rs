//! Private keys that are not in files.

mod kms;
mod remote;
pub(crate) mod token;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tls_core::ciphersuites::SecurityPolicy;
use tls_core::{Identity, Role};
use tls_tokio::signer::{KeyRing, SelfTestFailure, SignerExt, self_test};

use crate::elsewhere::kms::KmsKeys;
use crate::elsewhere::remote::RemoteKeys;
use crate::elsewhere::token::TokenKeys;
use crate::failure::Failure;
use crate::heading;
use crate::identity::Own;

/// Where private keys are, if not in files, and how long they may take.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = heading::ELSEWHERE)]
pub(crate) struct KeysElsewhere {
    #[command(flatten)]
    tokens: TokenKeys,
    #[command(flatten)]
    remote: RemoteKeys,
    #[command(flatten)]
    kms: KmsKeys,
    /// Give up on a signature by a token, a remote signer or AWS KMS after so many milliseconds
    #[arg(long, value_name = "MS", default_value_t = 2000, value_parser = clap::value_parser!(u64).range(1..=600_000))]
    sign_timeout: u64,
    /// First have tokens, remote signers and AWS KMS make a signature of each kind that the policy may ask them for
    #[arg(long)]
    sign_test: bool,
}

impl KeysElsewhere {
    /// Has `own` tested, if that is wanted: what signers cannot do would otherwise come to light in some handshake.
    pub(crate) async fn test(&self, own: &Own, policy: &SecurityPolicy, role: Role) -> Result<(), Failure> {
        if !self.sign_test {
            return Ok(());
        }
        let tested = self_test(&own.signer, &own.identities, policy, role).await;
        tested.map_err(|error| {
            // Those that come one after the other are for the same reason, which is said once.
            let alike =
                error.failures.chunk_by(|a, b| (a.key, a.failure.kind()) == (b.key, b.failure.kind()));
            let each = alike.filter_map(|failures| {
                let what = failures
                    .iter()
                    .map(|SelfTestFailure { scheme, version, .. }| format!("{scheme} in {version}"));
                Some(format!("{}: {}", what.collect::<Vec<_>>().join(", "), failures.first()?.failure))
            });
            let all = each.collect::<Vec<_>>().join("; ");
            let policy = &policy.name;
            Failure::set_up(
                "signer_unfit",
                format!("the signer cannot do all that the policy {policy} may ask of it: {all}"),
            )
        })
    }

    /// How many certificates' keys are elsewhere, of `certs` that there are, and the option that says so.
    pub(crate) fn count(&self, certs: usize) -> Option<(usize, &'static str)> {
        if self.remote.is_given() {
            // It has them all.
            return Some((certs, "--remote-signer"));
        }
        let counts = [(self.tokens.uris().len(), "--pkcs11-uri"), (self.kms.names().len(), "--kms-key")];
        counts.into_iter().find(|(count, _)| *count > 0)
    }

    /// The identities, read from these files, with who signs for them.
    pub(crate) async fn open(
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
        for (cert, name) in certs.iter().map(AsRef::as_ref).zip(self.kms.names()) {
            let (identity, signer) = self.kms.open(name, read(cert)?, cert).await?;
            ring = ring.with(identity.key_id(), signer.with_deadline(timeout));
            identities.push(identity);
        }
        if self.remote.is_given() {
            let signers = self.remote.start(timeout)?;
            identities = certs.iter().map(|cert| read(cert.as_ref())).collect::<Result<_, _>>()?;
            match self.sign_test {
                true => signers.reach().await?,
                false => signers.warn_of_absent(),
            }
            let signer = signers.together(&identities);
            ring = identities
                .iter()
                .fold(ring, |ring, identity| ring.with(identity.key_id(), Arc::clone(&signer)));
        }
        Ok((identities, ring))
    }
}
