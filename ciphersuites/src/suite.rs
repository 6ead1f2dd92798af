use crate::{Aead, CipherSuite, Hash};

/// A TLS 1.3 cipher suite: the AEAD of the records and the hash of the transcript and key schedule (RFC 9846 §B.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tls13Suite {
    /// The code point.
    pub id: CipherSuite,
    /// The AEAD that protects records.
    pub aead: Aead,
    /// The hash of the transcript and the key schedule.
    pub hash: Hash,
}

impl Tls13Suite {
    /// The suite with this code point, or `None` if it is not a TLS 1.3 suite that this crate implements.
    //= 9846:9.1 suites
    //= 9846:E.5 rc4
    pub const fn from_id(id: CipherSuite) -> Option<Self> {
        let (aead, hash) = match id {
            CipherSuite::TLS_AES_128_GCM_SHA256 => (Aead::Aes128Gcm, Hash::Sha256),
            CipherSuite::TLS_AES_256_GCM_SHA384 => (Aead::Aes256Gcm, Hash::Sha384),
            CipherSuite::TLS_CHACHA20_POLY1305_SHA256 => (Aead::ChaCha20Poly1305, Hash::Sha256),
            _ => return None,
        };
        Some(Self { id, aead, hash })
    }
}

/// A TLS 1.2 cipher suite with ephemeral elliptic curve key exchange (RFC 5289, RFC 7905, RFC 8422).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tls12Suite {
    /// The code point.
    pub id: CipherSuite,
    /// The kind of key that the server signs with.
    pub authentication: Authentication,
    /// What protects records.
    pub cipher: Tls12Cipher,
    /// The hash of the PRF and the transcript.
    pub hash: Hash,
}

/// The kind of key that a TLS 1.2 suite asks of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// ECDSA or Ed25519 (RFC 8422 §2).
    Ecdsa,
    /// RSA, under PKCS#1 or PSS signatures.
    Rsa,
}

/// What protects the records of a TLS 1.2 suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls12Cipher {
    /// AES-128-GCM (RFC 5288 §3).
    Aes128Gcm,
    /// AES-256-GCM (RFC 5288 §3).
    Aes256Gcm,
    /// ChaCha20-Poly1305 (RFC 7905 §2).
    ChaCha20Poly1305,
    /// AES-128 in CBC mode after HMAC-SHA-1 (RFC 5246 §6.2.3.2).
    Aes128CbcSha1,
    /// AES-256 in CBC mode after HMAC-SHA-1.
    Aes256CbcSha1,
    /// AES-128 in CBC mode after HMAC-SHA-256.
    Aes128CbcSha256,
    /// AES-256 in CBC mode after HMAC-SHA-384.
    Aes256CbcSha384,
}

impl Tls12Suite {
    /// The suite with this code point, or `None` if it is not a TLS 1.2 suite that this crate implements.
    pub const fn from_id(id: CipherSuite) -> Option<Self> {
        use Authentication::{Ecdsa, Rsa};
        use Hash::{Sha256, Sha384};
        let (authentication, cipher, hash) = match id {
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 => (Ecdsa, Tls12Cipher::Aes128Gcm, Sha256),
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 => (Ecdsa, Tls12Cipher::Aes256Gcm, Sha384),
            CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 => {
                (Ecdsa, Tls12Cipher::ChaCha20Poly1305, Sha256)
            }
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA => (Ecdsa, Tls12Cipher::Aes128CbcSha1, Sha256),
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA => (Ecdsa, Tls12Cipher::Aes256CbcSha1, Sha256),
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256 => {
                (Ecdsa, Tls12Cipher::Aes128CbcSha256, Sha256)
            }
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384 => {
                (Ecdsa, Tls12Cipher::Aes256CbcSha384, Sha384)
            }
            CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 => (Rsa, Tls12Cipher::Aes128Gcm, Sha256),
            CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 => (Rsa, Tls12Cipher::Aes256Gcm, Sha384),
            CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 => {
                (Rsa, Tls12Cipher::ChaCha20Poly1305, Sha256)
            }
            CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA => (Rsa, Tls12Cipher::Aes128CbcSha1, Sha256),
            CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA => (Rsa, Tls12Cipher::Aes256CbcSha1, Sha256),
            CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256 => (Rsa, Tls12Cipher::Aes128CbcSha256, Sha256),
            CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384 => (Rsa, Tls12Cipher::Aes256CbcSha384, Sha384),
            _ => return None,
        };
        Some(Self { id, authentication, cipher, hash })
    }
}

impl Tls12Cipher {
    /// Whether records are MACed and then encrypted in CBC mode.
    pub const fn is_cbc(self) -> bool {
        self.aead().is_none()
    }

    /// How many full records one key may protect. TLS 1.2 cannot replace keys, so the connection ends there.
    ///
    /// The bounds of RFC 9846 §5.5. AES in CBC mode under random vectors meets the same birthday bound as AES-GCM.
    pub const fn confidentiality_limit(self) -> u64 {
        match self.aead() {
            Some(aead) => aead.confidentiality_limit(),
            None => Aead::Aes128Gcm.confidentiality_limit(),
        }
    }

    /// The AEAD, or `None` for CBC.
    pub(crate) const fn aead(self) -> Option<Aead> {
        match self {
            Self::Aes128Gcm => Some(Aead::Aes128Gcm),
            Self::Aes256Gcm => Some(Aead::Aes256Gcm),
            Self::ChaCha20Poly1305 => Some(Aead::ChaCha20Poly1305),
            Self::Aes128CbcSha1 | Self::Aes256CbcSha1 | Self::Aes128CbcSha256 | Self::Aes256CbcSha384 => None,
        }
    }
}

#[cfg(test)]
mod tests;
