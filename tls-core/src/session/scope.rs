//! Which configurations may resume each other's sessions.

use ciphersuites::{Hash as HashFunction, SecurityPolicy};

use crate::identity::Verifier;

/// Stands for how a configuration verifies its peers: a session is resumed only where its peer would have been verified
/// by the same rules and roots. Changed roots, pins or rules make another scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Scope([u8; Self::LEN]);

impl Scope {
    pub(crate) const LEN: usize = 16;

    pub(crate) fn new(verifier: Option<&Verifier>, is_required: bool, policy: &SecurityPolicy) -> Self {
        let mut text = Vec::new();
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
            Some(Verifier::Asked(_)) => text.push(3),
            Some(Verifier::Insecure) => text.push(4),
        }
        text.push(is_required.into());
        let rules = (&policy.certificate_signature_schemes, &policy.certificate_keys);
        text.extend_from_slice(format!("{rules:?}").as_bytes());
        Self(HashFunction::Sha256.digest(&text).as_ref().first_chunk().copied().unwrap_or_default())
    }

    pub(crate) fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    pub(crate) fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }
}
