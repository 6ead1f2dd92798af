use crate::certificate_algorithms::is_certificate_scheme;
use crate::policy::SecurityPolicy;
use crate::{
    CipherSuite, KeyType, NamedGroup, ProtocolVersion, SignatureScheme, Tls12Suite, Tls13Suite, is_supported,
};

/// What a policy names and this crate does not implement, because nobody should use it any more. The rest of the
/// policy works.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// Versions below TLS 1.2 (RFC 8996).
    pub versions: Vec<ProtocolVersion>,
    /// Suites with static RSA, DHE, 3DES or RC4.
    pub cipher_suites: Vec<CipherSuite>,
    /// Groups.
    pub groups: Vec<NamedGroup>,
    /// Signature schemes of handshakes.
    pub signature_schemes: Vec<SignatureScheme>,
    /// Signature schemes of certificates: those with SHA-1 and SHA-224.
    pub certificate_signature_schemes: Vec<SignatureScheme>,
}

/// What is older than anything implemented.
const OLD_VERSIONS: [ProtocolVersion; 3] =
    [ProtocolVersion::SSL3_0, ProtocolVersion::TLS1_0, ProtocolVersion::TLS1_1];

impl SecurityPolicy {
    /// What this policy names and this crate refuses, in the policy's order.
    pub fn refused(&self) -> Refused {
        let certificate_schemes = self.certificate_signature_schemes.as_deref().unwrap_or_default();
        Refused {
            versions: OLD_VERSIONS.into_iter().filter(|version| *version >= self.min_version).collect(),
            cipher_suites: rejects(&self.cipher_suites, |suite| {
                Tls13Suite::from_id(suite).is_some() || Tls12Suite::from_id(suite).is_some()
            }),
            groups: rejects(&self.groups, is_supported),
            signature_schemes: rejects(&self.signature_schemes, |scheme| {
                signs_13(scheme) || signs_12(scheme)
            }),
            certificate_signature_schemes: rejects(certificate_schemes, is_certificate_scheme),
        }
    }

    /// The signature schemes that can be of use in some permitted version, in order, but those with SHA-1 last (RFC 9846
    /// §4.3.3): what signature_algorithms says.
    //= 9846:4.3.3 sha1-last
    pub fn usable_signature_schemes(&self) -> impl Iterator<Item = SignatureScheme> + Clone {
        let has_tls13 = self.supports(ProtocolVersion::TLS1_3);
        let has_tls12 = self.supports(ProtocolVersion::TLS1_2);
        let is_usable = move |scheme: &SignatureScheme| {
            has_tls12 && signs_12(*scheme)
                || has_tls13 && (signs_13(*scheme) || is_certificate_scheme(*scheme))
        };
        let named = self.signature_schemes.iter().copied();
        let (others, last) =
            (named.clone().filter(|scheme| !is_sha1(*scheme)), named.filter(|scheme| is_sha1(*scheme)));
        others.chain(last).filter(is_usable)
    }
}

impl SecurityPolicy {
    /// The signature schemes that are accepted in certificates, in order: what signature_algorithms_cert says. `None`:
    /// there is nothing to say beside [`Self::usable_signature_schemes`].
    pub fn usable_certificate_signature_schemes(
        &self,
    ) -> Option<impl Iterator<Item = SignatureScheme> + Clone> {
        let listed = self.certificate_signature_schemes.as_deref()?.iter().copied();
        let listed = listed.filter(|scheme| is_certificate_scheme(*scheme));
        let is_listed = |scheme| listed.clone().any(|listed| listed == scheme);
        let is_usable = |scheme| self.usable_signature_schemes().any(|usable| usable == scheme);
        let is_same = listed.clone().all(is_usable) && self.usable_signature_schemes().all(is_listed);
        (!is_same).then_some(listed)
    }
}

fn is_sha1(scheme: SignatureScheme) -> bool {
    [SignatureScheme::RSA_PKCS1_SHA1, SignatureScheme::ECDSA_SHA1].contains(&scheme)
}

fn rejects<T: Copy>(list: &[T], is_implemented: impl Fn(T) -> bool) -> Vec<T> {
    list.iter().copied().filter(|item| !is_implemented(*item)).collect()
}

pub(super) fn signs_13(scheme: SignatureScheme) -> bool {
    KeyType::ALL.iter().any(|key| key.schemes13().contains(&scheme))
}

//= 9846:4.3.3 deprecated-pairs
pub(super) fn signs_12(scheme: SignatureScheme) -> bool {
    KeyType::ALL.iter().any(|key| key.schemes12().contains(&scheme))
}
