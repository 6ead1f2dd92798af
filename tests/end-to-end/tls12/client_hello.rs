//! ClientHellos for TLS 1.2: what a server refuses, and what it takes although it looks old (RFC 5246 §7.4.1.2).

use tests::authority::Authority;
use tests::hello::Extended;
use tests::pair::{client_builder, server_builder};
use tests::relay::{Setup, Side};
use tests::scenario::ALL;
use tls_core::ciphersuites::{NamedGroup, SecurityPolicy, SignatureScheme};
use tls_core::{AlertDescription as Alert, HandshakeType};

use super::default_tls12;
use crate::cases::{Case, ext, refuse};

//= 9846:4.3.3 tls12-rules
//= 9846:E.2 too-old
//= 9846:E.5 old-versions
#[test]
fn refused() {
    let cases: &[Case] = &[
        ("SSL 3.0", |h| h.prefix[1] = 0, Alert::PROTOCOL_VERSION, "no_common_version"),
        ("TLS 1.0", |h| h.prefix[1] = 1, Alert::PROTOCOL_VERSION, "no_common_version"),
        ("TLS 1.1", |h| h.prefix[1] = 2, Alert::PROTOCOL_VERSION, "no_common_version"),
        (
            "older versions only",
            |h| h.push(ext::SUPPORTED_VERSIONS, &[4, 3, 2, 3, 1]),
            Alert::PROTOCOL_VERSION,
            "no_common_version",
        ),
        (
            "TLS 1.3 only",
            |h| h.push(ext::SUPPORTED_VERSIONS, &[2, 3, 4]),
            Alert::PROTOCOL_VERSION,
            "no_common_version",
        ),
        (
            "suites of TLS 1.3 only",
            |h| h.set_suites(&[0x13, 1, 0x13, 2, 0x13, 3]),
            Alert::HANDSHAKE_FAILURE,
            "no_common_cipher_suite",
        ),
        (
            "static RSA and DHE only",
            |h| h.set_suites(&[0, 0x9c, 0, 0x9d, 0, 0x9e, 0, 0x2f]),
            Alert::HANDSHAKE_FAILURE,
            "no_common_cipher_suite",
        ),
        // CBC is for policies that name it.
        (
            "CBC only",
            |h| h.set_suites(&[0xc0, 9, 0xc0, 10, 0xc0, 0x23, 0xc0, 0x24]),
            Alert::HANDSHAKE_FAILURE,
            "no_common_cipher_suite",
        ),
        // The server has an ECDSA key.
        (
            "suites for RSA keys only",
            |h| h.set_suites(&[0xc0, 0x2f]),
            Alert::HANDSHAKE_FAILURE,
            "no_suitable_key",
        ),
        (
            "no curve of the server's key",
            |h| h.set(ext::SUPPORTED_GROUPS, &[0, 2, 0, 0x1d]),
            Alert::HANDSHAKE_FAILURE,
            "no_suitable_key",
        ),
        ("no compression method", |h| h.set_compression(&[]), Alert::DECODE_ERROR, "malformed"),
        ("only compression", |h| h.set_compression(&[1]), Alert::ILLEGAL_PARAMETER, "illegal_parameter"),
        (
            "hybrid groups only",
            |h| h.set(ext::SUPPORTED_GROUPS, &[0, 4, 0x11, 0xec, 2, 1]),
            Alert::HANDSHAKE_FAILURE,
            "no_common_group",
        ),
        (
            "unknown schemes",
            |h| h.set(ext::SIGNATURE_ALGORITHMS, &[0, 4, 2, 3, 8, 7]),
            Alert::HANDSHAKE_FAILURE,
            "no_common_signature_scheme",
        ),
        // SHA-1 is what it means.
        (
            "no schemes",
            |h| h.remove(ext::SIGNATURE_ALGORITHMS),
            Alert::HANDSHAKE_FAILURE,
            "no_common_signature_scheme",
        ),
        (
            "an unknown protocol",
            |h| h.set(ext::ALPN, &[0, 3, 2, b'h', b'3']),
            Alert::NO_APPLICATION_PROTOCOL,
            "no_common_application_protocol",
        ),
        (
            "compressed points only",
            |h| h.set(ext::EC_POINT_FORMATS, &[1, 1]),
            Alert::ILLEGAL_PARAMETER,
            "illegal_parameter",
        ),
        (
            "no point formats",
            |h| h.set(ext::EC_POINT_FORMATS, &[0]),
            Alert::ILLEGAL_PARAMETER,
            "illegal_parameter",
        ),
        (
            "a renegotiation",
            |h| h.set(ext::RENEGOTIATION_INFO, &[&[12][..], &[7; 12]].concat()),
            Alert::HANDSHAKE_FAILURE,
            "unsafe_renegotiation",
        ),
        (
            "a body of extended_main_secret",
            |h| h.set(ext::EXTENDED_MAIN_SECRET, &[0]),
            Alert::DECODE_ERROR,
            "malformed",
        ),
    ];
    refuse(&ALL[4].setup(), 0, cases);
}

#[test]
fn bytes_behind_the_content_of_an_extension() {
    let setup = ALL[4].setup();
    let hello = Extended::parse(&setup.messages()[0].content);
    assert!(hello.extensions.len() >= 7);
    for (extension, _) in hello.extensions {
        let mut relay = setup.relay();
        relay.run_changing(0, |piece| {
            let mut hello = Extended::parse(&piece.content);
            hello.body_mut(extension).push(0);
            vec![piece.with(hello.bytes())]
        });
        let context = format!("a byte behind extension {extension}");
        relay.assert_refused(Side::Server, Alert::DECODE_ERROR, &context);
    }
}

/// Two ends of one group and of schemes that old clients know.
fn old_setup() -> Setup {
    let authority = Authority::new();
    let policy = SecurityPolicy {
        groups: vec![NamedGroup::SECP256R1].into(),
        signature_schemes: vec![SignatureScheme::ECDSA_SECP256R1_SHA256, SignatureScheme::ECDSA_SHA1].into(),
        ..default_tls12()
    };
    Setup::new(client_builder(&authority).policy(policy.clone()), server_builder(&authority).policy(policy))
}

/// The server's first messages, in answer to an altered hello that it takes.
fn answer(setup: &Setup, alter: impl Fn(&mut Extended) -> Vec<u8>) -> (Extended, Vec<u8>) {
    let mut relay = setup.relay();
    let mut messages = Vec::new();
    relay.run(|piece| {
        let altered = match piece.message_type() {
            Some(HandshakeType::CLIENT_HELLO) => alter(&mut Extended::parse(&piece.content)),
            _ => {
                messages.push(piece.content.clone());
                piece.content.clone()
            }
        };
        vec![piece.with(altered)]
    });
    assert_eq!(messages[0][..6], [2, 0, messages[0][2], messages[0][3], 3, 3], "no ServerHello of TLS 1.2");
    let exchange = messages.iter().find(|message| message[0] == 12).expect("a ServerKeyExchange");
    // That the hello was altered comes out, whatever is agreed.
    assert!(!relay.pair.client.established && !relay.pair.server.established);
    (Extended::parse(&messages[0]), exchange.clone())
}

//= 9846:4.2.2 compression-tls12
//= 9846:4.3.1 absent
//= 9846:4.3.1 authoritative
//= 9846:4.3.1 without-tls13
#[test]
fn taken_although_they_look_old_or_odd() {
    type Alter = fn(&mut Extended);
    let table: [(&str, Alter); 8] = [
        ("the version of TLS 1.3 and no supported_versions", |h| h.prefix[1] = 4),
        ("a version of the future", |h| h.prefix[..2].copy_from_slice(&[3, 9])),
        ("TLS 1.2 in supported_versions", |h| h.push(ext::SUPPORTED_VERSIONS, &[4, 0x7a, 0x7a, 3, 3])),
        ("no groups", |h| h.remove(ext::SUPPORTED_GROUPS)),
        ("no point formats", |h| h.remove(ext::EC_POINT_FORMATS)),
        ("several point formats", |h| h.set(ext::EC_POINT_FORMATS, &[3, 2, 1, 0])),
        ("another compression method", |h| h.set_compression(&[1, 0])),
        ("an unknown extension", |h| h.push(ext::UNKNOWN, &[1, 2, 3])),
    ];
    for (what, alter) in table {
        let (hello, exchange) = answer(&old_setup(), |hello| {
            alter(hello);
            hello.bytes()
        });
        assert_eq!(hello.prefix[..2], [3, 3], "{what}");
        assert_eq!(exchange[4..8], [3, 0, 0x17, 65], "{what}");
        assert!(!hello.has(ext::SUPPORTED_VERSIONS) && !hello.has(ext::UNKNOWN), "{what}");
    }
}

#[test]
fn a_hello_without_extensions() {
    for is_empty in [false, true] {
        let (hello, exchange) = answer(&old_setup(), |hello| {
            hello.extensions.clear();
            if is_empty { hello.bytes() } else { hello.bytes_without_extensions() }
        });
        assert!(hello.extensions.is_empty());
        // P-256, and SHA-1, which this policy names.
        assert_eq!(exchange[4..8], [3, 0, 0x17, 65]);
        assert_eq!(exchange[8 + 65..10 + 65], SignatureScheme::ECDSA_SHA1.0.to_be_bytes());
    }
}

//= 9846:4.3.1 tls12-answer
#[test]
fn only_what_was_asked_for_is_answered() {
    let setup = old_setup();
    let answered = |alter: fn(&mut Extended)| {
        let (hello, _) = answer(&setup, |hello| {
            alter(hello);
            hello.bytes()
        });
        hello.extensions.into_iter().map(|(extension, _)| extension).collect::<Vec<u16>>()
    };
    assert_eq!(answered(|h| h.push(ext::UNKNOWN, &[])), [ext::RENEGOTIATION_INFO, ext::EXTENDED_MAIN_SECRET]);
    assert_eq!(answered(|h| h.remove(ext::EXTENDED_MAIN_SECRET)), [ext::RENEGOTIATION_INFO]);
    assert_eq!(answered(|h| h.remove(ext::RENEGOTIATION_INFO)), [ext::EXTENDED_MAIN_SECRET]);
    let by_suite = |hello: &mut Extended| {
        hello.remove(ext::RENEGOTIATION_INFO);
        hello.push_suite(0x00ff);
    };
    assert_eq!(answered(by_suite), [ext::RENEGOTIATION_INFO, ext::EXTENDED_MAIN_SECRET]);
}

/// A hello that lists hybrid groups and suites of TLS 1.3, but no version: TLS 1.2, and nothing of the newer one.
//= 9846:4.3.1 tls12-answer
#[test]
fn nothing_of_tls13_is_selected() {
    let authority = Authority::new();
    let client = client_builder(&authority).policy(SecurityPolicy::P20251014);
    let setup = Setup::new(client, server_builder(&authority).policy(SecurityPolicy::P20251014));
    let (hello, exchange) = answer_unsent(&setup);
    assert_eq!(hello.prefix[35..37], [0xc0, 0x2b]);
    assert!(!hello.has(ext::KEY_SHARE) && !hello.has(ext::SUPPORTED_VERSIONS));
    assert_eq!(exchange[4..7], [3, 0, 0x17]);
}

/// As [`answer`], for a hello without supported_versions.
fn answer_unsent(setup: &Setup) -> (Extended, Vec<u8>) {
    answer(setup, |hello| {
        hello.remove(ext::SUPPORTED_VERSIONS);
        hello.bytes()
    })
}
