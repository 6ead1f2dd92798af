//! What signatures are for: on the wire, and as permissions name it.

use std::fmt;
use std::str::FromStr;

use tls_core::ciphersuites::{Digest, KeyType, NamedGroup, SignatureScheme};
use tls_core::{KeyId, Role, SignPurpose};

use crate::signer::remote::codec::{Malformed, Reader, write_vector};
use crate::signer::remote::messages12;

const TLS13_CERTIFICATE_VERIFY: u8 = 1;
const TLS12_SERVER_KEY_EXCHANGE: u8 = 2;
const TLS12_CERTIFICATE_VERIFY: u8 = 3;

const CLIENT: u8 = 0;
const SERVER: u8 = 1;

/// ECCurveType of a curve by its name (RFC 8422 §5.4).
const NAMED_CURVE: u8 = 3;

/// First byte of a point that is not compressed (RFC 8422 §5.4.1).
const UNCOMPRESSED: u8 = 4;

/// What a key may be used for: each permission of a client names some of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Use {
    /// To be a server of TLS 1.3: `tls13-server`.
    Tls13Server,
    /// To be a client of TLS 1.3: `tls13-client`.
    Tls13Client,
    /// To be a server of TLS 1.2: `tls12-server`.
    Tls12Server,
    /// To be a client of TLS 1.2: `tls12-client`.
    Tls12Client,
}

impl Use {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Tls13Server, Self::Tls13Client, Self::Tls12Server, Self::Tls12Client];

    /// The schemes by which a key may sign for this.
    pub(crate) fn schemes(self, key_type: KeyType) -> &'static [SignatureScheme] {
        match self {
            Self::Tls13Server | Self::Tls13Client => key_type.schemes13(),
            Self::Tls12Server | Self::Tls12Client => key_type.schemes12(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Tls13Server => "tls13-server",
            Self::Tls13Client => "tls13-client",
            Self::Tls12Server => "tls12-server",
            Self::Tls12Client => "tls12-client",
        }
    }
}

impl fmt::Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Why a text is no [`Use`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidUse;

impl fmt::Display for InvalidUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, third, last] = Use::ALL;
        write!(f, "a key is used as {first}, {second}, {third} or {last}")
    }
}

impl std::error::Error for InvalidUse {}

impl FromStr for Use {
    type Err = InvalidUse;

    fn from_str(text: &str) -> Result<Self, InvalidUse> {
        Self::ALL.into_iter().find(|known| known.name() == text).ok_or(InvalidUse)
    }
}

/// Appends the fields of a purpose. `None`: it is one that the protocol does not have.
pub(crate) fn write(purpose: &SignPurpose, out: &mut Vec<u8>) -> Option<()> {
    match purpose {
        SignPurpose::Tls13CertificateVerify { signer, transcript_hash } => {
            out.extend([TLS13_CERTIFICATE_VERIFY, if *signer == Role::Server { SERVER } else { CLIENT }]);
            write_vector::<1>(out, transcript_hash.as_ref());
        }
        SignPurpose::Tls12ServerKeyExchange { client_random, server_random, params } => {
            out.push(TLS12_SERVER_KEY_EXCHANGE);
            out.extend_from_slice(client_random);
            out.extend_from_slice(server_random);
            write_vector::<2>(out, params);
        }
        SignPurpose::Tls12CertificateVerify { messages } if messages.len() <= messages12::MAX_MESSAGES => {
            out.push(TLS12_CERTIFICATE_VERIFY);
            write_vector::<3>(out, messages);
        }
        _ => return None,
    }
    Some(())
}

/// A purpose whose every field has been seen to be what it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Purpose {
    pub(crate) fields: SignPurpose,
    pub(crate) used_as: Use,
    /// The only key that may sign for it, where the fields say which that is.
    pub(crate) bound_key: Option<KeyId>,
}

/// Reads the fields of a purpose.
pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Purpose, Malformed> {
    match reader.u8()? {
        TLS13_CERTIFICATE_VERIFY => {
            let (signer, used_as) = match reader.u8()? {
                CLIENT => (Role::Client, Use::Tls13Client),
                SERVER => (Role::Server, Use::Tls13Server),
                _ => return Err(Malformed("a role that is neither client nor server")),
            };
            let transcript_hash =
                Digest::from_bytes(reader.vec8()?).ok_or(Malformed("a transcript hash that no suite has"))?;
            let fields = SignPurpose::Tls13CertificateVerify { signer, transcript_hash };
            Ok(Purpose { fields, used_as, bound_key: None })
        }
        TLS12_SERVER_KEY_EXCHANGE => {
            let (client_random, server_random) = (reader.array()?, reader.array()?);
            let params = reader.vec16()?;
            check_params(params)?;
            let params = params.to_vec();
            let fields = SignPurpose::Tls12ServerKeyExchange { client_random, server_random, params };
            Ok(Purpose { fields, used_as: Use::Tls12Server, bound_key: None })
        }
        TLS12_CERTIFICATE_VERIFY => {
            let messages = reader.vec24()?;
            let bound_key = Some(messages12::client_key(messages)?);
            let fields = SignPurpose::Tls12CertificateVerify { messages: messages.to_vec() };
            Ok(Purpose { fields, used_as: Use::Tls12Client, bound_key })
        }
        _ => Err(Malformed("a purpose that this version of the protocol does not have")),
    }
}

/// ServerECDHParams (RFC 8422 §5.4) must be those of a group that there is, with a share of its form.
fn check_params(params: &[u8]) -> Result<(), Malformed> {
    let mut reader = Reader::new(params);
    if reader.u8()? != NAMED_CURVE {
        return Err(Malformed("key exchange parameters without a named curve"));
    }
    let (group, share) = (NamedGroup(reader.u16()?), reader.vec8()?);
    reader.finish()?;
    let is_point = |len| share.len() == len && share.first() == Some(&UNCOMPRESSED);
    let has_its_form = match group {
        NamedGroup::SECP256R1 => is_point(65),
        NamedGroup::SECP384R1 => is_point(97),
        NamedGroup::SECP521R1 => is_point(133),
        NamedGroup::X25519 => share.len() == 32,
        _ => return Err(Malformed("key exchange parameters of a group that TLS 1.2 does not have here")),
    };
    if has_its_form { Ok(()) } else { Err(Malformed("a key share that is not of its group's form")) }
}
