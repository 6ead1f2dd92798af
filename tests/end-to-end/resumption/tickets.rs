//! Ticket keys, as a fleet shares them, and sessions, as a client takes them elsewhere.

use tls_core::{Session, TicketKey, TicketKeyError};

use super::*;

fn key(name: u8, introduced: u64) -> TicketKey {
    TicketKey { name: [name; 16], secret: [name; 32].into(), introduced_at: after(introduced) }
}

fn manual(keys: impl IntoIterator<Item = TicketKey>) -> Arc<TicketKeys> {
    let ring = TicketKeys::manual();
    keys.into_iter().for_each(|key| ring.add(key, now()).unwrap());
    Arc::new(ring)
}

#[test]
fn a_fleet_resumes_what_any_of_it_began() {
    let setup = Setup::new();
    let one = server_builder(&setup.authority).ticket_keys(manual([key(1, 0)]));
    let other = server_builder(&setup.authority).ticket_keys(manual([key(2, 0), key(1, 0)]));
    setup.connect(setup.client(), one);
    assert!(is_resumed(&setup.connect(setup.client(), other).client));
    // A rotating ring's keys can be given away, too.
    let setup = Setup::new();
    setup.connect(setup.client(), setup.server());
    let other = server_builder(&setup.authority).ticket_keys(manual(setup.keys.export(now())));
    assert!(is_resumed(&setup.connect(setup.client(), other).client));
}

#[test]
fn a_key_seals_for_two_hours_and_opens_for_thirteen_more() {
    let setup = Setup::new();
    let hours = 3600;
    let ring = manual([key(1, 0)]);
    let server = || server_builder(&setup.authority).ticket_keys(Arc::clone(&ring));
    setup.connect_after(2 * hours - 1, setup.client(), server());
    assert_eq!(setup.store.len(), 1);
    let pair = setup.connect_after(15 * hours - 1, setup.client(), server());
    assert!(is_resumed(&pair.client));
    assert!(setup.store.is_empty(), "no key seals any more");
    // Before its introduction it seals nothing.
    let ring = manual([key(1, 100)]);
    let server = || server_builder(&setup.authority).ticket_keys(Arc::clone(&ring));
    setup.connect_after(99, setup.client(), server());
    assert!(setup.store.is_empty());
    setup.connect_after(100, setup.client(), server());
    assert_eq!(setup.store.len(), 1);
}

#[test]
fn keys_that_cannot_be_right_are_not_taken() {
    let ring = TicketKeys::manual();
    let zero = TicketKey { secret: [0; 32].into(), ..key(1, 0) };
    assert_eq!(ring.add(zero, now()), Err(TicketKeyError::ZeroSecret));
    assert_eq!(ring.add(key(1, 0), after(15 * 3600)), Err(TicketKeyError::Expired));
    ring.add(key(1, 0), now()).unwrap();
    assert_eq!(ring.add(key(1, 5), now()), Err(TicketKeyError::DuplicateName));
    for name in 2..=48 {
        ring.add(key(name, 0), now()).unwrap();
    }
    assert_eq!(ring.add(key(49, 0), now()), Err(TicketKeyError::TooMany));
    assert_eq!(ring.export(now()).len(), 48);
    // Those that have expired make room.
    ring.add(key(49, 15 * 3600), after(15 * 3600)).unwrap();
    assert_eq!(ring.export(after(15 * 3600)).len(), 1);
}

#[test]
fn a_rotating_ring_makes_a_key_every_hour() {
    let setup = Setup::new();
    let mut names = std::collections::HashSet::new();
    for half_hour in 0..40 {
        setup.connect_after(half_hour * 1800, setup.client(), setup.server());
        names.extend(setup.keys.export(after(half_hour * 1800)).into_iter().map(|key| key.name));
    }
    assert_eq!(names.len(), 20);
    assert_eq!(setup.keys.export(after(39 * 1800)).len(), 15);
}

#[test]
fn a_session_can_be_taken_elsewhere() {
    let setup = Setup::new();
    let config = setup.client().build().unwrap();
    connect_at(now(), &config, &setup.server().build().unwrap());
    let session = setup.store.take_session(&config, &localhost(), now()).unwrap();
    assert!(setup.store.is_empty());
    let bytes = session.to_bytes();
    let elsewhere = Arc::new(SessionStore::new(1));
    elsewhere.put_session(Session::from_bytes(&bytes).unwrap());
    let client = client_builder(&setup.authority).session_store(elsewhere);
    assert!(is_resumed(&setup.connect(client, setup.server()).client));
}

/// Whatever the bytes are: a session or an error.
#[test]
fn sessions_that_were_tampered_with_do_not_panic() {
    let setup = Setup::new();
    let config = setup.client().build().unwrap();
    connect_at(now(), &config, &setup.server().build().unwrap());
    let bytes = setup.store.take_session(&config, &localhost(), now()).unwrap().to_bytes();
    for len in 0..bytes.len() {
        assert!(Session::from_bytes(&bytes[..len]).is_err(), "{len}");
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert!(Session::from_bytes(&longer).is_err());
    for index in 0..bytes.len() {
        for value in [0, 1, 0x7f, 0xff] {
            let mut altered = bytes.to_vec();
            altered[index] = value;
            if let Ok(session) = Session::from_bytes(&altered) {
                assert_eq!(session.to_bytes().as_slice(), altered);
            }
        }
    }
}
