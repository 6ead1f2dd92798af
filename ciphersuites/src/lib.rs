//! The cryptography of TLS: code points, AEADs, key exchange, the key schedule, signatures, private keys and the
//! named security policies. No protocol messages and no I/O; the one crate that names the cryptographic library.
//!
//! Where to look: [`KeyPair`] and [`respond`] agree on a secret, [`EarlySecret`] starts the key schedule that turns it
//! into [`SealingKey`] and [`OpeningKey`] (in TLS 1.2 [`Tls12MainSecret`], [`Tls12SealingKey`] and
//! [`Tls12OpeningKey`]), [`PrivateKey`] and [`PublicKey`] sign and verify, and [`SecurityPolicy`] says which of all
//! this may be used.

mod aead;
mod cbc;
mod certificate_algorithms;
mod codepoint;
mod der;
mod ecdsa12;
mod error;
#[cfg(feature = "faults")]
pub mod faults;
#[cfg(not(feature = "faults"))]
#[path = "faults/none.rs"]
mod faults;
#[expect(
    unsafe_code,
    reason = "the library has no safe interface to its CBC records, its service indicator and RSA with old hashes"
)]
mod ffi;
pub mod fips;
mod hash;
mod hmac;
mod key_exchange;
mod key_schedule;
mod key_schedule12;
mod key_type;
mod policy;
mod private_key;
mod public_key;
mod random;
mod record12;
mod signature_hash;
mod suite;
mod ticket;
mod transcript;

pub use aead::{Aead, IV_LEN, OpeningKey, SealingKey, TAG_LEN};
pub use certificate_algorithms::{certificate_algorithms, certificate_signature_schemes};
pub use codepoint::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme};
pub use error::{CryptoError, KeyError, KeyExchangeError, SignatureError, UnknownName, UnknownPolicy};
pub use hash::{Digest, Hash};
pub use key_exchange::{KeyPair, SharedSecret, is_supported, respond};
pub use key_schedule::{
    EarlySecret, ExporterSecret, HandshakeSecret, MainSecret, PskOrigin, PskSecret, ResumptionSecret,
    TrafficSecret, import_psk,
};
pub use key_schedule12::Tls12MainSecret;
pub use key_type::KeyType;
pub use policy::{
    Breach, CertificateKey, Edit, PolicyBuilder, PolicyError, PolicyItem, PolicyProblem, Refused, Rule,
    SecurityPolicy,
};
#[cfg(feature = "toml")]
pub use policy::{Place, PolicyFileError};
pub use private_key::PrivateKey;
pub use public_key::{PublicKey, ecdsa_signature};
pub use random::{constant_time_eq, random};
pub use record12::{Tls12Keys, Tls12OpeningKey, Tls12SealingKey, Tls12WriteKey};
pub use signature_hash::SignatureHash;
pub use suite::{Authentication, Tls12Cipher, Tls12Suite, Tls13Suite};
pub use ticket::{TICKET_OVERHEAD, TicketSecret};
pub use transcript::Transcript;

#[cfg(test)]
mod testing;
