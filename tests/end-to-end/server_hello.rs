//! ServerHellos and HelloRetryRequests that a client must refuse (RFC 9846 §4.2.3, §4.2.4).

use tests::hello::Extended;
use tests::relay::{Piece, Side};
use tests::scenario::ALL;
use tls_core::{AlertDescription as Alert, HandshakeType};

use crate::cases::{Case, ext, refuse, refuse_altered};

const P256: &[u8] = &[0, 0x17];

fn suite(hello: &mut Extended, low: u8) {
    let at = hello.suites_at();
    hello.prefix[at + 1] = low;
}

/// What holds for both.
const COMMON: &[Case] = &[
    ("legacy_version 1.1", |h| h.prefix[1] = 2, Alert::PROTOCOL_VERSION, "wrong_legacy_version"),
    ("legacy_version 1.3", |h| h.prefix[1] = 4, Alert::PROTOCOL_VERSION, "wrong_legacy_version"),
    ("another session id", |h| h.prefix[40] ^= 1, Alert::ILLEGAL_PARAMETER, "illegal_parameter"),
    (
        "no session id",
        |h| {
            h.prefix.drain(35..67);
            h.prefix[34] = 0;
        },
        Alert::ILLEGAL_PARAMETER,
        "illegal_parameter",
    ),
    ("a suite that was not offered", |h| suite(h, 4), Alert::ILLEGAL_PARAMETER, "wrong_cipher_suite"),
    ("compression", |h| *h.prefix.last_mut().unwrap() = 1, Alert::ILLEGAL_PARAMETER, "illegal_parameter"),
    (
        "TLS 1.2 by supported_versions",
        |h| *h.body_mut(ext::SUPPORTED_VERSIONS) = vec![3, 3],
        Alert::ILLEGAL_PARAMETER,
        "illegal_parameter",
    ),
    (
        "a version that was not offered",
        |h| *h.body_mut(ext::SUPPORTED_VERSIONS) = vec![3, 5],
        Alert::ILLEGAL_PARAMETER,
        "illegal_parameter",
    ),
    (
        "bytes behind the version",
        |h| h.body_mut(ext::SUPPORTED_VERSIONS).push(0),
        Alert::DECODE_ERROR,
        "malformed",
    ),
    ("bytes behind the share", |h| h.body_mut(ext::KEY_SHARE).push(0), Alert::DECODE_ERROR, "malformed"),
    (
        "an unknown extension",
        |h| h.push(ext::UNKNOWN, &[]),
        Alert::UNSUPPORTED_EXTENSION,
        "unsolicited_extension",
    ),
    (
        "a PSK that was not offered",
        |h| h.push(ext::PRE_SHARED_KEY, &[0, 0]),
        Alert::UNSUPPORTED_EXTENSION,
        "unsolicited_extension",
    ),
    (
        "an extension of another message",
        |h| h.push(ext::ALPN, &[0, 3, 2, b'h', b'2']),
        Alert::ILLEGAL_PARAMETER,
        "misplaced_extension",
    ),
    (
        "an extension twice",
        |h| h.push(ext::SUPPORTED_VERSIONS, &[3, 4]),
        Alert::ILLEGAL_PARAMETER,
        "duplicate_extension",
    ),
];

//= 9846:4.2.3 legacy-version-checked
//= 9846:4.2.3 session-id-echo
//= 9846:4.2.3 suite-offered
//= 9846:4.2.3 compression-checked
//= 9846:4.2.3 random-first
//= 9846:4.2.4 fields-checked
//= 9846:4.3 unsolicited
//= 9846:4.3 misplaced
//= 9846:4.3.1 looked-at-first
//= 9846:4.3.1 answer-checked
//= 9846:6.2 named-alert
#[test]
fn what_holds_for_every_server_hello() {
    refuse(&ALL[0].setup(), 1, COMMON);
    let retried = ALL[2].setup();
    refuse(&retried, 1, COMMON);
    refuse(&retried, 3, COMMON);
}

//= 9846:E.1 unsupported-version
#[test]
fn an_older_version() {
    let drop: fn(&mut Extended) = |hello| hello.remove(ext::SUPPORTED_VERSIONS);
    let older = ("no version", drop, Alert::PROTOCOL_VERSION, "no_common_version");
    refuse(&ALL[0].setup(), 1, &[older]);
    refuse(&ALL[2].setup(), 1, &[older]);
    let changed = ("another version than the retry", drop, Alert::ILLEGAL_PARAMETER, "illegal_parameter");
    refuse(&ALL[2].setup(), 3, &[changed]);
}

//= 9846:6 semantics
//= 9846:7.4.2 all-zero
#[test]
fn the_share() {
    let cases: &[Case] = &[
        ("no share", |h| h.remove(ext::KEY_SHARE), Alert::MISSING_EXTENSION, "missing_extension"),
        (
            "a group without a share of ours",
            |h| h.body_mut(ext::KEY_SHARE)[..2].copy_from_slice(P256),
            Alert::ILLEGAL_PARAMETER,
            "wrong_group",
        ),
        (
            "a group that was not offered",
            |h| h.body_mut(ext::KEY_SHARE)[..2].copy_from_slice(&[0, 0x18]),
            Alert::ILLEGAL_PARAMETER,
            "wrong_group",
        ),
        (
            "a share of 31 bytes",
            |h| {
                let share = h.body_mut(ext::KEY_SHARE);
                share.pop();
                share[3] = 31;
            },
            Alert::ILLEGAL_PARAMETER,
            "invalid_key_share",
        ),
        (
            "a share that leads to an all-zero secret",
            |h| h.body_mut(ext::KEY_SHARE)[4..].fill(0),
            Alert::ILLEGAL_PARAMETER,
            "invalid_key_share",
        ),
        (
            "an empty share",
            |h| *h.body_mut(ext::KEY_SHARE) = vec![0, 0x1d, 0, 0],
            Alert::DECODE_ERROR,
            "malformed",
        ),
        (
            "a cookie",
            |h| h.push(ext::COOKIE, &[0, 1, 1]),
            Alert::UNSUPPORTED_EXTENSION,
            "unsolicited_extension",
        ),
    ];
    refuse(&ALL[0].setup(), 1, cases);
    refuse(&ALL[2].setup(), 3, cases);
}

//= 9846:4.2.4 changes-nothing
//= 9846:4.3.8 retry-group
#[test]
fn what_a_retry_asks_for() {
    let cases: &[Case] = &[
        (
            "a group that was not offered",
            |h| *h.body_mut(ext::KEY_SHARE) = vec![0, 0x18],
            Alert::ILLEGAL_PARAMETER,
            "wrong_group",
        ),
        (
            "a group whose share is there",
            |h| *h.body_mut(ext::KEY_SHARE) = P256.to_vec(),
            Alert::ILLEGAL_PARAMETER,
            "wrong_group",
        ),
        (
            "nothing",
            |h| {
                h.remove(ext::KEY_SHARE);
                h.remove(ext::COOKIE);
            },
            Alert::ILLEGAL_PARAMETER,
            "illegal_parameter",
        ),
        ("an empty cookie", |h| *h.body_mut(ext::COOKIE) = vec![0, 0], Alert::DECODE_ERROR, "malformed"),
    ];
    refuse(&ALL[2].setup(), 1, cases);
}

//= 9846:4.2.4 second
#[test]
fn a_second_retry() {
    let setup = ALL[2].setup();
    let retry = setup.messages()[1].content.clone();
    let again = |piece: &Piece| {
        // The session id is this connection's.
        let mut retry = retry.clone();
        retry[39..71].copy_from_slice(&piece.content[39..71]);
        vec![piece.with(retry)]
    };
    let code = "second_hello_retry_request";
    refuse_altered(&setup, 3, "a second retry", again, Alert::UNEXPECTED_MESSAGE, code);
}

//= 9846:4.2.4 same-suite-checked
#[test]
fn another_suite_than_the_retry() {
    let setup = ALL[2].setup();
    let other = |piece: &Piece| {
        let mut hello = Extended::parse(&piece.content);
        suite(&mut hello, 2);
        vec![piece.with(hello.bytes())]
    };
    refuse_altered(&setup, 3, "another suite", other, Alert::ILLEGAL_PARAMETER, "wrong_cipher_suite");
    // The retry altered instead: the ServerHello is the one that differs.
    let mut relay = setup.relay();
    relay.run_changing(1, other);
    relay.assert_refused(Side::Client, Alert::ILLEGAL_PARAMETER, "another suite in the retry");
}

//= 9846:4.2.4 followed
//= 9846:4.3.2 copied
#[test]
fn a_retry_for_a_cookie_alone_is_followed() {
    let setup = ALL[2].setup();
    let mut relay = setup.relay();
    let mut hellos = Vec::new();
    relay.run(|piece| {
        if piece.message_type() == Some(HandshakeType::CLIENT_HELLO) {
            hellos.push(Extended::parse(&piece.content));
        }
        if !piece.is_retry() {
            return vec![piece.clone()];
        }
        let mut retry = Extended::parse(&piece.content);
        retry.remove(ext::KEY_SHARE);
        vec![piece.with(retry.bytes())]
    });
    let [mut first, mut second] = <[Extended; 2]>::try_from(hellos).unwrap();
    assert_eq!(first.body_mut(ext::KEY_SHARE), second.body_mut(ext::KEY_SHARE));
    assert_eq!(second.body_mut(ext::COOKIE).len(), 2 + 32);
    second.remove(ext::COOKIE);
    assert_eq!(first, second);
    // That is not what this server had asked for.
    relay.assert_refused(Side::Server, Alert::ILLEGAL_PARAMETER, "no new share");
}
