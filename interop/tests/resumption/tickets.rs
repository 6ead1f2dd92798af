//! How many tickets there are, and when.

use super::*;
use crate::ours::TICKETS;
use crate::settings::Kept;

/// OpenSSL and s2n-tls know no such request (RFC 9149), and go on as if there were none.
#[test]
fn servers_give_us_what_they_are_asked_for() {
    let cases = [
        (Stack::OpenSsl, None, [2, 2]),
        (Stack::OpenSsl, Some((4, 1)), [2, 2]),
        (Stack::Rustls, None, [2, 3]),
        (Stack::Rustls, Some((4, 1)), [4, 4]),
        (Stack::Rustls, Some((2, 0)), [2, 1]),
        (Stack::S2nTls, None, [2, 3]),
        (Stack::S2nTls, Some((4, 1)), [2, 3]),
    ];
    for (stack, ticket_request, kept) in cases {
        trying((stack, ticket_request));
        let client = Settings { ticket_request, ..client() };
        let store = &client.memory.as_ref().unwrap().sessions;
        let server = Settings { ticket_request, ..server() };
        let mut link = Link::established((stack, Role::Client), &client, &server);
        for (resumes, kept) in [false, true].into_iter().zip(kept) {
            if resumes {
                link.peer.close();
                link.run();
                link = link.again(Role::Client, &client);
                link.run();
                link.assert_works();
            }
            assert_eq!((link.facts().resumed.is_some(), store.len()), (resumes, kept));
        }
    }
}

#[test]
fn rustls_is_given_what_it_asks_for() {
    for (ticket_request, given) in
        [(None, [TICKETS, TICKETS]), (Some((5, 1)), [5, 1]), (Some((1, 0)), [1, 0]), (Some((99, 2)), [8, 2])]
    {
        trying(ticket_request);
        let client = Settings { ticket_request, ..client() };
        // Its length says how many there were: what is resumed was in one.
        let server = Settings { kept: Kept::InStore, ..server() }.at(ProtocolVersion::TLS1_3);
        let store = &server.memory.as_ref().unwrap().store;
        let first = Link::established((Stack::Rustls, Role::Server), &client, &server);
        assert_eq!(store.len(), usize::from(given[0]));
        let mut second = first.again(Role::Server, &server);
        second.run();
        second.assert_works();
        assert!(second.facts().resumed.is_some());
        assert_eq!(store.len(), usize::from(given[0] - 1 + given[1]));
    }
}

/// Several connections of ours begin before any has left a ticket.
#[test]
fn we_bring_each_ticket_once() {
    for pairing in SERVERS {
        trying(pairing);
        let (client, server) = (client(), server().at(ProtocolVersion::TLS1_3));
        let first = Link::established(pairing, &client, &server);
        let at_once = [(); 3].map(|()| crate::ours::begin(Role::Client, &client));
        let resumed = at_once.map(|ours| {
            let mut link = Link::between(ours, first.peer.again());
            link.run();
            link.assert_works();
            assert_eq!(link.peer.facts().resumed, link.facts().resumed.is_some());
            link.peer.facts().resumed
        });
        assert_eq!(resumed, [true, true, false]);
    }
}

/// Several connections of a peer begin before any has left a ticket.
#[test]
fn each_of_several_tickets_is_good_for_one_connection() {
    for (kept, comes_later) in
        [(Kept::InTickets, false), (Kept::InTickets, true), (Kept::InStore, false), (Kept::InStore, true)]
    {
        trying((kept, comes_later));
        let (client, server) = (client(), Settings { kept, ..server().at(ProtocolVersion::TLS1_3) });
        let mut first = Link::established((Stack::Rustls, Role::Server), &client, &server);
        if comes_later {
            first.ours.connection.send_ticket(server.now).unwrap();
            first.run();
        }
        let at_once: Vec<_> = (0..=TICKETS).map(|_| first.again(Role::Server, &server)).collect();
        let mut resumed = Vec::new();
        for mut link in at_once {
            link.run();
            link.assert_works();
            assert_eq!(link.peer.facts().resumed, link.facts().resumed.is_some());
            resumed.push(link.peer.facts().resumed);
        }
        assert_eq!(resumed, [true, true, true, comes_later]);
    }
}

/// OpenSSL's client tells of each, and writes the newest to its file.
#[test]
fn openssl_takes_several_tickets_and_a_later_one() {
    let server = server().at(ProtocolVersion::TLS1_3);
    let path = file("later-session.pem", "");
    let arguments = ["-groups", "secp256r1", "-sess_out", &path];
    let (mut openssl, mut socket) = Installation::New.connect(&LOCALHOST, &arguments, &server);
    let arrived = "Post-Handshake New Session Ticket arrived";
    socket.send_ticket();
    // It prints what it has to say when there is data.
    socket.send_line("from us");
    (0..=TICKETS).for_each(|_| drop(openssl.wait_for(arrived)));
    openssl.wait_for("from us");
    // Each is written over the one before: once it leaves, it is done with that.
    openssl.type_line("Q");
    socket.run_until(|end| end.peer_closed);
    let session = session_from_pem(&std::fs::read_to_string(&path).unwrap());
    assert_openssl_brings(&session, "later-session.pem", &server, true);
}

/// s2n-tls's client keeps the newest.
#[test]
fn s2n_tls_takes_a_later_ticket() {
    let server = server().at(ProtocolVersion::TLS1_3);
    let mut first = of_s2n_tls(&client(), &server);
    let early = first.peer.session();
    first.ours.connection.send_ticket(server.now).unwrap();
    first.run();
    let later = first.peer.session();
    assert_ne!(early, later);
    assert_brings(&first, &later, &server, true);
}

/// Neither of our ends does anything about sessions unless told to.
#[test]
fn there_may_be_none() {
    for (pairing, version) in by_version(PAIRINGS) {
        trying((pairing, version));
        let none = |settings: Settings| Settings { memory: None, ..settings.at(version) };
        let (client, server) = match pairing.1 {
            Role::Client => (none(client()), server()),
            Role::Server => (client(), none(server())),
        };
        let first = Link::established(pairing, &client, &server);
        assert_full(first.again(pairing.1, if pairing.1 == Role::Client { &client } else { &server }));
    }
}
