//! ServerKeyExchange and ClientKeyExchange that their receiver must refuse (RFC 8422 §5.4, §5.7).

use rcgen::{KeyPair, SigningKey};
use tests::authority::Authority;
use tests::hello::{Extended, message};
use tests::pair::{client_builder, server_builder};
use tests::relay::{Setup, Side};
use tests::scenario::ALL;
use tls_core::ciphersuites::{NamedGroup, SecurityPolicy, SignatureScheme};
use tls_core::{AlertDescription as Alert, HandshakeType, ServerConfig, ServerVerification};

use super::default_tls12;
use crate::cases::{BodyCase, ext, number, refuse_bodies};

/// Where the scheme begins in a ServerKeyExchange with a share of X25519.
const SCHEME: usize = 4 + 32;

#[test]
fn what_the_server_sends() {
    let wrong_group = (Alert::ILLEGAL_PARAMETER, "wrong_group");
    let wrong_scheme = (Alert::ILLEGAL_PARAMETER, "wrong_signature_scheme");
    let bad_signature = (Alert::DECRYPT_ERROR, "bad_handshake_signature");
    let malformed = (Alert::DECODE_ERROR, "malformed");
    type Alter = fn(&mut Vec<u8>);
    let table: &[(&str, Alter, (Alert, &str))] = &[
        ("an explicit curve", |body| body[0] = 1, (Alert::ILLEGAL_PARAMETER, "illegal_parameter")),
        ("a group that was not offered", |body| body[2] = 0x18, wrong_group),
        ("a hybrid group", |body| body[1..3].copy_from_slice(&[0x11, 0xec]), wrong_group),
        ("ML-KEM", |body| body[1..3].copy_from_slice(&[2, 1]), wrong_group),
        ("a finite field", |body| body[1..3].copy_from_slice(&[1, 0]), wrong_group),
        ("another group", |body| body[2] = 0x17, bad_signature),
        ("another share", |body| body[10] ^= 1, bad_signature),
        ("an empty share", |body| drop(body.splice(3..SCHEME, [0])), bad_signature),
        ("Ed25519", |body| body[SCHEME..SCHEME + 2].copy_from_slice(&[8, 7]), wrong_scheme),
        ("SHA-1", |body| body[SCHEME..SCHEME + 2].copy_from_slice(&[2, 3]), wrong_scheme),
        ("MD5", |body| body[SCHEME..SCHEME + 2].copy_from_slice(&[1, 3]), wrong_scheme),
        ("RSA", |body| body[SCHEME..SCHEME + 2].copy_from_slice(&[8, 4]), wrong_scheme),
        ("another hash", |body| body[SCHEME] = 5, bad_signature),
        ("another signature", |body| *body.last_mut().unwrap() ^= 1, bad_signature),
        (
            "an empty signature",
            |body| {
                body.truncate(SCHEME + 2);
                body.extend_from_slice(&[0, 0]);
            },
            bad_signature,
        ),
        ("no signature", |body| body.truncate(SCHEME), malformed),
        ("bytes behind it", |body| body.push(0), malformed),
    ];
    let setup = ALL[4].setup();
    let exchange = number(&setup, Side::Server, HandshakeType::SERVER_KEY_EXCHANGE);
    for (what, alter, (alert, code)) in table {
        refuse_bodies(&setup, exchange, &[(*what, *alter, *alert, *code)]);
    }
}

/// A signature over the same share, for another connection.
#[test]
fn a_signature_from_another_handshake() {
    let setup = ALL[4].setup();
    let exchange = number(&setup, Side::Server, HandshakeType::SERVER_KEY_EXCHANGE);
    let foreign = setup.messages()[exchange].content.clone();
    let mut relay = setup.relay();
    relay.run_changing(exchange, |piece| vec![piece.with(foreign.clone())]);
    relay.assert_refused(Side::Client, Alert::DECRYPT_ERROR, "a foreign share");
}

/// Someone in between offers more than the client did: the server's choice is well signed, and refused.
#[test]
fn choices_from_an_offer_that_was_altered() {
    let authority = Authority::new();
    let policy = |groups: &[NamedGroup], schemes: &[SignatureScheme]| SecurityPolicy {
        groups: groups.to_vec().into(),
        signature_schemes: schemes.to_vec().into(),
        ..default_tls12()
    };
    let (p256, p384) = (NamedGroup::SECP256R1, NamedGroup::SECP384R1);
    let (sha256, sha384) = (SignatureScheme::ECDSA_SECP256R1_SHA256, SignatureScheme::ECDSA_SECP384R1_SHA384);
    type Alter = fn(&mut Extended);
    let table: [(SecurityPolicy, SecurityPolicy, Alter, &str); 2] = [
        (
            policy(&[p256], &[sha256]),
            policy(&[p384], &[sha256]),
            |hello| hello.set(ext::SUPPORTED_GROUPS, &[0, 4, 0, 0x18, 0, 0x17]),
            "wrong_group",
        ),
        (
            policy(&[p256], &[sha384]),
            policy(&[p256], &[sha256]),
            |hello| hello.set(ext::SIGNATURE_ALGORITHMS, &[0, 2, 4, 3]),
            "wrong_signature_scheme",
        ),
    ];
    for (client, server, alter, code) in table {
        // The chain's own signatures are not what this is about.
        let client =
            client_builder(&authority).policy(client).server_verification(ServerVerification::Insecure);
        let setup = Setup::new(client, server_builder(&authority).policy(server));
        let mut relay = setup.relay();
        relay.run_changing(0, |piece| {
            let mut hello = Extended::parse(&piece.content);
            alter(&mut hello);
            vec![piece.with(hello.bytes())]
        });
        relay.assert_refused(Side::Client, Alert::ILLEGAL_PARAMETER, code);
        assert_eq!(relay.pair.client.error.as_ref().unwrap().code(), code);
    }
}

/// What is no share of its group: a group, and what is sent for it.
fn no_shares() -> Vec<(NamedGroup, Vec<u8>)> {
    let (x25519, p256) = (NamedGroup::X25519, NamedGroup::SECP256R1);
    vec![
        (x25519, vec![]),
        (x25519, vec![9; 31]),
        (x25519, vec![9; 33]),
        // These lead to an all-zero secret.
        (x25519, vec![0; 32]),
        (x25519, [&[1][..], &[0; 31]].concat()),
        (p256, vec![]),
        (p256, vec![0]),
        // Not on the curve; compressed; hybrid; too short.
        (p256, [&[4][..], &[1; 64]].concat()),
        (p256, [&[2][..], &[1; 32]].concat()),
        (p256, [&[6][..], &[1; 64]].concat()),
        (p256, [&[4][..], &[1; 63]].concat()),
    ]
}

fn setup(group: NamedGroup) -> (Setup, KeyPair) {
    let authority = Authority::new();
    let pem = authority.localhost();
    let policy = SecurityPolicy { groups: vec![group, NamedGroup::SECP256R1].into(), ..default_tls12() };
    let client = client_builder(&authority).policy(policy.clone());
    let server = ServerConfig::builder().permit_unapproved().policy(policy).identity(pem.identity());
    (Setup::new(client, server), KeyPair::from_pem(&pem.key).unwrap())
}

/// Signed by the server itself.
#[test]
fn shares_of_the_server_that_are_none() {
    for (group, share) in no_shares() {
        let (setup, key) = setup(group);
        let mut relay = setup.relay();
        let mut randoms = Vec::new();
        relay.run(|piece| {
            if randoms.len() < 64 {
                randoms.extend_from_slice(&piece.content[6..38]);
            }
            if piece.message_type() != Some(HandshakeType::SERVER_KEY_EXCHANGE) {
                return vec![piece.clone()];
            }
            let [high, low] = group.0.to_be_bytes();
            let params = [&[3, high, low, u8::try_from(share.len()).unwrap()], share.as_slice()].concat();
            let signature = key.sign(&[randoms.as_slice(), &params].concat()).unwrap();
            let len = u16::try_from(signature.len()).unwrap().to_be_bytes();
            let body = [params.as_slice(), &[4, 3], &len, &signature].concat();
            vec![piece.with(message(12, &body))]
        });
        let context = format!("{group}: {share:?}");
        relay.assert_refused(Side::Client, Alert::ILLEGAL_PARAMETER, &context);
        assert_eq!(relay.pair.client.error.as_ref().unwrap().code(), "invalid_key_share", "{context}");
    }
}

#[test]
fn shares_of_the_client_that_are_none() {
    for (group, share) in no_shares() {
        let (setup, _) = setup(group);
        let exchange = number(&setup, Side::Client, HandshakeType::CLIENT_KEY_EXCHANGE);
        let body = [&[u8::try_from(share.len()).unwrap()], share.as_slice()].concat();
        let mut relay = setup.relay();
        relay.run_changing(exchange, |piece| vec![piece.with(message(16, &body))]);
        let context = format!("{group}: {share:?}");
        let error = relay.pair.server.error.clone().unwrap_or_else(|| panic!("{context}"));
        assert_eq!(error.code(), "invalid_key_share", "{context}");
        assert_eq!(error.alert_sent(), Some(Alert::ILLEGAL_PARAMETER), "{context}");
        assert!(!relay.pair.client.established && !relay.pair.server.established);
    }
}

#[test]
fn what_the_client_sends() {
    let setup = ALL[4].setup();
    let exchange = number(&setup, Side::Client, HandshakeType::CLIENT_KEY_EXCHANGE);
    let cases: &[BodyCase] = &[
        ("nothing", |body| body.clear(), Alert::DECODE_ERROR, "malformed"),
        ("less than it says", |body| body[0] += 1, Alert::DECODE_ERROR, "malformed"),
        ("more than it says", |body| body[0] -= 1, Alert::DECODE_ERROR, "malformed"),
    ];
    refuse_bodies(&setup, exchange, cases);
}

/// A share of the right form that is another's: the ends have different secrets, and Finished says so.
#[test]
fn a_share_of_someone_else() {
    let setup = ALL[4].setup();
    let exchange = number(&setup, Side::Client, HandshakeType::CLIENT_KEY_EXCHANGE);
    let foreign = setup.messages()[exchange].content.clone();
    // On the wire, without the keys.
    let mut pair = setup.pair();
    let mut flight = 0;
    pair.run(|end, bytes| {
        let mut bytes = bytes.to_vec();
        if flight == 2 {
            bytes[5..5 + foreign.len()].copy_from_slice(&foreign);
        }
        flight += 1;
        end.deliver(&bytes);
    });
    let error = pair.server.error.unwrap();
    assert_eq!((error.code(), error.alert_sent()), ("bad_record", Some(Alert::BAD_RECORD_MAC)));
    assert!(!pair.client.established && !pair.server.established);
}
