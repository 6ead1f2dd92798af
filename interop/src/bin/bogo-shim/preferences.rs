//! What is offered and accepted where the flags do not say: BoringSSL's own preferences, or those of one of its
//! compliance policies.

use tls_core::ciphersuites::{CipherSuite, NamedGroup, SignatureScheme};

/// Lists, each in order of preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Preferences {
    pub(crate) groups: &'static [NamedGroup],
    pub(crate) tls13_suites: &'static [CipherSuite],
    pub(crate) tls12_suites: &'static [CipherSuite],
    pub(crate) verifying_schemes: &'static [SignatureScheme],
    pub(crate) signing_schemes: &'static [SignatureScheme],
}

impl Default for Preferences {
    fn default() -> Self {
        Self::BORINGSSL
    }
}

impl Preferences {
    /// What BoringSSL does unless told otherwise; many tests depend on it.
    pub(crate) const BORINGSSL: Self = Self {
        groups: &[
            NamedGroup::X25519MLKEM768,
            NamedGroup::X25519,
            NamedGroup::SECP256R1,
            NamedGroup::SECP384R1,
        ],
        tls13_suites: &[
            CipherSuite::TLS_AES_128_GCM_SHA256,
            CipherSuite::TLS_AES_256_GCM_SHA384,
            CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
        ],
        tls12_suites: &[
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
            CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
            CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
            CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,
            CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384,
            CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384,
        ],
        verifying_schemes: &[
            SignatureScheme::ECDSA_SECP256R1_SHA256,
            SignatureScheme::RSA_PSS_RSAE_SHA256,
            SignatureScheme::RSA_PKCS1_SHA256,
            SignatureScheme::ECDSA_SECP384R1_SHA384,
            SignatureScheme::RSA_PSS_RSAE_SHA384,
            SignatureScheme::RSA_PKCS1_SHA384,
            SignatureScheme::RSA_PSS_RSAE_SHA512,
            SignatureScheme::RSA_PKCS1_SHA512,
            SignatureScheme::RSA_PKCS1_SHA1,
        ],
        signing_schemes: &[
            SignatureScheme::MLDSA44,
            SignatureScheme::MLDSA65,
            SignatureScheme::MLDSA87,
            SignatureScheme::ED25519,
            SignatureScheme::ECDSA_SECP256R1_SHA256,
            SignatureScheme::RSA_PSS_RSAE_SHA256,
            SignatureScheme::RSA_PKCS1_SHA256,
            SignatureScheme::ECDSA_SECP384R1_SHA384,
            SignatureScheme::RSA_PSS_RSAE_SHA384,
            SignatureScheme::RSA_PKCS1_SHA384,
            SignatureScheme::ECDSA_SECP521R1_SHA512,
            SignatureScheme::RSA_PSS_RSAE_SHA512,
            SignatureScheme::RSA_PKCS1_SHA512,
            SignatureScheme::ECDSA_SHA1,
            SignatureScheme::RSA_PKCS1_SHA1,
        ],
    };

    /// The compliance policy that this flag names.
    pub(crate) fn of_policy(flag: &str) -> Option<Self> {
        Some(match flag {
            "-fips-202205" => Self {
                groups: &[NamedGroup::SECP256R1, NamedGroup::SECP384R1],
                tls13_suites: &AES_GCM,
                tls12_suites: &[
                    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
                    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
                    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
                ],
                verifying_schemes: SHA2,
                signing_schemes: SHA2,
            },
            "-fips-202609" => Self {
                groups: &[
                    NamedGroup::X25519MLKEM768,
                    NamedGroup::MLKEM1024,
                    NamedGroup::SECP256R1,
                    NamedGroup::SECP384R1,
                ],
                ..Self::of_policy("-fips-202205")?
            },
            "-wpa-202304" => Self {
                groups: &[NamedGroup::SECP384R1],
                tls13_suites: &[CipherSuite::TLS_AES_256_GCM_SHA384],
                tls12_suites: &[
                    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
                    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
                ],
                verifying_schemes: &SHA384_OR_LONGER,
                signing_schemes: &SHA384_OR_LONGER,
            },
            "-cnsa1-202603" => Self {
                groups: &[NamedGroup::MLKEM1024, NamedGroup::SECP384R1],
                verifying_schemes: &SHA384,
                signing_schemes: &SHA384,
                ..Self::of_policy("-wpa-202304")?
            },
            "-cnsa2-202603" => Self {
                groups: &[NamedGroup::MLKEM1024],
                tls12_suites: &[],
                ..Self::of_policy("-cnsa1-202603")?
            },
            "-cnsa-202407" => Self {
                tls13_suites: &[
                    CipherSuite::TLS_AES_256_GCM_SHA384,
                    CipherSuite::TLS_AES_128_GCM_SHA256,
                    CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
                ],
                ..Self::BORINGSSL
            },
            _ => return None,
        })
    }
}

const AES_GCM: [CipherSuite; 2] = [CipherSuite::TLS_AES_128_GCM_SHA256, CipherSuite::TLS_AES_256_GCM_SHA384];
/// The last of BoringSSL's own has SHA-1.
const SHA2: &[SignatureScheme] = match Preferences::BORINGSSL.verifying_schemes.split_last() {
    Some((_sha1, sha2)) => sha2,
    None => &[],
};
const SHA384_OR_LONGER: [SignatureScheme; 5] = [
    SignatureScheme::ECDSA_SECP384R1_SHA384,
    SignatureScheme::RSA_PSS_RSAE_SHA384,
    SignatureScheme::RSA_PKCS1_SHA384,
    SignatureScheme::RSA_PSS_RSAE_SHA512,
    SignatureScheme::RSA_PKCS1_SHA512,
];
const SHA384: [SignatureScheme; 3] = [
    SignatureScheme::ECDSA_SECP384R1_SHA384,
    SignatureScheme::RSA_PSS_RSAE_SHA384,
    SignatureScheme::RSA_PKCS1_SHA384,
];
