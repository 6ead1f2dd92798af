//! Flags that say what is to be known of the finished handshake.

use std::path::PathBuf;

use pki_types::CertificateDer;
use pki_types::pem::PemObject;
use tls_core::ciphersuites::{CipherSuite, Hash, NamedGroup, ProtocolVersion, SignatureScheme};
use tls_core::{EarlyDataOffer, Facts, PeerCertificates};

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::memory::Memory;
use crate::setup::Setup;

/// What is to be known of the finished handshake.
#[derive(Debug, Default)]
pub(crate) struct Expectations {
    version: Option<ProtocolVersion>,
    cipher_suite: Option<CipherSuite>,
    group: Option<NamedGroup>,
    hello_retry_request: Option<bool>,
    extended_main_secret: Option<bool>,
    server_name: Option<String>,
    alpn: Option<Vec<u8>>,
    peer_signature_scheme: Option<SignatureScheme>,
    peer_certificates: Option<PathBuf>,
    no_peer_certificate: bool,
    /// Which of those that go before the default; -1 is the default.
    credential: Option<i64>,
    ocsp_response: Option<Vec<u8>>,
    certificate_timestamps: Option<Vec<u8>>,
    renegotiations: Option<u8>,
    session_miss: bool,
    no_session: bool,
    session_id: bool,
}

impl Expectations {
    /// Takes a flag in, with its value. `false`: it is not one of these.
    pub(crate) fn take(&mut self, flag: &str, arguments: &mut Arguments) -> Result<bool, Failure> {
        match flag {
            "-expect-version" => self.version = Some(ProtocolVersion(arguments.number()?)),
            "-expect-cipher" | "-expect-cipher-aes" => {
                self.cipher_suite = Some(CipherSuite(arguments.number()?));
            }
            // What a machine without AES instructions should choose: this is none.
            "-expect-cipher-no-aes" => drop(arguments.text()?),
            "-expect-curve-id" => self.group = Some(NamedGroup(arguments.number()?)),
            "-expect-hrr" => self.hello_retry_request = Some(true),
            "-expect-no-hrr" => self.hello_retry_request = Some(false),
            "-expect-extended-master-secret" => self.extended_main_secret = Some(true),
            "-expect-server-name" => self.server_name = Some(arguments.text()?),
            "-expect-alpn" => self.alpn = Some(arguments.bytes()?).filter(|name| !name.is_empty()),
            "-expect-peer-signature-algorithm" => {
                self.peer_signature_scheme = Some(SignatureScheme(arguments.number()?));
            }
            "-expect-peer-cert-file" => self.peer_certificates = arguments.path()?,
            "-expect-selected-credential" => self.credential = Some(arguments.number()?),
            "-expect-ocsp-response" => self.ocsp_response = Some(arguments.base64()?),
            "-expect-signed-cert-timestamps" => self.certificate_timestamps = Some(arguments.base64()?),
            "-expect-total-renegotiations" => self.renegotiations = Some(arguments.number()?),
            "-expect-session-miss" => self.session_miss = true,
            "-expect-no-session" => self.no_session = true,
            "-expect-session-id" => self.session_id = true,
            "-expect-no-peer-cert" => self.no_peer_certificate = true,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Whether a connection is resumed that should be, and no other.
    pub(crate) fn check_resumption(&self, resumes: bool, facts: &Facts) -> Result<(), Failure> {
        same("resumption", Some(resumes && !self.session_miss), facts.resumed.is_some())
    }

    /// Compares with what is left when the connection has ended.
    pub(crate) fn check_memory(&self, memory: &Memory, context: &[u8]) -> Result<(), Failure> {
        same(
            "absence of session ids",
            self.session_id.then_some(false),
            memory.realm(context).sessions.is_empty(),
        )?;
        same("existence of a new session", self.no_session.then_some(false), memory.has_new_session())
    }

    /// Compares with what a client knows when it sends early data.
    pub(crate) fn check_offer(&self, offer: &EarlyDataOffer) -> Result<(), Failure> {
        same("application protocol of early data", Some(self.alpn.as_deref()), offer.alpn.as_deref())
    }

    /// Compares with what is known.
    pub(crate) fn check(&self, setup: &Setup, facts: &Facts) -> Result<(), Failure> {
        let is_server = setup.server;
        let peer_signature_scheme =
            if is_server { facts.client_signature_scheme } else { facts.server_signature_scheme };
        same("version", self.version, facts.version)?;
        same("cipher suite", self.cipher_suite, facts.cipher_suite)?;
        same("group", self.group, facts.group)?;
        same("HelloRetryRequest", self.hello_retry_request, facts.hello_retry_request)?;
        same("extended main secret", self.extended_main_secret, facts.extended_main_secret)?;
        same("server name", self.server_name.as_deref().map(Some), facts.server_name.as_deref())?;
        if !is_server {
            // Where a test names none, none may have been chosen.
            same("application protocol", Some(self.alpn.as_deref()), facts.alpn.as_deref())?;
        }
        same("signature scheme", self.peer_signature_scheme.map(Some), peer_signature_scheme)?;
        let known = facts.resumed.as_ref().and_then(|resumed| resumed.client_fingerprint);
        if self.no_peer_certificate && (facts.peer_certificates.is_some() || known.is_some()) {
            return Err(Failure::other("the peer showed a certificate and should not have"));
        }
        self.check_credential(setup, facts)?;
        self.check_chain(facts)
    }

    fn check_credential(&self, setup: &Setup, facts: &Facts) -> Result<(), Failure> {
        let credentials = setup.credentials.iter().zip(0..);
        let (mut keys, mut certificates): (Vec<_>, Vec<_>) = (Vec::new(), Vec::new());
        for (credential, place) in credentials {
            match &credential.pre_shared_key {
                Some(key) => keys.push((key, place)),
                None => certificates.push(place),
            }
        }
        let selected = match &facts.pre_shared_key {
            Some(identity) => keys.iter().find(|(key, _)| key.is_behind(identity)).map(|(_, place)| *place),
            None => facts.identity.and_then(|number| certificates.get(usize::from(number)).copied()),
        };
        same("credential", self.credential, selected.unwrap_or(-1))
    }

    /// Compares with what is known when all is done.
    pub(crate) fn check_at_the_end(&self, facts: &Facts) -> Result<(), Failure> {
        same("number of renegotiations", self.renegotiations, facts.renegotiations)
    }

    fn check_chain(&self, facts: &Facts) -> Result<(), Failure> {
        let certificates = facts.peer_certificates.as_ref();
        let ocsp_response = certificates.and_then(PeerCertificates::ocsp_response);
        same("OCSP response", self.ocsp_response.as_deref().map(Some), ocsp_response)?;
        let timestamps = certificates.and_then(PeerCertificates::certificate_timestamps);
        same("timestamp list", self.certificate_timestamps.as_deref().map(Some), timestamps)?;
        let Some(path) = &self.peer_certificates else { return Ok(()) };
        let expected: Vec<CertificateDer<'_>> = CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect)
            .map_err(|error| Failure::Other(format!("{}: {error}", path.display())))?;
        let is_same = match (&facts.peer_certificates, &facts.resumed) {
            (Some(chain), _) => chain.iter().eq(expected.iter().map(AsRef::as_ref)),
            // Of a client that resumes, a server knows the digest of its certificate.
            (None, Some(resumed)) => {
                let leaf = expected.first().map(|leaf| Hash::Sha256.digest(leaf));
                leaf.as_ref().map(AsRef::as_ref) == resumed.client_fingerprint.as_ref().map(AsRef::as_ref)
            }
            (None, None) => false,
        };
        if is_same { Ok(()) } else { Err(Failure::other("the peer's chain is not the expected one")) }
    }
}

pub(crate) fn same<T: PartialEq + std::fmt::Debug>(
    what: &str,
    expected: Option<T>,
    is: T,
) -> Result<(), Failure> {
    match expected {
        Some(expected) if expected != is => {
            Err(Failure::Other(format!("the {what} is {is:?} and should be {expected:?}")))
        }
        _ => Ok(()),
    }
}
