use super::{codepoint, is_grease};

codepoint! {
    /// A signature scheme, as in the signature_algorithms extensions and CertificateVerify (RFC 9846 §4.3.3).
    ///
    /// The 0x02xx and 0x03xx values are TLS 1.2's hash and signature pairs.
    pub struct SignatureScheme;
    RSA_PKCS1_SHA1 = 0x0201 as "rsa_pkcs1_sha1",
    ECDSA_SHA1 = 0x0203 as "ecdsa_sha1",
    RSA_PKCS1_SHA224 = 0x0301 as "rsa_pkcs1_sha224",
    ECDSA_SHA224 = 0x0303 as "ecdsa_sha224",
    RSA_PKCS1_SHA256 = 0x0401 as "rsa_pkcs1_sha256",
    ECDSA_SECP256R1_SHA256 = 0x0403 as "ecdsa_secp256r1_sha256",
    RSA_PKCS1_SHA256_LEGACY = 0x0420 as "rsa_pkcs1_sha256_legacy",
    RSA_PKCS1_SHA384 = 0x0501 as "rsa_pkcs1_sha384",
    ECDSA_SECP384R1_SHA384 = 0x0503 as "ecdsa_secp384r1_sha384",
    RSA_PKCS1_SHA384_LEGACY = 0x0520 as "rsa_pkcs1_sha384_legacy",
    RSA_PKCS1_SHA512 = 0x0601 as "rsa_pkcs1_sha512",
    ECDSA_SECP521R1_SHA512 = 0x0603 as "ecdsa_secp521r1_sha512",
    RSA_PKCS1_SHA512_LEGACY = 0x0620 as "rsa_pkcs1_sha512_legacy",
    ECCSI_SHA256 = 0x0704 as "eccsi_sha256",
    ISO_IBS1 = 0x0705 as "iso_ibs1",
    ISO_IBS2 = 0x0706 as "iso_ibs2",
    ISO_CHINESE_IBS = 0x0707 as "iso_chinese_ibs",
    SM2SIG_SM3 = 0x0708 as "sm2sig_sm3",
    GOSTR34102012_256A = 0x0709 as "gostr34102012_256a",
    GOSTR34102012_256B = 0x070a as "gostr34102012_256b",
    GOSTR34102012_256C = 0x070b as "gostr34102012_256c",
    GOSTR34102012_256D = 0x070c as "gostr34102012_256d",
    GOSTR34102012_512A = 0x070d as "gostr34102012_512a",
    GOSTR34102012_512B = 0x070e as "gostr34102012_512b",
    GOSTR34102012_512C = 0x070f as "gostr34102012_512c",
    RSA_PSS_RSAE_SHA256 = 0x0804 as "rsa_pss_rsae_sha256",
    RSA_PSS_RSAE_SHA384 = 0x0805 as "rsa_pss_rsae_sha384",
    RSA_PSS_RSAE_SHA512 = 0x0806 as "rsa_pss_rsae_sha512",
    ED25519 = 0x0807 as "ed25519",
    ED448 = 0x0808 as "ed448",
    RSA_PSS_PSS_SHA256 = 0x0809 as "rsa_pss_pss_sha256",
    RSA_PSS_PSS_SHA384 = 0x080a as "rsa_pss_pss_sha384",
    RSA_PSS_PSS_SHA512 = 0x080b as "rsa_pss_pss_sha512",
    ECDSA_BRAINPOOLP256R1TLS13_SHA256 = 0x081a as "ecdsa_brainpoolP256r1tls13_sha256",
    ECDSA_BRAINPOOLP384R1TLS13_SHA384 = 0x081b as "ecdsa_brainpoolP384r1tls13_sha384",
    ECDSA_BRAINPOOLP512R1TLS13_SHA512 = 0x081c as "ecdsa_brainpoolP512r1tls13_sha512",
    MLDSA44 = 0x0904 as "mldsa44",
    MLDSA65 = 0x0905 as "mldsa65",
    MLDSA87 = 0x0906 as "mldsa87",
    SLHDSA_SHA2_128S = 0x0911 as "slhdsa_sha2_128s",
    SLHDSA_SHA2_128F = 0x0912 as "slhdsa_sha2_128f",
    SLHDSA_SHA2_192S = 0x0913 as "slhdsa_sha2_192s",
    SLHDSA_SHA2_192F = 0x0914 as "slhdsa_sha2_192f",
    SLHDSA_SHA2_256S = 0x0915 as "slhdsa_sha2_256s",
    SLHDSA_SHA2_256F = 0x0916 as "slhdsa_sha2_256f",
    SLHDSA_SHAKE_128S = 0x0917 as "slhdsa_shake_128s",
    SLHDSA_SHAKE_128F = 0x0918 as "slhdsa_shake_128f",
    SLHDSA_SHAKE_192S = 0x0919 as "slhdsa_shake_192s",
    SLHDSA_SHAKE_192F = 0x091a as "slhdsa_shake_192f",
    SLHDSA_SHAKE_256S = 0x091b as "slhdsa_shake_256s",
    SLHDSA_SHAKE_256F = 0x091c as "slhdsa_shake_256f",
}

impl SignatureScheme {
    /// Whether this is a value reserved for GREASE (RFC 8701 §2).
    pub const fn is_grease(self) -> bool {
        is_grease(self.0)
    }
}
