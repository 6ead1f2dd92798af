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
