use super::*;

#[test]
fn tls13() {
    for (id, aead, hash) in [
        (0x1301, Aead::Aes128Gcm, Hash::Sha256),
        (0x1302, Aead::Aes256Gcm, Hash::Sha384),
        (0x1303, Aead::ChaCha20Poly1305, Hash::Sha256),
    ] {
        let id = CipherSuite(id);
        assert_eq!(Tls13Suite::from_id(id), Some(Tls13Suite { id, aead, hash }));
    }
}

/// Every suite with its number in the registry.
#[test]
fn tls12() {
    use Authentication::{Ecdsa, Rsa};
    use Hash::{Sha256, Sha384};
    for (id, authentication, cipher, hash) in [
        (0xc02b, Ecdsa, Tls12Cipher::Aes128Gcm, Sha256),
        (0xc02c, Ecdsa, Tls12Cipher::Aes256Gcm, Sha384),
        (0xcca9, Ecdsa, Tls12Cipher::ChaCha20Poly1305, Sha256),
        (0xc009, Ecdsa, Tls12Cipher::Aes128CbcSha1, Sha256),
        (0xc00a, Ecdsa, Tls12Cipher::Aes256CbcSha1, Sha256),
        (0xc023, Ecdsa, Tls12Cipher::Aes128CbcSha256, Sha256),
        (0xc024, Ecdsa, Tls12Cipher::Aes256CbcSha384, Sha384),
        (0xc02f, Rsa, Tls12Cipher::Aes128Gcm, Sha256),
        (0xc030, Rsa, Tls12Cipher::Aes256Gcm, Sha384),
        (0xcca8, Rsa, Tls12Cipher::ChaCha20Poly1305, Sha256),
        (0xc013, Rsa, Tls12Cipher::Aes128CbcSha1, Sha256),
        (0xc014, Rsa, Tls12Cipher::Aes256CbcSha1, Sha256),
        (0xc027, Rsa, Tls12Cipher::Aes128CbcSha256, Sha256),
        (0xc028, Rsa, Tls12Cipher::Aes256CbcSha384, Sha384),
    ] {
        let id = CipherSuite(id);
        assert_eq!(Tls12Suite::from_id(id), Some(Tls12Suite { id, authentication, cipher, hash }));
    }
}

/// Static RSA, DHE, static ECDH, PSK, CCM, signalling values and GREASE among them.
#[test]
fn a_suite_is_of_one_version_or_none() {
    let ids = || (0..=u16::MAX).map(CipherSuite);
    assert_eq!(ids().filter_map(Tls13Suite::from_id).count(), 3);
    assert_eq!(ids().filter_map(Tls12Suite::from_id).count(), 14);
    assert!(!ids().any(|id| Tls13Suite::from_id(id).is_some() && Tls12Suite::from_id(id).is_some()));
}

#[test]
fn ciphers() {
    for (cipher, is_cbc, limit) in [
        (Tls12Cipher::Aes128Gcm, false, 1 << 24),
        (Tls12Cipher::Aes256Gcm, false, 1 << 24),
        (Tls12Cipher::ChaCha20Poly1305, false, u64::MAX),
        (Tls12Cipher::Aes128CbcSha1, true, 1 << 24),
        (Tls12Cipher::Aes256CbcSha1, true, 1 << 24),
        (Tls12Cipher::Aes128CbcSha256, true, 1 << 24),
        (Tls12Cipher::Aes256CbcSha384, true, 1 << 24),
    ] {
        assert_eq!((cipher.is_cbc(), cipher.confidentiality_limit()), (is_cbc, limit), "{cipher:?}");
    }
}
