//! Early data that the caller decides on.

use tls_core::{AcceptEarlyData, EarlyDataRefusal, Event, Operation, Stage};

use super::*;

fn asking(setup: &Setup) -> ServerConfigBuilder {
    setup.server_without().early_data(MAX, EarlyDataAcceptance::Asked)
}

fn asked(end: &mut End) -> AcceptEarlyData {
    match end.operations.pop() {
        Some(Operation::AcceptEarlyData(asked)) => asked,
        other => panic!("{other:?}"),
    }
}

/// A connection whose server has been asked.
fn waiting(setup: &Setup) -> (Pair, AcceptEarlyData) {
    let client = setup.client().alpn(["h2"]);
    let mut pair = setup.resume(client, asking(setup).alpn(["h2"]));
    pair.client.send_early(b"early");
    pair.handshake();
    let asked = asked(&mut pair.server);
    assert_eq!(pair.server.connection.stage(), Stage::AcceptingEarlyData);
    (pair, asked)
}

#[test]
fn is_accepted_or_rejected() {
    let setup = Setup::new();
    let (mut pair, asked) = waiting(&setup);
    let attempt = asked.attempt();
    assert_eq!((attempt.server_name(), attempt.alpn()), (Some("localhost"), Some(b"h2".as_slice())));
    assert_eq!((attempt.now(), attempt.max_size()), (after(LATER), MAX));
    let ticket = attempt.ticket().unwrap();
    assert_eq!((ticket.issued_at(), ticket.age()), (now(), Duration::from_secs(LATER)));
    assert!(attempt.pre_shared_key().is_none());
    pair.server.answer(asked.accept());
    pair.handshake();
    assert_accepted(&mut pair, b"early");

    let (mut pair, asked) = waiting(&setup);
    pair.server.answer(asked.reject());
    pair.handshake();
    pair.assert_works();
    assert_eq!(early_data(&pair.server), EarlyData::Rejected(EarlyDataRefusal::Declined));
    assert_eq!(early_data(&pair.client), EarlyData::Rejected(EarlyDataRefusal::Unsaid));
}

/// What a fleet has in common tells a copy by its ids.
#[test]
fn a_copy_has_the_same_ids_and_nothing_else_has() {
    let setup = Setup::new();
    let (client, server) = (setup.client().build().unwrap(), asking(&setup).build().unwrap());
    let ids = |flight: &[u8]| {
        let mut end = End::new(Connection::server(Arc::clone(&server), after(LATER)).unwrap());
        end.deliver(flight);
        let asked = asked(&mut end);
        (*asked.attempt().client_hello_id(), *asked.attempt().ticket().unwrap().id())
    };
    let session = setup.session(&client, &server);
    let [one, other] = [0, 1].map(|_| {
        setup.store.put_session(session.clone());
        begin(LATER, &client, &server).client.take_output()
    });
    let (one_ids, other_ids) = (ids(&one), ids(&other));
    assert_eq!(ids(&one), one_ids);
    assert_ne!(one_ids.0, other_ids.0);
    assert_eq!(one_ids.1, other_ids.1);
    let third = setup.resume_at(LATER, &client, [&server, &server]).client.take_output();
    assert_ne!(ids(&third).1, one_ids.1);
    // A guard answers as it would itself.
    let guard = ReplayGuard::once_per_client_hello(now());
    let admit = |flight: &[u8]| {
        let mut end = End::new(Connection::server(Arc::clone(&server), after(LATER)).unwrap());
        end.deliver(flight);
        guard.admit(asked(&mut end).attempt())
    };
    assert_eq!([admit(&one), admit(&other), admit(&one)], [Ok(()), Ok(()), Err(EarlyDataRefusal::Replayed)]);
}

/// Early data that comes meanwhile is left with the caller.
#[test]
fn what_comes_meanwhile_waits() {
    let setup = Setup::new();
    let (client, server) = (setup.client().build().unwrap(), asking(&setup).build().unwrap());
    let mut pair = setup.resume_at(LATER, &client, [&server, &server]);
    pair.client.send_early(&[1; 500]);
    let mut flight = pair.client.take_output();
    let consumed = pair.server.connection.receive(&mut flight).unwrap().consumed;
    let asked = match pair.server.connection.take_operation() {
        Some(Operation::AcceptEarlyData(asked)) => asked,
        other => panic!("{other:?}"),
    };
    let mut rest = flight.split_off(consumed);
    loop {
        let received = pair.server.connection.receive(&mut rest).unwrap();
        rest.drain(..received.consumed);
        if received.consumed == 0 {
            assert_eq!(received.event, Event::OperationPending);
            break;
        }
    }
    assert!(rest.len() > 500);
    pair.server.answer(asked.accept());
    pair.server.deliver(&rest);
    assert_eq!(pair.server.received_early, [1; 500]);
}

/// The same while the configuration is chosen.
#[test]
fn what_comes_before_there_is_a_configuration_waits() {
    let setup = Setup::new();
    let (client, server) = (setup.client().build().unwrap(), setup.server().build().unwrap());
    let selecting = setup.server_without().select_config(true).build().unwrap();
    for accepted in [true, false] {
        let mut pair = setup.resume_at(LATER, &client, [&server, &selecting]);
        pair.client.send_early(b"early");
        pair.handshake();
        let Some(Operation::SelectConfig(asked)) = pair.server.operations.pop() else { panic!("not asked") };
        pair.server.answer(if accepted {
            asked.use_config(Arc::clone(&server))
        } else {
            asked.keep_config()
        });
        pair.handshake();
        match accepted {
            true => assert_accepted(&mut pair, b"early"),
            false => pair.assert_works(),
        }
    }
}
