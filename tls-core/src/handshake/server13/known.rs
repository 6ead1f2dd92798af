use std::sync::Arc;

use ciphersuites::ProtocolVersion;

use crate::error::Error;
use crate::facts::{EarlyData, Facts};
use crate::handshake::certificate::Peer;
use crate::handshake::fragment_limits::FragmentLimits;
use crate::handshake::negotiate::Agreement;
use crate::handshake::server::Server;
use crate::handshake::server13::Proof;
use crate::identity;
use crate::wire::client_hello::ClientHello;

/// What is settled by the ClientHello: all that there is to know of a connection, but for its early data and the client's
/// certificate.
pub(crate) struct Known<'k> {
    pub(crate) server: &'k Server<'k>,
    pub(crate) hello: &'k ClientHello<'k>,
    pub(crate) agreement: &'k Agreement<'k>,
    pub(crate) proof: &'k Proof<'k>,
    pub(crate) retried: bool,
    pub(crate) fragment_limits: FragmentLimits,
}

impl Known<'_> {
    /// Whether the client is asked for a certificate.
    pub(crate) fn asks_for_certificate(&self) -> bool {
        self.proof.is_certificate() && self.server.config.client_verification.is_some()
    }

    pub(crate) fn facts(&self, peer: Option<&Peer>, early_data: EarlyData) -> Result<Facts, Error> {
        let Self { server, hello, agreement, proof, retried, fragment_limits } = *self;
        let (config, session) = (server.config, proof.session());
        Ok(Facts {
            policy: config.shared.policy.name.clone(),
            version: ProtocolVersion::TLS1_3,
            cipher_suite: agreement.suite.id,
            group: agreement.group,
            group_reason: agreement.group_reason,
            hello_retry_request: retried,
            renegotiations: 0,
            extended_main_secret: true,
            server_name: hello.server_name()?.map(Into::into),
            alpn: agreement.alpn.map(Into::into),
            fragment_limits,
            identity: match proof {
                Proof::Certificate(identity, _) => identity::place(&config.identities, identity),
                _ => None,
            },
            certificate_requested: self.asks_for_certificate(),
            server_signature_scheme: match proof {
                Proof::Certificate(_, scheme) => Some(*scheme),
                Proof::Session(session) => session.state.server_scheme,
                Proof::Key(_) => None,
            },
            client_signature_scheme: match session {
                Some(session) => session.state.client_scheme,
                None => peer.and_then(|peer| peer.scheme),
            },
            peer_certificates: peer.and_then(|peer| peer.certificates.clone()),
            pre_shared_key: match proof {
                Proof::Key(key) => Some(Arc::clone(key.key().identity())),
                Proof::Certificate(..) | Proof::Session(_) => None,
            },
            resumed: session.map(|session| session.state.resumed()),
            early_data,
        })
    }
}
