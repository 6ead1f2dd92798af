//! ClientHello, RFC 9846 §4.2.2.

use ciphersuites::{NamedGroup, ProtocolVersion, SignatureScheme};

use crate::error::Error;
use crate::wire::alpn::ProtocolNames;
use crate::wire::certificate_authorities::Authorities;
use crate::wire::codec::{CodePoints, Reader};
use crate::wire::extension::{ExtensionType, Extensions};
use crate::wire::key_share::KeyShares;
use crate::wire::pre_shared_key::OfferedPsks;
use crate::wire::psk_key_exchange_modes::{self, PskKeyExchangeMode};
use crate::wire::ticket_request::TicketRequest;
use crate::wire::{early_data, point_formats, renegotiation_info, server_name, staples};

/// A ClientHello as it was received; extensions are read when they are asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClientHello<'a> {
    pub(crate) legacy_version: ProtocolVersion,
    pub(crate) random: &'a [u8; 32],
    pub(crate) session_id: &'a [u8],
    pub(crate) cipher_suites: CodePoints<'a>,
    pub(crate) compression_methods: &'a [u8],
    pub(crate) extensions: Extensions<'a>,
}

impl<'a> ClientHello<'a> {
    //= 9846:4.2.2 tls12-trailing-data
    pub(crate) fn read(body: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(body, "ClientHello");
        let legacy_version = ProtocolVersion(reader.u16()?);
        let random = reader.array()?;
        let session_id = reader.vec8()?;
        let cipher_suites = CodePoints::new(reader.vec16()?, "ClientHello.cipher_suites")?;
        let compression_methods = reader.vec8()?;
        if session_id.len() > 32 || compression_methods.is_empty() {
            return reader.error();
        }
        // Hellos before TLS 1.3 may end here.
        let extensions = match reader.is_empty() {
            true => Extensions::empty(),
            false => Extensions::read(&mut reader, "ClientHello.extensions")?,
        };
        reader.finish()?;
        Ok(Self { legacy_version, random, session_id, cipher_suites, compression_methods, extensions })
    }

    fn code_points(&self, extension: ExtensionType) -> Result<Option<CodePoints<'a>>, Error> {
        self.extensions
            .reader(extension)
            .map(|mut body| {
                let list = CodePoints::new(body.vec16()?, extension.name().unwrap_or("extension"))?;
                body.finish()?;
                Ok(list)
            })
            .transpose()
    }

    /// The versions of supported_versions, if the extension is there.
    pub(crate) fn supported_versions(
        &self,
    ) -> Result<Option<impl Iterator<Item = ProtocolVersion> + Clone + use<'a>>, Error> {
        self.extensions
            .reader(ExtensionType::SUPPORTED_VERSIONS)
            .map(|mut body| {
                let list = CodePoints::new(body.vec8()?, "supported_versions")?;
                body.finish()?;
                Ok(list.iter().map(ProtocolVersion))
            })
            .transpose()
    }

    /// The versions that are offered. Without supported_versions a client has TLS 1.2 at most, whatever its legacy
    /// version says (RFC 9846 §4.3.1).
    pub(crate) fn versions(&self) -> Result<impl Iterator<Item = ProtocolVersion> + Clone + use<'a>, Error> {
        let listed = self.supported_versions()?;
        let implied = listed.is_none().then_some(self.legacy_version.min(ProtocolVersion::TLS1_2));
        Ok(listed.into_iter().flatten().chain(implied))
    }

    pub(crate) fn supported_groups(
        &self,
    ) -> Result<Option<impl Iterator<Item = NamedGroup> + Clone + use<'a>>, Error> {
        Ok(self.code_points(ExtensionType::SUPPORTED_GROUPS)?.map(|list| list.iter().map(NamedGroup)))
    }

    pub(crate) fn signature_algorithms(
        &self,
    ) -> Result<Option<impl Iterator<Item = SignatureScheme> + Clone + use<'a>>, Error> {
        let list = self.code_points(ExtensionType::SIGNATURE_ALGORITHMS)?;
        Ok(list.map(|list| list.iter().map(SignatureScheme)))
    }

    pub(crate) fn signature_algorithms_cert(
        &self,
    ) -> Result<Option<impl Iterator<Item = SignatureScheme> + Clone + use<'a>>, Error> {
        let list = self.code_points(ExtensionType::SIGNATURE_ALGORITHMS_CERT)?;
        Ok(list.map(|list| list.iter().map(SignatureScheme)))
    }

    /// The schemes that the client accepts in certificates: where it does not say, those of handshakes (RFC 9846 §4.3.3).
    pub(crate) fn certificate_schemes(&self) -> Result<Option<CodePoints<'a>>, Error> {
        match self.code_points(ExtensionType::SIGNATURE_ALGORITHMS_CERT)? {
            Some(schemes) => Ok(Some(schemes)),
            None => self.code_points(ExtensionType::SIGNATURE_ALGORITHMS),
        }
    }

    pub(crate) fn psk_key_exchange_modes(
        &self,
    ) -> Result<Option<impl Iterator<Item = PskKeyExchangeMode> + Clone + use<'a>>, Error> {
        let body = self.extensions.reader(ExtensionType::PSK_KEY_EXCHANGE_MODES);
        body.map(psk_key_exchange_modes::read).transpose()
    }

    pub(crate) fn pre_shared_keys(&self) -> Result<Option<OfferedPsks<'a>>, Error> {
        self.extensions.reader(ExtensionType::PRE_SHARED_KEY).map(OfferedPsks::read).transpose()
    }

    pub(crate) fn ticket_request(&self) -> Result<Option<TicketRequest>, Error> {
        self.extensions.reader(ExtensionType::TICKET_REQUEST).map(TicketRequest::read).transpose()
    }

    pub(crate) fn key_shares(&self) -> Result<Option<KeyShares<'a>>, Error> {
        self.extensions.reader(ExtensionType::KEY_SHARE).map(KeyShares::read).transpose()
    }

    pub(crate) fn server_name(&self) -> Result<Option<&'a str>, Error> {
        self.extensions.reader(ExtensionType::SERVER_NAME).map(server_name::read).transpose()
    }

    /// The certificate authorities that the client trusts; none if it does not say.
    pub(crate) fn certificate_authorities(&self) -> Result<Authorities<'a>, Error> {
        let body = self.extensions.reader(ExtensionType::CERTIFICATE_AUTHORITIES);
        body.map_or(Ok(Authorities::default()), Authorities::read_extension)
    }

    /// Whether the client wants the server to staple an OCSP response.
    pub(crate) fn wants_ocsp_response(&self) -> Result<bool, Error> {
        let body = self.extensions.reader(ExtensionType::STATUS_REQUEST);
        body.map_or(Ok(false), staples::read_status_request)
    }

    /// Whether the client wants the server to staple certificate timestamps.
    pub(crate) fn wants_timestamps(&self) -> Result<bool, Error> {
        match self.extensions.reader(ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP) {
            Some(body) => body.finish().map(|()| true),
            None => Ok(false),
        }
    }

    pub(crate) fn alpn(&self) -> Result<Option<ProtocolNames<'a>>, Error> {
        self.extensions.reader(ExtensionType::ALPN).map(ProtocolNames::read).transpose()
    }

    /// Whether the client knows the extended main secret (RFC 7627).
    pub(crate) fn extended_main_secret(&self) -> Result<bool, Error> {
        match self.extensions.reader(ExtensionType::EXTENDED_MAIN_SECRET) {
            Some(body) => body.finish().map(|()| true),
            None => Ok(false),
        }
    }

    /// Whether the client knows safe renegotiation, by extension (RFC 5746).
    pub(crate) fn renegotiation_info(&self) -> Result<bool, Error> {
        match self.extensions.reader(ExtensionType::RENEGOTIATION_INFO) {
            Some(body) => renegotiation_info::check(body, &[]).map(|()| true),
            None => Ok(false),
        }
    }

    /// A client that lists point formats must list the one that there is (RFC 8422 §5.1.2).
    pub(crate) fn check_point_formats(&self) -> Result<(), Error> {
        self.extensions.reader(ExtensionType::EC_POINT_FORMATS).map_or(Ok(()), point_formats::read)
    }

    /// Whether there is early data.
    pub(crate) fn early_data(&self) -> Result<bool, Error> {
        early_data::read(self.extensions.reader(ExtensionType::EARLY_DATA))
    }

    pub(crate) fn cookie(&self) -> Result<Option<&'a [u8]>, Error> {
        self.extensions
            .reader(ExtensionType::COOKIE)
            .map(|mut body| {
                let cookie = body.nonempty_vec16()?;
                body.finish()?;
                Ok(cookie)
            })
            .transpose()
    }

    pub(crate) fn has(&self, extension: ExtensionType) -> bool {
        self.extensions.get(extension).is_some()
    }
}
