//! The key schedule (RFC 9846 §7.1). Each stage is consumed by the next, so that the order is a matter of types.

use zeroize::Zeroizing;

use crate::aead::IV_LEN;
use crate::hmac::{Secret, hmac};
use crate::{Aead, CryptoError, Digest, Hash, OpeningKey, SealingKey};

mod constants;
#[cfg_attr(feature = "fips", path = "key_schedule/expand/fips.rs")]
mod expand;
mod psk;

pub(crate) use expand::expand;
pub use psk::{PskOrigin, import_psk};

/// What every label begins with.
const LABEL_PREFIX: &[u8] = b"tls13 ";

/// The longest label that its one-byte length allows, the prefix aside.
const MAX_LABEL_LEN: usize = 255 - LABEL_PREFIX.len();

/// The longest output of HKDF in hash values (RFC 5869 §2.3).
const MAX_BLOCKS: usize = 255;

/// The stage before key exchange, of a pre-shared key: it proves that a client has the key, and starts the schedule.
#[derive(Debug)]
pub struct PskSecret(Box<Secret>);

impl PskSecret {
    /// Takes a pre-shared key for this hash.
    pub fn new(hash: Hash, psk: &[u8]) -> Self {
        Self(extract(&Secret::zero(hash), psk))
    }

    /// The hash that the key is for.
    pub fn hash(&self) -> Hash {
        self.0.hash
    }

    /// The proof that a client has the key; `transcript` ends before the binders (RFC 9846 §4.3.11.2).
    pub fn binder(&self, origin: PskOrigin, transcript: &Digest) -> Digest {
        let empty = Digest::copy_of(constants::empty(self.0.hash));
        TrafficSecret(derive_secret(&self.0, origin.binder_label(), &empty)).finished(transcript)
    }

    /// client_early_traffic_secret; `transcript` is ClientHello.
    pub fn client_early_traffic(&self, transcript: &Digest) -> TrafficSecret {
        TrafficSecret(derive_secret(&self.0, b"c e traffic", transcript))
    }

    /// early_exporter_secret; `transcript` is ClientHello.
    pub fn early_exporter(&self, transcript: &Digest) -> ExporterSecret {
        ExporterSecret(derive_secret(&self.0, b"e exp master", transcript))
    }
}

/// The stage before key exchange.
#[derive(Debug)]
pub struct EarlySecret {
    /// Derive-Secret(., "derived", ""), the salt of the next stage.
    derived: Box<Secret>,
}

impl EarlySecret {
    /// Starts the schedule. Without a PSK what follows is a constant of the hash, so nothing is computed.
    pub fn new(hash: Hash, psk: Option<&PskSecret>) -> Self {
        let derived = match psk {
            Some(psk) => derived(&psk.0),
            None => Box::new(Secret::new(hash, constants::derived_without_psk(hash))),
        };
        Self { derived }
    }

    /// Mixes in the secret of the key exchange.
    pub fn into_handshake(self, shared_secret: &[u8]) -> HandshakeSecret {
        HandshakeSecret(extract(&self.derived, shared_secret))
    }
}

/// The stage that protects the handshake.
#[derive(Debug)]
pub struct HandshakeSecret(Box<Secret>);

impl HandshakeSecret {
    /// client_handshake_traffic_secret; `transcript` is ClientHello to ServerHello.
    pub fn client_traffic(&self, transcript: &Digest) -> TrafficSecret {
        TrafficSecret(derive_secret(&self.0, b"c hs traffic", transcript))
    }

    /// server_handshake_traffic_secret; `transcript` is ClientHello to ServerHello.
    pub fn server_traffic(&self, transcript: &Digest) -> TrafficSecret {
        TrafficSecret(derive_secret(&self.0, b"s hs traffic", transcript))
    }

    /// Goes on to the stage that protects application data.
    pub fn into_main(self) -> MainSecret {
        let zero = Secret::zero(self.0.hash);
        MainSecret(extract(&derived(&self.0), zero.as_ref()))
    }
}

/// The stage that protects application data.
#[derive(Debug)]
pub struct MainSecret(Box<Secret>);

impl MainSecret {
    /// client_application_traffic_secret_0; `transcript` is ClientHello to the server's Finished.
    pub fn client_traffic(&self, transcript: &Digest) -> TrafficSecret {
        TrafficSecret(derive_secret(&self.0, b"c ap traffic", transcript))
    }

    /// server_application_traffic_secret_0; `transcript` is ClientHello to the server's Finished.
    pub fn server_traffic(&self, transcript: &Digest) -> TrafficSecret {
        TrafficSecret(derive_secret(&self.0, b"s ap traffic", transcript))
    }

    /// resumption_secret; `transcript` is ClientHello to the client's Finished.
    pub fn resumption(&self, transcript: &Digest) -> ResumptionSecret {
        ResumptionSecret(derive_secret(&self.0, b"res master", transcript))
    }

    /// exporter_secret; `transcript` is ClientHello to the server's Finished.
    pub fn exporter(&self, transcript: &Digest) -> ExporterSecret {
        ExporterSecret(derive_secret(&self.0, b"exp master", transcript))
    }
}

/// The secret that the keys of later connections come from.
#[derive(Debug)]
pub struct ResumptionSecret(Box<Secret>);

impl ResumptionSecret {
    /// The pre-shared key of the ticket with this nonce (RFC 9846 §4.7.1): as long as the hash.
    pub fn psk(&self, nonce: &[u8]) -> Zeroizing<Vec<u8>> {
        let psk = expand_label(&self.0, b"resumption", nonce, self.0.hash.len());
        Zeroizing::new(psk.as_ref().to_vec())
    }

    /// The hash of the suite it comes from.
    pub fn hash(&self) -> Hash {
        self.0.hash
    }
}

/// The secret of one direction and epoch: record keys and Finished come from it.
#[derive(Debug)]
pub struct TrafficSecret(Box<Secret>);

impl TrafficSecret {
    /// The key to protect this direction's records with (RFC 9846 §7.3).
    ///
    /// # Errors
    /// The AEAD refused the key.
    pub fn sealing_key(&self, aead: Aead) -> Result<SealingKey, CryptoError> {
        let (key, iv) = self.record_key(aead)?;
        SealingKey::new(aead, key.as_ref(), iv)
    }

    /// The key to open this direction's records with (RFC 9846 §7.3).
    ///
    /// # Errors
    /// The AEAD refused the key.
    pub fn opening_key(&self, aead: Aead) -> Result<OpeningKey, CryptoError> {
        let (key, iv) = self.record_key(aead)?;
        OpeningKey::new(aead, key.as_ref(), iv)
    }

    /// The secret of the next epoch, after a KeyUpdate (RFC 9846 §7.2).
    #[must_use]
    pub fn next(&self) -> Self {
        Self(derive(&self.0, b"traffic upd", b""))
    }

    /// The verify_data of a Finished message after `transcript` (RFC 9846 §4.5.4).
    pub fn finished(&self, transcript: &Digest) -> Digest {
        let hash = self.0.hash;
        let key = expand_label(&self.0, b"finished", b"", hash.len());
        Digest::copy_of(hmac(hash, key.as_ref(), &[transcript.as_ref()]).as_ref())
    }

    /// The bare secret, for the key log only (RFC 9850).
    pub fn expose(&self) -> &[u8] {
        self.0.as_ref().as_ref()
    }

    fn record_key(&self, aead: Aead) -> Result<(Secret, [u8; IV_LEN]), CryptoError> {
        let key = expand_label(&self.0, b"key", b"", aead.key_len());
        let iv = expand_label(&self.0, b"iv", b"", IV_LEN);
        Ok((key, *iv.as_ref().first_chunk().ok_or(CryptoError)?))
    }
}

/// The secret that exported keying material comes from.
#[derive(Debug)]
pub struct ExporterSecret(Box<Secret>);

impl ExporterSecret {
    /// Fills `out` with keying material (RFC 9846 §7.5). No context and an empty one are the same.
    ///
    /// # Errors
    /// `label` is longer than 249 bytes, or `out` than 255 hash values.
    //= 9846:7.5 exporter-secret
    pub fn export(&self, label: &[u8], context: &[u8], out: &mut [u8]) -> Result<(), CryptoError> {
        let hash = self.0.hash;
        if label.len() > MAX_LABEL_LEN || out.len() > MAX_BLOCKS.saturating_mul(hash.len()) {
            return Err(CryptoError);
        }
        let secret = derive_secret(&self.0, label, &Digest::copy_of(constants::empty(hash)));
        fill_label(&secret, b"exporter", hash.digest(context).as_ref(), out);
        Ok(())
    }

    /// The bare secret, for the key log only (RFC 9850).
    pub fn expose(&self) -> &[u8] {
        self.0.as_ref().as_ref()
    }
}

/// HKDF-Extract (RFC 5869 §2.2).
fn extract(salt: &Secret, input: &[u8]) -> Box<Secret> {
    keep(&hmac(salt.hash, salt.as_ref(), &[input]))
}

/// Puts a stage's secret where it stays until it is wiped. A handshake moves its stages about, and each move of the
/// bytes themselves would leave them behind: in memory that its future gives back, for one.
fn keep(secret: &Secret) -> Box<Secret> {
    let mut kept = Box::new(Secret::zero(secret.hash));
    kept.as_mut().as_mut().copy_from_slice(secret.as_ref());
    kept
}

/// Derive-Secret(., "derived", ""), the salt of the next stage.
fn derived(secret: &Secret) -> Box<Secret> {
    derive(secret, b"derived", constants::empty(secret.hash))
}

/// Derive-Secret; the transcript comes already hashed.
fn derive_secret(secret: &Secret, label: &[u8], transcript: &Digest) -> Box<Secret> {
    derive(secret, label, transcript.as_ref())
}

/// HKDF-Expand-Label to a stage's secret, at the place where it is kept.
fn derive(secret: &Secret, label: &[u8], context: &[u8]) -> Box<Secret> {
    let mut kept = Box::new(Secret::zero(secret.hash));
    fill_label(secret, label, context, kept.as_mut().as_mut());
    kept
}

/// HKDF-Expand-Label for at most one hash value of output, which is all but exporters ever want.
fn expand_label(secret: &Secret, label: &[u8], context: &[u8], len: usize) -> Secret {
    let mut out = Secret::zero(secret.hash).truncated(len);
    fill_label(secret, label, context, out.as_mut());
    out
}

/// HKDF-Expand-Label (RFC 9846 §7.1): fills `out`. Labels and contexts are short enough for their one-byte lengths.
fn fill_label(secret: &Secret, label: &[u8], context: &[u8], out: &mut [u8]) {
    let [low, high, ..] = out.len().to_le_bytes();
    let [label_len, ..] = LABEL_PREFIX.len().wrapping_add(label.len()).to_le_bytes();
    let [context_len, ..] = context.len().to_le_bytes();
    expand(secret, [&[high, low, label_len], LABEL_PREFIX, label, &[context_len], context], out);
}

#[cfg(test)]
mod tests;
