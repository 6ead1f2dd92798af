//! Sessions that a client takes out of its store, as bytes, and brings to another; and servers that share their keys.

use tests::pair::localhost;
use tls_core::{Session, SessionStore};

use super::*;
use crate::settings::Kept;

/// Takes all sessions out and puts back what comes of them.
pub(super) fn exchange(store: &SessionStore, client: &Settings, change: impl Fn(Session) -> Session) {
    let config = crate::ours::client_config(client);
    let sessions: Vec<_> =
        std::iter::from_fn(|| store.take_session(&config, &localhost(), client.now)).collect();
    assert!(!sessions.is_empty());
    sessions.into_iter().map(change).for_each(|session| store.put_session(session));
}

#[test]
fn sessions_can_be_taken_elsewhere() {
    for (pairing, version) in by_version(SERVERS) {
        for kept in [Kept::InTickets, Kept::InStore] {
            if (pairing.0, version, kept) == (Stack::S2nTls, ProtocolVersion::TLS1_3, Kept::InStore) {
                continue;
            }
            trying((pairing, version, kept));
            let (client, server) = (client().at(version), Settings { kept, ..server().at(version) });
            let mut first = Link::established(pairing, &client, &server);
            first.peer.close();
            first.run();
            let other = Settings { memory: Some(Memory::new()), ..client.clone() };
            let [from, to] = [&client, &other].map(|settings| &settings.memory.as_ref().unwrap().sessions);
            exchange(from, &client, |session| {
                to.put_session(Session::from_bytes(&session.to_bytes()).unwrap());
                session
            });
            assert_resumed(first.again(Role::Client, &other));
        }
    }
}

/// Keys of one server, exported and brought to another, open its tickets there.
#[test]
fn a_fleet_shares_its_keys() {
    for (pairing, version) in by_version(CLIENTS) {
        trying((pairing, version));
        let (client, one, other) = (client(), server().at(version), server().at(version));
        let first = Link::established(pairing, &client, &one);
        let [from, to] = [&one, &other].map(|settings| &settings.memory.as_ref().unwrap().ticket_keys);
        from.export(one.now).into_iter().for_each(|key| to.add(key, other.now).unwrap());
        assert_resumed(first.again(Role::Server, &other));
        let name = "fleet-session.pem";
        assert_openssl_brings(&session_of_openssl(name, &one), name, &other, true);
    }
}
