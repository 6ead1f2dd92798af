use std::fmt;

use ciphersuites::{Hash, ProtocolVersion};

use super::{PreSharedKeyError, check_identity};
use crate::error::Error;
use crate::wire::codec::{Reader, Writer};

/// HKDF with a hash, as RFC 9258 §10 numbers it.
const HKDF_SHA256: u16 = 1;
const HKDF_SHA384: u16 = 2;

/// What an imported key goes by: whose it is, and what it was made for (RFC 9258).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportedIdentity<'a> {
    /// The identity of the [`ExternalPsk`](super::ExternalPsk).
    pub external_identity: &'a [u8],
    /// The context.
    pub context: &'a [u8],
    /// The protocol.
    pub protocol: ProtocolVersion,
    /// The hash of the protocol's key derivation; `None`: one that is not known here.
    pub hash: Option<Hash>,
}

impl<'a> ImportedIdentity<'a> {
    pub(super) fn for_tls13(external_identity: &'a [u8], context: &'a [u8], hash: Hash) -> Self {
        Self { external_identity, context, protocol: ProtocolVersion::TLS1_3, hash: Some(hash) }
    }

    /// Reads an identity that a client offers. Nothing says of one that it is imported but that it reads as if it were.
    pub fn from_bytes(identity: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(identity, "ImportedIdentity");
        let mut read = || -> Result<Self, Error> {
            Ok(Self {
                external_identity: reader.nonempty_vec16()?,
                context: reader.vec16()?,
                protocol: ProtocolVersion(reader.u16()?),
                hash: match reader.u16()? {
                    HKDF_SHA256 => Some(Hash::Sha256),
                    HKDF_SHA384 => Some(Hash::Sha384),
                    _ => None,
                },
            })
        };
        let identity = read().ok()?;
        reader.finish().ok().map(|()| identity)
    }

    pub(super) fn to_bytes(self) -> Result<Vec<u8>, PreSharedKeyError> {
        let len = self.external_identity.len().saturating_add(self.context.len()).saturating_add(8);
        let mut out = Vec::with_capacity(len);
        let mut writer = Writer::new(&mut out);
        writer.vec16(|writer| writer.bytes(self.external_identity));
        writer.vec16(|writer| writer.bytes(self.context));
        writer.u16(self.protocol.0);
        writer.u16(match self.hash {
            Some(Hash::Sha384) => HKDF_SHA384,
            Some(Hash::Sha256) | None => HKDF_SHA256,
        });
        // Longer vectors than there can be are longer than is permitted, too.
        check_identity(&out).map(|()| out)
    }
}

/// Bytes that are no text are escaped.
impl fmt::Display for ImportedIdentity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.external_identity.escape_ascii())?;
        match self.context.is_empty() {
            true => f.write_str(" (imported)"),
            false => write!(f, " (imported for {})", self.context.escape_ascii()),
        }
    }
}
