//! Resumption in TLS 1.2: by tickets, without a key exchange, and with the extended main secret only.

use tests::hello::Extended;
use tests::pair::only;
use tls_core::ciphersuites::ProtocolVersion;
use tls_core::{AlertDescription, ClientAuthentication};

use super::*;

fn tls12() -> SecurityPolicy {
    only(ProtocolVersion::TLS1_2, &SecurityPolicy::P20251014)
}

fn client(setup: &Setup) -> ClientConfigBuilder {
    setup.client().policy(tls12())
}

fn server(setup: &Setup) -> ServerConfigBuilder {
    setup.server().policy(tls12())
}

#[test]
fn a_second_connection_resumes_the_first() {
    let setup = Setup::new();
    let first = setup.connect(client(&setup), server(&setup));
    for round in 1..=5 {
        let pair = setup.connect_after(round, client(&setup), server(&setup));
        assert!(is_resumed(&pair.client), "round {round}");
        for (end, first) in [(&pair.client, &first.client), (&pair.server, &first.server)] {
            let (facts, first) = (end.connection.facts().unwrap(), first.connection.facts().unwrap());
            assert_eq!(facts.resumed.as_ref().unwrap().established_at, now());
            assert_eq!((facts.cipher_suite, facts.group), (first.cipher_suite, first.group));
            assert_eq!(facts.server_signature_scheme, first.server_signature_scheme);
            assert!(facts.extended_main_secret);
        }
        let certificates = &pair.client.connection.facts().unwrap().peer_certificates;
        assert_eq!(certificates, &first.client.connection.facts().unwrap().peer_certificates);
    }
}

/// A client that offers both versions resumes what the server speaks.
#[test]
fn a_client_of_both_versions_resumes_either() {
    let setup = Setup::new();
    let both = || setup.client().policy(SecurityPolicy::P20251014);
    for version in [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3] {
        let server = || setup.server().policy(only(version, &SecurityPolicy::P20251014));
        setup.connect(both(), server());
        let pair = setup.connect(both(), server());
        let facts = pair.client.connection.facts().unwrap();
        assert_eq!((facts.version, facts.resumed.is_some()), (version, true));
        // What the last connection left is of the wrong version for the next server.
    }
    let server = setup.server().policy(tls12());
    assert!(!is_resumed(&setup.connect(both(), server).client));
    // A server that could have TLS 1.3 does not go back to TLS 1.2 for a ticket's sake.
    let pair = setup.connect(both(), setup.server().policy(SecurityPolicy::P20251014));
    let facts = pair.client.connection.facts().unwrap();
    assert_eq!((facts.version, facts.resumed.is_some()), (ProtocolVersion::TLS1_3, false));
}

#[test]
fn every_fragmentation_resumes() {
    let setup = Setup::new();
    let (client, server) = (client(&setup).build().unwrap(), server(&setup).build().unwrap());
    connect_at(now(), &client, &server);
    let mut pair = begin_at(now(), &client, &server);
    pair.run(|end, bytes| bytes.chunks(1).for_each(|byte| end.deliver(byte)));
    pair.assert_works();
    assert!(is_resumed(&pair.client));
}

#[test]
fn either_side_may_want_forward_secrecy_more() {
    let setup = Setup::new();
    for (client, server) in [
        (client(&setup).forward_secret_tickets_only(true), server(&setup)),
        (client(&setup), server(&setup).forward_secret_tickets_only(true)),
    ] {
        setup.connect(client, server);
        assert!(setup.store.is_empty());
    }
    setup.connect(client(&setup), server(&setup));
    assert_eq!(setup.store.len(), 1);
    let pair = setup.connect(client(&setup).forward_secret_tickets_only(true), server(&setup));
    assert!(!is_resumed(&pair.client));
    setup.connect(client(&setup), server(&setup));
    let pair = setup.connect(client(&setup), server(&setup).forward_secret_tickets_only(true));
    assert!(!is_resumed(&pair.client));
}

#[test]
fn a_client_that_has_proven_itself_is_known_again() {
    let setup = Setup::new();
    let pem = setup.authority.localhost();
    let identity = || pem.identity();
    let required = || {
        let roots = setup.authority.roots();
        server(&setup).client_authentication(ClientAuthentication::Required(roots))
    };
    setup.connect(client(&setup).identity(identity()), required());
    let pair = setup.connect(client(&setup).identity(identity()), required());
    assert!(pair.server.connection.facts().unwrap().resumed.as_ref().unwrap().client_fingerprint.is_some());
    // A server that does not ask has another way to look at its clients.
    assert!(!is_resumed(&setup.connect(client(&setup), server(&setup)).client));
    // That was no session of the client with the certificate, which goes on with its own.
    assert!(is_resumed(&setup.connect(client(&setup).identity(identity()), required()).client));
}

/// The server keeps a ticket's key for so long: until then the ticket is taken as often as it comes.
#[test]
fn a_ticket_without_a_successor_is_used_again() {
    let setup = Setup::new();
    let manual = Arc::new(TicketKeys::manual());
    let key = tls_core::TicketKey { name: [1; 16], secret: [2; 32].into(), introduced_at: now() };
    manual.add(key, now()).unwrap();
    let server = || server_builder(&setup.authority).policy(tls12()).ticket_keys(Arc::clone(&manual));
    setup.connect(client(&setup), server());
    for hours in 3..15 {
        // The key seals no more: the promise of a ticket is kept by an empty one.
        let pair = setup.connect_after(hours * 3600, client(&setup), server());
        assert!(is_resumed(&pair.client), "{hours}");
    }
    assert!(!is_resumed(&setup.connect_after(15 * 3600, client(&setup), server()).client));
}

#[test]
fn without_the_extended_main_secret_a_ticket_ends_the_connection() {
    let setup = Setup::new();
    let (client, server) = (client(&setup).build().unwrap(), server(&setup).build().unwrap());
    connect_at(now(), &client, &server);
    let mut pair = begin_at(now(), &client, &server);
    let flight = pair.client.take_output();
    let mut hello = Extended::parse(&flight[5..]);
    assert!(!hello.body_mut(35).is_empty());
    hello.remove(23);
    let message = hello.bytes();
    let len = u16::try_from(message.len()).unwrap().to_be_bytes();
    pair.server.deliver(&[&[22, 3, 1], len.as_slice(), &message].concat());
    let error = pair.server.error.as_ref().unwrap();
    assert_eq!(error.code(), "no_extended_main_secret");
    assert_eq!(error.alert_sent(), Some(AlertDescription::HANDSHAKE_FAILURE));
}

/// Altered in any byte, a ticket is passed over: both sides see by their Finished that the ClientHello was not the same.
#[test]
fn altered_tickets_are_passed_over() {
    let setup = Setup::new();
    let (client, server) = (client(&setup).build().unwrap(), server(&setup).build().unwrap());
    for place in 0..3 {
        connect_at(now(), &client, &server);
        let mut pair = begin_at(now(), &client, &server);
        let flight = pair.client.take_output();
        let mut hello = Extended::parse(&flight[5..]);
        let ticket = hello.body_mut(35);
        let index = [0, 20, ticket.len() - 1][place];
        ticket[index] ^= 1;
        let message = hello.bytes();
        let len = u16::try_from(message.len()).unwrap().to_be_bytes();
        pair.server.deliver(&[&[22, 3, 1], len.as_slice(), &message].concat());
        assert_eq!(pair.server.error, None);
        run(&mut pair);
        assert!(pair.server.error.is_some() && !pair.server.established);
    }
}

/// A ticket of one version is none of the other's, though the same key opens it.
#[test]
fn tickets_do_not_cross_versions() {
    let setup = Setup::new();
    let config = client(&setup).build().unwrap();
    connect_at(now(), &config, &server(&setup).build().unwrap());
    let session = setup.store.take_session(&config, &localhost(), now()).unwrap();
    let bytes = session.to_bytes();
    // As a session of TLS 1.3: its version and suite are at the front.
    let mut forged = bytes.to_vec();
    forged[2..4].copy_from_slice(&[3, 4]);
    forged[4..6].copy_from_slice(&[0x13, 0x01]);
    setup.store.put_session(tls_core::Session::from_bytes(&forged).unwrap());
    let pair = setup.connect(setup.client(), setup.server());
    assert!(!is_resumed(&pair.client));
}

fn run(pair: &mut Pair) {
    pair.run(|end, bytes| end.deliver(bytes));
}

/// In the handshake that it decided something in, and not where that is resumed (RFC 6066 §3).
#[test]
fn a_name_is_acknowledged_once() {
    let setup = Setup::new();
    let other = setup.authority.issue(&["other.test"], &rcgen::PKCS_ECDSA_P256_SHA256).identity();
    let (client, server) = (client(&setup).build().unwrap(), server(&setup).identity(other).build().unwrap());
    for resumes in [false, true] {
        let mut pair = begin_at(now(), &client, &server);
        let hello = pair.client.take_output();
        pair.server.deliver(&hello);
        let answer = pair.server.take_output();
        let len = usize::from(u16::from_be_bytes([answer[7], answer[8]]));
        let server_hello = Extended::parse(&answer[5..5 + 4 + len]);
        assert_eq!(server_hello.extensions.iter().any(|(extension, _)| *extension == 0), !resumes);
        pair.client.deliver(&answer);
        run(&mut pair);
        pair.assert_works();
        assert_eq!(is_resumed(&pair.client), resumes);
    }
}
