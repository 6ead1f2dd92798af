//! Verdicts on certificates that are the caller's to give.

use std::sync::Arc;

use pki_types::{ServerName, UnixTime};

use crate::error::CertificateError;
use crate::facts::PeerCertificates;
use crate::identity::{PathRules, Roots, Usage};
use crate::operation::{Answer, OperationId, Reply};

/// Who the peer should be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PeerName {
    /// The server of this name.
    Server(ServerName<'static>),
    /// A client, whoever it is.
    Client,
}

/// A connection's wish for a verdict on the peer's certificates. Whether the peer has the leaf's private key is not the
/// question: its handshake signature is verified whatever the answer.
#[derive(Debug)]
pub struct VerifyCertificate {
    id: OperationId,
    certificates: PeerCertificates,
    peer: PeerName,
    now: UnixTime,
    rules: Arc<PathRules>,
}

impl VerifyCertificate {
    pub(crate) fn new(
        certificates: PeerCertificates,
        usage: Usage<'_>,
        now: UnixTime,
        rules: Arc<PathRules>,
    ) -> Self {
        let peer = match usage {
            Usage::Server(name) => PeerName::Server(name.clone()),
            Usage::Client => PeerName::Client,
        };
        Self { id: OperationId::next(), certificates, peer, now, rules }
    }

    /// What tells this operation from every other of the process.
    pub fn id(&self) -> OperationId {
        self.id
    }

    /// The chain that the peer presented, leaf first. Nothing is verified but that the leaf parses and that the policy
    /// permits its kind of key. What a server stapled to it, if it was asked to, is there as it came, too: nothing of it
    /// has been judged.
    pub fn certificates(&self) -> &PeerCertificates {
        &self.certificates
    }

    /// Who the peer should be.
    pub fn peer(&self) -> &PeerName {
        &self.peer
    }

    /// The time by which certificates are judged on this connection.
    pub fn now(&self) -> UnixTime {
        self.now
    }

    /// What [`ServerVerification::Roots`](crate::ServerVerification::Roots) does, for a verdict that adds to it: a path
    /// to one of the roots under the policy's rules, for the server's name.
    ///
    /// # Errors
    /// What is wrong with the chain, to answer with.
    pub fn verify_path(&self, roots: &Roots) -> Result<(), CertificateError> {
        let usage = match &self.peer {
            PeerName::Server(name) => Usage::Server(name),
            PeerName::Client => Usage::Client,
        };
        let chain: Vec<&[u8]> = self.certificates.iter().collect();
        self.rules.verify_path(&chain, usage, roots, self.now)
    }

    /// Answers: the peer is who it should be, or why it is not.
    pub fn answer(self, verdict: Result<(), CertificateError>) -> Answer {
        Answer { id: self.id, reply: Reply::VerifyCertificate(verdict) }
    }
}
