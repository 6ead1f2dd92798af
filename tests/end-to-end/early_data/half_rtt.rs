//! What a server sends before its client has finished (RFC 9846 §2.3).

use std::io::IoSlice;

use tls_core::{ClientAuthentication, MAX_SEALED_RECORD};

use super::*;

/// The server says this, and the client hears it.
#[track_caller]
fn assert_heard(pair: &mut Pair, data: &[u8]) {
    let records = pair.server.seal(data);
    pair.client.deliver(&records);
    assert_eq!(std::mem::take(&mut pair.client.received), data);
}

//= 9846:4.3.11.3 no-deadlock
#[test]
fn answers_early_data_before_the_handshake_is_done() {
    let setup = Setup::new();
    let mut pair = setup.resume(setup.client(), setup.server());
    pair.client.send_early(b"request");
    let flight = pair.client.take_output();
    assert!(!pair.server.connection.may_send());
    pair.server.deliver(&flight);
    assert_eq!(pair.server.received_early, b"request");
    assert!(pair.server.connection.may_send());
    let early_facts = pair.server.connection.early_facts().unwrap();
    assert_eq!(
        (early_facts.early_data, early_facts.server_name.as_deref()),
        (EarlyData::Accepted, Some("localhost"))
    );
    assert!(pair.server.connection.facts().is_none());
    assert_heard(&mut pair, b"response");
    assert!(pair.client.established && !pair.server.established);
    pair.handshake();
    assert_accepted(&mut pair, b"request");
    // The sender's count goes on.
    assert_heard(&mut pair, &[1; 40_000]);
}

#[test]
fn needs_no_early_data() {
    let setup = Setup::new();
    let (client, server) = (setup.client().build().unwrap(), setup.server().build().unwrap());
    let mut pair = begin(0, &client, &server);
    let flight = pair.client.take_output();
    pair.server.deliver(&flight);
    assert_heard(&mut pair, b"220 ready");
    pair.handshake();
    pair.assert_works();
}

/// To a client that has still to prove who it is, nothing is said.
#[test]
fn waits_for_a_clients_certificate() {
    let setup = Setup::new();
    let asked = || ClientAuthentication::Required(setup.authority.roots());
    let client = setup.client().identity(setup.authority.localhost().identity()).build().unwrap();
    let server = setup.server().client_authentication(asked()).build().unwrap();
    let mut pair = begin(0, &client, &server);
    let flight = pair.client.take_output();
    pair.server.deliver(&flight);
    assert!(!pair.server.connection.may_send());
    let error = pair.server.connection.send(&[IoSlice::new(b"data")], &mut [0; MAX_SEALED_RECORD]);
    assert_eq!(error.unwrap_err().code(), "misuse");
    pair.handshake();
    pair.assert_works();
    // One that resumes has proven it then.
    let mut pair = begin(LATER, &client, &server);
    pair.client.send_early(b"request");
    let flight = pair.client.take_output();
    pair.server.deliver(&flight);
    assert_heard(&mut pair, b"response");
    pair.handshake();
    assert_accepted(&mut pair, b"request");
}

/// Keys that may protect few records wait for the end of the handshake, where they can be updated.
//= 9846:5.5 early-limits
#[test]
fn stays_within_the_keys_limit() {
    let setup = Setup::new();
    let mut pair = setup.resume(setup.client(), setup.server().rekey_after(2));
    let flight = pair.client.take_output();
    pair.server.deliver(&flight);
    let mut out = vec![0; 4 * MAX_SEALED_RECORD];
    let data = [1; 3 << 14];
    let sent = pair.server.connection.send(&[IoSlice::new(&data)], &mut out).unwrap();
    assert_eq!(sent.consumed, 2 << 14);
    pair.client.deliver(&out[..sent.written]);
    let sent = pair.server.connection.send(&[IoSlice::new(&data)], &mut out).unwrap();
    assert_eq!((sent.consumed, sent.written), (0, 0));
    assert!(!pair.server.connection.may_send());
    pair.handshake();
    assert_eq!(pair.client.received.len(), 2 << 14);
    pair.client.received.clear();
    assert_accepted(&mut pair, b"");
}
