//! What BoringSSL asks its caller amid a handshake, and what the flags have it answer.

use tls_core::{AlertDescription, CertificateError, Roots, SelectConfig, VerifyCertificate};

use crate::arguments::Arguments;
use crate::config;
use crate::failure::Failure;
use crate::setup::Setup;

/// The answers.
#[derive(Debug, Default)]
pub(crate) struct Callbacks {
    /// Whether a server looks at each ClientHello.
    looks_at_hello: bool,
    /// A server's alert for whatever client.
    refusal: Option<AlertDescription>,
    /// Whether it is the choice of a certificate that fails.
    fails_to_choose: bool,
    /// The application protocols that a client is to offer, as it sends them.
    advertised_alpn: Option<Vec<u8>>,
    pub(crate) status: StatusCallback,
}

/// What looks at OCSP responses: with a client at the server's, with a server at its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum StatusCallback {
    #[default]
    None,
    Agrees,
    /// The server is to send none.
    Declines,
    Fails,
}

impl Callbacks {
    /// Takes a flag in, with its value. `false`: it is not one of these.
    pub(crate) fn take(&mut self, flag: &str, arguments: &mut Arguments) -> Result<bool, Failure> {
        match flag {
            "-use-ocsp-callback" | "-set-ocsp-in-callback" => self.status = StatusCallback::Agrees,
            "-decline-ocsp-callback" => self.status = StatusCallback::Declines,
            "-fail-ocsp-callback" => self.status = StatusCallback::Fails,
            "-use-early-callback" | "-install-ddos-callback" => self.looks_at_hello = true,
            "-fail-early-callback" => self.refusal = Some(AlertDescription::HANDSHAKE_FAILURE),
            "-fail-ddos-callback" => self.refusal = Some(AlertDescription::INTERNAL_ERROR),
            "-fail-cert-callback" => {
                self.refusal = Some(AlertDescription::INTERNAL_ERROR);
                self.fails_to_choose = true;
            }
            "-fail-cert-callback-alert" => self.refusal = Some(AlertDescription(arguments.number()?)),
            "-expect-advertised-alpn" => self.advertised_alpn = Some(arguments.bytes()?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// A client that gives up when it is asked for a certificate has no counterpart here.
    pub(crate) fn check(&self, is_server: bool) -> Result<(), Failure> {
        match self.fails_to_choose && !is_server {
            true => Err(Failure::Unimplemented("-fail-cert-callback of a client".into())),
            false => Ok(()),
        }
    }

    /// Whether a server is asked what it does with a ClientHello.
    pub(crate) fn asks(&self) -> bool {
        self.looks_at_hello || self.alert().is_some() || self.advertised_alpn.is_some()
    }

    fn alert(&self) -> Option<AlertDescription> {
        let fails = self.status == StatusCallback::Fails;
        self.refusal.or(fails.then_some(AlertDescription::INTERNAL_ERROR))
    }

    /// The alert for this client, or nothing.
    pub(crate) fn look_at_hello(&self, asked: &SelectConfig) -> Result<Option<AlertDescription>, Failure> {
        if let Some(expected) = &self.advertised_alpn {
            let names: Vec<_> = asked.client_hello().alpn()?.collect();
            let is_encoding =
                |name: &&[u8]| [&[u8::try_from(name.len()).unwrap_or_default()], *name].concat();
            if names.iter().flat_map(is_encoding).ne(expected.iter().copied()) {
                return Err(Failure::Other(format!("the client offers {names:?}")));
            }
        }
        Ok(self.alert())
    }
}

/// What judges certificates where the connection asks for a verdict.
#[derive(Debug)]
pub(crate) struct Judge {
    roots: Option<Roots>,
    roots_on_retry: Option<Roots>,
    refuses: bool,
    refuses_on_retry: bool,
    status: StatusCallback,
}

impl Judge {
    /// `retry`: what holds once early data is rejected. By another server, it may be, with a root that is not given: unless
    /// told to, BoringSSL's clients verify nothing.
    pub(crate) fn new(setup: &Setup, retry: &Setup) -> Result<Self, Failure> {
        let roots = config::roots(setup)?;
        Ok(Self {
            roots_on_retry: roots.clone().filter(|_| retry.asks_for_certificate),
            roots,
            refuses: setup.refuses_certificate,
            refuses_on_retry: retry.refuses_certificate,
            status: setup.callbacks.status,
        })
    }

    /// The server has rejected early data.
    pub(crate) fn begin_retry(&mut self) {
        self.roots.clone_from(&self.roots_on_retry);
        self.refuses = self.refuses_on_retry;
    }

    pub(crate) fn verdict(&self, asked: &VerifyCertificate) -> Result<(), CertificateError> {
        match &self.roots {
            _ if self.refuses => return Err(CertificateError::Refused("as the test wants it".into())),
            Some(roots) => asked.verify_path(roots)?,
            None => {}
        }
        match self.status {
            StatusCallback::Fails => Err(CertificateError::BadStatusResponse("as the test wants it".into())),
            _ => Ok(()),
        }
    }
}
