//! Pre-shared keys of every origin, derived again by ring.

use super::against_ring::{algorithm, ring_expand, ring_extract};
use super::*;

fn ring_binder(hash: Hash, psk: &[u8], label: &[u8], transcript: &Digest) -> Vec<u8> {
    let early = ring_extract(hash, &vec![0; hash.len()], psk);
    let binder_key = ring_expand(&early, label, hash.digest(b"").as_ref(), hash.len());
    let prk = ring::hkdf::Prk::new_less_safe(algorithm(hash), &binder_key);
    let algorithm = match hash {
        Hash::Sha256 => ring::hmac::HMAC_SHA256,
        Hash::Sha384 => ring::hmac::HMAC_SHA384,
    };
    let key = ring::hmac::Key::new(algorithm, &ring_expand(&prk, b"finished", b"", hash.len()));
    ring::hmac::sign(&key, transcript.as_ref()).as_ref().to_vec()
}

#[test]
fn binders_of_every_origin() {
    let origins = [
        (PskOrigin::Session, b"res binder"),
        (PskOrigin::External, b"ext binder"),
        (PskOrigin::Imported, b"imp binder"),
    ];
    for hash in [Hash::Sha256, Hash::Sha384] {
        let transcript = hash.digest(b"a truncated ClientHello");
        for psk in [&[1; 16][..], &[2; 32], &[3; 48], &[4; 64], &[5; 300]] {
            for (origin, label) in origins {
                let binder = PskSecret::new(hash, psk).binder(origin, &transcript);
                assert_eq!(binder.as_ref(), ring_binder(hash, psk, label, &transcript), "{origin:?}");
            }
        }
    }
}

#[test]
fn imported_keys_of_every_pair_of_hashes() {
    let identities: [&[u8]; 3] = [b"", b"an encoded ImportedIdentity", &[6; 5000]];
    for own in [Hash::Sha256, Hash::Sha384] {
        for target in [Hash::Sha256, Hash::Sha384] {
            for (psk, identity) in [&[1; 16][..], &[2; 48], &[3; 200]].into_iter().zip(identities) {
                let extracted = ring_extract(own, &vec![0; own.len()], psk);
                let context = own.digest(identity);
                let expected = ring_expand(&extracted, b"derived psk", context.as_ref(), target.len());
                assert_eq!(*import_psk(own, psk, identity, target), expected);
            }
        }
    }
}
