//! What is told of a connection: s2n-tls's block of lines for people and scripts, or one JSON object.

use std::fmt::Write;
use std::time::Duration;

use serde_json::{Value, json};
use tls_core::ciphersuites::{ProtocolVersion, SecurityPolicy};
use tls_core::{EarlyData, Facts, FragmentLimits};
use tls_tokio::Signing;

use crate::certificate::Certificate;
use crate::notation;
use crate::recorder::Recording;

/// One connection, as it stood when its handshake was done.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    facts: Facts,
    versions: Versions,
    peer: String,
    handshake_time: Duration,
    has_change_cipher_spec: bool,
    bytes_in: u64,
    bytes_out: u64,
    /// How this side's signature was made, where its key is not in this process.
    signing: Option<Signing>,
}

/// The best version that each end is known to speak: of itself an end knows it, of the peer it has seen the outcome.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Versions {
    client: ProtocolVersion,
    server: ProtocolVersion,
}

impl Versions {
    /// As a client with this policy sees it.
    pub(crate) fn of_client(policy: &SecurityPolicy, facts: &Facts) -> Self {
        Self { client: best(policy), server: facts.version }
    }

    /// As a server with this policy sees it.
    pub(crate) fn of_server(policy: &SecurityPolicy, facts: &Facts) -> Self {
        Self { client: facts.version, server: best(policy) }
    }
}

/// The best version that a policy permits.
fn best(policy: &SecurityPolicy) -> ProtocolVersion {
    match policy.supports(ProtocolVersion::TLS1_3) {
        true => ProtocolVersion::TLS1_3,
        false => ProtocolVersion::TLS1_2,
    }
}

impl Report {
    pub(crate) fn new(
        facts: &Facts,
        versions: Versions,
        recording: &Recording,
        peer: String,
        handshake_time: Duration,
    ) -> Self {
        Self {
            facts: facts.clone(),
            versions,
            peer,
            handshake_time,
            has_change_cipher_spec: recording.saw_change_cipher_spec(),
            bytes_in: recording.bytes_in(),
            bytes_out: recording.bytes_out(),
            signing: None,
        }
    }

    /// With how this side's signature was made, where its key is not in this process.
    pub(crate) fn signed(self, signing: Option<&Signing>) -> Self {
        Self { signing: signing.cloned(), ..self }
    }

    /// The block of lines, in s2n-tls's wording and order.
    pub(crate) fn to_text(&self) -> String {
        let facts = &self.facts;
        let mut lines = vec![
            "CONNECTED:".to_owned(),
            format!("Handshake: {}", self.message_flow()),
            format!("Client hello version: {}", version_number(ProtocolVersion::TLS1_2)),
            format!("Client protocol version: {}", version_number(self.versions.client)),
            format!("Server protocol version: {}", version_number(self.versions.server)),
            format!("Actual protocol version: {}", version_number(facts.version)),
        ];
        lines.extend(facts.server_name.iter().map(|name| format!("Server name: {name}")));
        lines.extend(self.alpn().map(|protocol| format!("Application protocol: {protocol}")));
        lines.push(match facts.post_quantum() {
            true => format!("KEM Group: {} (PQ key exchange enabled)", facts.group),
            false => format!("Curve: {}", facts.group),
        });
        lines.extend(
            self.ocsp_response().map(|response| format!("OCSP response received, length {}", response.len())),
        );
        lines.push(format!("Group chosen because: {}", facts.group_reason));
        lines.push(format!("Cipher negotiated: {}", notation::cipher_suite(facts.cipher_suite)));
        let signature =
            |side: &str, scheme| format!("{side} signature negotiated: {}", notation::signature(scheme));
        lines.extend(facts.server_signature_scheme.map(|scheme| signature("Server", scheme)));
        lines.extend(facts.client_signature_scheme.map(|scheme| signature("Client", scheme)));
        lines.extend(facts.resumed.as_ref().map(|_| "Resumed session".to_owned()));
        let identity = facts.pre_shared_key.as_ref();
        lines.extend(identity.map(|identity| format!("Negotiated PSK identity: {identity}")));
        lines.extend(self.signing.as_ref().map(|signing| {
            let (elapsed, queued) = (milliseconds(signing.elapsed), milliseconds(signing.queued));
            format!("Signature made by: {} in {elapsed} ms ({queued} ms queued)", signing.made_by)
        }));
        lines.push(match facts.early_data {
            EarlyData::Accepted => "Early Data status: ACCEPTED".to_owned(),
            EarlyData::Rejected(refusal) => format!("Early Data status: REJECTED ({refusal})"),
            _ => "Early Data status: NOT REQUESTED".to_owned(),
        });
        lines.push(format!("Wire bytes in: {}", self.bytes_in));
        lines.push(format!("Wire bytes out: {}", self.bytes_out));
        lines.iter().fold(String::new(), |mut text, line| {
            let _ = writeln!(text, "{line}");
            text
        })
    }

    /// The same facts and a few more for scripts.
    pub(crate) fn to_json(&self) -> Value {
        let facts = &self.facts;
        let certificates = facts
            .peer_certificates
            .as_ref()
            .map(|chain| chain.iter().map(|der| Certificate::read(der).to_json()).collect::<Vec<_>>());
        let (max_fragment_length, record_size_limits) = match facts.fragment_limits {
            FragmentLimits::MaxFragmentLength(length) => (Some(length.bytes()), None),
            FragmentLimits::RecordSizeLimit { ours, theirs } => {
                (None, Some(json!({ "ours": ours, "theirs": theirs })))
            }
            _ => (None, None),
        };
        json!({
            "peer": self.peer,
            "handshake": self.message_flow(),
            "handshake_milliseconds": milliseconds(self.handshake_time),
            "policy": facts.policy,
            "client_protocol_version": self.versions.client.to_string(),
            "server_protocol_version": self.versions.server.to_string(),
            "protocol_version": facts.version.to_string(),
            "server_name": facts.server_name,
            "application_protocol": self.alpn(),
            "group": facts.group.to_string(),
            "group_reason": facts.group_reason.to_string(),
            "post_quantum": facts.post_quantum(),
            "hello_retry_request": facts.hello_retry_request,
            "renegotiations": facts.renegotiations,
            "cipher_suite": facts.cipher_suite.to_string(),
            "resumed": facts.resumed.is_some(),
            "psk_identity": facts.pre_shared_key.as_ref().map(|identity| identity.to_string()),
            "extended_main_secret": facts.extended_main_secret,
            "server_signature_scheme": facts.server_signature_scheme.map(|scheme| scheme.to_string()),
            "client_signature_scheme": facts.client_signature_scheme.map(|scheme| scheme.to_string()),
            "ocsp_response_length": self.ocsp_response().map(<[u8]>::len),
            "signing": self.signing.as_ref().map(|signing| json!({
                "made_by": &*signing.made_by,
                "scheme": signing.scheme.to_string(),
                "milliseconds": milliseconds(signing.elapsed),
                "queued_milliseconds": milliseconds(signing.queued),
            })),
            "certificate_requested": facts.certificate_requested,
            "max_fragment_length": max_fragment_length,
            "record_size_limits": record_size_limits,
            "early_data_status": match facts.early_data {
                EarlyData::Accepted => "accepted",
                EarlyData::Rejected(_) => "rejected",
                _ => "not_requested",
            },
            "early_data_refusal": match facts.early_data {
                EarlyData::Rejected(refusal) => Some(refusal.code()),
                _ => None,
            },
            "wire_bytes_in": self.bytes_in,
            "wire_bytes_out": self.bytes_out,
            "peer_certificates": certificates.unwrap_or_default(),
        })
    }

    /// The name s2n-tls gives to this sequence of messages.
    fn message_flow(&self) -> String {
        let is_tls12 = self.facts.version == ProtocolVersion::TLS1_2;
        let is_asked = self.facts.certificate_requested;
        let is_full = self.facts.resumed.is_none();
        let flags = [
            (true, "NEGOTIATED"),
            (is_full, "FULL_HANDSHAKE"),
            (is_asked, "CLIENT_AUTH"),
            (is_asked && self.facts.client_signature_scheme.is_none(), "NO_CLIENT_CERT"),
            (is_tls12 && is_full, "TLS12_PERFECT_FORWARD_SECRECY"),
            (self.facts.hello_retry_request, "HELLO_RETRY_REQUEST"),
            // In TLS 1.2 change_cipher_spec is not there for the sake of middleboxes.
            (self.has_change_cipher_spec && !is_tls12, "MIDDLEBOX_COMPAT"),
        ];
        let set: Vec<&str> = flags.iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| *flag).collect();
        set.join("|")
    }

    fn ocsp_response(&self) -> Option<&[u8]> {
        self.facts.peer_certificates.as_ref()?.ocsp_response()
    }

    fn alpn(&self) -> Option<String> {
        self.facts.alpn.as_ref().map(|protocol| protocol.escape_ascii().to_string())
    }
}

/// To the microsecond: what is beyond is noise.
pub(crate) fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// s2n-tls's number for a version: 34 for TLS 1.3, 33 for TLS 1.2.
fn version_number(version: ProtocolVersion) -> u16 {
    let [_, minor] = version.0.to_be_bytes();
    u16::from(minor).saturating_add(30)
}
