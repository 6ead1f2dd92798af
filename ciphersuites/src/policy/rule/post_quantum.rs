use super::breach::{Findings, PolicyItem};
use crate::{NamedGroup, ProtocolVersion};

/// A policy that requires post-quantum key exchange may name classical groups, for it does not use them.
pub(super) fn judge(findings: &mut Findings<'_>) {
    if findings.policy.post_quantum_required {
        return;
    }
    findings.groups(NamedGroup::is_post_quantum, "a quantum computer breaks it");
    if findings.policy.supports(ProtocolVersion::TLS1_2) {
        findings.add(
            PolicyItem::MinVersion(findings.policy.min_version),
            "TLS 1.2 has no post-quantum key exchange",
        );
    }
}
