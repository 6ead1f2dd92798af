//! Everyone who takes part: the policies under all their names, and servers with chains of every kind.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use rcgen::{
    KeyPair, PKCS_ECDSA_P256_SHA256 as P256, PKCS_ECDSA_P384_SHA384 as P384, PKCS_ML_DSA_65 as ML_DSA_65,
    PKCS_ML_DSA_87 as ML_DSA_87, PKCS_RSA_SHA256 as RSA, RsaKeySize, SignatureAlgorithm,
};
use tests::authority::{Authority, Pem};
use tls_core::ciphersuites::{CertificateKey, KeyType, ProtocolVersion, SecurityPolicy, SignatureScheme};
use tls_core::{ClientConfig, ConfigError, Roots, ServerConfig, ServerConfigBuilder, ServerVerification};

use super::model::{Chain, versions};

/// A chain with its key, and the root that it leads to.
pub(crate) struct Member {
    pub(crate) chain: Chain,
    pem: Pem,
    root: Roots,
}

/// P-256, P-384, RSA of 2,048 and 3,072 bits below P-384, RSA below RSA, ML-DSA-65 and 87. RSA-PSS is not among them: only OpenSSL makes such certificates, and `interop` meets them.
pub(crate) static MEMBERS: LazyLock<[Member; 7]> = LazyLock::new(|| {
    let of = CertificateKey::of;
    let rsa = |bits| CertificateKey::rsa(KeyType::Rsa, bits);
    let p256 = Issuer::new(&P256, of(KeyType::EcdsaP256), SignatureScheme::ECDSA_SECP256R1_SHA256);
    let p384 = Issuer::new(&P384, of(KeyType::EcdsaP384), SignatureScheme::ECDSA_SECP384R1_SHA384);
    let rsa_2048 = Issuer::new(&RSA, rsa(2048), SignatureScheme::RSA_PKCS1_SHA256);
    let ml_dsa = Issuer::new(&ML_DSA_87, of(KeyType::MlDsa87), SignatureScheme::MLDSA87);
    let key = |algorithm| KeyPair::generate_for(algorithm).unwrap();
    let rsa_key = |size| KeyPair::generate_rsa_for(&RSA, size).unwrap();
    [
        p256.member(of(KeyType::EcdsaP256), key(&P256)),
        p384.member(of(KeyType::EcdsaP384), key(&P384)),
        p384.member(rsa(2048), rsa_key(RsaKeySize::_2048)),
        p384.member(rsa(3072), rsa_key(RsaKeySize::_3072)),
        rsa_2048.member(rsa(2048), rsa_key(RsaKeySize::_2048)),
        ml_dsa.member(of(KeyType::MlDsa65), key(&ML_DSA_65)),
        ml_dsa.member(of(KeyType::MlDsa87), key(&ML_DSA_87)),
    ]
});

struct Issuer {
    authority: Authority,
    key: CertificateKey,
    signature: SignatureScheme,
}

impl Issuer {
    fn new(algorithm: &'static SignatureAlgorithm, key: CertificateKey, signature: SignatureScheme) -> Self {
        Self { authority: Authority::with_algorithm(algorithm), key, signature }
    }

    fn member(&self, leaf: CertificateKey, key: KeyPair) -> Member {
        Member {
            chain: Chain { leaf, issuers: self.key, signature: self.signature },
            pem: self.authority.issue_with(&["localhost"], key, |_| {}),
            root: self.authority.roots(),
        }
    }
}

/// Every policy, under every name.
pub(crate) fn policies() -> impl Iterator<Item = SecurityPolicy> {
    SecurityPolicy::names().map(|name| SecurityPolicy::by_name(name).unwrap())
}

/// Every policy that leaves something to negotiate, twins together. Twins differ in nothing but names, rules, and what is
/// refused and so takes no part: unsupported suites and schemes, and how far below TLS 1.2 they would go.
pub(crate) fn twins() -> Vec<Vec<SecurityPolicy>> {
    let mut all: Vec<(SecurityPolicy, Vec<SecurityPolicy>)> = Vec::new();
    for policy in policies().filter(|policy| !versions(policy).is_empty()) {
        let essence = essence(&policy);
        match all.iter_mut().find(|(known, _)| *known == essence) {
            Some((_, twins)) => twins.push(policy),
            None => all.push((essence, vec![policy])),
        }
    }
    all.into_iter().map(|(_, twins)| twins).collect()
}

fn essence(policy: &SecurityPolicy) -> SecurityPolicy {
    let refused = policy.refused();
    SecurityPolicy {
        name: "".into(),
        rules: [].as_slice().into(),
        min_version: policy.min_version.max(ProtocolVersion::TLS1_2),
        cipher_suites: without(&policy.cipher_suites, &refused.cipher_suites),
        groups: without(&policy.groups, &refused.groups),
        signature_schemes: without(&policy.signature_schemes, &refused.signature_schemes),
        certificate_signature_schemes: policy
            .certificate_signature_schemes
            .as_ref()
            .map(|schemes| without(schemes, &refused.certificate_signature_schemes)),
        ..policy.clone()
    }
}

fn without<T: Copy + PartialEq>(list: &[T], refused: &[T]) -> Cow<'static, [T]> {
    list.iter().copied().filter(|item| !refused.contains(item)).collect()
}

/// A client that trusts the issuers of all of them.
pub(crate) fn client(policy: &SecurityPolicy) -> Result<Arc<ClientConfig>, ConfigError> {
    let mut roots = Roots::default();
    MEMBERS.iter().for_each(|member| roots.extend(member.root.clone()));
    let verification = ServerVerification::Roots(roots);
    ClientConfig::builder()
        .permit_unapproved()
        .policy(policy.clone())
        .server_verification(verification)
        .build()
}

/// A server with these chains.
pub(crate) fn server<'m>(
    policy: &SecurityPolicy,
    members: impl IntoIterator<Item = &'m Member>,
) -> ServerConfigBuilder {
    let builder = ServerConfig::builder().permit_unapproved().policy(policy.clone());
    members.into_iter().fold(builder, |builder, member| builder.identity(member.pem.identity()))
}
