//! Our end of a connection.

use std::num::NonZeroU16;
use std::sync::Arc;

use tests::pair::{End, only};
use tls_core::ciphersuites::{CipherSuite, NamedGroup, ProtocolVersion, SecurityPolicy};
use tls_core::{
    ClientAuthentication, ClientConfig, Connection, EarlyDataAcceptance, KeyLog, PreSharedKeys,
    RecordPadding, Roots, ServerConfig, ServerName, ServerVerification,
};

use crate::settings::{Kept, Role, Settings, SharedKey, Wanted};

/// Begins a connection in this role.
pub(crate) fn begin(role: Role, settings: &Settings) -> End {
    End::new(match role {
        Role::Client => client(settings),
        Role::Server => server(settings),
    })
}

macro_rules! common {
    ($builder:expr, $settings:expr) => {{
        let mut builder = $builder.policy(policy($settings)).alpn($settings.alpn.iter().copied());
        for identity in $settings.identity.iter().chain(&$settings.other_identity) {
            let response = $settings.ocsp_response.clone().unwrap_or_default();
            builder = builder.identity(identity.identity().with_ocsp_response(response));
        }
        if let Some(lines) = &$settings.key_log {
            let key_log: Arc<dyn KeyLog> = lines.clone();
            builder = builder.key_log(key_log);
        }
        if let Some(multiple) = $settings.padding.and_then(NonZeroU16::new) {
            builder = builder.record_padding(RecordPadding::Multiple(multiple));
        }
        builder
    }};
}

fn client(settings: &Settings) -> Connection {
    let name = ServerName::try_from(settings.name).unwrap();
    Connection::client(client_config(settings), name, settings.now).unwrap()
}

pub(crate) fn client_config(settings: &Settings) -> Arc<ClientConfig> {
    let keys: Vec<_> = settings.pre_shared_keys.iter().map(SharedKey::ours).collect();
    let verification = match keys.is_empty() {
        true => ServerVerification::Roots(roots(settings)),
        false => ServerVerification::PreSharedKeysOnly,
    };
    let mut builder =
        common!(ClientConfig::builder().permit_unapproved(), settings).server_verification(verification);
    builder = builder.renegotiation(settings.renegotiation).ocsp_stapling(settings.ocsp_response.is_some());
    builder = builder.pre_shared_keys(keys);
    builder = builder.early_data(settings.early_data.is_some());
    if let Some(memory) = &settings.memory {
        builder = builder.session_store(Arc::clone(&memory.sessions));
    }
    if let Some(length) = settings.max_fragment_length {
        builder = builder.max_fragment_length(length);
    }
    if let Some((new, resumed)) = settings.ticket_request {
        builder = builder.request_tickets(new, resumed);
    }
    builder.build().unwrap()
}

fn server(settings: &Settings) -> Connection {
    let authentication = match settings.client_certificate {
        Wanted::No => ClientAuthentication::None,
        Wanted::Optional => ClientAuthentication::Optional(roots(settings)),
        Wanted::Required => ClientAuthentication::Required(roots(settings)),
    };
    let mut builder = common!(ServerConfig::builder().permit_unapproved(), settings)
        .client_authentication(authentication)
        .retry_cookie(settings.cookie)
        .accept_max_fragment_length(settings.max_fragment_length.is_some());
    if !settings.pre_shared_keys.is_empty() {
        let keys = settings.pre_shared_keys.iter().map(SharedKey::ours).collect();
        builder = builder.pre_shared_keys(PreSharedKeys::Known(keys));
    }
    if let Some(memory) = &settings.memory {
        builder = match settings.kept {
            Kept::InTickets => builder.ticket_keys(Arc::clone(&memory.ticket_keys)),
            Kept::InStore => builder.session_store(Arc::clone(&memory.store)),
        };
        builder = builder.tickets_per_handshake(TICKETS).later_tickets(1);
        if let Some(max) = settings.early_data {
            builder = builder.early_data(max, EarlyDataAcceptance::Guarded(Arc::clone(&memory.guard)));
        }
    }
    Connection::server(builder.build().unwrap(), settings.now).unwrap()
}

fn roots(settings: &Settings) -> Roots {
    Roots::from_pem(settings.root.as_bytes()).unwrap()
}

fn policy(settings: &Settings) -> SecurityPolicy {
    let mut policy = settings.policy.clone();
    if let [version] = settings.versions[..] {
        policy = only(version, &policy);
    }
    if !settings.groups.is_empty() {
        policy.groups = settings.groups.clone().into();
        policy.key_shares = settings.key_shares.clone().into();
    }
    if !settings.suites.is_empty() {
        policy.cipher_suites = settings.suites.clone().into();
    }
    if !settings.schemes.is_empty() {
        policy.signature_schemes = settings.schemes.clone().into();
    }
    policy
}

/// Several, so that peers show what they do with them.
pub(crate) const TICKETS: u8 = 3;

/// The groups we have; the first four also in TLS 1.2.
pub(crate) const GROUPS: [NamedGroup; 8] = [
    NamedGroup::X25519,
    NamedGroup::SECP256R1,
    NamedGroup::SECP384R1,
    NamedGroup::SECP521R1,
    NamedGroup::X25519MLKEM768,
    NamedGroup::SECP256R1MLKEM768,
    NamedGroup::SECP384R1MLKEM1024,
    NamedGroup::MLKEM1024,
];

/// The suites of TLS 1.3 that we have.
pub(crate) const SUITES13: [CipherSuite; 3] = [
    CipherSuite::TLS_AES_128_GCM_SHA256,
    CipherSuite::TLS_AES_256_GCM_SHA384,
    CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
];

/// A suite of each cipher of each version: what signs the handshake makes no difference to records.
pub(crate) fn suites_by_cipher() -> impl Iterator<Item = (ProtocolVersion, CipherSuite)> {
    let (ecdsa, _) = SUITES12.split_at(SUITES12.len() / 2);
    let tls12 = ecdsa.iter().map(|suite| (ProtocolVersion::TLS1_2, *suite));
    SUITES13.into_iter().map(|suite| (ProtocolVersion::TLS1_3, suite)).chain(tls12)
}

/// The suites of TLS 1.2 that we have, ECDSA's first, whether or not a named policy has them.
pub(crate) const SUITES12: [CipherSuite; 14] = [
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384,
];
