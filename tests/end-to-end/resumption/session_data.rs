//! What a server's application puts in sessions, to know it again.

use tls_core::{ConfigError, ServerSessionStore};

use super::stored::{BOTH, policy};
use super::*;

const DATA: &[u8] = b"account 17";

/// What the server finds in the session that is resumed, if one is.
fn found(pair: &Pair) -> Option<Vec<u8>> {
    assert!(
        pair.client.connection.facts().unwrap().resumed.iter().all(|resumed| resumed.session_data.is_empty())
    );
    let resumed = pair.server.connection.facts().unwrap().resumed.as_ref()?;
    Some(resumed.session_data.to_vec())
}

#[test]
fn it_is_there_again_in_both_versions_from_tickets_and_from_stores() {
    for version in BOTH {
        let setup = Setup::new();
        let stores = [None, Some(Arc::new(ServerSessionStore::new(100)))];
        for store in &stores {
            let client = || setup.client().policy(policy(version));
            let server = |data: &[u8]| {
                let server = server_builder(&setup.authority).policy(policy(version)).session_data(data);
                match store {
                    Some(store) => server.session_store(Arc::clone(store)),
                    None => server.ticket_keys(Arc::clone(&setup.keys)),
                }
            };
            assert_eq!(found(&setup.connect(client(), server(DATA))), None);
            // It is the session's, however often that is resumed, and not the configuration's.
            for _ in 0..3 {
                let pair = setup.connect(client(), server(b"another"));
                assert_eq!(found(&pair).as_deref(), Some(DATA), "{version} {}", store.is_some());
            }
            while setup.store.take_session(&client().build().unwrap(), &localhost(), now()).is_some() {}
            setup.connect(client(), server(b""));
            assert_eq!(found(&setup.connect(client(), server(DATA))).as_deref(), Some(&b""[..]));
            while setup.store.take_session(&client().build().unwrap(), &localhost(), now()).is_some() {}
        }
    }
}

/// What is known of a client only after the handshake.
#[test]
fn it_can_be_set_for_tickets_that_are_sent_later() {
    let setup = Setup::new();
    let server = || setup.server().tickets_per_handshake(0).later_tickets(2);
    let mut pair = setup.connect(setup.client(), server().session_data(b"not yet known"));
    assert!(setup.store.is_empty());
    pair.server.connection.set_session_data(DATA).unwrap();
    pair.server.connection.send_ticket(now()).unwrap();
    pair.handshake();
    let mut pair = setup.connect(setup.client(), server());
    assert_eq!(found(&pair).as_deref(), Some(DATA));
    // Of a connection that resumes, too, as it was and anew.
    pair.server.connection.send_ticket(now()).unwrap();
    pair.server.connection.set_session_data(b"account 18").unwrap();
    pair.server.connection.send_ticket(now()).unwrap();
    pair.handshake();
    assert_eq!(found(&setup.connect(setup.client(), server())).as_deref(), Some(&b"account 18"[..]));
    assert_eq!(found(&setup.connect(setup.client(), server())).as_deref(), Some(DATA));
}

#[test]
fn there_is_a_bound_to_it_and_a_time_for_it() {
    let setup = Setup::new();
    let most = [7; 1024];
    setup.connect(setup.client(), setup.server().session_data(most));
    let mut pair = setup.connect(setup.client(), setup.server().later_tickets(1));
    assert_eq!(found(&pair).as_deref(), Some(&most[..]));
    let error = setup.server().session_data([7; 1025]).build().unwrap_err();
    assert_eq!(error, ConfigError::SessionDataTooLong);
    assert!(error.to_string().contains("1,024 bytes"));
    let misuse = |end: &mut End, data: &[u8]| end.connection.set_session_data(data).unwrap_err().code();
    assert_eq!(misuse(&mut pair.server, &[7; 1025]), "misuse");
    assert_eq!(misuse(&mut pair.client, DATA), "misuse");
    pair.server.connection.set_session_data(&most).unwrap();
    pair.assert_works();
    let (client, server) =
        (setup.client().build().unwrap(), setup.server().later_tickets(1).build().unwrap());
    assert_eq!(misuse(&mut begin_at(now(), &client, &server).server, DATA), "misuse");
}

/// Nobody on the way sees it.
#[test]
fn tickets_hold_it_sealed() {
    let setup = Setup::new();
    let client = setup.client().build().unwrap();
    connect_at(now(), &client, &setup.server().session_data(DATA).build().unwrap());
    let session = setup.store.take_session(&client, &localhost(), now()).unwrap().to_bytes();
    assert!(!session.windows(DATA.len()).any(|window| window == DATA));
}
