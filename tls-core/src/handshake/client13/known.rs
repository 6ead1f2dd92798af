use std::sync::Arc;

use ciphersuites::{NamedGroup, ProtocolVersion, SecurityPolicy, SignatureScheme};

use crate::facts::{EarlyData, Facts, GroupReason, PeerCertificates};
use crate::handshake::client::Client;
use crate::handshake::client13::server_hello::Chosen;
use crate::handshake::fragment_limits::FragmentLimits;
use crate::handshake::pre_shared_keys::ChosenKey;
use crate::identity::{self, Identity};

/// What is known of a connection when both have finished, but for its early data and how the two proved themselves.
pub(crate) struct Known<'k> {
    pub(crate) client: &'k Client<'k>,
    pub(crate) chosen: &'k Chosen<'k>,
    pub(crate) server_name: Option<&'k str>,
    pub(crate) alpn: Option<&'k [u8]>,
    pub(crate) fragment_limits: FragmentLimits,
    pub(crate) certificate_requested: bool,
}

impl Known<'_> {
    pub(crate) fn facts(
        self,
        (peer_certificates, server_scheme): (Option<PeerCertificates>, Option<SignatureScheme>),
        own: Option<(&Identity, SignatureScheme)>,
        early_data: EarlyData,
    ) -> Facts {
        let Self { client, chosen, .. } = self;
        let policy = &client.config.shared.policy;
        let session = chosen.key.as_ref().and_then(ChosenKey::session);
        let external = chosen.key.as_ref().and_then(ChosenKey::external);
        Facts {
            policy: policy.name.clone(),
            version: ProtocolVersion::TLS1_3,
            cipher_suite: chosen.suite.id,
            group: chosen.group,
            group_reason: group_reason(policy, chosen.group),
            hello_retry_request: chosen.retried,
            renegotiations: 0,
            extended_main_secret: true,
            server_name: self.server_name.map(Into::into),
            alpn: self.alpn.map(Into::into),
            fragment_limits: self.fragment_limits,
            identity: own.and_then(|(identity, _)| identity::place(&client.config.identities, identity)),
            certificate_requested: self.certificate_requested,
            server_signature_scheme: server_scheme,
            client_signature_scheme: match session {
                Some(session) => session.session.state.client_scheme,
                None => own.map(|(_, scheme)| scheme),
            },
            peer_certificates,
            pre_shared_key: external.map(|key| Arc::clone(key.identity())),
            resumed: session.map(|session| session.session.state.resumed()),
            early_data,
        }
    }
}

/// A group that had no share in the first ClientHello can but have been asked for.
fn group_reason(policy: &SecurityPolicy, group: NamedGroup) -> GroupReason {
    match policy.usable_groups().count() {
        1 => GroupReason::OnlyOne,
        _ if policy.usable_key_shares().any(|shared| shared == group) => GroupReason::ServerChose,
        _ => GroupReason::ServerAsked,
    }
}
