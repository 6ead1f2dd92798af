//! What a policy permits in certificates: the keys of a path, and everything in a chain.

use std::borrow::Cow;

use ciphersuites::{CertificateKey, KeyError, PublicKey, SecurityPolicy, certificate_signature_schemes};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::error::CertificateError;

/// The keys that a policy permits in certificates; all of them where it does not say.
#[derive(Debug)]
pub(crate) struct PermittedKeys(Option<Cow<'static, [CertificateKey]>>);

impl PermittedKeys {
    pub(crate) fn of(policy: &SecurityPolicy) -> Self {
        Self(policy.certificate_keys.clone())
    }

    /// Checks the key of this SubjectPublicKeyInfo.
    pub(crate) fn check(&self, spki: &[u8]) -> Result<(), CertificateError> {
        self.check_key(|| PublicKey::from_spki(spki))
    }

    /// The same of one without its outermost tag and length, as trust anchors have it.
    pub(crate) fn check_contents(&self, contents: &[u8]) -> Result<(), CertificateError> {
        self.check_key(|| PublicKey::from_spki_contents(contents))
    }

    fn check_key(&self, key: impl FnOnce() -> Result<PublicKey, KeyError>) -> Result<(), CertificateError> {
        let Some(permitted) = &self.0 else { return Ok(()) };
        match key() {
            Ok(key) if permitted.iter().any(|kind| kind.permits(&key)) => Ok(()),
            Ok(key) => Err(CertificateError::KeyNotPermitted(describe(&key))),
            Err(_) => Err(CertificateError::KeyNotPermitted("an unknown kind of key".to_owned())),
        }
    }
}

/// Everything in a chain that the policy does not permit in certificates, a clause for each.
pub(crate) fn breaches<'a>(chain: impl Iterator<Item = &'a [u8]>, policy: &SecurityPolicy) -> Vec<String> {
    let keys = PermittedKeys::of(policy);
    let mut breaches = Vec::new();
    for (der, place) in chain.zip(1..) {
        let Ok((_, certificate)) = X509Certificate::from_der(der) else {
            breaches.push(format!("certificate {place} does not parse"));
            continue;
        };
        if let Err(CertificateError::KeyNotPermitted(key)) = keys.check(certificate.public_key().raw) {
            breaches.push(format!("certificate {place} has {key}"));
        }
        // Nobody relies on the signature of a root by itself.
        let is_root = certificate.issuer().as_raw() == certificate.subject().as_raw();
        if let Some(scheme) = forbidden_signature(der, policy).filter(|_| !is_root) {
            breaches.push(format!("certificate {place} is signed with {scheme}"));
        }
    }
    breaches
}

/// The scheme of a certificate's signature, if the policy does not permit it.
fn forbidden_signature(der: &[u8], policy: &SecurityPolicy) -> Option<String> {
    let permitted = policy.certificate_signature_schemes.as_deref()?;
    let mut schemes = certificate_signature_schemes(der).peekable();
    let first = schemes.peek().map_or_else(|| "an unknown algorithm".to_owned(), ToString::to_string);
    (!schemes.any(|scheme| permitted.contains(&scheme))).then_some(first)
}

fn describe(key: &PublicKey) -> String {
    match key.key_type() {
        kind @ (ciphersuites::KeyType::Rsa | ciphersuites::KeyType::RsaPss) => {
            format!("an {kind} key of {} bits", key.bits())
        }
        kind => format!("an {kind} key"),
    }
}
