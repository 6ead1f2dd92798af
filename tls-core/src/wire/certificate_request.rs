//! CertificateRequest: RFC 9846 §4.4.2 for TLS 1.3, RFC 5246 §7.4.4 for TLS 1.2.

use ciphersuites::{Authentication, SignatureScheme};

use crate::error::{Cause, Error};
use crate::wire::certificate_authorities::{self, Authorities};
use crate::wire::codec::{CodePoints, Reader, Writer};
use crate::wire::extension::{ExtensionType, Extensions};

#[derive(Clone, Copy, Debug)]
pub(crate) struct CertificateRequest<'a> {
    /// TLS 1.2's kinds of key; TLS 1.3 has only schemes.
    certificate_types: &'a [u8],
    signature_algorithms: CodePoints<'a>,
    /// The schemes that the server accepts in certificates.
    pub(crate) certificate_schemes: CodePoints<'a>,
    /// Those whose certificates the server would like to see; empty if it does not say.
    pub(crate) authorities: Authorities<'a>,
}

impl<'a> CertificateRequest<'a> {
    /// Reads a request of TLS 1.3's main handshake, whose context must be empty. Unknown extensions are ignored.
    //= 9846:4.3.5 filters
    //= 9846:4.4.2 schemes
    pub(crate) fn read13(body: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(body, "CertificateRequest");
        let context = reader.vec8()?;
        let extensions = Extensions::read(&mut reader, "CertificateRequest")?;
        reader.finish()?;
        if !context.is_empty() {
            return Err(
                Cause::IllegalParameter("certificate_request_context outside of post-handshake").into()
            );
        }
        let schemes = |extension: ExtensionType| {
            let body = extensions.reader(extension);
            body.map(|body| read_schemes(body, extension)).transpose()
        };
        let Some(signature_algorithms) = schemes(ExtensionType::SIGNATURE_ALGORITHMS)? else {
            return Err(Cause::MissingExtension(ExtensionType::SIGNATURE_ALGORITHMS).into());
        };
        let certificate_schemes =
            schemes(ExtensionType::SIGNATURE_ALGORITHMS_CERT)?.unwrap_or(signature_algorithms);
        let authorities = extensions.reader(ExtensionType::CERTIFICATE_AUTHORITIES);
        let authorities = authorities.map(Authorities::read_extension).transpose()?.unwrap_or_default();
        Ok(Self { certificate_types: &[], signature_algorithms, certificate_schemes, authorities })
    }

    /// Reads a request of TLS 1.2.
    pub(crate) fn read12(body: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(body, "CertificateRequest");
        let certificate_types = reader.vec8()?;
        let signature_algorithms = CodePoints::new(reader.vec16()?, "CertificateRequest")?;
        let authorities = Authorities::read(reader.vec16()?, "CertificateRequest")?;
        if certificate_types.is_empty() {
            return reader.error();
        }
        reader.finish()?;
        let certificate_schemes = signature_algorithms;
        Ok(Self { certificate_types, signature_algorithms, certificate_schemes, authorities })
    }

    /// Whether a client may answer a request of TLS 1.2 with a key of this kind (RFC 5246 §7.4.6).
    //= 9846:4.4.2 unknown
    pub(crate) fn permits(&self, authentication: Authentication) -> bool {
        self.certificate_types.contains(match authentication {
            Authentication::Rsa => &RSA_SIGN,
            Authentication::Ecdsa => &ECDSA_SIGN,
        })
    }

    pub(crate) fn signature_algorithms(&self) -> impl Iterator<Item = SignatureScheme> + Clone + use<'a> {
        self.signature_algorithms.iter().map(SignatureScheme)
    }
}

fn read_schemes<'a>(mut body: Reader<'a>, extension: ExtensionType) -> Result<CodePoints<'a>, Error> {
    let schemes = CodePoints::new(body.vec16()?, extension.name().unwrap_or("extension"))?;
    body.finish()?;
    Ok(schemes)
}

/// The ClientCertificateTypes that are left (RFC 8422 §5.5).
const RSA_SIGN: u8 = 1;
const ECDSA_SIGN: u8 = 64;

/// Writes a request of TLS 1.2.
pub(crate) fn write12(
    writer: &mut Writer<'_>,
    schemes: impl IntoIterator<Item = u16>,
    authorities: &[Vec<u8>],
) {
    writer.vec8(|writer| writer.bytes(&[RSA_SIGN, ECDSA_SIGN]));
    writer.vec16(|writer| schemes.into_iter().for_each(|scheme| writer.u16(scheme)));
    certificate_authorities::write_names(writer, authorities);
}
