//! What a hostile peer may send.

use super::*;

/// Asserts that both sides refuse `share`, that the server writes nothing, and that the error is the one for any
/// invalid share.
fn assert_refused(group: NamedGroup, share: &[u8], what: &str) {
    assert_server_refuses(group, share, what);
    let (key, _) = client(group);
    assert_eq!(key.agree(share).unwrap_err(), KeyExchangeError::InvalidShare(group), "{group} {what}");
}

fn assert_server_refuses(group: NamedGroup, share: &[u8], what: &str) {
    let mut out = b"before".to_vec();
    let error = respond(group, share, &mut out).unwrap_err();
    assert_eq!(error, KeyExchangeError::InvalidShare(group), "{group} {what}");
    assert_eq!(out, b"before", "{group} {what}");
}

#[test]
fn lengths_must_be_exact() {
    for (group, ..) in GROUPS {
        let (key, client_share) = client(group);
        let (_, server_share) = server(group, &client_share);
        for share in [&client_share[..client_share.len() - 1], &[&client_share[..], &[0]].concat(), &[]] {
            assert_server_refuses(group, share, "client share of a wrong length");
        }
        let invalid = KeyExchangeError::InvalidShare(group);
        assert_eq!(key.agree(&[&server_share[..], &[0]].concat()).unwrap_err(), invalid);
        assert_eq!(client(group).0.agree(&server_share[1..]).unwrap_err(), invalid);
        assert_eq!(client(group).0.agree(&[]).unwrap_err(), invalid);
    }
}

//= 9846:7.4.2 all-zero
#[test]
fn x25519_of_low_order() {
    for (id, share) in wycheproof::X25519_ZERO {
        assert_refused(NamedGroup::X25519, &hex(share), &format!("tcId {id}"));
    }
    for (id, share) in wycheproof::X25519_NON_CANONICAL {
        let result = respond(NamedGroup::X25519, &hex(share), &mut Vec::new());
        assert!(result.is_ok(), "tcId {id} is odd but no reason to refuse");
    }
}

//= 9846:4.3.8.2 on-curve
#[test]
fn points_off_the_curve_and_in_other_forms() {
    for (group, off_curve, compressed) in [
        (NamedGroup::SECP256R1, wycheproof::P256_OFF_CURVE, wycheproof::P256_COMPRESSED),
        (NamedGroup::SECP384R1, wycheproof::P384_OFF_CURVE, wycheproof::P384_COMPRESSED),
        (NamedGroup::SECP521R1, wycheproof::P521_OFF_CURVE, wycheproof::P521_COMPRESSED),
    ] {
        for (id, share) in off_curve.iter().chain(compressed) {
            assert_refused(group, &hex(share), &format!("tcId {id}"));
        }
        assert_refused(group, &[0], "infinity");
        let (_, mut point) = client(group);
        // The hybrid form repeats in its first byte what the last bit of y says.
        let parity = point.last().unwrap() & 1;
        point[0] = 6 + parity;
        assert_refused(group, &point, "hybrid form");
        for first in [0, 2, 3, 5, 7 - parity, 0x30] {
            point[0] = first;
            assert_refused(group, &point, "unknown form");
        }
        point.fill(0);
        assert_refused(group, &point, "zeroes");
        point[0] = 4;
        assert_refused(group, &point, "zero coordinates");
    }
}

#[test]
fn whole_public_keys_are_no_shares() {
    // The library would take a SubjectPublicKeyInfo for a point.
    let spki = crate::testing::fixture("p256.spki.der");
    assert_refused(NamedGroup::SECP256R1, &spki, "SubjectPublicKeyInfo");
    let (_, share) = client(NamedGroup::X25519);
    let spki = [&hex("302a300506032b656e032100")[..], &share].concat();
    assert_refused(NamedGroup::X25519, &spki, "SubjectPublicKeyInfo");
}

/// Sets the 12-bit coefficient at `index` of an encapsulation key (FIPS 203 §4.2.1, ByteEncode).
fn set_coefficient(key: &mut [u8], index: usize, value: u16) {
    let [low, high] = value.to_le_bytes();
    let at = index / 2 * 3;
    if index.is_multiple_of(2) {
        key[at] = low;
        key[at + 1] = key[at + 1] & 0xf0 | high;
    } else {
        key[at + 1] = key[at + 1] & 0x0f | low << 4;
        key[at + 2] = low >> 4 | high << 4;
    }
}

#[test]
fn coefficients_must_be_below_the_modulus() {
    for (id, key) in wycheproof::MLKEM512_MODULUS {
        assert_server_refuses(NamedGroup::MLKEM512, &hex(key), &format!("tcId {id}"));
    }
    for (group, start, coefficients) in [
        (NamedGroup::MLKEM512, 0, 512),
        (NamedGroup::MLKEM768, 0, 768),
        (NamedGroup::MLKEM1024, 0, 1024),
        (NamedGroup::X25519MLKEM768, 0, 768),
        (NamedGroup::SECP256R1MLKEM768, 65, 768),
        (NamedGroup::SECP384R1MLKEM1024, 97, 1024),
    ] {
        let (_, share) = client(group);
        for index in [0, 1, coefficients / 2, coefficients - 2, coefficients - 1] {
            let mut altered = share.clone();
            set_coefficient(&mut altered[start..], index, 3328);
            assert!(respond(group, &altered, &mut Vec::new()).is_ok(), "the largest coefficient");
            for value in [3329, 4095] {
                set_coefficient(&mut altered[start..], index, value);
                assert_server_refuses(group, &altered, "coefficient out of range");
            }
        }
    }
}

#[test]
fn either_half_of_a_hybrid_can_be_the_bad_one() {
    // The point of each hybrid is zeroed, on both sides; the coefficients are tried above.
    for (group, client_point, server_point) in [
        (NamedGroup::X25519MLKEM768, 1184..1216, 1088..1120),
        (NamedGroup::SECP256R1MLKEM768, 1..65, 1..65),
        (NamedGroup::SECP384R1MLKEM1024, 1..97, 1..97),
    ] {
        let (key, mut client_share) = client(group);
        let (_, mut server_share) = server(group, &client_share);
        server_share[server_point].fill(0);
        assert_eq!(key.agree(&server_share).unwrap_err(), KeyExchangeError::InvalidShare(group));
        client_share[client_point].fill(0);
        assert_server_refuses(group, &client_share, "bad point");
    }
}

#[test]
fn halves_may_not_change_places() {
    for (group, at) in [(NamedGroup::X25519MLKEM768, 1184), (NamedGroup::SECP256R1MLKEM768, 65)] {
        let (_, mut share) = client(group);
        share.rotate_left(at);
        let result = respond(group, &share, &mut Vec::new());
        assert_eq!(result.unwrap_err(), KeyExchangeError::InvalidShare(group));
    }
}

#[test]
fn a_tampered_ciphertext_gives_another_secret_and_no_error() {
    for (group, ciphertext) in [
        (NamedGroup::MLKEM768, 0..1088),
        (NamedGroup::MLKEM1024, 0..1568),
        (NamedGroup::X25519MLKEM768, 0..1088),
        (NamedGroup::SECP256R1MLKEM768, 65..1153),
        (NamedGroup::SECP384R1MLKEM1024, 97..1665),
    ] {
        for at in [ciphertext.start, ciphertext.end / 2, ciphertext.end - 1] {
            let (key, client_share) = client(group);
            let (ours, mut server_share) = server(group, &client_share);
            server_share[at] ^= 1;
            let theirs = key.agree(&server_share).unwrap();
            assert_ne!(ours.as_ref(), theirs.as_ref(), "{group}");
            assert_eq!(ours.as_ref().len(), theirs.as_ref().len());
        }
    }
}
