//! The FIPS module's keys for the records of TLS. For AES-GCM it wants to see itself that no nonce comes twice: a record's
//! number must be higher than all before it, and the first one's, in TLS 1.3, is 0.

use std::sync::{Mutex, PoisonError};

use aws_lc_rs::aead::{
    Aad, LessSafeKey, Nonce, Tag, TlsProtocolId, TlsRecordOpeningKey, TlsRecordSealingKey, UnboundKey,
};

use super::Aead;
use crate::CryptoError;
use crate::fips::indicator;

const SEALING: &str = "sealing of records";
const OPENING: &str = "opening of records";

pub(super) struct Sealer {
    aead: Aead,
    key: SealingKey,
}

enum SealingKey {
    /// The lock is taken once per record and never contended.
    Approved(Mutex<TlsRecordSealingKey>),
    /// For those who have chosen to use what is not approved.
    ChaCha20(LessSafeKey),
}

impl Sealer {
    pub(super) fn new(aead: Aead, version: TlsProtocolId, key: &[u8]) -> Result<Self, CryptoError> {
        let key = match aead {
            Aead::ChaCha20Poly1305 => SealingKey::ChaCha20(chacha20_key(key)?),
            Aead::Aes128Gcm | Aead::Aes256Gcm => SealingKey::Approved(Mutex::new(
                TlsRecordSealingKey::new(aead.algorithm(), version, key).map_err(|_| CryptoError)?,
            )),
        };
        Ok(Self { aead, key })
    }

    /// Seals `plaintext ‖ suffix` into `body ‖ rest`; the tag comes last.
    pub(super) fn seal(
        &self,
        nonce: Nonce,
        additional_data: &[u8],
        plaintext: &[u8],
        body: &mut [u8],
        suffix: &[u8],
        rest: &mut [u8],
    ) -> Result<(), CryptoError> {
        let aad = Aad::from(additional_data);
        let call = indicator::begin(SEALING, self.aead.name());
        match &self.key {
            SealingKey::Approved(key) => {
                let mut key = key.lock().unwrap_or_else(PoisonError::into_inner);
                key.seal_out_of_place_scatter(nonce, aad, plaintext, body, suffix, rest)
            }
            SealingKey::ChaCha20(key) => {
                key.seal_out_of_place_scatter(nonce, aad, plaintext, body, suffix, rest)
            }
        }
        .map_err(|_| CryptoError)?;
        call.end();
        Ok(())
    }

    pub(super) fn seal_in_place(
        &self,
        nonce: Nonce,
        additional_data: &[u8],
        inner: &mut [u8],
    ) -> Result<Tag, CryptoError> {
        let aad = Aad::from(additional_data);
        let call = indicator::begin(SEALING, self.aead.name());
        let tag = match &self.key {
            SealingKey::Approved(key) => {
                let mut key = key.lock().unwrap_or_else(PoisonError::into_inner);
                key.seal_in_place_separate_tag(nonce, aad, inner)
            }
            SealingKey::ChaCha20(key) => key.seal_in_place_separate_tag(nonce, aad, inner),
        }
        .map_err(|_| CryptoError)?;
        call.end();
        Ok(tag)
    }
}

pub(super) struct Opener {
    aead: Aead,
    key: OpeningKey,
}

enum OpeningKey {
    Approved(TlsRecordOpeningKey),
    ChaCha20(LessSafeKey),
}

impl Opener {
    pub(super) fn new(aead: Aead, version: TlsProtocolId, key: &[u8]) -> Result<Self, CryptoError> {
        let key = match aead {
            Aead::ChaCha20Poly1305 => OpeningKey::ChaCha20(chacha20_key(key)?),
            Aead::Aes128Gcm | Aead::Aes256Gcm => OpeningKey::Approved(
                TlsRecordOpeningKey::new(aead.algorithm(), version, key).map_err(|_| CryptoError)?,
            ),
        };
        Ok(Self { aead, key })
    }

    pub(super) fn open_in_place(
        &self,
        nonce: Nonce,
        additional_data: &[u8],
        buffer: &mut [u8],
    ) -> Result<usize, CryptoError> {
        let aad = Aad::from(additional_data);
        let call = indicator::begin(OPENING, self.aead.name());
        let opened = match &self.key {
            OpeningKey::Approved(key) => key.open_in_place(nonce, aad, buffer),
            OpeningKey::ChaCha20(key) => key.open_in_place(nonce, aad, buffer),
        };
        let len = opened.map_err(|_| CryptoError)?.len();
        call.end();
        Ok(len)
    }
}

fn chacha20_key(key: &[u8]) -> Result<LessSafeKey, CryptoError> {
    UnboundKey::new(Aead::ChaCha20Poly1305.algorithm(), key).map(LessSafeKey::new).map_err(|_| CryptoError)
}
