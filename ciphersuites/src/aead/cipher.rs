//! The library's keys: bare AEADs, which seal without state. A FIPS module does not approve of that.

use aws_lc_rs::aead::{Aad, LessSafeKey, Nonce, Tag, TlsProtocolId, UnboundKey};

use super::Aead;
use crate::CryptoError;

pub(super) struct Sealer(LessSafeKey);

impl Sealer {
    pub(super) fn new(aead: Aead, _: TlsProtocolId, key: &[u8]) -> Result<Self, CryptoError> {
        less_safe_key(aead, key).map(Self)
    }

    /// Seals `plaintext ‖ suffix` into `body ‖ rest`; the tag comes last.
    #[inline]
    pub(super) fn seal(
        &self,
        nonce: Nonce,
        additional_data: &[u8],
        plaintext: &[u8],
        body: &mut [u8],
        suffix: &[u8],
        rest: &mut [u8],
    ) -> Result<(), CryptoError> {
        self.0
            .seal_out_of_place_scatter(nonce, Aad::from(additional_data), plaintext, body, suffix, rest)
            .map_err(|_| CryptoError)
    }

    #[inline]
    pub(super) fn seal_in_place(
        &self,
        nonce: Nonce,
        additional_data: &[u8],
        inner: &mut [u8],
    ) -> Result<Tag, CryptoError> {
        self.0.seal_in_place_separate_tag(nonce, Aad::from(additional_data), inner).map_err(|_| CryptoError)
    }
}

pub(super) struct Opener(LessSafeKey);

impl Opener {
    pub(super) fn new(aead: Aead, _: TlsProtocolId, key: &[u8]) -> Result<Self, CryptoError> {
        less_safe_key(aead, key).map(Self)
    }

    #[inline]
    pub(super) fn open_in_place(
        &self,
        nonce: Nonce,
        additional_data: &[u8],
        buffer: &mut [u8],
    ) -> Result<usize, CryptoError> {
        let opened = self.0.open_in_place(nonce, Aad::from(additional_data), buffer);
        opened.map(|inner| inner.len()).map_err(|_| CryptoError)
    }
}

fn less_safe_key(aead: Aead, key: &[u8]) -> Result<LessSafeKey, CryptoError> {
    UnboundKey::new(aead.algorithm(), key).map(LessSafeKey::new).map_err(|_| CryptoError)
}
