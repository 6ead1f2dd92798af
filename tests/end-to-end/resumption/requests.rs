//! Clients that say how many tickets they want (RFC 9149).

use tests::hello::Extended;
use tests::relay::{Setup as Ends, Side};
use tests::scenario::ALL;
use tls_core::ciphersuites::ProtocolVersion;
use tls_core::{AlertDescription as Alert, HandshakeType, ServerSessionStore};

use super::stored::policy;
use super::*;
use crate::cases::{Case, number, refuse};

const TICKET_REQUEST: u16 = 58;

/// What a server gives in a full handshake, and in one that resumes.
fn given(
    client: impl Fn(ClientConfigBuilder) -> ClientConfigBuilder,
    server: impl Fn(ServerConfigBuilder) -> ServerConfigBuilder,
) -> [usize; 2] {
    let setup = Setup::new();
    [false, true].map(|resumes| {
        // Its length is what this server has given: it gives handles.
        let store = Arc::new(ServerSessionStore::new(1000));
        let keys = |builder: ServerConfigBuilder| builder.ticket_keys(Arc::clone(&setup.keys));
        if resumes {
            setup.connect(setup.client(), keys(server_builder(&setup.authority)).tickets_per_handshake(1));
        }
        let counted = server_builder(&setup.authority).session_store(Arc::clone(&store));
        let server = match resumes {
            // The session is in a sealed ticket: whoever opens it elsewhere has the key.
            true => server(counted).sessions_elsewhere(),
            false => server(counted),
        };
        let mut pair = begin_at(now(), &client(setup.client()).build().unwrap(), &server.build().unwrap());
        pair.handshake();
        while let Some(tls_core::Operation::FindSession(request)) = pair.server.operations.pop() {
            let opened = setup.keys.open(request.ticket().unwrap(), now()).unwrap();
            pair.server.answer(request.found(&opened));
            pair.handshake();
        }
        pair.assert_works();
        assert_eq!(is_resumed(&pair.client), resumes);
        while setup.store.take_session(&setup.client().build().unwrap(), &localhost(), now()).is_some() {}
        store.len()
    })
}

#[test]
fn a_client_gets_what_it_asks_for_within_bounds() {
    assert_eq!(given(|client| client, |server| server), [1, 1]);
    let asks = |new, resumed| move |client: ClientConfigBuilder| client.request_tickets(new, resumed);
    assert_eq!(given(asks(3, 1), |server| server), [3, 1]);
    assert_eq!(given(asks(0, 2), |server| server), [0, 2]);
    assert_eq!(given(asks(255, 255), |server| server), [8, 8]);
    // How many a server gives of itself is another matter; but none is none.
    assert_eq!(given(asks(2, 0), |server| server.tickets_per_handshake(5)), [2, 0]);
    assert_eq!(given(asks(2, 2), |server| server.tickets_per_handshake(0)), [0, 0]);
}

/// Ends of which the client asks, and gets a hint; and no tickets, for the server happens to have no key.
fn asking(scenario: usize) -> Ends {
    let authority = Authority::new();
    let (client, server) = ALL[scenario].builders(&authority);
    let client = client.session_store(SessionStore::new(1).into()).request_tickets(2, 1);
    Ends::new(client, server.ticket_keys(TicketKeys::manual().into()))
}

const PLAIN: usize = 0;
const RETRIED: usize = 2;
const SERVER_HELLO: usize = 1;

#[test]
fn requests_of_a_wrong_form_are_refused() {
    let cases: &[Case] = &[
        ("one count", |h| *h.body_mut(TICKET_REQUEST) = vec![1], Alert::DECODE_ERROR, "malformed"),
        ("three counts", |h| h.body_mut(TICKET_REQUEST).push(1), Alert::DECODE_ERROR, "malformed"),
        ("nothing", |h| h.body_mut(TICKET_REQUEST).clear(), Alert::DECODE_ERROR, "malformed"),
    ];
    refuse(&asking(PLAIN), 0, cases);
    let changes: &[Case] = &[
        (
            "other counts",
            |h| h.body_mut(TICKET_REQUEST)[0] = 3,
            Alert::ILLEGAL_PARAMETER,
            "illegal_parameter",
        ),
        ("none any more", |h| h.remove(TICKET_REQUEST), Alert::ILLEGAL_PARAMETER, "illegal_parameter"),
    ];
    refuse(&asking(RETRIED), 2, changes);
}

/// How many tickets there will be is said in EncryptedExtensions, to those who asked, and nowhere else.
#[test]
fn hints_are_where_they_belong() {
    for scenario in [PLAIN, RETRIED] {
        let ends = asking(scenario);
        let hello = number(&ends, Side::Server, HandshakeType::ENCRYPTED_EXTENSIONS);
        let encrypted = Extended::parse(&ends.messages()[hello].content);
        assert!(encrypted.extensions.contains(&(TICKET_REQUEST, vec![2])), "{encrypted:?}");
        let cases: &[Case] = &[
            ("no count", |h| h.body_mut(TICKET_REQUEST).clear(), Alert::DECODE_ERROR, "malformed"),
            ("two counts", |h| h.body_mut(TICKET_REQUEST).push(1), Alert::DECODE_ERROR, "malformed"),
        ];
        refuse(&ends, hello, cases);
        // In a ServerHello or a HelloRetryRequest it is out of place.
        let add = |h: &mut Extended| h.push(TICKET_REQUEST, &[2]);
        let cases: &[Case] = &[("a hint", add, Alert::ILLEGAL_PARAMETER, "misplaced_extension")];
        refuse(&ends, SERVER_HELLO, cases);
    }
    let ends = ALL[PLAIN].setup();
    let hello = number(&ends, Side::Server, HandshakeType::ENCRYPTED_EXTENSIONS);
    let add = |h: &mut Extended| h.push(TICKET_REQUEST, &[2]);
    let cases: &[Case] = &[("a hint", add, Alert::UNSUPPORTED_EXTENSION, "unsolicited_extension")];
    refuse(&ends, hello, cases);
}

/// Who keeps no sessions asks for no tickets, nor does who has no TLS 1.3.
#[test]
fn only_those_ask_who_have_a_use() {
    let setup = Setup::new();
    let asks = |client: ClientConfigBuilder| {
        let client = client.request_tickets(2, 1).build().unwrap();
        let mut end = End::new(Connection::client(client, localhost(), now()).unwrap());
        let hello = Extended::parse(&end.take_output()[5..]);
        hello.extensions.iter().any(|(extension, _)| *extension == TICKET_REQUEST)
    };
    assert!(asks(setup.client()));
    assert!(!asks(client_builder(&setup.authority)));
    assert!(!asks(setup.client().policy(policy(ProtocolVersion::TLS1_2))));
}
