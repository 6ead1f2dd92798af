//! Key exchange: ECDHE, ML-KEM, and the hybrids of both (RFC 9846 §4.3.8, RFC 10024 §4).
//!
//! A hybrid is two parts whose shares and secrets are concatenated in one order: that of [`parts`].

use std::fmt;

use crate::hmac::wipe;
use crate::{KeyExchangeError, NamedGroup};

mod ecdh;
mod kem;

use ecdh::{Curve, CurveKey};
use kem::{Kem, KemKey};

/// The longest shared secret in bytes: P-384's 48 and ML-KEM's 32.
const MAX_SECRET_LEN: usize = 80;

/// One algorithm of a group.
#[derive(Clone, Copy)]
enum Part {
    Curve(Curve),
    Kem(Kem),
}

impl Part {
    fn client_share_len(self) -> usize {
        match self {
            Self::Curve(curve) => curve.share_len(),
            Self::Kem(kem) => kem.encapsulation_key_len(),
        }
    }

    fn server_share_len(self) -> usize {
        match self {
            Self::Curve(curve) => curve.share_len(),
            Self::Kem(kem) => kem.ciphertext_len(),
        }
    }

    fn generate(self) -> Result<PartKey, KeyExchangeError> {
        Ok(match self {
            Self::Curve(curve) => PartKey::Curve(CurveKey::generate(curve)?),
            Self::Kem(kem) => PartKey::Kem(KemKey::generate(kem)?),
        })
    }

    /// The server's side of this part: appends its share to `out` and its secret to `secret`.
    fn respond(
        self,
        group: NamedGroup,
        client_share: &[u8],
        out: &mut Vec<u8>,
        secret: &mut SharedSecret,
    ) -> Result<(), KeyExchangeError> {
        match self {
            Self::Curve(curve) => {
                let key = CurveKey::generate(curve)?;
                key.write_share(out)?;
                key.agree(group, client_share, secret)
            }
            Self::Kem(kem) => kem.encapsulate(group, client_share, out, secret),
        }
    }
}

/// The parts of a group in the order of the wire, or `None` if the group is not supported.
///
/// X25519MLKEM768 has its parts in the order opposite to its name (RFC 10024 §4).
fn parts(group: NamedGroup) -> Option<(Part, Option<Part>)> {
    Some(match group {
        NamedGroup::X25519 => (Part::Curve(Curve::X25519), None),
        NamedGroup::SECP256R1 => (Part::Curve(Curve::P256), None),
        NamedGroup::SECP384R1 => (Part::Curve(Curve::P384), None),
        NamedGroup::SECP521R1 => (Part::Curve(Curve::P521), None),
        NamedGroup::MLKEM512 => (Part::Kem(Kem::MlKem512), None),
        NamedGroup::MLKEM768 => (Part::Kem(Kem::MlKem768), None),
        NamedGroup::MLKEM1024 => (Part::Kem(Kem::MlKem1024), None),
        NamedGroup::X25519MLKEM768 => (Part::Kem(Kem::MlKem768), Some(Part::Curve(Curve::X25519))),
        NamedGroup::SECP256R1MLKEM768 => (Part::Curve(Curve::P256), Some(Part::Kem(Kem::MlKem768))),
        NamedGroup::SECP384R1MLKEM1024 => (Part::Curve(Curve::P384), Some(Part::Kem(Kem::MlKem1024))),
        _ => return None,
    })
}

/// Whether this crate can agree on a secret over `group`.
//= 9846:B.3.1.4 obsolete-groups
pub fn is_supported(group: NamedGroup) -> bool {
    parts(group).is_some()
}

/// A private key of one part.
enum PartKey {
    Curve(CurveKey),
    Kem(KemKey),
}

impl PartKey {
    fn part(&self) -> Part {
        match self {
            Self::Curve(key) => Part::Curve(key.curve()),
            Self::Kem(key) => Part::Kem(key.kem()),
        }
    }

    fn write_share(&self, out: &mut Vec<u8>) -> Result<(), KeyExchangeError> {
        match self {
            Self::Curve(key) => key.write_share(out),
            Self::Kem(key) => key.write_share(out),
        }
    }

    fn agree(
        self,
        group: NamedGroup,
        server_share: &[u8],
        secret: &mut SharedSecret,
    ) -> Result<(), KeyExchangeError> {
        match self {
            Self::Curve(key) => key.agree(group, server_share, secret),
            Self::Kem(key) => key.decapsulate(group, server_share, secret),
        }
    }
}

/// A client's ephemeral key for one group. Use it for one ClientHello only (RFC 9846 §4.3.8).
pub struct KeyPair {
    group: NamedGroup,
    first: PartKey,
    second: Option<PartKey>,
}

impl KeyPair {
    /// Generates a fresh key.
    ///
    /// # Errors
    /// The group is not supported, or key generation failed.
    pub fn generate(group: NamedGroup) -> Result<Self, KeyExchangeError> {
        let (first, second) = parts(group).ok_or(KeyExchangeError::UnsupportedGroup(group))?;
        Ok(Self { group, first: first.generate()?, second: second.map(Part::generate).transpose()? })
    }

    /// The group this key is for.
    pub fn group(&self) -> NamedGroup {
        self.group
    }

    /// Appends the share, the key_exchange field of a KeyShareEntry.
    ///
    /// # Errors
    /// The public key could not be computed.
    pub fn write_share(&self, out: &mut Vec<u8>) -> Result<(), KeyExchangeError> {
        self.first.write_share(out)?;
        self.second.as_ref().map_or(Ok(()), |second| second.write_share(out))
    }

    /// Appends the classical half as a share of its own, for [`NamedGroup::classical_half`] in the same ClientHello
    /// (RFC 9954 §3.2 allows this, and only this, reuse).
    ///
    /// # Errors
    /// The group is no hybrid, or the public key could not be computed.
    pub fn write_classical_share(&self, out: &mut Vec<u8>) -> Result<(), KeyExchangeError> {
        match (&self.first, &self.second) {
            (PartKey::Curve(key), Some(_)) | (_, Some(PartKey::Curve(key))) => key.write_share(out),
            _ => Err(KeyExchangeError::UnsupportedGroup(self.group)),
        }
    }

    /// Agrees with the server's share for this group.
    ///
    /// A tampered ML-KEM ciphertext gives another secret, not an error (FIPS 203 §6.3).
    ///
    /// # Errors
    /// The share has the wrong length or form, or the operation failed.
    pub fn agree(self, server_share: &[u8]) -> Result<SharedSecret, KeyExchangeError> {
        let group = self.group;
        let mut secret = SharedSecret::empty();
        let Some(second) = self.second else {
            self.first.agree(group, server_share, &mut secret)?;
            return Ok(secret);
        };
        let lens = (self.first.part().server_share_len(), second.part().server_share_len());
        let (first_share, second_share) = split(group, server_share, lens)?;
        // Both parts run before either result is looked at: neither error nor time tells which one failed.
        let first = self.first.agree(group, first_share, &mut secret);
        let second = second.agree(group, second_share, &mut secret);
        first.and(second).map(|()| secret)
    }

    /// Agrees by the classical half alone, where the server chose [`NamedGroup::classical_half`].
    ///
    /// # Errors
    /// The group is no hybrid, the share has the wrong length or form, or the operation failed.
    pub fn agree_classical(self, server_share: &[u8]) -> Result<SharedSecret, KeyExchangeError> {
        let half = self.group.classical_half().ok_or(KeyExchangeError::UnsupportedGroup(self.group))?;
        let mut secret = SharedSecret::empty();
        match (self.first, self.second) {
            (PartKey::Curve(key), Some(_)) | (_, Some(PartKey::Curve(key))) => {
                key.agree(half, server_share, &mut secret)?;
                Ok(secret)
            }
            _ => Err(KeyExchangeError::UnsupportedGroup(self.group)),
        }
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyPair").field("group", &self.group).finish_non_exhaustive()
    }
}

/// The server's side: agrees with a client's share and appends the server's own share to `server_share`, which is
/// left as it was on error.
///
/// # Errors
/// The group is not supported, the client's share has the wrong length or form, or the operation failed.
pub fn respond(
    group: NamedGroup,
    client_share: &[u8],
    server_share: &mut Vec<u8>,
) -> Result<SharedSecret, KeyExchangeError> {
    let (first, second) = parts(group).ok_or(KeyExchangeError::UnsupportedGroup(group))?;
    let before = server_share.len();
    let mut secret = SharedSecret::empty();
    let result = match second {
        None => first.respond(group, client_share, server_share, &mut secret),
        Some(second) => {
            let lens = (first.client_share_len(), second.client_share_len());
            let (first_share, second_share) = split(group, client_share, lens)?;
            server_share.reserve(first.server_share_len().saturating_add(second.server_share_len()));
            let first = first.respond(group, first_share, server_share, &mut secret);
            let second = second.respond(group, second_share, server_share, &mut secret);
            first.and(second)
        }
    };
    if result.is_err() {
        server_share.truncate(before);
    }
    result.map(|()| secret)
}

/// Splits a hybrid's share, whose length must be exact (RFC 10024 §4.1, §4.2). The parts check their own lengths
/// again; here a wrong one costs nothing yet.
fn split(
    group: NamedGroup,
    share: &[u8],
    (first, second): (usize, usize),
) -> Result<(&[u8], &[u8]), KeyExchangeError> {
    match share.split_at_checked(first) {
        Some(halves) if halves.1.len() == second => Ok(halves),
        _ => Err(KeyExchangeError::InvalidShare(group)),
    }
}

/// The secret two sides agreed on, the input of [`EarlySecret::into_handshake`](crate::EarlySecret::into_handshake).
/// Inline, wiped on drop, never printed.
pub struct SharedSecret {
    bytes: [u8; MAX_SECRET_LEN],
    len: usize,
}

impl SharedSecret {
    fn empty() -> Self {
        Self { bytes: [0; MAX_SECRET_LEN], len: 0 }
    }

    /// A secret for tests of what is made of it.
    #[cfg(test)]
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut secret = Self::empty();
        secret.push(bytes).expect("no longer than any group's");
        secret
    }

    /// Appends the secret of one part.
    fn push(&mut self, part: &[u8]) -> Result<(), KeyExchangeError> {
        let end = self.len.checked_add(part.len()).ok_or(KeyExchangeError::Crypto)?;
        self.bytes.get_mut(self.len..end).ok_or(KeyExchangeError::Crypto)?.copy_from_slice(part);
        self.len = end;
        Ok(())
    }
}

impl AsRef<[u8]> for SharedSecret {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl Drop for SharedSecret {
    fn drop(&mut self) {
        wipe(&mut self.bytes);
    }
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedSecret([redacted])")
    }
}

#[cfg(test)]
mod tests;
