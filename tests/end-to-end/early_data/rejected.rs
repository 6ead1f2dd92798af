//! Early data that is rejected: nobody reads it, everybody is told, and the connection goes on.

use tests::pair::default_tls13;
use tls_core::ciphersuites::{CipherSuite, NamedGroup, SecurityPolicy};

use super::*;

/// A client's early data, with a session of the first server, comes to nothing with the second, for these reasons, as the
/// client and the server know them.
#[track_caller]
fn assert_rejected_at(
    setup: &Setup,
    seconds: u64,
    client: ClientConfigBuilder,
    [first, second]: [ServerConfigBuilder; 2],
    refusals: [Refusal; 2],
) -> Pair {
    let (client, first, second) = (client.build().unwrap(), first.build().unwrap(), second.build().unwrap());
    let mut pair = setup.resume_at(seconds, &client, [&first, &second]);
    assert_comes_to_nothing(&mut pair, refusals);
    pair
}

#[track_caller]
fn assert_rejected(
    setup: &Setup,
    client: ClientConfigBuilder,
    servers: [ServerConfigBuilder; 2],
    refusals: [Refusal; 2],
) -> Pair {
    assert_rejected_at(setup, LATER, client, servers, refusals)
}

fn is_resumed(pair: &Pair) -> bool {
    pair.client.connection.facts().unwrap().resumed.is_some()
}

//= 9846:4.3.10 no-resending
//= 9846:4.6 not-sent
#[test]
fn by_a_server_that_takes_none_any_more() {
    let setup = Setup::new();
    let servers = [setup.server(), setup.server_without()];
    let pair = assert_rejected(&setup, setup.client(), servers, [Refusal::Unsaid, Refusal::Disabled]);
    assert!(is_resumed(&pair));
    let acceptance = EarlyDataAcceptance::Guarded(Arc::clone(&setup.guard));
    let servers = [setup.server(), setup.server().early_data(MAX - 1, acceptance)];
    let pair = assert_rejected(&setup, setup.client(), servers, [Refusal::Unsaid, Refusal::NotPermitted]);
    assert!(is_resumed(&pair));
}

#[test]
fn with_a_session_that_is_not_resumed() {
    let setup = Setup::new();
    let other_keys = || setup.server().ticket_keys(Arc::new(TicketKeys::rotating()));
    for second in [other_keys(), other_keys().ticket_keys(Arc::new(TicketKeys::manual()))] {
        let refusals = [Refusal::NotResumed, Refusal::NotResumed];
        let pair = assert_rejected(&setup, setup.client(), [setup.server(), second], refusals);
        assert!(!is_resumed(&pair));
    }
}

//= 9846:4.3.10 not-in-second-hello
#[test]
fn by_a_hello_retry_request() {
    let setup = Setup::new();
    let policy = |groups: &[NamedGroup]| SecurityPolicy {
        groups: groups.to_vec().into(),
        key_shares: groups[..1].to_vec().into(),
        ..default_tls13()
    };
    let both = [NamedGroup::X25519, NamedGroup::SECP256R1];
    for cookie in [false, true] {
        let client = setup.client().policy(policy(&both));
        let servers = [policy(&both), policy(&both[1..])]
            .map(|policy| setup.server().policy(policy).retry_cookie(cookie));
        let refusals = [Refusal::HelloRetryRequest, Refusal::HelloRetryRequest];
        let pair = assert_rejected(&setup, client, servers, refusals);
        assert!(pair.client.connection.facts().unwrap().hello_retry_request);
    }
    // Without what makes it look like TLS 1.2, it is the same.
    let client = setup.client().policy(policy(&both)).middlebox_compatibility(false);
    let servers = [policy(&both), policy(&both[1..])].map(|policy| setup.server().policy(policy));
    assert_rejected(&setup, client, servers, [Refusal::HelloRetryRequest, Refusal::HelloRetryRequest]);
}

//= 9846:4.3.10 same-parameters
//= 9846:4.3.10 no-resending
#[test]
fn for_another_application_protocol() {
    let setup = Setup::new();
    let server = |alpn: &[&str]| setup.server().alpn(alpn.iter().copied());
    let client = || setup.client().alpn(["h2", "http/1.1"]);
    let refusals = [Refusal::ApplicationProtocol, Refusal::ApplicationProtocol];
    for (first, second) in [(&["h2"][..], &["http/1.1"][..]), (&[], &["h2"]), (&["h2"], &[])] {
        let pair = assert_rejected(&setup, client(), [server(first), server(second)], refusals);
        let alpn = pair.client.connection.facts().unwrap().alpn.clone();
        assert_eq!(alpn.as_deref(), second.first().map(|name| name.as_bytes()));
    }
    // A client that does not offer the session's cannot mean it.
    let first_client = setup.client().alpn(["h2"]).build().unwrap();
    let session = setup.session(&first_client, &server(&["h2"]).build().unwrap());
    setup.store.put_session(session);
    let client = setup.client().alpn(["http/1.1"]).build().unwrap();
    let mut pair = begin(LATER, &client, &server(&["http/1.1"]).build().unwrap());
    assert_eq!(pair.client.connection.early_data_offer(), None);
    pair.handshake();
    pair.assert_works();
    assert!(is_resumed(&pair));
}

//= 9846:4.3.10 same-parameters
#[test]
fn for_another_suite_of_the_same_hash() {
    let setup = Setup::new();
    let policy =
        |suites: &[CipherSuite]| SecurityPolicy { cipher_suites: suites.to_vec().into(), ..default_tls13() };
    let [aes, chacha] = [CipherSuite::TLS_AES_128_GCM_SHA256, CipherSuite::TLS_CHACHA20_POLY1305_SHA256];
    let client = setup.client().policy(policy(&[aes, chacha]));
    let servers = [[aes], [chacha]].map(|suites| setup.server().policy(policy(&suites)));
    let refusals = [Refusal::CipherSuite, Refusal::CipherSuite];
    assert!(is_resumed(&assert_rejected(&setup, client, servers, refusals)));
    // A client that does not offer the session's has no keys to send it under.
    let first_client = setup.client().policy(policy(&[aes])).build().unwrap();
    let session = setup.session(&first_client, &setup.server().build().unwrap());
    setup.store.put_session(session);
    let client = setup.client().policy(policy(&[chacha])).build().unwrap();
    let mut pair = begin(LATER, &client, &setup.server().build().unwrap());
    assert_eq!(pair.client.connection.early_data_offer(), None);
    pair.handshake();
    pair.assert_works();
    assert!(is_resumed(&pair));
}

#[test]
fn in_another_context() {
    let setup = Setup::new();
    let server = |context: &str| setup.server().early_data_context(context);
    for (first, second) in [("1", "2"), ("", "1"), ("1", ""), ("1", "11")] {
        let servers = [server(first), server(second)];
        let pair = assert_rejected(&setup, setup.client(), servers, [Refusal::Unsaid, Refusal::Context]);
        assert!(is_resumed(&pair));
    }
}

//= 9846:4.3.10 ticket-age
#[test]
fn that_is_not_fresh_or_too_soon_after_the_start() {
    let setup = Setup::new();
    let servers = || [setup.server(), setup.server()];
    let starting = [Refusal::Unsaid, Refusal::Starting];
    for seconds in [0, 11] {
        assert_rejected_at(&setup, seconds, setup.client(), servers(), starting);
    }
    // A client whose clock went on while the server's did not, and the other way round.
    let (client, server) = (setup.client().build().unwrap(), setup.server().build().unwrap());
    for [client_seconds, server_seconds] in [[LATER + 12, LATER], [LATER, LATER + 12]] {
        let session = setup.session(&client, &server);
        setup.store.put_session(session);
        let mut pair = Pair {
            client: begin(client_seconds, &client, &server).client,
            server: begin(server_seconds, &client, &server).server,
        };
        pair.client.send_early(b"early");
        pair.handshake();
        pair.assert_works();
        assert_eq!(early_data(&pair.server), EarlyData::Rejected(Refusal::NotFresh));
    }
}

/// As much as tickets permit is read past, however small the pieces.
#[test]
fn is_read_past_whole() {
    let setup = Setup::new();
    let big = |guard: &Arc<ReplayGuard>| {
        setup.server().early_data(50_000, EarlyDataAcceptance::Guarded(Arc::clone(guard)))
    };
    let (client, first) = (setup.client().build().unwrap(), big(&setup.guard).build().unwrap());
    let second = big(&setup.guard).early_data_context("changed").build().unwrap();
    for piece in [50, 1000, 50_000] {
        let mut pair = setup.resume_at(LATER, &client, [&first, &second]);
        let data = vec![1; 50_000];
        data.chunks(piece).for_each(|piece| assert_eq!(pair.client.send_early(piece), piece.len()));
        pair.handshake();
        pair.assert_works();
        assert_eq!(early_data(&pair.server), EarlyData::Rejected(Refusal::Context));
    }
}
