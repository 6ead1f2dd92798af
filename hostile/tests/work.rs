//! What a peer can make this side compute, by the calls of the cryptographic library: those of public keys cost a
//! thousand times what a record does, and what is said here of them does not depend on the machine.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests"
)]

use tests::authority::Authority;
use tests::hello::Extended;
use tests::pair::{End, client_builder, now, server_builder};
use tests::relay::{Setup, Side, content_type, record};
use tests::scenario::{ALL, SIMPLE};
use tls_core::ciphersuites::SecurityPolicy;
use tls_core::ciphersuites::faults::with_failures;
use tls_core::{Connection, HandshakeType};

const PRE_SHARED_KEY: u16 = 41;

/// The calls that `run` makes.
fn calls<T>(run: impl FnOnce() -> T) -> (T, Vec<&'static str>) {
    with_failures(0..0, run)
}

fn count(calls: &[&str], wanted: &[&str]) -> usize {
    calls.iter().filter(|call| wanted.contains(call)).count()
}

const PUBLIC_KEY: [&str; 8] = [
    "ECDH key generation",
    "ECDH",
    "KEM key generation",
    "encapsulation",
    "decapsulation",
    "signature generation",
    "signature verification",
    "verification of certificates",
];

/// One key exchange and one signature for a ClientHello that is answered, however many shares are in it; nothing for one
/// that is not.
#[test]
fn a_client_hello() {
    let authority = Authority::new();
    let client = client_builder(&authority).policy(SecurityPolicy::P20251014);
    let server = server_builder(&authority).policy(SecurityPolicy::P20251014);
    let setup = Setup::new(client, server);
    let mut pair = setup.pair();
    let hello = pair.client.take_output();
    let ((), made) = calls(|| pair.server.deliver(&hello));
    println!("a ClientHello of {} bytes: {made:?}", hello.len());
    assert_eq!(count(&made, &["signature generation"]), 1);
    assert_eq!(count(&made, &["ECDH", "encapsulation"]), 2, "both halves of a hybrid");
    assert_eq!(count(&made, &PUBLIC_KEY), 4, "{made:?}");
    // Cut short, of a wrong version, without what must be there.
    for remove in [10_u16, 13, 43, 51] {
        let mut altered = Extended::parse(&hello[5..]);
        altered.remove(remove);
        altered.push_suite(0x00ff);
        let mut server = End::new(Connection::server(setup.server.clone(), now()).unwrap());
        let ((), made) = calls(|| server.deliver(&record(content_type::HANDSHAKE, &altered.bytes())));
        if server.error.is_some() {
            assert_eq!(count(&made, &PUBLIC_KEY), 0, "without extension {remove}: {made:?}");
        }
    }
}

/// However many tickets are offered, four are tried.
#[test]
fn tickets_that_do_not_open() {
    let setup = ALL[6].setup();
    let mut pair = setup.pair();
    let hello = pair.client.take_output();
    let mut hello = Extended::parse(&hello[5..]);
    let offer = hello.body_mut(PRE_SHARED_KEY).clone();
    let identity_len = 2 + usize::from(u16::from_be_bytes([offer[2], offer[3]]));
    let identity = &offer[2..2 + identity_len + 4];
    let (mut identities, mut binders) = (Vec::new(), Vec::new());
    for number in 0..40 {
        let mut altered = identity.to_vec();
        altered[2 + identity_len - 10] ^= number + 1;
        identities.extend(altered);
        binders.extend([32_u8].into_iter().chain([number; 32]));
    }
    let vector = |bytes: &[u8]| [&u16::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat();
    hello.set(PRE_SHARED_KEY, &[vector(&identities), vector(&binders)].concat());
    let ((), made) = calls(|| pair.server.deliver(&record(content_type::HANDSHAKE, &hello.bytes())));
    println!("40 tickets: {made:?}");
    assert_eq!(count(&made, &["opening of tickets"]), 4);
    assert_eq!(pair.server.error, None, "there is a full handshake");
}

/// A chain as long as may be, with a leaf that many seem to have issued and nobody has.
#[test]
fn a_chain_of_many_ways_that_lead_nowhere() {
    let authority = Authority::new();
    let setup = Setup::new(client_builder(&authority), server_builder(&authority));
    let mut relay = setup.relay();
    let ((), made) = calls(|| {
        relay.run(|piece| {
            if piece.message_type() != Some(HandshakeType::CERTIFICATE) || piece.sender != Side::Server {
                return vec![piece.clone()];
            }
            let leaf_len = 5 + usize::from(u16::from_be_bytes([piece.content[9], piece.content[10]]));
            let (leaf, issuer) = piece.content[8..].split_at(leaf_len);
            let mut leaf = leaf.to_vec();
            // In its signature, in front of the entry's empty extensions.
            leaf[leaf_len - 3] ^= 1;
            let chain = [leaf, issuer.repeat(63)].concat();
            let len = u32::try_from(chain.len()).unwrap().to_be_bytes();
            let body = [&[0], &len[1..], &chain].concat();
            vec![piece.with(tests::hello::message(piece.content[0], &body))]
        });
    });
    let verified = count(&made, &["verification of certificates"]);
    println!("a chain of 64 certificates: {verified} signatures verified");
    assert!((1..=100).contains(&verified), "{verified} signatures of a chain that leads nowhere");
    let error =
        relay.pair.client.error.as_ref().unwrap_or_else(|| panic!("a chain that leads nowhere was accepted"));
    assert!(error.code().starts_with("certificate"), "{error}");
}

/// An established connection computes what records cost, and two keys for each KeyUpdate.
#[test]
fn floods_after_authentication() {
    let (mut pair, mut keys) = SIMPLE[0].setup().established(Side::Client);
    let mut flood = Vec::new();
    for round in 0..100_u8 {
        flood.extend(keys.seal(content_type::HANDSHAKE, &[24, 0, 0, 1, 1]));
        keys = keys.next();
        flood.extend(keys.seal(content_type::APPLICATION_DATA, &[round]));
    }
    let ((), made) = calls(|| pair.server.deliver(&flood));
    assert_eq!(pair.server.error, None);
    assert_eq!(count(&made, &PUBLIC_KEY), 0, "{made:?}");
    assert_eq!(count(&made, &["opening of records"]), 200);
    let new_keys = count(&made, &["key to open with", "key to seal with"]);
    println!(
        "100 KeyUpdates that ask for one: {new_keys} keys, {} records sealed",
        count(&made, &["sealing of records"])
    );
    assert!(new_keys <= 200, "{new_keys} keys");
}

/// Bytes that are no TLS, and records that do not open, cost a header and one try.
#[test]
fn garbage() {
    let setup = SIMPLE[0].setup();
    let mut pair = setup.pair();
    let ((), made) = calls(|| pair.server.deliver(&[0x80; 1 << 16]));
    assert_eq!((pair.server.error.as_ref().unwrap().code(), made.as_slice()), ("not_tls", [].as_slice()));
    let (mut pair, _) = setup.established(Side::Client);
    let junk = record(content_type::APPLICATION_DATA, &[9; 1 << 14]).repeat(4);
    let ((), made) = calls(|| pair.server.deliver(&junk));
    assert_eq!(pair.server.error.as_ref().unwrap().code(), "bad_record");
    assert_eq!(count(&made, &["opening of records"]), 1);
}
