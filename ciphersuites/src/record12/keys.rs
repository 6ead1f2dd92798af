use std::fmt;

use aws_lc_rs::aead::TlsProtocolId;
use zeroize::Zeroizing;

use super::{Opening, Sealing, Tls12OpeningKey, Tls12SealingKey};
use crate::aead::{Aead, IV_LEN, MAX_KEY_LEN, RecordOpener, RecordSealer};
use crate::hmac::wipe;
use crate::{CryptoError, Tls12Cipher, cbc};

/// The longest MAC key and cipher key together, in bytes.
const MAX_KEYS_LEN: usize = cbc::MAX_MAC_LEN + MAX_KEY_LEN;

/// The length in bytes of the secret part of AES-GCM's nonce (RFC 5288 §3).
const SALT_LEN: usize = 4;

/// The longest key block in bytes: CBC's, which has no vectors in it.
const MAX_KEY_BLOCK_LEN: usize = 2 * MAX_KEYS_LEN;

/// The keys of both directions (RFC 5246 §6.3).
#[derive(Debug)]
pub struct Tls12Keys {
    /// What the client writes with and the server reads with.
    pub client: Tls12WriteKey,
    /// What the server writes with and the client reads with.
    pub server: Tls12WriteKey,
}

impl Tls12Keys {
    /// Cuts up the key block that `expand` writes (RFC 5246 §6.3).
    pub(crate) fn cut(cipher: Tls12Cipher, expand: impl FnOnce(&mut [u8])) -> Result<Self, CryptoError> {
        let Lens { mac_key, key, iv } = Lens::of(cipher);
        let len = [mac_key, key, iv].iter().sum::<usize>().saturating_mul(2);
        let mut block = Zeroizing::new([0; MAX_KEY_BLOCK_LEN]);
        let block = block.get_mut(..len).ok_or(CryptoError)?;
        expand(block);
        let mut rest = &*block;
        let mut take = |len| {
            let (part, tail) = rest.split_at_checked(len).ok_or(CryptoError)?;
            rest = tail;
            Ok(part)
        };
        let (client_mac_key, server_mac_key) = (take(mac_key)?, take(mac_key)?);
        let (client_key, server_key) = (take(key)?, take(key)?);
        let (client_iv, server_iv) = (take(iv)?, take(iv)?);
        Ok(Self {
            client: Tls12WriteKey::new(cipher, client_mac_key, client_key, client_iv),
            server: Tls12WriteKey::new(cipher, server_mac_key, server_key, server_iv),
        })
    }
}

/// The lengths of one direction's parts of the key block, in bytes.
struct Lens {
    mac_key: usize,
    key: usize,
    /// What of the nonces is secret; CBC's vectors are all public.
    iv: usize,
}

impl Lens {
    fn of(cipher: Tls12Cipher) -> Self {
        let aead = |aead: Aead, iv| Self { mac_key: 0, key: aead.key_len(), iv };
        let cbc = |mac_key, key| Self { mac_key, key, iv: 0 };
        match cipher {
            Tls12Cipher::Aes128Gcm => aead(Aead::Aes128Gcm, SALT_LEN),
            Tls12Cipher::Aes256Gcm => aead(Aead::Aes256Gcm, SALT_LEN),
            Tls12Cipher::ChaCha20Poly1305 => aead(Aead::ChaCha20Poly1305, IV_LEN),
            Tls12Cipher::Aes128CbcSha1 => cbc(20, 16),
            Tls12Cipher::Aes256CbcSha1 => cbc(20, 32),
            Tls12Cipher::Aes128CbcSha256 => cbc(32, 16),
            Tls12Cipher::Aes256CbcSha384 => cbc(48, 32),
        }
    }
}

/// The secrets that protect the records of one direction. Inline, wiped on drop, never printed.
pub struct Tls12WriteKey {
    cipher: Tls12Cipher,
    /// The MAC key, if there is one, and the cipher's key behind it, as the library wants them for CBC.
    keys: [u8; MAX_KEYS_LEN],
    keys_len: usize,
    /// AES-GCM's salt is padded on the right, so that XOR with a number appends it.
    iv: [u8; IV_LEN],
}

impl Tls12WriteKey {
    fn new(cipher: Tls12Cipher, mac_key: &[u8], key: &[u8], iv: &[u8]) -> Self {
        let keys_len = mac_key.len().saturating_add(key.len()).min(MAX_KEYS_LEN);
        let mut this = Self { cipher, keys: [0; MAX_KEYS_LEN], keys_len, iv: [0; IV_LEN] };
        for (to, from) in this.keys.iter_mut().zip(mac_key.iter().chain(key)) {
            *to = *from;
        }
        for (to, from) in this.iv.iter_mut().zip(iv) {
            *to = *from;
        }
        this
    }

    /// The key to protect this direction's records with.
    ///
    /// # Errors
    /// The cipher refused the key.
    pub fn sealing_key(&self) -> Result<Tls12SealingKey, CryptoError> {
        Ok(Tls12SealingKey(match self.cipher.aead() {
            Some(Aead::ChaCha20Poly1305) => Sealing::ChaCha20(self.sealer(Aead::ChaCha20Poly1305)?),
            Some(aead) => Sealing::Gcm(self.sealer(aead)?),
            None => Sealing::Cbc(cbc::SealingKey::new(self.cipher, self.keys())?),
        }))
    }

    /// The key to open this direction's records with.
    ///
    /// # Errors
    /// The cipher refused the key.
    pub fn opening_key(&self) -> Result<Tls12OpeningKey, CryptoError> {
        Ok(Tls12OpeningKey(match self.cipher.aead() {
            Some(Aead::ChaCha20Poly1305) => Opening::ChaCha20(self.opener(Aead::ChaCha20Poly1305)?),
            Some(aead) => Opening::Gcm(self.opener(aead)?),
            None => Opening::Cbc(cbc::OpeningKey::new(self.cipher, self.keys())?),
        }))
    }

    /// MAC key and cipher key, and what of the vector came out of the key block.
    #[cfg(test)]
    pub(crate) fn parts(&self) -> (&[u8], &[u8]) {
        (self.keys(), &self.iv[..Lens::of(self.cipher).iv])
    }

    fn sealer(&self, aead: Aead) -> Result<RecordSealer, CryptoError> {
        RecordSealer::new(aead, TlsProtocolId::TLS12, self.keys(), self.iv)
    }

    fn opener(&self, aead: Aead) -> Result<RecordOpener, CryptoError> {
        RecordOpener::new(aead, TlsProtocolId::TLS12, self.keys(), self.iv)
    }

    fn keys(&self) -> &[u8] {
        self.keys.get(..self.keys_len).unwrap_or_default()
    }
}

impl Drop for Tls12WriteKey {
    fn drop(&mut self) {
        wipe(&mut self.keys);
        wipe(&mut self.iv);
    }
}

impl fmt::Debug for Tls12WriteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls12WriteKey").field("cipher", &self.cipher).finish_non_exhaustive()
    }
}
