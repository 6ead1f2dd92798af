use aws_lc_rs::agreement::{self, ECDH_P256, ECDH_P384, ECDH_P521, UnparsedPublicKey};

use super::SharedSecret;
use crate::fips::indicator;
use crate::{KeyExchangeError, NamedGroup, faults};

/// The first byte of an uncompressed point, the only form allowed (RFC 9846 §4.3.8.2).
const UNCOMPRESSED: u8 = 4;

#[derive(Clone, Copy)]
pub(super) enum Curve {
    X25519,
    P256,
    P384,
    P521,
}

impl Curve {
    /// The length in bytes of a share, the client's and the server's alike.
    pub(super) const fn share_len(self) -> usize {
        match self {
            Self::X25519 => 32,
            Self::P256 => 65,
            Self::P384 => 97,
            Self::P521 => 133,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::X25519 => "X25519",
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
        }
    }

    fn algorithm(self) -> &'static agreement::Algorithm {
        match self {
            Self::X25519 => &agreement::X25519,
            Self::P256 => &ECDH_P256,
            Self::P384 => &ECDH_P384,
            Self::P521 => &ECDH_P521,
        }
    }

    /// Whether `share` has the one length and form of this curve. The library checks the rest, that the point is on
    /// the curve, but would accept compressed and hybrid points and whole SubjectPublicKeyInfos too.
    fn accepts(self, share: &[u8]) -> bool {
        share.len() == self.share_len()
            && (matches!(self, Self::X25519) || share.first() == Some(&UNCOMPRESSED))
    }
}

/// An ephemeral private key on one curve.
pub(super) struct CurveKey {
    curve: Curve,
    key: agreement::EphemeralPrivateKey,
}

impl CurveKey {
    pub(super) fn generate(curve: Curve) -> Result<Self, KeyExchangeError> {
        faults::call("ECDH key generation").map_err(|_| KeyExchangeError::Crypto)?;
        let rng = aws_lc_rs::rand::SystemRandom::new();
        let call = indicator::begin("ECDH key generation", curve.name());
        let key = agreement::EphemeralPrivateKey::generate(curve.algorithm(), &rng);
        let key = key.map_err(|_| KeyExchangeError::Crypto)?;
        call.end();
        Ok(Self { curve, key })
    }

    pub(super) fn curve(&self) -> Curve {
        self.curve
    }

    pub(super) fn write_share(&self, out: &mut Vec<u8>) -> Result<(), KeyExchangeError> {
        faults::call("ECDH public key").map_err(|_| KeyExchangeError::Crypto)?;
        let share = self.key.compute_public_key().map_err(|_| KeyExchangeError::Crypto)?;
        out.extend_from_slice(share.as_ref());
        Ok(())
    }

    /// Appends the secret shared with the owner of `share` to `secret`. `group` is what an error names.
    ///
    /// The library refuses points off the curve and X25519's all-zero result (RFC 9846 §7.4.2).
    //= 9846:4.3.8.2 on-curve
    //= 9846:7.4.2 leading-zeros
    //= 9846:7.4.2 all-zero
    //= 9846:9.1 groups
    pub(super) fn agree(
        self,
        group: NamedGroup,
        share: &[u8],
        secret: &mut SharedSecret,
    ) -> Result<(), KeyExchangeError> {
        let invalid = KeyExchangeError::InvalidShare(group);
        if !self.curve.accepts(share) {
            return Err(invalid);
        }
        let peer = UnparsedPublicKey::new(self.curve.algorithm(), share);
        faults::call("ECDH").map_err(|_| KeyExchangeError::Crypto)?;
        let call = indicator::begin("ECDH", self.curve.name());
        agreement::agree_ephemeral(self.key, peer, invalid, |value| secret.push(value))?;
        call.end();
        Ok(())
    }
}
