//! Exporters and the key log: both ends, and whoever was given the secrets, derive the same.

use ring::digest::{self, SHA256, SHA384};
use tests::pair::default_tls13;
use tests::protection::expand_label;
use tests::relay::{Setup, Side};
use tests::scenario::ALL;
use tls_core::ciphersuites::{CipherSuite, SecurityPolicy};

const LABELS: [&str; 5] = [
    "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    "CLIENT_TRAFFIC_SECRET_0",
    "EXPORTER_SECRET",
    "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    "SERVER_TRAFFIC_SECRET_0",
];

/// With early data, too.
const EARLY_LABELS: [&str; 2] = ["CLIENT_EARLY_TRAFFIC_SECRET", "EARLY_EXPORTER_SECRET"];

#[test]
fn both_ends_log_the_same_secrets_under_the_clients_random() {
    for scenario in ALL.into_iter().filter(|scenario| !scenario.is_tls12()) {
        let setup = scenario.setup();
        let hello = setup.messages()[0].content.clone();
        let (client, server) = (&setup.client_secrets, &setup.server_secrets);
        for secrets in [client, server] {
            let (labels, randoms): (Vec<&str>, Vec<[u8; 32]>) = secrets.labels().into_iter().unzip();
            let early = scenario.early.then_some(EARLY_LABELS).into_iter().flatten();
            let mut expected: Vec<_> = LABELS.into_iter().chain(early).collect();
            expected.sort_unstable();
            assert_eq!(labels, expected);
            assert!(randoms.iter().all(|random| random == &hello[6..38]));
        }
        for label in LABELS.into_iter().chain(EARLY_LABELS) {
            assert_eq!(client.get(label), server.get(label), "{label}");
        }
    }
}

//= 9846:7.5 exporter-secret
#[test]
fn exporters_agree_with_the_logged_secret() {
    for suite in default_tls13().cipher_suites.iter() {
        let policy = SecurityPolicy { cipher_suites: vec![*suite].into(), ..default_tls13() };
        let authority = tests::authority::Authority::new();
        let setup = Setup::new(
            tests::pair::client_builder(&authority).policy(policy),
            tests::pair::server_builder(&authority),
        );
        let (mut pair, _) = setup.established(Side::Client);
        let secret = setup.client_secrets.get("EXPORTER_SECRET").unwrap();
        let hash = match *suite {
            CipherSuite::TLS_AES_256_GCM_SHA384 => &SHA384,
            _ => &SHA256,
        };
        let hash = |data: &[u8]| digest::digest(hash, data).as_ref().to_vec();
        let cases: [(&str, Option<&[u8]>, usize); 5] = [
            ("EXPORTER-test", None, 32),
            ("EXPORTER-test", Some(b""), 32),
            ("EXPORTER-test", Some(b"context"), 32),
            ("other", None, 1),
            ("x", Some(b"y"), 300),
        ];
        for (label, context, len) in cases {
            let derived = expand_label(*suite, &secret, label, &hash(b""), secret.len());
            let expected =
                expand_label(*suite, &derived, "exporter", &hash(context.unwrap_or_default()), len);
            for side in [Side::Client, Side::Server] {
                let mut out = vec![0; len];
                pair.end(side).connection.export(label.as_bytes(), context, &mut out).unwrap();
                assert_eq!(out, expected, "{label}");
            }
        }
    }
}

//= 9846:6 forget
#[test]
fn nothing_is_exported_before_the_handshake_or_after_a_failure() {
    let mut pair = ALL[0].setup().pair();
    let mut out = [0; 16];
    for side in [Side::Client, Side::Server] {
        let error = pair.end(side).connection.export(b"label", None, &mut out).unwrap_err();
        assert_eq!(error.code(), "misuse");
        assert!(pair.end(side).connection.facts().is_none());
    }
    pair.handshake();
    pair.server.deliver(&[99; 10]);
    assert_eq!(
        pair.server.connection.export(b"label", None, &mut out).unwrap_err().who(),
        tls_core::Who::Peer
    );
    assert_eq!(out, [0; 16]);
    assert!(pair.server.connection.facts().is_none());
}

/// Secrets are the key log's alone.
#[test]
fn no_secret_is_printed() {
    let setup = ALL[3].setup();
    let (pair, _) = setup.established(Side::Client);
    let shown = format!("{pair:?} {:?} {:?}", setup.client, setup.server);
    for label in LABELS {
        let secret = setup.client_secrets.get(label).unwrap();
        let list = format!("{secret:?}");
        let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(!shown.contains(list.trim_matches(['[', ']'])) && !shown.contains(&hex), "{label}");
    }
}
