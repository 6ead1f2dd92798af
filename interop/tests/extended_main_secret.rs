//! TLS 1.2 with peers that do not know the extended main secret: OpenSSL, which can be told to forget it.

use std::sync::Arc;

use tls_core::AlertDescription;
use tls_core::ciphersuites::{CipherSuite, ProtocolVersion, SecurityPolicy};

use crate::certificates::LOCALHOST;
use crate::link::{Link, trying};
use crate::peer::Stack;
use crate::settings::{Lines, Role, Settings, Wanted};

/// One suite for each hash of the key schedule.
const SUITES: [CipherSuite; 2] = [
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
];

fn forgetful(settings: Settings) -> Settings {
    Settings { no_extended_main_secret: true, ..settings.at(ProtocolVersion::TLS1_2) }
}

#[test]
fn it_works_without_and_exports_nothing() {
    for (role, suite) in Role::BOTH.into_iter().flat_map(|role| SUITES.map(|suite| (role, suite))) {
        trying((role, suite));
        let logs = [Arc::<Lines>::default(), Arc::<Lines>::default()];
        let [client, server] =
            [(Settings::client(&LOCALHOST), &logs[0]), (Settings::server(&LOCALHOST), &logs[1])].map(
                |(settings, log)| Settings {
                    key_log: Some(Arc::clone(log)),
                    ..forgetful(settings).suite(suite)
                },
            );
        let client = Settings { identity: Some(LOCALHOST.leaf.clone()), ..client };
        let server = Settings { client_certificate: Wanted::Required, ..server };
        let link = Link::established((Stack::OpenSsl, role), &client, &server);
        assert!(!link.facts().extended_main_secret);
        assert_eq!(logs[0].sorted(), logs[1].sorted());
        let refused = link.ours.connection.export(b"EXPERIMENTAL interop", None, &mut [0; 32]).unwrap_err();
        assert_eq!(refused.code(), "misuse");
    }
}

#[test]
fn a_policy_that_requires_it_refuses_those_without() {
    for role in Role::BOTH {
        trying(role);
        let strict = |settings: Settings| {
            let policy = SecurityPolicy { extended_main_secret_required: true, ..settings.policy.clone() };
            Settings { policy, ..settings.at(ProtocolVersion::TLS1_2) }
        };
        let (client, server) = (strict(Settings::client(&LOCALHOST)), strict(Settings::server(&LOCALHOST)));
        let link = Link::established((Stack::OpenSsl, role), &client, &server);
        assert!(link.facts().extended_main_secret);
        let mut link = Link::new((Stack::OpenSsl, role), &forgetful(client), &forgetful(server));
        link.run();
        link.assert_we_refuse("no_extended_main_secret", AlertDescription::HANDSHAKE_FAILURE);
    }
}
