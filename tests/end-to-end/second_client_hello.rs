//! A second ClientHello may change nothing but what it was asked to (RFC 9846 §4.2.2).

use tests::hello::Extended;
use tests::relay::Side;
use tests::scenario::ALL;
use tls_core::AlertDescription as Alert;

use crate::cases::{Case, ext, refuse};

const SECOND_HELLO: usize = 2;

//= 9846:4.3.10 not-in-second-hello
#[test]
fn changed_fields() {
    type Alteration = (&'static str, fn(&mut Extended));
    let alterations: &[Alteration] = &[
        ("another version", |h| h.prefix[1] = 2),
        ("another random", |h| h.prefix[10] ^= 1),
        ("another session id", |h| h.prefix[40] ^= 1),
        ("another suite", |h| h.prefix[70] ^= 8),
        ("another compression method", |h| *h.prefix.last_mut().unwrap() = 1),
        ("early data", |h| h.push(ext::EARLY_DATA, &[])),
        ("a new extension", |h| h.push(ext::UNKNOWN, &[])),
        ("no versions", |h| h.remove(ext::SUPPORTED_VERSIONS)),
        ("no groups", |h| h.remove(ext::SUPPORTED_GROUPS)),
        ("no schemes", |h| h.remove(ext::SIGNATURE_ALGORITHMS)),
        ("no name", |h| h.remove(ext::SERVER_NAME)),
        ("no protocols", |h| h.remove(ext::ALPN)),
        ("no cookie", |h| h.remove(ext::COOKIE)),
        ("another cookie", |h| *h.body_mut(ext::COOKIE).last_mut().unwrap() ^= 1),
        ("a shorter cookie", |h| {
            let cookie = h.body_mut(ext::COOKIE);
            cookie.pop();
            cookie[1] -= 1;
        }),
        ("no share", |h| *h.body_mut(ext::KEY_SHARE) = vec![0, 0]),
    ];
    let case = |(what, alter): &Alteration| -> Case {
        (*what, *alter, Alert::ILLEGAL_PARAMETER, "illegal_parameter")
    };
    let cases: Vec<Case> = alterations.iter().map(case).collect();
    refuse(&ALL[2].setup(), SECOND_HELLO, &cases);
    let cases: &[Case] = &[
        ("no shares", |h| h.remove(ext::KEY_SHARE), Alert::MISSING_EXTENSION, "missing_extension"),
        (
            "a share for another group",
            |h| *h.body_mut(ext::KEY_SHARE) = [&[0, 69, 0, 0x17, 0, 65, 4][..], &[9; 64]].concat(),
            Alert::ILLEGAL_PARAMETER,
            "wrong_group",
        ),
        (
            "a second share",
            |h| {
                let shares = h.body_mut(ext::KEY_SHARE);
                shares.extend_from_slice(&[0, 0x17, 0, 1, 9]);
                shares[1] += 5;
            },
            Alert::ILLEGAL_PARAMETER,
            "wrong_group",
        ),
        ("an empty cookie", |h| *h.body_mut(ext::COOKIE) = vec![0, 0], Alert::DECODE_ERROR, "malformed"),
    ];
    refuse(&ALL[2].setup(), SECOND_HELLO, cases);
}

#[test]
fn every_changed_body() {
    let setup = ALL[2].setup();
    let hello = Extended::parse(&setup.messages()[SECOND_HELLO].content);
    for (extension, _) in hello.extensions.into_iter().filter(|(ext, _)| *ext != ext::KEY_SHARE) {
        let mut relay = setup.relay();
        relay.run_changing(SECOND_HELLO, |piece| {
            let mut hello = Extended::parse(&piece.content);
            *hello.body_mut(extension).last_mut().unwrap() ^= 1;
            vec![piece.with(hello.bytes())]
        });
        let context = format!("another extension {extension}");
        relay.assert_refused(Side::Server, Alert::ILLEGAL_PARAMETER, &context);
    }
}

#[test]
fn extensions_may_change_places_and_padding_may_come() {
    let setup = ALL[2].setup();
    let alterations: [fn(&mut Extended); 2] =
        [|hello| hello.extensions.reverse(), |hello| hello.push(ext::PADDING, &[0; 9])];
    for alter in alterations {
        let mut relay = setup.relay();
        relay.run_changing(SECOND_HELLO, |piece| {
            let mut hello = Extended::parse(&piece.content);
            alter(&mut hello);
            vec![piece.with(hello.bytes())]
        });
        // The server has nothing against it; the client's signature check finds that it was not its own.
        relay.assert_refused(Side::Client, Alert::DECRYPT_ERROR, "a permitted change");
    }
}
