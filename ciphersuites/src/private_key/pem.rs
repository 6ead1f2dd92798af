use pki_types::pem::{PemObject, SectionKind};
use zeroize::Zeroizing;

use crate::KeyError;

const BEGIN: &[u8] = b"-----BEGIN ";

/// The body of the first private key in `pem`, or why there is none.
pub(super) fn private_key(pem: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(pem) {
        match section {
            Ok((SectionKind::PrivateKey | SectionKind::RsaPrivateKey | SectionKind::EcPrivateKey, der)) => {
                return Ok(Zeroizing::new(der));
            }
            Ok(_) => {}
            Err(_) if is_encrypted(pem) => return Err(KeyError::Encrypted),
            Err(_) => return Err(KeyError::MalformedPem),
        }
    }
    let labels: Vec<String> = lines(pem).filter_map(label).collect();
    Err(match labels.first() {
        None => KeyError::NoPemBlock,
        Some(_) if is_encrypted(pem) => KeyError::Encrypted,
        Some(_) if labels.iter().any(|label| label.ends_with("CERTIFICATE")) => KeyError::CertificateNotKey,
        Some(first) => KeyError::UnexpectedPemBlock(first.clone()),
    })
}

/// Whether the file holds a key under a passphrase: PKCS#8's own block, or the older header inside a block.
fn is_encrypted(pem: &[u8]) -> bool {
    lines(pem).any(|line| {
        label(line).is_some_and(|label| label == "ENCRYPTED PRIVATE KEY")
            || (line.starts_with(b"Proc-Type:") && line.trim_ascii_end().ends_with(b"ENCRYPTED"))
    })
}

fn lines(pem: &[u8]) -> impl Iterator<Item = &[u8]> {
    pem.split(|byte| matches!(byte, b'\n' | b'\r'))
}

/// What a begin line announces.
fn label(line: &[u8]) -> Option<String> {
    let label = line.strip_prefix(BEGIN)?.trim_ascii_end();
    Some(String::from_utf8_lossy(label.strip_suffix(b"-----")?).into_owned())
}
