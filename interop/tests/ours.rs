//! Our end of a connection.

use std::num::NonZeroU16;
use std::sync::Arc;

use tests::pair::{End, now};
use tls_core::ciphersuites::{CipherSuite, NamedGroup, SecurityPolicy};
use tls_core::{
    ClientAuthentication, ClientConfig, Connection, KeyLog, RecordPadding, Roots, ServerConfig, ServerName,
    ServerVerification,
};

use crate::settings::{Role, Settings, Wanted};

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
        if let Some(identity) = &$settings.identity {
            builder = builder.identity(identity.identity());
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
    let verification = ServerVerification::Roots(roots(settings));
    let config = common!(ClientConfig::builder(), settings).server_verification(verification).build();
    Connection::client(config.unwrap(), name, now()).unwrap()
}

fn server(settings: &Settings) -> Connection {
    let authentication = match settings.client_certificate {
        Wanted::No => ClientAuthentication::None,
        Wanted::Optional => ClientAuthentication::Optional(roots(settings)),
        Wanted::Required => ClientAuthentication::Required(roots(settings)),
    };
    let config = common!(ServerConfig::builder(), settings)
        .client_authentication(authentication)
        .retry_cookie(settings.cookie)
        .build();
    Connection::server(config.unwrap(), now()).unwrap()
}

fn roots(settings: &Settings) -> Roots {
    Roots::from_pem(settings.root.as_bytes()).unwrap()
}

fn policy(settings: &Settings) -> SecurityPolicy {
    let mut policy = settings.policy.clone();
    if !settings.groups.is_empty() {
        policy.groups = settings.groups.clone().into();
        policy.key_shares = settings.key_shares.clone().into();
    }
    if !settings.suites.is_empty() {
        policy.cipher_suites = settings.suites.clone().into();
    }
    policy
}

/// The groups we have.
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

/// The suites we have.
pub(crate) const SUITES: [CipherSuite; 3] = [
    CipherSuite::TLS_AES_128_GCM_SHA256,
    CipherSuite::TLS_AES_256_GCM_SHA384,
    CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
];
