//! ServerKeyExchange and ClientKeyExchange of TLS 1.2's ECDHE suites, RFC 8422 §5.4 and §5.7.

use ciphersuites::{NamedGroup, SignatureScheme};

use crate::error::{Cause, Error};
use crate::wire::codec::{Reader, Writer};

/// The one ECCurveType left (RFC 8422 §5.4).
const NAMED_CURVE: u8 = 3;

/// A server's share, and its signature over it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ServerKeyExchange<'a> {
    /// What is signed, after the two randoms.
    pub(crate) params: &'a [u8],
    pub(crate) group: NamedGroup,
    pub(crate) share: &'a [u8],
    pub(crate) scheme: SignatureScheme,
    pub(crate) signature: &'a [u8],
}

impl<'a> ServerKeyExchange<'a> {
    pub(crate) fn read(body: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(body, "ServerKeyExchange");
        if reader.u8()? != NAMED_CURVE {
            return Err(Cause::IllegalParameter("a ServerKeyExchange without a named curve").into());
        }
        let group = NamedGroup(reader.u16()?);
        let share = reader.vec8()?;
        let params = body.get(..4 + share.len()).unwrap_or_default();
        let scheme = SignatureScheme(reader.u16()?);
        let signature = reader.vec16()?;
        reader.finish()?;
        Ok(Self { params, group, share, scheme, signature })
    }

    pub(crate) fn write(writer: &mut Writer<'_>, params: &[u8], scheme: SignatureScheme, signature: &[u8]) {
        writer.bytes(params);
        writer.u16(scheme.0);
        writer.vec16(|writer| writer.bytes(signature));
    }
}

/// The parameters that a server signs.
pub(crate) fn params(group: NamedGroup, share: &[u8]) -> Vec<u8> {
    let mut params = Vec::with_capacity(4 + share.len());
    let mut writer = Writer::new(&mut params);
    writer.u8(NAMED_CURVE);
    writer.u16(group.0);
    writer.vec8(|writer| writer.bytes(share));
    params
}

/// The bytes that a server signs (RFC 8422 §5.4).
pub(crate) fn to_be_signed(client_random: &[u8; 32], server_random: &[u8; 32], params: &[u8]) -> Vec<u8> {
    [client_random, server_random, params].concat()
}

/// The share in a ClientKeyExchange.
pub(crate) fn read_client(body: &[u8]) -> Result<&[u8], Error> {
    let mut reader = Reader::new(body, "ClientKeyExchange");
    let share = reader.vec8()?;
    reader.finish()?;
    Ok(share)
}

pub(crate) fn write_client(writer: &mut Writer<'_>, share: &[u8]) {
    writer.vec8(|writer| writer.bytes(share));
}
