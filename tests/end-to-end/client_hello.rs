//! ClientHellos that a server must refuse (RFC 9846 §4.2.2, §9.2).

use tests::hello::Extended;
use tests::scenario::ALL;
use tls_core::AlertDescription as Alert;

use crate::cases::{Case, ext, refuse};

//= 9846:4.2.2 legacy-version-checked
//= 9846:4.2.2 compression-checked
//= 9846:6.2 named-alert
#[test]
fn fields() {
    let cases: &[Case] = &[
        ("legacy_version 1.1", |h| h.prefix[1] = 2, Alert::PROTOCOL_VERSION, "wrong_legacy_version"),
        ("legacy_version 1.3", |h| h.prefix[1] = 4, Alert::PROTOCOL_VERSION, "wrong_legacy_version"),
        (
            "a session id of 33 bytes",
            |h| {
                h.prefix[34] = 33;
                h.prefix.insert(35, 0);
            },
            Alert::DECODE_ERROR,
            "malformed",
        ),
        ("no suites", |h| h.set_suites(&[]), Alert::DECODE_ERROR, "malformed"),
        ("half a suite", |h| h.set_suites(&[0x13, 1, 0x13]), Alert::DECODE_ERROR, "malformed"),
        (
            "unknown suites",
            |h| h.set_suites(&[0x13, 4, 0xc0, 0x2b]),
            Alert::HANDSHAKE_FAILURE,
            "no_common_cipher_suite",
        ),
        ("no compression method", |h| h.set_compression(&[]), Alert::DECODE_ERROR, "malformed"),
        ("compression", |h| h.set_compression(&[1, 0]), Alert::ILLEGAL_PARAMETER, "illegal_parameter"),
        ("only compression", |h| h.set_compression(&[1]), Alert::ILLEGAL_PARAMETER, "illegal_parameter"),
    ];
    refuse(&ALL[0].setup(), 0, cases);
}

//= 9846:4.3.3 missing
//= 9846:4.3.9 missing
//= 9846:4.3.11 last-checked
//= 9846:9.2 complete-checked
#[test]
fn missing_extensions() {
    let cases: &[Case] = &[
        ("no versions", |h| h.remove(ext::SUPPORTED_VERSIONS), Alert::PROTOCOL_VERSION, "no_common_version"),
        ("no groups", |h| h.remove(ext::SUPPORTED_GROUPS), Alert::MISSING_EXTENSION, "missing_extension"),
        ("no shares", |h| h.remove(ext::KEY_SHARE), Alert::MISSING_EXTENSION, "missing_extension"),
        (
            "no schemes",
            |h| h.remove(ext::SIGNATURE_ALGORITHMS),
            Alert::MISSING_EXTENSION,
            "missing_extension",
        ),
        ("nothing", |h| h.extensions.clear(), Alert::PROTOCOL_VERSION, "no_common_version"),
        (
            "a PSK without its modes",
            |h| h.push(ext::PRE_SHARED_KEY, &[]),
            Alert::MISSING_EXTENSION,
            "missing_extension",
        ),
        (
            "a PSK before another extension",
            |h| {
                h.push(ext::PRE_SHARED_KEY, &[]);
                h.push(ext::PSK_KEY_EXCHANGE_MODES, &[1, 1]);
            },
            Alert::ILLEGAL_PARAMETER,
            "illegal_parameter",
        ),
    ];
    refuse(&ALL[0].setup(), 0, cases);
}

//= 9846:4.2.1 no-common-group
//= 9846:4.3.8 server-share
//= 9846:4.5.2 scheme-server
#[test]
fn values_of_extensions() {
    let cases: &[Case] = &[
        (
            "only TLS 1.2",
            |h| h.set(ext::SUPPORTED_VERSIONS, &[2, 3, 3]),
            Alert::PROTOCOL_VERSION,
            "no_common_version",
        ),
        ("no version", |h| h.set(ext::SUPPORTED_VERSIONS, &[0]), Alert::DECODE_ERROR, "malformed"),
        (
            "unknown groups",
            |h| {
                h.set(ext::SUPPORTED_GROUPS, &[0, 4, 0, 0x19, 0xfe, 0]);
                h.set(ext::KEY_SHARE, &[0, 0]);
            },
            Alert::HANDSHAKE_FAILURE,
            "no_common_group",
        ),
        (
            "a share outside of the groups",
            |h| h.set(ext::SUPPORTED_GROUPS, &[0, 2, 0, 0x17]),
            Alert::ILLEGAL_PARAMETER,
            "illegal_parameter",
        ),
        (
            "unknown schemes",
            |h| h.set(ext::SIGNATURE_ALGORITHMS, &[0, 4, 8, 7, 0xfe, 0]),
            Alert::HANDSHAKE_FAILURE,
            "no_common_signature_scheme",
        ),
        (
            "an unknown protocol",
            |h| h.set(ext::ALPN, &[0, 3, 2, b'h', b'3']),
            Alert::NO_APPLICATION_PROTOCOL,
            "no_common_application_protocol",
        ),
        ("no protocol", |h| h.set(ext::ALPN, &[0, 0]), Alert::DECODE_ERROR, "malformed"),
        ("an empty protocol", |h| h.set(ext::ALPN, &[0, 1, 0]), Alert::DECODE_ERROR, "malformed"),
        ("no name", |h| h.set(ext::SERVER_NAME, &[0, 0]), Alert::DECODE_ERROR, "malformed"),
        ("an empty name", |h| h.set(ext::SERVER_NAME, &[0, 3, 0, 0, 0]), Alert::DECODE_ERROR, "malformed"),
        (
            "two names",
            |h| h.set(ext::SERVER_NAME, &[0, 8, 0, 0, 1, b'a', 0, 0, 1, b'b']),
            Alert::DECODE_ERROR,
            "malformed",
        ),
        (
            "a name with a dot at its end",
            |h| h.set(ext::SERVER_NAME, &[0, 5, 0, 0, 2, b'a', b'.']),
            Alert::ILLEGAL_PARAMETER,
            "illegal_parameter",
        ),
        (
            "a name with a zero in it",
            |h| h.set(ext::SERVER_NAME, &[0, 6, 0, 0, 3, b'a', 0, b'b']),
            Alert::ILLEGAL_PARAMETER,
            "illegal_parameter",
        ),
        (
            "a name of another type",
            |h| h.set(ext::SERVER_NAME, &[0, 4, 1, 0, 1, b'a']),
            Alert::ILLEGAL_PARAMETER,
            "illegal_parameter",
        ),
    ];
    refuse(&ALL[0].setup(), 0, cases);
}

//= 9846:6 semantics
//= 9846:7.4.2 all-zero
#[test]
fn key_shares() {
    let cases: &[Case] = &[
        (
            "a share of 31 bytes",
            |h| h.set(ext::KEY_SHARE, &[&[0, 35, 0, 0x1d, 0, 31][..], &[9; 31]].concat()),
            Alert::ILLEGAL_PARAMETER,
            "invalid_key_share",
        ),
        (
            "a share of 33 bytes",
            |h| h.set(ext::KEY_SHARE, &[&[0, 37, 0, 0x1d, 0, 33][..], &[9; 33]].concat()),
            Alert::ILLEGAL_PARAMETER,
            "invalid_key_share",
        ),
        (
            "a share that leads to an all-zero secret",
            |h| h.set(ext::KEY_SHARE, &[&[0, 36, 0, 0x1d, 0, 32][..], &[0; 32]].concat()),
            Alert::ILLEGAL_PARAMETER,
            "invalid_key_share",
        ),
        (
            "an empty share",
            |h| h.set(ext::KEY_SHARE, &[0, 4, 0, 0x1d, 0, 0]),
            Alert::DECODE_ERROR,
            "malformed",
        ),
        (
            "two shares for one group",
            |h| {
                let share = [&[0, 0x1d, 0, 32][..], &[9; 32]].concat();
                h.set(ext::KEY_SHARE, &[&[0, 72], share.as_slice(), &share].concat());
            },
            Alert::ILLEGAL_PARAMETER,
            "illegal_parameter",
        ),
    ];
    refuse(&ALL[0].setup(), 0, cases);
}

//= 9846:4.3 trailing-data
#[test]
fn bytes_behind_the_content_of_an_extension() {
    let setup = ALL[0].setup();
    let hello = Extended::parse(&setup.messages()[0].content);
    assert!(hello.extensions.len() >= 6);
    for (extension, _) in hello.extensions {
        let mut relay = setup.relay();
        relay.run_changing(0, |piece| {
            let mut hello = Extended::parse(&piece.content);
            hello.body_mut(extension).push(0);
            vec![piece.with(hello.bytes())]
        });
        let context = format!("a byte behind extension {extension}");
        relay.assert_refused(tests::relay::Side::Server, Alert::DECODE_ERROR, &context);
    }
}

#[test]
fn an_extension_twice() {
    let setup = ALL[0].setup();
    let hello = Extended::parse(&setup.messages()[0].content);
    for (extension, body) in hello.extensions.into_iter().chain([(ext::UNKNOWN, vec![])]) {
        let mut relay = setup.relay();
        relay.run_changing(0, |piece| {
            let mut hello = Extended::parse(&piece.content);
            if extension == ext::UNKNOWN {
                hello.push(extension, &body);
            }
            hello.push(extension, &body);
            vec![piece.with(hello.bytes())]
        });
        relay.assert_refused(tests::relay::Side::Server, Alert::ILLEGAL_PARAMETER, "a duplicate");
        assert_eq!(relay.pair.server.error.as_ref().unwrap().code(), "duplicate_extension");
    }
}

//= 9846:4.2.2 tls12-trailing-data
#[test]
fn a_hello_ends_with_its_extensions() {
    for scenario in tests::scenario::SIMPLE {
        let setup = scenario.setup();
        let hello = Extended::parse(&setup.messages()[0].content);
        let whole = hello.bytes();
        let longer = tests::hello::message(1, &[&whole[4..], &[0]].concat());
        let shorter = tests::hello::message(1, &whole[4..whole.len() - 1]);
        let half = tests::hello::message(1, &[&hello.prefix[..], &[0]].concat());
        for altered in [longer, shorter, half] {
            let mut pair = setup.pair();
            pair.server.deliver(&tests::relay::record(22, &altered));
            let alert = pair.server.error.as_ref().and_then(|error| error.alert_sent());
            assert_eq!(alert, Some(Alert::DECODE_ERROR), "{scenario:?}");
        }
    }
}
