//! Groups put together by hand from ring's curves and the library's bare ML-KEM, in the order RFC 10024 §4 gives.

use aws_lc_rs::kem::{Ciphertext, DecapsulationKey, EncapsulationKey, ML_KEM_768, ML_KEM_1024};
use ring::agreement;

use super::*;

static MLKEM768: aws_lc_rs::kem::Algorithm = ML_KEM_768;
static MLKEM1024: aws_lc_rs::kem::Algorithm = ML_KEM_1024;

/// A key of ring's on the curve of `group`, and its share.
fn ring_key(group: NamedGroup) -> (agreement::EphemeralPrivateKey, Vec<u8>) {
    let rng = ring::rand::SystemRandom::new();
    let key = agreement::EphemeralPrivateKey::generate(ring_curve(group), &rng).unwrap();
    let share = key.compute_public_key().unwrap().as_ref().to_vec();
    (key, share)
}

fn ring_curve(group: NamedGroup) -> &'static agreement::Algorithm {
    match group {
        NamedGroup::X25519 => &agreement::X25519,
        NamedGroup::SECP256R1 => &agreement::ECDH_P256,
        NamedGroup::SECP384R1 => &agreement::ECDH_P384,
        _ => panic!("ring has no {group}"),
    }
}

fn ring_agree(group: NamedGroup, key: agreement::EphemeralPrivateKey, peer: &[u8]) -> Vec<u8> {
    let peer = agreement::UnparsedPublicKey::new(ring_curve(group), peer);
    agreement::agree_ephemeral(key, &peer, <[u8]>::to_vec).unwrap()
}

//= 9846:7.4.2 leading-zeros
#[test]
fn curves_agree_with_ring() {
    for group in [NamedGroup::X25519, NamedGroup::SECP256R1, NamedGroup::SECP384R1] {
        let (theirs, client_share) = ring_key(group);
        let (secret, server_share) = server(group, &client_share);
        assert_eq!(secret.as_ref(), ring_agree(group, theirs, &server_share));

        let (ours, client_share) = client(group);
        let (theirs, server_share) = ring_key(group);
        let secret = ours.agree(&server_share).unwrap();
        assert_eq!(secret.as_ref(), ring_agree(group, theirs, &client_share));
    }
}

struct Hybrid {
    group: NamedGroup,
    curve: NamedGroup,
    kem: &'static aws_lc_rs::kem::Algorithm,
    /// The lengths of the point, the encapsulation key and the ciphertext.
    lens: (usize, usize, usize),
    kem_first: bool,
}

impl Hybrid {
    fn join(&self, curve: &[u8], kem: &[u8]) -> Vec<u8> {
        if self.kem_first { [kem, curve].concat() } else { [curve, kem].concat() }
    }

    /// The halves of a share whose point has the length it has, point first.
    fn split<'a>(&self, share: &'a [u8], kem_len: usize) -> (&'a [u8], &'a [u8]) {
        if self.kem_first {
            let (kem, curve) = share.split_at(kem_len);
            (curve, kem)
        } else {
            share.split_at(self.lens.0)
        }
    }
}

fn hybrids() -> [Hybrid; 3] {
    [
        Hybrid {
            group: NamedGroup::X25519MLKEM768,
            curve: NamedGroup::X25519,
            kem: &MLKEM768,
            lens: (32, 1184, 1088),
            kem_first: true,
        },
        Hybrid {
            group: NamedGroup::SECP256R1MLKEM768,
            curve: NamedGroup::SECP256R1,
            kem: &MLKEM768,
            lens: (65, 1184, 1088),
            kem_first: false,
        },
        Hybrid {
            group: NamedGroup::SECP384R1MLKEM1024,
            curve: NamedGroup::SECP384R1,
            kem: &MLKEM1024,
            lens: (97, 1568, 1568),
            kem_first: false,
        },
    ]
}

#[test]
fn server_side_of_every_hybrid() {
    for hybrid in hybrids() {
        let (curve_key, point) = ring_key(hybrid.curve);
        let kem_key = DecapsulationKey::generate(hybrid.kem).unwrap();
        let encapsulation_key = kem_key.encapsulation_key().unwrap().key_bytes().unwrap();
        let client_share = hybrid.join(&point, encapsulation_key.as_ref());

        let (secret, server_share) = server(hybrid.group, &client_share);
        let (point, ciphertext) = hybrid.split(&server_share, hybrid.lens.2);
        let curve_secret = ring_agree(hybrid.curve, curve_key, point);
        let kem_secret = kem_key.decapsulate(Ciphertext::from(ciphertext)).unwrap();
        assert_eq!(secret.as_ref(), hybrid.join(&curve_secret, kem_secret.as_ref()));
    }
}

#[test]
fn client_side_of_every_hybrid() {
    for hybrid in hybrids() {
        let (ours, client_share) = client(hybrid.group);
        let (client_point, encapsulation_key) = hybrid.split(&client_share, hybrid.lens.1);
        let (curve_key, server_point) = ring_key(hybrid.curve);
        let encapsulation_key = EncapsulationKey::new(hybrid.kem, encapsulation_key).unwrap();
        let (ciphertext, kem_secret) = encapsulation_key.encapsulate().unwrap();

        let secret = ours.agree(&hybrid.join(&server_point, ciphertext.as_ref())).unwrap();
        let curve_secret = ring_agree(hybrid.curve, curve_key, client_point);
        assert_eq!(secret.as_ref(), hybrid.join(&curve_secret, kem_secret.as_ref()));
    }
}
