//! Peers that get resumption wrong: each mistake has its alert, and none leads to a connection.

use tests::hello::{Extended, message};
use tests::relay::{Piece, Side, content_type};
use tests::scenario::ALL;
use tls_core::{AlertDescription as Alert, HandshakeType};

use crate::cases::{Case, ext, number, refuse, refuse_altered};

/// Indices of [`ALL`].
const PLAIN: usize = 0;
const RETRIED: usize = 2;
const RESUMED: usize = 6;
const RESUMED_RETRIED: usize = 7;
const RESUMED_TLS12: usize = 8;

const FIRST_HELLO: usize = 0;
const SERVER_HELLO: usize = 1;
const SECOND_HELLO: usize = 2;

/// A binder: its length, and nothing that would verify.
const BINDER: [u8; 33] = [32; 33];

/// An identity of one byte, and its age.
const IDENTITY: [u8; 7] = [0, 1, 9, 0, 0, 0, 0];

fn offer(identities: &[u8], binders: &[u8]) -> Vec<u8> {
    let len = |list: &[u8]| u16::try_from(list.len()).unwrap().to_be_bytes();
    [&len(identities)[..], identities, &len(binders), binders].concat()
}

fn put_first(hello: &mut Extended) {
    let last = hello.extensions.pop().unwrap();
    hello.extensions.insert(0, last);
}

/// What has a wrong form in a ClientHello, the first or the second.
const FORMS: [Case; 12] = [
    ("not the last extension", put_first, Alert::ILLEGAL_PARAMETER, "illegal_parameter"),
    ("no modes", |h| h.remove(ext::PSK_KEY_EXCHANGE_MODES), Alert::MISSING_EXTENSION, "missing_extension"),
    (
        "an identity more than binders",
        |h| *h.body_mut(ext::PRE_SHARED_KEY) = offer(&IDENTITY.repeat(2), &BINDER),
        Alert::ILLEGAL_PARAMETER,
        "illegal_parameter",
    ),
    (
        "a binder more than identities",
        |h| *h.body_mut(ext::PRE_SHARED_KEY) = offer(&IDENTITY, &BINDER.repeat(2)),
        Alert::ILLEGAL_PARAMETER,
        "illegal_parameter",
    ),
    (
        "no identities",
        |h| *h.body_mut(ext::PRE_SHARED_KEY) = offer(&[], &BINDER),
        Alert::DECODE_ERROR,
        "malformed",
    ),
    (
        "no binders",
        |h| *h.body_mut(ext::PRE_SHARED_KEY) = offer(&IDENTITY, &[]),
        Alert::DECODE_ERROR,
        "malformed",
    ),
    (
        "an empty identity",
        |h| *h.body_mut(ext::PRE_SHARED_KEY) = offer(&[0; 6], &BINDER),
        Alert::DECODE_ERROR,
        "malformed",
    ),
    (
        "an identity without its age",
        |h| *h.body_mut(ext::PRE_SHARED_KEY) = offer(&IDENTITY[..5], &BINDER),
        Alert::DECODE_ERROR,
        "malformed",
    ),
    (
        "a binder that is too short",
        |h| *h.body_mut(ext::PRE_SHARED_KEY) = offer(&IDENTITY, &[&[31], &BINDER[..31]].concat()),
        Alert::DECODE_ERROR,
        "malformed",
    ),
    (
        "a binder that is cut off",
        |h| *h.body_mut(ext::PRE_SHARED_KEY) = offer(&IDENTITY, &BINDER[..32]),
        Alert::DECODE_ERROR,
        "malformed",
    ),
    ("a byte more", |h| h.body_mut(ext::PRE_SHARED_KEY).push(0), Alert::DECODE_ERROR, "malformed"),
    ("nothing at all", |h| h.body_mut(ext::PRE_SHARED_KEY).clear(), Alert::DECODE_ERROR, "malformed"),
];

//= 9846:4.3.9 missing
//= 9846:4.3.11 last-checked
#[test]
fn offers_of_a_wrong_form() {
    refuse(&ALL[RESUMED].setup(), FIRST_HELLO, &FORMS);
    // A server that asks for another share has looked at the rest of the first ClientHello.
    let setup = ALL[RESUMED_RETRIED].setup();
    refuse(&setup, FIRST_HELLO, &FORMS[..2]);
    let is_changed_elsewhere = |case: &&Case| case.0 == "no modes";
    let forms: Vec<Case> = FORMS.iter().filter(|case| !is_changed_elsewhere(case)).copied().collect();
    refuse(&setup, SECOND_HELLO, &forms);
}

#[test]
fn second_client_hellos_with_other_sessions() {
    let wrong = |h: &mut Extended| *h.body_mut(ext::PRE_SHARED_KEY).last_mut().unwrap() ^= 1;
    let cases: &[Case] = &[("another binder", wrong, Alert::DECRYPT_ERROR, "bad_binder")];
    refuse(&ALL[RESUMED_RETRIED].setup(), SECOND_HELLO, cases);
    let added = |h: &mut Extended| {
        h.push(ext::PSK_KEY_EXCHANGE_MODES, &[1, 1]);
        h.push(ext::PRE_SHARED_KEY, &offer(&IDENTITY, &BINDER));
    };
    let cases: &[Case] = &[("a session", added, Alert::ILLEGAL_PARAMETER, "illegal_parameter")];
    refuse(&ALL[RETRIED].setup(), SECOND_HELLO, cases);
}

/// Left out of the second ClientHello, the session is not resumed. The server goes on; its signature is over what it
/// heard, and so the client knows.
#[test]
fn a_second_client_hello_without_its_session() {
    let setup = ALL[RESUMED_RETRIED].setup();
    let mut relay = setup.relay();
    relay.run_changing(SECOND_HELLO, |piece| {
        let mut hello = Extended::parse(&piece.content);
        hello.remove(ext::PRE_SHARED_KEY);
        vec![piece.with(hello.bytes())]
    });
    relay.assert_refused(Side::Client, Alert::DECRYPT_ERROR, "a session that got lost");
}

/// The same in the first, and a client that would resume without a key exchange.
//= 9846:4.2.1 psk-mode
#[test]
fn what_cannot_be_resumed_is_a_full_handshake() {
    let alterations: [fn(&mut Extended); 3] = [
        |h| h.remove(ext::PRE_SHARED_KEY),
        |h| *h.body_mut(ext::PSK_KEY_EXCHANGE_MODES) = vec![1, 0],
        // A server tries the first few.
        |h| *h.body_mut(ext::PRE_SHARED_KEY) = offer(&IDENTITY.repeat(1000), &BINDER.repeat(1000)),
    ];
    let setup = ALL[RESUMED].setup();
    for (index, alter) in alterations.into_iter().enumerate() {
        let mut relay = setup.relay();
        relay.run_changing(FIRST_HELLO, |piece| {
            let mut hello = Extended::parse(&piece.content);
            alter(&mut hello);
            vec![piece.with(hello.bytes())]
        });
        relay.assert_refused(Side::Client, Alert::DECRYPT_ERROR, &format!("alteration {index}"));
    }
}

//= 9846:4.3.9 psk-dhe-ke
//= 9846:4.3.11 compatible
//= 9846:4.3.11 selection-checked
#[test]
fn servers_that_choose_what_was_not_offered() {
    let cases: &[Case] = &[
        (
            "another identity",
            |h| *h.body_mut(ext::PRE_SHARED_KEY) = vec![0, 1],
            Alert::ILLEGAL_PARAMETER,
            "illegal_parameter",
        ),
        (
            "the last identity",
            |h| *h.body_mut(ext::PRE_SHARED_KEY) = vec![0xff, 0xff],
            Alert::ILLEGAL_PARAMETER,
            "illegal_parameter",
        ),
        (
            "half an identity",
            |h| *h.body_mut(ext::PRE_SHARED_KEY) = vec![0],
            Alert::DECODE_ERROR,
            "malformed",
        ),
        (
            "one and a half",
            |h| *h.body_mut(ext::PRE_SHARED_KEY) = vec![0, 0, 0],
            Alert::DECODE_ERROR,
            "malformed",
        ),
        ("no key exchange", |h| h.remove(ext::KEY_SHARE), Alert::MISSING_EXTENSION, "missing_extension"),
    ];
    let setup = ALL[RESUMED].setup();
    refuse(&setup, SERVER_HELLO, cases);
    let suite = |h: &mut Extended, suite: [u8; 2]| {
        let at = h.prefix.len() - 3;
        h.prefix[at..at + 2].copy_from_slice(&suite);
    };
    let hello = Extended::parse(&setup.messages()[SERVER_HELLO].content);
    let is_sha384 = hello.prefix[hello.prefix.len() - 3..].starts_with(&[0x13, 0x02]);
    let other = if is_sha384 { [0x13, 0x01] } else { [0x13, 0x02] };
    let alter = |piece: &Piece| {
        let mut hello = Extended::parse(&piece.content);
        suite(&mut hello, other);
        vec![piece.with(hello.bytes())]
    };
    let alert = Alert::ILLEGAL_PARAMETER;
    refuse_altered(&setup, SERVER_HELLO, "another hash", alter, alert, "illegal_parameter");
    let choose = |h: &mut Extended| h.push(ext::PRE_SHARED_KEY, &[0, 0]);
    let cases: &[Case] = &[("a session", choose, Alert::UNSUPPORTED_EXTENSION, "unsolicited_extension")];
    refuse(&ALL[PLAIN].setup(), SERVER_HELLO, cases);
    let cases: &[Case] = &[("a session", choose, Alert::ILLEGAL_PARAMETER, "misplaced_extension")];
    refuse(&ALL[RESUMED_RETRIED].setup(), SERVER_HELLO, cases);
}

/// Who resumes proves itself by the session, and asks for no other proof.
//= 9846:4.4.2 not-with-resumption
#[test]
fn certificates_in_a_resumed_handshake() {
    let request = message(13, &[0, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3]);
    let certificate = message(11, &[0, 0, 0, 0]);
    let verify = message(15, &[4, 3, 0, 1, 0]);
    for inserted in [request, certificate, verify] {
        for (scenario, before) in [
            (RESUMED, HandshakeType::FINISHED),
            (RESUMED_RETRIED, HandshakeType::FINISHED),
            (RESUMED_TLS12, HandshakeType::NEW_SESSION_TICKET),
        ] {
            let setup = ALL[scenario].setup();
            let number = number(&setup, Side::Server, before);
            let insert = |piece: &Piece| vec![piece.with(inserted.clone()), piece.clone()];
            let what = format!("{:?}: type {}", ALL[scenario], inserted[0]);
            refuse_altered(&setup, number, &what, insert, Alert::UNEXPECTED_MESSAGE, "unexpected_message");
        }
    }
}

fn ticket(lifetime: u32, ticket: &[u8], extensions: &[u8]) -> Vec<u8> {
    let len = |list: &[u8]| u16::try_from(list.len()).unwrap().to_be_bytes();
    let head = [&lifetime.to_be_bytes()[..], &[1, 2, 3, 4], &[1, 0]].concat();
    message(4, &[&head[..], &len(ticket), ticket, &len(extensions), extensions].concat())
}

//= 9846:4.7.1 seven-days-client
#[test]
fn malformed_tickets() {
    let whole = ticket(9, &[7; 20], &[]);
    let mut longer = whole.clone();
    longer.push(0);
    longer[3] += 1;
    let mut shorter = whole.clone();
    shorter.pop();
    shorter[3] -= 1;
    for (what, bytes, alert) in [
        ("no ticket", ticket(9, &[], &[]), Alert::DECODE_ERROR),
        ("a byte more", longer, Alert::DECODE_ERROR),
        ("a byte less", shorter, Alert::DECODE_ERROR),
        ("half an extension", ticket(9, &[7], &[0, 42, 0]), Alert::DECODE_ERROR),
        ("twice an extension", ticket(9, &[7], &[0xfe, 0, 0, 0].repeat(2)), Alert::ILLEGAL_PARAMETER),
        ("more than a week", ticket(604_801, &[7], &[]), Alert::ILLEGAL_PARAMETER),
    ] {
        let (mut pair, mut keys) = ALL[RESUMED].setup().established(Side::Server);
        pair.client.deliver(&keys.seal(content_type::HANDSHAKE, &bytes));
        let error = pair.client.error.as_ref().unwrap_or_else(|| panic!("{what}: no error"));
        assert_eq!(error.alert_sent(), Some(alert), "{what}: {error}");
    }
}

/// A client keeps a few of them, derives keys for no more than that, and goes on.
#[test]
fn floods_of_tickets() {
    let setup = ALL[RESUMED].setup();
    let (mut pair, mut keys) = setup.established(Side::Server);
    let store = &setup.session.as_ref().unwrap().0;
    assert!(store.is_empty());
    for number in 0..1000_u32 {
        let bytes = ticket(9, &number.to_be_bytes(), &[0xfe, 0, 0, 0]);
        pair.client.deliver(&keys.seal(content_type::HANDSHAKE, &bytes));
    }
    pair.client.deliver(&keys.seal(content_type::APPLICATION_DATA, b"after it"));
    assert_eq!(pair.client.error, None);
    assert_eq!(pair.client.received, b"after it");
    assert_eq!(store.len(), 4);
    // A ticket of no lifetime is one not to be kept.
    let (mut pair, mut keys) = setup.established(Side::Server);
    pair.client.deliver(&keys.seal(content_type::HANDSHAKE, &ticket(0, &[7], &[])));
    assert!(pair.client.error.is_none() && store.is_empty());
}
