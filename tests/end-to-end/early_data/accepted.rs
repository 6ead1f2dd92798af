//! Early data that is accepted.

use tests::pair::default_tls13;
use tests::secrets::Secrets;
use tls_core::ciphersuites::{CipherSuite, NamedGroup, SecurityPolicy};

use super::*;

//= 9846:4.3.10 with-psk
//= 9846:4.3.10 three-ways
//= 9846:4.6 sent
#[test]
fn arrives_before_the_server_has_answered() {
    let setup = Setup::new();
    let mut pair = setup.resume(setup.client(), setup.server());
    assert_heard_at_once(&mut pair);
    pair.handshake();
    assert_accepted(&mut pair, b"GET /");
    assert!(pair.client.connection.facts().unwrap().resumed.is_some());
    // And so does the next connection's, with the session that this one left.
    let session = setup.store.take_session(&setup.client().build().unwrap(), &localhost(), after(LATER));
    assert_eq!(session.unwrap().max_early_data_size(), MAX);
}

#[test]
fn need_not_come() {
    let setup = Setup::new();
    let mut pair = setup.resume(setup.client(), setup.server());
    pair.handshake();
    assert_accepted(&mut pair, b"");
}

//= 9846:5.5 early-limits
#[test]
fn is_as_much_as_the_ticket_permits() {
    let setup = Setup::new();
    let mut pair = setup.resume(setup.client(), setup.server());
    let offer = pair.client.connection.early_data_offer().unwrap();
    assert_eq!((offer.left, offer.alpn), (MAX, None));
    let data: Vec<u8> = (0..2 * MAX).map(|at| at.to_le_bytes()[0]).collect();
    assert_eq!(pair.client.send_early(&data[..1]), 1);
    assert_eq!(pair.client.send_early(&data[1..]), 999);
    assert_eq!(pair.client.connection.early_data_offer().unwrap().left, 0);
    assert_eq!(pair.client.send_early(&data), 0);
    pair.handshake();
    assert_eq!(pair.client.connection.early_data_offer(), None);
    assert_accepted(&mut pair, &data[..1000]);
}

#[test]
fn may_be_much() {
    let setup = Setup::new();
    let acceptance = EarlyDataAcceptance::Guarded(Arc::clone(&setup.guard));
    let server = setup.server().early_data(u32::MAX, acceptance).record_size_limit(100);
    let mut pair = setup.resume(setup.client(), server);
    let data = vec![7; 100_000];
    assert_eq!(pair.client.send_early(&data), data.len());
    pair.handshake();
    assert_accepted(&mut pair, &data);
}

/// It goes on until the server has finished.
#[test]
fn may_be_sent_until_the_server_has_finished() {
    let setup = Setup::new();
    let mut pair = setup.resume(setup.client(), setup.server());
    pair.client.send_early(b"one,");
    let flight = pair.client.take_output();
    pair.server.deliver(&flight);
    let answer = pair.server.take_output();
    // ServerHello, and not yet all of what follows.
    pair.client.deliver(&answer[..answer.len() - 1]);
    pair.client.send_early(b"two");
    pair.client.deliver(&answer[answer.len() - 1..]);
    assert!(pair.client.connection.send_early_data(&[], &mut []).is_err());
    pair.handshake();
    assert_accepted(&mut pair, b"one,two");
}

#[test]
fn arrives_however_it_is_cut() {
    let setup = Setup::new();
    for len in [1, 2, 7, 100] {
        let mut pair = setup.resume(setup.client(), setup.server());
        (0..10).for_each(|_| assert_eq!(pair.client.send_early(b"0123456789"), 10));
        pair.run(|end, bytes| bytes.chunks(len).for_each(|bytes| end.deliver(bytes)));
        assert_accepted(&mut pair, &b"0123456789".repeat(10));
    }
}

#[test]
fn is_of_the_sessions_application_protocol() {
    let setup = Setup::new();
    let client = || setup.client().alpn(["h2", "http/1.1"]);
    let mut pair = setup.resume(client(), setup.server().alpn(["http/1.1"]));
    let offer = pair.client.connection.early_data_offer().unwrap();
    assert_eq!(offer.alpn.as_deref(), Some(b"http/1.1".as_slice()));
    pair.client.send_early(b"GET /");
    pair.handshake();
    assert_accepted(&mut pair, b"GET /");
}

#[test]
fn works_with_every_suite_and_group() {
    let suites = [
        CipherSuite::TLS_AES_128_GCM_SHA256,
        CipherSuite::TLS_AES_256_GCM_SHA384,
        CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
    ];
    for (suite, group) in suites.into_iter().zip([
        NamedGroup::X25519MLKEM768,
        NamedGroup::SECP384R1MLKEM1024,
        NamedGroup::SECP256R1,
    ]) {
        let setup = Setup::new();
        let policy = || SecurityPolicy {
            cipher_suites: vec![suite].into(),
            groups: vec![group].into(),
            key_shares: vec![group].into(),
            ..default_tls13()
        };
        let mut pair = setup.resume(setup.client().policy(policy()), setup.server().policy(policy()));
        pair.client.send_early(b"data");
        pair.handshake();
        assert_accepted(&mut pair, b"data");
        assert_eq!(pair.server.connection.facts().unwrap().cipher_suite, suite);
    }
}

#[test]
fn has_an_exporter_of_its_own() {
    let setup = Setup::new();
    let (client_secrets, server_secrets) = (Arc::<Secrets>::default(), Arc::<Secrets>::default());
    let client = setup.client().key_log(client_secrets.clone());
    let mut pair = setup.resume(client, setup.server().key_log(server_secrets.clone()));
    let export = |end: &End, label: &[u8], context: &[u8]| {
        let mut out = [0; 40];
        end.connection.export_early(label, context, &mut out).map(|()| out)
    };
    assert_eq!(export(&pair.server, b"label", b"").unwrap_err().code(), "misuse");
    let before = export(&pair.client, b"label", b"context").unwrap();
    let flight = pair.client.take_output();
    pair.server.deliver(&flight);
    assert_eq!(export(&pair.server, b"label", b"context").unwrap(), before);
    assert_ne!(export(&pair.server, b"other", b"context").unwrap(), before);
    assert_ne!(export(&pair.server, b"label", b"other").unwrap(), before);
    pair.handshake();
    for end in [&pair.client, &pair.server] {
        assert_eq!(export(end, b"label", b"context").unwrap(), before);
        let mut out = [0; 40];
        end.connection.export(b"label", Some(b"context"), &mut out).unwrap();
        assert_ne!(out, before);
    }
    for label in ["CLIENT_EARLY_TRAFFIC_SECRET", "EARLY_EXPORTER_SECRET"] {
        assert_eq!(client_secrets.get(label).unwrap(), server_secrets.get(label).unwrap());
    }
}

//= 9846:F.5 zero-rtt-off
#[test]
fn is_off_by_default() {
    let setup = Setup::new();
    let client = || client_builder(&setup.authority).session_store(Arc::clone(&setup.store));
    for (client, server) in [(client(), setup.server()), (setup.client(), setup.server_without())] {
        let mut pair = setup.resume(client, server);
        assert_eq!(pair.client.connection.early_data_offer(), None);
        pair.handshake();
        pair.assert_works();
        assert_eq!([early_data(&pair.client), early_data(&pair.server)], [EarlyData::NotOffered; 2]);
        assert!(pair.server.connection.facts().unwrap().resumed.is_some());
        let error = pair.client.connection.export_early(b"label", b"", &mut [0; 32]).unwrap_err();
        assert_eq!(error.code(), "misuse");
    }
    // A first connection has no session to send it by.
    let (client, server) = (setup.client().build().unwrap(), setup.server().build().unwrap());
    assert_eq!(begin(LATER, &client, &server).client.connection.early_data_offer(), None);
}

/// Sessions that were kept elsewhere meanwhile permit what they did.
#[test]
fn survives_the_encoding_of_sessions() {
    let setup = Setup::new();
    let client = setup.client().alpn(["h2"]).build().unwrap();
    let server = setup.server().alpn(["h2"]).early_data_context("version 7").build().unwrap();
    let bytes = setup.session(&client, &server).to_bytes();
    setup.store.put_session(Session::from_bytes(&bytes).unwrap());
    let mut pair = begin(LATER, &client, &server);
    pair.client.send_early(b"data");
    pair.handshake();
    assert_accepted(&mut pair, b"data");
}
