//! What a peer, or a signer, can make a connection do for ever.

use tests::authority::Authority;
use tests::pair::{Pair, client_builder, default_tls13};
use tests::protection::Protection;
use tests::relay::{Side, content_type, record};
use tests::scenario::{ALL, SIMPLE};
use tls_core::ciphersuites::PrivateKey;
use tls_core::{
    AlertDescription as Alert, Answer, Identity, Operation, ServerConfig, Sign, SignFailure, SignFailureKind,
};

use super::{BOTH, alert};

/// OpenSSL CVE-2025-66199 and CVE-2024-2511, tokio-rustls RUSTSEC-2020-0019: floods, and promises of gigabytes.
#[test]
fn class_09_unbounded_memory_and_work() {
    // A header alone is enough to be refused by.
    for scenario in ALL {
        let setup = scenario.setup();
        for (number, message) in setup.messages().iter().enumerate() {
            let mut relay = setup.relay();
            relay.run_changing(number, |piece| vec![piece.with([&piece.content[..1], &[0xff; 3]].concat())]);
            let receiver = message.sender.other();
            relay.assert_refused(receiver, Alert::ILLEGAL_PARAMETER, "16 megabytes");
            assert_eq!(relay.end(receiver).error.as_ref().unwrap().code(), "message_too_long");
        }
    }
    type Next = fn(&mut Protection) -> Vec<u8>;
    let floods: [Next; 4] = [
        |keys| keys.seal(content_type::APPLICATION_DATA, &[]),
        |keys| keys.seal_inner(&[[23].as_slice(), &[0; 1000]].concat()),
        |keys| keys.seal(content_type::ALERT, &[1, 90]),
        |keys| {
            let update = keys.seal(content_type::HANDSHAKE, &[24, 0, 0, 1, 1]);
            *keys = keys.next();
            update
        },
    ];
    for side in BOTH {
        for next in floods {
            let (mut pair, mut keys) = SIMPLE[0].setup().established(side);
            let other = pair.end(side.other());
            (0..33).for_each(|_| other.deliver(&next(&mut keys)));
            assert_eq!(other.error.as_ref().unwrap().code(), "too_many");
            // Of the answers to KeyUpdates only the last is there to be sent.
            assert!(other.take_output().len() < 100);
        }
    }
    // Before there are keys.
    let mut pair = SIMPLE[0].setup().pair();
    let hello = pair.client.take_output();
    pair.server.deliver(&hello);
    (0..33).for_each(|_| pair.server.deliver(&record(content_type::CHANGE_CIPHER_SPEC, &[1])));
    assert_eq!(pair.server.error.as_ref().unwrap().code(), "too_many");
}

/// A server that waits for its signature, the request, and the key that can sign it.
fn waiting() -> (Pair, Sign, PrivateKey) {
    let authority = Authority::new();
    let pem = authority.localhost();
    let identity = Identity::from_public_pem(pem.chain.as_bytes()).unwrap();
    let server = ServerConfig::builder().permit_unapproved().policy(default_tls13()).identity(identity);
    let mut pair = Pair::new(&client_builder(&authority).build().unwrap(), &server.build().unwrap());
    pair.handshake();
    let Some(Operation::Sign(sign)) = pair.server.operations.pop() else { panic!("no request") };
    (pair, sign, PrivateKey::from_pem(pem.key.as_bytes()).unwrap())
}

fn signed(sign: Sign, key: &PrivateKey) -> Answer {
    let signature = key.sign(sign.request().scheme(), sign.request().message()).unwrap();
    sign.answer(Ok(signature))
}

/// s2n-tls and BoringSSL: signatures that come twice, late, for another connection, wrong or not at all.
#[test]
fn class_22_the_life_of_a_signature_elsewhere() {
    let (mut pair, sign, key) = waiting();
    let (_, foreign, foreign_key) = waiting();
    pair.server.answer(signed(foreign, &foreign_key));
    assert!(!pair.server.established && pair.server.take_output().is_empty());
    let answer = signed(sign, &key);
    (0..3).for_each(|_| pair.server.answer(answer.clone()));
    pair.handshake();
    pair.server.answer(answer);
    pair.assert_works();
    assert_eq!(pair.server.connection.ignored_answers(), 4);

    // Wrong, refused, and after the client has gone.
    let (mut pair, sign, key) = waiting();
    let mut signature = key.sign(sign.request().scheme(), sign.request().message()).unwrap();
    *signature.last_mut().unwrap() ^= 1;
    pair.server.answer(sign.answer(Ok(signature)));
    assert_eq!(alert(&pair.server), Some(Alert::INTERNAL_ERROR));
    let (mut pair, sign, _) = waiting();
    pair.server.answer(sign.answer(Err(SignFailure::new(SignFailureKind::TimedOut, "slot 3"))));
    assert_eq!(alert(&pair.server), Some(Alert::INTERNAL_ERROR));
    pair.handshake();
    assert_eq!(pair.client.error.unwrap().alert_received(), Some(Alert::INTERNAL_ERROR));
    let (mut pair, sign, key) = waiting();
    pair.client.connection.abort(Alert::INTERNAL_ERROR);
    pair.handshake();
    pair.server.answer(signed(sign, &key));
    assert_eq!(pair.server.connection.ignored_answers(), 1);
    assert!(pair.server.take_output().is_empty());
    // Dropped in either order.
    let (pair, sign, _) = waiting();
    drop(pair);
    drop(sign);
    let (mut pair, sign, _) = waiting();
    drop(sign);
    pair.end(Side::Server).deliver(&[]);
    assert!(!pair.server.established);
}
