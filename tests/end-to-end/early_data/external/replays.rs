//! Copies of early data by a key. Nothing in a ClientHello says how old it is: they must be known for what they are for as
//! long as the key is in use.

use std::sync::Mutex;

use tls_core::{EarlyDataRefusal, Operation};

use super::*;

fn first_flight() -> Vec<u8> {
    let mut pair = first(client([early_key("key")]), server([early_key("key")]));
    pair.client.send_early(b"pay a million");
    pair.client.take_output()
}

fn end(server: &Arc<ServerConfig>, seconds: u64) -> End {
    End::new(Connection::server(Arc::clone(server), after(seconds)).unwrap())
}

/// What a server reads of early data in this flight.
fn received(server: &Arc<ServerConfig>, seconds: u64, flight: &[u8]) -> Vec<u8> {
    let mut end = end(server, seconds);
    end.deliver(flight);
    assert_eq!(end.error, None);
    end.received_early
}

fn guarded(guard: &Arc<ReplayGuard>) -> Arc<ServerConfig> {
    server_by([early_key("key")], EarlyDataAcceptance::Guarded(Arc::clone(guard))).build().unwrap()
}

//= 9846:8 once
//= 9846:8.2 false-positives
#[test]
fn are_never_read_again() {
    let server = guarded(&Arc::new(guard()));
    let flight = first_flight();
    assert_eq!(received(&server, 0, &flight), b"pay a million");
    for seconds in (0..60).chain([3600, 1_000_000, 1_000_000_000]) {
        assert!(received(&server, seconds, &flight).is_empty(), "{seconds}");
    }
    // Others are.
    assert_eq!(received(&server, 1_000_000_000, &first_flight()), b"pay a million");
}

//= 9846:8 once
#[test]
fn are_read_once_by_all_that_share_a_guard() {
    let guard = Arc::new(guard());
    let servers: Vec<_> = (0..8).map(|_| guarded(&guard)).collect();
    for _ in 0..20 {
        let (flight, delivered) = (first_flight(), Mutex::new(Vec::new()));
        std::thread::scope(|scope| {
            for server in &servers {
                scope.spawn(|| {
                    let data = received(server, 0, &flight);
                    delivered.lock().unwrap().extend_from_slice(&data);
                });
            }
        });
        assert_eq!(delivered.into_inner().unwrap(), b"pay a million");
    }
}

/// A guard takes none unless it is told how many it may remember; and it keeps to that.
#[test]
fn are_not_forgotten_for_want_of_room() {
    let plain = Arc::new(ReplayGuard::once_per_client_hello(now()));
    let full = Arc::new(ReplayGuard::once_per_client_hello(now()).external_keys(3));
    let outcome = |guard: &Arc<ReplayGuard>| {
        let mut pair = begin(LATER, &client([early_key("key")]).build().unwrap(), &guarded(guard));
        pair.client.send_early(b"data");
        pair.handshake();
        pair.assert_works();
        early_data(&pair.server)
    };
    assert_eq!(outcome(&plain), EarlyData::Rejected(EarlyDataRefusal::ExternalKey));
    let flight = first_flight();
    assert_eq!(received(&guarded(&full), 0, &flight), b"pay a million");
    assert_eq!([outcome(&full), outcome(&full)], [EarlyData::Accepted; 2]);
    assert_eq!(outcome(&full), EarlyData::Rejected(EarlyDataRefusal::Full));
    assert!(received(&guarded(&full), LATER, &flight).is_empty());
}

/// Who is asked knows the key, and the ClientHello, by which it tells a copy.
#[test]
fn are_the_callers_to_tell() {
    let asking = server_by([early_key("key")], EarlyDataAcceptance::Asked).build().unwrap();
    let ask = |flight: &[u8]| {
        let mut end = end(&asking, 0);
        end.deliver(flight);
        assert!(end.received_early.is_empty());
        match end.operations.pop() {
            Some(Operation::AcceptEarlyData(asked)) => (end, asked),
            other => panic!("{other:?}"),
        }
    };
    let flight = first_flight();
    let (mut original, asked) = ask(&flight);
    let (mut copy, again) = ask(&flight);
    let attempt = asked.attempt();
    assert_eq!(attempt.pre_shared_key(), Some(&**early_key("key").identity()));
    assert!(attempt.ticket().is_none() && attempt.max_size() == MAX);
    assert_eq!((attempt.server_name(), attempt.alpn()), (Some("localhost"), None));
    assert_eq!(attempt.client_hello_id(), again.attempt().client_hello_id());
    assert_ne!(attempt.client_hello_id(), ask(&first_flight()).1.attempt().client_hello_id());
    // A guard answers as it would itself.
    let guard = guard();
    assert_eq!(guard.admit(attempt), Ok(()));
    assert_eq!(guard.admit(again.attempt()), Err(EarlyDataRefusal::Replayed));
    original.answer(asked.accept());
    copy.answer(again.reject());
    assert_eq!(original.received_early, b"pay a million");
    assert!(copy.received_early.is_empty() && copy.error.is_none());
}

/// A key that the caller looks up, while early data waits, is as good as one that the server knows.
#[test]
fn keys_may_be_looked_up() {
    let server = server([]).pre_shared_keys(PreSharedKeys::Asked).build().unwrap();
    for is_early in [true, false] {
        let mut pair = begin(0, &client([early_key("key")]).build().unwrap(), &server);
        pair.client.send_early(b"data");
        pair.handshake();
        let Some(Operation::SelectPreSharedKey(select)) = pair.server.operations.pop() else {
            panic!("not asked")
        };
        assert!(pair.server.received_early.is_empty());
        let plain = key("key", Hash::Sha256);
        pair.server.answer(select.use_key(if is_early { early_key("key") } else { plain }));
        pair.handshake();
        match is_early {
            true => assert_accepted(&mut pair, b"data"),
            false => {
                pair.assert_works();
                let refusal = EarlyDataRefusal::NotPermitted;
                assert_eq!(early_data(&pair.server), EarlyData::Rejected(refusal));
            }
        }
    }
}
