//! Early data that is sent again, as anyone can who has seen it.

use std::sync::Mutex;

use tls_core::EarlyDataRefusal;

use super::*;

/// What a client sends first, early data and all.
fn first_flight(setup: &Setup, client: &Arc<ClientConfig>, server: &Arc<ServerConfig>) -> Vec<u8> {
    let mut pair = setup.resume_at(LATER, client, [server, server]);
    pair.client.send_early(b"pay a million");
    pair.client.take_output()
}

/// What a server reads of early data in this flight, which comes so late.
fn received(server: &Arc<ServerConfig>, seconds: u64, flight: &[u8]) -> Vec<u8> {
    let mut end = End::new(Connection::server(Arc::clone(server), after(seconds)).unwrap());
    end.deliver(flight);
    assert_eq!(end.error, None);
    end.received_early
}

//= 9846:8.2 false-positives
//= 9846:8.2 storage-key
#[test]
fn is_read_once() {
    let setup = Setup::new();
    let (client, server) = (setup.client().build().unwrap(), setup.server().build().unwrap());
    let flight = first_flight(&setup, &client, &server);
    assert_eq!(received(&server, LATER, &flight), b"pay a million");
    for seconds in (LATER..LATER + 60).chain([LATER - 5, 3600]) {
        assert!(received(&server, seconds, &flight).is_empty(), "{seconds}");
    }
}

/// However many acceptors there are, and however many threads, if they have the guard in common.
//= 9846:8 once
#[test]
fn is_read_once_by_all_that_share_a_guard() {
    let setup = Setup::new();
    let client = setup.client().build().unwrap();
    let servers: Vec<_> = (0..8).map(|_| setup.server().build().unwrap()).collect();
    for _ in 0..20 {
        let flight = first_flight(&setup, &client, &servers[0]);
        let delivered = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for server in &servers {
                scope.spawn(|| {
                    let data = received(server, LATER, &flight);
                    delivered.lock().unwrap().extend_from_slice(&data);
                });
            }
        });
        assert_eq!(delivered.into_inner().unwrap(), b"pay a million");
    }
}

/// A server that begins anew knows nothing, and knows that.
#[test]
fn is_not_read_by_one_that_has_just_begun() {
    let setup = Setup::new();
    let (client, server) = (setup.client().build().unwrap(), setup.server().build().unwrap());
    let flight = first_flight(&setup, &client, &server);
    assert_eq!(received(&server, LATER, &flight), b"pay a million");
    for begins in LATER..LATER + 20 {
        let guard = Arc::new(ReplayGuard::once_per_client_hello(after(begins)));
        let server = setup.server().early_data(MAX, EarlyDataAcceptance::Guarded(guard)).build().unwrap();
        for seconds in begins..begins + 30 {
            assert!(received(&server, seconds, &flight).is_empty(), "begun at {begins}, at {seconds}");
        }
    }
}

/// Another ClientHello with the same ticket is no replay, unless tickets are for one time.
#[test]
fn once_per_ticket_where_the_guard_says_so() {
    for once_per_ticket in [false, true] {
        let mut setup = Setup::new();
        if once_per_ticket {
            let begin = UnixTime::since_unix_epoch(Duration::from_secs(now().as_secs() - 1));
            setup.guard = Arc::new(ReplayGuard::once_per_ticket(begin, Duration::from_secs(3600)));
        }
        let (client, server) = (setup.client().build().unwrap(), setup.server().build().unwrap());
        let session = setup.session(&client, &server);
        let outcomes = [0, 1].map(|_| {
            setup.store.put_session(session.clone());
            let mut pair = begin(LATER, &client, &server);
            pair.client.send_early(b"data");
            pair.handshake();
            pair.assert_works();
            // The connection's own session is not for the next.
            setup.store.take_session(&client, &localhost(), after(LATER)).unwrap();
            early_data(&pair.server)
        });
        let second = match once_per_ticket {
            false => EarlyData::Accepted,
            true => EarlyData::Rejected(EarlyDataRefusal::Replayed),
        };
        assert_eq!(outcomes, [EarlyData::Accepted, second]);
    }
}
