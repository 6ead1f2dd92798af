//! What holds while a connection waits for its caller.

use tls_core::{AlertDescription, Answer, Connection, Event};

use super::*;

/// A server that waits for its signature, and what it asked.
fn waiting(version: ProtocolVersion) -> (Pair, Sign, Split) {
    let authority = Authority::new();
    let server = Split::new(authority.localhost());
    let (client, config) = configs(version, &authority, server.identity());
    let mut pair = Pair::new(&client, &config);
    run(&mut pair);
    let sign = take_sign(&mut pair.server);
    (pair, sign, server)
}

fn right(sign: Sign, split: &Split) -> Answer {
    let signature = split.signature(sign.request());
    sign.answer(Ok(signature))
}

#[test]
fn an_operation_is_given_out_once() {
    for version in BOTH {
        let (mut pair, sign, split) = waiting(version);
        assert!(pair.server.connection.take_operation().is_none());
        pair.server.answer(right(sign, &split));
        assert!(pair.server.connection.take_operation().is_none());
        run(&mut pair);
        pair.assert_works();
    }
}

#[test]
fn answers_that_nobody_awaits_are_ignored_and_counted() {
    for version in BOTH {
        let (mut pair, sign, split) = waiting(version);
        let (_other, foreign, foreign_split) = waiting(version);
        let foreign = right(foreign, &foreign_split);
        assert_eq!(pair.server.connection.answer(foreign.clone()), Ok(Event::NeedsInput));
        assert_eq!(pair.server.connection.ignored_answers(), 1);
        assert_eq!(pair.server.take_output(), []);
        let answer = right(sign, &split);
        pair.server.answer(answer.clone());
        assert_eq!(pair.server.connection.ignored_answers(), 1);
        pair.server.answer(answer.clone());
        run(&mut pair);
        pair.server.answer(answer.clone());
        pair.server.answer(foreign);
        assert_eq!(pair.server.connection.ignored_answers(), 4);
        pair.assert_works();
        // After a failure, too.
        pair.server.connection.abort(AlertDescription::INTERNAL_ERROR);
        pair.server.take_output();
        assert_eq!(pair.server.connection.answer(answer), Ok(Event::NeedsInput));
        assert_eq!((pair.server.connection.ignored_answers(), pair.server.take_output()), (5, vec![]));
    }
}

#[test]
fn a_client_that_goes_is_noticed() {
    for version in BOTH {
        let (mut pair, sign, split) = waiting(version);
        pair.client.connection.abort(AlertDescription::INTERNAL_ERROR);
        let alert = pair.client.take_output();
        pair.server.deliver(&alert);
        assert_eq!(pair.server.error.as_ref().unwrap().code(), "alert_received");
        assert_eq!(pair.server.connection.answer(right(sign, &split)), Ok(Event::NeedsInput));
        assert_eq!(pair.server.take_output(), []);

        let (pair, ..) = waiting(version);
        let mut server = pair.server;
        assert_eq!(server.connection.receive_eof().unwrap_err().code(), "truncated");
    }
}

#[test]
fn a_connection_can_be_dropped_with_its_operation_outstanding() {
    for version in BOTH {
        let (pair, sign, split) = waiting(version);
        drop(pair);
        let (mut pair, ..) = waiting(version);
        assert_eq!(pair.server.connection.answer(right(sign, &split)), Ok(Event::NeedsInput));
    }
}

/// A client that signs has read the server's Finished already: what the server sends next is data for after the
/// handshake, and waits in the caller's hands.
#[test]
fn data_that_follows_the_servers_flight_waits_for_the_clients_signature() {
    let authority = Authority::new();
    let client = Split::new(authority.localhost());
    let server = server_builder(&authority)
        .client_authentication(ClientAuthentication::Optional(authority.roots()))
        .build()
        .unwrap();
    let config = client_builder(&authority).identity(client.identity()).build().unwrap();
    let mut pair = Pair::new(&config, &server);
    run(&mut pair);
    let sign = take_sign(&mut pair.client);
    // Whatever it is: it cannot be told before it is opened, and it is not opened before the handshake is done.
    let record = [&[23, 3, 3, 0, 40][..], &[0; 40]].concat();
    pair.client.deliver(&record);
    assert_eq!((pair.client.input.len(), &pair.client.error), (record.len(), &None));
    assert_eq!(
        pair.client
            .connection
            .receive(&mut record.clone())
            .map(|received| (received.consumed, received.event)),
        Ok((0, Event::OperationPending))
    );
    pair.client.input.clear();
    pair.client.answer(right(sign, &client));
    run(&mut pair);
    pair.assert_works();
}

/// Without keys anyone can send; what is kept of it is bounded.
#[test]
fn what_a_peer_sends_meanwhile_is_bounded() {
    let authority = Authority::new();
    let server = Split::new(authority.localhost());
    let (client, config) = configs(ProtocolVersion::TLS1_2, &authority, server.identity());
    let mut pair = Pair::new(&client, &config);
    run(&mut pair);
    let sign = take_sign(&mut pair.server);
    // ClientKeyExchange comes before its time: TLS 1.2 protects nothing yet.
    let message = [&[16, 0, 0x3f, 0xf0][..], &[7; 0x3ff0]].concat();
    let record = [&[22, 3, 3, 0x3f, 0xf4][..], &message].concat();
    let mut taken = 0;
    for _ in 0..100 {
        let received = pair.server.connection.receive(&mut record.clone()).unwrap();
        taken += received.consumed;
        if received.consumed == 0 {
            assert_eq!(received.event, Event::OperationPending);
        }
    }
    assert!((1..=2 * record.len()).contains(&taken), "{taken} bytes were taken");
    let answer = right(sign, &server);
    assert_eq!(pair.server.connection.answer(answer).unwrap_err().code(), "malformed");
}

#[test]
fn a_closing_caller_is_not_kept() {
    for version in BOTH {
        let (mut pair, sign, split) = waiting(version);
        pair.server.connection.close();
        let output = pair.server.take_output();
        assert!(!output.is_empty());
        assert_eq!(pair.server.connection.answer(right(sign, &split)), Ok(Event::NeedsInput));
        pair.client.deliver(&output);
        assert_eq!(pair.client.error.as_ref().unwrap().code(), "alert_received");
    }
}

/// Nothing of a connection is tied to a thread, nor is what it asks.
#[test]
fn operations_travel() {
    fn travels<T: Send + Sync + 'static>() {}
    travels::<Connection>();
    travels::<Operation>();
    travels::<Answer>();
}
