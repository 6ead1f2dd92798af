//! Tickets that a server sends later.

use tls_core::Error;
use tls_core::ciphersuites::ProtocolVersion;

use super::stored::policy;
use super::*;

fn send(end: &mut End, seconds: u64) -> Result<(), Error> {
    end.connection.send_ticket(after(seconds))
}

#[track_caller]
fn assert_misuse(result: Result<(), Error>) {
    assert_eq!(result.unwrap_err().code(), "misuse");
}

#[test]
fn a_later_ticket_is_as_good_as_an_early_one() {
    let setup = Setup::new();
    let server = || setup.server().later_tickets(2);
    let mut pair = setup.connect(setup.client(), server());
    assert_eq!(setup.store.len(), 1);
    for (seconds, tickets) in [(100, 2), (200, 3)] {
        send(&mut pair.server, seconds).unwrap();
        pair.handshake();
        pair.assert_works();
        assert_eq!(setup.store.len(), tickets);
    }
    // As many as it may, and no more: nothing else comes of it.
    assert_misuse(send(&mut pair.server, 300));
    pair.assert_works();
    // The newest first, down to the first of all.
    for _ in 0..3 {
        let server = setup.server().tickets_per_handshake(0);
        let pair = setup.connect_after(400, setup.client(), server);
        let resumed = pair.server.connection.facts().unwrap().resumed.as_ref().unwrap();
        assert_eq!(resumed.established_at, now(), "when the peers proved themselves");
    }
    assert!(setup.store.is_empty());
}

/// After a resumption, too, and of a server that keeps its sessions.
#[test]
fn later_tickets_go_back_to_the_first_handshake() {
    let setup = Setup::new();
    let store = Arc::new(tls_core::ServerSessionStore::new(100));
    let server = || server_builder(&setup.authority).session_store(Arc::clone(&store)).later_tickets(1);
    setup.connect(setup.client(), server());
    let mut pair = setup.connect_after(1000, setup.client(), server());
    assert!(is_resumed(&pair.client));
    while setup.store.take_session(&setup.client().build().unwrap(), &localhost(), now()).is_some() {}
    send(&mut pair.server, 2000).unwrap();
    pair.handshake();
    let pair = setup.connect_after(3000, setup.client(), server());
    assert_eq!(pair.client.connection.facts().unwrap().resumed.as_ref().unwrap().established_at, now());
}

/// A ticket does not outlive what it stands for.
#[test]
fn a_session_that_is_over_leaves_no_ticket() {
    let setup = Setup::new();
    let mut pair = setup.connect(setup.client(), setup.server().later_tickets(5));
    let week = 7 * 24 * 3600;
    send(&mut pair.server, week - 10).unwrap();
    pair.handshake();
    assert_eq!(setup.store.len(), 2);
    send(&mut pair.server, week).unwrap();
    assert_eq!(pair.server.take_output(), []);
    pair.assert_works();
}

/// In records as small as the client wants them.
#[test]
fn a_ticket_may_come_in_pieces() {
    let setup = Setup::new();
    let client = setup.client().record_size_limit(64);
    let mut pair = setup.connect(client, setup.server().later_tickets(1));
    send(&mut pair.server, 1).unwrap();
    let output = pair.server.take_output();
    assert!(output.len() > 3 * 64 && output[3..5] == [0, 64 + 16]);
    pair.client.deliver(&output);
    pair.assert_works();
    assert_eq!(setup.store.len(), 2);
}

#[test]
fn who_gives_no_tickets_later_says_so() {
    let setup = Setup::new();
    let tls12 = || setup.client().policy(policy(ProtocolVersion::TLS1_2));
    let tls12_server = || setup.server().policy(policy(ProtocolVersion::TLS1_2)).later_tickets(1);
    for (client, server) in [
        (setup.client(), setup.server()),
        // A client that does not resume.
        (client_builder(&setup.authority), setup.server().later_tickets(1)),
        // A server with nothing to make them by.
        (setup.client(), server_builder(&setup.authority).later_tickets(1)),
        (tls12(), tls12_server()),
    ] {
        let mut pair = setup.connect(client, server);
        assert_misuse(send(&mut pair.server, 1));
        assert_misuse(send(&mut pair.client, 1));
        pair.assert_works();
    }
    let (client, server) =
        (setup.client().build().unwrap(), setup.server().later_tickets(1).build().unwrap());
    let mut pair = begin_at(now(), &client, &server);
    assert_misuse(send(&mut pair.server, 1));
    pair.handshake();
    pair.assert_works();
    pair.server.connection.close();
    assert_misuse(send(&mut pair.server, 1));
}
