//! Clients that prove themselves in TLS 1.2 (RFC 5246 §7.4.4, §7.4.6, §7.4.8).

use tests::authority::Authority;
use tests::pair::{client_builder, server_builder};
use tests::relay::{Setup, Side};
use tests::scenario::ALL;
use tls_core::ciphersuites::SignatureScheme;
use tls_core::{AlertDescription as Alert, ClientAuthentication, HandshakeType};

use super::default_tls12;
use crate::cases::{BodyCase, number, refuse_altered, refuse_bodies};

#[test]
fn what_is_asked_for() {
    let setup = ALL[5].setup();
    let request = number(&setup, Side::Server, HandshakeType::CERTIFICATE_REQUEST);
    let body = setup.messages()[request].content[4..].to_vec();
    let schemes: Vec<u8> =
        default_tls12().signature_schemes.iter().flat_map(|scheme| scheme.0.to_be_bytes()).collect();
    let len = u16::try_from(schemes.len()).unwrap().to_be_bytes();
    // Two kinds of key, the policy's schemes, no authorities.
    assert_eq!(body, [&[2, 1, 64], len.as_slice(), &schemes, &[0, 0]].concat());
}

#[test]
fn requests_that_are_malformed() {
    let setup = ALL[5].setup();
    let request = number(&setup, Side::Server, HandshakeType::CERTIFICATE_REQUEST);
    let cases: &[BodyCase] = &[
        ("no kinds of key", |body| drop(body.splice(..3, [0])), Alert::DECODE_ERROR, "malformed"),
        ("no schemes", |body| *body = vec![1, 64, 0, 0, 0, 0], Alert::DECODE_ERROR, "malformed"),
        ("half a scheme", |body| *body = vec![1, 64, 0, 3, 4, 3, 8, 0, 0], Alert::DECODE_ERROR, "malformed"),
        ("no authorities", |body| *body = vec![1, 64, 0, 2, 4, 3], Alert::DECODE_ERROR, "malformed"),
        (
            "half a name of an authority",
            |body| *body = vec![1, 64, 0, 2, 4, 3, 0, 3, 0, 2, 9],
            Alert::DECODE_ERROR,
            "malformed",
        ),
        ("bytes behind it", |body| body.push(0), Alert::DECODE_ERROR, "malformed"),
    ];
    refuse_bodies(&setup, request, cases);
}

/// Who cannot answer declines; who must not decline is refused.
#[test]
fn requests_that_cannot_be_met() {
    let authority = Authority::new();
    // Only RSA keys; only a scheme that the client's key has not.
    for body in [&[1, 1, 0, 2, 4, 3, 0, 0][..], &[1, 64, 0, 2, 8, 4, 0, 0]] {
        let client =
            client_builder(&authority).policy(default_tls12()).identity(authority.localhost().identity());
        let server = server_builder(&authority)
            .policy(default_tls12())
            .client_authentication(ClientAuthentication::Required(authority.roots()));
        let setup = Setup::new(client, server);
        let request = number(&setup, Side::Server, HandshakeType::CERTIFICATE_REQUEST);
        let mut relay = setup.relay();
        relay.run_changing(request, |piece| vec![piece.with(tests::hello::message(13, body))]);
        relay.assert_refused(Side::Server, Alert::HANDSHAKE_FAILURE, "a client that declines");
        assert_eq!(relay.pair.server.error.as_ref().unwrap().code(), "certificate_required");
    }
}

#[test]
fn the_proof() {
    let setup = ALL[5].setup();
    let verify = number(&setup, Side::Client, HandshakeType::CERTIFICATE_VERIFY);
    let cases: &[BodyCase] = &[
        (
            "a scheme that was not asked for",
            |body| body[..2].copy_from_slice(&SignatureScheme::ED25519.0.to_be_bytes()),
            Alert::ILLEGAL_PARAMETER,
            "wrong_signature_scheme",
        ),
        (
            "a scheme for other keys",
            |body| body[..2].copy_from_slice(&SignatureScheme::RSA_PSS_RSAE_SHA256.0.to_be_bytes()),
            Alert::ILLEGAL_PARAMETER,
            "wrong_signature_scheme",
        ),
        // The hash is not bound to the curve: it is only the wrong one.
        (
            "a scheme with another hash",
            |body| body[..2].copy_from_slice(&SignatureScheme::ECDSA_SECP384R1_SHA384.0.to_be_bytes()),
            Alert::DECRYPT_ERROR,
            "bad_handshake_signature",
        ),
        (
            "an altered signature",
            |body| *body.last_mut().unwrap() ^= 1,
            Alert::DECRYPT_ERROR,
            "bad_handshake_signature",
        ),
        (
            "an empty signature",
            |body| {
                body.truncate(4);
                body[2..].fill(0);
            },
            Alert::DECRYPT_ERROR,
            "bad_handshake_signature",
        ),
        ("no signature", |body| body.truncate(2), Alert::DECODE_ERROR, "malformed"),
    ];
    refuse_bodies(&setup, verify, cases);
}

/// The proof of another handshake proves nothing.
#[test]
fn a_proof_from_another_handshake() {
    let setup = ALL[5].setup();
    let verify = number(&setup, Side::Client, HandshakeType::CERTIFICATE_VERIFY);
    let foreign = setup.messages()[verify].content.clone();
    let other = |piece: &tests::relay::Piece| vec![piece.with(foreign.clone())];
    refuse_altered(&setup, verify, "another's", other, Alert::DECRYPT_ERROR, "bad_handshake_signature");
}

#[test]
fn a_certificate_where_none_was_asked_for() {
    let setup = ALL[4].setup();
    let exchange = number(&setup, Side::Client, HandshakeType::CLIENT_KEY_EXCHANGE);
    let with_certificate =
        |piece: &tests::relay::Piece| vec![piece.with(tests::hello::message(11, &[0, 0, 0])), piece.clone()];
    let (alert, code) = (Alert::UNEXPECTED_MESSAGE, "unexpected_message");
    refuse_altered(&setup, exchange, "a certificate", with_certificate, alert, code);
}

/// A client that shows a certificate must prove it has the key; one that shows none cannot.
#[test]
fn a_certificate_taken_back() {
    let setup = ALL[5].setup();
    let certificate = number(&setup, Side::Client, HandshakeType::CERTIFICATE);
    let empty = |piece: &tests::relay::Piece| vec![piece.with(tests::hello::message(11, &[0, 0, 0]))];
    refuse_altered(&setup, certificate, "none", empty, Alert::HANDSHAKE_FAILURE, "certificate_required");

    let authority = Authority::new();
    let client =
        client_builder(&authority).policy(default_tls12()).identity(authority.localhost().identity());
    let server = server_builder(&authority)
        .policy(default_tls12())
        .client_authentication(ClientAuthentication::Optional(authority.roots()));
    let optional = Setup::new(client, server);
    let (alert, code) = (Alert::UNEXPECTED_MESSAGE, "unexpected_message");
    let mut relay = optional.relay();
    relay.run_changing(certificate, empty);
    // Its proof comes where change_cipher_spec should.
    relay.assert_refused(Side::Server, alert, "a proof of nothing");
    assert_eq!(relay.pair.server.error.as_ref().unwrap().code(), code);
}
