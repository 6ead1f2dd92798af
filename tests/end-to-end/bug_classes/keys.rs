//! Keys, signatures and secrets.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;

use tests::authority::Authority;
use tests::hello::Extended;
use tests::pair::{End, Pair, client_builder, localhost, now, only, server_builder};
use tests::relay::{Setup, Side, content_type, record, records};
use tests::scenario::{ALL, SIMPLE, Scenario};
use tests::secrets::Secrets;
use tls_core::ciphersuites::{Authentication, NamedGroup, ProtocolVersion, SecurityPolicy};
use tls_core::{AlertDescription as Alert, Connection, HandshakeType, KeyUpdateRequest, ServerVerification};

use super::{BOTH, alert};
use crate::cases::{ext, number};

/// mbedTLS CVE-2025-27810, wolfSSL CVE-2023-6936: a computation that fails, and zeros that are used as its result.
//= 9846:4.5.3 verified
#[test]
fn class_12_failures_taken_for_success() {
    // All-zero secrets, by shares of low order.
    for (scenario, message_type) in
        [(SIMPLE[0], HandshakeType::SERVER_HELLO), (SIMPLE[1], HandshakeType::SERVER_KEY_EXCHANGE)]
    {
        let setup = scenario.setup();
        let mut relay = setup.relay();
        relay.run_changing(number(&setup, Side::Server, message_type), |piece| {
            let mut content = piece.content.clone();
            let from = if scenario.is_tls12() { 4 + 4 } else { content.len() - 32 };
            // Whichever extension is the last one, only a share has 32 bytes.
            match scenario.is_tls12() {
                true => content[from..from + 32].fill(0),
                false => {
                    let mut hello = Extended::parse(&content);
                    hello.body_mut(ext::KEY_SHARE)[4..].fill(0);
                    content = hello.bytes();
                }
            }
            vec![piece.with(content)]
        });
        assert!(!relay.pair.client.established);
        // In TLS 1.2 the signature over the share is looked at before the share.
        let expected = if scenario.is_tls12() { Alert::DECRYPT_ERROR } else { Alert::ILLEGAL_PARAMETER };
        assert_eq!(alert(&relay.pair.client), Some(expected));
    }
    // A Finished of zeros, or of nothing.
    for scenario in SIMPLE {
        let setup = scenario.setup();
        for side in BOTH {
            for len in [0, 12, 32] {
                let mut relay = setup.relay();
                relay.run_changing(number(&setup, side, HandshakeType::FINISHED), |piece| {
                    vec![piece.with(tests::hello::message(20, &vec![0; len]))]
                });
                let is_right_len = len == if scenario.is_tls12() { 12 } else { 32 };
                let expected = if is_right_len { Alert::DECRYPT_ERROR } else { Alert::DECODE_ERROR };
                relay.assert_refused(side.other(), expected, "a Finished of zeros");
            }
        }
    }
}

/// Bleichenbacher, Lucky Thirteen, Vaudenay: what is wrong with a secret thing shows in what one says of it.
//= 9846:4.3.11 binder
//= 9846:E.5 rc4
#[test]
fn class_15_oracles() {
    // Wherever a record, a Finished or a binder is wrong, the answer is the same.
    for scenario in SIMPLE {
        let mut answers = Vec::new();
        for at in [0, 7, 20, 30] {
            let (mut pair, mut keys) = scenario.setup().established(Side::Client);
            let mut sealed = keys.seal(content_type::APPLICATION_DATA, b"sixteen or more bytes");
            sealed[5 + at] ^= 1;
            pair.server.deliver(&sealed);
            answers.push((pair.server.error.clone(), pair.server.take_output().len()));
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert_eq!(answers[0].0.as_ref().unwrap().alert_sent(), Some(Alert::BAD_RECORD_MAC));
    }
    let setup = Scenario { resumed: true, ..SIMPLE[0] }.setup();
    for at in [1, 9, 32] {
        let mut relay = setup.relay();
        relay.run_changing(0, |piece| {
            let mut content = piece.content.clone();
            let len = content.len();
            content[len - at] ^= 1;
            vec![piece.with(content)]
        });
        relay.assert_refused(Side::Server, Alert::DECRYPT_ERROR, "a wrong binder");
    }
    // No key of any policy decrypts what a client encrypted, and no suite is without forward secrecy.
    for name in SecurityPolicy::names() {
        let policy = SecurityPolicy::by_name(name).unwrap();
        for suite in policy.tls12_suites() {
            assert!(matches!(suite.authentication, Authentication::Ecdsa | Authentication::Rsa), "{name}");
            assert!(suite.id.to_string().starts_with("TLS_ECDHE_"), "{name}: {}", suite.id);
        }
    }
}

/// wolfSSL CVE-2026-5194, libcrux RUSTSEC-2026-0077: signatures that are almost right.
//= 9846:4.5.2 verified
#[test]
fn class_17_lax_signature_verification() {
    type Alter = fn(&[u8]) -> Vec<u8>;
    let alterations: [(&str, Alter); 7] = [
        ("a byte behind it", |signature| [signature, &[0]].concat()),
        ("a byte behind its numbers", |signature| {
            [&[0x30, signature[1] + 1], &signature[2..], &[0]].concat()
        }),
        ("a long form of its length", |signature| [&[0x30, 0x81], &signature[1..]].concat()),
        ("zeros", |_| vec![0x30, 6, 2, 1, 0, 2, 1, 0]),
        ("no numbers", |_| vec![0x30, 0]),
        ("numbers that are not in DER", |signature| signature[2..].to_vec()),
        ("another one", |signature| {
            let mut other = signature.to_vec();
            *other.last_mut().unwrap() ^= 1;
            other
        }),
    ];
    for scenario in SIMPLE {
        let setup = Scenario { mutual: true, ..scenario }.setup();
        let server_proof = match scenario.is_tls12() {
            true => (HandshakeType::SERVER_KEY_EXCHANGE, 4 + 4 + 32),
            false => (HandshakeType::CERTIFICATE_VERIFY, 4),
        };
        for (side, (message_type, at)) in
            [(Side::Server, server_proof), (Side::Client, (HandshakeType::CERTIFICATE_VERIFY, 4))]
        {
            let number = number(&setup, side, message_type);
            for (what, alter) in alterations {
                let mut relay = setup.relay();
                relay.run_changing(number, |piece| {
                    let signature = alter(&piece.content[at + 4..]);
                    let len = u16::try_from(signature.len()).unwrap().to_be_bytes();
                    let body = [&piece.content[4..at + 2], &len, &signature].concat();
                    vec![piece.with(tests::hello::message(message_type.0, &body))]
                });
                relay.assert_refused(side.other(), Alert::DECRYPT_ERROR, what);
            }
        }
    }
}

/// FIPS 203 §7.2, invalid curves, small subgroups: shares that are none.
//= 9846:4.3.8.2 on-curve
#[test]
fn class_19_key_shares_that_are_none() {
    let authority = Authority::new();
    // Where a share's point is, and where its encapsulation key.
    for (group, point, key) in [
        (NamedGroup::X25519MLKEM768, Some(1184..1216), Some(0)),
        (NamedGroup::SECP256R1MLKEM768, Some(0..65), Some(65)),
        (NamedGroup::SECP384R1MLKEM1024, Some(0..97), Some(97)),
        (NamedGroup::MLKEM1024, None, Some(0)),
        (NamedGroup::X25519, Some(0..32), None),
        (NamedGroup::SECP256R1, Some(0..65), None),
        (NamedGroup::SECP384R1, Some(0..97), None),
        (NamedGroup::SECP521R1, Some(0..133), None),
    ] {
        let policy = SecurityPolicy {
            groups: vec![group].into(),
            key_shares: vec![group].into(),
            ..only(ProtocolVersion::TLS1_3, &SecurityPolicy::P20251014)
        };
        let client = client_builder(&authority).policy(policy.clone());
        let setup = Setup::new(client, server_builder(&authority).policy(policy));
        let refuses = |alter: &dyn Fn(&mut Vec<u8>)| {
            let mut pair = setup.pair();
            let wire = pair.client.take_output();
            let mut hello = Extended::parse(&records(&wire)[0][5..]);
            let mut share = hello.body_mut(ext::KEY_SHARE)[6..].to_vec();
            alter(&mut share);
            let len = |extra| u16::try_from(share.len() + extra).unwrap().to_be_bytes();
            let entry = [len(4).as_slice(), &group.0.to_be_bytes(), &len(0), &share].concat();
            hello.set(ext::KEY_SHARE, &entry);
            pair.server.deliver(&record(content_type::HANDSHAKE, &hello.bytes()));
            assert_eq!(
                alert(&pair.server),
                Some(Alert::ILLEGAL_PARAMETER),
                "{group}: {:?}",
                pair.server.error
            );
        };
        refuses(&|share| share.truncate(share.len() - 1));
        refuses(&|share| share.push(0));
        refuses(&|share| share.truncate(1));
        if let Some(point) = point {
            refuses(&|share| share[point.clone()].fill(0));
            if point.len() > 32 {
                // Off the curve; compressed; at infinity.
                refuses(&|share| share[point.end - 1] ^= 1);
                refuses(&|share| share[point.start] = 2);
                refuses(&|share| drop(share.splice(point.clone(), [0])));
            }
        }
        if let Some(from) = key {
            // The first coefficient, and one in the middle: the modulus, the next number and the largest.
            for (at, value) in [(0, 3329_u16), (0, 3330), (384, 4095), (600, 3329)] {
                refuses(&|share| {
                    let [low, high] = value.to_le_bytes();
                    share[from + at] = low;
                    share[from + at + 1] = share[from + at + 1] & 0xf0 | high;
                });
            }
        }
        // A ciphertext that was tampered with decapsulates to something: only the keys tell.
        if let Some(from) = key {
            let mut pair = setup.pair();
            let hello = pair.client.take_output();
            pair.server.deliver(&hello);
            let answer = pair.server.take_output();
            let (first, rest) = answer.split_at(records(&answer)[0].len());
            let mut hello = Extended::parse(&first[5..]);
            hello.body_mut(ext::KEY_SHARE)[4 + from + 9] ^= 1;
            pair.client.deliver(&record(content_type::HANDSHAKE, &hello.bytes()));
            assert_eq!(pair.client.error, None, "{group}");
            pair.client.deliver(rest);
            assert_eq!(alert(&pair.client), Some(Alert::BAD_RECORD_MAC), "{group}");
        }
    }
}

/// CVE-2016-0270, and every counter that is reused or runs over.
//= 9846:4.2.3 random
//= 9846:4.3.8 fresh
#[test]
fn class_20_reuse_and_limits_of_keys() {
    let authority = Authority::new();
    let policy = SecurityPolicy::P20251014;
    let client = client_builder(&authority).policy(policy.clone()).build().unwrap();
    let server = server_builder(&authority).policy(policy).build().unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..50 {
        let mut pair = Pair::new(&client, &server);
        let (mut flights, mut randoms) = (Vec::new(), 0);
        pair.run(|end, bytes| {
            flights.push(bytes.to_vec());
            end.deliver(bytes);
        });
        for flight in &flights[..2] {
            let hello = Extended::parse(&records(flight)[0][5..]);
            let share = hello.extensions.iter().find(|(extension, _)| *extension == ext::KEY_SHARE).unwrap();
            let tail = share.1[share.1.len() - 32..].to_vec();
            for secret in [hello.prefix[2..34].to_vec(), tail] {
                assert!(seen.insert(secret), "the same again");
                randoms += 1;
            }
        }
        assert_eq!(randoms, 4);
    }
    for side in BOTH {
        // Each key seals as many records as it may, and none under the number of another.
        let client = client_builder(&authority).rekey_after(2);
        let (mut pair, mut keys) =
            Setup::new(client, server_builder(&authority).rekey_after(2)).established(side);
        let wire: Vec<u8> = (0..9).flat_map(|_| pair.end(side).seal(b"same")).collect();
        let mut bodies = std::collections::BTreeSet::new();
        for record in records(&wire) {
            assert!(bodies.insert(record.to_vec()));
            if keys.open(record).0 == content_type::HANDSHAKE {
                keys = keys.next();
            }
        }
        assert!(bodies.len() > 9);
        pair.end(side.other()).deliver(&wire);
        // Updates that cross.
        for side in BOTH {
            pair.end(side).connection.update_keys(KeyUpdateRequest::Requested).unwrap();
        }
        pair.handshake();
        pair.end(side.other()).received.clear();
        pair.assert_works();
    }
}

/// How the other process knows that it is to be the server, and where.
const ADDRESS: &str = "BUG_CLASS_26_SERVER";

/// libcrux RUSTSEC-2025-0133 and -0125: code that is right on some processors. One end runs here, the other in a process
/// that is told that its processor can do less.
#[test]
fn class_26_other_processors() {
    let groups = [NamedGroup::X25519MLKEM768, NamedGroup::SECP384R1MLKEM1024, NamedGroup::SECP521R1];
    let suites: Vec<_> = only(ProtocolVersion::TLS1_3, &SecurityPolicy::P20251014).tls13_suites().collect();
    let rounds = groups.iter().flat_map(|group| suites.iter().map(|suite| (*group, suite.id)));
    let policies: Vec<SecurityPolicy> = rounds
        .map(|(group, suite)| SecurityPolicy {
            groups: vec![group].into(),
            key_shares: vec![group].into(),
            cipher_suites: vec![suite].into(),
            ..SecurityPolicy::P20251014
        })
        .collect();
    if let Ok(address) = std::env::var(ADDRESS) {
        let authority = Authority::new();
        for policy in policies {
            let server = server_builder(&authority).policy(policy).build().unwrap();
            let end = End::new(Connection::server(server, now()).unwrap());
            carry(end, TcpStream::connect(&address).unwrap(), b"from the server", b"from the client");
        }
        return;
    }
    // Without AVX-512; without AVX2, too; without AES and carry-less multiplication; nothing but SSE2.
    for mask in [":~0xd0030000", ":~0xd0030128", "~0x0200000200000000", "~0x1280020200000000:~0xffffffff"] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let test = "bug_classes::keys::class_26_other_processors";
        let mut other = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test])
            .env(ADDRESS, listener.local_addr().unwrap().to_string())
            .env("OPENSSL_ia32cap", mask)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        for policy in &policies {
            let client = client_builder(&Authority::new())
                .policy(policy.clone())
                .server_verification(ServerVerification::Insecure)
                .build()
                .unwrap();
            let end = End::new(Connection::client(client, localhost(), now()).unwrap());
            let (stream, _) = listener.accept().unwrap();
            carry(end, stream, b"from the client", b"from the server");
        }
        assert!(other.wait().unwrap().success(), "{mask}");
    }
}

/// Runs one end over a stream: it says the one thing and hears the other.
fn carry(mut end: End, mut stream: TcpStream, said: &[u8], heard: &[u8]) {
    stream.set_read_timeout(Some(std::time::Duration::from_secs(60))).unwrap();
    let mut has_said = false;
    while end.received.len() < heard.len() {
        stream.write_all(&end.take_output()).unwrap();
        if end.established && !has_said {
            stream.write_all(&end.seal(said)).unwrap();
            has_said = true;
        }
        let mut bytes = [0; 4096];
        let len = stream.read(&mut bytes).unwrap();
        assert!(len > 0, "the other end has gone: {:?}", end.error);
        end.deliver(&bytes[..len]);
        assert_eq!(end.error, None);
    }
    if !has_said {
        stream.write_all(&end.seal(said)).unwrap();
    }
    assert_eq!(end.received, heard);
}

/// Secrets in logs: kept only where someone asked for them, and never printed.
#[test]
fn class_28_secrets_that_leak() {
    for scenario in ALL {
        let authority = Authority::new();
        let (client, server) = scenario.builders(&authority);
        let log = Arc::<Secrets>::default();
        let client = client.key_log(log.clone()).build().unwrap();
        let server = server.build().unwrap();
        let mut pair = Pair::new(&client, &server);
        let mut printed = String::new();
        pair.run(|end, bytes| {
            end.deliver(bytes);
            printed += &format!("{:?}", end.connection);
        });
        pair.assert_works();
        printed += &format!("{client:?} {server:?} {:?} {log:?}", pair);
        let secrets: Vec<Vec<u8>> = log.labels().iter().filter_map(|(label, _)| log.get(label)).collect();
        assert!(!secrets.is_empty());
        for secret in secrets {
            let hex: String = secret[..8].iter().map(|byte| format!("{byte:02x}")).collect();
            let list = format!("{:?}", &secret[..8]);
            assert!(!printed.to_lowercase().contains(&hex), "{scenario:?}");
            assert!(!printed.contains(list.trim_matches(['[', ']'])), "{scenario:?}");
        }
    }
}
