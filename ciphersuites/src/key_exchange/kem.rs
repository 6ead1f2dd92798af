use aws_lc_rs::kem::{self, Ciphertext, DecapsulationKey, EncapsulationKey};

use super::SharedSecret;
use crate::fips::indicator;
use crate::{KeyExchangeError, NamedGroup, faults};

static ML_KEM_512: kem::Algorithm = kem::ML_KEM_512;
static ML_KEM_768: kem::Algorithm = kem::ML_KEM_768;
static ML_KEM_1024: kem::Algorithm = kem::ML_KEM_1024;

/// A parameter set of ML-KEM (FIPS 203 §8).
#[derive(Clone, Copy)]
pub(super) enum Kem {
    MlKem512,
    MlKem768,
    MlKem1024,
}

impl Kem {
    /// The length in bytes of the client's share.
    pub(super) const fn encapsulation_key_len(self) -> usize {
        match self {
            Self::MlKem512 => 800,
            Self::MlKem768 => 1184,
            Self::MlKem1024 => 1568,
        }
    }

    /// The length in bytes of the server's share.
    pub(super) const fn ciphertext_len(self) -> usize {
        match self {
            Self::MlKem512 => 768,
            Self::MlKem768 => 1088,
            Self::MlKem1024 => 1568,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::MlKem512 => "ML-KEM-512",
            Self::MlKem768 => "ML-KEM-768",
            Self::MlKem1024 => "ML-KEM-1024",
        }
    }

    fn algorithm(self) -> &'static kem::Algorithm {
        match self {
            Self::MlKem512 => &ML_KEM_512,
            Self::MlKem768 => &ML_KEM_768,
            Self::MlKem1024 => &ML_KEM_1024,
        }
    }

    /// The server's side: appends the ciphertext to `out` and the secret to `secret`.
    ///
    /// The encapsulation key check (FIPS 203 §7.2) is the library's: the length when the key is read, the modulus in
    /// the encapsulation, where a coefficient out of range is the only way left to fail that a peer can cause.
    pub(super) fn encapsulate(
        self,
        group: NamedGroup,
        client_share: &[u8],
        out: &mut Vec<u8>,
        secret: &mut SharedSecret,
    ) -> Result<(), KeyExchangeError> {
        let invalid = KeyExchangeError::InvalidShare(group);
        let key = EncapsulationKey::new(self.algorithm(), client_share).map_err(|_| invalid)?;
        faults::call("encapsulation").map_err(|_| KeyExchangeError::Crypto)?;
        let call = indicator::begin("encapsulation", self.name());
        let (ciphertext, value) = key.encapsulate().map_err(|_| invalid)?;
        call.end();
        out.extend_from_slice(ciphertext.as_ref());
        secret.push(value.as_ref())
    }
}

/// A client's ephemeral decapsulation key.
pub(super) struct KemKey {
    kem: Kem,
    key: DecapsulationKey,
}

impl KemKey {
    pub(super) fn generate(kem: Kem) -> Result<Self, KeyExchangeError> {
        faults::call("KEM key generation").map_err(|_| KeyExchangeError::Crypto)?;
        let call = indicator::begin("KEM key generation", kem.name());
        let key = DecapsulationKey::generate(kem.algorithm()).map_err(|_| KeyExchangeError::Crypto)?;
        call.end();
        Ok(Self { kem, key })
    }

    pub(super) fn kem(&self) -> Kem {
        self.kem
    }

    pub(super) fn write_share(&self, out: &mut Vec<u8>) -> Result<(), KeyExchangeError> {
        faults::call("encapsulation key").map_err(|_| KeyExchangeError::Crypto)?;
        let share = self.key.encapsulation_key().and_then(|key| key.key_bytes());
        out.extend_from_slice(share.map_err(|_| KeyExchangeError::Crypto)?.as_ref());
        Ok(())
    }

    /// Appends the secret inside `ciphertext` to `secret`. Of the right length, every ciphertext gives one.
    pub(super) fn decapsulate(
        self,
        group: NamedGroup,
        ciphertext: &[u8],
        secret: &mut SharedSecret,
    ) -> Result<(), KeyExchangeError> {
        if ciphertext.len() != self.kem.ciphertext_len() {
            return Err(KeyExchangeError::InvalidShare(group));
        }
        faults::call("decapsulation").map_err(|_| KeyExchangeError::Crypto)?;
        let call = indicator::begin("decapsulation", self.kem.name());
        let value = self.key.decapsulate(Ciphertext::from(ciphertext));
        let value = value.map_err(|_| KeyExchangeError::Crypto)?;
        call.end();
        secret.push(value.as_ref())
    }
}
