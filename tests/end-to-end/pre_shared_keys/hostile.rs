//! Peers that get keys wrong, and offers that are altered on their way.

use tests::hello::Extended;
use tests::relay::{Setup, Side};
use tests::scenario::ALL;

use super::*;
use crate::cases::{Case, ext, refuse};

/// Indices of [`ALL`].
const PLAIN: usize = 0;
const KEYED: usize = 9;
const KEYED_RETRIED: usize = 10;

const FIRST_HELLO: usize = 0;
const SERVER_HELLO: usize = 1;
const SECOND_HELLO: usize = 2;
const SECOND_SERVER_HELLO: usize = 3;

/// The identities and binders of a ClientHello.
struct Offer {
    identities: Vec<Vec<u8>>,
    binders: Vec<Vec<u8>>,
}

fn vec16(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}

impl Offer {
    fn of(hello: &mut Extended) -> Self {
        let body = hello.body_mut(ext::PRE_SHARED_KEY);
        let (mut identities, mut binders) = (Vec::new(), Vec::new());
        let split = 2 + usize::from(u16::from_be_bytes([body[0], body[1]]));
        let mut rest = &body[2..split];
        while !rest.is_empty() {
            let len = usize::from(u16::from_be_bytes([rest[0], rest[1]]));
            identities.push(rest[2..2 + len].to_vec());
            rest = &rest[2 + len + 4..];
        }
        rest = &body[split + 2..];
        while !rest.is_empty() {
            let len = usize::from(rest[0]);
            binders.push(rest[1..1 + len].to_vec());
            rest = &rest[1 + len..];
        }
        Self { identities, binders }
    }

    fn put(&self, hello: &mut Extended) {
        let identities: Vec<u8> =
            self.identities.iter().flat_map(|identity| [vec16(identity), vec![0; 4]].concat()).collect();
        let binders: Vec<u8> = self
            .binders
            .iter()
            .flat_map(|b| [&[u8::try_from(b.len()).unwrap()], b.as_slice()].concat())
            .collect();
        *hello.body_mut(ext::PRE_SHARED_KEY) = [vec16(&identities), vec16(&binders)].concat();
    }
}

fn change(hello: &mut Extended, change: impl FnOnce(&mut Offer)) {
    let mut offer = Offer::of(hello);
    change(&mut offer);
    offer.put(hello);
}

fn setup(index: usize) -> Setup {
    ALL[index].setup()
}

/// The server's first key is the client's first, too; the client's others are not looked at.
//= 9846:4.3.11 binder
#[test]
fn wrong_binders() {
    let flip: fn(&mut Extended) = |h| change(h, |offer| offer.binders[0][7] ^= 1);
    let other: fn(&mut Extended) = |h| change(h, |offer| offer.binders.swap(1, 2));
    let longer: fn(&mut Extended) = |h| change(h, |offer| offer.binders[0].push(0));
    let bad = (Alert::DECRYPT_ERROR, "bad_binder");
    let cases: &[Case] = &[("a bit of it", flip, bad.0, bad.1)];
    refuse(&setup(KEYED), FIRST_HELLO, cases);
    refuse(&setup(KEYED_RETRIED), SECOND_HELLO, cases);
    let cases: &[Case] = &[("a byte more", longer, bad.0, bad.1)];
    refuse(&setup(KEYED_RETRIED), SECOND_HELLO, cases);
    // That of a key which is not used need not be right, but is part of what both have heard.
    let setup = setup(KEYED);
    let mut relay = setup.relay();
    relay.run_changing(FIRST_HELLO, |piece| {
        let mut hello = Extended::parse(&piece.content);
        other(&mut hello);
        vec![piece.with(hello.bytes())]
    });
    relay.assert_refused(Side::Client, Alert::DECRYPT_ERROR, "the binders of other keys");
}

/// A server that has nothing else answers all of these alike.
#[test]
fn offers_of_nothing_that_is_known() {
    let unknown: fn(&mut Extended) =
        |h| change(h, |offer| offer.identities.iter_mut().for_each(|identity| identity[2] ^= 1));
    let one: fn(&mut Extended) = |h| {
        change(h, |offer| {
            offer.identities = vec![vec![1]];
            offer.binders.truncate(1);
        });
    };
    let many: fn(&mut Extended) = |h| {
        change(h, |offer| {
            offer.identities = vec![b"nobody".to_vec(); 1000];
            offer.binders = vec![vec![0; 32]; 1000];
        });
    };
    let (alert, code) = (Alert::DECRYPT_ERROR, "unknown_pre_shared_key");
    let cases: &[Case] = &[
        ("all unknown", unknown, alert, code),
        ("one unknown", one, alert, code),
        ("a thousand unknown", many, alert, code),
    ];
    refuse(&setup(KEYED), FIRST_HELLO, cases);
    // Found out only when the second is proven.
    let late: &[Case] = &[("none of the first", unknown, Alert::ILLEGAL_PARAMETER, "illegal_parameter")];
    refuse(&setup(KEYED_RETRIED), SECOND_HELLO, late);

    let no_keys: fn(&mut Extended) = |h| h.remove(ext::PRE_SHARED_KEY);
    let psk_ke: fn(&mut Extended) = |h| *h.body_mut(ext::PSK_KEY_EXCHANGE_MODES) = vec![1, 0];
    let length: fn(&mut Extended) = |h| {
        change(h, |offer| {
            offer.identities.truncate(1);
            offer.binders = vec![vec![0; 77]];
        });
    };
    let (alert, code) = (Alert::HANDSHAKE_FAILURE, "no_common_pre_shared_key");
    let cases: &[Case] = &[
        ("no keys", no_keys, alert, code),
        ("keys without a key exchange", psk_ke, alert, code),
        ("a binder of no hash", length, alert, code),
    ];
    refuse(&setup(KEYED), FIRST_HELLO, cases);
    refuse(&setup(KEYED_RETRIED), FIRST_HELLO, cases);
}

/// Of the two hashes, those of the suites that are left decide.
#[test]
fn suites_that_go_with_no_key() {
    let ccm: fn(&mut Extended) = |h| h.set_suites(&[0x13, 0x04]);
    let (alert, code) = (Alert::HANDSHAKE_FAILURE, "no_common_cipher_suite");
    refuse(&setup(KEYED), FIRST_HELLO, &[("no suite", ccm, alert, code)]);
    let cut = |h: &mut Extended| {
        h.set_suites(&[0x13, 0x02]);
        change(h, |offer| {
            offer.identities.truncate(1);
            offer.binders.truncate(1);
        });
    };
    let (alert, code) = (Alert::HANDSHAKE_FAILURE, "no_common_pre_shared_key");
    refuse(&setup(KEYED), FIRST_HELLO, &[("a suite of the other hash", cut, alert, code)]);
}

/// The same name twice: the first is as good as any, and its binder must be right.
#[test]
fn keys_that_are_offered_twice() {
    let twice: fn(&mut Extended) = |h| {
        change(h, |offer| {
            offer.identities.insert(0, offer.identities[0].clone());
            offer.binders.insert(0, vec![1; 32]);
        });
    };
    let cases: &[Case] = &[("twice", twice, Alert::DECRYPT_ERROR, "bad_binder")];
    refuse(&setup(KEYED), FIRST_HELLO, cases);
}

/// What a second ClientHello may not do with the key that the server has found in the first.
#[test]
fn second_client_hellos_without_the_key() {
    let none: fn(&mut Extended) = |h| h.remove(ext::PRE_SHARED_KEY);
    let others: fn(&mut Extended) = |h| {
        change(h, |offer| {
            offer.identities.remove(0);
            offer.binders.remove(0);
        });
    };
    let cases: &[Case] = &[
        ("none", none, Alert::MISSING_EXTENSION, "missing_extension"),
        ("another", others, Alert::ILLEGAL_PARAMETER, "illegal_parameter"),
    ];
    let keys = [key("a", Hash::Sha256), key("b", Hash::Sha256)];
    let groups = [NamedGroup::SECP256R1, NamedGroup::SECP384R1];
    let client = keyed_client(&Authority::new(), &keys).policy(policy(&SUITES, &groups, &groups[..1]));
    let server = keyed_server(known(&keys[..1])).policy(policy(&SUITES, &groups[1..], &groups[1..]));
    refuse(&Setup::new(client, server), SECOND_HELLO, cases);
}

fn select(hello: &mut Extended, index: u16) {
    *hello.body_mut(ext::PRE_SHARED_KEY) = index.to_be_bytes().to_vec();
}

/// What a server may not choose.
//= 9846:4.3.11 selection-checked
#[test]
fn selections_that_were_not_offered() {
    let out_of_range: fn(&mut Extended) = |h| select(h, 3);
    let far: fn(&mut Extended) = |h| select(h, u16::MAX);
    // The second is for the other hash.
    let other_hash: fn(&mut Extended) = |h| select(h, 1);
    let longer: fn(&mut Extended) = |h| h.body_mut(ext::PRE_SHARED_KEY).push(0);
    let missing: fn(&mut Extended) = |h| h.remove(ext::PRE_SHARED_KEY);
    let psk_ke: fn(&mut Extended) = |h| h.remove(ext::KEY_SHARE);
    let illegal = (Alert::ILLEGAL_PARAMETER, "illegal_parameter");
    let cases: &[Case] = &[
        ("one more than there are", out_of_range, illegal.0, illegal.1),
        ("the last there could be", far, illegal.0, illegal.1),
        ("one for another hash", other_hash, illegal.0, illegal.1),
        ("two and a half", longer, Alert::DECODE_ERROR, "malformed"),
        ("none, and a certificate to come", missing, Alert::HANDSHAKE_FAILURE, "no_common_pre_shared_key"),
        ("no key exchange", psk_ke, Alert::MISSING_EXTENSION, "missing_extension"),
    ];
    refuse(&setup(KEYED), SERVER_HELLO, cases);
    // After the HelloRetryRequest one key is left.
    let cases: &[Case] = &[
        ("an index of the first ClientHello", other_hash, illegal.0, illegal.1),
        ("the same", out_of_range, illegal.0, illegal.1),
    ];
    refuse(&setup(KEYED_RETRIED), SECOND_SERVER_HELLO, cases);
    let unasked: fn(&mut Extended) = |h| h.push(ext::PRE_SHARED_KEY, &[0, 0]);
    let cases: &[Case] = &[("unasked", unasked, Alert::UNSUPPORTED_EXTENSION, "unsolicited_extension")];
    refuse(&setup(PLAIN), SERVER_HELLO, cases);
}

/// Every byte of the extension altered in many ways: never a connection, never anything but these alerts.
#[test]
fn mutated_offers() {
    for (index, number) in [(KEYED, FIRST_HELLO), (KEYED_RETRIED, FIRST_HELLO), (KEYED_RETRIED, SECOND_HELLO)]
    {
        let setup = setup(index);
        let message = setup.messages()[number].clone();
        let len = Extended::parse(&message.content).body_mut(ext::PRE_SHARED_KEY).len();
        let mut seed = 1_u32;
        for step in 0..3 * len {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [kind, value, ..] = seed.to_be_bytes();
            let at = step % len;
            let mut relay = setup.relay();
            relay.run_changing(number, |piece| {
                let mut hello = Extended::parse(&piece.content);
                let body = hello.body_mut(ext::PRE_SHARED_KEY);
                match kind % 4 {
                    0 => body.truncate(at),
                    1 => body.insert(at, value),
                    2 => drop(body.remove(at)),
                    _ => body[at] ^= value.max(1),
                }
                vec![piece.with(hello.bytes())]
            });
            relay.cut();
            let context = format!("step {step}: {} at {at}, {value}", kind % 4);
            assert!(!relay.pair.server.established, "{context}");
            let errors = [&relay.pair.server, &relay.pair.client].map(|end| end.error.clone());
            let alert = errors.iter().flatten().find_map(|error| error.alert_sent());
            let fitting = [
                Alert::DECODE_ERROR,
                Alert::DECRYPT_ERROR,
                Alert::ILLEGAL_PARAMETER,
                Alert::HANDSHAKE_FAILURE,
                Alert::BAD_RECORD_MAC,
            ];
            assert!(alert.is_some_and(|alert| fitting.contains(&alert)), "{context}: {errors:?}");
        }
    }
}
