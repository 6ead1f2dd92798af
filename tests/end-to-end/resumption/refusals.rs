//! Sessions that are not resumed: a full handshake follows.

use tests::hello::Extended;
use tls_core::ciphersuites::{CipherSuite, SignatureScheme};
use tls_core::{AlertDescription, ClientAuthentication, Roots, ServerName, ServerVerification};

use super::*;

/// After a first connection, a second one between these is a full one.
#[track_caller]
fn assert_full(setup: &Setup, seconds: u64, client: ClientConfigBuilder, server: ServerConfigBuilder) {
    let pair = setup.connect_after(seconds, client, server);
    assert!(!is_resumed(&pair.client));
}

#[test]
fn other_keys_open_nothing() {
    let setup = Setup::new();
    setup.connect(setup.client(), setup.server());
    assert_full(&setup, 0, setup.client(), setup.server().ticket_keys(Arc::new(TicketKeys::rotating())));
    setup.connect(setup.client(), setup.server());
    assert_full(&setup, 0, setup.client(), server_builder(&setup.authority));
}

//= 9846:4.3.11.1 lifetime
#[test]
fn a_session_ends_with_its_lifetime_its_key_or_a_certificate() {
    let hours = 3600;
    // Fifteen hours unless told otherwise.
    let setup = Setup::new();
    setup.connect(setup.client(), setup.server());
    assert_full(&setup, 15 * hours, setup.client(), setup.server());
    let setup = Setup::new();
    setup.connect(setup.client(), setup.server());
    assert!(is_resumed(&setup.connect_after(15 * hours - 1, setup.client(), setup.server()).client));
    // Less, if told so.
    let setup = Setup::new();
    let short = || setup.server().session_lifetime(Duration::from_secs(60));
    setup.connect(setup.client(), short());
    assert_full(&setup, 60, setup.client(), short());
    // Not longer than the key lives.
    let setup = Setup::new();
    let long = || setup.server().session_lifetime(Duration::from_secs(30 * 24 * hours));
    setup.connect(setup.client(), long());
    assert_full(&setup, 15 * hours, setup.client(), long());
    // Nor from the future.
    let setup = Setup::new();
    setup.connect_after(100, setup.client(), setup.server());
    assert_full(&setup, 0, setup.client(), setup.server());
}

/// Resumptions add up to a week.
//= 9846:4.7.1 seven-days
//= 9846:4.7.1 seven-days-client
#[test]
fn a_chain_of_resumptions_ends() {
    let setup = Setup::new();
    let hours = 3600;
    setup.connect(setup.client(), setup.server());
    let mut resumed = 0;
    for step in 1..30 {
        let pair = setup.connect_after(step * 10 * hours, setup.client(), setup.server());
        if !is_resumed(&pair.client) {
            break;
        }
        resumed += 1;
    }
    assert_eq!(resumed, 7 * 24 / 10);
}

//= 9846:4.7.1 name
#[test]
fn another_name_is_another_server() {
    let setup = Setup::new();
    setup.connect(setup.client(), setup.server());
    let identity = setup.authority.issue(&["other.test"], &rcgen::PKCS_ECDSA_P256_SHA256).identity();
    let server = setup.server().identity(identity).build().unwrap();
    let client = setup.client().build().unwrap();
    let name = ServerName::try_from("other.test").unwrap();
    let mut pair = Pair::by_name(name, &client, &server);
    pair.handshake();
    pair.assert_works();
    assert!(!is_resumed(&pair.client));
}

#[test]
fn other_roots_and_rules_make_a_client_begin_anew() {
    let setup = Setup::new();
    let mut more_roots = setup.authority.roots();
    more_roots.extend(Authority::new().roots());
    let ways: [fn(&Setup, Roots) -> ClientConfigBuilder; 3] = [
        |setup, roots| setup.client().server_verification(ServerVerification::Roots(roots)),
        |setup, _| setup.client().server_verification(ServerVerification::Insecure),
        |setup, _| {
            let policy = default_tls13();
            let schemes = vec![SignatureScheme::ECDSA_SECP256R1_SHA256].into();
            setup.client().policy(SecurityPolicy { certificate_signature_schemes: Some(schemes), ..policy })
        },
    ];
    for way in ways {
        let setup = Setup { authority: Authority::new(), ..Setup::new() };
        let mut roots = setup.authority.roots();
        roots.extend(more_roots.clone());
        setup.connect(setup.client(), setup.server());
        assert_full(&setup, 0, way(&setup, roots.clone()), setup.server());
        // Both kept theirs: each resumes its own.
        assert!(is_resumed(&setup.connect(way(&setup, roots), setup.server()).client));
    }
}

/// One store serves clients of several identities: none goes on as another.
#[test]
fn a_client_does_not_resume_in_anothers_name() {
    let setup = Setup::new();
    let server =
        || setup.server().client_authentication(ClientAuthentication::Optional(setup.authority.roots()));
    let (alice, bob) = (setup.authority.localhost(), setup.authority.localhost());
    setup.connect(setup.client().identity(alice.identity()), server());
    assert_full(&setup, 0, setup.client().identity(bob.identity()), server());
    assert_full(&setup, 0, setup.client(), server());
    // All three kept theirs.
    for identity in [Some(&alice), Some(&bob), None] {
        let client = identity.into_iter().fold(setup.client(), |client, pem| client.identity(pem.identity()));
        let pair = setup.connect(client, server());
        let resumed = pair.server.connection.facts().unwrap().resumed.as_ref().unwrap();
        assert_eq!(resumed.client_fingerprint, identity.map(|pem| pem.identity().fingerprint()));
    }
}

/// Who judges certificates elsewhere may judge otherwise for another configuration.
#[test]
fn verdicts_of_callers_hold_for_their_own_configuration() {
    let setup = Setup::new();
    let asking_by = |name: Option<&str>| {
        let client = setup.client().server_verification(ServerVerification::Asked);
        name.into_iter().fold(client, |client, name| client.verdict_rules(name)).build().unwrap()
    };
    let server = setup.server().build().unwrap();
    let connect = |client: &Arc<ClientConfig>| {
        let mut pair = begin_at(now(), client, &server);
        pair.handshake();
        if let Some(tls_core::Operation::VerifyCertificate(asked)) = pair.client.operations.pop() {
            pair.client.answer(asked.answer(Ok(())));
            pair.handshake();
        }
        pair.assert_works();
        is_resumed(&pair.client)
    };
    let (one, other) = (asking_by(None), asking_by(None));
    assert_eq!([connect(&one), connect(&other), connect(&one), connect(&other)], [false, false, true, true]);
    let (one, alike, other) = (asking_by(Some("1")), asking_by(Some("1")), asking_by(Some("2")));
    assert_eq!([connect(&one), connect(&alike), connect(&other)], [false, true, false]);

    let asking_by = |name: Option<&str>| {
        let server = setup.server().client_authentication(ClientAuthentication::OptionalAsked);
        name.into_iter().fold(server, |server, name| server.verdict_rules(name)).build().unwrap()
    };
    let connect = |client: &Arc<ClientConfig>, server| is_resumed(&connect_at(now(), client, server).client);
    let (one, other) = (asking_by(None), asking_by(None));
    let client = setup.client().build().unwrap();
    assert_eq!([&one, &one, &other].map(|server| connect(&client, server)), [false, true, false]);
    let (one, alike, other) = (asking_by(Some("1")), asking_by(Some("1")), asking_by(Some("2")));
    let client = setup.client().build().unwrap();
    assert_eq!([&one, &alike, &other].map(|server| connect(&client, server)), [false, true, false]);
}

#[test]
fn a_server_that_asks_more_of_its_clients_begins_anew() {
    let setup = Setup::new();
    let roots = || setup.authority.roots();
    let identity = || setup.authority.localhost().identity();
    setup.connect(setup.client().identity(identity()), setup.server());
    for asked in [
        ClientAuthentication::Optional(roots()),
        ClientAuthentication::Required(roots()),
        ClientAuthentication::RequiredUnverified,
    ] {
        let server = setup.server().client_authentication(asked);
        assert_full(&setup, 0, setup.client().identity(identity()), server);
    }
}

//= 9846:4.3.11 compatible
#[test]
fn what_a_policy_no_longer_permits_is_not_taken_over() {
    let without = |policy: SecurityPolicy, suite: CipherSuite| SecurityPolicy {
        cipher_suites: policy
            .cipher_suites
            .iter()
            .copied()
            .filter(|other| *other != suite)
            .collect::<Vec<_>>()
            .into(),
        ..policy
    };
    // Another hash: the key is of no use.
    let setup = Setup::new();
    let first = setup.connect(setup.client(), setup.server());
    let suite = first.client.connection.facts().unwrap().cipher_suite;
    let stricter = || {
        let policy = default_tls13();
        [CipherSuite::TLS_AES_128_GCM_SHA256, CipherSuite::TLS_CHACHA20_POLY1305_SHA256, suite]
            .into_iter()
            .fold(policy, without)
    };
    assert_full(&setup, 0, setup.client(), setup.server().policy(stricter()));
    // The scheme by which the server proved itself.
    let setup = Setup::new();
    setup.connect(setup.client(), setup.server());
    let rsa = || {
        let schemes = vec![SignatureScheme::RSA_PSS_RSAE_SHA256].into();
        SecurityPolicy { signature_schemes: schemes, certificate_signature_schemes: None, ..default_tls13() }
    };
    let key = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap();
    let identity = setup.authority.issue_with(&["localhost"], key, |_| {}).identity();
    let server = ServerConfig::builder()
        .permit_unapproved()
        .policy(rsa())
        .identity(identity)
        .ticket_keys(Arc::clone(&setup.keys));
    let pair = setup.connect(setup.client(), server);
    assert!(!is_resumed(&pair.client));
}

/// The body of a ClientHello's last extension, which is where the ClientHello ends.
fn last_extension_body(flight: &mut [u8]) -> &mut [u8] {
    let (_, body) = Extended::parse(&flight[5..]).extensions.pop().unwrap();
    let start = flight.len() - body.len();
    &mut flight[start..]
}

/// What a client sends in place of its ticket.
//= 9846:4.3.11 binder
#[test]
fn altered_tickets_are_passed_over_and_altered_binders_refused() {
    let setup = Setup::new();
    let (client, server) = (setup.client().build().unwrap(), setup.server().build().unwrap());
    for part in ["name", "nonce", "content", "tag"] {
        connect_at(now(), &client, &server);
        let mut pair = begin_at(now(), &client, &server);
        let mut flight = pair.client.take_output();
        let ticket = last_extension_body(&mut flight);
        let len = ticket.len();
        // Two lengths, the ticket, its age, the binders.
        let ticket = &mut ticket[4..len - 4 - 2 - 33];
        let index = match part {
            "name" => 0,
            "nonce" => 16,
            "content" => 40,
            _ => ticket.len() - 1,
        };
        ticket[index] ^= 1;
        pair.server.deliver(&flight);
        // The server goes on with a full handshake; it is the client that sees what happened to its ClientHello.
        assert_eq!(pair.server.error, None, "{part}");
        let answer = pair.server.take_output();
        pair.client.deliver(&answer);
        assert!(pair.client.error.is_some(), "{part}");
    }
    for bit in [0, 100, 255] {
        connect_at(now(), &client, &server);
        let mut pair = begin_at(now(), &client, &server);
        let mut flight = pair.client.take_output();
        let body = last_extension_body(&mut flight);
        let start = body.len() - 32;
        body[start + bit / 8] ^= 1 << (bit % 8);
        pair.server.deliver(&flight);
        let error = pair.server.error.as_ref().unwrap();
        assert_eq!((error.code(), error.alert_sent()), ("bad_binder", Some(AlertDescription::DECRYPT_ERROR)));
    }
}
