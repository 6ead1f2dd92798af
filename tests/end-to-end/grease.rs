//! Values that mean nothing (RFC 8701): sent, ignored, and fatal where they are chosen.

use tests::authority::Authority;
use tests::hello::Extended;
use tests::pair::{client_builder, default_tls13, server_builder};
use tests::relay::{Piece, Setup};
use tls_core::ciphersuites::{NamedGroup, SecurityPolicy};
use tls_core::{AlertDescription as Alert, ClientAuthentication, HandshakeType};

use crate::cases::{ext, refuse_altered};

fn setup(grease: bool, retry: bool) -> Setup {
    let authority = Authority::new();
    let policy = SecurityPolicy {
        key_shares: vec![if retry { NamedGroup::SECP256R1 } else { NamedGroup::X25519 }].into(),
        groups: vec![NamedGroup::X25519, NamedGroup::SECP256R1].into(),
        ..default_tls13()
    };
    let x25519 = SecurityPolicy { groups: vec![NamedGroup::X25519].into(), ..default_tls13() };
    let client = client_builder(&authority).policy(policy).grease(grease);
    let client = client.identity(authority.localhost().identity());
    let server = server_builder(&authority).policy(x25519).grease(grease);
    let server = server.client_authentication(ClientAuthentication::Required(authority.roots()));
    Setup::new(client, server)
}

fn is_grease(value: &[u8]) -> bool {
    value.len() == 2 && value[0] == value[1] && value[0] & 0x0f == 0x0a
}

/// The GREASE values of a list of code points.
fn greases(list: &[u8]) -> Vec<[u8; 2]> {
    list.as_chunks().0.iter().copied().filter(|value| is_grease(value)).collect()
}

fn hellos(messages: &[Piece]) -> Vec<Extended> {
    let is_hello = |piece: &&Piece| piece.message_type() == Some(HandshakeType::CLIENT_HELLO);
    messages.iter().filter(is_hello).map(|piece| Extended::parse(&piece.content)).collect()
}

//= 9846:4.2.2 unknown-suites
//= 9846:4.4.2 unknown
#[test]
fn sent_everywhere_if_asked_for() {
    for (grease, retry) in [(true, false), (true, true), (false, false)] {
        let messages = setup(grease, retry).messages();
        let count = usize::from(grease);
        let mut seen = Vec::new();
        for (number, mut hello) in hellos(&messages).into_iter().enumerate() {
            let suites = hello.prefix[hello.suites_at() + 2..].to_vec();
            let lists = [
                greases(&suites),
                greases(&hello.body_mut(ext::SUPPORTED_GROUPS)[2..]),
                greases(&hello.body_mut(ext::SIGNATURE_ALGORITHMS)[2..]),
                greases(&hello.body_mut(ext::SUPPORTED_VERSIONS)[1..]),
            ];
            assert!(lists.iter().all(|list| list.len() == count), "{lists:?}");
            // A second hello holds the share that was asked for and no other.
            let share = greases(&hello.body_mut(ext::KEY_SHARE)[2..4]);
            assert_eq!(share, if number == 0 { lists[1].clone() } else { vec![] });
            let extensions: Vec<[u8; 2]> = hello
                .extensions
                .iter()
                .map(|(extension, _)| extension.to_be_bytes())
                .filter(|value| is_grease(value))
                .collect();
            assert_eq!(extensions.len(), 2 * count);
            seen.push((lists, extensions));
        }
        // The second hello is the first but for what was asked for.
        assert_eq!(seen.len(), if retry { 2 } else { 1 });
        assert!(seen.windows(2).all(|pair| pair[0] == pair[1]));
        let request = messages
            .iter()
            .find(|piece| piece.message_type() == Some(HandshakeType::CERTIFICATE_REQUEST))
            .map(|piece| Extended::parse(&piece.content))
            .unwrap();
        let extensions = request.extensions.iter().filter(|(ext, _)| is_grease(&ext.to_be_bytes()));
        assert_eq!(extensions.count(), count);
    }
}

#[test]
fn drawn_anew() {
    let setup = setup(true, false);
    let draw = || {
        let hello = hellos(&setup.messages()).remove(0);
        hello.extensions.iter().map(|(ext, _)| *ext).collect::<Vec<_>>()
    };
    let drawn: std::collections::BTreeSet<Vec<u16>> = (0..20).map(|_| draw()).collect();
    assert!(drawn.len() > 5, "{drawn:?}");
}

/// What the client offered without meaning it, the server may not choose.
#[test]
fn chosen_by_the_server() {
    let setup = setup(true, false);
    let offered = std::cell::RefCell::new(None);
    let choose = |alter: fn(&mut Extended, &mut Extended)| {
        let mut relay = setup.relay();
        relay.run(|piece| match piece.message_type() {
            Some(HandshakeType::CLIENT_HELLO) => {
                *offered.borrow_mut() = Some(Extended::parse(&piece.content));
                vec![piece.clone()]
            }
            Some(HandshakeType::SERVER_HELLO) => {
                let mut hello = Extended::parse(&piece.content);
                alter(&mut hello, offered.borrow_mut().as_mut().unwrap());
                vec![piece.with(hello.bytes())]
            }
            _ => vec![piece.clone()],
        });
        let error = relay.pair.client.error.unwrap();
        (error.code(), error.alert_sent().unwrap())
    };
    let suite = choose(|hello, offer| {
        let (at, from) = (hello.suites_at(), offer.suites_at() + 2);
        hello.prefix[at..at + 2].copy_from_slice(&offer.prefix[from..from + 2]);
    });
    assert_eq!(suite, ("wrong_cipher_suite", Alert::ILLEGAL_PARAMETER));
    let group = choose(|hello, offer| {
        let group = offer.body_mut(ext::SUPPORTED_GROUPS)[2..4].to_vec();
        hello.body_mut(ext::KEY_SHARE)[..2].copy_from_slice(&group);
    });
    assert_eq!(group, ("wrong_group", Alert::ILLEGAL_PARAMETER));
    let version = choose(|hello, offer| {
        let version = offer.body_mut(ext::SUPPORTED_VERSIONS)[1..3].to_vec();
        *hello.body_mut(ext::SUPPORTED_VERSIONS) = version;
    });
    assert_eq!(version, ("illegal_parameter", Alert::ILLEGAL_PARAMETER));
    let extension = choose(|hello, offer| hello.push(offer.extensions[0].0, &[]));
    assert_eq!(extension, ("unsolicited_extension", Alert::UNSUPPORTED_EXTENSION));
}

/// A GREASE extension is no less of a stranger in an answer.
#[test]
fn echoed_in_encrypted_extensions() {
    let setup = setup(true, false);
    let messages = setup.messages();
    let is_answer = |piece: &Piece| piece.message_type() == Some(HandshakeType::ENCRYPTED_EXTENSIONS);
    let number = messages.iter().position(is_answer).unwrap();
    let echo = |piece: &Piece| {
        let mut message = Extended::parse(&piece.content);
        message.push(0x3a3a, &[]);
        vec![piece.with(message.bytes())]
    };
    let (alert, code) = (Alert::UNSUPPORTED_EXTENSION, "unsolicited_extension");
    refuse_altered(&setup, number, "an echo", echo, alert, code);
}
