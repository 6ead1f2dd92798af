//! CertificateVerify, RFC 9846 §4.5.2.

use ciphersuites::{Digest, SignatureScheme};

use crate::error::Error;
use crate::role::Role;
use crate::wire::codec::{Reader, Writer};

#[derive(Clone, Copy, Debug)]
pub(crate) struct CertificateVerify<'a> {
    pub(crate) scheme: SignatureScheme,
    pub(crate) signature: &'a [u8],
}

impl<'a> CertificateVerify<'a> {
    pub(crate) fn read(body: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(body, "CertificateVerify");
        let scheme = SignatureScheme(reader.u16()?);
        let signature = reader.vec16()?;
        reader.finish()?;
        Ok(Self { scheme, signature })
    }

    pub(crate) fn write(&self, writer: &mut Writer<'_>) {
        writer.u16(self.scheme.0);
        writer.vec16(|writer| writer.bytes(self.signature));
    }
}

/// The bytes that `signer` signs: padding, a label of its role, a zero byte, the transcript's hash.
pub(crate) fn to_be_signed(signer: Role, transcript: &Digest) -> Vec<u8> {
    let label: &[u8] = match signer {
        Role::Client => b"TLS 1.3, client CertificateVerify",
        Role::Server => b"TLS 1.3, server CertificateVerify",
    };
    [&[0x20; 64], label, &[0], transcript.as_ref()].concat()
}
