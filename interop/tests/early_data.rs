//! Early data, with peers that resume: what arrives, once and in order, and what becomes of it that is rejected.

mod command_line;
mod exporters;
mod half;
mod rejected;

use tls_core::ciphersuites::{NamedGroup, ProtocolVersion};
use tls_core::{EarlyData, EarlyDataRefusal};

use crate::certificates::LOCALHOST;
use crate::link::{Link, Pairing, trying};
use crate::peer::Stack;
use crate::resumption::{MUTUAL, PAIRINGS};
use crate::settings::{Memory, Role, Settings, Wanted};

/// Bytes of early data that servers take; OpenSSL's, as they are, read no more than 16384.
const MAX: u32 = 16_000;

fn client() -> Settings {
    taking_part(Settings::client(&LOCALHOST))
}

fn server() -> Settings {
    taking_part(Settings::server(&LOCALHOST))
}

fn taking_part(settings: Settings) -> Settings {
    Settings { memory: Some(Memory::new()), early_data: Some(MAX), ..settings }.at(ProtocolVersion::TLS1_3)
}

/// So many bytes, no two pieces of which are alike.
fn bytes(len: usize) -> Vec<u8> {
    (0_u16..).flat_map(u16::to_be_bytes).take(len).collect()
}

/// A connection that leaves sessions.
fn first(pairing: Pairing, client: &Settings, server: &Settings) -> Link {
    let mut link = Link::established(pairing, client, server);
    assert_eq!(link.facts().early_data, EarlyData::NotOffered);
    close(&mut link);
    link
}

/// The next connection, which has a session of the first.
fn second(pairing: Pairing, client: &Settings, server: &Settings) -> Link {
    let ours = if pairing.1 == Role::Client { client } else { server };
    first(pairing, client, server).again(pairing.1, ours)
}

/// OpenSSL forgets the session of a connection that nobody closed.
fn close(link: &mut Link) {
    link.peer.close();
    link.run();
}

/// The client, which is ours or the peer, sends these pieces of early data.
fn send_early<'a>(link: &mut Link, role: Role, pieces: impl IntoIterator<Item = &'a [u8]>) {
    for piece in pieces {
        match role {
            Role::Client => assert_eq!(link.ours.send_early(piece), piece.len()),
            Role::Server => link.peer.send_early(piece),
        }
    }
}

/// What the server has of early data.
fn received_early(link: &Link, role: Role) -> &[u8] {
    match role {
        Role::Client => &link.peer.progress().received_early,
        Role::Server => &link.ours.received_early,
    }
}

/// What the server has of data that is not early.
fn received(link: &Link, role: Role) -> &[u8] {
    match role {
        Role::Client => &link.peer.progress().received,
        Role::Server => &link.ours.received,
    }
}

/// It has arrived as it was sent, and none of it again later; both ends say that it was accepted.
#[track_caller]
fn assert_accepted(link: &mut Link, role: Role, data: &[u8]) {
    assert!(received_early(link, role) == data, "{:?}, {:?}", link.ours.error, link.peer.progress().failure);
    assert!(received(link, role).is_empty());
    link.assert_works();
    assert!(received_early(link, role) == data);
    assert!(link.peer.facts().resumed && link.facts().resumed.is_some());
    assert_eq!(link.facts().early_data, EarlyData::Accepted);
    assert_eq!(link.peer.facts().early_data_accepted, (role == Role::Server).then_some(true));
}

#[test]
fn arrives_once_and_in_order_with_every_key_exchange() {
    let groups = [NamedGroup::X25519, NamedGroup::SECP256R1, NamedGroup::X25519MLKEM768];
    let data = bytes(5000);
    for (pairing, group) in PAIRINGS.into_iter().flat_map(|pairing| groups.map(|group| (pairing, group))) {
        trying((pairing, group));
        let (client, server) = (client().groups(&[group]), server().groups(&[group]));
        let mut link = first(pairing, &client, &server);
        let ours = if pairing.1 == Role::Client { &client } else { &server };
        // The sessions of a connection with early data are as good as any.
        for _ in 0..2 {
            link = link.again(pairing.1, ours);
            send_early(&mut link, pairing.1, [&data[..1], &data[1..100], &data[100..]]);
            link.run();
            assert_accepted(&mut link, pairing.1, &data);
            assert_eq!(link.facts().group, group);
            close(&mut link);
        }
    }
}

/// As much as the server takes, in one piece; or nothing, after all.
#[test]
fn is_whatever_the_ticket_permits() {
    let all = bytes(MAX.try_into().unwrap());
    for (pairing, data) in
        PAIRINGS.into_iter().flat_map(|pairing| [&all[..], &[]].map(|data| (pairing, data)))
    {
        trying((pairing, data.len()));
        let (client, server) = (client(), server());
        let mut link = second(pairing, &client, &server);
        if pairing.1 == Role::Client {
            assert_eq!(link.ours.connection.early_data_offer().unwrap().left, MAX);
        }
        send_early(&mut link, pairing.1, [data]);
        link.run();
        assert_accepted(&mut link, pairing.1, data);
    }
}

#[test]
fn may_be_more_than_records_hold() {
    let data = bytes(100_000);
    for role in Role::BOTH {
        trying(role);
        let more = |settings| Settings { early_data: Some(100_000), ..settings };
        let (client, server) = (more(client()), more(server()));
        let pairing = (Stack::Rustls, role);
        let mut link = first(pairing, &client, &server)
            .again(role, if role == Role::Client { &client } else { &server });
        send_early(&mut link, role, data.chunks(30_000));
        link.run();
        assert_accepted(&mut link, role, &data);
    }
}

#[test]
fn may_arrive_one_byte_at_a_time() {
    let data = bytes(500);
    for pairing in PAIRINGS {
        trying(pairing);
        let (client, server) = (client(), server());
        let mut link = second(pairing, &client, &server);
        link.piece = 1;
        send_early(&mut link, pairing.1, data.chunks(77));
        link.run();
        assert_accepted(&mut link, pairing.1, &data);
    }
}

/// It is there before the server has heard of the client's Finished.
#[test]
fn arrives_before_the_handshake_is_done() {
    for pairing in PAIRINGS {
        trying(pairing);
        let (client, server) = (client(), server());
        let mut link = second(pairing, &client, &server);
        send_early(&mut link, pairing.1, [b"early".as_slice()]);
        match pairing.1 {
            Role::Client => {
                let flight = link.ours.take_output();
                link.peer.deliver(&flight);
                assert!(!link.peer.progress().established);
            }
            Role::Server => {
                let flight = link.peer.take_output();
                link.ours.deliver(&flight);
                assert!(!link.ours.established);
            }
        }
        assert_eq!(received_early(&link, pairing.1), b"early");
        link.run();
        assert_accepted(&mut link, pairing.1, b"early");
    }
}

/// The server knows who speaks from the session.
#[test]
fn is_accepted_from_clients_with_certificates() {
    for pairing in MUTUAL {
        trying(pairing);
        let client = Settings { identity: Some(LOCALHOST.leaf.clone()), ..client() };
        let server = Settings { client_certificate: Wanted::Required, ..server() };
        let mut link = second(pairing, &client, &server);
        send_early(&mut link, pairing.1, [b"early".as_slice()]);
        link.run();
        assert_accepted(&mut link, pairing.1, b"early");
        let fingerprint = link.facts().resumed.as_ref().unwrap().client_fingerprint;
        match pairing.1 {
            Role::Client => assert!(link.peer.facts().certificate.is_some()),
            Role::Server => assert_eq!(fingerprint, Some(LOCALHOST.leaf.identity().fingerprint())),
        }
    }
}

/// It is of the application protocol that the session had.
#[test]
fn is_accepted_with_the_sessions_application_protocol() {
    // s2n-tls has none of its own to compare with: see `rejected::by_s2n_tls_for_any_application_protocol`.
    for pairing in PAIRINGS.into_iter().filter(|(stack, _)| *stack != Stack::S2nTls) {
        trying(pairing);
        let client = Settings { alpn: vec!["h2", "http/1.1"], ..client() };
        let server = Settings { alpn: vec!["http/1.1"], ..server() };
        let mut link = second(pairing, &client, &server);
        send_early(&mut link, pairing.1, [b"GET /".as_slice()]);
        link.run();
        assert_accepted(&mut link, pairing.1, b"GET /");
        assert_eq!(link.facts().alpn.as_deref(), Some(b"http/1.1".as_slice()));
    }
}
