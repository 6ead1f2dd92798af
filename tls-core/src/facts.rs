//! What is known of a finished connection.

use std::borrow::Cow;
use std::sync::Arc;

use ciphersuites::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme};
use pki_types::UnixTime;
use x509_parser::prelude::{FromDer, X509Certificate};

mod early_data;
mod group_reason;
mod unmet;

pub use early_data::{EarlyData, EarlyDataRefusal};
pub use group_reason::GroupReason;
pub use unmet::Unmet;

use crate::error::Error;
use crate::handshake::FragmentLimits;
use crate::pre_shared_key::PskIdentity;
use crate::wire::certificate::Chain;
use crate::wire::codec::{Reader, Writer};
use crate::wire::staples::Staples;

/// What was negotiated, and who the peer is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Facts {
    /// The security policy of this side.
    pub policy: Cow<'static, str>,
    /// The protocol's version.
    pub version: ProtocolVersion,
    /// The cipher suite that protects records.
    pub cipher_suite: CipherSuite,
    /// The group whose shared secret the keys come from.
    pub group: NamedGroup,
    /// Why it is this group.
    pub group_reason: GroupReason,
    /// Whether the client had to send a second ClientHello.
    pub hello_retry_request: bool,
    /// How often the connection has been renegotiated since: only in TLS 1.2, and only by a client that accepts it.
    pub renegotiations: u8,
    /// Whether the keys are bound to the whole handshake: in TLS 1.3 always, in TLS 1.2 by RFC 7627.
    pub extended_main_secret: bool,
    /// The DNS name by which the client asked for the server, if it sent one.
    pub server_name: Option<Box<str>>,
    /// The application protocol that was agreed on.
    pub alpn: Option<Box<[u8]>>,
    /// How much content records may have.
    pub fragment_limits: FragmentLimits,
    /// Which of the configuration's certificates this side presented, counted from 0 in the order in which they were
    /// given. `None`: none, as where a session is resumed.
    pub identity: Option<u16>,
    /// Whether the server has asked for the client's certificate.
    pub certificate_requested: bool,
    /// How the server proved its identity, if by a certificate.
    pub server_signature_scheme: Option<SignatureScheme>,
    /// How the client proved its identity, if it did by a certificate.
    pub client_signature_scheme: Option<SignatureScheme>,
    /// The peer's chain, if it presented one. A client that resumes has the one of the session; a server does not.
    pub peer_certificates: Option<PeerCertificates>,
    /// The external pre-shared key by which the peers proved themselves to each other, if they did: then there are no
    /// signatures or certificates.
    pub pre_shared_key: Option<Arc<PskIdentity>>,
    /// The session that was resumed, if one was: what is said of proofs of identity was said then.
    pub resumed: Option<Resumed>,
    /// What became of the client's early data.
    pub early_data: EarlyData,
}

/// A session that was resumed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resumed {
    /// When the peers proved themselves to each other.
    pub established_at: UnixTime,
    /// What a server knows of a client that proved its identity then: the SHA-256 of its certificate.
    pub client_fingerprint: Option<[u8; 32]>,
    /// What a server's application had put in the session
    /// ([`session_data`](crate::ServerConfigBuilder::session_data)), or nothing.
    pub session_data: Box<[u8]>,
}

impl Facts {
    /// Whether the keys withstand an attacker with a quantum computer who records the connection.
    pub fn post_quantum(&self) -> bool {
        self.group.is_post_quantum()
    }
}

/// A peer's certificates, verified as the configuration says, and what is stapled to the first of them; one allocation,
/// whatever their number. Staples follow an empty certificate, where there are any.
#[derive(Clone, PartialEq, Eq)]
pub struct PeerCertificates(Box<[u8]>);

impl PeerCertificates {
    pub(crate) fn new(Chain { certificates, staples }: &Chain<'_>) -> Self {
        let stapled = [staples.ocsp_response, staples.timestamps];
        let all = || certificates.iter().copied().chain(stapled.into_iter().flatten());
        let mut bytes = Vec::with_capacity(all().map(|each| each.len().saturating_add(3)).sum());
        let mut writer = Writer::new(&mut bytes);
        certificates.iter().for_each(|certificate| writer.vec24(|writer| writer.bytes(certificate)));
        if *staples != Staples::default() {
            writer.vec24(|_| {});
            for staple in stapled {
                writer.vec24(|writer| writer.bytes(staple.unwrap_or_default()));
            }
        }
        Self(bytes.into_boxed_slice())
    }

    /// As they are kept in a session.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Reads what [`Self::as_bytes`] gave, in a vector.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let list = reader.vec24()?;
        let mut certificates = Reader::new(list, "certificates");
        while !certificates.is_empty() {
            certificates.vec24()?;
        }
        Ok(Self(list.into()))
    }

    /// When the first of them expires that has not expired at this time, in seconds since 1970. One that had may have
    /// been sent along for the sake of others.
    pub(crate) fn expire_at(&self, now: UnixTime) -> u64 {
        let ends = self.iter().map(|der| match X509Certificate::from_der(der) {
            Ok((_, certificate)) => u64::try_from(certificate.validity().not_after.timestamp()).unwrap_or(0),
            Err(_) => 0,
        });
        ends.filter(|end| *end > now.as_secs()).min().unwrap_or(0)
    }

    /// The certificates in DER, leaf first.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.entries().take_while(|certificate| !certificate.is_empty())
    }

    /// The OCSP response about the leaf that the server stapled to it, an OCSPResponse in DER. Only a client that asks
    /// for it ([`ocsp_stapling`](crate::ClientConfigBuilder::ocsp_stapling)) is sent one. That it parses, is about this
    /// certificate, is signed and up to date is for the caller to find out: nothing here looks into it.
    pub fn ocsp_response(&self) -> Option<&[u8]> {
        self.staple(0)
    }

    /// The leaf's signed certificate timestamps that the server stapled to it, a SignedCertificateTimestampList
    /// (RFC 6962 §3.3). Only a client that asks for them
    /// ([`certificate_timestamps`](crate::ClientConfigBuilder::certificate_timestamps)) is sent them, and nothing here
    /// judges them.
    pub fn certificate_timestamps(&self) -> Option<&[u8]> {
        self.staple(1)
    }

    fn staple(&self, place: usize) -> Option<&[u8]> {
        let mut staples = self.entries().skip_while(|entry| !entry.is_empty()).skip(1);
        staples.nth(place).filter(|staple| !staple.is_empty())
    }

    fn entries(&self) -> impl Iterator<Item = &[u8]> {
        let mut reader = Reader::new(&self.0, "certificates");
        std::iter::from_fn(move || if reader.is_empty() { None } else { reader.vec24().ok() })
    }

    /// The certificate of the peer itself, in DER.
    pub fn leaf(&self) -> &[u8] {
        self.iter().next().unwrap_or_default()
    }
}

impl std::fmt::Debug for PeerCertificates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PeerCertificates({} in {} bytes)", self.iter().count(), self.0.len())
    }
}
