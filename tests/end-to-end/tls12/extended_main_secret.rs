//! The extended main secret (RFC 7627), and exporters, which need it.

use ring::digest;
use tests::authority::Authority;
use tests::hello::{Extended, message};
use tests::pair::{client_builder, default_tls13, server_builder};
use tests::protection::tls12::{is_tls12, prf};
use tests::relay::{Piece, Relay, Setup, Side};
use tests::scenario::{ALL, SIMPLE};
use tls_core::ciphersuites::{CipherSuite, NamedGroup, SecurityPolicy};
use tls_core::{AlertDescription as Alert, HandshakeType};

use super::{default_tls12, only_suite};
use crate::cases::ext;

const BOTH: [Side; 2] = [Side::Client, Side::Server];

fn setup(client: SecurityPolicy, server: SecurityPolicy) -> Setup {
    let authority = Authority::new();
    Setup::new(client_builder(&authority).policy(client), server_builder(&authority).policy(server))
}

#[test]
fn it_is_always_offered_and_always_answered() {
    for client in [default_tls12(), SecurityPolicy::P20251014, SecurityPolicy::DEFAULT_PQ] {
        let messages = setup(client, default_tls12()).messages();
        for hello in &messages[..2] {
            assert_eq!(Extended::parse(&hello.content).body_mut(ext::EXTENDED_MAIN_SECRET), &[]);
        }
    }
    let messages = setup(default_tls13(), default_tls13()).messages();
    for hello in &messages[..2] {
        assert!(!Extended::parse(&hello.content).has(ext::EXTENDED_MAIN_SECRET));
    }
}

fn without(piece: &Piece) -> Vec<Piece> {
    let mut hello = Extended::parse(&piece.content);
    hello.remove(ext::EXTENDED_MAIN_SECRET);
    vec![piece.with(hello.bytes())]
}

#[test]
fn whoever_requires_it_refuses_to_do_without() {
    let required = || SecurityPolicy { extended_main_secret_required: true, ..default_tls12() };
    for (receiver, client, server) in
        [(Side::Client, required(), default_tls12()), (Side::Server, default_tls12(), required())]
    {
        let setup = setup(client, server);
        let mut relay = setup.relay();
        relay.run_changing(usize::from(receiver == Side::Client), without);
        relay.assert_refused(receiver, Alert::HANDSHAKE_FAILURE, "required");
        assert_eq!(relay.end(receiver).error.as_ref().unwrap().code(), "no_extended_main_secret");
        let mut pair = setup.pair();
        pair.handshake();
        pair.assert_works();
    }
    // It says nothing about TLS 1.3, which is always bound to its handshake.
    let required = SecurityPolicy { extended_main_secret_required: true, ..SecurityPolicy::P20251014 };
    let mut pair = setup(required.clone(), required).pair();
    pair.handshake();
    pair.assert_works();
}

/// Someone in between takes it out of one hello: the two ends no longer mean the same handshake.
#[test]
fn it_cannot_be_taken_out_unnoticed() {
    let setup = ALL[4].setup();
    for number in [0, 1] {
        let mut relay = setup.relay();
        relay.run_changing(number, without);
        relay.assert_refused(Side::Server, Alert::DECRYPT_ERROR, "taken out");
    }
}

/// Two ends that have done without: each has seen another transcript, and someone who has the secret has written each
/// the Finished that it waits for.
fn established_without(setup: &Setup) -> Relay<'_> {
    let suite = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    let mut relay = setup.relay();
    let mut seen = [Vec::new(), Vec::new()];
    relay.run(|piece| {
        let hello = match piece.message_type() {
            None => return vec![piece.clone()],
            Some(HandshakeType::CLIENT_HELLO | HandshakeType::SERVER_HELLO) => without(piece).remove(0),
            Some(_) => piece.clone(),
        };
        let receiver = usize::from(piece.sender == Side::Client);
        seen[1 - receiver].extend_from_slice(&piece.content);
        let arrives = match piece.message_type() {
            Some(HandshakeType::FINISHED) => {
                let label = if piece.sender == Side::Client { "client finished" } else { "server finished" };
                let main = setup.client_secrets.get("CLIENT_RANDOM").unwrap();
                assert_eq!(Some(&main), setup.server_secrets.get("CLIENT_RANDOM").as_ref());
                let hash = digest::digest(&digest::SHA256, &seen[receiver]);
                piece.with(message(20, &prf(suite, &main, label, hash.as_ref(), 12)))
            }
            _ => hello,
        };
        seen[receiver].extend_from_slice(&arrives.content);
        vec![arrives]
    });
    relay
}

#[test]
fn without_it_there_is_a_connection_and_no_exporter() {
    let setup = ALL[4].setup();
    let mut relay = established_without(&setup);
    relay.pair.assert_works();
    for side in BOTH {
        let connection = &relay.end(side).connection;
        assert!(!connection.facts().unwrap().extended_main_secret);
        let mut out = [0; 32];
        let error = connection.export(b"EXPORTER-test", None, &mut out).unwrap_err();
        assert_eq!((error.code(), error.alert_sent(), out), ("misuse", None, [0; 32]));
    }
}

#[test]
fn exporters_agree_with_the_logged_secret() {
    let policy = SecurityPolicy::DEFAULT_PQ;
    let suites = policy.tls12_suites().map(|suite| suite.id).filter(|suite| is_tls12(*suite));
    for suite in suites.filter(|suite| suite.to_string().contains("ECDSA")) {
        let policy = only_suite(suite, NamedGroup::X25519);
        let setup = setup(policy.clone(), policy);
        let mut randoms = Vec::new();
        let mut relay = setup.relay();
        relay.run(|piece| {
            if randoms.len() < 64 {
                randoms.extend_from_slice(&piece.content[6..38]);
            }
            vec![piece.clone()]
        });
        let main = setup.client_secrets.get("CLIENT_RANDOM").unwrap();
        assert_eq!(main.len(), 48);
        let cases: [(&str, Option<&[u8]>, usize); 5] = [
            ("EXPORTER-test", None, 32),
            ("EXPORTER-test", Some(b""), 32),
            ("EXPORTER-test", Some(b"context"), 32),
            ("other", None, 1),
            ("x", Some(b"y"), 300),
        ];
        for (label, context, len) in cases {
            let mut seed = randoms.clone();
            if let Some(context) = context {
                seed.extend(u16::try_from(context.len()).unwrap().to_be_bytes());
                seed.extend(context);
            }
            let expected = prf(suite, &main, label, &seed, len);
            for side in BOTH {
                let mut out = vec![0; len];
                relay.end(side).connection.export(label.as_bytes(), context, &mut out).unwrap();
                assert_eq!(out, expected, "{suite}: {label}");
            }
        }
        for label in ["client finished", "server finished", "master secret", "key expansion"] {
            let mut out = [0; 32];
            assert!(
                relay.pair.client.connection.export(label.as_bytes(), None, &mut out).is_err(),
                "{label}"
            );
            assert_eq!(out, [0; 32]);
        }
    }
}

#[test]
fn both_ends_log_the_same_secret_under_the_clients_random() {
    for scenario in [ALL[4], ALL[5]] {
        let setup = scenario.setup();
        let random: [u8; 32] = setup.messages()[0].content[6..38].try_into().unwrap();
        for secrets in [&setup.client_secrets, &setup.server_secrets] {
            assert_eq!(secrets.labels(), [("CLIENT_RANDOM", random)]);
        }
        let [client, server] =
            [&setup.client_secrets, &setup.server_secrets].map(|secrets| secrets.get("CLIENT_RANDOM"));
        assert_eq!(client, server);
    }
}

/// Secrets are the key log's alone.
#[test]
fn no_secret_is_printed() {
    let setup = SIMPLE[1].setup();
    let (pair, _) = setup.established(Side::Client);
    let shown = format!("{pair:?} {:?} {:?}", setup.client, setup.server);
    let secret = setup.client_secrets.get("CLIENT_RANDOM").unwrap();
    let list = format!("{secret:?}");
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(!shown.contains(list.trim_matches(['[', ']'])) && !shown.contains(&hex));
}
