//! Early data that is rejected: the connection goes on, and what is sent again arrives once.

use tls_core::AlertDescription;

use super::*;

/// Nothing of it has arrived. Both ends say so, and the server why; what the client sends again is all that there is.
#[track_caller]
fn assert_rejected(link: &mut Link, role: Role, data: &[u8], refusal: EarlyDataRefusal) {
    assert_eq!(link.ours.error, None, "{:?}", link.peer.progress().failure);
    assert!(link.ours.established && link.peer.progress().established, "{:?}", link.peer.progress().failure);
    assert!(received_early(link, role).is_empty() && received(link, role).is_empty());
    assert_eq!(link.facts().early_data, EarlyData::Rejected(refusal));
    assert_eq!(link.peer.facts().early_data_accepted, (role == Role::Server).then_some(false));
    match role {
        Role::Client => link.send(data),
        Role::Server => link.receive(data),
    }
    assert!(received_early(link, role).is_empty() && received(link, role) == data);
    link.assert_works();
}

/// Pieces of early data that come to nothing.
fn send_in_vain(link: &mut Link, role: Role) -> Vec<u8> {
    let data = bytes(5000);
    send_early(link, role, data.chunks(1999));
    link.run();
    data
}

const GROUPS: [NamedGroup; 2] = [NamedGroup::X25519, NamedGroup::X25519MLKEM768];

const UNSHARED: NamedGroup = NamedGroup::SECP384R1MLKEM1024;

/// With a server that has begun anew, and takes none: for the peers' servers, that of another configuration.
#[test]
fn by_servers_that_take_none_and_know_no_session() {
    for (pairing, group) in PAIRINGS.into_iter().flat_map(|pairing| GROUPS.map(|group| (pairing, group))) {
        trying((pairing, group));
        let (client, server) = (client().groups(&[group]), server().groups(&[group]));
        let other = Settings { early_data: None, ..super::server() }.groups(&[group]);
        let first = first(pairing, &client, &server);
        let mut link = match pairing.1 {
            Role::Client => Link::new(pairing, &client, &other),
            Role::Server => first.again(Role::Server, &other),
        };
        let data = send_in_vain(&mut link, pairing.1);
        let refusal = match pairing.1 {
            Role::Client => EarlyDataRefusal::NotResumed,
            Role::Server => EarlyDataRefusal::Disabled,
        };
        assert_rejected(&mut link, pairing.1, &data, refusal);
        assert!(!link.peer.facts().resumed && link.facts().resumed.is_none());
    }
}

/// The session is resumed all the same.
#[test]
fn by_our_server_that_takes_none_any_more() {
    let pairing = (Stack::Rustls, Role::Server);
    let cases = [(None, EarlyDataRefusal::Disabled), (Some(MAX - 1), EarlyDataRefusal::NotPermitted)];
    for (early_data, refusal) in cases {
        trying(refusal);
        let server = server();
        let first = first(pairing, &client(), &server);
        let mut link = first.again(Role::Server, &Settings { early_data, ..server });
        let data = send_in_vain(&mut link, pairing.1);
        assert_rejected(&mut link, pairing.1, &data, refusal);
        assert!(link.peer.facts().resumed && link.facts().resumed.is_some());
    }
}

/// As a copy is: the second server is told what the first was.
#[test]
fn as_a_replay() {
    for stack in [Stack::Rustls, Stack::S2nTls] {
        trying(stack);
        let pairing = (stack, Role::Server);
        let server = server();
        let mut link = second(pairing, &client(), &server);
        send_early(&mut link, pairing.1, [b"once".as_slice()]);
        let flight = link.peer.take_output();
        link.ours.deliver(&flight);
        let mut copy = crate::ours::begin(Role::Server, &server);
        copy.deliver(&flight);
        assert_eq!((copy.error, copy.received_early), (None, Vec::new()));
        link.run();
        assert_accepted(&mut link, pairing.1, b"once");
    }
}

/// A server that asks for another key share reads past it, which it has no keys for.
#[test]
fn by_a_retry() {
    for pairing in PAIRINGS {
        trying(pairing);
        let [classical, hybrid] = GROUPS;
        let both = Settings { key_shares: vec![classical], ..client().groups(&GROUPS) };
        let mut link = match pairing.1 {
            Role::Client => {
                // The client changes its mind about the share that it sends.
                let server = server().groups(&[hybrid]);
                let before = both.clone().groups(&[hybrid]);
                first(pairing, &before, &server).again(Role::Client, &both)
            }
            // s2n-tls's client shares the same groups always, and not this one.
            Role::Server if pairing.0 == Stack::S2nTls => {
                let server = server().groups(&[UNSHARED]);
                first(pairing, &client(), &server).again(Role::Server, &server)
            }
            Role::Server => {
                let server = server();
                let first = first(pairing, &both, &server.clone().groups(&[classical]));
                first.again(Role::Server, &server.groups(&GROUPS))
            }
        };
        let data = send_in_vain(&mut link, pairing.1);
        assert_rejected(&mut link, pairing.1, &data, EarlyDataRefusal::HelloRetryRequest);
        assert!(link.facts().hello_retry_request);
        // OpenSSL's server has used the session up by then: it guards against replays by taking each but once.
        let is_resumed = pairing.0 != Stack::OpenSsl;
        assert_eq!([link.peer.facts().resumed, link.facts().resumed.is_some()], [is_resumed; 2]);
        let is_theirs = pairing == (Stack::S2nTls, Role::Server);
        assert_eq!(link.facts().group, if is_theirs { UNSHARED } else { hybrid });
    }
}

/// What was right for one application protocol is not for another.
#[test]
fn for_another_application_protocol() {
    let alpn =
        |settings: &Settings, names: &[&'static str]| Settings { alpn: names.to_vec(), ..settings.clone() };
    for pairing in PAIRINGS {
        trying(pairing);
        let (client, server) = (client(), server());
        let both = ["h2", "http/1.1"];
        let mut link = match pairing.1 {
            Role::Client => first(pairing, &alpn(&client, &both[1..]), &alpn(&server, &both))
                .again(Role::Client, &alpn(&client, &both)),
            Role::Server => first(pairing, &alpn(&client, &both), &alpn(&server, &both[1..]))
                .again(Role::Server, &alpn(&server, &both)),
        };
        let data = send_in_vain(&mut link, pairing.1);
        assert_rejected(&mut link, pairing.1, &data, EarlyDataRefusal::ApplicationProtocol);
        assert_eq!(link.facts().alpn.as_deref(), Some(b"h2".as_slice()));
    }
}

/// s2n-tls 0.3.47 compares the protocol of a ticket with one that is a byte longer: its servers reject such early data, and
/// its clients break off where it is accepted.
#[test]
fn by_s2n_tls_for_any_application_protocol() {
    let alpn = |settings: Settings| Settings { alpn: vec!["h2"], ..settings };
    let (client, server) = (alpn(client()), alpn(server()));
    let mut link = second((Stack::S2nTls, Role::Client), &client, &server);
    let data = send_in_vain(&mut link, Role::Client);
    assert_rejected(&mut link, Role::Client, &data, EarlyDataRefusal::Unsaid);
    let mut link = second((Stack::S2nTls, Role::Server), &client, &server);
    send_early(&mut link, Role::Server, [b"early".as_slice()]);
    link.run();
    assert!(link.peer.progress().failure.is_some());
    assert!(!link.ours.established && link.ours.error.is_some());
}

/// A server that takes none reads past 16 KiB of it.
#[test]
fn without_end() {
    for stack in [Stack::Rustls, Stack::S2nTls] {
        trying(stack);
        let pairing = (stack, Role::Server);
        let server = Settings { early_data: Some(20_000), ..server() };
        let other = Settings { early_data: None, ..server.clone() };
        let mut link = first(pairing, &client(), &server).again(Role::Server, &other);
        send_early(&mut link, Role::Server, bytes(20_000).chunks(4000));
        link.run();
        link.assert_we_refuse("too_many", AlertDescription::UNEXPECTED_MESSAGE);
        assert!(link.ours.received_early.is_empty() && link.ours.received.is_empty());
    }
}
