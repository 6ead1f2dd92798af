//! Early data that a server does not accept (RFC 9846 §4.3.10): read past, but not for ever.

use tests::authority::Authority;
use tests::hello::Extended;
use tests::pair::Pair;
use tests::relay::{Setup, content_type, record, records};
use tests::scenario::{ALL, Scenario};
use tls_core::{AlertDescription as Alert, EarlyDataAcceptance, TicketKeys};

use crate::cases::ext;

/// A server that has read a first ClientHello, with or without early data announced.
fn server_after_hello(scenario: Scenario, announced: bool) -> Pair {
    after_hello(&scenario.setup(), announced)
}

fn after_hello(setup: &Setup, announced: bool) -> Pair {
    let mut pair = setup.pair();
    let wire = pair.client.take_output();
    let mut hello = Extended::parse(&records(&wire)[0][5..]);
    if announced {
        hello.push(ext::EARLY_DATA, &[]);
    }
    pair.server.deliver(&record(content_type::HANDSHAKE, &hello.bytes()));
    assert_eq!(pair.server.error, None);
    pair
}

//= 9846:4.3.10 three-ways
#[test]
fn is_read_past_if_it_was_announced() {
    for scenario in [ALL[0], ALL[2]] {
        let mut pair = server_after_hello(scenario, true);
        for len in [1, 17, 100, 5000] {
            pair.server.deliver(&record(content_type::APPLICATION_DATA, &vec![9; len]));
        }
        assert_eq!((&pair.server.error, pair.server.received.len()), (&None, 0), "{scenario:?}");
        pair.server.deliver(&record(content_type::CHANGE_CIPHER_SPEC, &[1]));
        assert_eq!(pair.server.error, None);
    }
}

#[test]
fn is_refused_if_it_was_not_announced() {
    for (scenario, alert) in [(ALL[0], Alert::BAD_RECORD_MAC), (ALL[2], Alert::UNEXPECTED_MESSAGE)] {
        let mut pair = server_after_hello(scenario, false);
        pair.server.deliver(&record(content_type::APPLICATION_DATA, &[9; 100]));
        assert_eq!(pair.server.error.as_ref().unwrap().alert_sent(), Some(alert));
    }
}

//= 9846:4.3.10 three-ways
#[test]
fn ends_at_a_bound_however_it_is_cut() {
    for (max_size, bound) in [(0, 1 << 14), (100, 1 << 14), (50_000, 100_000)] {
        for (scenario, len) in
            [ALL[0], ALL[2]].into_iter().flat_map(|s| [0, 1, 1000, 1 << 14].map(|len| (s, len)))
        {
            let (client, server) = scenario.builders(&Authority::new());
            let server = server.ticket_keys(TicketKeys::rotating().into());
            let setup = Setup::new(client, server.early_data(max_size, EarlyDataAcceptance::Asked));
            let mut pair = after_hello(&setup, true);
            let mut read = 0;
            while pair.server.error.is_none() {
                pair.server.deliver(&record(content_type::APPLICATION_DATA, &vec![9; len]));
                read += len + 5;
                assert!(read <= bound + len + 5, "{scenario:?}: {read} bytes");
            }
            assert!(read > bound, "{scenario:?}: no more than {read} bytes");
            let error = pair.server.error.as_ref().unwrap();
            assert_eq!((error.code(), error.alert_sent()), ("too_many", Some(Alert::UNEXPECTED_MESSAGE)));
        }
    }
}
