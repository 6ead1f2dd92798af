//! What our own messages and records look like on the wire.

use std::collections::BTreeSet;

use tests::authority::Authority;
use tests::hello::Extended;
use tests::pair::{client_builder, server_builder};
use tests::relay::{Piece, Setup, Side, content_type, records};
use tests::scenario::{ALL, SIMPLE, Scenario};
use tls_core::HandshakeType;
use tls_core::ciphersuites::{NamedGroup, SecurityPolicy};

use crate::cases::ext;

const BOTH: [Side; 2] = [Side::Client, Side::Server];
const FIRST_HELLO: usize = 0;

/// The messages of this type, taken apart.
fn taken_apart(messages: &[Piece], message_type: HandshakeType) -> Vec<Extended> {
    let of_type = messages.iter().filter(|piece| piece.message_type() == Some(message_type));
    of_type.map(|piece| Extended::parse(&piece.content)).collect()
}

/// Those of TLS 1.3 that have extensions.
const EXTENDED: [HandshakeType; 4] = [
    HandshakeType::CLIENT_HELLO,
    HandshakeType::SERVER_HELLO,
    HandshakeType::ENCRYPTED_EXTENSIONS,
    HandshakeType::CERTIFICATE_REQUEST,
];

fn types(message: &Extended) -> Vec<u16> {
    message.extensions.iter().map(|(extension, _)| *extension).collect()
}

//= 9846:4.2.2 legacy-version
//= 9846:4.2.2 session-id
//= 9846:4.2.2 compression
//= 9846:4.2.3 legacy-version
//= 9846:4.2.3 compression
//= 9846:4.3.1 sent
//= 9846:4.3.3 sent
//= 9846:9.2 extensions
//= 9846:9.2 group-extensions
//= 9846:9.2 complete
//= 9846:B reserved-values
//= 9846:E.5 truncated-hmac
#[test]
fn hellos_have_the_fixed_values() {
    for scenario in ALL {
        let messages = scenario.setup().messages();
        for mut hello in taken_apart(&messages, HandshakeType::CLIENT_HELLO) {
            assert_eq!(hello.prefix[..2], [3, 3], "{scenario:?}");
            assert_eq!(hello.prefix[hello.prefix.len() - 2..], [1, 0], "{scenario:?}");
            for needed in [ext::SERVER_NAME, ext::SUPPORTED_GROUPS, ext::SIGNATURE_ALGORITHMS] {
                assert!(hello.has(needed) || scenario.keyed, "{scenario:?} without {needed}");
            }
            assert!(hello.has(ext::SUPPORTED_GROUPS), "{scenario:?}");
            // The truncated HMAC of RFC 6066.
            assert!(!hello.has(4), "{scenario:?}");
            if scenario.is_tls12() {
                continue;
            }
            assert_eq!(hello.prefix[34], 32, "{scenario:?}");
            assert_eq!(*hello.body_mut(ext::SUPPORTED_VERSIONS), [2, 3, 4], "{scenario:?}");
            assert!(hello.has(ext::KEY_SHARE), "{scenario:?}");
        }
        for hello in taken_apart(&messages, HandshakeType::SERVER_HELLO) {
            assert_eq!((&hello.prefix[..2], hello.prefix.last()), (&[3, 3][..], Some(&0)), "{scenario:?}");
        }
    }
    // Both versions, where both are wanted.
    let authority = Authority::new();
    let both = || SecurityPolicy::P20251014;
    let setup =
        Setup::new(client_builder(&authority).policy(both()), server_builder(&authority).policy(both()));
    let mut hello = Extended::parse(&setup.messages()[FIRST_HELLO].content);
    assert_eq!(*hello.body_mut(ext::SUPPORTED_VERSIONS), [4, 3, 4, 3, 3]);
}

//= 9846:4.3 duplicates
//= 9846:4.3.7 duplicates
#[test]
fn no_message_says_anything_twice() {
    let once = |values: &[u16], context: &str| {
        let distinct: BTreeSet<&u16> = values.iter().collect();
        assert_eq!(distinct.len(), values.len(), "{context}: {values:?}");
    };
    for scenario in ALL.into_iter().filter(|scenario| !scenario.is_tls12()) {
        let messages = scenario.setup().messages();
        for message in EXTENDED.into_iter().flat_map(|message_type| taken_apart(&messages, message_type)) {
            once(&types(&message), &format!("{scenario:?}"));
        }
    }
    for name in SecurityPolicy::names() {
        let policy = SecurityPolicy::by_name(name).unwrap();
        once(&policy.usable_groups().map(|group| group.0).collect::<Vec<_>>(), name);
        once(&policy.usable_cipher_suites().map(|suite| suite.0).collect::<Vec<_>>(), name);
    }
}

/// Each extension in the message that it is for, and nothing that was not asked for.
//= 9846:4.2.3 extensions
//= 9846:4.2.3 supported-versions
//= 9846:4.2.4 extensions-offered
//= 9846:4.3 only-answers
//= 9846:4.3.6 answer
//= 9846:4.3.9 server
//= 9846:4.4.2 context
//= 9846:4.4.2 schemes
//= 9846:4.5.1.1 status-v2
#[test]
fn a_server_answers_what_was_asked_where_it_belongs() {
    for scenario in ALL.into_iter().filter(|scenario| !scenario.is_tls12()) {
        let messages = scenario.setup().messages();
        let hello = Extended::parse(&messages[FIRST_HELLO].content);
        for piece in messages.iter().filter(|piece| piece.message_type() == Some(HandshakeType::SERVER_HELLO))
        {
            let mut answer = Extended::parse(&piece.content);
            let permitted: &[u16] = match piece.is_retry() {
                true => &[ext::SUPPORTED_VERSIONS, ext::KEY_SHARE, ext::COOKIE],
                false => &[ext::SUPPORTED_VERSIONS, ext::KEY_SHARE, ext::PRE_SHARED_KEY],
            };
            assert!(types(&answer).iter().all(|extension| permitted.contains(extension)), "{scenario:?}");
            assert_eq!(*answer.body_mut(ext::SUPPORTED_VERSIONS), [3, 4], "{scenario:?}");
            assert!(answer.has(ext::KEY_SHARE), "{scenario:?}");
            let is_asked = |extension: &u16| hello.has(*extension) || *extension == ext::COOKIE;
            assert!(types(&answer).iter().all(is_asked), "{scenario:?}");
        }
        for encrypted in taken_apart(&messages, HandshakeType::ENCRYPTED_EXTENSIONS) {
            let permitted =
                [ext::SERVER_NAME, ext::ALPN, ext::RECORD_SIZE_LIMIT, ext::SUPPORTED_GROUPS, ext::EARLY_DATA];
            let is_right = |extension: &u16| permitted.contains(extension) && hello.has(*extension);
            assert!(types(&encrypted).iter().all(is_right), "{scenario:?}: {encrypted:?}");
        }
        for request in taken_apart(&messages, HandshakeType::CERTIFICATE_REQUEST) {
            assert_eq!(
                (request.prefix.as_slice(), types(&request)),
                (&[0][..], vec![ext::SIGNATURE_ALGORITHMS])
            );
        }
    }
}

//= 9846:4.2.4 same-suite
#[test]
fn a_retry_and_its_server_hello_agree() {
    for scenario in ALL.into_iter().filter(|scenario| scenario.retry) {
        let messages = scenario.setup().messages();
        let [retry, mut hello] =
            <[Extended; 2]>::try_from(taken_apart(&messages, HandshakeType::SERVER_HELLO)).unwrap();
        let mut retry = retry;
        let suite = |hello: &Extended| hello.prefix[hello.suites_at()..][..2].to_vec();
        assert_eq!(suite(&retry), suite(&hello));
        assert_eq!(retry.body_mut(ext::KEY_SHARE)[..2], hello.body_mut(ext::KEY_SHARE)[..2]);
        assert_eq!(retry.body_mut(ext::SUPPORTED_VERSIONS), hello.body_mut(ext::SUPPORTED_VERSIONS));
    }
}

//= 9846:4.2.2 second-hello
#[test]
fn a_second_hello_is_the_first_but_for_what_was_asked_for() {
    for scenario in ALL.into_iter().filter(|scenario| scenario.retry) {
        let messages = scenario.setup().messages();
        let [first, second] =
            <[Extended; 2]>::try_from(taken_apart(&messages, HandshakeType::CLIENT_HELLO)).unwrap();
        assert_eq!(first.prefix, second.prefix);
        // The binder covers both hellos, and is another one.
        let changed = [ext::KEY_SHARE, ext::COOKIE, ext::PRE_SHARED_KEY];
        let kept = |hello: &Extended| -> Vec<(u16, Vec<u8>)> {
            hello.extensions.iter().filter(|(extension, _)| !changed.contains(extension)).cloned().collect()
        };
        assert_eq!(kept(&first), kept(&second));
        assert!(!first.has(ext::COOKIE) && second.has(ext::COOKIE));
        assert_eq!(first.has(ext::PRE_SHARED_KEY), second.has(ext::PRE_SHARED_KEY));
    }
}

//= 9846:4.3.2 not-kept
#[test]
fn cookies_are_not_kept() {
    let setup = Scenario { retry: true, ..SIMPLE[0] }.setup();
    for _ in 0..2 {
        let hellos = taken_apart(&setup.messages(), HandshakeType::CLIENT_HELLO);
        assert_eq!(hellos.iter().map(|hello| hello.has(ext::COOKIE)).collect::<Vec<_>>(), [false, true]);
    }
}

//= 9846:4.3 psk-last
//= 9846:4.3.9 sent
//= 9846:9.2 psk-extensions
#[test]
fn a_session_is_offered_last() {
    for retry in [false, true] {
        let messages = Scenario { resumed: true, retry, ..SIMPLE[0] }.setup().messages();
        for hello in taken_apart(&messages, HandshakeType::CLIENT_HELLO) {
            assert_eq!(types(&hello).last(), Some(&ext::PRE_SHARED_KEY));
            assert!(hello.has(ext::PSK_KEY_EXCHANGE_MODES) && hello.has(ext::KEY_SHARE));
        }
    }
}

/// What either side sends in a whole connection, record by record.
fn record_types(setup: &Setup) -> [Vec<u8>; 2] {
    let mut pair = setup.pair();
    let mut sent = [Vec::new(), Vec::new()];
    for _ in 0..4 {
        for side in BOTH {
            let bytes = pair.end(side).take_output();
            sent[usize::from(side == Side::Server)].extend(records(&bytes).iter().map(|record| record[0]));
            pair.end(side.other()).deliver(&bytes);
        }
    }
    pair.assert_works();
    sent
}

//= 9846:4.2.2 session-id-empty
//= 9846:E.4 ccs-sent
#[test]
fn without_compatibility_mode_nothing_looks_like_tls12() {
    let authority = Authority::new();
    for compatible in [true, false] {
        for groups in [&[NamedGroup::X25519][..], &[NamedGroup::SECP256R1]] {
            let policy = SecurityPolicy { groups: groups.to_vec().into(), ..tests::pair::default_tls13() };
            let client =
                client_builder(&authority).middlebox_compatibility(compatible).policy(SecurityPolicy {
                    groups: vec![NamedGroup::X25519, NamedGroup::SECP256R1].into(),
                    key_shares: vec![NamedGroup::X25519].into(),
                    ..tests::pair::default_tls13()
                });
            let setup = Setup::new(client, server_builder(&authority).policy(policy));
            let [client, server] = record_types(&setup);
            let changes =
                |sent: &[u8]| sent.iter().filter(|sent| **sent == content_type::CHANGE_CIPHER_SPEC).count();
            assert_eq!((changes(&client), changes(&server)), if compatible { (1, 1) } else { (0, 0) });
            if compatible {
                // Right behind the first message; and before all that is protected.
                assert_eq!(server[..2], [content_type::HANDSHAKE, content_type::CHANGE_CIPHER_SPEC]);
                assert_eq!(client[..2], [content_type::HANDSHAKE, content_type::CHANGE_CIPHER_SPEC]);
            }
            let hello = Extended::parse(&setup.messages()[FIRST_HELLO].content);
            assert_eq!(hello.prefix[34], if compatible { 32 } else { 0 });
        }
    }
}

/// Whether this message may be followed by other keys.
fn ends_its_record(piece: &Piece) -> bool {
    [HandshakeType::CLIENT_HELLO, HandshakeType::SERVER_HELLO, HandshakeType::FINISHED]
        .iter()
        .any(|ends| piece.message_type() == Some(*ends))
}

//= 9846:5 types-sent
//= 9846:5.1 not-interleaved
//= 9846:5.1 aligned
//= 9846:5.1 no-empty-handshake
//= 9846:5.1 record-version
//= 9846:B reserved-values
//= 9846:E.5 ssl2-hello
#[test]
fn records_are_whole_and_of_known_types() {
    for scenario in ALL.into_iter().filter(|scenario| !scenario.is_tls12()) {
        let setup = scenario.setup();
        let mut relay = setup.relay();
        // What a record holds, as its receiver sees it: one message at least, and nothing behind those that end it.
        let mut alone = Vec::new();
        relay.run(|piece| {
            alone.push((ends_its_record(piece), piece.content.len()));
            vec![piece.clone()]
        });
        assert!(alone.iter().all(|(_, len)| *len > 0), "{scenario:?}: {alone:?}");
        let mut pair = setup.pair();
        let mut is_first = true;
        pair.run(|end, bytes| {
            for record in records(bytes) {
                let known = [20, 21, 22, 23].contains(&record[0]);
                let version = if is_first { [3, 1] } else { [3, 3] };
                assert!(
                    known && record[1..3] == version && record.len() > 5,
                    "{scenario:?}: {:?}",
                    &record[..5]
                );
                is_first = false;
                if record[0] == content_type::HANDSHAKE {
                    let len = 4 + usize::from(u16::from_be_bytes([record[7], record[8]]));
                    assert_eq!(record.len(), 5 + len, "{scenario:?}: a hello alone");
                }
            }
            end.deliver(bytes);
        });
        pair.assert_works();
    }
    // Finished and KeyUpdate, under their keys.
    for side in BOTH {
        let (mut pair, mut keys) = SIMPLE[0].setup().established(side);
        pair.end(side).connection.update_keys(tls_core::KeyUpdateRequest::NotRequested).unwrap();
        let wire = pair.end(side).seal(b"data");
        let [update, data] = <[&[u8]; 2]>::try_from(records(&wire)).unwrap();
        assert_eq!(keys.open(update), (content_type::HANDSHAKE, vec![24, 0, 0, 1, 0]));
        assert_eq!(keys.next().open(data), (content_type::APPLICATION_DATA, b"data".to_vec()));
    }
}

//= 9846:2 data-after-finished
//= 9846:F.5 handshake-done
#[test]
fn no_data_goes_out_before_the_handshake_is_done() {
    for scenario in SIMPLE {
        let mut pair = scenario.setup().pair();
        for side in BOTH {
            let mut out = [0; 100];
            let connection = &mut pair.end(side).connection;
            assert!(connection.is_handshaking());
            let error = connection.send(&[std::io::IoSlice::new(b"early")], &mut out).unwrap_err();
            assert_eq!((error.code(), out), ("misuse", [0; 100]), "{scenario:?}: {side:?}");
        }
        pair.handshake();
        for side in BOTH {
            assert!(!pair.end(side).connection.is_handshaking());
            let mut sealed = pair.end(side).seal(b"secret words");
            assert!(!sealed.windows(12).any(|window| window == b"secret words"));
            pair.end(side.other()).deliver(&std::mem::take(&mut sealed));
        }
        assert_eq!(pair.server.received, b"secret words");
    }
}

//= 9846:4.7.1 seven-days
//= 9846:4.7.1 age-add
#[test]
fn tickets_live_a_week_at_most() {
    use std::time::Duration;
    let weeks = Duration::from_secs(5 * 604_800);
    let (store, keys) = (tls_core::SessionStore::new(9), tls_core::TicketKeys::rotating());
    let authority = Authority::new();
    let client = client_builder(&authority).session_store(std::sync::Arc::new(store));
    let server = server_builder(&authority).ticket_keys(std::sync::Arc::new(keys)).session_lifetime(weeks);
    let setup = Setup::new(client, server.tickets_per_handshake(4));
    let mut relay = setup.relay();
    let (mut lifetimes, mut masks) = (Vec::new(), BTreeSet::new());
    relay.run(|piece| {
        if piece.message_type() == Some(HandshakeType::NEW_SESSION_TICKET) {
            let field = |at: usize| u32::from_be_bytes(*piece.content[at..].first_chunk().unwrap());
            lifetimes.push(field(4));
            masks.insert(field(8));
        }
        vec![piece.clone()]
    });
    assert_eq!((lifetimes.len(), masks.len()), (4, 4));
    assert!(lifetimes.iter().all(|seconds| *seconds > 0 && *seconds <= 604_800), "{lifetimes:?}");
}
