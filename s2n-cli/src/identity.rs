//! Own certificates: from files, or made on the spot.

use std::path::{Path, PathBuf};
use std::time::Duration;

use pki_types::CertificateDer;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use tls_core::ciphersuites::PrivateKey;
use tls_core::{Identity, IdentityError};
use tls_tokio::signer::KeyRing;
use x509_parser::prelude::ASN1Time;

use crate::certificate::Certificate;
use crate::elsewhere::KeysElsewhere;
use crate::failure::Failure;
use crate::{output, trust};

/// The identities of this side, and who signs for those whose keys are not in files.
#[derive(Debug, Default)]
pub(crate) struct Own {
    pub(crate) identities: Vec<Identity>,
    pub(crate) signer: KeyRing,
}

impl Own {
    /// Reads chains and their keys, which are all in files or all elsewhere.
    pub(crate) async fn load(
        certs: &[PathBuf],
        keys: &[PathBuf],
        elsewhere: &KeysElsewhere,
    ) -> Result<Self, Failure> {
        let (count, option) = elsewhere.count(certs.len()).unwrap_or((keys.len(), "--key"));
        if certs.len() != count {
            let given = certs.len();
            return Err(Failure::set_up(
                "unpaired_identity",
                format!(
                    "{given} --cert and {count} {option} were given; each certificate needs its key, in the same order"
                ),
            ));
        }
        let (mut identities, signer) = elsewhere.open(certs, load_public).await?;
        for (cert, key) in certs.iter().zip(keys) {
            identities.push(load(cert, key)?);
        }
        Ok(Self { identities, signer })
    }
}

/// Reads a chain and its key. `cert` and `key` may be the same file.
pub(crate) fn load(cert: &Path, key: &Path) -> Result<Identity, Failure> {
    let chain = trust::read(cert, "certificate file")?;
    let private = trust::read(key, "private key file")?;
    let identity = Identity::from_pem(&chain, &private).map_err(|error| {
        let files = match &error {
            IdentityError::Key(_) => key.display().to_string(),
            IdentityError::KeyMismatch => format!("{} and {}", cert.display(), key.display()),
            _ => cert.display().to_string(),
        };
        Failure::set_up("bad_identity", format!("{files}: {error}"))
    })?;
    warn_of_expiry(cert, &identity);
    Ok(identity)
}

/// Reads a chain whose key is elsewhere.
pub(crate) fn load_public(cert: &Path) -> Result<Identity, Failure> {
    let identity = Identity::from_public_pem(&trust::read(cert, "certificate file")?)
        .map_err(|error| Failure::set_up("bad_identity", format!("{}: {error}", cert.display())))?;
    warn_of_expiry(cert, &identity);
    Ok(identity)
}

/// Peers will refuse an expired certificate, and cannot tell this side why.
fn warn_of_expiry(file: &Path, identity: &Identity) {
    for certificate in identity.certificates() {
        let certificate = Certificate::read(certificate);
        if certificate.expired {
            let (file, subject, date) = (file.display(), certificate.subject, certificate.not_after);
            output::diagnostic(&format!(
                "Warning: {file}: the certificate of \"{subject}\" expired on {date}; peers will refuse it"
            ));
        }
    }
}

/// Makes a self-signed certificate with an ECDSA P-256 key for this host, for those who have none.
pub(crate) fn self_signed(host: &str) -> Result<Identity, Failure> {
    let mut names = vec!["localhost", "127.0.0.1", "::1", "s2nTestServer"];
    let host = host.trim_start_matches('[').trim_end_matches(']');
    if !host.is_empty() && !names.contains(&host) {
        names.push(host);
    }
    generate(names.into_iter().map(str::to_owned).collect()).map_err(|error| {
        Failure::set_up(
            "no_identity",
            format!("cannot make a certificate for \"{host}\": {error}; give one with --cert and --key"),
        )
    })
}

fn generate(names: Vec<String>) -> Result<Identity, Box<dyn std::error::Error>> {
    let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?;
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, "s2nd self-signed");
    let now = ASN1Time::now().to_datetime();
    // Clocks of two machines are seldom the same.
    params.not_before = now - Duration::from_secs(24 * 3600);
    params.not_after = now + Duration::from_secs(365 * 24 * 3600);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let certificate: CertificateDer<'static> = params.self_signed(&key)?.der().clone();
    let private = PrivateKey::from_pem(key.serialize_pem().as_bytes())?;
    Ok(Identity::new(vec![certificate], private)?)
}
