//! Which configurations may resume each other's sessions.

use ciphersuites::Hash as HashFunction;

use crate::config::{ClientVerification, Shared};
use crate::identity::{Identity, Verifier};

/// Stands for how a configuration verifies its peers, and for whom it is: a session is resumed only where its peer would
/// have been verified by the same rules and roots, and by the same client. Changed roots, pins, rules or client
/// certificates make another scope. Where the caller judges certificates, it may name the rules by which it does; nobody
/// here can know otherwise that two configurations are judged for alike, and each is a scope of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Scope([u8; Self::LEN]);

impl Scope {
    pub(crate) const LEN: usize = 16;

    /// The scope of a client that proves itself, if at all, by one of these.
    pub(crate) fn of_client(verifier: &Verifier, identities: &[Identity], shared: &Shared) -> Option<Self> {
        let mut own: Vec<u8> = identities.iter().flat_map(Identity::fingerprint).collect();
        // The kinds of verification are told apart by the byte that follows.
        own.extend_from_slice(HashFunction::Sha256.digest(&own).as_ref());
        Self::new(Some(verifier), &own, shared)
    }

    /// The scope of a server that verifies its clients like this, if at all.
    pub(crate) fn of_server(clients: Option<&ClientVerification>, shared: &Shared) -> Option<Self> {
        let is_required = clients.is_some_and(|clients| clients.required);
        Self::new(clients.map(|clients| &clients.verifier), &[is_required.into()], shared)
    }

    /// `None`: the random generator failed.
    fn new(verifier: Option<&Verifier>, own: &[u8], shared: &Shared) -> Option<Self> {
        let mut text = own.to_vec();
        match verifier {
            None => text.push(0),
            Some(Verifier::Path { roots, .. }) => {
                text.push(1);
                for anchor in roots.anchors() {
                    text.extend_from_slice(HashFunction::Sha256.digest(&anchor.subject).as_ref());
                    text.extend_from_slice(
                        HashFunction::Sha256.digest(&anchor.subject_public_key_info).as_ref(),
                    );
                    let constraints = anchor.name_constraints.as_deref().unwrap_or_default();
                    text.extend_from_slice(HashFunction::Sha256.digest(constraints).as_ref());
                }
            }
            Some(Verifier::Pinned { pins, .. }) => {
                text.push(2);
                pins.iter().for_each(|pin| text.extend_from_slice(pin));
            }
            Some(Verifier::Asked(_)) => {
                let (kind, name) = match &shared.verdict_rules {
                    Some(name) => (3, *name),
                    None => {
                        let mut unique = [0; 32];
                        ciphersuites::random(&mut unique).ok()?;
                        (5, unique)
                    }
                };
                text.push(kind);
                text.extend_from_slice(&name);
            }
            Some(Verifier::Insecure) => text.push(4),
            Some(Verifier::NoCertificates) => text.push(6),
        }
        let policy = &shared.policy;
        let rules = (&policy.certificate_signature_schemes, &policy.certificate_keys);
        text.extend_from_slice(format!("{rules:?}").as_bytes());
        let digest = HashFunction::Sha256.digest(&text);
        digest.as_ref().first_chunk().copied().map(Self)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    pub(crate) fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }
}
