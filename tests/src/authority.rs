//! A certificate authority with an intermediate, and leaves of any kind.

use std::sync::atomic::{AtomicU32, Ordering};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, SignatureAlgorithm, SubjectPublicKeyInfo,
};
use tls_core::{Identity, Roots};

/// A root and an intermediate below it, both with ECDSA P-256 keys unless told otherwise.
#[derive(Debug)]
pub struct Authority {
    root: CertifiedIssuer<'static, KeyPair>,
    intermediate: CertifiedIssuer<'static, KeyPair>,
}

/// A chain and a key in PEM.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "tests take it apart")]
pub struct Pem {
    /// Leaf, then intermediate.
    pub chain: String,
    /// PKCS#8.
    pub key: String,
}

impl Pem {
    /// The same, loaded.
    pub fn identity(&self) -> Identity {
        Identity::from_pem(self.chain.as_bytes(), self.key.as_bytes()).expect("a valid identity")
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

fn ca_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn leaf_params(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, "Test Leaf");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    params
}

impl Authority {
    /// A new authority with ECDSA P-256 keys.
    pub fn new() -> Self {
        Self::with_algorithm(&rcgen::PKCS_ECDSA_P256_SHA256)
    }

    /// A new authority whose own keys are of this kind.
    pub fn with_algorithm(algorithm: &'static SignatureAlgorithm) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        // Namesakes would be taken for each other, and their signatures for broken ones.
        let name = format!("Test Root {}", COUNT.fetch_add(1, Ordering::Relaxed));
        let root_key = KeyPair::generate_for(algorithm).unwrap();
        let root = CertifiedIssuer::self_signed(ca_params(&name), root_key).unwrap();
        let key = KeyPair::generate_for(algorithm).unwrap();
        let intermediate =
            CertifiedIssuer::signed_by(ca_params(&format!("{name} Intermediate")), key, &root).unwrap();
        Self { root, intermediate }
    }

    /// The root, as the other side trusts it.
    pub fn roots(&self) -> Roots {
        Roots::from_pem(self.root_pem().as_bytes()).unwrap()
    }

    /// The root in PEM.
    pub fn root_pem(&self) -> String {
        self.root.pem()
    }

    /// A certificate for these names, with a key of this kind.
    pub fn issue(&self, names: &[&str], algorithm: &'static SignatureAlgorithm) -> Pem {
        self.issue_with(names, KeyPair::generate_for(algorithm).unwrap(), |_| {})
    }

    /// As [`Self::issue`], with a key at hand and the last word on the certificate's content.
    pub fn issue_with(
        &self,
        names: &[&str],
        key: KeyPair,
        adjust: impl FnOnce(&mut CertificateParams),
    ) -> Pem {
        let mut params = leaf_params(names);
        adjust(&mut params);
        let leaf = params.signed_by(&key, &self.intermediate).unwrap();
        Pem { chain: format!("{}{}", leaf.pem(), self.intermediate.pem()), key: key.serialize_pem() }
    }

    /// A chain in PEM for these names, for a key that is known by its SubjectPublicKeyInfo alone.
    pub fn issue_for(&self, names: &[&str], subject_public_key_info: &[u8]) -> String {
        let key = SubjectPublicKeyInfo::from_der(subject_public_key_info).unwrap();
        let leaf = leaf_params(names).signed_by(&key, &self.intermediate).unwrap();
        format!("{}{}", leaf.pem(), self.intermediate.pem())
    }

    /// An ECDSA P-256 certificate for `localhost`.
    pub fn localhost(&self) -> Pem {
        self.issue(&["localhost"], &rcgen::PKCS_ECDSA_P256_SHA256)
    }
}
