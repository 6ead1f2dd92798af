//! CertificateRequest, RFC 9846 §4.4.2.

use ciphersuites::SignatureScheme;

use crate::error::{Cause, Error};
use crate::wire::codec::{CodePoints, Reader};
use crate::wire::extension::{ExtensionType, Extensions};

#[derive(Clone, Copy, Debug)]
pub(crate) struct CertificateRequest<'a> {
    signature_algorithms: CodePoints<'a>,
}

impl<'a> CertificateRequest<'a> {
    /// Reads a request of the main handshake, whose context must be empty. Unknown extensions are ignored.
    pub(crate) fn read(body: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(body, "CertificateRequest");
        let context = reader.vec8()?;
        let extensions = Extensions::read(&mut reader, "CertificateRequest")?;
        reader.finish()?;
        if !context.is_empty() {
            return Err(
                Cause::IllegalParameter("certificate_request_context outside of post-handshake").into()
            );
        }
        let Some(mut body) = extensions.reader(ExtensionType::SIGNATURE_ALGORITHMS) else {
            return Err(Cause::MissingExtension(ExtensionType::SIGNATURE_ALGORITHMS).into());
        };
        let signature_algorithms = CodePoints::new(body.vec16()?, "signature_algorithms")?;
        body.finish()?;
        Ok(Self { signature_algorithms })
    }

    pub(crate) fn signature_algorithms(&self) -> impl Iterator<Item = SignatureScheme> + Clone + use<'a> {
        self.signature_algorithms.iter().map(SignatureScheme)
    }
}
