use std::fmt;

use ciphersuites::{CipherSuite, NamedGroup, ProtocolVersion, SecurityPolicy, SignatureScheme};

use crate::facts::Facts;
use crate::identity::permitted;

/// Something of a connection that a policy does not permit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unmet {
    /// The version.
    Version(ProtocolVersion),
    /// The cipher suite.
    CipherSuite(CipherSuite),
    /// The group.
    Group(NamedGroup),
    /// TLS 1.2 without the extended main secret.
    ExtendedMainSecret,
    /// The scheme of the server's signature.
    ServerSignatureScheme(SignatureScheme),
    /// The scheme of the client's signature.
    ClientSignatureScheme(SignatureScheme),
    /// A certificate of the peer: which, counted from its own, and what of it.
    PeerCertificate(String),
}

/// A clause.
impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => write!(f, "the version is {version}"),
            Self::CipherSuite(suite) => write!(f, "the cipher suite is {suite}"),
            Self::Group(group) => write!(f, "the group is {group}"),
            Self::ExtendedMainSecret => f.write_str("the extended main secret is missing"),
            Self::ServerSignatureScheme(scheme) => write!(f, "the server signed with {scheme}"),
            Self::ClientSignatureScheme(scheme) => write!(f, "the client signed with {scheme}"),
            Self::PeerCertificate(what) => write!(f, "the peer's {what}"),
        }
    }
}

impl Facts {
    /// Whether this connection is one that `policy`, which may be any, permits. What is not known does not count: which
    /// root the peer's chain led to, if it was not sent, and this side's own certificates.
    ///
    /// # Errors
    /// It is not: everything of the connection that `policy` does not permit.
    pub fn satisfies(&self, policy: &SecurityPolicy) -> Result<(), Vec<Unmet>> {
        let mut unmet = Vec::new();
        unmet.extend((!policy.supports(self.version)).then_some(Unmet::Version(self.version)));
        let has_suite = policy.cipher_suites.contains(&self.cipher_suite);
        unmet.extend((!has_suite).then_some(Unmet::CipherSuite(self.cipher_suite)));
        let has_group = policy.usable_groups().any(|group| group == self.group);
        unmet.extend((!has_group).then_some(Unmet::Group(self.group)));
        let lacks_secret = policy.extended_main_secret_required && !self.extended_main_secret;
        unmet.extend(lacks_secret.then_some(Unmet::ExtendedMainSecret));
        let is_foreign = |scheme: &SignatureScheme| !policy.signature_schemes.contains(scheme);
        unmet.extend(self.server_signature_scheme.filter(is_foreign).map(Unmet::ServerSignatureScheme));
        unmet.extend(self.client_signature_scheme.filter(is_foreign).map(Unmet::ClientSignatureScheme));
        if let Some(chain) = &self.peer_certificates {
            unmet.extend(permitted::breaches(chain.iter(), policy).into_iter().map(Unmet::PeerCertificate));
        }
        if unmet.is_empty() { Ok(()) } else { Err(unmet) }
    }
}
